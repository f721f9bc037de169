"""Evidence given: what is claimed by a word alone, what by a file or an entry elsewhere, by whom and when."""

from __future__ import annotations

from datetime import date

from aiact_rules.core.decisions import Decision
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Sureness
from aiact_rules.core.packs import FOUND, RELEASE_DATE, ROLES
from aiact_rules.core.printable import printable
from aiact_rules.core.words import counted

_NO_CLAIM = ("release.", "document.", ROLES)


def claimed_by_word(decision: Decision) -> tuple[Fact, ...]:
    """Return the stated facts for which no evidence is named, in the order of their names."""
    shown = {item.about for item in decision.evidence}
    stated = (fact for fact in decision.facts if fact.origin.sureness is Sureness.STATED and fact.name not in FOUND)
    found = (fact for fact in stated if fact.name not in shown and not fact.name.startswith(_NO_CLAIM))
    return tuple(sorted(found, key=lambda fact: fact.name))


def not_shown(decision: Decision) -> tuple[Fact, ...]:
    """Return the stated facts that do not count, since nothing shows them, in the order of their names."""
    return tuple(sorted((f for f in decision.facts if f.origin.sureness is Sureness.NOT_SHOWN), key=lambda f: f.name))


def evidence_counts(decision: Decision) -> str | None:
    """Return how much is shown by what: `1 file, 22 facts by word only`; None where nothing is claimed."""
    kinds = {"file": ("file", None), "url": ("URL", None), "registry": ("registry entry", "registry entries")}
    expired = [item for item in decision.evidence if has_expired(decision, item)]
    counts = {kind: sum(_kind(item) == kind for item in decision.evidence if item not in expired) for kind in kinds}
    parts = [counted(count, *kinds[kind]) for kind, count in counts.items() if count]
    parts += [f"{len(expired)} expired"] if expired else []
    parts += [f"{counted(len(words), 'fact')} by word only"] if (words := claimed_by_word(decision)) else []
    parts += [f"{counted(len(taken_back), 'fact')} not shown"] if (taken_back := not_shown(decision)) else []
    return ", ".join(parts) or None


def evidence_line(decision: Decision, item: Evidence) -> str:
    """Return one piece of evidence: what it is about, where it is, by whom, when, and what its bytes hash to."""
    where = item.file or item.url or item.registry or ""
    parts = [f"{item.about}: {where}"]
    parts += [f"by {item.by}"] if item.by else []
    parts += [f"on {item.on}"] if item.on else []
    parts += [f"{'expired' if has_expired(decision, item) else 'expires'} on {item.expires}"] if item.expires else []
    parts += [f"sha256 {item.sha256[:12]}"] if item.sha256 else []
    return printable(", ".join(parts)) + f" ({item.place})"


def has_expired(decision: Decision, item: Evidence) -> bool:
    """Return whether evidence no longer counts on the day that is assessed."""
    day = decision.facts.value(RELEASE_DATE)
    return isinstance(day, date) and item.has_expired(day)


def _kind(item: Evidence) -> str:
    return "file" if item.file else "url" if item.url else "registry"
