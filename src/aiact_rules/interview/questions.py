"""Questions: what to ask next about a release, from the decision on what is stated so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import DISMISSED, MARKETS, ROLES, SUBJECT
from aiact_rules.core.printable import printable
from aiact_rules.core.raising import Raised, raised_by
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue
from aiact_rules.interview.exceptions import unclaimed
from aiact_rules.interview.grounds import contradiction
from aiact_rules.interview.laws import cited, laws_served
from aiact_rules.interview.replies import read_parts, read_reply, value_as_typed

AGREE, CHANGE, DISMISS = "answer", "change", "dismiss"
"""The three ways out of a signal: state what the words say, change the words, or say that they mean something else."""
EXCEPTIONS = "exceptions"
"""The name of the question that asks for several exceptions at once, each a fact of its own."""
_FIRST = (ROLES, MARKETS, SUBJECT)
_MANY = 20
"""Exceptions that would spare so many obligations come before all questions but the lists of situations."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask: a fact, or several exceptions at once, each of which is a fact that is claimed or not.

    `laws` names the laws it is asked for where several judge, `why` the provisions with what turns on the answer, `so_far`
    what is stated already of a list that is not complete. `shows_compliance` tells what is done about an obligation from
    what the release is. With `raised` it asks which way out of a signal a person takes, and no fact has its name.
    """

    declaration: FactDeclaration
    laws: str | None = None
    why: tuple[str, ...] = ()
    so_far: FactValue | None = None
    claims: tuple[FactDeclaration, ...] = ()
    shows_compliance: bool = False
    raised: Raised | None = None

    @property
    def name(self) -> str:
        """Return the fact that is asked for, or the name of the question about exceptions."""
        return self.declaration.name

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the facts that the answer states."""
        return tuple(claim.name for claim in self.claims) or (self.name,)

    def read(self, said: str) -> Mapping[str, FactValue]:
        """Read a reply as the facts that it states. Raises ValueError, which says what was expected."""
        if (parts := read_parts(self.declaration, said)) is not None:
            return parts
        value = read_reply(self.declaration, said)
        if self.name == DISMISSED and isinstance(value, frozenset) and isinstance(self.so_far, frozenset):
            value |= self.so_far
        if not self.claims:
            return {self.name: value}
        chosen, left = (value.members, value.open) if isinstance(value, OpenList) else (value, frozenset())
        assert isinstance(chosen, frozenset)
        return {fact: fact in chosen for fact in self.facts if fact not in left}


def pending(decision: Decision, passed: Collection[str] = ()) -> tuple[Question, ...]:
    """Return the questions that are open now, in the order in which to ask them, without the facts that were `passed`.

    First who acts, where and what is released; then what decides which obligations apply, the most decisive first; then
    exceptions to those; then what shows that they are met, in the order of the law. Of a fact that follows from others,
    those others are asked.
    """
    found: dict[str, Question] = {}
    for name in (ROLES, MARKETS):
        if name in decision.vocabulary and name not in decision.facts:
            found[name] = Question(decision.vocabulary[name])
    layers = _Layers(decision, passed)
    for name in layers.facts():
        found.setdefault(name, layers.question(name))
    return tuple(question for name, question in found.items() if name not in passed)


