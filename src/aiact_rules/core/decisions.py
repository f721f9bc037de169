"""Decisions: may the release go ahead, and everything a person needs to trust, read and challenge the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aiact_rules.core.canonical import canonical
from aiact_rules.core.choices import NOTHING_CHOSEN, Choices
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Facts, Sureness
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import MOMENT, ROLES
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import PackError, Problem
from aiact_rules.core.signals import Dismissal, Signal
from aiact_rules.core.statuses import Verdict, strictest
from aiact_rules.core.vocabulary import FactType, Vocabulary
from aiact_rules.core.waivers import Waiver

if TYPE_CHECKING:
    from aiact_rules.core.claims import Claim
    from aiact_rules.core.counterfactuals import Counterfactual
    from aiact_rules.core.explanation import Explanation
    from aiact_rules.core.readers import ReaderUse

_STATED = Sureness.STATED
ABOUT_THE_RELEASE = ("release.", "operator.", "document.")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is released: name and version as stated, the documents that were read, and who in the organisation answers.

    `digest` names the bytes that go out (`sha256:` and 64 hexadecimal digits), where somebody says which these are.
    """

    name: str | None = None
    version: str | None = None
    documents: tuple[str, ...] = ()
    owner: str | None = None
    digest: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the subject as it stands in a decision's JSON; owner and digest only where they are named, as in records without."""
        found: dict[str, object] = {"name": self.name, "version": self.version}
        found["documents"] = [printable(name) for name in self.documents]
        named = {"owner": self.owner, "digest": self.digest}
        return found | {key: value for key, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Run:
    """How and when a decision was computed. Not part of its identity."""

    engine: str
    tool: str
    at: str | None = None
    verified_with: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the run as it stands in a decision's JSON."""
        return {"engine": self.engine, "verified_with": self.verified_with, "tool": self.tool, "at": self.at}


@dataclass(frozen=True)
class Decision:
    """The answer for one release and one operator, over one or several packs: the strictest verdict of those that gate.

    `signals` are the words found in documents, and `claims` what a card says that follows, for those who read what rests on
    them; they are no part of the identity.
    `dismissals` are what people said of signals and contradictions, whether it counts for the words of today or not;
    `readers` are those of a platform that were asked about its documents.
    """

    verdict: Verdict
    packs: tuple[PackDecision, ...]
    subject: Subject
    facts: Facts
    vocabulary: Vocabulary
    run: Run
    operator: str | None = None
    evidence: tuple[Evidence, ...] = ()
    choices: Choices = NOTHING_CHOSEN
    signals: tuple[Signal, ...] = ()
    claims: tuple[Claim, ...] = ()
    dismissals: tuple[Dismissal, ...] = ()
    readers: tuple[ReaderUse, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the operator's roles, sorted; empty where they are unknown."""
        roles = self.facts.value(ROLES)
        return tuple(sorted(roles)) if isinstance(roles, frozenset) else ()

    @property
    def moment(self) -> str | None:
        """Return the moment that was judged, or None where it is unknown."""
        moment = self.facts.value(MOMENT)
        return moment if isinstance(moment, str) else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings of all packs."""
        return tuple(finding for pack in self.packs for finding in pack.findings)

    @cached_property
    def waived(self) -> Mapping[tuple[str, str], Waiver]:
        """Return the waiver that counts for each finding that has one, by the ids of its pack and its own."""
        from aiact_rules.core.passing import waived_in

        return waived_in(self) if self.choices.waivers else {}

    @cached_property
    def effective_verdict(self) -> Verdict:
        """Return the verdict that is left where waived findings do not count. The verdict stays what the law says."""
        from aiact_rules.core.passing import verdict_without

        return verdict_without(self, self.waived) if self.waived else self.verdict

    @property
    def passes(self) -> bool:
        """Return whether the release may go ahead by the threshold and the waivers of its request."""
        return not self.choices.threshold.refuses(self.effective_verdict)

    @cached_property
    def unused_facts(self) -> tuple[str, ...]:
        """Return the facts that somebody stated and on which nothing that is said here rests, sorted.

        Such a fact reached no rule: another answer, such as a list that denies its situation, kept it from all of them.
        """
        from aiact_rules.core.support import unsupporting

        unused = frozenset(
            fact.name
            for fact in self.facts
            if fact.origin.sureness is _STATED
            and not fact.name.startswith(ABOUT_THE_RELEASE)
            and self._can_decide(fact.name)
        )
        for pack in self.packs:
            unused = unsupporting(unused, pack.pack_at, pack.truths)
        return tuple(sorted(unused))

    def _can_decide(self, name: str) -> bool:
        return name in self.vocabulary and self.vocabulary[name].type is not FactType.TEXT

    @cached_property
    def identity(self) -> Mapping[str, object]:
        """Return the record of the decision as JSON values: what cannot be derived again from its packs."""
        from aiact_rules.core.record import record_of

        return record_of(self)

    @cached_property
    def canonical_bytes(self) -> bytes:
        """Return the record of the decision in canonical form (RFC 8785), without how and when it was computed."""
        return canonical(self.identity)

    @cached_property
    def decision_id(self) -> str:
        """Return the id: the SHA-256 of the canonical bytes."""
        return "sha256:" + hashlib.sha256(self.canonical_bytes).hexdigest()

    def as_json(self, *, full: bool = False) -> dict[str, object]:
        """Return the decision as JSON values (published schema: `schemas/decision.schema.json`).

        It holds the record, what gates now, the questions, and counts of the rest; with `full` every finding, and everything
        that findings refer to.
        """
        from aiact_rules.core.decision_json import decision_json

        return decision_json(self, full=full)

    def json_text(self, *, full: bool = False) -> str:
        """Return the JSON values of `as_json` as text on one line, quicker than `json.dumps` of them."""
        from aiact_rules.core.decision_json import decision_text

        return decision_text(self, full=full)

    def as_record(self) -> dict[str, object]:
        """Return what a log keeps: the record with its id, and beside them who chose what and how it was computed."""
        return {
            **self.identity,
            "decision_id": self.decision_id,
            "signals": [signal.as_json() for signal in self.signals],
            "claims": [claim.as_json() for claim in self.claims],
            "choices": self.choices.as_json(),
            "run": self.run.as_json(),
        }

    def explain(self, name: str, depth: int | None = None) -> Explanation:
        """Return the tree of rules and facts behind a finding, a rule or a conclusion, down to a depth.

        Raises KeyError for an unknown name.
        """
        from aiact_rules.core.explanation import explain

        for pack in self.packs:
            explanation = explain(pack.evaluation, self.facts, name, depth)
            if explanation is not None:
                return explanation
        raise KeyError(name)

    def explanations(self, name: str) -> tuple[Explanation, ...]:
        """Return the tree behind what has this id, or else one for everything that cites this provision of the law.

        Raises InputError where nothing does.
        """
        from aiact_rules.core.explanation import explanations

        return explanations(self.packs, self.facts, name)

    def counterfactuals(self, *, most: int = 3) -> tuple[Counterfactual, ...]:
        """Return the smallest changes of fact that would change the verdict, at most so many."""
        from aiact_rules.core.counterfactuals import counterfactuals

        return counterfactuals(self.packs, self.verdict, most=most)


def combine(
    decisions: Iterable[PackDecision],
    *,
    subject: Subject,
    facts: Facts,
    vocabulary: Vocabulary,
    run: Run,
    operator: str | None = None,
    evidence: tuple[Evidence, ...] = (),
    choices: Choices = NOTHING_CHOSEN,
    signals: tuple[Signal, ...] = (),
    claims: tuple[Claim, ...] = (),
    dismissals: tuple[Dismissal, ...] = (),
    readers: tuple[ReaderUse, ...] = (),
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
    verdict = strictest(verdicts)
    return Decision(
        verdict,
        packs,
        subject,
        facts,
        vocabulary,
        run,
        operator,
        evidence,
        choices,
        signals,
        claims,
        dismissals,
        readers,
    )
