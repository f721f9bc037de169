"""Summary: what a sweep found, in a page of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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
        """Return how many rows could not be judged."""
        return max((bar.counts["error"] for bar in self.bars), default=0)

    @property
    def worst(self) -> int:
        """Return the severity of the strictest verdict of any row on any date: 0 allow, 1 hold, 2 block."""
        names = ("allow", "hold", "block")
        return max((at for bar in self.bars for at, name in enumerate(names) if bar.counts[name]), default=0)

    def as_json(self) -> dict[str, object]:
        """Return the summary as JSON values."""
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
        """Return the summary as text that ends in a line break."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"{self.rows:,} row{'' if self.rows == 1 else 's'} judged"
        for bar in self.bars:
            yield ""
            yield f"law as of {bar.title}"
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
            yield f"obligations that most often stand in the way (violated, unmet or undetermined; {dates})"
            width = max(len(line.obligation) for line in failing)
            for line in failing:
                breached = " / ".join(f"{count:,}" for count in line.breached)
                still_open = " / ".join(f"{count:,}" for count in line.open)
                yield f"  {line.obligation:<{width}}  {breached:>10}  {still_open:>10}"
            if len(self.lines) > len(failing):
                yield f"  and {len(self.lines) - len(failing)} more"


def summarised(swept: Swept, kernel: Kernel) -> Summary:
    """Return the summary of a swept table."""
    tally, plan = swept.tally, kernel.plan
    dates = [judgement.as_of for judgement in plan.judgements]
    counted = [counts.tolist() for counts in tally.verdicts] or [[0] * len(VERDICTS) for _ in dates]
    by_status = [
        {status: dict(zip(kernel.names(at, status), counts.tolist(), strict=True)) for status, counts in found.items()}
        for at, found in enumerate(tally.statuses)
    ]
    pairs = [[[int(n) for n in line] for line in each] for each in tally.changes]
    return _summary(tally.rows, dates, counted, pairs, by_status)


def summary_of(
    dates: Sequence[date], verdicts: Sequence[Sequence[str]], counts: Sequence[Mapping[Status, Mapping[str, int]]]
) -> Summary:
    """Return the summary of rows judged one by one: their verdicts on each date, and how often obligations fail."""
    numbers = [[VERDICTS.index(word) for word in words] for words in verdicts]
    size = range(len(VERDICTS))
    counted = [[words.count(at) for at in size] for words in numbers]
    pairs = [
        [[sum(a == was and b == now for a, b in zip(numbers[0], words, strict=True)) for now in size] for was in size]
        for words in numbers
    ]
    return _summary(len(verdicts[0]), dates, counted, pairs, counts)


def _summary(
    rows: int,
    dates: Sequence[date],
    counted: Sequence[Sequence[int]],
    pairs: Sequence[Sequence[Sequence[int]]],
    by_status: Sequence[Mapping[Status, Mapping[str, int]]],
) -> Summary:
    days = [day.isoformat() for day in dates]
    bars = tuple(
        Bar(day, {name: int(counts[at]) for at, name in enumerate(VERDICTS)})
        for day, counts in zip(days, counted, strict=True)
    )
    size = range(len(VERDICTS))
    changes = tuple(
        Change(
            days[0],
            day,
            tuple((VERDICTS[a], VERDICTS[b], each[a][b]) for a in size for b in size if a != b and each[a][b]),
        )
        for day, each in list(zip(days, pairs, strict=False))[1:]
    )
    return Summary(rows, bars, changes, _failing(len(days), by_status))


def _failing(size: int, by_status: Sequence[Mapping[Status, Mapping[str, int]]]) -> tuple[Line, ...]:
    found: dict[str, dict[Status, list[int]]] = {}
    for at, counts in enumerate(by_status):
        for status in (Status.BREACHED, Status.OPEN):
            for name, count in counts.get(status, {}).items():
                if count:
                    line = found.setdefault(name, {s: [0] * size for s in (Status.BREACHED, Status.OPEN)})
                    line[status][at] = int(count)
    lines = [Line(name, tuple(by[Status.BREACHED]), tuple(by[Status.OPEN])) for name, by in found.items()]
    return tuple(sorted(lines, key=lambda line: (-max(line.breached), -max(line.open), line.obligation)))
