"""Contradictions: each one that a pack declares is found where both sides are stated, in one document, in two documents of
one release or by two operators of a chain, and never where a side is missing.

What is stated comes from the solver: the fewest facts on which the contradiction is certain.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.clashes import with_clashes
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.packs import CLAIMS, CLASHES, DISMISSED, MARKETS, MOMENT, RELEASE_DATE, ROLES, SIGNALS, Pack
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.rules import Clash, Kind, Obligation
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.gate import Gate
from aiact_rules.perturbation.bench import Bench
from aiact_rules.perturbation.changes import possible_values
from aiact_rules.sources.claims import MEANINGS

z3 = pytest.importorskip("z3")

from aiact_rules.proof.inputs import Formula  # noqa: E402
from aiact_rules.proof.pack_logic import PackLogic  # noqa: E402
from aiact_rules.proof.witnesses import Witness  # noqa: E402

AS_OF = date(2026, 11, 22)
CATALOGUE = Catalogue.of_installed_plugins()
WHO_AND_WHEN = frozenset({ROLES, MOMENT, RELEASE_DATE})
TOGETHER = 16
MARKETS_WITH_PACK = frozenset(head.market for head in CATALOGUE.heads.values() if head.gates)

Values = Mapping[str, FactValue]
Pair = tuple[dict[str, FactValue], dict[str, FactValue]]


def contradictions(pack: Pack) -> Iterator[Obligation]:
    """Return the contradictions of a pack within one operator's facts."""
    for o in pack.obligations.values():
        if o.kind is Kind.CONTRADICTION and o.id.removeprefix("contradiction.") not in pack.clashes:
            yield o


PACKS = {name: CATALOGUE.pack(name) for name, head in CATALOGUE.heads.items() if not head.extends}
WITH_CONTRADICTIONS = sorted(name for name, pack in PACKS.items() if any(contradictions(pack)))
WITH_CLASHES = sorted(name for name, pack in PACKS.items() if pack.clashes)


@dataclass(frozen=True)
class Tried:
    """The fewest facts on which a contradiction is certain, and the bench that finds it."""

    bench: Bench
    index: int
    stated: dict[str, FactValue]

    def found(self, stated: Values) -> bool:
        """Return whether the contradiction is found in stated values."""
        try:
            values = self.bench.completion.of_facts(as_facts(stated)).values()
        except InputError:
            return False
        return self.status(values) is Status.OPEN

    def status(self, values: Values) -> Status | None:
        """Return what the engine says of the contradiction."""
        return next(
            (mark.status for i, mark in self.bench.judge.marks_in(values, self.bench.run(values)) if i == self.index),
            None,
        )

    @property
    def sides(self) -> list[str]:
        """Return the facts that contradict each other, without who acts and when."""
        return [name for name in self.stated if name not in WHO_AND_WHEN]

    def least(self) -> Tried:
        """Return it without the facts, and the members of lists, that it does not need."""
        stated = dict(self.stated)
        for name in self.sides:
            less = {other: value for other, value in stated.items() if other != name}
            if self.found(less):
                stated = less
        for name in self.sides:
            value = stated.get(name)
            members = value if isinstance(value, frozenset) else frozenset[str]()
            for word in sorted(members):
                fewer: frozenset[str] = members - {word}
                if fewer and self.found({**stated, name: fewer}):
                    stated[name] = members = fewer
        smaller = replace(self, stated=stated)
        return self if stated == self.stated else smaller.least()


@cache
def tried(pack_id: str) -> Mapping[str, Tried]:
    """Return every contradiction of a pack with its facts, each on a day on which its text is law."""
    found: dict[str, Tried] = {}
    left = {o.id: o for o in contradictions(PACKS[pack_id])}
    while left:
        day = _day(next(iter(left.values())))
        now = {name: each for name, each in left.items() if each.text.covers(day)}
        found |= dict(_tried_on(pack_id, day, list(now)))
        left = {name: each for name, each in left.items() if name not in now}
    return found


def _day(o: Obligation) -> date:
    """Return a day on which a text is law: the usual one, or else one of its own."""
    if o.text.covers(AS_OF):
        return AS_OF
    if o.text.since is not None:
        return o.text.since
    assert o.text.until is not None
    return o.text.until - timedelta(days=1)


