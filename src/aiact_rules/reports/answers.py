"""Answers: how one name of a pack stands for a release, by which facts, and what to state to settle it, in a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiact_rules.core.conditions import ALWAYS, AllOf, AnyOf, Condition, FactTest, Holds, Test, fact_of, leaves
from aiact_rules.core.deciding import Decided, deciding, denying
from aiact_rules.core.decisions import ABOUT_THE_RELEASE, Decision
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.explanation import Explanation
from aiact_rules.core.facts import Fact, Sureness
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import DISMISSED, ROLES, SIGNALS
from aiact_rules.core.pages import law_link, page_of
from aiact_rules.core.printable import printable
from aiact_rules.core.rules import Kind, Obligation, Rule
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status
from aiact_rules.core.truth import Truth
from aiact_rules.core.words import comparison_in_words
from aiact_rules.reports.alarms import alarms_of
from aiact_rules.reports.words import WIDTH, Conditions, bearers, label, said_of, wrapped

MOST_FACTS = 3
MOST_REASONS = 2
MOST_TO_STATE = 6
_COLUMN = 22
_STATUSES = {
    Status.BREACHED: "violated",
    Status.MET: "met",
    Status.UPCOMING: "upcoming",
    Status.CONDITION: "post-release",
    Status.ADVICE: "recommendation",
}
_MEANS = {
    "violated": "violated: it is stated that this is not so",
    "contradiction": "contradiction: what is stated cannot all be true",
    "signal": "signal: a person must settle what is meant",
    "unmet": "unmet: applies, and nothing stated shows that it is met",
    "undetermined": "undetermined: not enough is stated to say whether it applies",
    "met": "met",
    "upcoming": "upcoming: applies from a later date",
    "post-release": "post-release: due at a later step or afterwards",
    "recommendation": "recommendation: does not gate",
    "does not apply": "does not apply",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How one obligation, rule or conclusion stands.

    `status` is one or two words, and `means` says more of an obligation. `decided_by` are the facts that decide it, with their places, and
    `to_state` what would settle it.
    """

    id: str
    provision: str | None
    says: str
    status: str
    means: str | None
    why: tuple[str, ...] = ()
    decided_by: tuple[str, ...] = ()
    to_state: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    waived: str | None = None
    page: str | None = None
    law: str | None = None

    def lines(self, width: int = WIDTH) -> Iterator[str]:
        """Yield the answer as lines of text."""
        yield from wrapped(self.provision or "", f"{self.status.upper()}  {self.id}  ", "  ", width)
        yield from wrapped(self.says, "  ", "  ", width)
        yield ""
        for name, parts in self._parts():
            for at, part in enumerate(parts):
                yield from wrapped(part, f"  {name if at == 0 else '':{_COLUMN - 2}}", " " * _COLUMN, width)

    def _parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield "status", tuple(filter(None, [self.means]))
        yield "waived", tuple(filter(None, [self.waived]))
        yield "why", self.why
        yield "decided by", self.decided_by
        yield "to state", self.to_state
        yield "suggested evidence", self.evidence
        yield "page", tuple(filter(None, [self.page]))
        yield "law", tuple(filter(None, [self.law]))

    def as_json(self) -> dict[str, object]:
        """Return the answer as JSON values."""
        return {
            "id": self.id,
            "provision": self.provision,
            "says": self.says,
            "status": self.status,
            "why": list(self.why),
            "decided_by": list(self.decided_by),
            "to_state": list(self.to_state),
            "evidence": list(self.evidence),
            "waived": self.waived,
            "page": self.page,
            "law": self.law,
        }


def answer_of(decision: Decision, pack: PackDecision, name: str) -> Answer:
    """Return how the obligation, the rule or the conclusion with this name stands in a decision."""
    answering = _Answering(decision, pack)
    if name in pack.pack_at.obligations:
        return answering.obligation(pack.pack_at.obligations[name])
    if name in pack.pack_at.rules:
        return answering.rule(pack.pack_at.rules[name])
    return answering.conclusion(name)


