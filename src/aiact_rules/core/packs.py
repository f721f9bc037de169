"""Packs: the rules of one law, and what they say on a given as-of date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from aiact_rules.core.cards import CardWords, ClaimRule
from aiact_rules.core.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Holds,
    Not,
    ParameterName,
    ReadingIs,
    Test,
    both,
    rebuilt,
)
from aiact_rules.core.cues import NO_WORDS, Cue, Lexicon
from aiact_rules.core.deliverables import Deliverable
from aiact_rules.core.periods import passed_fact
from aiact_rules.core.problems import PackError, Place, Problem, did_you_mean
from aiact_rules.core.rules import (
    Clash,
    Kind,
    Moment,
    Obligation,
    Parameter,
    Reading,
    Role,
    Rule,
    Sanction,
    School,
    Timetable,
    Transition,
)
from aiact_rules.core.vocabulary import Vocabulary

ROLES = "operator.roles"
MOMENT = "release.moment"
RELEASE_DATE = "release.date"
MARKETS = "release.markets"
SUBJECT = "release.subject"
NO_ROLE = frozenset({"employee", "platform_host", "private_user"})
"""Values of `operator.roles` that say that somebody is in no role; each law says by itself what follows."""
EVENTS = frozenset({"incident", "request", "review", "risk"})
"""Values of `release.moment` at which nothing is placed on the market or used; each law says by itself what they trigger."""
SIGNALS = "document.signals"
DISMISSED = "document.signals_dismissed"
CLASHES = "document.clashes"
CLAIMS = "document.claims"
FOUND = (SIGNALS, CLASHES, CLAIMS)
"""What is found in documents and between operators, and never stated."""
SETTLED = frozenset({ROLES, MARKETS, SIGNALS, CLAIMS})
"""Lists that leave no member open, whatever is stated."""
SIGNAL = "signal."  # how the id of what a cue asks begins
CONTRADICTION = "contradiction."  # and that of a contradiction
READER_FAILED = "signal.reader_failed."  # how the id of the signal begins that a reader failed; its name follows
OVERDUE = "signal.overdue."  # how the id of the signal begins that the period of an obligation raises

SCHOOL = "school"
"""Under this name, among readings, a school of reading is chosen."""
DEFAULT_SCHOOL = "default"
"""The school of reading that every pack has: the default of each of its readings."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A pack that was worked into another: guidelines, a code of practice. `names` are its rules and obligations."""

    id: str
    version: str
    digest: str
    pages: str | None = None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pack:
    """One law, or one soft-law text, as rules.

    `market` is the jurisdiction code it concerns. A pack with `gates` false informs and never gates. `headlines` are the
    conclusions a decision states, and `labels` what people read for some conclusions, roles and moments. `in_scope` is
    the conclusion that the law reaches the release at all, `prohibited` that something is prohibited (None: it concludes
    no such thing). `screening` names the lists that deny what they leave out, `practices` the one of what is prohibited;
    with `exemptions_refutable`, each fact that silence answers declares what contradicts another answer.
    `outside_roles` says of people in no role what they owe, with the provision. `time_zone` is that of its market, or
    the one of it where a day begins first. `pages` and `law_text` are the addresses of its pages and of the law's text,
    with places to fill in (`core/pages.py`). `delivered_by` says for the id of an obligation which of the `deliverables`
    it belongs to. `digest` is the SHA-256 of the spec files it was read from.
    """

    id: str
    version: str
    title: str
    law: str
    market: str
    digest: str
    vocabulary: Vocabulary
    gates: bool = True
    in_force_since: date | None = None
    time_zone: str | None = None
    pages: str | None = None
    law_text: str | None = None
    extends: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    headlines: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    in_scope: str | None = None
    prohibited: str | None = None
    transition: Transition | None = None
    excludes: tuple[tuple[str, str], ...] = ()
    screening: tuple[str, ...] = ()
    practices: str | None = None
    exemptions_refutable: bool = False
    roles: Mapping[str, Role] = field(default_factory=dict)
    outside_roles: Mapping[str, str] = field(default_factory=dict)
    moments: Mapping[str, Moment] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    timetables: Mapping[str, Timetable] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    schools: Mapping[str, School] = field(default_factory=dict)
    sanctions: Mapping[str, Sanction] = field(default_factory=dict)
    cues: Mapping[str, Cue] = field(default_factory=dict)
    lexicon: Lexicon = NO_WORDS
    added_words: Mapping[str, Cue] = field(default_factory=dict)
    clashes: Mapping[str, Clash] = field(default_factory=dict)
    claims: Mapping[str, ClaimRule] = field(default_factory=dict)
    card: CardWords | None = None
    rules: Mapping[str, Rule] = field(default_factory=dict)
    obligations: Mapping[str, Obligation] = field(default_factory=dict)
    deliverables: Mapping[str, Deliverable] = field(default_factory=dict)
    delivered_by: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def checked_on(self) -> date | None:
        """Return since when no value of the law was checked again, or None where it states no values."""
        return min((parameter.checked_on for parameter in self.parameters.values()), default=None)

    def deliverable_of(self, obligation_id: str) -> Deliverable | None:
        """Return the document or act that an obligation comes down to; None where the pack names none.

        The signal that a period has passed belongs where the obligation belongs whose period it is.
        """
        name = self.delivered_by.get(obligation_id) or self.delivered_by.get(obligation_id.removeprefix(OVERDUE))
        return None if name is None else self.deliverables[name]

    def reached(self, o: Obligation) -> Mapping[frozenset[str], tuple[str, ...]]:
        """Return the moments at which an obligation is due, with the roles to which they apply; empty where it always is.

        They are those at or after its own, and for a role those that are no step of it where its usual one is; and the
        events that trigger it.
        """
        if not o.moments:
            return {}
        steps = frozenset(self.moments) - EVENTS
        first = min(self.moments[name].order for name in o.moments)
        late = frozenset(name for name in steps if self.moments[name].order >= first) | frozenset(o.events)
        found: dict[frozenset[str], tuple[str, ...]] = {} if o.roles else {late: ()}
        for name in o.roles:
            role = self.roles[name]
            others = steps - {*role.steps} if role.steps and role.moment in late else frozenset()
            found[late | others] = (*found.get(late | others, ()), name)
        return {} if frozenset(self.moments) in found and len(found) == 1 else found

    def at(self, as_of: date, choices: Mapping[str, str] | None = None) -> PackAt:
        """Return the pack as the law stood on a date, under chosen readings.

        Raises PackError for an unknown reading or choice, and where a value of the law did not exist yet.
        """
        return _resolve(self, as_of, dict(choices or {}))

    def school(self, name: str) -> Mapping[str, str]:
        """Return the choice of a school of reading for each reading it names; the school `default` names them all.

        Empty where the pack has no such school.
        """
        if name == DEFAULT_SCHOOL:
            return {reading.id: reading.default for reading in self.readings.values()}
        return (
            {reading: said.choice for reading, said in self.schools[name].choices.items()}
            if name in self.schools
            else {}
        )


