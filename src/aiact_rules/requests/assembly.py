"""Assembly: one request from a document, when its packs are chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property

from aiact_rules.catalogue.shelf import Shelf
from aiact_rules.core.choices import CALLER, DEFAULT, Choice, Choices
from aiact_rules.core.decisions import Subject
from aiact_rules.core.defaults import with_defaults
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.packs import DISMISSED, MARKETS, RELEASE_DATE, ROLES, Pack
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.signals import Dismissal
from aiact_rules.core.vocabulary import FactType
from aiact_rules.core.waivers import Waiver
from aiact_rules.requests.choosing import (
    ChosenPacks,
    choose_readings,
    choose_threshold,
    markets_from_texts,
)
from aiact_rules.requests.freshness import note_on_future, notes_on_freshness
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.request import Request, TableRequest
from aiact_rules.requests.settings import Settings, shown
from aiact_rules.requests.today import Today, now, today
from aiact_rules.requests.waiving import choose_waivers
from aiact_rules.sources.cues import distinct, signals_in_facts, with_signals
from aiact_rules.sources.document import Document
from aiact_rules.sources.model_card import merged
from aiact_rules.sources.organisation import NOBODY
from aiact_rules.sources.statements import parse_value


class Assembly:
    """Puts together what documents, organisation and caller say of one release, or of the rows of a table."""

    def __init__(
        self, shelf: Shelf, usual: Overrides, said: Overrides, settings: Settings, chosen: ChosenPacks
    ) -> None:
        """`usual` is what the gate says of every release, `said` what the caller says of this one."""
        self.shelf = shelf
        self.usual = usual
        self.said = said
        self.settings = settings
        self.chosen = chosen
        self.pack_ids = tuple(choice.value for choice in chosen.packs)
        self.vocabulary = shelf.vocabulary(self.pack_ids)
        opened = settings.opened
        self.own = NOBODY if opened is None else opened.with_facts(self.vocabulary, shelf.declares)

    @property
    def packs(self) -> tuple[Pack, ...]:
        """Return the packs to judge by."""
        return self.shelf.packs(self.pack_ids)

    def request(self, name: str, document: Document, subject: Subject | None = None) -> Request:
        """Return the request for a document; `subject` is what is released, by the caller's word.

        Raises InputError where what is said contradicts itself or is refused.
        """
        usual, said = self.usual, self.said
        if document.operators and (said.roles or usual.roles or said.moment or usual.moment):
            message = "roles and a moment of the caller say nothing about which of several operators is meant"
            place = document.operators[0].place
            raise InputError([Problem(message, place, "state them for each operator there")])
        as_of = self.as_of
        self.check_evidence(document, as_of)
        choices, notes = self.choices(document.choices)
        notes += document.asks
        if subject is None:
            subject = replace(document.subject, documents=tuple(file.name for file in document.files))
        subject = self.of_artifact(subject, name)
        if self.own.waivers:
            choices = replace(choices, waivers=self.waivers(subject))
        operator = document.operator if document.operator is not None or document.operators else self.own.name
        request = Request(
            name=name,
            subject=subject,
            facts=document.facts,
            as_of=as_of,
            choices=choices,
            operator=operator,
            evidence=document.evidence,
            signals=document.signals,
            claims=document.claims,
            dismissals=document.dismissals,
            readers=document.readers,
            notes=document.notes,
            contact=document.contact,
            organisation=self.own,
        )
        chain = document.operators
        base = self.settled(request, is_own=not chain and self.is_own(document.operator))
        self.check_shown(request.evidence, [base.facts])
        operators = tuple(
            self.settled(
                replace(
                    request,
                    facts=document.facts_for(each),
                    operator=each.name,
                    dismissals=(*document.dismissals, *each.dismissals),
                ),
                is_own=each.name is not None and self.is_own(each.name),
            )
            for each in chain
        )
        request = base
        if not operators:
            return self.noted(request, notes)
        self.check_shown(request.evidence, [each.facts for each in operators])
        operators = self.compared(operators)
        return replace(self.dated(request, notes), operators=tuple(self.noted(each, notes) for each in operators))

    def of_artifact(self, subject: Subject, name: str) -> Subject:
        """Return what is released with the digest of its bytes, by the word of the document, of the host or of the caller.

        Raises InputError where two of them name different bytes.
        """
        named = self.said.artifact
        if named is None and subject.digest is None:
            return subject
        from aiact_rules.core.digests import is_digest  # few releases name their bytes

        if subject.digest is not None and not is_digest(subject.digest):
            hint = "`sha256:` and 64 hexadecimal digits"
            raise InputError([Problem(f"`{subject.digest}` is no digest of an artefact", Place(name), hint)])
        if named is None or named == subject.digest:
            return subject
        if subject.digest is not None:
            message = f"the artefact is {subject.digest} here and {named} by the caller's word"
            raise InputError([Problem(message, Place(name), "judge the one that is released")])
        return replace(subject, digest=named)

    def check_shown(self, evidence: Iterable[Evidence], facts: Iterable[Facts]) -> None:
        """Raise InputError where facts are stated that the headings of the files named for them do not show yet."""
        pieces = tuple(evidence)
        if not any(piece.sections for piece in pieces):
            return
        from aiact_rules.core.showing import not_shown  # few releases name such a file

        obligations = {name: o for pack in self.packs for name, o in pack.obligations.items()}
        problems = [problem for each in facts for problem in not_shown(pieces, each, obligations)]
        if problems:
            raise InputError(list(dict.fromkeys(problems)))

    def compared(self, operators: Iterable[Request]) -> tuple[Request, ...]:
        """Return the requests of a chain, each with what the other operators state against it."""
        from aiact_rules.core.clashes import with_clashes

        named: dict[str, Request] = {}
        for number, each in enumerate(operators, 1):
            name = each.operator or f"operator {number}"
            named[f"{name} ({number})" if name in named else name] = each
        clashes = [clash for pack in self.packs for clash in pack.clashes.values()]
        facts = {name: each.facts for name, each in named.items()}
        found = with_clashes(facts, self.shelf.completion(self.pack_ids), clashes)
        return tuple(replace(each, facts=found[name]) for name, each in named.items())

    def noted(self, request: Request, notes: Iterable[str]) -> Request:
        """Return a request with notes, among them that the organisation's facts are not about its operator."""
        own, found = self.own, list(notes)
        if request.dismissals:
            from aiact_rules.requests.dismissing import notes_on_dismissals  # few releases dismiss anything

            found += notes_on_dismissals(request.dismissals, request.signals, self.packs)
        if request.operator is not None and not self.is_own(request.operator):
            parts = [*(["facts"] if own.facts else []), *(["roles"] if own.choices("roles") else [])]
            if parts:
                what = " and ".join(parts)
                found.append(
                    f"{own.files[0].name}: its {what} are about {own.name} and do not count for {request.operator}"
                )
        return self.dated(request, found)

    def is_own(self, operator: str | None) -> bool:
        """Return whether the organisation with settings is the operator: by its name, where both have one."""
        if operator is None or self.own.name is None:
            return True
        return operator.strip().casefold() == self.own.name.strip().casefold()

    def check_settings(self) -> None:
        """Raise InputError where the organisation names an engine or a report that is not installed."""
        if self.own is NOBODY:
            return
        catalogue, problems = self.shelf.catalogue, []
        for key in ("engine", "verify", "format"):
            name = self.own.text(key)
            if name is None:
                continue
            offers: Collection[str] = catalogue.reports if key == "format" else catalogue.engines
            if name not in offers:
                hint = did_you_mean(name, offers) or f"choose from {', '.join(sorted(offers))}"
                problems.append(Problem(f"`{key}`: there is no `{name}`", self.own.places[key], hint))
        if problems:
            raise InputError(problems)

    def choices(self, release: Mapping[str, Choice]) -> tuple[Choices, list[str]]:
        """Return what is chosen besides the facts, and what a person must be told of it."""
        self.check_settings()
        usual, said = self.usual, self.said
        readings = choose_readings(
            self.packs,
            caller={**usual.readings, **said.readings},
            organisation=self.own.pairs("readings"),
            release=release,
            has_reading=self.shelf.has_reading,
            has_school=self.shelf.has_school,
        )
        setting = self.own.text("fail_on")
        threshold, laxer = choose_threshold(
            None if setting is None else Choice(setting, self.own.places["fail_on"]),
            _stricter(said.fail_on, usual.fail_on),
        )
        notes = [*self.own.notes, *readings.notes, *laxer, *self.freshness()]
        for path in self.settings.further:
            notes.append(f"{shown(path)}: its settings do not count, {self.own.files[0].name} is nearer")
        organisation = self.own.files[0].name if self.own.files else None
        choices = Choices(
            self.chosen.packs,
            readings.readings,
            self.chosen_as_of,
            threshold,
            self.chosen.uncovered,
            organisation,
            school=readings.school,
            school_readings=readings.school_readings,
            require_evidence=self.required_evidence(),
        )
        return choices, notes

    def waivers(self, subject: Subject) -> tuple[Waiver, ...]:
        """Return the waivers of the organisation that are about a release. Raises InputError for one that waives nothing."""
        return choose_waivers(
            self.own.waivers,
            packs=self.packs,
            installed=self.shelf.catalogue.heads,
            others=self.shelf.every_gating_pack,
            subject=subject,
        )

    def freshness(self) -> Iterator[str]:
        """Yield what must be said of packs that are old on the as-of date, and of an as-of date that is to come."""
        yield from notes_on_freshness(self.packs, self.as_of)
        said = self.said_as_of
        # A date that every pack was checked after asks no clock.
        if said is not None and any(pack.checked_on is None or said > pack.checked_on for pack in self.packs):
            begun = (self.moment or now()) + timedelta(hours=14)  # the day that has begun anywhere
            note = note_on_future(self.packs, said, begun.date())
            yield from [] if note is None else [note]

    def required_evidence(self) -> Choice | None:
        """Return who demands evidence of conduct, the organisation first; None where nobody does."""
        if self.own.says_yes("require_evidence"):
            return Choice("yes", self.own.places["require_evidence"])
        return Choice("yes", CALLER) if self.usual.require_evidence or self.said.require_evidence else None

    def check_evidence(self, document: Document, as_of: date) -> None:
        """Raise InputError for evidence that is dated after the day of judging: nobody can have it yet."""
        problems = [
            Problem(
                f"the evidence for `{each.about}` is dated {each.on}, after {as_of}",
                each.place,
                "correct `on`, or judge on a later day with --as-of",
            )
            for each in document.evidence
            if each.on is not None and each.on > as_of
        ]
        if problems:
            raise InputError(problems)

    def table(self) -> TableRequest:
        """Return what counts for every row of a table. Raises InputError for what only one release can have."""
        if self.said.artifact is not None:
            raise InputError([Problem("an artefact is that of one release, and this is a table of many", CALLER)])
        choices, notes = self.choices({})
        if self.own.waivers:
            notes.append(f"{self.own.files[0].name}: its waivers do not count for the rows of a table")
        if self.shelf.catalogue.readers:
            named = ", ".join(sorted(self.shelf.catalogue.readers))
            notes.append(f"no reader reads the texts in the rows of a table (installed: {named})")
        if choices.require_evidence is not None:
            hint = "judge each release with its release file, which names evidence"
            place = choices.require_evidence.place
            raise InputError([Problem("evidence is required, and the rows of a table name none", place, hint)])
        if (
            self.said_as_of is None
            and len({today([pack], at=self.moment).day for pack in self.packs if pack.gates}) > 1
        ):
            notes.append(
                f"every row is judged on {self.as_of}, {self.today.chosen.place.source}; elsewhere it is another day"
            )
        usual = self.with_usual_roles(self.own.facts)
        said = self.usual.stated(self.vocabulary).overridden_by(self.said.stated(self.vocabulary))
        markets = self.with_all_markets(Facts({})).value(MARKETS)
        demanded = {choice.value for choice in (*self.own.choices("packs"),)}
        demanded |= {*self.said.packs, *self.usual.packs}
        for code in markets if isinstance(markets, frozenset) else ():
            demanded |= {p.id for p in self.packs if p.gates and p.market == code}
        return TableRequest(
            replace(choices, notes=tuple(notes)),
            usual,
            said,
            markets if isinstance(markets, frozenset) else frozenset(),
            frozenset(demanded),
            self.refuses_past(),
            self.as_of,
            self.today.first if self.refuses_past() or self.said_as_of is None else self.as_of,
        )

    def settled(self, request: Request, *, is_own: bool) -> Request:
        """Return a request with all that is stated of one operator, the signals of its texts and what is said of them.

        `is_own` says whether the organisation with settings is the operator, so that its facts are about it.
        """
        facts = self.stated(request.facts, is_own=is_own)
        signals = request.signals
        if any(isinstance(f.value, str) and self.vocabulary[f.name].type is FactType.TEXT for f in facts):
            cues = self.shelf.cues(self.pack_ids).values()
            signals = distinct((*signals, *signals_in_facts(facts, self.vocabulary, cues)))
            facts = with_signals(facts, signals)
        dismissals: tuple[Dismissal, ...] = ()
        if DISMISSED in facts:
            from aiact_rules.requests.dismissing import with_dismissals  # few releases dismiss anything

            said = (*self.said.dismissals, *self.usual.dismissals) or request.dismissals
            facts, dismissals = with_dismissals(facts, said, signals, self.packs)
        facts = with_defaults(facts, self.packs, request.as_of)
        return replace(request, facts=facts, signals=signals, dismissals=dismissals)

    def stated(self, stated: Facts, *, is_own: bool) -> Facts:
        """Join what documents, organisation and caller state."""
        if is_own and self.own is not NOBODY:
            stated = merged(stated, self.own.facts)
            stated = self.with_usual_roles(stated)
        usual, said = self.usual, self.said
        if said.waiting:
            stated = Facts({f.name: f for f in stated if f.name not in said.waiting or f.value != frozenset()})
        stated = stated.overridden_by(usual.stated(self.vocabulary)).overridden_by(said.stated(self.vocabulary))
        if any(fact.origin.sureness is Sureness.DERIVED for fact in stated):
            # few releases state something that more follows from
            from aiact_rules.sources.licences import without_outdated

            stated = without_outdated(stated)
        return self.with_all_markets(stated)

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
            *markets_from_texts((*self.usual.markets, *self.said.markets), CALLER),
        ]
        if not further:
            return stated
        value = stated.value(MARKETS)
        known = value if isinstance(value, frozenset) else frozenset()
        if known >= {choice.value for choice in further}:
            return stated
        origin = stated[MARKETS].origin if known else Origin(further[0].place)
        every = known | {choice.value for choice in further}
        return stated.overridden_by(Facts.of([Fact(MARKETS, every, origin)]))

    @cached_property
    def today(self) -> Today:
        """Return the day by the time zones of the packs that judge and of the organisation."""
        name = self.own.text("time_zone")
        own = None if name is None else Choice(name, self.own.places["time_zone"])
        return today(self.packs, own, self.moment)

    @property
    def moment(self) -> datetime | None:
        """Return the moment of asking that the caller names, or None for now."""
        return self.said.at or self.usual.at

    @property
    def said_as_of(self) -> date | None:
        """Return the date on which the law is known by the caller's word."""
        return self.said.as_of or self.usual.as_of

    @property
    def as_of(self) -> date:
        """Return the date on which the law is known: the caller's, else today."""
        return self.said_as_of or self.today.day

    @property
    def chosen_as_of(self) -> Choice:
        """Return the same with who chose it."""
        said = self.said_as_of
        return self.today.chosen if said is None else Choice(said.isoformat(), CALLER)

    def refuses_past(self) -> bool:
        """Return whether somebody refuses past dates: the strictest word counts."""
        return "refuse" in (self.said.past_dates, self.usual.past_dates, self.own.text("past_dates"))

    def said_of_people_in_no_role(self, request: Request) -> list[str]:
        """Return what each law says of an operator that is in none of its roles."""
        place = request.facts[ROLES].origin.place if ROLES in request.facts else None
        every = [
            (pack, name) for pack in self.packs for name in sorted(request.roles or ()) if name in pack.outside_roles
        ]
        return [f"{place}: `{name}` is no role of `{pack.id}`: {pack.outside_roles[name]}" for pack, name in every]

    def check_first_placing(self, request: Request) -> None:
        """Raise InputError where the documents of a release say that it was first placed on the market after it."""
        released = request.facts[RELEASE_DATE]
        if released.origin.sureness is not Sureness.STATED or not request.subject.documents:
            return
        named = {name for pack in self.packs if pack.transition for name in pack.transition.placed_on}
        problems = []
        for name in sorted(named.intersection(request.facts.by_name)):
            fact = request.facts[name]
            if isinstance(fact.value, date) and fact.value > request.release_date:
                message = (
                    f"`{name}` is {fact.value}, after the release date {request.release_date} at {released.origin}"
                )
                problems.append(Problem(message, fact.origin.place, "correct one of the two"))
        if problems:
            raise InputError(problems)

    def dated(self, request: Request, notes: Iterable[str]) -> Request:
        """Return a note that a release date is past, or refuse the date where the organisation or the caller does."""
        found = [*notes, *renamed_in(request.facts), *self.said_of_people_in_no_role(request)]
        fact = request.facts[RELEASE_DATE]
        # A day of the law that is past makes a release of that day no less past, for whoever refuses past dates.
        release_date = request.release_date
        if self.refuses_past() and release_date < max(self.said_as_of or date.min, self.today.first):
            hint = "state the day of the release"
            message = f"the release date {release_date} is past, and past dates are refused"
            place, chosen = fact.origin.place, request.choices.as_of
            if place == DEFAULT and chosen is not None:
                place = chosen.place
            raise InputError([Problem(message, place, hint)])
        self.check_first_placing(request)
        if release_date < (self.said_as_of or self.today.first):
            found.append(f"judged as of {release_date}, which is past ({fact.origin.place})")
        return replace(request, choices=replace(request.choices, notes=tuple(found))) if found else request


def renamed_in(facts: Iterable[Fact]) -> list[str]:
    """Return which names stated facts were given that are called otherwise now, each with its place."""
    return [f"{fact.origin.place}: {sentence}" for fact in facts for sentence in fact.origin.renamed]


def _stricter(first: str | None, second: str | None) -> str | None:
    order = ("hold", "block", "never")
    words = [word for word in (first, second) if word is not None]
    return min(words, key=order.index) if words else None
