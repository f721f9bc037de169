"""Showing: which stated facts the headings of the files that are named for them do not show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aiact_rules.core.conditions import FactTest, Test, fact_of, leaves
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Facts, Sureness
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.problems import Problem
from aiact_rules.core.rules import Obligation


def tested_by(o: Obligation) -> Iterator[tuple[str, str | None]]:
    """Yield what an obligation is met by, one by one: members of lists, each with its fact, and facts that are true."""
    for leaf in leaves(o.met) if o.met is not None else ():
        if isinstance(leaf, FactTest) and leaf.test is Test.INCLUDES and isinstance(leaf.operand, frozenset):
            yield from ((fact_of(leaf.fact), member) for member in leaf.operand if len(leaf.operand) == 1)
        elif isinstance(leaf, FactTest) and leaf.test is Test.IS and leaf.operand is True:
            yield fact_of(leaf.fact), None


def not_shown(evidence: Iterable[Evidence], facts: Facts, obligations: Mapping[str, Obligation]) -> Iterator[Problem]:
    """Return a problem for each heading under which nothing is written although the fact that it shows is stated.

    Evidence without such headings (a signed report, a URL) shows the whole fact, or obligation, that it is named for.
    """
    pieces: dict[str, list[Evidence]] = {}
    for piece in evidence:
        pieces.setdefault(piece.about, []).append(piece)
    for name, named in pieces.items():
        fact = facts.by_name.get(name)
        if name in obligations:
            yield from _of_obligation(obligations[name], named, facts)
        elif fact is not None and _is_stated(fact) and all(_is_skeleton(each, name) for each in named):
            yield from _of(fact, named)


def _is_stated(fact: Fact) -> bool:
    return fact.origin.sureness is Sureness.STATED


def _of_obligation(o: Obligation, pieces: list[Evidence], facts: Facts) -> Iterator[Problem]:
    """Return a problem for each empty heading that would show what an obligation is met by, where nothing else shows it."""
    tested = [
        (fact, member)
        for name, member in tested_by(o)
        if (fact := facts.by_name.get(name)) is not None and _is_stated(fact) and member in _claimed(fact)
    ]
    if all(piece.sections for piece in pieces):
        for fact, member in tested:
            if not any(piece.places_of(fact.name, member) for piece in pieces):
                yield from _empty(fact, [member], pieces)


def _is_skeleton(piece: Evidence, fact: str) -> bool:
    return any(name == fact for section in piece.sections for name, _ in section.shows)


def _of(fact: Fact, pieces: list[Evidence]) -> Iterator[Problem]:
    missing = [m for m in _claimed(fact) if not any(piece.places_of(fact.name, m) for piece in pieces)]
    yield from _empty(fact, missing, pieces)
    headed = {shown for piece in pieces for section in piece.sections for shown in section.shows}
    bare = [member for member in missing if (fact.name, member) not in headed]
    if bare:
        files = " and ".join(f"`{piece.file}`" for piece in pieces)
        yield Problem(
            f"no heading of {files} shows `{_said(fact.name, bare)}`",
            pieces[0].place,
            "put the heading back, or name further evidence for this fact",
        )


def _empty(fact: Fact, missing: Sequence[str | None], pieces: list[Evidence]) -> Iterator[Problem]:
    for section in (section for piece in pieces for section in piece.sections if not section.filled):
        shows = [member for name, member in section.shows if name == fact.name and member in missing]
        if shows:
            yield Problem(
                f"nothing is written under `{section.title}`, so it does not show `{_said(fact.name, shows)}`",
                section.place,
                f"write it, or take it out of what {fact.origin.place} states",
            )


def _claimed(fact: Fact) -> Sequence[str | None]:
    """Return the members that a list names; of another fact the fact itself, unless it is denied."""
    if isinstance(fact.value, OpenList):
        return sorted(fact.value.members)
    if isinstance(fact.value, frozenset):
        return sorted(fact.value)
    return [] if fact.value is False else [None]


def _said(fact: str, members: Sequence[str | None]) -> str:
    named = [member for member in members if member is not None]
    return f"{fact}: [{', '.join(named)}]" if named else fact