@dataclass(frozen=True)
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

    @cached_property
    def exceptions(self) -> Mapping[str, Sequence[Rule]]:
        """Return the exceptions to each rule or obligation that has some."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules.values():
            for target in rule.exception_to:
                found.setdefault(target, []).append(rule)
        return found

    @cached_property
    def concluding(self) -> Mapping[str, Sequence[Rule]]:
        """Return the rules that conclude each conclusion."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules.values():
            if rule.concludes is not None:
                found.setdefault(rule.concludes, []).append(rule)
        return found

    @cached_property
    def in_order(self) -> tuple[Obligation, ...]:
        """Return the obligations by their place."""
        return tuple(self.obligations.values())

    @cached_property
    def texts(self) -> dict[str, dict[int, str]]:
        """Texts of its obligations by place that decisions have in common, under the name of what says them."""
        return {}

    def date_of(self, parameter: str) -> date:
        """Return the value of a date parameter."""
        value = self.values[parameter]
        assert isinstance(value, date)
        return value


def _resolve(pack: Pack, as_of: date, choices: dict[str, str]) -> PackAt:
    problems: list[Problem] = []
    if pack.in_force_since is not None and as_of < pack.in_force_since:
        problems.append(
            Problem(
                f"pack `{pack.id}` says nothing on {as_of}: its law begins on {pack.in_force_since}",
                hint="choose a later as-of date, or a pack for the earlier text",
            )
        )
    for reading, choice in choices.items():
        problems.extend(_choice_problems(pack, reading, choice))
    if problems:
        raise PackError(problems)
    chosen = {name: choices.get(name, reading.default) for name, reading in pack.readings.items()}
    values = {name: value for name, p in pack.parameters.items() if (value := p.at(as_of)) is not None}
    settling = _Settling(chosen, values)
    timetables = {name: settling.timetable(table) for name, table in pack.timetables.items()}
    rules = {name: settling.rule(rule) for name, rule in pack.rules.items() if rule.text.covers(as_of)}
    obligations = {name: settling.obligation(o) for name, o in pack.obligations.items() if o.text.covers(as_of)}
    sanctions = {name: settling.sanction(sanction) for name, sanction in pack.sanctions.items()}
    _add_overdue(obligations, rules, timetables, values)
    for name, cue in pack.cues.items():
        suggests = settling.condition(cue.suggests, cue.place)
        obligations[f"signal.{name}"] = _signal(replace(cue, suggests=suggests))
    if settling.missing:
        raise PackError(
            Problem(f"parameter `{name}` has no value on {as_of}", place, "give it an earlier value")
            for name, place in settling.missing.items()
        )
    return PackAt(pack, as_of, chosen, values, rules, obligations, timetables, sanctions)


