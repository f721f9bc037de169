"""Overrides: what a caller says about a release besides what its documents state, as options or arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path

from aiact_rules.core.choices import CALLER
from aiact_rules.core.facts import NO_FACTS, Fact, Facts, Origin
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import DISMISSED, FOUND, MOMENT, RELEASE_DATE, ROLES, SCHOOL
from aiact_rules.core.problems import InputError, Problem, did_you_mean
from aiact_rules.core.signals import Dismissal
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import UNKNOWN, Vocabulary
from aiact_rules.sources.former_names import read_as, words_of
from aiact_rules.sources.statements import INSTEAD, NOT_STATED

NEVER = "never"


@dataclass(frozen=True)
class Overrides:
    """What a caller says. Roles, moment, date and `facts` replace what documents state; markets and packs are added.

    `readings` come before those of the organisation and the release, and choose a school of reading under the name `school`
    (`readings="letter"` chooses nothing else); `fail_on` (`hold`, `block` or `never`) may only
    tighten what the organisation set; `uncovered` are markets that may go unjudged, on record, where no installed pack
    covers them; `past_dates` is `judge` or `refuse`; with `require_evidence` conduct that nothing shows counts as not
    shown; `fact_files` are further documents of the same release; `waiting`
    are facts of which an empty list counts as not stated yet, for an interview that is about to ask for them; `at` is
    the moment that decides which day it is where `as_of` does not say so (default: now); `artifact` is the digest of the
    bytes that are released, as `artifacts.digest_of` returns it.
    """

    roles: tuple[str, ...] | None = None
    moment: str | None = None
    as_of: date | None = None
    release_date: date | None = None
    markets: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    fact_files: tuple[Path, ...] = ()
    fail_on: str | None = None
    uncovered: tuple[str, ...] = ()
    past_dates: str | None = None
    require_evidence: bool | None = None
    waiting: tuple[str, ...] = ()
    at: datetime | None = None
    artifact: str | None = None

    @classmethod
    def of(cls, **said: object) -> Overrides:
        """Return overrides from arguments. Raises InputError for one that is not of its kind."""
        problems: list[Problem] = []
        given: dict[str, object] = {}
        for name, value in said.items():
            if name not in _ARGUMENTS:
                problems.append(Problem(f"there is no argument `{name}`", CALLER, did_you_mean(name, _ARGUMENTS)))
            elif value is not None:
                given[name] = _checked(name, value, problems)
        if problems:
            raise InputError(problems)
        return cls(**given)  # type: ignore[arg-type]  # each was checked for its kind

    def with_(self, **changes: object) -> Overrides:
        """Return the same overrides with some changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # names and kinds are those of the fields

    def stated(self, vocabulary: Vocabulary) -> Facts:
        """Return the facts that the caller states, but for markets, which are added to those of the documents.

        Raises InputError for unknown facts and unusable values.
        """
        if not self.facts and self.roles is None and self.moment is None and self.release_date is None:
            return NO_FACTS
        own = {
            ROLES: None if self.roles is None else list(self.roles),
            MOMENT: self.moment,
            RELEASE_DATE: self.release_date,
        }
        given: dict[str, object] = {**self.facts, **{name: value for name, value in own.items() if value is not None}}
        found: list[Fact] = []
        problems: list[Problem] = []
        for name, value in given.items():
            if value is None:
                continue
            if name not in vocabulary and not vocabulary.formerly(name):
                problems.append(Problem(f"unknown fact `{name}`", CALLER, did_you_mean(name, vocabulary)))
            elif name in FOUND:
                problems.append(Problem(f"`{name}` {NOT_STATED}", CALLER, INSTEAD))
            else:
                try:
                    value = self._dismissed[0] if name == DISMISSED else value
                    for now, read in read_as(vocabulary, name, _words(value)):
                        found.append(Fact(now.name, read.value, Origin(CALLER, renamed=read.renamed)))
                except ValueError as error:
                    problems.append(Problem(f"`{name}`: {error}", CALLER))
        if problems:
            raise InputError(problems)
        return Facts.of(found)

    @property
    def dismissals(self) -> tuple[Dismissal, ...]:
        """Return what the caller says of signals it dismisses, beside their ids. Raises InputError where it is unusable."""
        return self._dismissed[1] if self.facts.get(DISMISSED) is not None else ()

    @property
    def _dismissed(self) -> tuple[object, tuple[Dismissal, ...]]:
        """Return the list of dismissed signals with ids alone, and the entries that say more."""
        value = self.facts[DISMISSED]
        listed = value if isinstance(value, list | tuple) else [value]
        if not any(isinstance(each, Mapping) and "signal" in each for each in listed):
            return value, ()
        from aiact_rules.sources.dismissals import split_dismissals  # few callers dismiss anything
        from aiact_rules.sources.mapping import node_of
        from aiact_rules.yaml_text import plain

        problems: list[Problem] = []
        node, found = split_dismissals(
            node_of(listed, lambda _: CALLER), lambda *problem: problems.append(Problem(*problem))
        )
        if problems:
            raise InputError(problems)
        return plain(node), found


