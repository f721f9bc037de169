"""Dismissing: which dismissals of signals count for a release as it is read now, and what a person must be told of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from aiact_rules.core.dismissals import Dismissible, counting
from aiact_rules.core.facts import Facts
from aiact_rules.core.packs import DISMISSED, Pack
from aiact_rules.core.printable import printable
from aiact_rules.core.raising import line_of, written
from aiact_rules.core.signals import Dismissal, Signal, seen_for
from aiact_rules.sources.dismissals import every_dismissal


def with_dismissals(
    facts: Facts, said: Iterable[Dismissal], signals: Iterable[Signal], packs: Iterable[Pack]
) -> tuple[Facts, tuple[Dismissal, ...]]:
    """Return facts in which only those signals are dismissed of which the dismissal counts, and what is said of each.

    `said` is what people said of signals that the facts list as dismissed, beside their ids.
    """
    dismissals = every_dismissal(facts, said)
    counted = frozenset(each.signal for each in counting(dismissals, signals, Dismissible.of(packs)))
    return facts.overridden_by(Facts.of([replace(facts[DISMISSED], value=counted)])), dismissals


def notes_on_dismissals(
    dismissals: Iterable[Dismissal], signals: Iterable[Signal], packs: Iterable[Pack]
) -> Iterator[str]:
    """Yield what must be said of dismissals that count, and would also count were the words others."""
    heard, dismissible = tuple(signals), Dismissible.of(packs)
    for each in dismissals:
        seen = seen_for(each.signal, heard)
        if seen and dismissible.lacks_words(each) and dismissible.why_not(each, seen) is None:
            line = line_of([written(each.signal, each.because, each.by, seen)])
            yield (
                f"{each.place}: `{printable(each.signal)}` is dismissed whatever the words are; "
                f"to dismiss only those of today write {line}"
            )
