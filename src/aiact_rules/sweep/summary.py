"""Summary: what a sweep found, in a page of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiact_rules.core.statuses import Status
from aiact_rules.sweep.kernel import VERDICTS, Kernel
from aiact_rules.sweep.running import Swept

MOST_OBLIGATIONS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """The verdicts of all rows on one date."""

    title: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """In how many rows an obligation is breached and open, on each date."""

    obligation: str
    breached: tuple[int, ...]
    open: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows go from one verdict to another between two dates."""

    first: str
    second: str
    counts: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a sweep found: verdicts for each date, changes against the first date, obligations by how often they fail."""

    rows: int
    bars: tuple[Bar, ...]
    changes: tuple[Change, ...]
    lines: tuple[Line, ...]

    @property
    def errors(self) -> int:
        """Give how many rows could not be judged."""
        return max((bar.counts["error"] for bar in self.bars), default=0)

    @property
    def worst(self) -> int:
        """Give the severity of the strictest verdict of any row on any date: 0 allow, 1 hold, 2 block."""
        names = ("allow", "hold", "block")
        return max((at for bar in self.bars for at, name in enumerate(names) if bar.counts[name]), default=0)

    def as_json(self) -> dict[str, object]:
        """Give the summary as JSON values."""
        return {
            "rows": self.rows,
            "errors": self.errors,
            "verdicts": {bar.title: dict(bar.counts) for bar in self.bars},
            "changes": [
                {"from": c.first, "to": c.second, "rows": [{"was": a, "is": b, "rows": n} for a, b, n in c.counts]}
                for c in self.changes
            ],
            "obligations": [
                {"id": line.obligation, "breached": list(line.breached), "open": list(line.open)} for line in self.lines
            ],
        }

    def text(self) -> str:
        """Give the summary as text that ends in a line break."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"{self.rows:,} row{'' if self.rows == 1 else 's'} judged"
        for bar in self.bars:
            yield ""
            yield f"as of {bar.title}"
            for name in VERDICTS:
                count = bar.counts[name]
                share = 100 * count / self.rows if self.rows else 0.0
                yield f"  {name:<6} {count:>12,}  {share:5.1f} %"
        for change in self.changes:
            yield ""
            yield f"what changes from {change.first} to {change.second}"
            for was, now, count in change.counts:
                yield f"  {was} -> {now} {count:>12,}"
            if not change.counts:
                yield "  no verdict"
        failing = self.lines[:MOST_OBLIGATIONS]
        if failing:
            dates = " / ".join(bar.title for bar in self.bars)
            yield ""
            yield f"obligations that most often stand in the way (breached, open; {dates})"
            width = max(len(line.obligation) for line in failing)
            for line in failing:
                breached = " / ".join(f"{count:,}" for count in line.breached)
                still_open = " / ".join(f"{count:,}" for count in line.open)
                yield f"  {line.obligation:<{width}}  {breached:>10}  {still_open:>10}"
            if len(self.lines) > len(failing):
                yield f"  and {len(self.lines) - len(failing)} more"


def summarised(swept: Swept, kernel: Kernel) -> Summary:
    """Sum up a sweep."""
    tally, plan = swept.tally, kernel.plan
    dates = [judgement.as_of.isoformat() for judgement in plan.judgements]
    counted = [counts.tolist() for counts in tally.verdicts] or [[0] * len(VERDICTS) for _ in dates]
    bars = tuple(
        Bar(day, {name: int(counts[at]) for at, name in enumerate(VERDICTS)})
        for day, counts in zip(dates, counted, strict=True)
    )
    changes = tuple(
        Change(
            dates[0],
            day,
            tuple(
                (VERDICTS[was], VERDICTS[now], int(pairs[was, now]))
                for was in range(len(VERDICTS))
                for now in range(len(VERDICTS))
                if was != now and pairs[was, now]
            ),
        )
        for day, pairs in list(zip(dates, tally.changes, strict=False))[1:]
    )
    return Summary(tally.rows, bars, changes, _failing(swept, kernel))


def _failing(swept: Swept, kernel: Kernel) -> tuple[Line, ...]:
    found: dict[str, dict[Status, list[int]]] = {}
    size = len(kernel.plan.judgements)
    for at, by_status in enumerate(swept.tally.statuses):
        for status, counts in by_status.items():
            for name, count in zip(kernel.names(at, status), counts, strict=True):
                if count and status in (Status.BREACHED, Status.OPEN):
                    line = found.setdefault(name, {s: [0] * size for s in (Status.BREACHED, Status.OPEN)})
                    line[status][at] = int(count)
    lines = [Line(name, tuple(by[Status.BREACHED]), tuple(by[Status.OPEN])) for name, by in found.items()]
    return tuple(sorted(lines, key=lambda line: (-max(line.breached), -max(line.open), line.obligation)))
