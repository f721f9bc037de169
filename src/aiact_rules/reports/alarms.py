"""Alarms: what is violated, contradicts itself or was found in words that the facts deny, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiact_rules.core.citations import article_of
from aiact_rules.core.conditions import FactTest, fact_of, leaves
from aiact_rules.core.decisions import ABOUT_THE_RELEASE, Decision
from aiact_rules.core.facts import Fact, Sureness
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.printable import printable
from aiact_rules.core.standings import Standing
from aiact_rules.core.words import counted
from aiact_rules.reports.words import said_of

MOST_FACTS = 3


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that a person must see: what it is, by which provision, what it rests on, and how to settle it.

    `says` is None where what it rests on says it all: statements with their places, or the words of a document with theirs.
    `ids` are those of the findings that say the same of the same statements. Each of `ways` settles it, and `lapsed` says why
    a dismissal of it does not count. `paste` is the text of a release file with which the last of them ends.
    """

    kind: str
    provision: str
    says: str | None
    rests_on: tuple[str, ...]
    ids: tuple[str, ...]
    ways: tuple[str, ...] = ()
    lapsed: str | None = None
    paste: str | None = None

    @property
    def settle(self) -> str | None:
        """Return the ways to settle it in one sentence; None where there is none to tell."""
        return ", or ".join(self.ways) or None

    @property
    def reason(self) -> str:
        """Return what it is and what it rests on, without how to settle it."""
        return self._said(None)

    def __str__(self) -> str:
        return self._said(self.settle)

    def _said(self, settle: str | None) -> str:
        says = self.says
        if says is not None and len(self.ids) > 1:
            says = f"{says}, and {counted(len(self.ids) - 1, 'more obligation')}"
        parts = [self.provision, says, ", ".join(self.rests_on) or None, self.lapsed, settle]
        return ": ".join(part for part in parts if part is not None)


def alarms_of(decision: Decision) -> tuple[Alarm, ...]:
    """Return the alarms of a decision: what is violated first, then contradictions, then signals."""
    found: list[Alarm] = []
    for pack in decision.packs:
        if pack.verdict is not None:
            found += _violated(decision, pack)
            found += (_contradiction(decision, pack, each) for each in pack.standings if each.is_contradiction)
            found += (signal_alarm(decision, pack, each) for each in pack.standings if each.is_signal)
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
        yield Alarm("violated", first.provision, first.must, places, tuple(each.id for each in same))


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
    return Alarm("contradiction", finding.provision, says, places, (finding.id,))


def signal_alarm(decision: Decision, pack: PackDecision, standing: Standing) -> Alarm:
    """Return a signal that holds with its words, what denies them, and the ways to settle it."""
    from aiact_rules.core.raising import raised_by  # few releases raise a signal

    found = raised_by(decision, pack, standing.id)
    if found is None:
        return _of_facts(decision, pack, standing)
    said = tuple(f"{printable(str(each.place))} says `{printable(each.words)}`{each.by_whom}" for each in found.words)
    denied = tuple(f"but {_placed(decision, fact)}" for fact in found.denying)
    return Alarm(
        "signal", found.provision, None, (*said, *denied), (standing.id,), found.ways, found.lapsed, found.paste
    )


def _of_facts(decision: Decision, pack: PackDecision, standing: Standing) -> Alarm:
    """Return a signal that facts raise and not words, such as a period that has passed."""
    finding = _finding(pack, standing)
    stated = [
        decision.facts[name]
        for name in finding.facts
        if decision.facts[name].origin.sureness is Sureness.STATED and not name.startswith(ABOUT_THE_RELEASE)
    ]
    places = tuple(_placed(decision, fact) for fact in stated[:MOST_FACTS])
    ways = (f"state {', '.join(finding.needs)}",) if finding.needs else ()
    return Alarm("signal", finding.provision, finding.must, places, (finding.id,), ways)


def _finding(pack: PackDecision, standing: Standing) -> Finding:
    finding = pack.finding(standing.id)
    assert finding is not None, "what stands in a decision has its finding"
    return finding


def _placed(decision: Decision, fact: Fact) -> str:
    """Return a statement with its place: `system.practices: [] (aiact.yaml:12)`."""
    return f"{fact.name}: {said_of(decision, fact.name, fact.value)} ({fact.origin})"
