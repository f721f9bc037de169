"""Ask the rules of the `euaiact` package, written by others, about the same generated facts, and compare the answers.

`euaiact` is no dependency: install it beside the project to run this. In `tests`: `python -m outside.euaiact_check`.
"""

from __future__ import annotations

import importlib.util
import itertools
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.truth import Truth, any_of, negate
from aiact_rules.gate import Gate

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
TEXT_IN_FORCE, FIRST_TEXT = "EUAIACT_2026_07_27", "EUAIACT_2024_08_01"
MOST_COMBINATIONS = 400
RELEASED = date(2030, 9, 2)
"""A day on which every part of the Act applies, so that only the dates of the law themselves are compared by date."""


def installed() -> bool:
    """Return whether the package is there to be asked."""
    return importlib.util.find_spec("euaiact") is not None


@dataclass(frozen=True, slots=True)
class State:
    """One answer to a question, in our facts and in theirs. What is unknown is left out."""

    ours: Mapping[str, Any]
    theirs: Mapping[str, Any]


Axis = tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Provision:
    """One provision in both: what is asked of either, and the answers that are combined.

    `ours` names what is compared: `conclusion`, `rule:id` (it stands), `duty:id` (it is owed) or `met:id`, each after `not `
    where the opposite is meant; of several, one is enough. The first state of each axis is the one that fits the provision;
    the others depart from it.
    """

    provision: str
    ours: tuple[str, ...]
    theirs: str
    axes: tuple[Axis, ...]
    moment: str = "placing_on_market"
    roles: tuple[str, ...] = ("provider",)
    base: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What both say of one combination of facts."""

    provision: str
    facts: Mapping[str, Any]
    ours: str
    theirs: str

    @property
    def kind(self) -> str:
        """Return the relation: agreed, opposite, or only one of the two certain."""
        if self.ours == self.theirs:
            return "agreed"
        if self.ours == "unknown":
            return "only they decide"
        return "only we decide" if self.theirs == "unknown" else "opposite"


@cache
def gate() -> Gate:
    """Return the gate that is asked."""
    return Gate()


def asked(fact: str, *fields: str, but_not: tuple[str, ...] = (), first: bool = True) -> Axis:
    """Return a yes-or-no fact and the fields that say the same (or, in `but_not`, the opposite).

    Silence where it is open.
    """
    states = [
        State({fact: value}, {**dict.fromkeys(fields, value), **dict.fromkeys(but_not, not value)})
        for value in (first, not first)
    ]
    return (*states, State({}, {})) if _may_be_silent(fact) else tuple(states)


def picks(fact: str, elements: Mapping[str, str | tuple[str, ...]], *, also: Mapping[str, Any] | None = None) -> Axis:
    """Return a list fact: each element alone, all, none, and silence. Each element sets the fields it stands for."""
    names = list(elements)
    states = []
    for chosen in [*([name] for name in names), names, []]:
        fields: dict[str, Any] = {}
        for name, meant in elements.items():
            for one in (meant,) if isinstance(meant, str) else meant:
                fields[one] = fields.get(one, False) or name in chosen
        states.append(State({fact: chosen}, {**fields, **(also or {})}))
    unique = [s for i, s in enumerate(states) if s not in states[:i]]
    return (*unique, State({}, {})) if _may_be_silent(fact) else tuple(unique)


def listed(fact: str, element: str, *fields: str) -> Axis:
    """Return a list fact with one element, none, or silence."""
    return picks(fact, {element: fields})


def chooses(fact: str, values: Mapping[str, Mapping[str, Any]]) -> Axis:
    """Return a fact with one value of several, and silence."""
    states = tuple(State({fact: value}, fields) for value, fields in values.items())
    return (*states, State({}, {})) if _may_be_silent(fact) else states


def fixed(ours: Mapping[str, Any] | None = None, **theirs: Any) -> Axis:
    """Return what holds in every combination."""
    return (State(ours or {}, theirs),)


def roles(*names: str, **fields: str) -> Axis:
    """Return the roles one by one, and silence about them; each sets the field it stands for."""
    states = [State({"operator.roles": [name]}, {f: n == name for n, f in fields.items()}) for name in names]
    return (*states, State({}, {}))


@cache
def _may_be_silent(fact: str) -> bool:
    """Return whether silence stays silence; some facts are filled by the vocabulary, with a reason."""
    return gate().vocabulary()[fact].if_absent is None


def combinations(p: Provision) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Return combinations of answers: all where they are few, else every departure of two axes and a fixed sample."""
    sizes = [range(len(axis)) for axis in p.axes]
    total = 1
    for size in sizes:
        total *= len(size)
    chosen: Iterable[tuple[int, ...]]
    if total <= MOST_COMBINATIONS:
        chosen = itertools.product(*sizes)
    else:
        picked = dict.fromkeys(_departures(sizes))
        draw = random.Random(zlib.crc32(p.provision.encode()))
        while len(picked) < MOST_COMBINATIONS:
            picked[tuple(0 if draw.random() < 0.6 else draw.choice(size) for size in sizes)] = None
        chosen = picked
    for indexes in chosen:
        ours: dict[str, Any] = dict(p.base)
        theirs: dict[str, Any] = {}
        for axis, index in zip(p.axes, indexes, strict=True):
            ours |= axis[index].ours
            theirs |= axis[index].theirs
        yield ours, theirs


