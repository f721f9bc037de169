"""Making requests: from a path, a mapping, a document or a record to the one value that is judged.

This is the only place that reads a release and chooses what it is judged by. Whatever door a release comes through, it
is made into a request here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from aiact_rules.catalogue.shelf import Shelf
from aiact_rules.core.choices import CALLER, Choice
from aiact_rules.core.decisions import Subject
from aiact_rules.core.facts import Facts
from aiact_rules.core.packs import MARKETS, SIGNALS
from aiact_rules.core.problems import InputError, PackError, Place, Problem
from aiact_rules.requests.assembly import Assembly
from aiact_rules.requests.choosing import (
    ChosenPacks,
    choose_packs,
    markets_from_texts,
)
from aiact_rules.requests.other_packs import naming_their_packs
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.request import Request, TableRequest
from aiact_rules.requests.settings import Settings, SettingsShelf
from aiact_rules.sources.discovery import Asked, ReleaseDocuments, base_of, joined, markets_of
from aiact_rules.sources.document import Document, Skipped, Stated
from aiact_rules.sources.mapping import stated_in_mapping
from aiact_rules.sources.organisation import Organisation
from aiact_rules.sources.release_folder import NoRelease, ReleaseFiles
from aiact_rules.sources.releases import releases_at
from aiact_rules.sources.statements import checked
from aiact_rules.sources.text_files import repository_of

Read = Callable[[tuple[str, ...]], Document]


class RequestMaker:
    """Makes requests for a gate. `usual` is what the gate says of every release. Safe to share between threads."""

    def __init__(self, shelf: Shelf, usual: Overrides, organisation: Path | str | None = None) -> None:
        """`organisation` is a file with settings that counts for every release; None: each release has its nearest one."""
        self.shelf = shelf
        self.usual = usual
        self._settings = SettingsShelf(None if organisation is None else Path(organisation))

    def of_path(self, path: Path, said: Overrides) -> Request | Skipped:
        """Return the request for the one release at a path; Skipped for a README that is no card.

        Raises InputError where it cannot be read, and where several releases stand in a folder.
        """
        source = self._source_of(path)
        if source is not None:
            return self._from_source(path, said, source)
        found = releases_at(path)
        if isinstance(found, NoRelease):
            return Skipped(path.as_posix(), found.reason)
        if len(found) > 1:
            names = ", ".join(str(each.path) for each in found)
            raise InputError(
                [Problem("several releases stand in this folder", Place(path.as_posix()), f"name one: {names}")]
            )
        return self.of_files(found[0], said)

    def of_files(self, files: ReleaseFiles, said: Overrides) -> Request:
        """Return the request for the release that these files state. Raises InputError where it cannot be used."""
        documents = ReleaseDocuments(files, base_of(files.path))

        def read(pack_ids: tuple[str, ...]) -> Document:
            return self._read_documents(documents, pack_ids)

        return self._made(documents.name, read, said, self._settings.of(files.path), documents.asked())

    def of_mapping(
        self, values: Mapping[str, object] | Facts, said: Overrides, *, source: str, subject: Subject
    ) -> Request:
        """Return the request for facts that a program holds. `source` names their origin.

        Raises InputError for unknown facts and unusable values.
        """

        def read(pack_ids: tuple[str, ...]) -> Document:
            vocabulary = self.shelf.vocabulary(pack_ids)
            if isinstance(values, Facts):
                stated = Stated(facts=checked(values, vocabulary, self.shelf.declares))
            else:
                stated = stated_in_mapping(values, vocabulary, source)
            subject_alone = replace(subject, documents=())
            return Document(source, subject_alone, stated.facts, dismissals=stated.dismissals)

        asked = Asked(markets=_markets_in(values, Place(source)))
        return self._made(source, read, said, self._settings.of(None), asked, subject)

    def of_document(self, document: Document, said: Overrides, *, subject: Subject | None = None) -> Request:
        """Return the request for a document that was read elsewhere. Raises InputError where it contradicts itself."""

        def read(pack_ids: tuple[str, ...]) -> Document:
            return self._checked(document, pack_ids)

        return self._made(document.name, read, said, self._settings.of(None), _asked_by(document), subject)

    def of_table(self, path: Path | None, markets: Iterable[Choice], said: Overrides) -> TableRequest:
        """Return what is chosen for the rows of a table, in which `markets` stand, by the rules that count for releases.

        Raises InputError where the organisation's settings or the caller's cannot be used.
        """
        settings = self._settings.of(path)
        own = settings.organisation
        asked = Asked(markets=tuple(markets))
        chosen = self._packs(asked, said, own)
        self._gating(chosen)
        return Assembly(self.shelf, self.usual, said, settings, chosen).table()

    def organisation_of(self, path: Path) -> Organisation:
        """Return the settings that go with a path, without facts. Raises InputError where they cannot be used."""
        return self._settings.of(path).organisation

    def _source_of(self, path: Path) -> object | None:
        accepting = [source for source in self.shelf.catalogue.sources.values() if source.accepts(path)]
        if len(accepting) > 1:
            names = " and ".join(source.name for source in accepting)
            problem = Problem(f"the sources {names} both read this", Place(str(path)), "uninstall one of them")
            raise InputError([problem])
        return accepting[0] if accepting else None

    def _from_source(self, path: Path, said: Overrides, source: object) -> Request | Skipped:
        skipped: list[Skipped] = []

        def read(pack_ids: tuple[str, ...]) -> Document:
            found = source.read(path, self.shelf.vocabulary(pack_ids), self.shelf.cues(pack_ids))  # type: ignore[attr-defined]
            if isinstance(found, Skipped):
                skipped.append(found)
                return Document(found.name, Subject(), Facts({}))
            return found  # type: ignore[no-any-return]  # its guard has checked the facts

        made = self._made(path.as_posix(), read, said, self._settings.of(path), Asked())
        return skipped[0] if skipped else made

    def _made(
        self,
        name: str,
        read: Read,
        said: Overrides,
        settings: Settings,
        asked: Asked,
        subject: Subject | None = None,
    ) -> Request:
        """Read, choose the packs and put the request together; `subject` is what is released, by the caller's word."""
        own = settings.organisation
        further = [_further(path) for path in (*self.usual.fact_files, *said.fact_files)]
        for documents in further:
            asked = asked.joined_with(documents.asked())
        chosen = self._packs(asked, said, own)
        while True:
            document = self._read(read, chosen, further)
            found = _asked_by(document)
            if not found.packs and not found.uncovered and _values(found.markets) <= _values(asked.markets):
                break  # nothing was read that does not count already
            wider = self._packs(asked.joined_with(found), said, own)
            if {c.value for c in wider.packs} <= {c.value for c in chosen.packs}:
                break
            chosen = wider
        document = self._read_by_readers(document, chosen, own)
        return Assembly(self.shelf, self.usual, said, settings, chosen).request(name, document, subject)

    def _packs(self, asked: Asked, said: Overrides, own: Organisation) -> ChosenPacks:
        """Choose the packs from the markets that anybody names, and from what is demanded."""
        stated = said.facts.get(MARKETS)
        markets = asked.markets if stated is None else _markets_in({MARKETS: stated}, CALLER)
        imposed = (*markets_from_texts((*self.usual.markets, *said.markets), CALLER), *own.choices("markets"))
        uncovered = markets_from_texts((*self.usual.uncovered, *said.uncovered), CALLER)
        demanded = [
            *(Choice(pack_id, CALLER) for pack_id in (*said.packs, *self.usual.packs)),
            *own.choices("packs"),
            *asked.packs,
        ]
        return choose_packs(
            self.shelf.catalogue,
            markets=(*markets, *imposed),
            demanded=demanded,
            opted_out=(*uncovered, *own.choices("uncovered")),
            own_opted_out=asked.uncovered,
            imposed={choice.value for choice in imposed},
        )

    def _read(self, read: Read, chosen: ChosenPacks, further: Iterable[ReleaseDocuments]) -> Document:
        pack_ids = self._gating(chosen)
        try:
            document = read(pack_ids)
            for documents in further:
                document = joined(document, self._read_documents(documents, pack_ids))
        except InputError as error:
            named = naming_their_packs(error, self.shelf.catalogue)
            if named is error:
                raise
            raise named from error
        return document

    def _read_by_readers(self, document: Document, chosen: ChosenPacks, own: Organisation) -> Document:
        """Return a document with what the readers of the platform suggest of it; the same where none is installed."""
        readers = self.shelf.catalogue.readers
        if not (readers or own.pairs("readers")) or not (document.texts or document.files):
            return document
        from aiact_rules.requests.reading import Reading  # most platforms bring no reader

        pack_ids = tuple(choice.value for choice in chosen.packs)
        reading = Reading.of(readers, own)
        knows = SIGNALS in self.shelf.vocabulary(pack_ids)
        return reading.worked_into(document, self.shelf.questions(pack_ids), stated=knows)

    def _gating(self, chosen: ChosenPacks) -> tuple[str, ...]:
        """Return the ids of the packs. Raises PackError where none of them can gate: nothing would be judged."""
        pack_ids = tuple(choice.value for choice in chosen.packs)
        if not any(pack.gates for pack in self.shelf.packs(pack_ids)):
            hint = "name one with --pack or --market; `aiact-rules packs` lists them"
            raise PackError([Problem("no pack that can gate was chosen, so nothing can be allowed", hint=hint)])
        return pack_ids

    def _checked(self, document: Document, pack_ids: tuple[str, ...]) -> Document:
        """Return a document that was read elsewhere. Raises InputError for facts that no pack knows."""
        vocabulary, declares = self.shelf.vocabulary(pack_ids), self.shelf.declares
        operators = tuple(replace(each, facts=checked(each.facts, vocabulary, declares)) for each in document.operators)
        return replace(document, facts=checked(document.facts, vocabulary, declares), operators=operators)

    def _read_documents(self, documents: ReleaseDocuments, pack_ids: tuple[str, ...]) -> Document:
        shelf = self.shelf
        return documents.read(
            shelf.vocabulary(pack_ids),
            tuple(shelf.cues(pack_ids).values()),
            root=repository_of(documents.files.path),
            obligations=shelf.obligations(pack_ids),
            card=shelf.card_words(pack_ids),
            keep_texts=bool(shelf.catalogue.readers),
        )


