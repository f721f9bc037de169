"""Dismissals that count: what a person must say of a signal for its words, or for a prohibition, so that it is dismissed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiact_rules.core.packs import CONTRADICTION, SIGNAL, Pack
from aiact_rules.core.printable import printable
from aiact_rules.core.prohibitions import articles_of, prohibiting_articles
from aiact_rules.core.rules import Kind
from aiact_rules.core.signals import Dismissal, Signal, seen_for


@dataclass(frozen=True, slots=True)
class Dismissible:
    """What of some packs a dismissal may be about, and what it must say: cues of words, and what cites a prohibition."""

    cues: frozenset[str]
    prohibited: frozenset[str]

    @classmethod
    def of(cls, packs: Iterable[Pack]) -> Dismissible:
        """Return what of these packs may be dismissed."""
        every = tuple(packs)
        return cls(
            frozenset(name for pack in every for name in pack.cues),
            frozenset(name for pack in every for name in _citing_a_prohibition(pack)),
        )

    def why_not(self, dismissal: Dismissal, seen: str) -> str | None:
        """Return why a dismissal clears nothing, or None where it does. `seen` names the sentences that hold as now read."""
        name = dismissal.signal
        if name in self.cues and dismissal.seen is not None and dismissal.seen != seen:
            return f"dismissed for other words (seen {printable(dismissal.seen)}, now {seen or 'none'})"
        if name not in self.prohibited:
            return None
        needed = {"because": dismissal.because, "by": dismissal.by}
        if name in self.cues:
            needed["seen"] = dismissal.seen
        missing = [f"`{key}`" for key, said in needed.items() if said is None]
        return f"it cites a prohibition, and its dismissal does not say {_listed(missing)}" if missing else None

    def lacks_words(self, dismissal: Dismissal) -> bool:
        """Return whether a dismissal of words does not say for which of them it was given."""
        return dismissal.signal in self.cues and dismissal.seen is None


def counting(
    dismissals: Iterable[Dismissal], signals: Iterable[Signal], dismissible: Dismissible
) -> tuple[Dismissal, ...]:
    """Return the dismissals that count for what the documents of a release say now."""
    heard = tuple(signals)
    return tuple(d for d in dismissals if dismissible.why_not(d, seen_for(d.signal, heard)) is None)


def _citing_a_prohibition(pack: Pack) -> Iterator[str]:
    """Yield the signals and contradictions of a pack that cite an article in which it has a prohibition."""
    prohibiting = prohibiting_articles(pack.obligations.values())
    if not prohibiting:
        return
    signals = {name: cue.provision for name, cue in pack.cues.items()}
    for name, o in pack.obligations.items():
        if name.startswith(SIGNAL) or o.kind is Kind.CONTRADICTION:
            signals[name.removeprefix(SIGNAL).removeprefix(CONTRADICTION)] = o.provision
    yield from (name for name, provision in signals.items() if prohibiting & articles_of(provision))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
