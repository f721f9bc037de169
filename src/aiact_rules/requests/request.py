"""The request: one frozen value that says everything a decision depends on, each part with its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from aiact_rules.core.choices import Choices, Threshold
from aiact_rules.core.decisions import Subject
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import NO_FACTS, Fact, Facts, Origin
from aiact_rules.core.packs import MARKETS, MOMENT, RELEASE_DATE, ROLES
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.signals import Dismissal, Signal
from aiact_rules.sources.organisation import NOBODY, Organisation

if TYPE_CHECKING:
    from aiact_rules.core.claims import Claim
    from aiact_rules.core.readers import ReaderUse


@dataclass(frozen=True)
class Request:
    """What is judged and how. Whoever asks, the same request gives the same decision.

    `facts` are stated or marked as declared by default, roles, markets, moment and release date among them. With
    `operators` each of them is a request of its own. `signals` are the words found, `dismissals` what people said of them,
    whether it counts or not. `notes` are what a person should know about how it was read, `contact` is where to ask about
    the release.
    """

    name: str
    subject: Subject
    facts: Facts
    as_of: date
    choices: Choices
    operator: str | None = None
    operators: tuple[Request, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    signals: tuple[Signal, ...] = ()
    claims: tuple[Claim, ...] = ()
    dismissals: tuple[Dismissal, ...] = ()
    readers: tuple[ReaderUse, ...] = ()
    notes: tuple[str, ...] = ()
    contact: str | None = None
    organisation: Organisation = field(default=NOBODY, repr=False)

    @property
    def pack_ids(self) -> tuple[str, ...]:
        """Return the ids of the packs to judge by, sorted."""
        return tuple(dict.fromkeys(choice.value for choice in self.choices.packs))

    @property
    def readings(self) -> Mapping[str, str]:
        """Return the readings of the law that a school or somebody chose."""
        return self.choices.every_reading

    @property
    def threshold(self) -> Threshold:
        """Return from which verdict on the release is refused."""
        return self.choices.threshold

    @property
    def roles(self) -> frozenset[str] | None:
        """Return the roles of the operator, or None where they are not stated."""
        value = self.facts.value(ROLES)
        return value if isinstance(value, frozenset) else None

    @property
    def markets(self) -> frozenset[str] | None:
        """Return the markets, or None where none are stated."""
        value = self.facts.value(MARKETS)
        return value if isinstance(value, frozenset) else None

    @property
    def moment(self) -> str | None:
        """Return the moment that is judged, or None where it is unknown."""
        value = self.facts.value(MOMENT)
        return value if isinstance(value, str) else None

    @property
    def release_date(self) -> date:
        """Return the date of that moment."""
        value = self.facts.value(RELEASE_DATE)
        assert isinstance(value, date), "a request always has a release date"
        return value

    def per_operator(self) -> tuple[Request, ...]:
        """Return one request for each operator to be judged: itself, or those of a chain."""
        return self.operators or (self,)

    def of_operator(self, name: str | None) -> Request:
        """Return the request of the one operator it names, or of the one of several that is meant.

        Raises InputError where several are named and none, or none of them, is meant.
        """
        if name is None and not self.operators:
            return self
        named = {each.operator or f"operator {number}": each for number, each in enumerate(self.per_operator(), 1)}
        if name is None or name not in named:
            says = (
                "this release names several operators" if name is None else f"this release names no operator `{name}`"
            )
            near = None if name is None else did_you_mean(name, named)
            hint = near or f"say --operator, one of: {', '.join(named)}"
            raise InputError([Problem(says, Place(self.name), hint)])
        return named[name]

    def on(self, day: date, *, as_of: date, stated: Facts = NO_FACTS) -> Request:
        """Return the same release as if it came on another day, under the law known on `as_of`.

        `stated` are facts that differ then. What followed from others on the first day follows anew, save what the other
        operators of a chain state against it.
        """
        dated = Fact(RELEASE_DATE, day, Origin(Place("timeline")))
        kept = Facts.of(fact for fact in self.facts if not fact.is_computed)
        facts = kept.overridden_by(stated).overridden_by(Facts.of([dated]))
        return replace(self, facts=facts, as_of=as_of)


@dataclass(frozen=True)
class TableRequest:
    """What is chosen for every row of a table.

    `usual` are facts of the organisation, which a row may repeat but not contradict; `said` those of the caller, which
    count for every row; `markets` are added to those of every row; `demanded` packs judge every row, whatever its markets.
    `as_of` is the day where nobody names dates, and no release date from `first` on is past.
    """

    choices: Choices
    usual: Facts
    said: Facts
    markets: frozenset[str]
    demanded: frozenset[str]
    refuses_past: bool = False
    as_of: date = date.min
    first: date = date.min

    @property
    def pack_ids(self) -> tuple[str, ...]:
        """Return the ids of the packs, sorted."""
        return tuple(choice.value for choice in self.choices.packs)

    @property
    def readings(self) -> Mapping[str, str]:
        """Return the readings of the law that a school or somebody chose."""
        return self.choices.every_reading
