"""Alarms: what is violated, contradicts itself or was found in words that the facts deny, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiact_rules.core.citations import article_of
from aiact_rules.core.conditions import FactTest, Test, fact_of, leaves
from aiact_rules.core.cues import Cue
from aiact_rules.core.decisions import ABOUT_THE_RELEASE, Decision
from aiact_rules.core.facts import Fact, Sureness
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import DISMISSED, FOUND
from aiact_rules.core.printable import printable
from aiact_rules.core.standings import Standing
from aiact_rules.core.words import counted
from aiact_rules.reports.words import said_of

MOST_FACTS = 3


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that a person must see: what it is, by which provision, what it rests on, and how to settle it.

    `says` is None where what it rests on says it all: statements with their places, or the words of a document with theirs.
    `ids` are those of the findings that say the same of the same statements.
    """

    kind: str
    provision: str
    says: str | None
    rests_on: tuple[str, ...]
    settle: str | None
    ids: tuple[str, ...]

    def __str__(self) -> str:
        says = self.says
        if says is not None and len(self.ids) > 1:
            says = f"{says}, and {counted(len(self.ids) - 1, 'more obligation')}"
        parts = [self.provision, says, ", ".join(self.rests_on) or None, self.settle]
        return ": ".join(part for part in parts if part is not None)


def alarms_of(decision: Decision) -> tuple[Alarm, ...]:
    """Return the alarms of a decision: what is violated first, then contradictions, then signals."""
    found: list[Alarm] = []
    for pack in decision.packs:
        if pack.verdict is not None:
            found += _violated(decision, pack)
            found += (_contradiction(decision, pack, each) for each in pack.standings if each.is_contradiction)
            found += (_signal(decision, pack, each) for each in pack.standings if each.is_signal)
    return tuple(sorted(found, key=lambda alarm: _ORDER.index(alarm.kind)))


_ORDER = ("violated", "contradiction", "signal")


def _violated(decision: Decision, pack: PackDecision) -> Iterator[Alarm]:
    """Yield what is violated, the obligations of one article on the same statements together."""
    alike: dict[tuple[str, tuple[str, ...]], list[Standing]] = {}
    for each in pack.standings:
        if each.is_violated:
            names = tuple(fact.name for fact in _facts_against(decision, pack, each))
            alike.setdefault((article_of(each.obligation.provision), names), []).append(each)
    for (_, names), same in alike.items():
        first = same[0].obligation
        places = tuple(_placed(decision, decision.facts[name]) for name in names)
        yield Alarm("violated", first.provision, first.must, places, None, tuple(each.id for each in same))


def _facts_against(decision: Decision, pack: PackDecision, standing: Standing) -> Sequence[Fact]:
    """Return the statements by which an obligation is violated: of what would meet it, else of what it applies to."""
    o, finding = standing.obligation, _finding(pack, standing)
    tested = () if o.met is None else (leaf.fact for leaf in leaves(o.met) if isinstance(leaf, FactTest))
    of_met = {fact_of(name) for name in tested}
    stated = [
        decision.facts[name]
        for name in finding.facts
        if decision.facts[name].origin.sureness is not Sureness.DECLARED_BY_DEFAULT
    ]
    against = [fact for fact in stated if fact.name in of_met]
    rest = [fact for fact in stated if not fact.name.startswith(ABOUT_THE_RELEASE)]
    return (against or rest or stated)[:MOST_FACTS]


def _contradiction(decision: Decision, pack: PackDecision, standing: Standing) -> Alarm:
    finding = _finding(pack, standing)
    facts = [decision.facts[name] for name in finding.facts]
    places = tuple(
        _placed(decision, fact) for fact in facts if fact.origin.sureness is not Sureness.DECLARED_BY_DEFAULT
    )
    says = "; ".join(finding.because) or finding.must
    if decision.claims:
        from aiact_rules.reports.claimed import grounds_against  # most cards claim nothing

        places = grounds_against(decision, pack, finding.id) or places
    return Alarm("contradiction", finding.provision, says, places, None, (finding.id,))


def _signal(decision: Decision, pack: PackDecision, standing: Standing) -> Alarm:
    cue = pack.pack_at.pack.cues.get(standing.id.removeprefix("signal."))
    if cue is None:
        return _of_facts(decision, pack, standing)
    places = tuple(
        f"{signal.place} says `{printable(signal.words)}`" for signal in decision.signals if signal.cue == cue.id
    )
    named = places or tuple(_placed(decision, decision.facts[name]) for name in cue.facts if name in decision.facts)
    settle, denying = _settled_by(cue, decision)
    denied = tuple(f"but {_placed(decision, fact)}" for fact in denying)
    return Alarm("signal", cue.provision, None, (*named, *denied), settle, (standing.id,))


def _of_facts(decision: Decision, pack: PackDecision, standing: Standing) -> Alarm:
    """Return a signal that facts raise and not words, such as a period that has passed."""
    finding = _finding(pack, standing)
    stated = [
        decision.facts[name]
        for name in finding.facts
        if decision.facts[name].origin.sureness is Sureness.STATED and not name.startswith(ABOUT_THE_RELEASE)
    ]
    places = tuple(_placed(decision, fact) for fact in stated[:MOST_FACTS])
    state = f"state {', '.join(finding.needs)}" if finding.needs else None
    return Alarm("signal", finding.provision, finding.must, places, state, (finding.id,))


def _settled_by(cue: Cue, decision: Decision) -> tuple[str, list[Fact]]:
    """Return how a signal is settled, and the facts that deny what its words suggest."""
    tests = [leaf for leaf in leaves(cue.suggests) if isinstance(leaf, FactTest)]
    denying = [decision.facts[fact_of(test.fact)] for test in tests if fact_of(test.fact) in decision.facts]
    adding = [
        f"add {' or '.join(f'`{each}`' for each in sorted(test.operand))} to {fact_of(test.fact)}"
        for test in tests
        if test.test is Test.INCLUDES and isinstance(test.operand, frozenset) and fact_of(test.fact) not in FOUND
    ]
    ways = [*(adding[:1] or ["correct what is stated"]), f"dismiss it with {DISMISSED}: [{cue.id}]"]
    return ", or ".join(ways), list({fact.name: fact for fact in denying}.values())[:MOST_FACTS]


def _finding(pack: PackDecision, standing: Standing) -> Finding:
    finding = pack.finding(standing.id)
    assert finding is not None, "what stands in a decision has its finding"
    return finding


def _placed(decision: Decision, fact: Fact) -> str:
    """Return a statement with its place: `system.practices: [] (aiact.yaml:12)`."""
    return f"{fact.name}: {said_of(decision, fact.name, fact.value)} ({fact.origin})"
