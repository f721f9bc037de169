"""Choices: what was chosen for one release besides its facts (packs, readings, dates, threshold), and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.waivers import Waiver


@dataclass(frozen=True, slots=True)
class Choice:
    """One value with the place that chose it: a file and line, `caller` for an argument or option, or `default`."""

    value: str
    place: Place

    def as_json(self) -> dict[str, object]:
        """Return the choice as it stands in a decision's JSON."""
        return {"value": self.value, "source": printable(self.place.source), "line": self.place.line}


CALLER = Place("caller")
DEFAULT = Place("default")
BY_DEFAULT = Choice("default", DEFAULT)
"""The school of reading where nobody chose one."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which verdict on a release is refused, and who said so. `at` is None where it is never refused."""

    at: Verdict | None
    place: Place

    def refuses(self, verdict: Verdict) -> bool:
        """Return whether a release with this verdict is refused."""
        return self.at is not None and verdict.severity >= self.at.severity

    @property
    def word(self) -> str:
        """Return `hold`, `block` or `never`."""
        return "never" if self.at is None else self.at.value

    @property
    def severity(self) -> int:
        """Return how lax it is: 1 for hold, 2 for block, 3 for never."""
        return 3 if self.at is None else self.at.severity


HOLD_BY_DEFAULT = Threshold(Verdict.HOLD, DEFAULT)


@dataclass(frozen=True)
class Choices:
    """Everything chosen for one release besides its facts. Who chose is on record, but is not part of a decision's id.

    `packs` are the ids asked for, extensions among them; `readings` those that somebody chose one by
    one; `school` the school of reading, and `school_readings` what it chooses beside those; `uncovered` the markets
    that no installed pack covers and that were left out on record; `organisation` the file with the organisation's
    settings; `waivers` those of the organisation that are about this release, whether they count on its as-of date or
    not; `require_evidence` who demands evidence of conduct, if anybody; `notes` what a person must be told, such as a
    past date or a choice that did not count.
    """

    packs: tuple[Choice, ...] = ()
    readings: Mapping[str, Choice] = field(default_factory=dict)
    as_of: Choice | None = None
    threshold: Threshold = HOLD_BY_DEFAULT
    uncovered: tuple[Choice, ...] = ()
    organisation: str | None = None
    notes: tuple[str, ...] = ()
    school: Choice = BY_DEFAULT
    school_readings: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    require_evidence: Choice | None = None

    @property
    def every_reading(self) -> Mapping[str, str]:
        """Return the choice for each reading that the school or somebody chose."""
        return {**self.school_readings, **{name: choice.value for name, choice in self.readings.items()}}

    def noting(self, notes: tuple[str, ...]) -> Choices:
        """Return the same choices with further notes."""
        return replace(self, notes=(*self.notes, *notes)) if notes else self

    @property
    def told(self) -> tuple[str, ...]:
        """Return the notes, and which markets were not judged, as sentences for a summary."""
        left_out = sorted({choice.value for choice in self.uncovered})
        return (*self.notes, *(f"not judged for: {code} (left out on record)" for code in left_out))

    def as_json(self) -> dict[str, object]:
        """Return who chose what, as it stands in a decision's JSON."""
        return {
            "packs": [choice.as_json() for choice in self.packs],
            "readings": {name: choice.as_json() for name, choice in sorted(self.readings.items())},
            "school": self.school.as_json(),
            "as_of": None if self.as_of is None else self.as_of.as_json(),
            "fail_on": Choice(self.threshold.word, self.threshold.place).as_json(),
            "uncovered": [choice.as_json() for choice in self.uncovered],
            "organisation": None if self.organisation is None else printable(self.organisation),
            "waivers": [waiver.as_json() for waiver in self.waivers],
            **({} if self.require_evidence is None else {"require_evidence": self.require_evidence.as_json()}),
            "notes": list(self.notes),
        }


NOTHING_CHOSEN = Choices()