def facts_from_texts(texts: Iterable[str]) -> dict[str, object]:
    """Return what `FACT=VALUE` texts state; `[a, b]` is a list. Raises InputError for one that states nothing."""
    found: dict[str, object] = {}
    for name, value in pairs(texts, "--set", "FACT=VALUE").items():
        if not value:
            raise InputError([Problem(f"`{name}`: a value is missing; `[]` means none", CALLER)])
        listed = value[1:-1].split(",") if value.startswith("[") and value.endswith("]") else None
        found[name] = value if listed is None else [part.strip() for part in listed if part.strip()]
    return found


def pairs(texts: Iterable[str], option: str, form: str) -> dict[str, str]:
    """Return `NAME=VALUE` texts as names and values. Raises InputError for one without `=` and for a name given twice."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InputError([Problem(f"{option}: `{text}` is not {form}", CALLER)])
        if found.setdefault(name, value.strip()) != value.strip():
            raise InputError([Problem(f"{option}: `{name}` is given twice, differently", CALLER)])
    return found


def _words(value: object) -> str | list[str]:
    """Return what a caller states as the texts by which a vocabulary reads it."""
    if isinstance(value, datetime):
        raise ValueError("expected a date without a time of day")
    if isinstance(value, OpenList):
        return words_of(value)
    if isinstance(value, Mapping):
        return [f"{word}: {UNKNOWN if said is None else _words(said)}" for word, said in value.items()]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return [str(each) for each in value] if isinstance(value, list | tuple | set | frozenset) else str(value)


_ARGUMENTS = tuple(each.name for each in fields(Overrides))
_TEXTS = ("roles", "markets", "packs", "uncovered", "waiting")
_DATES = ("as_of", "release_date")
_WORDS = {"fail_on": (*(verdict.value for verdict in Verdict if verdict is not Verdict.ALLOW), NEVER)}
_WORDS["past_dates"] = ("judge", "refuse")


def _checked(name: str, value: object, problems: list[Problem]) -> object:
    """Return an argument in the type that its field has, or note what is wrong with it."""
    if name in _TEXTS:
        texts = (value,) if isinstance(value, str) else value
        if isinstance(texts, Iterable) and not isinstance(texts, Mapping | bytes):
            listed = tuple(texts)
            if all(isinstance(text, str) for text in listed):
                return listed
        problems.append(Problem(f"`{name}` is a list of texts", CALLER))
    elif name in _DATES:
        if isinstance(value, datetime) or not isinstance(value, date):
            problems.append(Problem(f"`{name}` is a date without a time of day, found `{value}`", CALLER))
    elif name == "at":
        if not isinstance(value, datetime):
            problems.append(Problem(f"`at` is a date with a time of day, found `{value}`", CALLER))
    elif name == "artifact":
        from aiact_rules.core.digests import is_digest  # few callers name the bytes

        if not is_digest(value):
            hint = "`aiact_rules.artifacts.digest_of` returns that of a file or a folder"
            problems.append(
                Problem(f"`artifact` is `sha256:` and 64 hexadecimal digits, found `{value}`", CALLER, hint)
            )
    elif name == "require_evidence":
        if not isinstance(value, bool):
            problems.append(Problem("`require_evidence` is True or False", CALLER))
    elif name in _WORDS:
        word = value.value if isinstance(value, Verdict) else value
        if word in _WORDS[name]:
            return word
        problems.append(Problem(f"`{name}` is one of {', '.join(_WORDS[name])}, found `{value}`", CALLER))
    elif name == "moment":
        if not isinstance(value, str):
            problems.append(Problem("`moment` is one word", CALLER))
    elif name == "fact_files":
        paths = (value,) if isinstance(value, str | Path) else value
        if isinstance(paths, Iterable):
            return tuple(Path(each) for each in paths)
        problems.append(Problem("`fact_files` is a list of paths", CALLER))
    elif name == "readings" and isinstance(value, str):
        return {SCHOOL: value}
    elif not isinstance(value, Mapping):
        problems.append(Problem(f"`{name}` is a mapping from names to values", CALLER))
    return value
