"""What the commands share: choosing packs, facts and dates, and reading releases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.vocabulary import Vocabulary, parse_date
from aiact_rules.gate import DEFAULT_PACK, Gate
from aiact_rules.sources.discovery import look_ahead
from aiact_rules.sources.document import Document, Skipped
from aiact_rules.sources.markets import MEMBER_STATES, read_markets
from aiact_rules.sources.organisation import NOBODY, Organisation, find_organisation_file, read_organisation
from aiact_rules.sources.statements import parse_value


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases of click
    """A date written as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a date, or say what was expected."""
        if isinstance(value, date):
            return value
        try:
            return parse_date(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@dataclass(frozen=True)
class Judging:
    """The options of `judging`, as given."""

    roles: tuple[str, ...] = ()
    moment: str | None = None
    as_of: date | None = None
    release_date: date | None = None
    markets: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    fact_files: tuple[Path, ...] = ()
    settings: tuple[str, ...] = ()


def judging(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what is judged, by which packs and on which dates, handed over as `chosen`, a `Judging`."""

    @wraps(command)
    def gathering(**given: Any) -> None:
        chosen = Judging(**{each.name: given.pop(each.name) for each in fields(Judging)})
        command(**given, chosen=chosen)

    decorated: Callable[..., None] = gathering
    for option in reversed(
        [
            click.option("--role", "roles", multiple=True, help="A role of the operator (several allowed)."),
            click.option(
                "--moment", help="The step taken: placing_on_market, making_available, putting_into_service, use."
            ),
            click.option("--as-of", type=Day(), help="The date on which the law is known (default: today)."),
            click.option("--release-date", type=Day(), help="The date of the step (default: as stated, else --as-of)."),
            click.option("--market", "markets", multiple=True, help="A market, such as EU (several allowed)."),
            click.option(
                "--pack", "packs", multiple=True, help="A pack by id (several allowed; default: those of the markets)."
            ),
            click.option(
                "--reading", "readings", multiple=True, metavar="ID=CHOICE", help="Choose a reading of an open point."
            ),
            click.option(
                "--facts", "fact_files", multiple=True, type=click.Path(path_type=Path), help="A further release file."
            ),
            click.option(
                "--set", "settings", multiple=True, metavar="FACT=VALUE", help="State one fact, over what files say."
            ),
        ]
    ):
        decorated = option(decorated)
    return decorated


@dataclass(frozen=True)
class Release:
    """One release as read, with the arguments for `Gate.decide`."""

    document: Document
    facts: Facts
    packs: tuple[str, ...]
    readings: dict[str, str]


