"""The table of work: what is unmet or undetermined, by document or article, with the fact to state first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiact_rules.core.decisions import Decision
from aiact_rules.reports.groups import Group, grouped


@dataclass(frozen=True, slots=True)
class Work:
    """One row: a document or an article with what is unmet or undetermined in it; `law` where there are several."""

    group: Group
    law: str | None

    @property
    def name(self) -> str:
        """Return what a person reads for it."""
        return self.group.title if self.law is None else f"{self.group.title} ({self.law})"

    @property
    def fact(self) -> str:
        """Return the fact to state first, with the number of obligations of the row that it affects."""
        return "" if self.group.fact is None else f"{self.group.fact.fact} ({self.group.fact.decides})"

    @property
    def counts(self) -> tuple[int, int]:
        """Return how many obligations are unmet, and of how many it is undetermined whether they apply."""
        return self.group.tally.unmet, self.group.tally.undetermined


def work_of(decision: Decision) -> tuple[Work, ...]:
    """Return what is unmet or undetermined, the largest piece first; what is violated or contradicts itself is no work."""
    several = len(decision.packs) > 1
    found = [
        Work(group, pack.pack_at.pack.market if several else None)
        for pack in decision.packs
        if pack.verdict is not None
        for group in grouped(pack, (each for each in pack.standings if each.is_unmet or each.is_undetermined))
    ]
    return tuple(sorted(found, key=lambda work: -len(work.group.standings)))


def table_lines(work: Sequence[Work], most: int, width: int) -> Iterator[str]:
    """Yield the work as a heading and at most so many rows, the last of which counts what is left out."""
    shown = work if len(work) <= most else work[: most - 1]
    rest = work[len(shown) :]
    named = "Document or provision" if any(each.group.deliverable is not None for each in shown) else "Provision"
    rows = [(each.name, each.counts, each.fact) for each in shown]
    if rest:
        unmet, undetermined = (sum(numbers) for numbers in zip(*(each.counts for each in rest), strict=True))
        rows.append((f"{len(rest)} more", (unmet, undetermined), ""))
    layout = _layout([name for name, _, _ in rows], [fact for _, _, fact in rows], work, named, width)
    yield layout.heading(named)
    yield from (layout.row(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How wide the names are, and which counts have a column, by their place, under which title."""

    size: int
    columns: Mapping[int, str]

    def heading(self, named: str) -> str:
        return f"  {cut(named, self.size):{self.size}}" + "".join(f"  {each}" for each in self.columns.values()) + _LAST

    def row(self, name: str, counts: Sequence[int], fact: str) -> str:
        cells = "".join(f"  {counts[at] or '-':>{len(title)}}" for at, title in self.columns.items())
        return f"  {cut(name, self.size):{self.size}}{cells}  {fact}".rstrip()


_LAST = "  fact to state (affects)"
_FEWEST = len("Provision")


def _layout(names: Sequence[str], facts: Sequence[str], work: Sequence[Work], named: str, width: int) -> _Layout:
    """Return the layout in which names are whole, or as whole as they can be: facts are never cut."""
    wanted = max(map(len, names))
    needed = 2 + max(len(_LAST), *(len(fact) + 2 for fact in facts))
    counted = [at for at in (0, 1) if any(each.counts[at] for each in work)]
    for titles in (("unmet", "undetermined"), ("unmet", "undet.")):
        columns = {at: titles[at] for at in counted}
        room = width - needed - sum(len(title) + 2 for title in columns.values())
        if room >= wanted:
            break
    return _Layout(max(_FEWEST, min(max(wanted, len(named)), room)), columns)


def cut(text: str, size: int) -> str:
    """Return a text of at most so many signs, with dots where some are left out."""
    return text if len(text) <= size else text[: size - 3].rstrip() + "..."
