"""Coverage: is every unit of a law accounted for, and by what?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError, Place, Problem
from aiact_rules.core.rules import Obligation, Rule
from aiact_rules.core.words import counted
from aiact_rules.specfiles.coverage_ledger import Ledger, LedgerEntry, Status

HEADING = "heading"
_MOST_LISTED = 40


@dataclass(frozen=True, slots=True)
class Account:
    """What became of one unit: a status (None where nothing accounts for it), and by which ids or with which words."""

    unit: str
    label: str
    status: str | None
    by: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The accounts of all units of a law, in its order, and what is wrong with the ledger."""

    pack_id: str
    version: str
    accounts: tuple[Account, ...]
    problems: tuple[Problem, ...]

    @property
    def accounted(self) -> int:
        """The number of units that are accounted for."""
        return sum(account.status is not None for account in self.accounts)

    def by_status(self) -> Mapping[str, int]:
        """Return the number of units per status, `not_yet_read` for those nothing accounts for."""
        counts: dict[str, int] = {}
        for account in self.accounts:
            status = account.status or "not_yet_read"
            counts[status] = counts.get(status, 0) + 1
        return dict(sorted(counts.items()))

    def as_json(self) -> dict[str, object]:
        """Return the coverage as JSON values."""
        return {
            "pack": self.pack_id,
            "units": len(self.accounts),
            "accounted": self.accounted,
            "by_status": dict(self.by_status()),
            "accounts": [
                {"unit": a.unit, "label": a.label, "status": a.status, "by": list(a.by), "note": a.note}
                for a in self.accounts
            ],
            "problems": [str(problem) for problem in self.problems],
        }

    @property
    def is_complete(self) -> bool:
        """Return whether there are units, all of them are accounted for, and nothing is wrong with the ledger."""
        return bool(self.accounts) and self.accounted == len(self.accounts) and not self.problems

    def lines(self, *, listed: bool = False) -> Iterator[str]:
        """Return this as lines of text: the share, the number by status, and the first units that are not yet read.

        With `listed`, every unit with what accounts for it.
        """
        share = 100 * self.accounted / len(self.accounts) if self.accounts else 0
        whole = "100 %" if self.accounted == len(self.accounts) else f"{min(share, 99.9):.1f} %"
        yield f"{self.pack_id} {self.version}: {self.accounted} of {counted(len(self.accounts), 'unit')} accounted for ({whole})"
        for status, count in self.by_status().items():
            yield f"  {status.replace('_', ' '):26}{count:6}"
        if listed:
            for account in self.accounts:
                by = ", ".join(account.by) or account.note or ""
                yield f"{account.label}: {(account.status or 'not yet read').replace('_', ' ')} {by}".rstrip()
            return
        unread = [account for account in self.accounts if account.status is None]
        for account in unread[:_MOST_LISTED]:
            yield f"not yet read: {account.label} ({account.unit})"
        if len(unread) > _MOST_LISTED:
            yield f"... and {len(unread) - _MOST_LISTED} more; --list shows all"


def coverage_of(pack: Pack, ledger: Ledger) -> Coverage:
    """Account for every unit of a law: by citation, by a line of the ledger, or by its parts."""
    problems: list[Problem] = []
    citing = _citations(pack, problems)
    ids = {*pack.rules, *pack.obligations, *pack.timetables, *pack.parameters, *pack.sanctions, *pack.readings}
    for entry in ledger.entries.values():
        for name in entry.by:
            if name not in ids:
                problems.append(
                    Problem(f"unit `{entry.unit}`: no rule, obligation or value is named `{name}`", entry.place)
                )
        for name in entry.facts:
            if name not in pack.vocabulary:
                problems.append(Problem(f"unit `{entry.unit}`: there is no fact `{name}`", entry.place))
    children: dict[str, list[str]] = {}
    for unit in ledger.units:
        parent = parent_of(unit, ledger.units)
        if parent is not None:
            children.setdefault(parent, []).append(unit)
    own = {unit: _own_account(unit, ledger, citing) for unit in ledger.units}

    def account(unit: str) -> Account:
        found = own[unit]
        if found.status is not None:
            return found
        parts = children.get(unit, [])
        if parts and all(account(part).status is not None for part in parts):
            return Account(unit, found.label, HEADING, tuple(parts), "accounted for by its parts")
        return found

    return Coverage(pack.id, pack.version, tuple(account(unit) for unit in ledger.units), tuple(problems))


def parent_of(unit: str, units: Iterable[str]) -> str | None:
    """Return the nearest unit above one, or None for an article, annex or recital."""
    known = units if isinstance(units, dict | Mapping) else set(units)
    above = unit
    while "." in above:
        above = above.rpartition(".")[0]
        if above in known:
            return above
    return None


def _citations(pack: Pack, problems: list[Problem]) -> dict[str, list[str]]:
    citing: dict[str, list[str]] = {}
    items: list[Rule | Obligation] = [*pack.rules.values(), *pack.obligations.values()]
    for item in items:
        if not item.units and item.text.until is None:
            problems.append(Problem(f"`{item.id}` cites no unit of the law", item.place))
        for unit in item.units:
            citing.setdefault(unit, []).append(item.id)
    return citing


def _own_account(unit: str, ledger: Ledger, citing: Mapping[str, list[str]]) -> Account:
    label = ledger.units[unit].label
    if unit in citing:
        return Account(unit, label, Status.ENCODED.value, tuple(sorted(citing[unit])))
    entry: LedgerEntry | None = ledger.entries.get(unit)
    above = unit
    while entry is None and "." in above:
        above = above.rpartition(".")[0]
        candidate = ledger.entries.get(above)
        entry = candidate if candidate is not None and candidate.whole else None
    if entry is None:
        return Account(unit, label, None)
    note = entry.who or entry.why
    return Account(unit, label, entry.status.value, (*entry.by, *entry.facts), note)


def drift(pack: Pack, ledger: Ledger, newer: Path) -> tuple[Account, ...]:
    """Compare the index of units with a newer text (`units.jsonl` with `id` and `text` or `sha256`).

    Gives an account for each unit that changed, is new or is gone, with the ids to read again.
    """
    citing = _citations(pack, [])
    now: dict[str, str] = {}
    for number, line in enumerate(newer.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            now[row["id"]] = row.get("sha256") or hashlib.sha256(row["text"].encode()).hexdigest()[:16]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PackError(
                [Problem("a line is a JSON object with `id` and `text`", Place(str(newer), number))]
            ) from error
    found = []
    for unit in {**dict.fromkeys(ledger.units), **dict.fromkeys(now)}:
        known = ledger.units.get(unit)
        word = "new" if known is None else "gone" if unit not in now else None
        if word is None and known is not None and now[unit] != known.hash:
            word = "changed"
        if word is not None:
            label = known.label if known is not None else unit
            found.append(Account(unit, label, word, tuple(sorted(citing.get(unit, ())))))
    return tuple(found)


def drift_lines(changed: Sequence[Account]) -> Iterator[str]:
    """Return drift as lines of text: each unit that differs with the rules to read again, and how many they are."""
    for account in changed:
        again = f": read again {', '.join(account.by)}" if account.by else ""
        yield f"{account.label} ({account.unit}) {account.status}{again}"
    differ = "differs" if len(changed) == 1 else "differ"
    yield f"{counted(len(changed), 'unit')} {differ} from the text as read"
