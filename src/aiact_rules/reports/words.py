"""Words: names, conditions, values and lines as reports write them for a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from textwrap import wrap

from aiact_rules.core.citations import article_of, in_order
from aiact_rules.core.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Holds,
    Not,
    ParameterName,
    ReadingIs,
    Test,
    fact_of,
)
from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import DEFAULT_SCHOOL, Pack
from aiact_rules.core.penalties import Ceiling
from aiact_rules.core.printable import printable
from aiact_rules.core.rules import Parameter
from aiact_rules.core.statuses import Status
from aiact_rules.core.vocabulary import FactValue, format_quantity
from aiact_rules.core.words import comparison_in_words, in_words

WIDTH = 80
_WITH_NUMBER = re.compile(r"\b(Arts?\.?|Annex) (?=[\dIVX])")
_NO_BREAK = "\ue000"  # of the private use area: nothing that was read and no text of a pack holds it
STATUS_WORDS = {
    Status.BREACHED: "violated",
    Status.OPEN: "unmet or undetermined",
    Status.MET: "met",
    Status.UPCOMING: "upcoming",
    Status.CONDITION: "post-release",
    Status.ADVICE: "recommendation",
}
"""What a person reads for each status where it is not said whether an obligation certainly applies."""


def label(pack: Pack, name: str) -> str:
    """Return what a pack calls one of its conclusions, roles or moments, or else its name in words, without its market's."""
    market = pack.market.lower().replace("-", "_")
    return pack.labels.get(name) or printable(in_words(name.removeprefix(f"{market}_")))


def label_in(decision: Decision, name: str) -> str:
    """Return what the first of a decision's packs that has a label calls a role or a moment, or else its name in words."""
    labels = (pack.pack_at.pack.labels.get(name) for pack in decision.packs)
    return next((each for each in labels if each), None) or printable(in_words(name))


def roles_of(decision: Decision, joint: str) -> str:
    """Return the operator's roles in words; empty where they are unknown."""
    return joint.join(label_in(decision, role) for role in decision.roles)


def step_of(decision: Decision) -> str:
    """Return the moment that was judged, in words."""
    return "release step not stated" if decision.moment is None else label_in(decision, decision.moment)


def release_of(decision: Decision) -> str:
    """Return the name and version of what was judged; empty where neither is stated."""
    return printable(" ".join(part for part in (decision.subject.name, decision.subject.version) if part))


def school_of(pack: PackDecision, school: str) -> str:
    """Return the school of reading by which a pack was read: the one chosen, or `default` where the pack has no such."""
    return printable(school) if school in pack.pack_at.pack.schools else DEFAULT_SCHOOL


def bearers(pack: Pack, roles: Iterable[str]) -> str:
    """Return who must, in words: `provider or deployer`; empty where it concerns everybody."""
    return " or ".join(label(pack, role) for role in dict.fromkeys(roles))