class Reader:
    """Reads releases for a gate, with the organisation's facts and settings worked in."""

    def __init__(self, gate: Gate, judging: Judging) -> None:
        self.gate = gate
        self.judging = judging
        self._organisations: dict[Path, Organisation] = {}
        self._noted: set[tuple[Path | None, tuple[str, ...]]] = set()

    def organisation(self, path: Path) -> Organisation:
        """Give the organisation's file that goes with a path; what it states is read with the default vocabulary."""
        folder = (path if path.is_dir() else path.parent).resolve()
        if folder not in self._organisations:
            file = find_organisation_file(folder)
            self._organisations[folder] = (
                NOBODY if file is None else read_organisation(file, self.gate.vocabulary(self._packs(NOBODY)))
            )
        return self._organisations[folder]

    def _packs(self, organisation: Organisation, path: Path | None = None) -> tuple[str, ...]:
        """Give the packs to judge by: as asked for here, by the release, by the organisation, or else the EU AI Act."""
        if self.judging.packs:
            return self.judging.packs
        if self.judging.markets:
            return self._packs_of(self.judging.markets, "--market")
        asked = None if path is None else look_ahead(path)
        if asked is not None and asked.packs is not None:
            return asked.packs
        packs = organisation.settings.get("packs")
        if isinstance(packs, tuple):
            return packs
        markets = organisation.settings.get("markets")
        if isinstance(markets, tuple):
            return self._packs_of(markets, str(organisation.places["markets"]))
        self._note_uncovered(path, asked.markets if asked is not None else None)
        covered = {identity.market for identity in self.gate.catalogue.identities.values() if identity.gates}
        stated = covered & asked.markets if asked is not None and asked.markets else frozenset()
        return tuple(dict.fromkeys((DEFAULT_PACK, *self.gate.catalogue.packs_for(sorted(stated)))))

    def _note_uncovered(self, path: Path | None, markets: frozenset[str] | None) -> None:
        """Say on the error stream that nothing was judged for a market, since silence would look like an answer."""
        known = {identity.market for identity in self.gate.catalogue.identities.values() if identity.gates}
        uncovered = sorted((markets or frozenset()) - known - MEMBER_STATES)
        if uncovered and (path, tuple(uncovered)) not in self._noted:
            self._noted.add((path, tuple(uncovered)))
            click.echo(
                f"{path}: no installed pack covers {', '.join(uncovered)}, so nothing is said about it", err=True
            )

    def _packs_of(self, texts: tuple[str, ...], place: str) -> tuple[str, ...]:
        try:
            markets = read_markets(texts)
        except ValueError as error:
            raise InputError([Problem(str(error), Place(place))]) from error
        return self.gate.catalogue.packs_for(sorted(markets - MEMBER_STATES))

    def read_release(self, path: Path, hint: str | None = None) -> Release:
        """Read the release at a path. Raises InputError, with the hint, where it cannot be used or is no release."""
        release = self.read(path)
        if isinstance(release, Skipped):
            raise InputError([Problem(release.reason, Place(release.name), hint)])
        return release

    def read(self, path: Path) -> Release | Skipped:
        """Read the release at a path. Raises InputError where it cannot be used."""
        organisation = self.organisation(path)
        packs = self._packs(organisation, path)
        document = self.gate.document(path, packs, organisation=organisation)
        if isinstance(document, Skipped):
            return document
        vocabulary = self.gate.vocabulary(packs)
        facts = document.facts
        for file in self.judging.fact_files:
            further = self.gate.document(file, packs)
            if isinstance(further, Skipped):
                raise InputError([Problem(further.reason, Place(further.name), "name a release file")])
            facts = facts.merged_with(further.facts)
        facts = facts.overridden_by(stated_on_the_command_line(self.judging.settings, vocabulary))
        readings = dict(document.choices)
        chosen = organisation.settings.get("readings")
        if isinstance(chosen, dict):
            readings = {**{str(k): str(v) for k, v in chosen.items()}, **readings}
        return Release(document, facts, packs, {**readings, **pairs(self.judging.readings, "--reading", "ID=CHOICE")})


def decided(gate: Gate, release: Release, chosen: Judging, engine: str | None = None) -> Decision:
    """Decide on a release as the options say."""
    return gate.decide(
        release.document.with_facts(release.facts),
        roles=chosen.roles or None,
        moment=chosen.moment,
        as_of=chosen.as_of,
        release_date=chosen.release_date,
        markets=chosen.markets or None,
        packs=release.packs,
        readings=release.readings,
        engine=engine,
    )


def pairs(texts: Iterable[str], option: str, form: str) -> dict[str, str]:
    """Split `NAME=VALUE` arguments. Raises InputError for one without `=`."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InputError([Problem(f"`{text}` is not {form}", Place(option))])
        found[name.strip()] = value.strip()
    return found


def stated_on_the_command_line(texts: Iterable[str], vocabulary: Vocabulary) -> Facts:
    """Read `FACT=VALUE` arguments. Raises InputError for unknown facts and unusable values."""
    facts = []
    problems = []
    for name, value in pairs(texts, "--set", "FACT=VALUE").items():
        place = Place("command line")
        declaration = vocabulary.get(name)
        if declaration is None:
            problems.append(Problem(f"unknown fact `{name}`", place, did_you_mean(name, vocabulary)))
            continue
        try:
            if not value:
                raise ValueError("a value is missing; `[]` means none")
            listed = value[1:-1].split(",") if value.startswith("[") and value.endswith("]") else None
            said = value if listed is None else [part.strip() for part in listed if part.strip()]
            facts.append(Fact(name, parse_value(declaration, said), Origin(place)))
        except ValueError as error:
            problems.append(Problem(str(error), place))
    if problems:
        raise InputError(problems)
    return Facts.of(facts)