class _Layers:
    """The open findings of a decision, sorted by what their questions are about."""

    def __init__(self, decision: Decision, passed: Collection[str]) -> None:
        self.decision = decision
        self.passed = passed
        self.findings: list[tuple[PackDecision, Finding]] = []
        for pack in decision.packs:
            if pack.verdict is Verdict.HOLD:
                names = tuple(pack.pack_at.obligations)
                open_now = (pack.finding(names[index]) for index, status, _ in pack.statuses if status is Status.OPEN)
                self.findings += [(pack, finding) for finding in open_now if finding is not None]
        self.raised = dict(self._raised())
        self.spared = 0
        self.exceptions = self._exceptions()

    def facts(self) -> Iterator[str]:
        """Yield the names of the questions in order; some more than once."""
        weights: dict[str, tuple[int, int]] = {}
        for _, finding in self.findings:
            if finding.id in self.raised:
                weights[finding.id] = (0, 1)
                continue
            for need in dict.fromkeys(finding.needs):
                for fact in _inputs(self.decision, need):
                    layer, weight = weights.get(fact, (3, 0))
                    weights[fact] = (min(layer, _layer(finding, fact)), weight + 1)
        ordered = sorted(weights, key=lambda fact: (weights[fact][0], -weights[fact][1]))
        early = [fact for fact in ordered if weights[fact][0] < 2]
        if self.spared >= _MANY:
            lists = {name for pack in self.decision.packs for name in pack.pack_at.pack.screening}
            yield from (fact for fact in early if weights[fact][0] == 0 or fact in lists)
            yield EXCEPTIONS
        yield from early
        if self.exceptions:
            yield EXCEPTIONS
        yield from (fact for fact in weights if weights[fact][0] == 2)

    def _raised(self) -> Iterator[tuple[str, Raised]]:
        for pack, finding in self.findings:
            if finding.kind is Kind.SIGNAL and finding.certain:
                raised = raised_by(self.decision, pack, finding.id)
                if raised is not None and raised.words:
                    yield finding.id, raised

    def _exceptions(self) -> tuple[FactDeclaration, ...]:
        found: dict[str, FactDeclaration] = {}
        for pack, finding in self.findings:
            if finding.certain and not finding.kind.is_signal:
                claims = unclaimed(pack, pack.pack_at.obligations[finding.id])
                new = {claim.name: claim for claim in claims if claim.name not in self.passed}
                self.spared += bool(new)
                found |= new
        return tuple(found.values())

    def question(self, name: str) -> Question:
        """Return the question of a name, with what turns on it."""
        if name == EXCEPTIONS:
            asks = "Do any of these exceptions apply? Give the numbers of the questions that you answer with yes."
            values = {claim.name: self._claimed(claim) for claim in self.exceptions}
            why = ("what follows is spared where one of these exceptions applies",)
            return Question(
                FactDeclaration(EXCEPTIONS, FactType.SOME_OF, asks, values=values), None, why, claims=self.exceptions
            )
        if name in self.raised:
            return self._of_words(name, self.raised[name])
        asking = [
            (pack, f)
            for pack, f in self.findings
            if f.id not in self.raised and any(name in _inputs(self.decision, n) for n in f.needs)
        ]
        declaration = self.decision.vocabulary[name]
        value = self.decision.facts.value(name)
        if name == DISMISSED:
            asks = "These do not seem to go together. Select what a person checked and found right as stated; correct the rest."
            suspect = {_after_dot(f.id): f"{contradiction(self.decision, f)}. To do: {f.must}" for _, f in asking}
            declaration = replace(declaration, asks=asks, values=suspect)
        return Question(
            declaration,
            laws_served(self.decision, [pack for pack, _ in asking]),
            tuple(_reasons(self.decision, declaration, asking)),
            value if isinstance(value, OpenList) or (name == DISMISSED and value) else None,
            shows_compliance=all(_layer(finding, name) == 2 for _, finding in asking),
        )

    def _of_words(self, name: str, raised: Raised) -> Question:
        """Return the question which way out of a signal is taken."""
        says = " and ".join(f"{each.place} says `{printable(each.words)}`" for each in raised.words)
        denied = ", ".join(f"{fact.name}: {value_as_typed(fact.value)} ({fact.origin})" for fact in raised.denying)
        agree, change, _ = raised.ways
        ways = {} if raised.answer is None else {AGREE: f"that is so: {agree}"}
        ways |= {
            CHANGE: f"that is not so: {change} now",
            DISMISS: "the words mean something else: say why and who says so",
        }
        but = f", but you stated {denied}" if denied else ""
        packs = [pack for pack, finding in self.findings if finding.id == name]
        provision = cited(self.decision, packs[0].pack_at.pack, raised.provision)
        return Question(
            FactDeclaration(name, FactType.ONE_OF, f"{says}{but}. What is right?", values=ways),
            laws_served(self.decision, packs),
            tuple(filter(None, [f"{provision}: the words of a document speak of it", raised.lapsed])),
            raised=raised,
        )

    def _claimed(self, claim: FactDeclaration) -> str:
        """Return the question about an exception with its provision."""
        packs = [each.pack_at.pack for each in self.decision.packs if claim.name in each.pack_at.pack.vocabulary]
        return f"{claim.asks} [{cited(self.decision, packs[0], claim.provision)}]" if claim.provision else claim.asks


def _after_dot(name: str) -> str:
    """Return the part of the id of a signal or contradiction by which it is dismissed."""
    return name.split(".", 1)[1]


def _layer(finding: Finding, fact: str) -> int:
    """Return 0 for what the release is and what contradicts itself, 1 for what decides whether it is owed, 2 for the rest."""
    if fact in _FIRST or fact.startswith("release.") or finding.kind is Kind.CONTRADICTION or fact == DISMISSED:
        return 0
    return 2 if finding.certain and not finding.kind.is_signal else 1


def _inputs(decision: Decision, fact: str) -> Iterator[str]:
    """Yield the facts to ask for where one is needed: itself, or what it is computed from where it can be nothing else."""
    declaration = decision.vocabulary.get(fact)
    if declaration is None:
        return
    derivation = declaration.derivation
    if derivation is None or derivation.or_more:
        yield fact
        return
    for part in derivation.of:
        if part not in decision.facts:
            yield from _inputs(decision, part)


def _reasons(
    decision: Decision, declaration: FactDeclaration, asking: list[tuple[PackDecision, Finding]]
) -> Iterator[str]:
    """Yield the provision that asks, the note on the fact, and what turns on the answer."""
    if declaration.provision is not None:
        packs = [pack for pack, _ in asking if declaration.name in pack.pack_at.pack.vocabulary][:1]
        yield cited(decision, packs[0].pack_at.pack, declaration.provision) if packs else declaration.provision
    if declaration.note is not None:
        yield declaration.note
    for pack, finding in asking[:3]:
        yield f"{cited(decision, pack.pack_at.pack, finding.provision)}: {finding.must}"
    if len(asking) > 3:
        yield f"and {len(asking) - 3} more"