def fact_value(value: object) -> str:
    """Return a fact's value, as it stands in JSON, in words: `yes`, `recruitment, grading: unknown`, `1e25`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return printable(", ".join(word if said == "yes" else f"{word}: {said}" for word, said in value.items()))
    return printable(", ".join(value) or "none" if isinstance(value, list) else str(value))


def said_of(decision: Decision, name: str, value: FactValue) -> str:
    """Return the value of a fact of a decision in words, an empty list as `[]`."""
    formatted = decision.vocabulary[name].format(value) if name in decision.vocabulary else str(value)
    return "[]" if formatted == [] else fact_value(formatted)


def number(value: date | Decimal) -> str:
    """Return a value of the law: `15,000,000`, `1e25`, `2027-12-02`."""
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and abs(value) < 10**13
        return f"{value:,.0f}" if whole else format_quantity(value)
    return str(value)


def fine(ceiling: Ceiling) -> str:
    """Return in words what a breach can cost."""
    parts = []
    if ceiling.fixed is not None:
        parts.append(f"{ceiling.currency} {ceiling.fixed:,.0f}")
    if ceiling.share is not None:
        parts.append(f"{format_quantity(ceiling.share)} % of worldwide annual turnover")
    text = " or ".join(parts)
    if len(parts) > 1:
        text += {
            "higher": ", whichever is higher",
            "lower": ", whichever is lower",
            "unknown": ", whichever is higher (lower for smaller firms)",
        }[ceiling.takes]
    if ceiling.amount is not None and len(parts) > 1:
        text += f": at most {ceiling.currency} {ceiling.amount:,.0f}"
    daily = ""
    if ceiling.daily_share is not None:
        daily = (
            f", and {format_quantity(ceiling.daily_share)} % of average daily turnover for each day until it complies"
        )
        if ceiling.daily_amount is not None:
            daily += f": at most {ceiling.currency} {ceiling.daily_amount:,.2f} a day"
    return f"up to {text}{daily} ({ceiling.provision})"


def counted_by_article(provisions: Iterable[str]) -> str:
    """Return the articles of some provisions in order, each with how many there are: `Art. 9 (3), Art. 10`."""
    counts: dict[str, int] = {}
    for provision in provisions:
        article = article_of(provision)
        counts[article] = counts.get(article, 0) + 1
    return ", ".join(f"{each} ({counts[each]})" if counts[each] > 1 else each for each in in_order(counts))


def wrapped(text: str, first: str, rest: str, width: int = WIDTH) -> Iterator[str]:
    """Yield a text as lines of at most `width` columns, the first after `first`, the others after `rest`.

    An article or annex stays on one line with its number, so that a search for it finds it.
    """
    kept = _WITH_NUMBER.sub(rf"\1{_NO_BREAK}", text)
    lines = wrap(
        kept, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    yield from (line.replace(_NO_BREAK, " ") for line in lines or [first.rstrip()])


def labelled(name: str, text: str) -> Iterator[str]:
    """Yield a text as lines after its name, in a column of fourteen: `release:      cv-screener`."""
    yield from wrapped(text, f"{name + ':':13} ", " " * 14)


class Conditions:
    """Says the conditions of one pack in words: conclusions by their labels, values of the law as they are latest known.

    The words are Markdown, with facts as code and conclusions in italics.
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def say(self, condition: Condition) -> str:
        """Return a condition in words; where it asks for one value of a fact, with what that value means."""
        if isinstance(condition, FactTest) and isinstance(condition.operand, frozenset) and len(condition.operand) == 1:
            (value,) = condition.operand
            declared = self._pack.vocabulary.get(condition.fact)
            means = (declared.values or {}).get(value) if declared is not None else None
            return self._say(condition, inside=False) + (f" ({means})" if means else "")
        return self._say(condition, inside=False)

    def conclusion(self, name: str) -> str:
        """Return what a conclusion is called."""
        return f"*{label(self._pack, name)}*"

    def named(self, kind: str, name: str) -> str:  # noqa: ARG002  (pages link to it)
        """Return how a rule, a timetable, a reading, a sanction or a deliverable is named in a text."""
        return f"`{name}`"

    def value(self, name: str) -> str:
        """Return the latest value of a parameter."""
        parameter = self._pack.parameters.get(name)
        return f"`{name}`" if parameter is None else number(latest(parameter))

    def _say(self, condition: Condition, *, inside: bool) -> str:
        if isinstance(condition, Holds):
            return self.conclusion(condition.conclusion)
        if isinstance(condition, ReadingIs):
            return f"reading {self.named('reading', condition.reading)} is `{condition.choice}`"
        if isinstance(condition, FactTest):
            return self._fact(condition)
        if isinstance(condition, Not):
            part = condition.part
            return f"not {self._say(part, inside=isinstance(part, AllOf | AnyOf))}"
        if not condition.parts:
            return "always" if isinstance(condition, AllOf) else "never"
        parts = flat(condition)
        word = " and " if isinstance(condition, AllOf) else " or "
        joined = word.join(self._say(part, inside=len(parts) > 1) for part in parts)
        return f"({joined})" if inside and len(parts) > 1 else joined

    def _fact(self, test: FactTest) -> str:
        name = fact_of(test.fact)
        fact = f"`{name}`" if name == test.fact else f"`{name}` as stated"
        if test.test is Test.IS:
            return fact if test.operand is True else f"not {fact}"
        operand = test.operand
        if isinstance(operand, frozenset):
            listed = sorted(operand)
            said = " or ".join(listed) if len(listed) <= 6 else f"one of {', '.join(listed)}"
            return f"{fact} {'has' if test.test is Test.INCLUDES else 'is'} {said}"
        if isinstance(operand, ParameterName):
            parameter = self._pack.parameters.get(operand.name)
            operand = operand.name if parameter is None else latest(parameter)
        said = number(operand) if isinstance(operand, date | Decimal) else f"`{operand}`"
        return f"{fact} {comparison_in_words(FactTest(test.fact, test.test, operand), said)}"


def flat(condition: AllOf | AnyOf) -> list[Condition]:
    """Return the parts of a condition, with those of parts of the same kind in their place."""
    found: list[Condition] = []
    for part in condition.parts:
        if isinstance(part, AllOf | AnyOf) and (type(part) is type(condition) or len(part.parts) == 1):
            found += flat(part)
        else:
            found.append(part)
    return found


def latest(parameter: Parameter) -> date | Decimal:
    """Return the latest value of a parameter of the law."""
    return parameter.values[max(parameter.values)]
