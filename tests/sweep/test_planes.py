"""The planes engine gives the outcomes of the reference, bit for bit."""

from __future__ import annotations

from itertools import islice

import pytest

from aiact_rules.core.lowering import lower
from aiact_rules.engines.generated import GeneratedEngine
from aiact_rules.engines.plane_program import ALL, NONE, Circuit, Op
from aiact_rules.engines.planes import Outcomes
from aiact_rules.engines.reference import ReferenceEngine
from aiact_rules.gate import Gate
from tests.engines.packs import random_pack
from tests.records import boundary_records, random_records
from tests.sweep.conftest import AS_OF


@pytest.mark.parametrize("seed", range(40))
def test_planes_agree_with_the_reference_on_packs_made_by_chance(seed: int) -> None:
    pack = random_pack(seed)
    pack_at = pack.at(AS_OF)
    lowered = lower(pack_at)
    records = [
        *random_records(lowered, pack.vocabulary, 150, seed=seed),
        *boundary_records(lowered, pack.vocabulary),
    ]
    reference = ReferenceEngine().prepare(pack_at, lowered)
    assert Outcomes(lowered)(records) == [reference(record) for record in records]


def test_planes_agree_with_the_reference_on_the_law_in_force(gate: Gate) -> None:
    pack = gate.packs()[0]
    pack_at = pack.at(AS_OF)
    lowered = lower(pack_at)
    records = [
        *random_records(lowered, pack.vocabulary, 900, seed=3),
        *islice(boundary_records(lowered, pack.vocabulary), 0, None, 2),
    ]
    found = Outcomes(lowered)(records)
    generated = GeneratedEngine(interpreted=0).prepare(pack_at, lowered)
    assert [record for record, outcome in zip(records, found, strict=True) if outcome != generated(record)] == []
    reference = ReferenceEngine().prepare(pack_at, lowered)
    assert found[:900:6] == [reference(record) for record in records[:900:6]]


def test_one_decision_by_planes_has_the_same_id(gate: Gate) -> None:
    facts = {"release.subject": "system", "system.annex_iii_uses": ["recruitment"], "operator.roles": ["provider"]}
    assert gate.check(facts, engine="planes").decision_id == gate.check(facts).decision_id


def test_constants_are_folded_and_equal_operations_are_done_once() -> None:
    circuit = Circuit()
    from aiact_rules.engines.plane_program import Silent

    a, b = circuit.input(Silent("a.a")), circuit.input(Silent("b.b"))
    assert circuit.both(a, circuit.inverse(a)) == NONE
    assert circuit.either(circuit.inverse(a), a) == ALL
    assert circuit.inverse(circuit.inverse(a)) == a
    assert circuit.both(a, b) == circuit.both(b, a)
    program = circuit.program([circuit.both(a, b), circuit.both(b, a)])
    assert [instruction.op for instruction in program.instructions] == [Op.AND]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 20])
def test_counting_planes_gives_binary_digits(size: int) -> None:
    import numpy as np

    from aiact_rules.engines.plane_machine import Machine, packed, unpacked
    from aiact_rules.engines.plane_program import Silent

    circuit = Circuit()
    digits = circuit.count([circuit.input(Silent(f"f.{n}")) for n in range(size)])
    machine = Machine(circuit.program(list(digits)))
    rows = np.random.default_rng(size).random((size, 1000)) < 0.5
    machine.run(1000, ((n, packed(line)) for n, line in enumerate(rows)))
    found = sum(unpacked(machine.output(at), 1000).astype(int) << at for at in range(len(digits)))
    assert (found == rows.sum(axis=0)).all()
