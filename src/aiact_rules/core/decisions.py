"""Decisions: may the release go ahead, and everything a person needs to trust, read and challenge the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from aiact_rules.core.canonical import canonical
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Facts, Sureness
from aiact_rules.core.findings import Finding, FindingWriter, Status, statuses_of
from aiact_rules.core.lowering import Lowered, Outcome, truths
from aiact_rules.core.needs import Asking, Need, clearing, in_order
from aiact_rules.core.packs import MOMENT, ROLES, PackAt
from aiact_rules.core.problems import PackError, Problem
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.vocabulary import FactValue, Vocabulary

if TYPE_CHECKING:
    from aiact_rules.core.counterfactuals import Counterfactual
    from aiact_rules.core.explanation import Explanation


class Verdict(Enum):
    """May the release go ahead: allow < hold < block."""

    ALLOW = "allow"
    HOLD = "hold"
    BLOCK = "block"

    @property
    def severity(self) -> int:
        """Give 0 for allow, 1 for hold, 2 for block."""
        return list(Verdict).index(self)


_CONCLUSION = {0: "no", 1: "unknown", 3: "yes"}


@dataclass(frozen=True)
class PackDecision:
    """What one pack says about a release. `verdict` is None for a pack that informs and never gates."""

    pack_at: PackAt
    lowered: Lowered
    facts: Facts
    values: Mapping[str, FactValue]
    outcome: Outcome
    verdict: Verdict | None
    statuses: tuple[tuple[int, Status, int], ...] = field(repr=False)

    @property
    def pack_id(self) -> str:
        """Give the id of the pack."""
        return self.pack_at.pack.id

    @cached_property
    def evaluation(self) -> Evaluation:
        """Give the reference evaluation, for reasons and explanations."""
        return Evaluation(self.pack_at, self.values)

    @cached_property
    def conclusions(self) -> Mapping[str, str]:
        """Give every conclusion of the pack as yes, no or unknown."""
        codes = zip(self.lowered.conclusions, self.outcome.conclusions, strict=True)
        return {name: _CONCLUSION[code] for name, code in codes}

    @cached_property
    def headlines(self) -> Mapping[str, str]:
        """Give the conclusions the pack puts first, as yes, no or unknown."""
        return {name: self.conclusions[name] for name in self.pack_at.pack.headlines}

    @cached_property
    def _asking(self) -> Asking:
        return Asking(self.lowered, self.values, truths(self.lowered, self.values))

    def _questions(self, index: int, o: Obligation) -> tuple[str, ...]:
        duty = self.lowered.duties[index]
        asking = self._asking
        owed = (*asking.questions_of_parts(duty.owed), *asking.questions(duty.due), *asking.questions(duty.in_force))
        if not owed and o.kind is Kind.SIGNAL:
            return clearing(o)
        return tuple(dict.fromkeys(owed)) or asking.all_questions(duty.met)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Give every finding in the order of the pack."""
        writer = FindingWriter(self.evaluation)
        obligations = tuple(self.pack_at.obligations.values())
        found = []
        for index, status, code in self.statuses:
            asked = status in (Status.OPEN, Status.CONDITION, Status.ADVICE)
            needs = self._questions(index, obligations[index]) if asked else ()
            finding = writer.finding(obligations[index], status, code, needs)
            if finding is not None:
                found.append(finding)
        return tuple(found)

    def finding(self, name: str) -> Finding | None:
        """Give the finding with this id, or None where there is none."""
        return next((finding for finding in self.findings if finding.id == name), None)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Give the questions whose answers can change the verdict, the most decisive first.

        Empty where the verdict is certain: after a breach no answer can change it.
        """
        if self.verdict is not Verdict.HOLD:
            return ()
        obligations = tuple(self.pack_at.obligations.values())
        return in_order(
            self._questions(index, obligations[index]) for index, status, _ in self.statuses if status is Status.OPEN
        )

    def as_json(self) -> dict[str, object]:
        """Give this pack's part of a decision's JSON."""
        pack = self.pack_at.pack
        vocabulary = pack.vocabulary
        return {
            "pack": pack.id,
            "verdict": None if self.verdict is None else self.verdict.value,
            "conclusions": dict(self.headlines),
            "findings": [finding.as_json() for finding in self.findings],
            "needs": [
                {
                    "fact": need.fact,
                    "question": vocabulary[need.fact].asks if need.fact in vocabulary else need.fact,
                    "decides": need.decides,
                }
                for need in self.needs
            ],
            "basis": {
                "pack": pack.id,
                "version": pack.version,
                "digest": pack.digest,
                "extensions": [{"pack": e.id, "version": e.version, "digest": e.digest} for e in pack.extensions],
                "law": pack.law,
                "market": pack.market,
                "as_of": self.pack_at.as_of.isoformat(),
                "readings": dict(self.pack_at.choices),
            },
        }


@dataclass(frozen=True, slots=True)
class Subject:
    """What was judged: its name and version as stated, and the documents that were read."""

    name: str | None = None
    version: str | None = None
    documents: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Give the subject as it stands in a decision's JSON."""
        return {"name": self.name, "version": self.version, "documents": list(self.documents)}


@dataclass(frozen=True, slots=True)
class Run:
    """How and when a decision was computed. Not part of its identity."""

    engine: str
    tool: str
    at: str | None = None
    verified_with: str | None = None

    def as_json(self) -> dict[str, object]:
        """Give the run as it stands in a decision's JSON."""
        return {"engine": self.engine, "verified_with": self.verified_with, "tool": self.tool, "at": self.at}


