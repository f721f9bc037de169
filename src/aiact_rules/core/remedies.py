"""Remedies: what would have to be done and stated for a release to be allowed, and what only its description can say.

Nothing of it describes the release otherwise than it is: what is stated of it stays, what is not stated is asked. Each
remedy is tried out, so that what it promises is what would be decided. The search is bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from aiact_rules.core.conditions import Not, fact_of
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.needs import Need, in_order
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.pack_decisions import Judge, PackDecision
from aiact_rules.core.packs import CLASHES, OVERDUE
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.rules import Obligation
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Verdict, strictest
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.core.ways import States, Way, conduct_facts, stating, ways_to

_MOST_ROUNDS = 6
_MOST_ALTERNATIVES = 6
_MOST_DROPPED = 12


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would lead to an allow.

    `states` are facts of conduct with the value to state once it is true, `settles` how many obligations each settles.
    `asks` are facts that nobody has stated yet and that no remedy may presume. Of `standing` no answer disposes: what is
    prohibited must stop, contradictions must be corrected, signals looked at. `verdict` is what is decided once `states`
    are stated and before `asks` are answered.
    """

    states: States
    settles: Mapping[str, int]
    asks: tuple[Need, ...]
    standing: tuple[tuple[str, Standing], ...]
    verdict: Verdict

    @property
    def cost(self) -> tuple[int, int]:
        """Return how much it takes: how many facts, and how many members of lists."""
        listed = (value for value in self.states.values() if isinstance(value, frozenset | OpenList))
        members = (value.members if isinstance(value, OpenList) else value for value in listed)
        return len(self.states), sum(len(each) for each in members)


def remedies(packs: Iterable[PackDecision], *, most: int = 3) -> tuple[Remedy, ...]:
    """Return what would lead to an allow, the cheapest first; the first one also where nothing does.

    Empty where it is allowed already. The others do the same with other facts.
    """
    search = _Search(tuple(pack for pack in packs if pack.verdict is not None))
    if strictest(pack.verdict for pack in search.packs if pack.verdict is not None) is Verdict.ALLOW:
        return ()
    first = search.remedy(frozenset())
    found = [first]
    for name in search.replaceable[:_MOST_ALTERNATIVES]:
        if len(found) >= most:
            break
        other = search.remedy(frozenset({name}))
        if (
            other.verdict is first.verdict
            and len(other.asks) <= len(first.asks)
            and other.states not in [each.states for each in found]
        ):
            found.append(other)
    return tuple(sorted(found, key=lambda each: each.cost))


