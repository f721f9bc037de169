"""Chains: one release judged for several operators, and who of them owes what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.statuses import Status, Verdict, strictest
from aiact_rules.core.words import in_words


@dataclass(frozen=True, slots=True)
class Row:
    """One obligation of the matrix: how it stands for each operator (None: not owed), and why it changed hands."""

    id: str
    provision: str
    must: str
    statuses: Mapping[str, Status | None]
    moved: tuple[str, ...]


@dataclass(frozen=True)
class Chain:
    """The decisions on one release for the operators of a chain. The strictest verdict counts for the release."""

    decisions: tuple[Decision, ...]

    @property
    def verdict(self) -> Verdict:
        """Return the strictest verdict of the chain."""
        return strictest(decision.verdict for decision in self.decisions)

    @property
    def effective_verdict(self) -> Verdict:
        """Return the strictest verdict that is left where waived findings do not count."""
        return strictest(decision.effective_verdict for decision in self.decisions)

    @property
    def passes(self) -> bool:
        """Return whether the release may go ahead for every operator, by the threshold and the waivers of its request."""
        return all(decision.passes for decision in self.decisions)

    @cached_property
    def operators(self) -> tuple[str, ...]:
        """Return a name for each operator: as stated, else its roles, numbered where they repeat."""
        names: list[str] = []
        for decision in self.decisions:
            name = decision.operator or " and ".join(map(in_words, decision.roles)) or "operator"
            count = sum(other == name or other.startswith(f"{name} (") for other in names)
            names.append(f"{name} ({count + 1})" if count else name)
        return tuple(names)

    @cached_property
    def matrix(self) -> tuple[Row, ...]:
        """Return a row for each obligation that some operator owes or may owe, in the order of the packs."""
        found: dict[str, dict[str, Finding]] = {}
        for name, decision in zip(self.operators, self.decisions, strict=True):
            for finding in decision.findings:
                found.setdefault(finding.id, {})[name] = finding
        return tuple(self._row(name, findings) for name, findings in found.items())

    def _row(self, name: str, findings: dict[str, Finding]) -> Row:
        first = next(iter(findings.values()))
        statuses = {o: findings[o].status if o in findings else None for o in self.operators}
        moved = []
        for operator, decision in zip(self.operators, self.decisions, strict=True):
            finding = findings.get(operator)
            if finding is not None and finding.roles and not set(finding.roles) & set(decision.roles):
                counts = "counts" if finding.certain else "may count"
                moved.append(f"{operator} {counts} as {in_words(finding.roles[0])}: {_why(decision, finding)}")
        return Row(name, first.provision, first.must, statuses, tuple(moved))

    def as_json(self, *, full: bool = False) -> dict[str, object]:
        """Return the chain as JSON values, with `full` the matrix, and all that can be said of each decision."""
        return {
            "verdict": self.verdict.value,
            "operators": list(self.operators),
            **({"matrix": [_row_json(row) for row in self.matrix]} if full else {}),
            "decisions": [decision.as_json(full=full) for decision in self.decisions],
        }


def _row_json(row: Row) -> dict[str, object]:
    return {
        "id": row.id,
        "provision": row.provision,
        "must": row.must,
        "statuses": {o: None if s is None else s.value for o, s in row.statuses.items()},
        "moved": list(row.moved),
    }


def _why(decision: Decision, finding: Finding) -> str:
    """Return the reason of the rule that gives an operator a role it did not name."""
    for pack in decision.packs:
        for change in pack.role_changes:
            if change.given and change.role == finding.roles[0] and change.rules:
                return f"{change.rules[0].reason} ({change.rules[0].provision})"
    return "by law"
