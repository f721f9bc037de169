"""Every engine gives the same outcome, on the law in force and on random packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

import pytest

from aiact_rules.core.outcomes import Outcome
from aiact_rules.engines.durable import DurableEngine
from aiact_rules.engines.generated import GeneratedEngine
from aiact_rules.engines.reference import ReferenceEngine
from aiact_rules.gate import Gate
from aiact_rules.plugins.interfaces import EngineUnavailable, Evaluator
from tests.engines.conftest import Law
from tests.engines.packs import random_pack
from tests.records import Record, boundary_records, choices, completions, default_bases, random_records

RANDOM_PACKS = range(40)


@cache
def small(seed: int) -> Law:
    return Law.of(random_pack(seed))


def generated(law: Law) -> Evaluator:
    return GeneratedEngine(interpreted=0).prepare(law.pack_at, law.lowered)


def durable(law: Law) -> Evaluator:
    try:
        return DurableEngine().prepare(law.pack_at, law.lowered)
    except EngineUnavailable as error:
        pytest.skip(str(error))


def differences(law: Law, first: Evaluator, second: Evaluator, records: Iterable[Record]) -> list[Record]:
    return list(islice((record for record in records if first(record) != second(record)), 1))


def random_ones(law: Law, count: int, seed: int) -> Iterator[Record]:
    return random_records(law.lowered, law.pack.vocabulary, count, seed=seed)


def boundaries(law: Law) -> Iterator[Record]:
    return boundary_records(law.lowered, law.pack.vocabulary)


@pytest.mark.parametrize("seed", RANDOM_PACKS)
def test_generated_agrees_with_the_reference_on_packs_made_by_chance(seed: int) -> None:
    law = small(seed)
    reference = ReferenceEngine().prepare(law.pack_at, law.lowered)
    assert differences(law, generated(law), reference, random_ones(law, 150, seed)) == []
    assert differences(law, generated(law), reference, boundaries(law)) == []


@pytest.mark.parametrize("seed", RANDOM_PACKS)
def test_durable_agrees_with_the_reference_on_packs_made_by_chance(seed: int) -> None:
    law = small(seed)
    reference = ReferenceEngine().prepare(law.pack_at, law.lowered)
    assert differences(law, durable(law), reference, random_ones(law, 60, seed)) == []


def test_generated_agrees_with_the_reference_on_the_law_in_force(law: Law) -> None:
    reference = ReferenceEngine().prepare(law.pack_at, law.lowered)
    assert differences(law, generated(law), reference, random_ones(law, 600, 1)) == []


def test_generated_agrees_with_the_reference_at_every_boundary_of_the_law_in_force(law: Law) -> None:
    every = choices(law.lowered, law.pack.vocabulary)
    bases = default_bases(every)[1:2]
    records = boundary_records(law.lowered, law.pack.vocabulary, bases=bases)
    reference = ReferenceEngine().prepare(law.pack_at, law.lowered)
    assert differences(law, generated(law), reference, records) == []


def test_durable_agrees_with_generated_on_the_law_in_force(law: Law) -> None:
    assert differences(law, durable(law), generated(law), random_ones(law, 800, 2)) == []


def test_durable_agrees_with_generated_at_boundaries_of_the_law_in_force(law: Law) -> None:
    # Every eighth, for time.
    assert differences(law, durable(law), generated(law), islice(boundaries(law), 0, None, 8)) == []


def refines(before: Outcome, after: Outcome) -> bool:
    """Return whether what was decided has stayed: no code lost a certain bit or gained a possible one."""
    conclusions = zip(before.conclusions, after.conclusions, strict=True)
    if any(one in (0, 3) and one != other for one, other in conclusions):
        return False
    old, new = dict(before.obligations), dict(after.obligations)
    if any(index not in old for index in new):
        return False
    certain, possible = 0b0101011, 0b1010100
    for index, code in old.items():
        now = new.get(index)
        if now is None:
            if code & 1:
                return False
            continue
        if code & certain & ~now or now & possible & ~code:
            return False
    return True


@pytest.mark.parametrize("seed", RANDOM_PACKS)
def test_what_is_decided_stays_when_unknowns_are_filled_in(seed: int) -> None:
    check_refinement(small(seed), 40, seed)


def test_what_is_decided_under_the_law_in_force_stays_when_unknowns_are_filled_in(law: Law) -> None:
    check_refinement(law, 150, 5)


def check_refinement(law: Law, count: int, seed: int) -> None:
    run = generated(law)
    for record in random_ones(law, count, seed):
        before = run(record)
        for completion in completions(record, law.lowered, law.pack.vocabulary, seed=seed, count=3):
            assert refines(before, run(completion)), (record, completion)


def test_a_decision_has_the_same_id_whatever_the_engine() -> None:
    gate = Gate()
    facts = {"release.subject": "system", "system.annex_iii_uses": ["recruitment"], "operator.roles": ["provider"]}
    decisions = [gate.check(facts, engine=name) for name in ("generated", "reference")]
    assert len({decision.decision_id for decision in decisions}) == 1
    assert [decision.run.engine for decision in decisions] == ["generated", "reference"]


def test_durable_gives_the_decision_the_same_id() -> None:
    gate = Gate()
    facts = {"release.subject": "both", "operator.roles": ["provider", "deployer"]}
    try:
        second = gate.check(facts, engine="durable")
    except EngineUnavailable as error:
        pytest.skip(str(error))
    assert gate.verify(gate.check(facts), second).run.verified_with == "durable"
