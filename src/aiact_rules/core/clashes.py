"""Clashes: what the operators of a chain state against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiact_rules.core.conditions import Condition
from aiact_rules.core.evaluation import truth_of_condition
from aiact_rules.core.facts import Completion, Fact, Facts, Origin, Sureness
from aiact_rules.core.packs import CLASHES
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Clash
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue

Values = Mapping[str, FactValue]


def with_clashes(operators: Mapping[str, Facts], completion: Completion, clashes: Iterable[Clash]) -> dict[str, Facts]:
    """Return the facts of each operator with the clashes that it is part of, as one more fact where there are any.

    A clash of two operators is held against both, what nobody bears out against whoever states it. Raises InputError
    where the facts of one contradict each other by arithmetic.
    """
    values = {name: completion.of_facts(facts).values() for name, facts in operators.items()}
    found: dict[str, dict[str, list[str]]] = {name: {} for name in operators}
    for clash in clashes:
        if clash.same is not None:
            stated = {name: facts.value(clash.same) for name, facts in operators.items() if clash.same in facts}
            parties = [(name, [other for other in stated if stated[other] != stated[name]]) for name in stated]
        else:
            parties = _parties(clash, values)
        for name, others in parties:
            if others:
                found[name][clash.id] = others
    return {name: _with(facts, found[name]) for name, facts in operators.items()}


def _parties(clash: Clash, operators: Mapping[str, Values]) -> list[tuple[str, list[str]]]:
    """Return each operator with the names of those with whom it is in a clash."""
    parties = []
    for name, facts in operators.items():
        others = {other: theirs for other, theirs in operators.items() if other != name}
        if clash.other is not None:
            against = [
                other
                for other, theirs in others.items()
                if _against(clash, clash.other, facts, theirs) or _against(clash, clash.other, theirs, facts)
            ]
        else:
            assert clash.nobody is not None
            alone = _is(clash.one, facts) and not any(_is(clash.nobody, theirs) for theirs in others.values())
            against = list(others) if alone else []
        parties.append((name, against))
    return parties


def _against(clash: Clash, other: Condition, one: Values, theirs: Values) -> bool:
    """Return whether what one states is in a clash with what another states."""
    if not (_is(clash.one, one) and _is(other, theirs)):
        return False
    if clash.beyond is None:
        return True
    mine, more = one.get(clash.beyond), theirs.get(clash.beyond)
    return isinstance(mine, frozenset) and isinstance(more, frozenset) and not more <= mine


def _is(condition: Condition, facts: Values) -> bool:
    return truth_of_condition(condition, facts, _nothing_concluded) is Truth.YES


def _nothing_concluded(conclusion: str) -> Truth:
    raise AssertionError(f"a clash tests facts alone, not `{conclusion}`")


def _with(facts: Facts, found: Mapping[str, Sequence[str]]) -> Facts:
    if not found:
        return facts
    others = ", ".join(dict.fromkeys(name for names in found.values() for name in names))
    origin = Origin(Place("operators"), Sureness.DERIVED, f"compared with what is stated for {others}")
    return Facts({**facts.by_name, CLASHES: Fact(CLASHES, frozenset(found), origin)})
