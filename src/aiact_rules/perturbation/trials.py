"""Trials: the three ways in which one answer less or other is tried, and the changes that were allowed all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiact_rules.core.outcomes import MAYBE_DUE, MET, OWED
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import CLAIMS, CLASHES, DISMISSED, EVENTS, MOMENT, RELEASE_DATE, ROLES, SIGNALS, SUBJECT
from aiact_rules.core.problems import InputError
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.perturbation.bench import Bench, Values
from aiact_rules.perturbation.changes import changes

_WHO_AND_WHEN = (ROLES, MOMENT, SUBJECT)
_OF_ITS_OWN = 4
"""A fact that bears on so many obligations, or on a twentieth of all, is still one of their own."""
_UNTRIED = frozenset({SIGNALS, DISMISSED, CLASHES, CLAIMS})


@dataclass
class Trial:
    """How many changes were tried, and by change the records that stay or become `allow`."""

    tried: int = 0
    allowed: dict[str, list[str]] = field(default_factory=dict)

    def note(self, change: str, record: str) -> None:
        """Note that a record is allowed after a change; several values may share the words of one."""
        records = self.allowed.setdefault(change, [])
        if record not in records:
            records.append(record)


def bad_news(
    bench: Bench, records: Mapping[str, Values], everywhere: Mapping[str, frozenset[FactValue]] | None = None
) -> Trial:
    """Give each stated fact of allowed records every other value, take it away, and state besides what bears on a finding.

    `everywhere` are bad answers that are stated besides in every record, whether anything there asks for them or not.
    """
    trial = Trial()
    bad = everywhere or {}
    for name, stated in records.items():
        first = bench.decide(stated)
        bearing = _bearing(bench, first)
        for fact in bench.vocabulary:
            if fact in _WHO_AND_WHEN or fact in _UNTRIED:
                continue
            if fact not in stated and fact not in bearing and fact not in bad:
                continue
            declaration = bench.vocabulary[fact]
            now = stated.get(fact, declaration.if_absent)
            for change in changes(declaration, stated.get(fact), bench.tests.get(fact, ())):
                if change.value is not None and change.value == now:
                    continue
                always = fact in stated or change.value in bad.get(fact, ())
                if not always and fact not in bearing:
                    continue
                trial.tried += 1
                changed = change.of(stated)
                if bench.verdict(changed) is not Verdict.ALLOW:
                    continue
                if always or _is_worse(first, bench.decide(changed)):
                    trial.note(str(change), name)
    return trial


def slips(bench: Bench, records: Mapping[str, Values]) -> Trial:
    """Give records a neighbouring role, step or subject, or role and step at once."""
    trial = Trial()
    roles = [frozenset({role}) for role in bench.vocabulary[ROLES].values or ()]
    moments = [moment for moment in bench.vocabulary[MOMENT].values or () if moment in {*bench.pack.moments} - EVENTS]
    subjects = list(bench.vocabulary[SUBJECT].values or ())
    for name, stated in records.items():
        for role in (stated[ROLES], *roles):
            for moment in (stated[MOMENT], *moments):
                for subject in (stated[SUBJECT], *subjects) if role == stated[ROLES] else (stated[SUBJECT],):
                    slip: dict[str, FactValue] = {ROLES: role, MOMENT: moment, SUBJECT: subject}
                    changed = {fact: value for fact, value in slip.items() if value != stated[fact]}
                    if not changed or len(changed) > 1 and SUBJECT in changed:
                        continue
                    trial.tried += 1
                    if bench.verdict({**stated, **changed}) is Verdict.ALLOW:
                        trial.note(_slip_words(stated, changed), name)
    return trial


def escapes(bench: Bench, denied: Mapping[str, Values], records: Mapping[str, Values]) -> Trial:
    """Give what is refused every single other answer that can bear on all that stands in the way.

    `denied` are refused with everything denied. Of `records`, which are allowed, each is refused anew for the lack of one
    obligation after the other, and only the facts that bear on no other are tried there.
    """
    trial = Trial()
    for name, stated in denied.items():
        bearing = _in_the_way(bench, bench.decide(stated))
        _try_escapes(bench, trial, name, stated, bearing)
    shared = _shared_facts(bench)
    seen: set[int] = set()
    for name, stated in records.items():
        for fact in stated:
            if fact in shared:
                continue
            for change in changes(bench.vocabulary[fact], stated[fact], bench.tests.get(fact, ())):
                worse = change.of(stated)
                try:
                    decision = bench.decide(worse)
                except InputError:
                    continue
                gating = [index for index, status, _ in decision.statuses if status.gates]
                if not gating or seen.issuperset(gating):
                    continue
                seen.update(gating)
                bearing = _in_the_way(bench, decision) - shared - {fact}
                owed = tuple(bench.judge.pack_at.obligations)[gating[0]]
                _try_escapes(bench, trial, f"{name}, {owed}", worse, bearing)
    return trial


def _try_escapes(bench: Bench, trial: Trial, name: str, stated: Values, facts: frozenset[str]) -> None:
    for fact in bench.vocabulary:
        if fact in facts and fact not in _UNTRIED and fact not in (*_WHO_AND_WHEN, RELEASE_DATE):
            for change in changes(bench.vocabulary[fact], stated.get(fact), bench.tests.get(fact, ())):
                trial.tried += 1
                if bench.verdict(change.of(stated)) is Verdict.ALLOW:
                    trial.note(str(change), name)


def _in_the_way(bench: Bench, decision: PackDecision) -> frozenset[str]:
    """Return the facts that bear on all that stands in the way."""
    gating = (index for index, status, _ in decision.statuses if status.gates)
    return frozenset.intersection(*(bench.facts_of_obligations[index] for index in gating))


def _shared_facts(bench: Bench) -> frozenset[str]:
    """Return the facts that bear on many obligations: who, when, and the class of the release."""
    counted = Counter(fact for facts in bench.facts_of_obligations for fact in facts)
    most = max(_OF_ITS_OWN, len(bench.facts_of_obligations) // 20)
    return frozenset(fact for fact, times in counted.items() if times > most)


def _bearing(bench: Bench, decision: PackDecision) -> frozenset[str]:
    """Return the facts nobody stated that bear on a finding, or that have a declared default."""
    found = set(bench.defaulted)
    for index, _, _ in decision.statuses:
        found |= bench.facts_of_obligations[index]
    return frozenset(found)


def _is_worse(before: PackDecision, after: PackDecision) -> bool:
    """Return whether something is now owed at this step, and not shown to be met, that was not so before."""
    return not _unmet(after) <= _unmet(before)


def _unmet(decision: PackDecision) -> set[int]:
    return {index for index, _, code in decision.statuses if code & MAYBE_DUE and code & OWED and not code & MET}


def _slip_words(stated: Values, changed: Mapping[str, FactValue]) -> str:
    return ", ".join(f"{_said(stated[fact])} to {_said(value)}" for fact, value in changed.items())


def _said(value: FactValue) -> str:
    return " and ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