@dataclass(frozen=True)
class Decision:
    """The answer for one release and one operator, over one or several packs: the strictest verdict of those that gate."""

    verdict: Verdict
    packs: tuple[PackDecision, ...]
    subject: Subject
    facts: Facts
    vocabulary: Vocabulary
    run: Run
    operator: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Give the operator's roles, sorted; empty where they are unknown."""
        roles = self.facts.value(ROLES)
        return tuple(sorted(roles)) if isinstance(roles, frozenset) else ()

    @property
    def moment(self) -> str | None:
        """Give the step that was judged, or None where it is unknown."""
        moment = self.facts.value(MOMENT)
        return moment if isinstance(moment, str) else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give the findings of all packs."""
        return tuple(finding for pack in self.packs for finding in pack.findings)

    @cached_property
    def _identity(self) -> dict[str, object]:
        return {
            "verdict": self.verdict.value,
            "packs": [pack.as_json() for pack in self.packs],
            "subject": self.subject.as_json(),
            "operator": self.operator,
            "roles": list(self.roles),
            "moment": self.moment,
            "facts": {fact.name: self._fact_json(fact.name) for fact in sorted(self.facts, key=lambda f: f.name)},
            "evidence": [item.as_json() for item in sorted(self.evidence, key=lambda e: (e.about, str(e.place)))],
        }

    def _fact_json(self, name: str) -> dict[str, object]:
        fact = self.facts[name]
        origin: dict[str, object] = {
            "value": self.vocabulary[name].format(fact.value) if name in self.vocabulary else str(fact.value),
            "source": fact.origin.place.source,
            "line": fact.origin.place.line,
            "sureness": fact.origin.sureness.value,
        }
        if fact.origin.sureness is not Sureness.STATED:
            origin["because"] = fact.origin.because
        return origin

    @cached_property
    def canonical_bytes(self) -> bytes:
        """Give the identity of the decision in canonical form (RFC 8785), without how and when it was computed."""
        return canonical(self._identity)

    @cached_property
    def decision_id(self) -> str:
        """Give the id: the SHA-256 of the canonical bytes."""
        return "sha256:" + hashlib.sha256(self.canonical_bytes).hexdigest()

    def as_json(self) -> dict[str, object]:
        """Give the whole decision as JSON values (published schema: `schemas/decision.json`)."""
        return {**self._identity, "decision_id": self.decision_id, "run": self.run.as_json()}

    def explain(self, name: str) -> Explanation:
        """Give the tree of rules and facts behind a finding, a rule or a conclusion. Raises KeyError for an unknown name."""
        from aiact_rules.core.explanation import explain

        for pack in self.packs:
            explanation = explain(pack.evaluation, self.facts, name)
            if explanation is not None:
                return explanation
        raise KeyError(name)

    def counterfactuals(self, *, most: int = 3) -> tuple[Counterfactual, ...]:
        """Give the smallest changes of fact that would change the verdict, at most so many."""
        from aiact_rules.core.counterfactuals import counterfactuals

        return counterfactuals(self, most=most)


@dataclass(frozen=True, slots=True)
class Judge:
    """Turns what an engine says into decisions under one pack. Made once per pack and date, for any number of releases."""

    pack_at: PackAt
    lowered: Lowered
    statuses: tuple[tuple[Status | None, ...], ...]

    @classmethod
    def of(cls, pack_at: PackAt, lowered: Lowered) -> Judge:
        """Make the judge of a pack on one date.

        Raises PackError for a pack with nothing in it: silence never allows.
        """
        if not pack_at.obligations:
            message = f"pack `{pack_at.pack.id}` has no obligations on {pack_at.as_of}, so it cannot allow anything"
            raise PackError([Problem(message)])
        return cls(pack_at, lowered, tuple(statuses_of(o) for o in pack_at.obligations.values()))

    def decide(self, facts: Facts, values: Mapping[str, FactValue], outcome: Outcome) -> PackDecision:
        """Say whether the release may go ahead under this pack, from what an engine says about its facts.

        `facts` are complete (declared defaults included), `values` the same without their origins. Any breach blocks;
        otherwise anything left open holds; otherwise it is allowed. Order never affects the verdict.
        """
        table = self.statuses
        statuses = tuple(
            [(index, status, code) for index, code in outcome.duties if (status := table[index][code]) is not None]
        )
        found = [status for _, status, _ in statuses]
        if Status.BREACHED in found:
            verdict = Verdict.BLOCK
        else:
            verdict = Verdict.HOLD if Status.OPEN in found else Verdict.ALLOW
        gated = verdict if self.pack_at.pack.gates else None
        return PackDecision(self.pack_at, self.lowered, facts, values, outcome, gated, statuses)


def decide(pack_at: PackAt, lowered: Lowered, facts: Facts, outcome: Outcome) -> PackDecision:
    """Decide on one release; `Judge` says the same of many."""
    return Judge.of(pack_at, lowered).decide(facts, {fact.name: fact.value for fact in facts}, outcome)


def combine(
    decisions: Iterable[PackDecision],
    *,
    subject: Subject,
    facts: Facts,
    vocabulary: Vocabulary,
    run: Run,
    operator: str | None = None,
    evidence: tuple[Evidence, ...] = (),
) -> Decision:
    """Join what several packs say: the strictest verdict counts.

    Raises PackError where no pack can gate: a release that nothing judged is never allowed.
    """
    packs = tuple(decisions)
    verdicts = [pack.verdict for pack in packs if pack.verdict is not None]
    if not verdicts:
        raise PackError(
            [
                Problem(
                    "no pack that can gate was chosen, so nothing can be allowed",
                    hint="name one with --pack or --market; `aiact-rules packs` lists them",
                )
            ]
        )
    verdict = max(verdicts, key=lambda v: v.severity)
    return Decision(verdict, packs, subject, facts, vocabulary, run, operator, evidence)
