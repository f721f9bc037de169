"""Deliverables of a pack, and which obligation belongs to which: the most specific pattern wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from aiact_rules.core.cues import Cue
from aiact_rules.core.deliverables import Deliverable, DeliverableKind
from aiact_rules.core.packs import SIGNAL
from aiact_rules.core.problems import Place, did_you_mean
from aiact_rules.core.rules import Obligation
from aiact_rules.specfiles.format import DeliverablesFile
from aiact_rules.specfiles.loading import Loading, keep_once
from aiact_rules.specfiles.skeletons import SkeletonReader
from aiact_rules.specfiles.validation import child, entries, place_of


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What a deliverable covers: obligations whose id, or whose provision, is this text or goes on from it."""

    text: str
    deliverable: str
    place: Place

    @property
    def names_ids(self) -> bool:
        return self.text[:1].islower()

    @property
    def weight(self) -> tuple[bool, int]:
        """Return what orders patterns by how specific they are: an id before a provision, the longer before the shorter."""
        return self.names_ids, len(self.text)

    def covers(self, identifier: str, provision: str) -> bool:
        subject = identifier if self.names_ids else provision
        after = subject[len(self.text) :][:1]
        return subject.startswith(self.text) and not after.isalnum()


def read_deliverables(
    loading: Loading, obligations: Mapping[str, Obligation], cues: Mapping[str, Cue]
) -> tuple[dict[str, Deliverable], dict[str, str]]:
    """Read the deliverables of a pack, and for each obligation that one covers, which.

    What a cue asks is covered as the obligation `signal.` with its id.
    """
    complete = not loading.problems  # what could not be read may be what a pattern names
    kept: dict[str, Deliverable] = {}
    patterns: dict[str, _Pattern] = {}
    for _, node, value in loading.of(DeliverablesFile):
        for entry in entries(child(node, "deliverables")):
            spec = value.deliverables[entry.key]
            deliverable = Deliverable(
                entry.key,
                spec.title,
                DeliverableKind(spec.kind),
                spec.provision,
                spec.signed_by,
                place=entry.place,
            )
            keep_once(loading, kept, entry.key, deliverable, "deliverable", entry.place)
            for number, text in enumerate(spec.covers):
                place = place_of(child(entry.value, "covers", number), entry.place)
                _add(loading, patterns, _Pattern(text, entry.key, place))
    subjects = {name: o.provision for name, o in obligations.items()}
    subjects |= {f"{SIGNAL}{name}": cue.provision for name, cue in cues.items()}
    assigned = _assigned(subjects, patterns.values())
    if complete:
        _refuse_what_covers_nothing(loading, kept, patterns.values(), subjects, assigned)
    skeletons = SkeletonReader(loading, obligations, assigned)
    for _, node, value in loading.of(DeliverablesFile):
        for entry in entries(child(node, "deliverables")):
            empty = value.deliverables[entry.key].skeleton
            if empty is not None:
                skeleton = skeletons.read(entry.key, empty, child(entry.value, "skeleton"))
                kept[entry.key] = replace(kept[entry.key], skeleton=skeleton)
    return kept, assigned


def _add(loading: Loading, patterns: dict[str, _Pattern], pattern: _Pattern) -> None:
    first = patterns.setdefault(pattern.text, pattern)
    if first is not pattern:
        loading.problem(
            f"deliverable `{pattern.deliverable}`: `{pattern.text}` belongs to `{first.deliverable}` already",
            pattern.place,
            f"the first is at {first.place}; an obligation belongs to one deliverable",
        )


def _assigned(subjects: Mapping[str, str], patterns: Iterable[_Pattern]) -> dict[str, str]:
    ordered = sorted(patterns, key=lambda pattern: pattern.weight, reverse=True)
    found = {}
    for identifier, provision in subjects.items():
        pattern = next((each for each in ordered if each.covers(identifier, provision)), None)
        if pattern is not None:
            found[identifier] = pattern.deliverable
    return found


def _refuse_what_covers_nothing(
    loading: Loading,
    kept: Mapping[str, Deliverable],
    patterns: Iterable[_Pattern],
    subjects: Mapping[str, str],
    assigned: Mapping[str, str],
) -> None:
    known = {*subjects, *subjects.values()}
    idle = set()
    for pattern in patterns:
        if not any(pattern.covers(*subject) for subject in subjects.items()):
            hint = did_you_mean(pattern.text, known) or "name a provision such as `Art. 11`, or the begin of an id"
            loading.problem(
                f"deliverable `{pattern.deliverable}`: no obligation has the provision or id `{pattern.text}`",
                pattern.place,
                hint,
            )
            idle.add(pattern.deliverable)
    for name in kept.keys() - set(assigned.values()) - idle:
        hint = "every obligation it names belongs to a deliverable that names it more exactly"
        loading.problem(f"deliverable `{name}` covers nothing", kept[name].place, hint)
