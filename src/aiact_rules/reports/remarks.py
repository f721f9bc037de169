"""Remarks: what a report says of an input besides its decision: what lets it pass, what was not judged, who chose what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiact_rules.core.batches import Batch, Item, left_out_by_reason
from aiact_rules.core.chains import Chain
from aiact_rules.core.choices import CALLER, DEFAULT, Choice
from aiact_rules.core.citations import in_order
from aiact_rules.core.decisions import Decision
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place
from aiact_rules.core.role_changes import RoleChange
from aiact_rules.core.statuses import Verdict
from aiact_rules.reports.words import label, labelled

NOTHING_JUDGED = "nothing was judged"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a person reads beside the verdict. It `warns` where the verdict alone would say too much."""

    label: str
    text: str
    warns: bool = True

    def __str__(self) -> str:
        return f"{self.label}: {self.text}"


def is_let_pass(item: Item) -> bool:
    """Return whether a release passes although its verdict holds or blocks."""
    return item.passes and item.verdict not in (None, Verdict.ALLOW)


def remarks_of(item: Item) -> tuple[Remark, ...]:
    """Return what is to be said of one input, each once; nothing where nothing is out of the ordinary."""
    found = [*_waived(item), *(remark for decision in item.decisions for remark in _chosen(decision))]
    found += [remark for decision in item.decisions if decision.claims for remark in _claims(decision)]
    found += [remark for decision in item.decisions if decision.dismissals for remark in _dismissed(decision)]
    if not isinstance(item.answer, Chain):  # a chain says it of each operator
        found += [Remark("role", said, warns=False) for each in item.decisions for said in role_changes(each)]
    return tuple(dict.fromkeys(found))


def _claims(decision: Decision) -> Iterator[Remark]:
    from aiact_rules.reports.claimed import told_claims  # most cards claim nothing

    yield from (Remark("claim", said, warns) for said, warns in told_claims(decision))


def _dismissed(decision: Decision) -> Iterator[Remark]:
    """Yield what somebody dismissed, so that it holds nothing: what it is about, by whom and why."""
    from aiact_rules.core.dismissals import Dismissible, counting  # few releases dismiss anything

    dismissible = Dismissible.of(pack.pack_at.pack for pack in decision.packs)
    for each in counting(decision.dismissals, decision.signals, dismissible):
        by = f" by {each.by}" if each.by else ""
        because = f": {each.because}" if each.because else ""
        yield Remark("dismissed", printable(f"{each.signal}{by} ({each.place}){because}"))


def role_changes(decision: Decision) -> tuple[str, ...]:
    """Return which roles the law gives to, or takes from, an operator against what it named, with the reason."""
    return tuple(
        said
        for pack in decision.packs
        for change in pack.role_changes
        for said in _changed(change, label(pack.pack_at.pack, change.role))
    )


def _changed(change: RoleChange, name: str) -> Iterator[str]:
    if change.certain:
        counts = f"counts as {name}" if change.given else f"is no longer {name}"
        yield from (f"{counts}: {rule.reason} ({rule.provision})" for rule in change.rules)
    else:
        provisions = ", ".join(in_order(dict.fromkeys(rule.provision for rule in change.rules)))
        counts = f"may count as {name}" if change.given else f"may no longer be {name}"
        yield f"{counts}: undetermined ({provisions})"


def remark_lines(remarks: Iterable[Remark]) -> Iterator[str]:
    """Yield remarks as lines of text, each after its label."""
    for remark in remarks:
        yield from labelled(remark.label, remark.text)


def left_out_of(batch: Batch) -> str | None:
    """Return how many paths were left out on purpose, by reason; None where none was."""
    counts = left_out_by_reason(batch.left_out)
    return ", ".join(f"{printable(reason)} ({count})" for reason, count in counts.items()) or None


def _waived(item: Item) -> Iterator[Remark]:
    if not is_let_pass(item):
        yield from (Remark("note", printable(each)) for each in item.waived)
        return
    although = f"although its verdict is {item.word}"
    yield from (Remark("passes", f"{although}; {printable(each)}") for each in item.waived)
    if not item.waived:
        yield Remark("passes", although)


def _chosen(decision: Decision) -> Iterator[Remark]:
    choices = decision.choices
    yield from (Remark("note", printable(note)) for note in choices.notes)
    for choice in choices.uncovered:
        why = f"no installed pack covers it; left out on record by {_who(choice.place)}"
        yield Remark("not judged for", f"{printable(choice.value)} ({why})")
    ordinary = {DEFAULT.source, *decision.subject.documents}
    if len(choices.packs) > 1 or any(choice.place.source not in ordinary for choice in choices.packs):
        yield Remark("packs", ", ".join(map(_said, choices.packs)), warns=False)
    if choices.school.place != DEFAULT:
        yield Remark("school", f"readings of the school {_said(choices.school)}", warns=False)
    chosen = {name: choice for name, choice in sorted(choices.readings.items()) if choice.place != DEFAULT}
    if chosen:
        said = ", ".join(f"{printable(name)} is {_said(choice)}" for name, choice in chosen.items())
        yield Remark("readings", said, warns=False)


def _said(choice: Choice) -> str:
    return f"{printable(choice.value)} ({_who(choice.place)})"


def _who(place: Place) -> str:
    return "the caller" if place == CALLER else printable(str(place))
