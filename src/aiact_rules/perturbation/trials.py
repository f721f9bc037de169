"""Trials: the three ways in which one answer less or other is tried, and the changes that were allowed all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiact_rules.core.outcomes import MAYBE_DUE, MAYBE_MET, MET, OWED
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, SUBJECT
from aiact_rules.core.problems import InputError
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.perturbation.bench import Bench, Values
from aiact_rules.perturbation.changes import changes

_WHO_AND_WHEN = (ROLES, MOMENT, SUBJECT)
_UNTRIED = frozenset({"document.signals", "document.signals_dismissed"})


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


def bad_news(bench: Bench, records: Mapping[str, Values]) -> Trial:
    """Give each stated fact of allowed records every other value, take it away, and state besides what bears on a finding."""
    trial = Trial()
    for name, stated in records.items():
        first = bench.decide(stated)
        bearing = _bearing(bench, first)
        for fact in bench.vocabulary:
            if fact in _WHO_AND_WHEN or fact in _UNTRIED or (fact not in stated and fact not in bearing):
                continue
            declaration = bench.vocabulary[fact]
            now = stated.get(fact, declaration.if_absent)
            for change in changes(declaration, stated.get(fact), bench.tests.get(fact, ())):
                if change.value is not None and change.value == now:
                    continue
                trial.tried += 1
                try:
                    decision = bench.decide(change.of(stated))
                except InputError:
                    continue
                if decision.verdict is not Verdict.ALLOW:
                    continue
                if fact in stated or _is_worse(first, decision):
                    trial.note(str(change), name)
    return trial


def slips(bench: Bench, records: Mapping[str, Values]) -> Trial:
    """Give records a neighbouring role, step or subject, or role and step at once."""
    trial = Trial()
    roles = [frozenset({role}) for role in bench.vocabulary[ROLES].values or ()]
    moments = [moment for moment in bench.vocabulary[MOMENT].values or () if moment in bench.pack.moments]
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


def escapes(bench: Bench, denied: Mapping[str, Values]) -> Trial:
    """Give records that are refused every single other answer that can bear on all that stands in the way."""
    trial = Trial()
    for name, stated in denied.items():
        decision = bench.decide(stated)
        gating = [index for index, status, _ in decision.statuses if status.gates]
        bearing = frozenset.intersection(*(bench.facts_of_obligations[index] for index in gating))
        for fact in bench.vocabulary:
            if fact not in bearing or fact in _WHO_AND_WHEN or fact == RELEASE_DATE or fact in _UNTRIED:
                continue
            declaration = bench.vocabulary[fact]
            for change in changes(declaration, stated.get(fact), bench.tests.get(fact, ())):
                trial.tried += 1
                if bench.verdict(change.of(stated)) is Verdict.ALLOW:
                    trial.note(str(change), name)
    return trial


def _bearing(bench: Bench, decision: PackDecision) -> frozenset[str]:
    """Return the facts nobody stated that bear on a finding, or that have a declared default."""
    found = set(bench.defaulted)
    for index, _, _ in decision.statuses:
        found |= bench.facts_of_obligations[index]
    return frozenset(found)


def _is_worse(before: PackDecision, after: PackDecision) -> bool:
    """Return whether something is now owed and not shown to be met, or cannot be met any more, at this step, that was not so before."""
    return not _unmet(after) <= _unmet(before)


def _unmet(decision: PackDecision) -> set[int]:
    return {
        index
        for index, code in decision.outcome.obligations
        if code & MAYBE_DUE and ((code & OWED and not code & MET) or not code & MAYBE_MET)
    }


def _slip_words(stated: Values, changed: Mapping[str, FactValue]) -> str:
    return ", ".join(f"{_said(stated[fact])} to {_said(value)}" for fact, value in changed.items())


def _said(value: FactValue) -> str:
    return " and ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
