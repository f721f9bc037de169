"""Skeletons of deliverables: their headings, taken from the lists that obligations test, or written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from aiact_rules.core.deliverables import Heading, Skeleton
from aiact_rules.core.problems import Place, did_you_mean
from aiact_rules.core.rules import Obligation
from aiact_rules.core.showing import tested_by
from aiact_rules.core.vocabulary import FactDeclaration, FactType
from aiact_rules.core.words import in_words
from aiact_rules.specfiles.format import SkeletonSpec
from aiact_rules.specfiles.loading import Loading
from aiact_rules.specfiles.validation import child, place_of
from aiact_rules.yaml_text import Node

_POINT = re.compile(r"point_\d+[a-z]?(?:_|\Z)")
_WITH = ", with "


class SkeletonReader:
    """Reads the skeletons of one pack."""

    def __init__(self, loading: Loading, obligations: Mapping[str, Obligation], assigned: Mapping[str, str]) -> None:
        self._loading = loading
        self._obligations = obligations
        self._assigned = assigned
        self._places: dict[str, Place] = {}

    def read(self, deliverable: str, spec: SkeletonSpec, node: Node | None) -> Skeleton:
        """Read the skeleton of a deliverable. Headings of lists stand in the order of the pack, before those written out."""
        place = place_of(node, Place("deliverables.yaml"))
        first = self._places.setdefault(spec.name, place)
        if first is not place:
            self._loading.problem(f"skeleton `{spec.name}` is defined twice", place, f"the first is at {first}")
        listed = tuple(self._of_lists(deliverable, spec, node))
        own = tuple(self._written_out(spec, node))
        return Skeleton(spec.name, (*listed, *own), spec.note)

    def _of_lists(self, deliverable: str, spec: SkeletonSpec, node: Node | None) -> Iterator[Heading]:
        labels: dict[str, Mapping[str, str]] = {}
        for number, name in enumerate(spec.lists):
            place = place_of(child(node, "lists", number), Place("deliverables.yaml"))
            declaration = self._loading.fact(f"skeleton `{spec.name}`", name, place)
            if declaration is None:
                continue
            if declaration.type is not FactType.SOME_OF or declaration.values is None:
                self._loading.problem(f"skeleton `{spec.name}`: `{name}` is no list of named members", place)
                continue
            labels[name] = declaration.values
        seen: set[tuple[str, str]] = set()
        for o in self._obligations.values():
            if self._assigned.get(o.id) != deliverable or o.met is None or o.text.until is not None:
                continue
            for fact, member in tested_by(o):
                if member is not None and fact in labels and member in labels[fact] and (fact, member) not in seen:
                    seen.add((fact, member))
                    title = in_words(_POINT.sub("", member))
                    yield Heading(o.provision.split(_WITH, 1)[0], title, labels[fact][member], ((fact, member),))
        for number, name in enumerate(spec.lists):
            if name in labels and name not in {fact for fact, _ in seen} and not self._loading.unread:
                place = place_of(child(node, "lists", number), Place("deliverables.yaml"))
                hint = "an obligation that the deliverable covers has to test it"
                self._loading.problem(f"skeleton `{spec.name}`: `{name}` gives no heading", place, hint)

    def _written_out(self, spec: SkeletonSpec, node: Node | None) -> Iterator[Heading]:
        for number, heading in enumerate(spec.headings):
            place = place_of(child(node, "headings", number), Place("deliverables.yaml"))
            subject = f"heading `{heading.title}` of skeleton `{spec.name}`"
            shows: list[tuple[str, str | None]] = []
            for name, said in heading.shows.items():
                declaration = self._loading.fact(subject, name, place)
                if declaration is not None:
                    shows += self._shown(subject, declaration, said, place)
            yield Heading(heading.provision, heading.title, heading.asks, tuple(shows))

    def _shown(
        self, subject: str, fact: FactDeclaration, members: str | list[str], place: Place
    ) -> Iterator[tuple[str, str | None]]:
        if isinstance(members, str):
            if fact.type is not FactType.YES_NO:
                message = f"{subject}: `{fact.name}` is answered by more than yes and no"
                self._loading.problem(message, place, "name the members of a list")
            yield fact.name, None
            return
        for named in members:
            if fact.type is not FactType.SOME_OF or named not in (fact.values or {}):
                message = f"{subject}: `{fact.name}` has no member `{named}`"
                self._loading.problem(message, place, did_you_mean(named, fact.values or {}))
            yield fact.name, named