class _Settling:
    """Puts chosen readings and values of the law into conditions, and notes the parameters that have no value yet."""

    def __init__(self, chosen: Mapping[str, str], values: Mapping[str, date | Decimal]) -> None:
        self._chosen = chosen
        self._values = values
        self.missing: dict[str, Place | None] = {}

    def condition(self, condition: Condition, place: Place | None) -> Condition:
        """Return a condition without readings and parameters; the same object where it has none."""

        def leaf(part: FactTest | Holds | ReadingIs) -> Condition:
            if isinstance(part, ReadingIs):
                return ALWAYS if self._chosen[part.reading] == part.choice else NEVER
            if isinstance(part, FactTest) and isinstance(part.operand, ParameterName):
                name = part.operand.name
                if name not in self._values:
                    self.missing.setdefault(name, place)
                    return part
                return replace(part, operand=self._values[name])
            return part

        return rebuilt(condition, leaf)

    def timetable(self, table: Timetable) -> Timetable:
        """Return a timetable with the routes and deferrals whose dates are known."""
        return replace(
            table,
            routes=tuple(
                replace(route, when=self.condition(route.when, table.place))
                for route in table.routes
                if route.starts in self._values
            ),
            deferrals=tuple(
                replace(deferral, when=self.condition(deferral.when, table.place))
                for deferral in table.deferrals
                if deferral.until is None or deferral.until in self._values
            ),
        )

    def rule(self, rule: Rule) -> Rule:
        """Return a rule; the same object where nothing in it changes."""
        when = self.condition(rule.when, rule.place)
        return rule if when is rule.when else replace(rule, when=when)

    def obligation(self, o: Obligation) -> Obligation:
        """Return an obligation; the same object where nothing in it changes."""
        given = self.condition(o.given, o.place)
        met = None if o.met is None else self.condition(o.met, o.place)
        if given is o.given and met is o.met and not o.deadlines:
            return o
        deadlines = tuple(replace(d, when=self.condition(d.when, o.place)) for d in o.deadlines)
        return replace(o, given=given, met=met, deadlines=deadlines)

    def sanction(self, sanction: Sanction) -> Sanction:
        """Return a sanction with all its conditions."""
        place = sanction.place
        return replace(
            sanction,
            applies=self.condition(sanction.applies, place),
            share_when=self.condition(sanction.share_when, place),
            lower_for=tuple(replace(cap, when=self.condition(cap.when, place)) for cap in sanction.lower_for),
        )


