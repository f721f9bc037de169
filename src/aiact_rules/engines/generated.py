"""The generated engine: one Python function per lowered pack, compiled once and kept on disk.

The compiled code is named by the digest of the lowered pack and by the Python that made it, so that a change of either
makes it anew; `packcache` trusts only files that are whole and the user's own.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
from collections.abc import Callable, Mapping
from datetime import date
from types import CodeType

from aiact_rules.core.conditions import Operand
from aiact_rules.core.lowering import Conjunction, Formula, Literal, Lowered, Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.packcache import read_cached, write_cached


class GeneratedEngine:
    """Evaluates with Python made from the pack: the fastest for single decisions."""

    name = "generated"

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Callable[[Mapping[str, FactValue]], Outcome]:
        """Give a function from facts to the outcome."""
        name = f"{pack_at.pack.id}-{_digest(lowered)[:32]}.code"
        kept = read_cached(name)
        if isinstance(kept, tuple) and len(kept) == 2 and isinstance(kept[0], bytes) and isinstance(kept[1], tuple):
            code: CodeType = marshal.loads(kept[0])
            return _function(code, kept[1])
        # Imported here: with the code at hand nobody needs the writer.
        from aiact_rules.engines.source import source_of

        source = source_of(lowered)
        code = compile(source.text, f"<{pack_at.pack.id}>", "exec", dont_inherit=True)
        write_cached(name, (marshal.dumps(code), source.constants))
        return _function(code, source.constants)


def _function(code: CodeType, constants: tuple[object, ...]) -> Callable[[Mapping[str, FactValue]], Outcome]:
    names: dict[str, object] = {f"k{index}": value for index, value in enumerate(constants)}
    names["outcome"] = Outcome
    exec(code, names)
    run: Callable[[Mapping[str, FactValue]], Outcome] = names["run"]  # type: ignore[assignment]
    return run


def _digest(lowered: Lowered) -> str:
    """Give a digest of everything the code is made from, the Python that runs it included."""
    digest = hashlib.sha256(importlib.util.MAGIC_NUMBER)

    def text(formula: Formula) -> str:
        if isinstance(formula, Literal):
            return f"{'' if formula.positive else '-'}{'n' if formula.is_node else ''}{formula.index}"
        return f"{'&' if isinstance(formula, Conjunction) else '|'}({' '.join(map(text, formula.parts))})"

    for atom in lowered.atoms:
        digest.update(f"{atom.fact} {atom.test.value} {_operand(atom.operand)}\n".encode())
    for node in lowered.nodes:
        digest.update(f"{text(node.formula)}\n".encode())
    for formula in lowered.conclusions.values():
        digest.update(f"{text(formula)}\n".encode())
    for duty in lowered.duties:
        parts = (duty.owed, duty.in_force, duty.due, duty.met)
        digest.update(f"{' '.join(map(text, parts))}\n".encode())
    return digest.hexdigest()


def _operand(operand: Operand) -> str:
    if isinstance(operand, frozenset):
        return f"frozenset {sorted(operand)!r}"
    if isinstance(operand, date):
        return f"date {operand.isoformat()}"
    return f"{type(operand).__name__} {operand}"
