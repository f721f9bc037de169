"""Making requests: from a path, a mapping, a document or a record to the one value that is judged.

This is the only place that reads a release and chooses what it is judged by. Whatever door a release comes through, it
is made into a request here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from aiact_rules.catalogue.shelf import Shelf
from aiact_rules.core.choices import CALLER, Choice, Choices
from aiact_rules.core.decisions import Subject
from aiact_rules.core.defaults import with_defaults
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.packs import MARKETS, RELEASE_DATE, ROLES, Pack
from aiact_rules.core.problems import InputError, PackError, Place, Problem
from aiact_rules.requests.choosing import (
    ChosenPacks,
    choose_packs,
    choose_readings,
    choose_threshold,
    markets_from_texts,
)
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.request import Request
from aiact_rules.sources.discovery import Asked, ReleaseDocuments, base_of, joined, markets_of, name_of
from aiact_rules.sources.document import Document, Skipped
from aiact_rules.sources.document import Subject as _Named
from aiact_rules.sources.mapping import facts_from_mapping
from aiact_rules.sources.model_card import merged
from aiact_rules.sources.organisation import NOBODY, OpenOrganisation, Organisation, Search, look_for_organisation
from aiact_rules.sources.releases import NoRelease, ReleaseFiles, releases_at
from aiact_rules.sources.statements import parse_value
from aiact_rules.sources.text_files import repository_of

Read = Callable[[tuple[str, ...]], Document]


@dataclass(frozen=True, slots=True)
class _Settings:
    """The organisation of a release as opened, and the files above it that do not count."""

    opened: OpenOrganisation | None = None
    further: tuple[Path, ...] = ()

    @property
    def organisation(self) -> Organisation:
        return NOBODY if self.opened is None else self.opened.settings


@dataclass(frozen=True)
class TableRequest:
    """What is chosen for every row of a table.

    `usual` are facts of the organisation, which a row may repeat but not contradict; `said` those of the caller, which
    count for every row; `markets` are added to those of every row; `demanded` packs judge every row, whatever its markets.
    """

    choices: Choices
    usual: Facts
    said: Facts
    markets: frozenset[str]
    demanded: frozenset[str]
    refuses_past: bool = False

    @property
    def pack_ids(self) -> tuple[str, ...]:
        """Return the ids of the packs, sorted."""
        return tuple(choice.value for choice in self.choices.packs)

    @property
    def readings(self) -> Mapping[str, str]:
        """Return the readings of the law that somebody chose."""
        return {name: choice.value for name, choice in self.choices.readings.items()}


class RequestMaker:
    """Makes requests for a gate. `usual` is what the gate says of every release. Safe to share between threads."""

    def __init__(self, shelf: Shelf, usual: Overrides, organisation: Path | None = None) -> None:
        """`organisation` is a file with settings that counts for every release; None: each release has its nearest one."""
        self.shelf = shelf
        self.usual = usual
        self._file = organisation
        self._settings: dict[Path, _Settings] = {}
        self._lock = threading.RLock()

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

        return self._made(documents.name, read, said, self._settings_of(files.path), documents.asked())

    def of_mapping(
        self, values: Mapping[str, object] | Facts, said: Overrides, *, source: str, subject: Subject
    ) -> Request:
        """Return the request for facts that a program holds. `source` names their origin.

        Raises InputError for unknown facts and unusable values.
        """

        def read(pack_ids: tuple[str, ...]) -> Document:
            facts = (
                values
                if isinstance(values, Facts)
                else facts_from_mapping(values, self.shelf.vocabulary(pack_ids), source)
            )
            return Document(source, _Named(subject.name, subject.version), facts)

        asked = Asked(markets=_markets_in(values, Place(source)))
        made = self._made(source, read, said, self._settings_of(None), asked)
        return _with_subject(made, subject)

    def of_document(self, document: Document, said: Overrides, *, subject: Subject | None = None) -> Request:
        """Return the request for a document that was read elsewhere. Raises InputError where it contradicts itself."""
        made = self._made(document.name, lambda _: document, said, self._settings_of(None), _asked_by(document))
        return made if subject is None else _with_subject(made, subject)

    def of_table(self, path: Path | None, markets: Iterable[Choice], said: Overrides) -> TableRequest:
        """Return what is chosen for the rows of a table, in which `markets` stand, by the rules that count for releases.

        Raises InputError where the organisation's settings or the caller's cannot be used.
        """
        settings = self._settings_of(path)
        own = settings.organisation
        asked = Asked(markets=tuple(markets))
        chosen = self._packs(asked, said, own)
        self._gating(chosen)
        making = _Making(self, "table", Document("table", _Named(), Facts({})), chosen, said, settings)
        return making.table()

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
                return Document(found.name, _Named(), Facts({}))
            return found  # type: ignore[no-any-return]

        made = self._made(path.as_posix(), read, said, self._settings_of(path), Asked())
        return skipped[0] if skipped else made

    def _settings_of(self, path: Path | None) -> _Settings:
        """Return the settings that go with a release: the gate's own file, else the nearest to a path."""
        if self._file is not None:
            key, search = self._file, Search(self._file)
        elif path is None:
            return _Settings()
        else:
            key, search = (path if path.is_dir() else path.parent).resolve(), None
        with self._lock:
            if key not in self._settings:
                search = search or look_for_organisation(key)
                name = None if search.file is None else _shown(search.file)
                opened = None if search.file is None else OpenOrganisation(search.file, name)
                self._settings[key] = _Settings(opened, search.further)
            return self._settings[key]

    def _made(self, name: str, read: Read, said: Overrides, settings: _Settings, asked: Asked) -> Request:
        own = settings.organisation
        further = [_further(path) for path in (*self.usual.fact_files, *said.fact_files)]
        for documents in further:
            asked = asked.joined_with(documents.asked())
        chosen = self._packs(asked, said, own)
        while True:
            document = self._read(read, chosen, further)
            joined = asked.joined_with(_asked_by(document))
            wider = self._packs(joined, said, own)
            if {c.value for c in wider.packs} <= {c.value for c in chosen.packs}:
                break
            chosen = wider
        return _Making(self, name, document, chosen, said, settings).request()

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
        document = read(self._gating(chosen))
        for documents in further:
            document = joined(document, self._read_documents(documents, self._gating(chosen)))
        return document

    def _gating(self, chosen: ChosenPacks) -> tuple[str, ...]:
        """Return the ids of the packs. Raises PackError where none of them can gate: nothing would be judged."""
        pack_ids = tuple(choice.value for choice in chosen.packs)
        if not any(pack.gates for pack in self.shelf.packs(pack_ids)):
            hint = "name one with --pack or --market; `aiact-rules packs` lists them"
            raise PackError([Problem("no pack that can gate was chosen, so nothing can be allowed", hint=hint)])
        return pack_ids

    def _read_documents(self, documents: ReleaseDocuments, pack_ids: tuple[str, ...]) -> Document:
        shelf = self.shelf
        return documents.read(
            shelf.vocabulary(pack_ids),
            tuple(shelf.cues(pack_ids).values()),
            root=repository_of(documents.files.path),
            obligations=shelf.obligations(pack_ids),
        )


