"""The planes engine: a lowered pack as bit planes over the columns of an Arrow batch, for many rows at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from aiact_rules.core.conditions import Test
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.outcomes import DUE, IN_FORCE, MAYBE_DUE, MAYBE_IN_FORCE, MAYBE_MET, MET, OWED, Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.vocabulary import UNKNOWN, FactType, FactValue, parse_date, parse_quantity

if TYPE_CHECKING:
    import pyarrow as pa

    from aiact_rules.engines.plane_values import FactReader


class PlanesEngine:
    """Evaluates with numpy bit planes over Arrow. Made for many rows; a single decision is a batch of one row."""

    name = "planes"

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Callable[[Mapping[str, FactValue]], Outcome]:  # noqa: ARG002
        """Return a function from facts to the outcome. Raises EngineUnavailable where numpy or pyarrow is missing."""
        need_sweep_libraries()
        every = Outcomes(lowered)

        def run(facts: Mapping[str, FactValue]) -> Outcome:
            return every([facts])[0]

        return run


def need_sweep_libraries() -> None:
    """Raise EngineUnavailable where the libraries of the extra `sweep` are not installed."""
    try:
        import numpy  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as error:
        from aiact_rules.plugins.interfaces import EngineUnavailable

        raise EngineUnavailable(
            f"this needs `{error.name}`, which is not installed\n  pip install 'aiact-rules[sweep]'"
        ) from error


class Outcomes:
    """Gives the outcomes of many records at once, in full. Safe to share between threads."""

    def __init__(self, lowered: Lowered) -> None:
        from aiact_rules.engines.plane_program import Circuit, Rails

        circuit = Circuit()
        rails = Rails(circuit, lowered, dict.fromkeys(lowered.names))
        planes: list[int] = []
        for formula in lowered.conclusions.values():
            planes += [rails.possible(formula), rails.certain(formula)]
        for obligation in lowered.obligations:
            planes.append(rails.possible(obligation.owed))
            planes.append(rails.certain(obligation.owed))
            for formula in (obligation.in_force, obligation.met, obligation.due):
                planes += [rails.certain(formula), rails.possible(formula)]
        self._lowered = lowered
        self._program = circuit.program(planes)
        self._types = _types(lowered)
        self._local = threading.local()

    def __call__(self, records: Sequence[Mapping[str, FactValue]]) -> list[Outcome]:
        """Return the outcome of each record."""
        from aiact_rules.engines.plane_columns import ColumnReader
        from aiact_rules.engines.plane_machine import Machine, unpacked

        if not hasattr(self._local, "machine"):
            self._local.machine = Machine(self._program)
            self._local.readers = {
                fact: ([at for at, _ in numbered], ColumnReader(_reader(kind), [key for _, key in numbered]))
                for fact, kind in self._types.items()
                if (numbered := [(at, key) for at, key in enumerate(self._program.inputs) if key.fact == fact])
            }
        machine: Machine = self._local.machine
        batch = batch_of(records, self._types)
        inputs = []
        for fact, (numbers, reader) in self._local.readers.items():
            inputs += list(zip(numbers, reader.read(batch.column(fact)).planes, strict=True))
        machine.run(len(records), inputs)
        planes = machine.outputs(range(len(self._program.outputs)))
        rows = unpacked(planes, len(records)).T.tolist()
        return [self._outcome(bits) for bits in rows]

    def _outcome(self, bits: Sequence[int]) -> Outcome:
        count = len(self._lowered.conclusions)
        conclusions = tuple(bits[2 * at] + 2 * bits[2 * at + 1] for at in range(count))
        obligations = []
        for at in range(len(self._lowered.obligations)):
            possibly_owed, *found = bits[2 * count + 8 * at : 2 * count + 8 * at + 8]
            if possibly_owed:
                obligations.append((at, sum(bit for bit, is_so in zip(_CODE, found, strict=True) if is_so)))
        return Outcome(conclusions, tuple(obligations))


_SAID = (": yes", f": {UNKNOWN}")
_CODE = (OWED, IN_FORCE, MAYBE_IN_FORCE, MET, MAYBE_MET, DUE, MAYBE_DUE)


def batch_of(records: Iterable[Mapping[str, FactValue]], types: Mapping[str, FactType]) -> pa.RecordBatch:
    """Write records as an Arrow batch with a column for each fact: booleans, texts, lists of texts, dates.

    Quantities are texts, so that they stay what they are.
    """
    import pyarrow as pa

    kinds = {
        FactType.YES_NO: pa.bool_(),
        FactType.SOME_OF: pa.list_(pa.string()),
        FactType.DATE: pa.date32(),
    }
    rows = list(records)
    columns = {
        fact: pa.array([_cell(row.get(fact)) for row in rows], kinds.get(kind, pa.string()))
        for fact, kind in types.items()
    }
    if not columns:
        columns = {"": pa.nulls(len(rows))}
    return pa.RecordBatch.from_pydict(columns)


def _cell(value: FactValue | None) -> object:
    if isinstance(value, OpenList):
        return value.texts
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value) if isinstance(value, Decimal) else value


def _types(lowered: Lowered) -> dict[str, FactType]:
    """Return the type of each fact from the tests that are made of it."""
    types = {}
    for atom in lowered.atoms:
        if atom.test is Test.IS:
            kind = FactType.YES_NO
        elif atom.test is Test.ONE_OF:
            kind = FactType.ONE_OF
        elif atom.test in (Test.INCLUDES, Test.EMPTY):
            kind = FactType.SOME_OF
        else:
            kind = FactType.DATE if isinstance(atom.operand, date) else FactType.QUANTITY
        types[atom.fact] = kind
    return types


def _reader(kind: FactType) -> FactReader:
    """Read values that were written by `batch_of`, of which nothing has to be checked."""
    from aiact_rules.engines.plane_values import FactReader

    def as_it_is(text: str) -> FactValue:
        return text

    parse: dict[FactType, Callable[[str], FactValue]] = {FactType.QUANTITY: parse_quantity, FactType.DATE: parse_date}

    def listed(words: list[str]) -> FactValue:
        said = [word.rpartition(": ") if word.endswith(_SAID) else (word, "", "yes") for word in words]
        members = (word for word, _, is_in in said if is_in == "yes")
        return OpenList.of(members, (word for word, _, is_in in said if is_in == UNKNOWN))

    return FactReader(kind, parse.get(kind, as_it_is), listed)
