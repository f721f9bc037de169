"""The lowered form, interpreted node by node: nothing to prepare, so the quickest where few facts are to be judged."""

from __future__ import annotations

from collections.abc import Mapping

from aiact_rules.core.formulas import Formula, Lowered, truth_of, truths
from aiact_rules.core.outcomes import Outcome, code
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue

_CODES = {Truth.NO: 0, Truth.UNKNOWN: 1, Truth.YES: 3}


def outcome_of(lowered: Lowered, facts: Mapping[str, FactValue]) -> Outcome:
    """Return what a lowered pack says of these facts, by the truth of its nodes."""
    nodes = truths(lowered, facts)

    def truth(formula: Formula) -> Truth:
        return truth_of(formula, lowered, facts, nodes)

    obligations = []
    for index, obligation in enumerate(lowered.obligations):
        owed = truth(obligation.owed)
        if owed is not Truth.NO:
            obligations.append(
                (index, code(owed, truth(obligation.in_force), truth(obligation.met), truth(obligation.due)))
            )
    return Outcome(tuple(_CODES[truth(formula)] for formula in lowered.conclusions.values()), tuple(obligations))
