"""Rules, obligations and what hangs on them: timetables, deadlines, sanctions, readings and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from aiact_rules.core.conditions import ALWAYS, Condition
from aiact_rules.core.periods import Period
from aiact_rules.core.problems import Place


class Kind(Enum):
    """What a finding is about."""

    PROHIBITION = "prohibition"
    OBLIGATION = "obligation"
    SIGNAL = "signal"
    CONTRADICTION = "contradiction"
    NOTICE = "notice"

    @property
    def is_signal(self) -> bool:
        """Return whether it asks a person to settle what the statements mean, so that it can hold and never block."""
        return self in (Kind.SIGNAL, Kind.CONTRADICTION)


class Force(Enum):
    """How the source binds. Only binding rules can hold or block."""

    BINDING = "binding"
    EFFORT = "effort"
    VOLUNTARY = "voluntary"
    PENDING = "pending"


class Certainty(Enum):
    """How the text was read: in the instrument, as a quotation, in a secondary source, or from general knowledge."""

    READ = "P"
    QUOTED = "Q"
    SECONDARY = "S"
    KNOWN = "K"

    @property
    def can_gate(self) -> bool:
        """Return whether the operative words were seen, so that what they say may hold or block."""
        return self in (Certainty.READ, Certainty.QUOTED)


@dataclass(frozen=True, slots=True)
class Span:
    """The as-of dates from (and including) and until (excluding) which a rule is part of the law's text."""

    since: date | None = None
    until: date | None = None

    def covers(self, as_of: date) -> bool:
        """Return whether the text stood in the law on that date."""
        return (self.since is None or self.since <= as_of) and (self.until is None or as_of < self.until)


ANY_TIME = Span()


@dataclass(frozen=True, slots=True)
class Rule:
    """Concludes something, or makes an exception to other rules, where its condition holds.

    A rule stands if its condition holds and no exception to it stands. It prevails if it stands and, where it is
    an exception, the condition of what it overrides holds too. A conclusion holds if some rule that concludes it prevails.
    `confirmed_by` is the fact, part of `when`, by which a person vouches for a text that was not read itself.
    """

    id: str
    provision: str
    when: Condition
    reason: str
    concludes: str | None = None
    exception_to: tuple[str, ...] = ()
    rebuttable: bool = False
    reading: str | None = None
    certainty: Certainty = Certainty.READ
    confirmed_by: str | None = None
    text: Span = ANY_TIME
    units: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A period that runs from a date fact."""

    runs_from: str
    period: Period
    provision: str
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing to verify, owed by a role in given circumstances, before a moment or after it.

    A prohibition has no `met`: where its circumstances are given it is breached. `before` names the moments from
    which the obligation gates; an obligation with `after` instead is a condition of an allow and gates only where, from
    that moment on, its facts say that it is not met, or, if it is due `at_once`, as soon as it is certainly owed. `events`
    name the events that trigger it: at those it gates, whatever else it stands before or follows.
    """

    id: str
    provision: str
    must: str
    kind: Kind = Kind.OBLIGATION
    roles: tuple[str, ...] = ()
    given: Condition = ALWAYS
    met: Condition | None = None
    before: tuple[str, ...] = ()
    after: str | None = None
    at_once: bool = False
    events: tuple[str, ...] = ()
    timetable: str | None = None
    deadlines: tuple[Deadline, ...] = ()
    evidence: tuple[str, ...] = ()
    sanction: str | None = None
    because: str | None = None
    reading: str | None = None
    see_also: tuple[str, ...] = ()
    force: Force = Force.BINDING
    certainty: Certainty = Certainty.READ
    text: Span = ANY_TIME
    units: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False)

    @property
    def moments(self) -> tuple[str, ...]:
        """Return the moments from whose first on it counts: those it stands before, or the one it follows.

        None means always.
        """
        return self.before if self.after is None else (self.after,)

    @property
    def is_signal(self) -> bool:
        """Return whether its kind asks a person to settle what the statements mean."""
        return self.kind.is_signal

    @property
    def can_gate(self) -> bool:
        """Return whether the source allows this to hold or block at all."""
        return self.force is Force.BINDING and self.certainty.can_gate and self.kind is not Kind.NOTICE


@dataclass(frozen=True, slots=True)
class Route:
    """One legal way to become applicable: from the date in a parameter, where the condition holds."""

    provision: str
    starts: str
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Deferral:
    """A transition: where the condition holds, not before the date in a parameter, or never (`until` is None)."""

    provision: str
    when: Condition
    until: str | None
    proviso: str | None = None


