"""Remedy texts: what would lead to an allow, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.passing import said_of_waivers
from aiact_rules.core.printable import printable
from aiact_rules.core.remedies import Remedy
from aiact_rules.core.rules import Kind
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.tallies import tally_of
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.core.words import counted
from aiact_rules.reports.answers import Answer, answer_of, first_question
from aiact_rules.reports.words import WIDTH, release_of, said_of, wrapped

MOST_STATES = 15
MOST_ASKS = 10
MOST_STANDING = 8
_MOST_MEMBERS = 6


def remedy_lines(
    decision: Decision, found: Sequence[Remedy], *, full: bool = False, width: int = WIDTH
) -> Iterator[str]:
    """Yield what would lead to an allow; parts that are long are cut unless `full`."""
    tally = ", ".join(tally_of(decision).said())
    yield from wrapped(
        f"{release_of(decision)}: {tally}".lstrip(": "), f"{decision.verdict.value.upper()}  ", "  ", width
    )
    for waived in said_of_waivers(decision):
        yield from wrapped(printable(waived), "  ", "    ", width)
    first = found[0]
    yield from _standing(decision, first, None if full else MOST_STANDING, width)
    yield from _states(decision, first, None if full else MOST_STATES, width)
    yield from _asks(decision, first, None if full else MOST_ASKS, width)
    for other in found[1:]:
        yield from _instead(decision, first, other, width)


def remedies_json(decision: Decision, found: Sequence[Remedy]) -> dict[str, object]:
    """Return the same as JSON values."""
    return {
        "verdict": decision.verdict.value,
        "remedies": [
            {
                "verdict": each.verdict.value,
                "states": {name: _formatted(decision, name, value) for name, value in each.states.items()},
                "settles": {name: each.settles[name] for name in each.states},
                "asks": [{"fact": need.fact, "affects": need.decides} for need in each.asks],
                "stands": [
                    {"pack": pack_id, "id": standing.id, "status": _answer(decision, pack_id, standing).status}
                    for pack_id, standing in each.standing
                ],
            }
            for each in found
        ],
    }


def _standing(decision: Decision, remedy: Remedy, most: int | None, width: int) -> Iterator[str]:
    """Yield what no answer disposes of: what must stop, what must be corrected or looked at, and what is left."""
    violated = [each for each in remedy.standing if each[1].is_violated]
    looked_at = [each for each in remedy.standing if each[1].is_contradiction or each[1].is_signal]
    left = [each for each in remedy.standing if each not in violated and each not in looked_at]
    for heading, standings in (
        ("No answer leads to allow while this is so; what is done must change:", violated),
        ("To be corrected or confirmed by a person, whichever is true:", looked_at),
        ("Nothing was found that settles this:", left),
    ):
        if standings:
            yield ""
            yield heading
            yield from _each(decision, standings, most, width)


def _each(decision: Decision, standings: Sequence[tuple[str, Standing]], most: int | None, width: int) -> Iterator[str]:
    shown = standings if most is None else standings[:most]
    for pack_id, standing in shown:
        answer = _answer(decision, pack_id, standing)
        says = "; ".join(answer.why) if standing.is_contradiction and answer.why else answer.says
        stop = "; the practice must stop" if standing.obligation.kind is Kind.PROHIBITION else ""
        yield from wrapped(f"{answer.provision}: {says}{stop}", f"  {answer.status}  {answer.id}  ", "    ", width)
        for fact in answer.decided_by:
            yield from wrapped(fact, "    ", "      ", width)
        if not standing.is_violated and answer.to_state:
            yield from wrapped(f"settle: {', '.join(answer.to_state)}", "    ", "      ", width)
    yield from _more(len(standings) - len(shown))


def _more(count: int) -> Iterator[str]:
    if count:
        yield f"  and {count} more; --full shows all"


def _states(decision: Decision, remedy: Remedy, most: int | None, width: int) -> Iterator[str]:
    if not remedy.states:
        return
    yield ""
    facts = counted(len(remedy.states), "fact")
    if remedy.verdict is Verdict.ALLOW:
        one = len(remedy.states) == 1
        yield f"It is allow once {'this is' if one else 'these are'} done and stated ({facts}, tried out):"
    else:
        yield f"To be done, then stated ({facts}); the rest stays open:"
    names = sorted(remedy.states, key=lambda name: -remedy.settles[name])
    shown = names if most is None else names[:most]
    for name in shown:
        said = _said(decision, name, remedy.states[name])
        yield from wrapped(f"{said} (settles {remedy.settles[name]})", f"  {name}: ", "    ", width)
        if (stated := decision.facts.by_name.get(name)) is not None:
            yield from wrapped(f"now {_said(decision, name, stated.value)} ({stated.origin})", "    ", "    ", width)
    yield from _more(len(names) - len(shown))


def _asks(decision: Decision, remedy: Remedy, most: int | None, width: int) -> Iterator[str]:
    if not remedy.asks:
        return
    yield ""
    yield "To be answered, whatever is true; an answer may settle more or ask for more:"
    shown = remedy.asks if most is None else remedy.asks[:most]
    for need in shown:
        asks = first_question(_question(decision, need.fact))
        yield from wrapped(f"{asks} (affects {need.decides})", f"  {need.fact}: ", "    ", width)
    yield from _more(len(remedy.asks) - len(shown))


def _instead(decision: Decision, first: Remedy, other: Remedy, width: int) -> Iterator[str]:
    """Yield what another remedy states that the first does not."""
    left = [name for name in first.states if name not in other.states]
    more = {name: value for name, value in other.states.items() if first.states.get(name) != value}
    if not more:
        return
    yield ""
    yield from wrapped(
        f"instead of {', '.join(left)}:" if left else "as well:", "Or, where that is what is true, ", "  ", width
    )
    for name, value in more.items():
        yield from wrapped(_said(decision, name, value), f"  {name}: ", "    ", width)


def _said(decision: Decision, name: str, value: FactValue) -> str:
    """Return a value as a release file states it; a long list by its beginning."""
    formatted = _formatted(decision, name, value)
    if not isinstance(formatted, list):
        return said_of(decision, name, value)
    words = decision.vocabulary[name].values if name in decision.vocabulary else None
    if len(formatted) > _MOST_MEMBERS:
        count = "all" if words is not None and len(words) == len(formatted) else "these"
        return f"{count} {len(formatted)} items ({', '.join(formatted[:2])} ...)"
    return f"[{', '.join(formatted)}]"


def _formatted(decision: Decision, name: str, value: FactValue) -> object:
    return decision.vocabulary[name].format(value) if name in decision.vocabulary else str(value)


def _question(decision: Decision, name: str) -> str:
    packs: Mapping[str, PackDecision] = {pack.pack_id: pack for pack in decision.packs}
    asking = next((pack for pack in packs.values() if name in pack.pack_at.pack.vocabulary), None)
    return name if asking is None else asking.question(name)


def _answer(decision: Decision, pack_id: str, standing: Standing) -> Answer:
    pack = next(pack for pack in decision.packs if pack.pack_id == pack_id)
    return answer_of(decision, pack, standing.id)
