"""Skeletons beside a release file: `init --with` writes them, and names them there as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.deliverables import Deliverable, Skeleton
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.sources.skeletons import empty_document


@dataclass(frozen=True, slots=True)
class Offer:
    """An empty document that a pack offers."""

    pack: Pack
    deliverable: Deliverable
    skeleton: Skeleton

    @property
    def file(self) -> str:
        """Return the name of its file."""
        return f"{self.skeleton.name}.md"


def offers_of(packs: Iterable[Pack]) -> dict[str, Offer]:
    """Return the empty documents that packs offer, by name; of one that two offer, that of the first."""
    found: dict[str, Offer] = {}
    for pack in packs:
        for each in pack.deliverables.values():
            if each.skeleton is not None:
                found.setdefault(each.skeleton.name, Offer(pack, each, each.skeleton))
    return found


def chosen(offers: Mapping[str, Offer], names: Iterable[str]) -> tuple[Offer, ...]:
    """Return the offers of these names, commas between several. Raises InputError for an unknown one."""
    wanted = dict.fromkeys(name.strip() for text in names for name in text.split(",") if name.strip())
    problems = [
        Problem(
            f"there is no document `{name}` to begin with",
            Place("--with"),
            did_you_mean(name, offers) or f"choose from {', '.join(offers)}",
        )
        for name in wanted
        if name not in offers
    ]
    if problems:
        raise InputError(problems)
    return tuple(offers[name] for name in wanted)


def documents(offers: Iterable[Offer], folder: Path, *, force: bool) -> dict[Path, str]:
    """Return the empty documents by the paths to write them to. Raises InputError where a file is there already."""
    found = {
        folder / offer.file: empty_document(offer.deliverable, offer.skeleton, offer.pack.title) for offer in offers
    }
    problems = [
        Problem("there is already a file here", Place(str(path)), "leave it out of --with, or use --force")
        for path in found
        if path.exists() and not force
    ]
    if problems:
        raise InputError(problems)
    return found


def wired(release_file: str, offers: Iterable[Offer]) -> str:
    """Return a release file that names some documents as evidence, and the markets of the laws that want them."""
    offered = tuple(offers)
    markets = ", ".join(dict.fromkeys(["EU", *(offer.pack.market for offer in offered)]))
    text = release_file.replace("\nmarkets: [EU]\n", f"\nmarkets: [{markets}]\n", 1)
    return "\n".join([text, *evidence_lines(offered), ""])


def evidence_lines(offers: Iterable[Offer]) -> Iterator[str]:
    """Yield the lines of a release file that name the documents as evidence, with what to state once they are written."""
    yield "# What is written in these files counts as evidence, heading by heading; what is not written yet shows nothing. State under"
    yield "# `facts:` what is written. A list denies what it leaves out: until all is written, say `{point_1a: yes, point_1b: unknown}`."
    yield "evidence:"
    for offer in offers:
        for fact, members in offer.skeleton.shows.items():
            yield f"  {fact}: {{file: {offer.file}}}    # once all is written: {_stated(offer.pack, fact, members)}"


def _stated(pack: Pack, fact: str, members: tuple[str, ...]) -> str:
    declaration = pack.vocabulary[fact]
    if not members:
        return f"`{fact}: true`"
    every = declaration.checklist and set(members) == set(declaration.values or ())
    return f"`{fact}: all`" if every else f"`{fact}` names {' and '.join(members)}"