def _add_overdue(
    obligations: dict[str, Obligation],
    rules: dict[str, Rule],
    timetables: Mapping[str, Timetable],
    values: Mapping[str, date | Decimal],
) -> None:
    """Add a signal for each obligation owed afterwards whose period can have passed; exceptions to it are to both."""
    signals = {o.id: signal for o in obligations.values() if (signal := _overdue(o, timetables, values)) is not None}
    obligations |= {signal.id: signal for signal in signals.values()}
    for name, rule in rules.items():
        also = tuple(signals[target].id for target in rule.exception_to if target in signals)
        if also:
            rules[name] = replace(rule, exception_to=(*rule.exception_to, *also))


def _overdue(
    o: Obligation, timetables: Mapping[str, Timetable], values: Mapping[str, date | Decimal]
) -> Obligation | None:
    """Make the question raised by a period that passed before the release, while nothing says that it was kept.

    It is raised only where the dates are known to be so, and by no event before the law applied; else what is owed
    afterwards remains a condition.
    """
    periods = [deadline for deadline in o.deadlines if deadline.runs_from != RELEASE_DATE]
    if not periods or o.after is None or o.met is None or o.kind is not Kind.OBLIGATION or not o.can_gate:
        return None

    def ran(runs_from: str) -> Condition:
        """Return whether the law applied, by some route of the timetable, on the day from which the period runs."""
        routes = () if o.timetable is None else timetables[o.timetable].routes
        found = [both(FactTest(runs_from, Test.AT_LEAST, values[route.starts]), route.when) for route in routes]
        return ALWAYS if o.timetable is None else found[0] if len(found) == 1 else AnyOf(tuple(found))

    passed = (both(FactTest(passed_fact(d.runs_from, d.period), Test.IS, True), ran(d.runs_from)) for d in periods)
    running = [Not(both(each.when, has_passed)) for each, has_passed in zip(periods, passed, strict=True)]
    return replace(
        o,
        id=f"{OVERDUE}{o.id}",
        kind=Kind.SIGNAL,
        at_once=False,
        must=f"show that this was done, since its time is over: {o.must}",
        given=both(o.given, Not(o.met)),
        met=running[0] if len(running) == 1 else AllOf(tuple(running)),
        because="the period had passed by the date of the release, and nothing says that it was kept",
        sanction=None,
    )


def _signal(cue: Cue) -> Obligation:
    """Make the question a cue raises: its words were found, the facts deny what they suggest, nobody dismissed it."""

    def listed(fact: str) -> Condition:
        return FactTest(fact, Test.INCLUDES, frozenset({cue.id}))

    return Obligation(
        id=f"{SIGNAL}{cue.id}",
        provision=cue.provision,
        must="have a person confirm that what the words of the document suggest is not the case",
        kind=Kind.SIGNAL,
        given=AllOf((listed(SIGNALS), Not(cue.suggests), Not(listed(DISMISSED)))),
        because="the document speaks of it, the facts deny it",
        place=cue.place,
    )


def suggested(signal: Obligation) -> Condition:
    """Return what the words of a cue suggest, from the question that it raises, as it is read on its date."""
    assert isinstance(signal.given, AllOf), "as the question of a cue is made"
    _, denied, _ = signal.given.parts
    assert isinstance(denied, Not), "as the question of a cue is made"
    return denied.part


def _choice_problems(pack: Pack, reading: str, choice: str) -> list[Problem]:
    known = pack.readings.get(reading)
    if known is None:
        return [Problem(f"pack `{pack.id}` has no reading `{reading}`", hint=did_you_mean(reading, pack.readings))]
    if choice not in known.choices:
        return [
            Problem(
                f"reading `{reading}` has no choice `{choice}`",
                known.place,
                did_you_mean(choice, known.choices) or f"choose from {', '.join(known.choices)}",
            )
        ]
    return []