def _markets_in(values: Mapping[str, object] | Facts, place: Place) -> tuple[Choice, ...]:
    """Return the markets that a mapping states, nested or dotted; what cannot be read is refused when it is read whole."""
    if isinstance(values, Facts):
        return markets_of(values[MARKETS]) if MARKETS in values else ()
    group, _, name = MARKETS.partition(".")
    inner = values.get(group)
    said = values.get(MARKETS, inner.get(name) if isinstance(inner, Mapping) else None)
    if said is None:
        return ()
    texts = said.split(",") if isinstance(said, str) else said
    if not isinstance(texts, Iterable):
        return ()
    return markets_from_texts([str(text) for text in texts if str(text).strip() not in ("", "[]", "none")], place)


def _asked_by(document: Document) -> Asked:
    facts = [document.facts, *(operator.facts for operator in document.operators)]
    markets = tuple(choice for each in facts if MARKETS in each for choice in markets_of(each[MARKETS]))
    return Asked(document.packs, markets, document.uncovered)


def _values(choices: Iterable[Choice]) -> set[str]:
    return {choice.value for choice in choices}


def _further(path: Path) -> ReleaseDocuments:
    """Return a further document of a release: a release file, or else a card or a bill of materials."""
    if path.suffix.lower() in (".yaml", ".yml"):
        files = ReleaseFiles(path, path)
    elif path.suffix.lower() == ".json":
        files = ReleaseFiles(path, bills=(path,))
    else:
        files = ReleaseFiles(path, cards=(path,))
    return ReleaseDocuments(files, base_of(path))