@dataclass(frozen=True, slots=True)
class Timetable:
    """From when something applies: from the earliest route that fits, unless a deferral that fits says later.

    The date compared is the date of the moment that is judged, `release.date`.
    """

    id: str
    provision: str
    routes: tuple[Route, ...]
    deferrals: tuple[Deferral, ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Transition:
    """The facts on which it turns whether a law spares what was on the market before it applied, by their part.

    Each is the name of a fact: whether the release was on the market before, since when, whether its design changed
    significantly since, from when it is as it is now, and the first two for the model in it.
    """

    provision: str
    already_on_market: str
    first_placed_on: str
    design_changed: str | None = None
    in_present_form_since: str | None = None
    model_already_on_market: str | None = None
    model_first_placed_on: str | None = None

    @property
    def placed_on(self) -> tuple[str, ...]:
        """Return the facts that say since when something is on the market, never after the release."""
        return tuple(name for name in (self.first_placed_on, self.model_first_placed_on) if name is not None)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of the law with the dates from which each value was part of the text."""

    name: str
    provision: str
    values: Mapping[date, date | Decimal]
    checked_on: date
    unit: str | None = None
    source: str | None = None
    place: Place | None = field(default=None, compare=False)

    def at(self, as_of: date) -> date | Decimal | None:
        """Return the value that stood in the law on a date, or None where there was none yet."""
        known = [since for since in self.values if since <= as_of]
        return self.values[max(known)] if known else None


@dataclass(frozen=True, slots=True)
class Reading:
    """A point the text leaves open: the question, the choices in words, which one is the default, and on whose authority.

    `schools` are the choices of the schools of reading. Where the default is not the choice of the school `letter`,
    `laxer_than_letter` or `stricter_than_letter` says on what authority.
    """

    id: str
    provision: str
    question: str
    choices: Mapping[str, str]
    default: str
    authority: str
    schools: Mapping[str, SchoolChoice] = field(default_factory=dict)
    laxer_than_letter: str | None = None
    stricter_than_letter: str | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SchoolChoice:
    """What a school of reading says to one open point; for a school that rests on documents, in which one, and its status."""

    choice: str
    document: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class School:
    """A school of reading: a named bundle of readings with an authority. Readings it does not name keep their default."""

    name: str
    title: str
    authority: str
    choices: Mapping[str, SchoolChoice] = field(default_factory=dict)
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LowerCap:
    """Who pays at most the lower of the two amounts instead of the higher one."""

    provision: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Sanction:
    """The ceiling of a fine: a fixed amount in `currency` and a share of yearly worldwide turnover, whichever is higher.

    `fixed` and `share` name parameters (`share` in per cent). `turnover` names the fact with the turnover. Where
    `share_when` does not hold, only the fixed amount counts. `reaches` names the kinds of binding finding it is a ceiling
    for where no sanction of their own reaches the operator: a law may fine some operators for whatever they infringe.
    `daily_share` names what may be added for each day until the operator complies, in per cent of average daily turnover.
    """

    id: str
    provision: str
    fixed: str | None = None
    share: str | None = None
    turnover: str | None = None
    currency: str = "EUR"
    lower_for: tuple[LowerCap, ...] = ()
    applies: Condition = ALWAYS
    timetable: str | None = None
    note: str | None = None
    share_when: Condition = ALWAYS
    reaches: tuple[Kind, ...] = ()
    daily_share: str | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Role:
    """A capacity in which an operator acts under the law.

    `deemed` and `unless` name conclusions that give the role to, or take it from, an operator. `moment` is the
    moment judged where none is stated. `steps` are the moments at which an operator can act in it; whoever names another
    is judged as at `moment`, so that no step lets off a role that has no such step. None named: all of them.
    """

    name: str
    provision: str
    means: str
    moment: str
    deemed: str | None = None
    unless: str | None = None
    steps: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in the life of a release, or an event in it.

    What was due at an earlier step (lower `order`) is due at a later one too. At an event only what it triggers is due.
    """

    name: str
    order: int
    means: str
    provision: str


@dataclass(frozen=True, slots=True)
class Clash:
    """What one operator of a chain states and another denies, or nobody else bears out.

    `one` holds for the facts of an operator; then `other` must hold for those of no other operator, and `nobody` for
    those of some other. With `beyond`, a list, `other` matters only where that operator's list has what the list of `one`
    leaves out. `same` instead names a fact that is one for all: two values of it are a clash.
    """

    id: str
    provision: str
    because: str
    one: Condition = ALWAYS
    other: Condition | None = None
    nobody: Condition | None = None
    same: str | None = None
    beyond: str | None = None
    place: Place | None = field(default=None, compare=False)