@dataclass
class _Search:
    """The packs that gate, and what is looked at again and again about them."""

    packs: tuple[PackDecision, ...]
    replaceable: list[str] = field(default_factory=list)

    @cached_property
    def conduct(self) -> frozenset[str]:
        """The facts of conduct of all packs; what one of them only describes may be conduct under another."""
        return frozenset().union(*(conduct_facts(pack.pack_at) for pack in self.packs))

    @cached_property
    def judges(self) -> tuple[Judge, ...]:
        return tuple(Judge.of(pack.pack_at, pack.lowered) for pack in self.packs)

    def remedy(self, banned: frozenset[str]) -> Remedy:
        """Return what leads to an allow without the facts that are banned, or how near one comes."""
        conduct = self.conduct - banned
        plan = _Plan()
        after = self.packs
        for _ in range(_MOST_ROUNDS):
            known = len(plan.states)
            for pack, ways in self._ways(after, conduct):
                plan.take(ways, pack)
            if len(plan.states) == known and not plan.changed:
                break
            plan.changed = False
            tried = self.after(plan.states)
            if tried is None:
                break
            after = tried
        if not banned:
            self.replaceable = plan.replaceable
        after = self._without_what_is_not_needed(plan, after)
        return self._said(plan, after)

    def _ways(
        self, packs: Iterable[PackDecision], conduct: frozenset[str]
    ) -> list[tuple[PackDecision, tuple[Way, ...]]]:
        """Return the ways to settle each obligation that gates, those first that leave no choice."""
        found = []
        for pack in packs:
            for standing in pack.standings:
                if standing.gates and (ways := self._settling(pack, standing, conduct)):
                    found.append((pack, ways))
        return sorted(found, key=lambda each: len(each[1]))

    def _settling(self, pack: PackDecision, standing: Standing, conduct: frozenset[str]) -> tuple[Way, ...]:
        """Return the ways to meet what certainly applies, or to end what is prohibited; what may not apply is asked about."""
        o: Obligation = standing.obligation
        if o.id.startswith(OVERDUE):
            o = pack.pack_at.obligations[o.id.removeprefix(OVERDUE)]
        elif o.is_signal or standing.is_undetermined:
            return ()
        if o.met is not None:
            return ways_to(pack.evaluation, o.met, conduct)
        excuses = (each.when for each in pack.evaluation.exceptions_to(o.id))
        return tuple(way for each in (Not(o.given), *excuses) for way in ways_to(pack.evaluation, each, conduct) if way)

    def after(self, states: States) -> tuple[PackDecision, ...] | None:
        """Return what is decided once facts are stated; None where they cannot be, beside the others."""
        changed = Facts({name: Fact(name, value, Origin(Place("remedy"))) for name, value in states.items()})
        found = []
        for pack, judge in zip(self.packs, self.judges, strict=True):
            said = Facts.of(fact for fact in pack.facts if not fact.is_computed and fact.name != CLASHES)
            try:
                facts = said.overridden_by(changed).completed(pack.pack_at.pack.vocabulary)
            except InputError:
                return None
            values = facts.values()
            found.append(judge.decide(facts, values, Evaluation(pack.pack_at, values).outcome()))
        return tuple(found)

    def _without_what_is_not_needed(self, plan: _Plan, after: tuple[PackDecision, ...]) -> tuple[PackDecision, ...]:
        """Leave out of a plan each fact without which as much is settled."""
        if len(plan.states) > _MOST_DROPPED:
            return after
        for name in tuple(plan.states):
            fewer = {other: value for other, value in plan.states.items() if other != name}
            tried = self.after(fewer)
            if tried is not None and _gating(tried) <= _gating(after):
                plan.states, after = fewer, tried
        return after

    def _said(self, plan: _Plan, after: Sequence[PackDecision]) -> Remedy:
        verdict = strictest(pack.verdict for pack in after if pack.verdict is not None)
        gating = [(pack, standing) for pack in after for standing in pack.standings if standing.gates]
        asked = [names for pack, each in gating if _is_asked(each) and (names := pack.questions_about(each.id))]
        standing = [
            (pack.pack_id, each) for pack, each in gating if not (_is_asked(each) and pack.questions_about(each.id))
        ]
        settles = Counter({name: plan.settles[name] for name in plan.states})
        return Remedy(plan.states, settles, in_order(asked), tuple(standing), verdict)


def _gating(packs: Iterable[PackDecision]) -> frozenset[str]:
    return frozenset(standing.id for pack in packs for standing in pack.standings if standing.gates)


def _is_asked(standing: Standing) -> bool:
    """Return whether an answer that nobody gave yet says more of an obligation."""
    return not (standing.is_violated or standing.is_contradiction or standing.is_signal)


class _Plan:
    """What is to be stated, as far as it has been chosen."""

    def __init__(self) -> None:
        self.states: dict[str, FactValue] = {}
        self.settles: Counter[str] = Counter()
        self.replaceable: list[str] = []
        self.changed = False

    def take(self, ways: Sequence[Way], pack: PackDecision) -> None:
        """Add the cheapest of the ways that go together with what was chosen before, if there is one."""
        possible = [states for way in ways if (states := self._with(way, pack)) is not None]
        if not possible:
            return
        chosen = min(possible, key=self._cost)
        used = {fact_of(wanted.test.fact) for way in ways for wanted in way} & chosen.keys()
        common = set.intersection(*({wanted.fact for wanted in way} for way in ways))
        for name in used:
            self.settles[name] += 1
        for name in chosen:
            if name not in self.states and name not in common and name not in self.replaceable:
                self.replaceable.append(name)
        self.changed |= chosen != self.states
        self.states = chosen

    def _cost(self, states: States) -> tuple[int, int]:
        return len(states), sum(states[name] != self.states.get(name) for name in states)

    def _with(self, way: Way, pack: PackDecision) -> dict[str, FactValue] | None:
        """Return what is stated once a way is taken too; None where it denies what was chosen before."""
        found = dict(self.states)
        for wanted in way:
            now = found.get(wanted.fact, pack.values.get(wanted.fact))
            declaration = pack.pack_at.pack.vocabulary.get(wanted.fact)
            words = tuple(declaration.values or ()) if declaration is not None else ()
            value = next(stating(wanted, now, words), None)
            is_list = isinstance(value, frozenset | OpenList)
            if value is None or (wanted.fact in self.states and not is_list and value != self.states[wanted.fact]):
                return None
            found[wanted.fact] = value
        return found
