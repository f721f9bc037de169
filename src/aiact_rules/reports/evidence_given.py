"""Evidence given: what is claimed by a word alone, what by a file or an entry elsewhere, by whom and when."""

from __future__ import annotations

from aiact_rules.core.decisions import Decision
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Sureness
from aiact_rules.core.packs import FOUND, ROLES
from aiact_rules.core.printable import printable
from aiact_rules.reports.tallies import counted

_NO_CLAIM = ("release.", "document.", ROLES)


def claimed_by_word(decision: Decision) -> tuple[Fact, ...]:
    """Return the stated facts for which no evidence is named, in the order of their names."""
    shown = {item.about for item in decision.evidence}
    stated = (fact for fact in decision.facts if fact.origin.sureness is Sureness.STATED and fact.name not in FOUND)
    found = (fact for fact in stated if fact.name not in shown and not fact.name.startswith(_NO_CLAIM))
    return tuple(sorted(found, key=lambda fact: fact.name))


def evidence_counts(decision: Decision) -> str | None:
    """Return how much is shown by what: `1 file, 22 facts by word only`; None where nothing is claimed."""
    kinds = {"file": "file", "url": "URL", "registry": "registry entry"}
    counts = {word: sum(_kind(item) == kind for item in decision.evidence) for kind, word in kinds.items()}
    words = len(claimed_by_word(decision))
    parts = [counted(count, word).replace("entrys", "entries") for word, count in counts.items() if count]
    parts += [f"{counted(words, 'fact')} by word only"] if words else []
    return ", ".join(parts) or None


def evidence_line(item: Evidence) -> str:
    """Return one piece of evidence: what it is about, where it is, by whom, when, and what its bytes hash to."""
    where = item.file or item.url or item.registry or ""
    parts = [f"{item.about}: {where}"]
    parts += [f"by {item.by}"] if item.by else []
    parts += [f"on {item.on}"] if item.on else []
    parts += [f"expires {item.expires}"] if item.expires else []
    parts += [f"sha256 {item.sha256[:12]}"] if item.sha256 else []
    return printable(", ".join(parts)) + f" ({item.place})"


def _kind(item: Evidence) -> str:
    return "file" if item.file else "url" if item.url else "registry"
