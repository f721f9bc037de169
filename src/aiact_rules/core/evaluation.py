"""Evaluation: the three sentences of the semantics, carried out as they stand. This is the definition.

A rule *stands* if its condition holds and no exception to it stands. It *prevails* if it stands and, where it is an
exception, the condition of what it overrides holds too. A conclusion holds if some rule that concludes it prevails.
Every other engine must give the same outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Not, Test
from aiact_rules.core.formulas import holds
from aiact_rules.core.outcomes import Outcome, bits, code
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, PackAt
from aiact_rules.core.rules import Obligation, Rule
from aiact_rules.core.truth import NO, UNKNOWN, YES, Truth, all_of, any_of, negate
from aiact_rules.core.vocabulary import FactValue


def truth_of_condition(
    condition: Condition, facts: Mapping[str, FactValue], conclusion: Callable[[str], Truth]
) -> Truth:
    """Return whether a condition holds of facts, of which `conclusion` says what is concluded."""
    if isinstance(condition, FactTest):
        value = facts.get(condition.fact)
        return UNKNOWN if value is None else Truth.of(holds(condition, value))
    if isinstance(condition, Holds):
        return conclusion(condition.conclusion)
    if isinstance(condition, AllOf):
        return all_of(truth_of_condition(part, facts, conclusion) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any_of(truth_of_condition(part, facts, conclusion) for part in condition.parts)
    assert isinstance(condition, Not), "readings are settled before evaluation"
    return negate(truth_of_condition(condition.part, facts, conclusion))


@dataclass
class Evaluation:
    """What the rules of a pack on one date say about facts. Answers are found when asked for, and kept.

    `conclusions` are what an engine found already; an evaluation that is to find it by itself begins without.
    """

    pack_at: PackAt
    facts: Mapping[str, FactValue]
    conclusions: dict[str, Truth] = field(default_factory=dict)
    _rules: dict[str, Truth] = field(default_factory=dict)
    _timetables: dict[str, Truth] = field(default_factory=dict)

    def truth(self, condition: Condition) -> Truth:
        """Return whether a condition holds."""
        return truth_of_condition(condition, self.facts, self.conclusion)

    def exceptions_to(self, name: str) -> Sequence[Rule]:
        """Return the exceptions to a rule or an obligation."""
        return self.pack_at.exceptions.get(name, ())

    def rules_concluding(self, conclusion: str) -> Sequence[Rule]:
        """Return the rules that conclude something."""
        return self.pack_at.concluding.get(conclusion, ())

    def stands(self, rule: Rule) -> Truth:
        """Return whether a rule's condition holds and no exception to it stands."""
        if rule.id not in self._rules:
            self._rules[rule.id] = all_of(self._must_hold(rule))
        return self._rules[rule.id]

    def _must_hold(self, rule: Rule) -> Iterator[Truth]:
        yield self.truth(rule.when)
        for exception in self.exceptions_to(rule.id):
            yield negate(self.stands(exception))

    def prevails(self, rule: Rule) -> Truth:
        """Return whether a rule stands and, where it is an exception, the condition of what it overrides holds too."""
        if not rule.exception_to:
            return self.stands(rule)
        stands = self.stands(rule)
        return stands if stands is NO else all_of([stands, any_of(self._overridden(rule))])

    def _overridden(self, rule: Rule) -> Iterator[Truth]:
        for target in rule.exception_to:
            if target in self.pack_at.rules:
                yield self.truth(self.pack_at.rules[target].when)
            elif target in self.pack_at.obligations:
                yield self.truth(self.pack_at.obligations[target].given)

    def conclusion(self, name: str) -> Truth:
        """Return whether some rule that concludes this prevails."""
        if name not in self.conclusions:
            self.conclusions[name] = any_of(self.prevails(rule) for rule in self.rules_concluding(name))
        return self.conclusions[name]

    def has_role(self, name: str) -> Truth:
        """Return whether the operator acts in a role, by its own word or because the law deems it to."""
        role = self.pack_at.pack.roles[name]
        named = self.truth(FactTest(ROLES, Test.INCLUDES, frozenset({name})))
        if role.unless is not None:
            named = all_of([named, negate(self.conclusion(role.unless))])
        return named if role.deemed is None else any_of([named, self.conclusion(role.deemed)])

    def owed(self, o: Obligation) -> Truth:
        """Return whether an obligation is owed by this operator in these circumstances, whatever the date."""
        role = any_of(self.has_role(name) for name in o.roles) if o.roles else YES
        exceptions = (negate(self.stands(exception)) for exception in self.exceptions_to(o.id))
        return all_of([role, self.truth(o.given), *exceptions])

    def met(self, o: Obligation) -> Truth:
        """Return whether an obligation is met. A prohibition never is: where it is owed it is breached."""
        return NO if o.met is None else self.truth(o.met)

    def in_force(self, o: Obligation) -> Truth:
        """Return whether an obligation applies on the release date."""
        return YES if o.timetable is None else self.applies(o.timetable)

    def applies(self, timetable: str) -> Truth:
        """Return whether what follows a timetable applies on the release date."""
        if timetable not in self._timetables:
            table = self.pack_at.timetables[timetable]
            routes = [all_of([self._reached(r.starts), self.truth(r.when)]) for r in table.routes]
            deferrals = [
                any_of([NO if d.until is None else self._reached(d.until), negate(self.truth(d.when))])
                for d in table.deferrals
            ]
            self._timetables[timetable] = all_of([any_of(routes), *deferrals])
        return self._timetables[timetable]

    def due(self, o: Obligation) -> Truth:
        """Return whether the moment from which an obligation counts has come."""
        reached = self.pack_at.pack.reached(o)
        if not reached:
            return YES
        at = {moments: self.truth(FactTest(MOMENT, Test.ONE_OF, moments)) for moments in reached}
        if len(reached) == 1:
            return next(iter(at.values()))
        return any_of(
            all_of([at[moments], any_of(self.has_role(name) for name in roles)]) for moments, roles in reached.items()
        )

    def _reached(self, parameter: str) -> Truth:
        return self.truth(FactTest(RELEASE_DATE, Test.AT_LEAST, self.pack_at.date_of(parameter)))

    def outcome(self) -> Outcome:
        """Return the answers in the form every engine gives them."""
        names = sorted({*self.pack_at.concluding, *self.pack_at.pack.headlines})
        obligations = []
        for index, o in enumerate(self.pack_at.obligations.values()):
            owed = self.owed(o)
            if owed is NO:
                continue
            obligations.append((index, code(owed, self.in_force(o), self.met(o), self.due(o))))
        return Outcome(tuple(bits(self.conclusion(name), 2, 1) for name in names), tuple(obligations))


def evaluate(pack_at: PackAt, facts: Mapping[str, FactValue]) -> Evaluation:
    """Evaluate a pack, as it stands on one date, on facts by name. A missing name is unknown."""
    return Evaluation(pack_at, facts)
