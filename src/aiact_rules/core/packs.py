"""Packs: the rules of one law, and what they say on a given as-of date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from aiact_rules.core.conditions import (
    ALWAYS,
    NEVER,
    Condition,
    FactTest,
    Holds,
    ParameterName,
    ReadingIs,
    rebuilt,
)
from aiact_rules.core.problems import PackError, Place, Problem, did_you_mean
from aiact_rules.core.rules import (
    Cue,
    Moment,
    Obligation,
    Parameter,
    Reading,
    Role,
    Rule,
    Sanction,
    Timetable,
)
from aiact_rules.core.vocabulary import Vocabulary

ROLES = "operator.roles"
MOMENT = "release.moment"
RELEASE_DATE = "release.date"
MARKETS = "release.markets"


@dataclass(frozen=True, slots=True)
class Pack:
    """One law, or one soft-law text, as rules.

    `market` is the jurisdiction code it concerns. A pack with `gates` false informs and never gates. `headlines` are
    the conclusions a decision states; `digest` is the SHA-256 of the spec files it was read from.
    """

    id: str
    version: str
    title: str
    law: str
    market: str
    digest: str
    vocabulary: Vocabulary
    gates: bool = True
    extends: tuple[str, ...] = ()
    headlines: tuple[str, ...] = ()
    excludes: tuple[tuple[str, str], ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    moments: Mapping[str, Moment] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    timetables: Mapping[str, Timetable] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    sanctions: Mapping[str, Sanction] = field(default_factory=dict)
    cues: Mapping[str, Cue] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    obligations: Mapping[str, Obligation] = field(default_factory=dict)

    def at(self, as_of: date, choices: Mapping[str, str] | None = None) -> PackAt:
        """Give the pack as the law stood on a date, under chosen readings.

        Raises PackError for an unknown reading or choice, and where a value of the law did not exist yet.
        """
        return _resolve(self, as_of, dict(choices or {}))


@dataclass(frozen=True, slots=True)
class PackAt:
    """A pack on one as-of date: no parameter and no reading is left in its conditions, only text then in the law."""

    pack: Pack
    as_of: date
    choices: Mapping[str, str]
    values: Mapping[str, date | Decimal]
    rules: Mapping[str, Rule]
    obligations: Mapping[str, Obligation]
    timetables: Mapping[str, Timetable]
    sanctions: Mapping[str, Sanction]

    def date_of(self, parameter: str) -> date:
        """Give the value of a date parameter."""
        value = self.values[parameter]
        assert isinstance(value, date)
        return value
