"""Waiving: which waivers of an organisation are about one release, and that each names what can be waived."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from aiact_rules.core.decisions import Subject
from aiact_rules.core.packs import OVERDUE, Pack
from aiact_rules.core.problems import InputError, Problem, did_you_mean
from aiact_rules.core.rules import Kind
from aiact_rules.core.waivers import CONTRADICTION, Waivable, Waiver


def choose_waivers(
    waivers: Iterable[Waiver],
    *,
    packs: Iterable[Pack],
    installed: Collection[str],
    others: Callable[[], Iterable[Pack]],
    subject: Subject,
) -> tuple[Waiver, ...]:
    """Return the waivers that are about a release and under one of the packs that judge it.

    `others` are all packs that gate, in which a waiver may name what these do not have. Raises InputError for a waiver
    that names what no installed pack has, a prohibition or what is said of one, or a contradiction.
    """
    packs = tuple(pack for pack in packs if pack.gates)
    problems: list[Problem] = []
    found: list[Waiver] = []
    for waiver in waivers:
        if waiver.pack is not None and waiver.pack not in installed:
            hint = did_you_mean(waiver.pack, installed) or f"installed are {', '.join(sorted(installed))}"
            problems.append(Problem(f"there is no pack `{waiver.pack}` to waive a finding of", waiver.place, hint))
            continue
        judged = [each for pack in packs for each in _named_by(waiver, pack)]
        about = judged or [each for pack in others() for each in _named_by(waiver, pack)]
        if not about:
            problems.append(_unknown(waiver, packs))
            continue
        if why_not := _forbidden(waiver, about):
            hint = "remove the waiver; what it names must be settled by the facts"
            problems.append(Problem(f"{waiver.about} cannot be waived: {why_not}", waiver.place, hint))
        elif judged and waiver.names(subject.name, subject.version, subject.documents):
            found.append(waiver)
    if problems:
        raise InputError(problems)
    return tuple(found)


def _named_by(waiver: Waiver, pack: Pack) -> list[str | None]:
    """Return, for each finding of a pack that a waiver names, why it can never be waived, or None where it can."""
    waivable = Waivable.of(pack.obligations)
    return [
        waivable.why_not(kind, provision)
        for name, kind, provision in _findings_of(pack)
        if waiver.is_about(pack.id, name, provision)
    ]


def _findings_of(pack: Pack) -> Iterator[tuple[str, Kind, str]]:
    """Yield the id, kind and provision of everything that a pack can find on any date."""
    for o in pack.obligations.values():
        yield o.id, o.kind, o.provision
        if o.deadlines:
            yield f"{OVERDUE}{o.id}", Kind.SIGNAL, o.provision
    for name, cue in pack.cues.items():
        yield f"signal.{name}", Kind.SIGNAL, cue.provision


def _forbidden(waiver: Waiver, about: list[str | None]) -> str | None:
    """Return why a waiver is none. One of a provision is one as long as something there can be waived, and no prohibition."""
    reasons = [why_not for why_not in about if why_not is not None]
    if not waiver.is_provision or len(reasons) == len(about):
        return next(iter(reasons), None)
    return next((why_not for why_not in reasons if why_not != CONTRADICTION), None)


def _unknown(waiver: Waiver, packs: Iterable[Pack]) -> Problem:
    what = "provision" if waiver.is_provision else "finding"
    known = [name for pack in packs for name, _, _ in _findings_of(pack)]
    near = None if waiver.is_provision else did_you_mean(waiver.about, known)
    hint = near or "name the id of a finding, as `explain` and the reports have it, or a provision such as `Art. 9(2)`"
    return Problem(f"unknown {what} `{waiver.about}`, so nothing is waived", waiver.place, hint)
