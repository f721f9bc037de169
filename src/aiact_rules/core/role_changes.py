"""Role changes: which roles the law gives to an operator, or takes from it, against what it named, and by which rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.packs import ROLES
from aiact_rules.core.rules import Rule
from aiact_rules.core.truth import NO, YES


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role that the law gives (or else takes), for certain or possibly, with the rules that do so."""

    role: str
    given: bool
    certain: bool
    rules: tuple[Rule, ...]

    def as_json(self) -> dict[str, object]:
        """Return the change as it stands in a decision's JSON."""
        return {
            "role": self.role,
            "change": "given" if self.given else "taken",
            "certain": self.certain,
            "because": [{"rule": rule.id, "provision": rule.provision, "reason": rule.reason} for rule in self.rules],
        }


def role_changes(evaluation: Evaluation) -> tuple[RoleChange, ...]:
    """Return the changes of the operator's roles, in the order of the pack's roles. One who names none has none."""
    named = evaluation.facts.get(ROLES)
    return tuple(_changes(evaluation, named)) if isinstance(named, frozenset) else ()


def _changes(evaluation: Evaluation, named: frozenset[str]) -> Iterator[RoleChange]:
    for role in evaluation.pack_at.pack.roles.values():
        if role.deemed is not None and role.name not in named:
            yield from _change(evaluation, role.name, role.deemed, given=True)
        deemed = role.deemed is not None and evaluation.conclusion(role.deemed) is YES
        if role.unless is not None and role.name in named and not deemed:
            yield from _change(evaluation, role.name, role.unless, given=False)


def _change(evaluation: Evaluation, role: str, conclusion: str, *, given: bool) -> Iterator[RoleChange]:
    truth = evaluation.conclusion(conclusion)
    if truth is NO:
        return
    rules = [rule for rule in evaluation.rules_concluding(conclusion) if evaluation.prevails(rule) is truth]
    yield RoleChange(role, given, truth is YES, tuple(rules))