def _tried_on(pack_id: str, day: date, names: list[str]) -> Iterator[tuple[str, Tried]]:
    bench = Bench.of(CATALOGUE, pack_id, day)
    pack_at = bench.judge.pack_at
    logic, order = PackLogic(pack_at, lowered=bench.judge.lowered), list(pack_at.obligations)
    with logic.assuming(*logic.inputs.nothing_open(), *_sayable(logic)):
        waiting = [names[at : at + TOGETHER] for at in range(0, len(names), TOGETHER)]
        while waiting:
            some = waiting.pop()
            obligations = [pack_at.obligations[name] for name in some]
            model = logic.model(*(logic.statuses.has(o, logic.obligation(o), Status.OPEN) for o in obligations))
            if model is not None:
                record = logic.inputs.record(model)
                for name in some:
                    index = order.index(name)
                    bearing = bench.facts_of_obligations[index] | WHO_AND_WHEN
                    stated = {fact: value for fact, value in record.items() if fact in bearing}
                    each = Tried(bench, index, stated)
                    if len(some) > 1 and not each.found(stated):
                        waiting.append([name])  # what bears on the others, and is left out here, made its amounts fit
                        continue
                    yield name, each.least()
            elif len(some) > 1:
                waiting += [some[: len(some) // 2], some[len(some) // 2 :]]


def _sayable(logic: PackLogic) -> Iterator[Formula]:
    """Return what bounds the facts to those that a document can state: nothing of the tool, no market without a pack."""
    for name in (DISMISSED, SIGNALS, CLASHES):
        if name in logic.inputs.facts:
            yield z3.Not(logic.inputs.facts[name].known)
    if MARKETS in logic.inputs.facts:
        for word, named in logic.inputs.facts[MARKETS].parts.items():
            if word not in MARKETS_WITH_PACK:
                yield z3.Not(named)


def as_facts(stated: Values) -> Facts:
    return Facts.of(Fact(name, value, Origin(Place("stated"))) for name, value in stated.items())


@pytest.mark.parametrize("pack_id", WITH_CONTRADICTIONS)
def test_every_contradiction_can_be_stated_and_holds_the_release(pack_id: str) -> None:
    found = tried(pack_id)
    assert {o.id for o in contradictions(PACKS[pack_id])} == found.keys()
    assert [name for name, each in found.items() if not each.found(each.stated)] == []
    assert [name for name, each in found.items() if each.bench.verdict(each.stated) is Verdict.ALLOW] == []


@pytest.mark.parametrize("pack_id", WITH_CONTRADICTIONS)
def test_no_contradiction_is_found_where_one_side_is_not_stated(pack_id: str) -> None:
    still = [
        f"{name} without {side}"
        for name, each in tried(pack_id).items()
        for side in each.sides
        if each.found({other: value for other, value in each.stated.items() if other != side})
    ]
    assert still == []


@pytest.mark.parametrize("pack_id", WITH_CONTRADICTIONS)
def test_a_contradiction_of_who_acts_and_when_is_free_in_another_role_or_step(pack_id: str) -> None:
    for name, each in tried(pack_id).items():
        if each.sides:
            continue
        others = [
            {**each.stated, fact: value}
            for fact in (ROLES, MOMENT)
            for value in possible_values(each.bench.vocabulary[fact], each.bench.tests.get(fact, ()))
        ]
        assert not all(each.found(other) for other in others), name


@pytest.mark.parametrize("pack_id", WITH_CONTRADICTIONS)
def test_a_contradiction_is_found_in_one_document_and_across_card_and_release_file(
    pack_id: str, tmp_path: Path
) -> None:
    gate, missed = Gate(packs=[pack_id], catalogue=CATALOGUE), []
    for name, each in tried(pack_id).items():
        for number, card in enumerate([[], *([side] for side in each.sides)]):
            folder = tmp_path / f"{name}.{number}"
            folder.mkdir()
            stated = {fact: value for fact, value in each.stated.items() if fact != CLAIMS}
            parts = [{fact: value for fact, value in stated.items() if (fact in card) is on} for on in (True, False)]
            front, file = (facts_block(part) for part in parts)
            (folder / "aiact.yaml").write_text(f"format: 1\n{file}", encoding="utf-8")
            claims = claims_block(each.stated.get(CLAIMS, frozenset()))
            if card or claims:
                front = claims + (front if card != [CLAIMS] else "")
                text = f"---\nlicense: other\neu_ai_act:\n{textwrap.indent(front, '  ')}---\n"
                (folder / "README.md").write_text(text, encoding="utf-8")
            request = gate.request(folder, as_of=each.bench.judge.pack_at.as_of)
            values = each.bench.completion.of_facts(request.facts).values()
            if each.status(values) is not Status.OPEN:
                missed.append(f"{name}, {card}")
    assert missed == []


def claims_block(claims: FactValue) -> str:
    """Return claims as they stand in the block of a card, in words that mean them."""
    assert isinstance(claims, frozenset)
    return "".join(
        f"{key}: {next(iter(words[claim]))}\n"
        for claim in sorted(claims)
        for key, words in MEANINGS.items()
        if claim in words
    )


def facts_block(stated: Values) -> str:
    """Return stated values as the facts of a document."""
    text = Witness("", dict(stated), "", AS_OF).release_file()
    return text[text.index("facts:") :]


@cache
def clashing(pack_id: str) -> Mapping[str, Pair]:
    """Return every clash of a pack with the fewest facts of two operators between whom it is."""
    pack = PACKS[pack_id]
    bench = Bench.of(CATALOGUE, pack_id, AS_OF)
    logic = PackLogic(bench.judge.pack_at, lowered=bench.judge.lowered)
    return {clash.id: least_pair(bench, clash, pair_of(bench, logic, clash)) for clash in pack.clashes.values()}


def pair_of(bench: Bench, logic: PackLogic, clash: Clash) -> Pair:
    """Return facts of two operators between whom there is a clash."""
    if clash.same is not None:
        declaration = bench.vocabulary[clash.same]
        one, other, *_ = possible_values(declaration, bench.tests.get(clash.same, ()))
        return {clash.same: one}, {clash.same: other}
    first = dict(logic.inputs.record(logic.model(logic.meaning.condition(clash.one).yes)))
    if clash.other is None:
        return first, {}
    second = dict(logic.inputs.record(logic.model(logic.meaning.condition(clash.other).yes)))
    if clash.beyond is None:
        return first, second
    lists = possible_values(bench.vocabulary[clash.beyond], bench.tests.get(clash.beyond, ()))
    pairs = (({**first, clash.beyond: mine}, {**second, clash.beyond: theirs}) for mine in lists for theirs in lists)
    return next(pair for pair in pairs if clashes(bench, clash, pair))


def clashes(bench: Bench, clash: Clash, pair: Pair) -> bool:
    """Return whether two operators are found to be in a clash."""
    try:
        found = with_clashes({"one": as_facts(pair[0]), "other": as_facts(pair[1])}, bench.completion, [clash])
    except InputError:
        return False
    return any(CLASHES in facts for facts in found.values())


def least_pair(bench: Bench, clash: Clash, pair: Pair) -> Pair:
    for place, stated in enumerate(pair):
        for name in list(stated):
            less = _without(pair, place, name)
            if clashes(bench, clash, less):
                pair = less
    return pair


def _without(pair: Pair, place: int, name: str) -> Pair:
    one, other = (
        {fact: value for fact, value in stated.items() if (at, fact) != (place, name)} for at, stated in enumerate(pair)
    )
    return one, other


@pytest.mark.parametrize("pack_id", WITH_CLASHES)
def test_every_clash_is_found_between_two_operators_and_holds_the_chain(pack_id: str, tmp_path: Path) -> None:
    gate, missed = Gate(packs=[pack_id], catalogue=CATALOGUE), []
    pack, bench = PACKS[pack_id], Bench.of(CATALOGUE, pack_id, AS_OF)
    order = list(bench.judge.pack_at.obligations)
    usual: dict[str, FactValue] = {ROLES: frozenset({next(iter(pack.roles))}), MOMENT: next(iter(pack.moments))}
    for name, pair in clashing(pack_id).items():
        operators = "".join(
            f"  - name: {who}\n{textwrap.indent(facts_block({**usual, **stated}), '    ')}"
            for who, stated in zip(("One", "Other"), pair, strict=True)
        )
        path = tmp_path / f"{name}.aiact.yaml"
        path.write_text(f"format: 1\nname: x\nrelease_date: 2028-09-01\noperators:\n{operators}", encoding="utf-8")
        tried = Tried(bench, order.index(f"contradiction.{name}"), {})
        operated = [
            bench.completion.of_facts(each.facts).values() for each in gate.request(path, as_of=AS_OF).per_operator()
        ]
        if all(tried.status(values) is not Status.OPEN for values in operated):
            missed.append(name)
    assert missed == []


@pytest.mark.parametrize("pack_id", WITH_CLASHES)
def test_no_clash_is_found_where_one_side_is_not_stated(pack_id: str) -> None:
    bench = Bench.of(CATALOGUE, pack_id, AS_OF)
    still = [
        f"{name} without {fact}"
        for name, pair in clashing(pack_id).items()
        for place, stated in enumerate(pair)
        for fact in stated
        if clashes(bench, PACKS[pack_id].clashes[name], _without(pair, place, fact))
    ]
    assert still == []