def tree_lines(explanation: Explanation, width: int = WIDTH) -> Iterator[str]:
    """Yield the reasoning behind an answer as lines, those of a deeper step further to the right."""
    for line in explanation.lines():
        indent = len(line) - len(line.lstrip())
        yield from wrapped(line.lstrip(), " " * indent, " " * (indent + len("unknown ") + 2), width)


def status_in_words(standing: Standing) -> str:
    """Return how an obligation stands, in one word or two."""
    if standing.is_contradiction:
        return "contradiction"
    if standing.is_signal:
        return "signal"
    if standing.status is Status.OPEN:
        return "unmet" if standing.certain else "undetermined"
    return _STATUSES[standing.status]


class _Answering:
    def __init__(self, decision: Decision, pack: PackDecision) -> None:
        self.decision = decision
        self.pack = pack
        self.law = pack.pack_at.pack
        self.evaluation = pack.evaluation
        self.words = Conditions(self.law)

    def obligation(self, o: Obligation) -> Answer:
        """Return how an obligation, a prohibition or a signal stands."""
        standing = next((each for each in self.pack.standings if each.id == o.id), None)
        if standing is None:
            return self._absent(o)
        finding = self.pack.finding(o.id)
        assert finding is not None, "what stands in a decision has its finding"
        status = status_in_words(standing)
        why = [*finding.because[:1]]
        if finding.start is not None and standing.status is Status.UPCOMING:
            why.insert(0, f"applies from {finding.start.on}")
        alarm = (
            next((each for each in alarms_of(self.decision) if o.id in each.ids), None) if standing.is_signal else None
        )
        return self._answer(
            o,
            status,
            why=tuple(why),
            decided_by=self._deciding(o, standing) if alarm is None else alarm.rests_on,
            to_state=tuple(self._settling(o, standing)) if alarm is None else alarm.ways,
            evidence=o.evidence if standing.status not in (Status.MET, Status.BREACHED) else (),
        )

    def _absent(self, o: Obligation) -> Answer:
        """Return why nothing is said about an obligation: it does not apply, or what it asks about is not the case."""
        if o.roles and all(self.evaluation.has_role(role) is Truth.NO for role in o.roles):
            facts = self._placed_facts([Decided(FactTest(ROLES, Test.INCLUDES, frozenset(o.roles)), None)])
            return self._answer(
                o, "does not apply", why=(f"the operator is not {bearers(self.law, o.roles)}",), decided_by=facts
            )
        tests = denying(self.evaluation, o)
        if any(fact_of(each.test.fact) == SIGNALS for each in tests):
            return self._answer(o, "does not apply", why=("no words of a document raise it",))
        standing = [rule for rule in self.evaluation.exceptions_to(o.id) if self.evaluation.stands(rule) is Truth.YES]
        why = [f"{rule.reason} ({rule.provision})" for rule in standing]
        if not tests and self.evaluation.owed(o) is not Truth.NO:
            if self.evaluation.in_force(o) is Truth.NO:
                why = ["it never applies to what was released when this was"]
            elif o.is_signal:
                why = ["what is stated agrees" if o.kind is Kind.CONTRADICTION else "nothing raises it"]
            else:
                why = ["nothing certain can be said, and it does not gate"]
        return self._answer(o, "does not apply", why=tuple(why), decided_by=self._placed_facts(tests))

    def rule(self, rule: Rule) -> Answer:
        """Return whether a rule holds."""
        truth = self.evaluation.prevails(rule)
        standing = [
            each for each in self.evaluation.exceptions_to(rule.id) if self.evaluation.stands(each) is Truth.YES
        ]
        why = tuple(f"exception: {each.reason} ({each.provision})" for each in standing)
        tests = deciding(self.evaluation, rule.when)
        return Answer(
            rule.id,
            rule.provision,
            rule.reason,
            _TRUTHS[truth],
            None,
            why,
            self._placed_facts(tests) if truth is not Truth.UNKNOWN else (),
            self._told(tests) if truth is Truth.UNKNOWN else (),
            page=page_of(self.law, rule.id),
            law=law_link(self.law, rule.provision),
        )

    def conclusion(self, name: str) -> Answer:
        """Return whether a conclusion holds, and by which rules."""
        truth = self.evaluation.conclusion(name)
        rules = [rule for rule in self.evaluation.rules_concluding(name) if self.evaluation.prevails(rule) is truth]
        tests = deciding(self.evaluation, Holds(name))
        first = rules[0] if rules else None
        return Answer(
            name,
            first.provision if first is not None and truth is Truth.YES else None,
            label(self.law, name),
            _TRUTHS[truth],
            None,
            tuple(f"{rule.reason} ({rule.provision}, {rule.id})" for rule in rules[:MOST_REASONS])
            if truth is Truth.YES
            else (),
            self._placed_facts(tests) if truth is not Truth.UNKNOWN else (),
            self._told(tests) if truth is Truth.UNKNOWN else (),
            page=None if first is None else page_of(self.law, first.id),
            law=None if first is None else law_link(self.law, first.provision),
        )

    def _answer(self, o: Obligation, status: str, **parts: tuple[str, ...]) -> Answer:
        must = o.must
        if not o.is_signal:
            must = f"the {bearers(self.law, o.roles)} must {must}" if o.roles else f"must {must}"
        waiver = self.decision.waived.get((self.pack.pack_id, o.id))
        return Answer(
            o.id,
            o.provision,
            must,
            status,
            _MEANS[status],
            waived=None if waiver is None else printable(str(waiver)).removeprefix("waived "),
            page=page_of(self.law, o.id),
            law=law_link(self.law, o.provision),
            **parts,
        )

    def _deciding(self, o: Obligation, standing: Standing) -> tuple[str, ...]:
        """Return the statements on which it rests how an obligation stands."""
        of_met = () if o.met is None else deciding(self.evaluation, o.met)
        if standing.status is Status.MET or (standing.is_violated and o.met is not None):
            return self._placed_facts(of_met)
        if standing.certain:
            return self._placed_facts([*deciding(self.evaluation, o.given), *(of_met if o.is_signal else ())])
        return ()

    def _settling(self, o: Obligation, standing: Standing) -> Iterator[str]:
        """Yield what to state, or to change, so that an obligation is settled."""
        if standing.status is Status.MET:
            return
        if standing.is_violated:
            yield "no answer settles it: the practice must stop" if o.met is None else "do what is asked, then state it"
        elif o.is_signal and standing.certain:
            yield "correct what is not so"
            for signal in self._dismissed_by(o):
                yield f"or confirm that it is meant so: {DISMISSED}: [{signal}]"
        elif standing.is_undetermined:
            yield from self._asked(self.pack.questions_about(o.id))
        elif o.met is not None:
            yield from self._remaining(o.met)

    def _dismissed_by(self, o: Obligation) -> tuple[str, ...]:
        """Return the words by which a person confirms what a signal or a contradiction asks about; none where nobody can."""
        conditions = [o.given, *([o.met] if o.met is not None else [])]
        found: dict[str, None] = {}
        for leaf in (leaf for each in conditions for leaf in leaves(each) if isinstance(leaf, FactTest)):
            if fact_of(leaf.fact) == DISMISSED and isinstance(leaf.operand, frozenset):
                found |= dict.fromkeys(sorted(leaf.operand))
        return tuple(found)

    def _asked(self, names: Iterable[str]) -> Iterator[str]:
        """Yield facts to state with their questions."""
        names = [*names]
        for name in names[:MOST_TO_STATE]:
            yield f"{name}: {first_question(self.pack.question(name))}"
        if len(names) > MOST_TO_STATE:
            yield f"and {len(names) - MOST_TO_STATE} more"

    def _remaining(self, met: Condition) -> Iterator[str]:
        """Yield what is left of a condition until it holds; alternatives in one line."""
        parts = [*_open_parts(self.evaluation, met)]
        for part in parts[:MOST_TO_STATE]:
            yield self._said(part)
        if len(parts) > MOST_TO_STATE:
            yield f"and {len(parts) - MOST_TO_STATE} more"

    def _said(self, condition: Condition) -> str:
        if isinstance(condition, FactTest):
            return self._of_test(condition)
        if isinstance(condition, AnyOf):
            return " or ".join(self._said(part) for part in condition.parts)
        if isinstance(condition, AllOf):
            return " and ".join(self._said(part) for part in condition.parts)
        return self.words.say(condition)

    def _told(self, decided: Iterable[Decided]) -> tuple[str, ...]:
        unknown = [each.test for each in decided if self.evaluation.truth(each.test) is Truth.UNKNOWN]
        said = tuple(dict.fromkeys(self._of_test(test) for test in unknown))
        return said if len(said) <= MOST_TO_STATE else (*said[:MOST_TO_STATE], f"and {len(said) - MOST_TO_STATE} more")

    def _of_test(self, test: FactTest) -> str:
        """Return a test with what it means: `system.marking includes text (text that ...)`."""
        name = fact_of(test.fact)
        declared = self.law.vocabulary.get(name)
        said = f"{name} {comparison_in_words(test)}"
        if declared is None:
            return said
        if isinstance(test.operand, frozenset) and len(test.operand) == 1:
            (value,) = test.operand
            means = (declared.values or {}).get(value)
            return f"{said} ({means})" if means else said
        return f"{said} ({first_question(declared.asks)})"

    def _placed_facts(self, decided: Iterable[Decided]) -> tuple[str, ...]:
        """Return the facts of some tests with their places: what was stated about the thing itself first."""
        provisions: dict[str, str | None] = {}
        for each in decided:
            provisions.setdefault(fact_of(each.test.fact), each.provision)
        facts = [self.decision.facts[name] for name in provisions if name in self.decision.facts]
        by_default = [fact for fact in facts if fact.origin.sureness is Sureness.DECLARED_BY_DEFAULT]
        stated = [fact for fact in facts if fact not in by_default]
        own = [fact for fact in stated if not fact.name.startswith(ABOUT_THE_RELEASE)]
        shown = (own or stated or by_default)[:MOST_FACTS]
        return tuple(self._placed(fact, provisions[fact.name]) for fact in shown)

    def _placed(self, fact: Fact, provision: str | None) -> str:
        """Return a fact with its place and the provision by which it counts: `system.uses: chat (aiact.yaml:5; Art. 50)`."""
        said = said_of(self.decision, fact.name, fact.value)
        where = printable(str(fact.origin)) + (f"; {provision}" if provision is not None else "")
        return f"{fact.name}: {said} ({where})"


