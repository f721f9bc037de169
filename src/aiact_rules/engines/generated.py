"""The generated engine: one Python function per lowered pack, compiled once and kept on disk.

The compiled code is named by the digest of the lowered pack, by the Python and by the state of this tool that made it, so
that a change of any makes it anew; `cache` trusts only files that are whole and the user's own.
"""

from __future__ import annotations

import importlib.util
import marshal
from collections.abc import Callable, Mapping
from operator import itemgetter
from types import CodeType

from aiact_rules.cache import cache_key, read_cached, write_cached
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.outcomes import Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.engines.digests import digest_of

_PYTHON = importlib.util.MAGIC_NUMBER.hex()


class GeneratedEngine:
    """Evaluates with Python made from the pack: the fastest for single decisions."""

    name = "generated"

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Callable[[Mapping[str, FactValue]], Outcome]:
        """Give a function from facts to the outcome."""
        name = f"{pack_at.pack.id}-{cache_key(digest_of(lowered), _PYTHON)}.code"
        kept = read_cached(name)
        if isinstance(kept, tuple) and len(kept) == 2 and isinstance(kept[0], bytes) and isinstance(kept[1], tuple):
            code: CodeType = marshal.loads(kept[0])
            return _function(code, kept[1])
        # Imported here: with the code at hand nobody needs the writer.
        from aiact_rules.engines.python_source import source_of

        source = source_of(lowered)
        code = compile(source.text, f"<{pack_at.pack.id}>", "exec", dont_inherit=True)
        write_cached(name, (marshal.dumps(code), source.constants))
        return _function(code, source.constants)


class _Rows(dict[int, tuple[tuple[int, int], ...]]):
    """The answers about several obligations that share a code, by that code, each made when it first occurs."""

    def __init__(self, indices: tuple[int, ...]) -> None:
        self.indices = indices

    def __missing__(self, code: int) -> tuple[tuple[int, int], ...]:
        made = tuple((index, code) for index in self.indices)
        self[code] = made
        return made


def _function(code: CodeType, constants: tuple[object, ...]) -> Callable[[Mapping[str, FactValue]], Outcome]:
    names: dict[str, object] = {f"k{index}": value for index, value in enumerate(constants)}
    names |= {"outcome": Outcome, "first": itemgetter(0), "rows": _Rows}
    exec(code, names)
    run: Callable[[Mapping[str, FactValue]], Outcome] = names["run"]  # type: ignore[assignment]
    return run
