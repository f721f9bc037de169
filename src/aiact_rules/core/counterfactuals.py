"""Counterfactuals: the smallest changes of fact that would change a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product

from aiact_rules.core.conditions import FactTest, Test, as_stated, fact_of
from aiact_rules.core.formulas import Formula, Literal, Lowered, literals, specialised, truth_of, truths
from aiact_rules.core.outcomes import code
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES
from aiact_rules.core.rules import Obligation
from aiact_rules.core.statuses import Status, Verdict, status_of, verdict_of
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactType, FactValue, Vocabulary

_MOST_FACTS = 3
_MOST_TRIALS = 4000


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A change of facts (name to new value) and the verdict it would lead to, under one pack."""

    pack: str
    changes: Mapping[str, FactValue]
    verdict: Verdict

    def in_words(self, vocabulary: Vocabulary) -> str:
        """Return this as one sentence, with values as a release file states them."""
        stated = []
        for fact, value in self.changes.items():
            shown = vocabulary[fact].format(value)
            shown = ("yes" if shown else "no") if isinstance(shown, bool) else shown
            stated.append(f"{fact} = {'[' + ', '.join(shown) + ']' if isinstance(shown, list) else shown}")
        return f"it would be {self.verdict.value} if {' and '.join(stated)}"


def counterfactuals(packs: Iterable[PackDecision], verdict: Verdict, *, most: int = 3) -> tuple[Counterfactual, ...]:
    """Search changes of one fact, then two, then three, for those that change the verdict; the smallest come first.

    Roles, moment and dates stay as they are. The search is bounded, so an empty answer means that no small change was found.
    """
    found: list[Counterfactual] = []
    for pack in packs:
        if pack.verdict is verdict:
            found += _Search(pack).changes(most - len(found))
        if len(found) >= most:
            break
    return tuple(found)


class _Search:
    def __init__(self, pack: PackDecision) -> None:
        self.pack = pack
        fixed = {name: value for name in (ROLES, MOMENT, RELEASE_DATE) if (value := pack.values.get(name)) is not None}
        self.lowered = specialised(pack.lowered, fixed)
        self.obligations: tuple[Obligation, ...] = tuple(pack.pack_at.obligations.values())
        self.gating = [index for index, o in enumerate(self.obligations) if o.can_gate]

    def changes(self, most: int) -> list[Counterfactual]:
        candidates = self.candidates()
        trials = 0
        found: list[Counterfactual] = []
        seen: list[frozenset[str]] = []
        for size in range(1, _MOST_FACTS + 1):
            for names in combinations(candidates, size):
                if any(smaller <= frozenset(names) for smaller in seen):
                    continue
                for values in product(*(candidates[name] for name in names)):
                    trials += 1
                    if trials > _MOST_TRIALS or len(found) >= most:
                        return found
                    changes = dict(zip(names, values, strict=True))
                    stated = {as_stated(name): value for name, value in changes.items()}
                    verdict = self.verdict({**self.pack.values, **changes, **stated})
                    if verdict is not self.pack.verdict:
                        found.append(Counterfactual(self.pack.pack_id, changes, verdict))
                        seen.append(frozenset(names))
                        break
        return found

    def candidates(self) -> dict[str, list[FactValue]]:
        """Return, for each fact that the deciding findings rest on, the values worth trying."""
        deciding = [index for index, status, _ in self.pack.statuses if status.gates]
        if deciding:
            breached = [i for i, status, _ in self.pack.statuses if status is Status.BREACHED]
            # All breaches must go, so what the first one rests on must change.
            deciding = breached[:1] or deciding[:1]
        else:
            deciding = self.gating
        atoms = self.atoms_below(deciding)
        values: dict[str, list[FactValue]] = {}
        for atom in atoms:
            for value in self.values_for(atom):
                listed = values.setdefault(fact_of(atom.fact), [])
                if value != self.pack.values.get(atom.fact) and value not in listed:
                    listed.append(value)
        return {name: listed for name, listed in values.items() if listed}

    def atoms_below(self, obligations: list[int]) -> list[FactTest]:
        nodes: set[int] = set()
        atoms: dict[int, None] = {}

        def visit(formula: Formula) -> None:
            for literal in literals(formula):
                if not literal.is_node:
                    atoms[literal.index] = None
                elif literal.index not in nodes:
                    nodes.add(literal.index)
                    visit(self.lowered.nodes[literal.index].formula)

        for index in obligations:
            obligation = self.lowered.obligations[index]
            for formula in (obligation.met, obligation.owed, obligation.in_force):
                visit(formula)
        return [self.lowered.atoms[index] for index in atoms]

    def values_for(self, atom: FactTest) -> Iterator[FactValue]:
        now = self.pack.values.get(atom.fact)
        operand = atom.operand
        declared = self.pack.pack_at.pack.vocabulary.get(atom.fact)
        if declared is not None and declared.derivation is not None:
            return  # it changes only with what it follows from
        if atom.test is Test.IS:
            yield from (True, False)
        elif atom.test is Test.ONE_OF:
            declaration = self.pack.pack_at.pack.vocabulary.get(fact_of(atom.fact))
            if declaration is not None and declaration.type is FactType.ONE_OF and declaration.values:
                yield from declaration.values
        elif atom.test in (Test.INCLUDES, Test.EMPTY):
            elements = operand if isinstance(operand, frozenset) else frozenset()
            known = now if isinstance(now, frozenset) else frozenset()
            yield known - elements
            yield from (known | {element} for element in sorted(elements))
        elif isinstance(operand, date):
            yield from (operand, operand - timedelta(days=1), operand + timedelta(days=1))
        elif isinstance(operand, Decimal):
            yield from (operand, operand / 2, operand * 2)

    def verdict(self, values: Mapping[str, FactValue]) -> Verdict:
        nodes = truths(self.lowered, values)
        codes = ((index, _code(self.lowered, values, nodes, index)) for index in self.gating)
        statuses = (status_of(self.obligations[index], code) for index, code in codes if code is not None)
        return verdict_of(status for status in statuses if status is not None)


def _code(lowered: Lowered, values: Mapping[str, FactValue], nodes: tuple[Truth, ...], index: int) -> int | None:
    """Return the code of one obligation as an engine gives it, or None where it is certainly not owed."""
    obligation = lowered.obligations[index]

    def truth(formula: Formula) -> Truth:
        if isinstance(formula, Literal) and formula.is_node and formula.positive:
            return nodes[formula.index]
        return truth_of(formula, lowered, values, nodes)

    owed = truth(obligation.owed)
    return (
        None
        if owed is Truth.NO
        else code(owed, truth(obligation.in_force), truth(obligation.met), truth(obligation.due))
    )