def _departures(sizes: list[range]) -> Iterator[tuple[int, ...]]:
    start = [0] * len(sizes)
    yield tuple(start)
    for one, two in itertools.combinations_with_replacement(range(len(sizes)), 2):
        for a, b in itertools.product(sizes[one], sizes[two]):
            indexes = list(start)
            indexes[one], indexes[two] = a, b
            yield tuple(indexes)


def decide(facts: Mapping[str, Any], p: Provision, on: date = RELEASED, as_of: date = TODAY) -> PackDecision:
    """Return our decision.

    What the combination does not say of release and scope is that of a system on the Union market.
    """
    varied = {name for axis in p.axes for state in axis for name in state.ours}
    usual = {"release.subject": "system", "release.markets": ["EU"]}
    given = {**{name: value for name, value in usual.items() if name not in varied}, **facts}
    acts = None if "operator.roles" in varied or "operator.roles" in facts else p.roles
    moment = None if "release.moment" in given else p.moment
    return gate().decide(given, roles=acts, moment=moment, as_of=as_of, release_date=on).packs[0]


def our_answer(decision: PackDecision, names: Iterable[str]) -> str:
    """Return whether one of these holds."""
    evaluation, pack = decision.evaluation, decision.pack_at
    said = []
    for full_name in names:
        name = full_name.removeprefix("not ")
        kind, _, id = name.rpartition(":")
        if kind == "rule":
            said.append(evaluation.stands(pack.rules[id]))
        elif kind == "duty":
            said.append(evaluation.owed(pack.obligations[id]))
        elif kind == "met":
            said.append(evaluation.met(pack.obligations[id]))
        else:
            if not evaluation.rules_concluding(id):
                raise KeyError(id)
            said.append(evaluation.conclusion(id))
        if name != full_name:
            said[-1] = negate(said[-1])
    return {Truth.YES: "yes", Truth.NO: "no", Truth.UNKNOWN: "unknown"}[any_of(said)]


def their_answer(rule: str, facts: Mapping[str, Any], text: str = TEXT_IN_FORCE) -> str:
    """Return whether their rule is fulfilled. Raises ValueError for facts it does not take."""
    import euaiact

    result = euaiact.pruefe_tatbestand(rule, dict(facts), quellenfassung=text)
    if result["status"] == "EINGABE_UNGUELTIG":
        raise ValueError(f"{rule}: {result['hinweise']}")
    return {True: "yes", False: "no", None: "unknown"}[result["wert"]]


def compare(p: Provision) -> Iterator[Answer]:
    """Ask both about every combination."""
    for ours, theirs in combinations(p):
        yield Answer(p.provision, ours, our_answer(decide(ours, p), p.ours), their_answer(p.theirs, theirs))


def compare_all() -> list[Answer]:
    """Compare every provision that is mapped, and every number and date."""
    from outside import euaiact_duties, euaiact_provisions
    from outside.euaiact_numbers import numbers

    mapped = (*euaiact_provisions.PROVISIONS, *euaiact_duties.PROVISIONS)
    return [*(answer for p in mapped for answer in compare(p)), *numbers()]


def explained() -> dict[str, dict[str, str]]:
    """Return the provisions on which the two differ, each with what either says and who is right by the text."""
    return yaml.safe_load((HERE / "euaiact_disagreements.yaml").read_text(encoding="utf-8")) or {}


def table(answers: list[Answer]) -> str:
    """Return the counts for each provision, and an example of each kind of disagreement."""
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        found.setdefault(answer.provision, []).append(answer)
    lines = []
    for name, given in found.items():
        kinds = Counter(a.kind for a in given)
        values = Counter(a.ours for a in given)
        said = " ".join(f"{v}:{n}" for v, n in sorted(values.items())) if len(values) < 5 else ""
        lines.append(f"{name:44} {len(given):5} {kinds['agreed']:5} {len(given) - kinds['agreed']:5}  {said}")
        for kind in ("opposite", "only they decide", "only we decide"):
            example = next((a for a in given if a.kind == kind), None)
            if example is not None:
                lines.append(
                    f"    {kind} {kinds[kind]}: ours {example.ours}, theirs {example.theirs}: {dict(example.facts)}"
                )
    agreed = sum(a.kind == "agreed" for a in answers)
    lines.append(f"{len(found)} provisions, {len(answers)} combinations, {agreed} agreed, {len(answers) - agreed} not")
    return "\n".join(lines)


def days_around(day: date) -> tuple[date, date, date]:
    """Return a day with the one before and the one after."""
    return day - timedelta(days=1), day, day + timedelta(days=1)


if __name__ == "__main__":
    print(table(compare_all()) if installed() else "install `euaiact` to compare with it")