_TRUTHS = {Truth.YES: "holds", Truth.NO: "does not hold", Truth.UNKNOWN: "unknown"}


def first_question(asks: str) -> str:
    """Return a question without what explains it."""
    question, mark, _ = asks.partition("?")
    return f"{question}{mark}"


def _open_parts(evaluation: Evaluation, condition: Condition) -> Iterator[Condition]:
    """Yield what of a condition is not yet true, through conclusions that have one rule and no exception in the way."""
    if evaluation.truth(condition) is Truth.YES or condition == ALWAYS:
        return
    if isinstance(condition, AllOf):
        for part in condition.parts:
            yield from _open_parts(evaluation, part)
    elif isinstance(condition, Holds):
        rules = evaluation.rules_concluding(condition.conclusion)
        whens = [rule.when for rule in rules if not evaluation.exceptions_to(rule.id)]
        if len(whens) == len(rules) == 1:
            yield from _open_parts(evaluation, whens[0])
        else:
            yield condition
    elif isinstance(condition, AnyOf):
        possible = [part for part in condition.parts if evaluation.truth(part) is Truth.UNKNOWN] or condition.parts
        alternatives = [AllOf(tuple(_open_parts(evaluation, part))) for part in possible]
        yield AnyOf(tuple(each.parts[0] if len(each.parts) == 1 else each for each in alternatives))
    else:
        yield condition
