"""The generated engine: the lowered pack, interpreted for the first decisions and then written as one Python function.

Writing and compiling the function for the whole Act takes as long as about forty decisions by the interpreter, and reading
it from disk would take longer than one of them. So a process that judges one release compiles nothing, one that judges
many soon runs the function, and nothing that could be executed is ever kept on disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING

from aiact_rules.core.formulas import Lowered
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.outcomes import Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.engines.interpreter import outcome_of

if TYPE_CHECKING:
    from aiact_rules.engines.python_source import PythonSource

FIRST_INTERPRETED = 40
"""How many decisions are interpreted before the function is written: about what writing and compiling it costs."""

Function = Callable[[Mapping[str, FactValue]], Outcome]


class GeneratedEngine:
    """Evaluates with Python made from the pack: the fastest for many single decisions."""

    name = "generated"

    def __init__(self, *, interpreted: int = FIRST_INTERPRETED) -> None:
        self.interpreted = interpreted

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Function:
        """Return a function from facts to the outcome."""
        return _Evaluator(lowered, f"<{pack_at.pack.id}>", self.interpreted)


class _Evaluator:
    """Interprets so many times, then runs the function made from the pack. Safe to share between threads."""

    def __init__(self, lowered: Lowered, name: str, interpreted: int) -> None:
        self.lowered = lowered
        self.name = name
        self.left = interpreted
        self.function: Function | None = None
        self.lock = threading.Lock()

    def __call__(self, facts: Mapping[str, FactValue]) -> Outcome:
        if self.function is None:
            if self.left > 0:
                self.left -= 1  # two threads may count one decision between them, which only puts the function off
                return outcome_of(self.lowered, facts)
            with self.lock:
                if self.function is None:
                    # Imported here: few processes judge so much that they need the writer.
                    from aiact_rules.engines.python_source import source_of

                    self.function = function_of(source_of(self.lowered), self.name)
        return self.function(facts)


class _Rows(dict[int, tuple[tuple[int, int], ...]]):
    """The answers about several obligations that share a code, by that code, each made when it first occurs."""

    def __init__(self, indices: tuple[int, ...]) -> None:
        self.indices = indices

    def __missing__(self, code: int) -> tuple[tuple[int, int], ...]:
        made = tuple((index, code) for index in self.indices)
        self[code] = made
        return made


def function_of(source: PythonSource, name: str) -> Function:
    """Return the function from facts to the outcome that a source defines, compiled under this name."""
    names: dict[str, object] = {f"k{index}": value for index, value in enumerate(source.constants)}
    names |= {"outcome": Outcome, "first": itemgetter(0), "rows": _Rows}
    exec(compile(source.text, name, "exec", dont_inherit=True), names)
    run: Callable[[Mapping[str, FactValue], Mapping[str, FactValue]], Outcome] = names["run"]  # type: ignore[assignment]

    def function(facts: Mapping[str, FactValue]) -> Outcome:
        if OpenList not in map(type, facts.values()):
            return run(facts, facts)
        opened = [(name, value) for name, value in facts.items() if isinstance(value, OpenList)]
        members = {name: value.members for name, value in opened}
        return run({**facts, **members}, {**facts, **{name: value.members | value.open for name, value in opened}})

    return function
