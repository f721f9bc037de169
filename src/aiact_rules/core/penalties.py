"""Penalties: what a breach can cost at most, for this operator."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.rules import Force, Obligation, Sanction
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import format_quantity

_DAYS_OF_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most a fine may be: amounts in `currency`, `share` in per cent of worldwide annual turnover.

    `takes` is "higher", "lower" or "unknown", according to which of the two amounts counts for this operator. `amount` is
    the ceiling itself where the turnover is known or only the fixed amount counts. `daily_share` and `daily_amount` are
    what may be added for each day until the operator complies, of its average daily turnover.
    """

    provision: str
    currency: str
    fixed: Decimal | None
    share: Decimal | None
    takes: str
    amount: Decimal | None
    note: str | None = None
    daily_share: Decimal | None = None
    daily_amount: Decimal | None = None

    def as_json(self) -> dict[str, object]:
        """Return the ceiling as it stands in a decision's JSON, amounts and shares as text."""

        def text(number: Decimal | None) -> str | None:
            return None if number is None else format_quantity(number)

        return {
            "provision": self.provision,
            "currency": self.currency,
            "fixed": text(self.fixed),
            "share_percent": text(self.share),
            "takes": self.takes,
            "ceiling": text(self.amount),
            "note": self.note,
            "daily_share_percent": text(self.daily_share),
            "daily_ceiling": text(self.daily_amount),
        }


def ceiling_for(o: Obligation, evaluation: Evaluation) -> Ceiling | None:
    """Return the ceiling for a breach of this obligation by the operator the facts speak of.

    None where there is none, or not yet.

    The obligation's own sanction comes first. A sanction that reaches whole kinds of finding counts only where it is
    certain that it applies to the operator, and only for what binds.
    """
    sanctions = evaluation.pack_at.sanctions
    if o.sanction is not None:
        own = sanctions[o.sanction]
        if evaluation.truth(own.applies) is not Truth.NO:
            return ceiling_of(own, evaluation)
    if o.force is not Force.BINDING:
        return None
    for sanction in sanctions.values():
        if o.kind in sanction.reaches and evaluation.truth(sanction.applies) is Truth.YES:
            return ceiling_of(sanction, evaluation)
    return None


def ceiling_of(sanction: Sanction, evaluation: Evaluation) -> Ceiling | None:
    """Return the ceiling that a sanction sets for the operator the facts speak of.

    None where it does not reach it, or not yet.
    """
    if evaluation.truth(sanction.applies) is Truth.NO:
        return None
    if sanction.timetable is not None and evaluation.applies(sanction.timetable) is Truth.NO:
        return None
    fixed = _number(sanction.fixed, evaluation)
    share = _number(sanction.share, evaluation)
    if evaluation.truth(sanction.share_when) is Truth.NO:
        share = None
    caps = [(evaluation.truth(cap.when), cap.provision) for cap in sanction.lower_for]
    lower = [provision for truth, provision in caps if truth is Truth.YES]
    if lower:
        takes = "lower"
    else:
        takes = "unknown" if any(truth is Truth.UNKNOWN for truth, _ in caps) else "higher"
    provision = ", with ".join([sanction.provision, *lower])
    stated = None if sanction.turnover is None else evaluation.facts.get(sanction.turnover)
    turnover = stated if isinstance(stated, Decimal) else None
    daily_share = _number(sanction.daily_share, evaluation)
    return Ceiling(
        provision,
        sanction.currency,
        fixed,
        share,
        takes,
        _amount(fixed, share, turnover, takes),
        sanction.note,
        daily_share,
        None if daily_share is None or turnover is None else _daily(turnover, daily_share),
    )


def _number(parameter: str | None, evaluation: Evaluation) -> Decimal | None:
    value = None if parameter is None else evaluation.pack_at.values.get(parameter)
    return value if isinstance(value, Decimal) else None


def _daily(turnover: Decimal, share: Decimal) -> Decimal:
    """Return a share of the average daily turnover, in whole hundredths."""
    return (turnover * share / 100 / _DAYS_OF_A_YEAR).quantize(Decimal("0.01"), ROUND_DOWN)


def _amount(fixed: Decimal | None, share: Decimal | None, turnover: Decimal | None, takes: str) -> Decimal | None:
    if share is None:
        return fixed
    if turnover is None or takes == "unknown":
        return None
    part = turnover * share / 100
    if fixed is None:
        return part
    return max(fixed, part) if takes == "higher" else min(fixed, part)