class _Making:
    """Makes one request from a document, when its packs are chosen."""

    def __init__(
        self,
        maker: RequestMaker,
        name: str,
        document: Document,
        chosen: ChosenPacks,
        said: Overrides,
        settings: _Settings,
    ) -> None:
        self.maker = maker
        self.name = name
        self.document = document
        self.said = said
        self.settings = settings
        self.chosen = chosen
        self.pack_ids = tuple(choice.value for choice in chosen.packs)
        shelf = maker.shelf
        self.vocabulary = shelf.vocabulary(self.pack_ids)
        opened = settings.opened
        self.own = NOBODY if opened is None else opened.with_facts(self.vocabulary, shelf.declares)

    @property
    def packs(self) -> tuple[Pack, ...]:
        return self.maker.shelf.packs(self.pack_ids)

    def request(self) -> Request:
        document, usual, said = self.document, self.maker.usual, self.said
        if document.operators and (said.roles or usual.roles or said.moment or usual.moment):
            message = "roles and a moment of the caller say nothing about which of several operators is meant"
            place = document.operators[0].place
            raise InputError([Problem(message, place, "state them for each operator there")])
        as_of, chosen_as_of = self.as_of()
        choices, notes = self.choices(chosen_as_of)
        subject = Subject(document.subject.name, document.subject.version, tuple(file.name for file in document.files))
        operator = document.operator if document.operator is not None or document.operators else self.own.name
        request = Request(
            name=self.name,
            subject=subject,
            facts=self.facts(document.facts, as_of, is_own=not document.operators and self.is_own(document.operator)),
            as_of=as_of,
            choices=choices,
            operator=operator,
            evidence=document.evidence,
            signals=document.signals,
            notes=document.notes,
            organisation=self.own,
        )
        operators = tuple(
            replace(
                request,
                facts=self.facts(
                    document.facts_for(each), as_of, is_own=each.name is not None and self.is_own(each.name)
                ),
                operator=each.name,
            )
            for each in document.operators
        )
        if not operators:
            return self.dated(request, notes)
        return replace(self.dated(request, notes), operators=tuple(self.dated(each, notes) for each in operators))

    def is_own(self, operator: str | None) -> bool:
        """Return whether the organisation with settings is the operator: by its name, where both have one."""
        if operator is None or self.own.name is None:
            return True
        return operator.strip().casefold() == self.own.name.strip().casefold()

    def choices(self, as_of: Choice) -> tuple[Choices, list[str]]:
        """Return what is chosen besides the facts, and what a person must be told of it."""
        usual, said = self.maker.usual, self.said
        readings = choose_readings(
            self.packs,
            caller={**usual.readings, **said.readings},
            organisation=self.own.pairs("readings"),
            release=self.document.choices,
            has_reading=self.maker.shelf.has_reading,
        )
        setting = self.own.text("fail_on")
        threshold, laxer = choose_threshold(
            None if setting is None else Choice(setting, self.own.places["fail_on"]),
            _stricter(said.fail_on, usual.fail_on),
        )
        notes = [*readings.notes, *laxer]
        for path in self.settings.further:
            notes.append(f"{_shown(path)}: its settings do not count, {self.own.files[0].name} is nearer")
        organisation = self.own.files[0].name if self.own.files else None
        choices = Choices(self.chosen.packs, readings.readings, as_of, threshold, self.chosen.uncovered, organisation)
        return choices, notes

    def table(self) -> TableRequest:
        """Return what counts for every row of a table."""
        choices, notes = self.choices(Choice("", CALLER))
        usual = self.with_usual_roles(self.own.facts)
        said = self.maker.usual.stated(self.vocabulary).overridden_by(self.said.stated(self.vocabulary))
        markets = self.with_all_markets(Facts({})).value(MARKETS)
        demanded = {choice.value for choice in (*self.own.choices("packs"),)}
        demanded |= {*self.said.packs, *self.maker.usual.packs}
        for code in markets if isinstance(markets, frozenset) else ():
            demanded |= {p.id for p in self.packs if p.gates and p.market == code}
        return TableRequest(
            replace(choices, notes=tuple(notes)),
            usual,
            said,
            markets if isinstance(markets, frozenset) else frozenset(),
            frozenset(demanded),
            self.refuses_past(),
        )

    def facts(self, stated: Facts, as_of: date, *, is_own: bool) -> Facts:
        """Join what documents, organisation and caller state, and add the release date and the moment.

        `is_own` says whether the organisation with settings is the operator, so that its facts are about it.
        """
        if is_own:
            stated = merged(stated, self.own.facts)
            stated = self.with_usual_roles(stated)
        usual, said = self.maker.usual, self.said
        stated = Facts({f.name: f for f in stated if f.name not in said.waiting or f.value != frozenset()})
        stated = stated.overridden_by(usual.stated(self.vocabulary)).overridden_by(said.stated(self.vocabulary))
        return with_defaults(self.with_all_markets(stated), self.packs, as_of)

    def with_usual_roles(self, stated: Facts) -> Facts:
        """Add the roles in which the organisation usually acts, where the release names none."""
        roles = self.own.choices("roles")
        if not roles or ROLES in stated:
            return stated
        place = roles[0].place
        try:
            value = parse_value(self.vocabulary[ROLES], [choice.value for choice in roles])
        except ValueError as error:
            raise InputError([Problem(str(error), place)]) from error
        return stated.merged_with(Facts.of([Fact(ROLES, value, Origin(place))]))

    def with_all_markets(self, stated: Facts) -> Facts:
        """Add the markets of the organisation and the caller to those that the documents name."""
        if MARKETS not in self.vocabulary:
            return stated
        further = [
            *self.own.choices("markets"),
            *markets_from_texts((*self.maker.usual.markets, *self.said.markets), CALLER),
        ]
        value = stated.value(MARKETS)
        known = value if isinstance(value, frozenset) else frozenset()
        if not further or known >= {choice.value for choice in further}:
            return stated
        origin = stated[MARKETS].origin if known else Origin(further[0].place)
        every = known | {choice.value for choice in further}
        return stated.overridden_by(Facts.of([Fact(MARKETS, every, origin)]))

    def as_of(self) -> tuple[date, Choice]:
        """Return the date on which the law is known: the caller's, else today."""
        said = self.said.as_of or self.maker.usual.as_of
        as_of = said or datetime.now(UTC).date()
        return as_of, Choice(as_of.isoformat(), CALLER if said is not None else Place("today"))

    def refuses_past(self) -> bool:
        """Return whether somebody refuses past dates: the strictest word counts."""
        return "refuse" in (self.said.past_dates, self.maker.usual.past_dates, self.own.text("past_dates"))

    def dated(self, request: Request, notes: Iterable[str]) -> Request:
        """Return a note that a release date is past, or refuse the date where the organisation or the caller does."""
        found = list(notes)
        fact = request.facts[RELEASE_DATE]
        if request.release_date < request.as_of:
            if self.refuses_past():
                hint = "state the day of the release"
                message = f"the release date {request.release_date} is past, and past dates are refused"
                raise InputError([Problem(message, fact.origin.place, hint)])
            found.append(f"judged as of {request.release_date}, which is past ({fact.origin.place})")
        return replace(request, choices=replace(request.choices, notes=tuple(found)))


def _stricter(first: str | None, second: str | None) -> str | None:
    order = ("hold", "block", "never")
    words = [word for word in (first, second) if word is not None]
    return min(words, key=order.index) if words else None


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


def _further(path: Path) -> ReleaseDocuments:
    """Return a further document of a release: a release file, or else a card or a bill of materials."""
    if path.suffix.lower() in (".yaml", ".yml"):
        files = ReleaseFiles(path, path)
    elif path.suffix.lower() == ".json":
        files = ReleaseFiles(path, bills=(path,))
    else:
        files = ReleaseFiles(path, cards=(path,))
    return ReleaseDocuments(files, base_of(path))


def _with_subject(request: Request, subject: Subject) -> Request:
    return replace(
        request, subject=subject, operators=tuple(replace(each, subject=subject) for each in request.operators)
    )


def _shown(path: Path) -> str:
    """Return how a file is called in a record: relative to its repository or the working folder."""
    return name_of(path, base_of(path))
