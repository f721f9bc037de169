"""Exceptions: what the law lets off, asked before anything is asked that it would let off."""

from __future__ import annotations

from collections.abc import Iterator

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Test, as_stated, fact_of, leaves
from aiact_rules.core.evaluation import truth_of_condition
from aiact_rules.core.facts import Sureness
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.rules import Obligation, Rule
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactDeclaration, FactType


def unclaimed(pack: PackDecision, o: Obligation) -> tuple[FactDeclaration, ...]:
    """Return the exceptions to an obligation that silence denies, and that nothing stated rules out."""
    found = dict.fromkeys(fact for rule in _exceptions_to(pack, o) for fact in _claims(pack, rule))
    return tuple(pack.pack_at.pack.vocabulary[fact] for fact in found)


def _exceptions_to(pack: PackDecision, o: Obligation) -> Iterator[Rule]:
    """Yield the exceptions to an obligation and to the rules by which it is owed, but for what puts it in scope."""
    evaluation = pack.evaluation
    yield from evaluation.exceptions_to(o.id)
    seen = {pack.pack_at.pack.in_scope}
    pending = [*_presupposed(o.given)]
    while pending:
        conclusion = pending.pop(0)
        if conclusion in seen:
            continue
        seen.add(conclusion)
        for rule in evaluation.rules_concluding(conclusion):
            if evaluation.prevails(rule) is Truth.YES:
                yield from evaluation.exceptions_to(rule.id)
                pending += _presupposed(rule.when)


def _presupposed(condition: Condition) -> Iterator[str]:
    """Yield the conclusions that a condition asks to hold."""
    if isinstance(condition, Holds):
        yield condition.conclusion
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _presupposed(part)


def _claims(pack: PackDecision, rule: Rule) -> Iterator[str]:
    """Yield the facts of an exception that silence denies, if with a yes to them it could stand."""
    tests = [leaf for leaf in leaves(rule.when) if isinstance(leaf, FactTest)]
    claims = [fact_of(test.fact) for test in tests if test.test is Test.IS and test.operand is True]
    claims = [fact for fact in claims if _is_denied_by_silence(pack, fact)]
    if not claims:
        return
    said = {**pack.values, **{name: True for fact in claims for name in (fact, as_stated(fact))}}
    if truth_of_condition(rule.when, said, pack.evaluation.conclusion) is not Truth.NO:
        yield from claims


def _is_denied_by_silence(pack: PackDecision, fact: str) -> bool:
    declaration = pack.pack_at.pack.vocabulary.get(fact)
    if declaration is None or declaration.type is not FactType.YES_NO or declaration.if_absent is not False:
        return False
    return fact not in pack.facts or pack.facts[fact].origin.sureness is Sureness.DECLARED_BY_DEFAULT
