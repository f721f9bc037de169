"""Plans: what a sweep does with each batch, settled before the first row is read. A plan can be sent to other processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from aiact_rules.core.conditions import FactTest, Test, as_stated
from aiact_rules.core.cues import Cue
from aiact_rules.core.defaults import silent_about, silent_at
from aiact_rules.core.dismissals import Dismissible
from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.formulas import Lowered, specialised
from aiact_rules.core.lowering import lower
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import DISMISSED, EVENTS, MARKETS, MOMENT, RELEASE_DATE, ROLES, SIGNALS, Pack
from aiact_rules.core.problems import InputError, PackError, Place, Problem, did_you_mean
from aiact_rules.core.signals import held_cues
from aiact_rules.core.statuses import Status, Traits, traits_of
from aiact_rules.core.vocabulary import Derivation, FactDeclaration, FactType, FactValue, Vocabulary
from aiact_rules.gate import Gate
from aiact_rules.sources.cues import signals_in_facts
from aiact_rules.sources.former_names import read_as, words_of
from aiact_rules.sweep.mapping import ColumnMap, TableMap
from aiact_rules.sweep.scope import Scope

DEFAULT_SETS = (Status.BREACHED, Status.OPEN)

UsualMoments = Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class PlannedPack:
    """One pack on one as-of date, for the facts that are the same in all rows. `silence` is what a missing value means.

    `at_event` says that all rows judge an event, or that none does (None: each says so itself).
    `market` is the market of the rows that it judges (None: it judges all), and `is_default` says that it also judges the
    rows that name no market.
    """

    pack: str
    gates: bool
    lowered: Lowered
    obligations: tuple[tuple[str, Traits], ...]
    headlines: tuple[str, ...]
    silence: Mapping[str, FactValue | None]
    at_event: bool | None = False
    market: str | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """All packs on one as-of date. `label` tells its columns from those of other dates; it is empty for a single date."""

    as_of: date
    label: str
    packs: tuple[PlannedPack, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact that follows from others, row by row; some of them are the same in all rows.

    `days` are the dates of a release in a row that does not say it: those on which the rows are judged.
    """

    derivation: Derivation
    known: Mapping[str, FactValue]
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """A fact that is never more than another; one of them may be the same in all rows."""

    fact: str
    bound: str
    known: Mapping[str, FactValue]


@dataclass(frozen=True)
class Plan:
    """What is read from which column, under which packs and dates it is judged, and which sets are given.

    `undismissed` are the signals that no row dismisses: they cite a prohibition, and an id alone does not say enough.
    """

    key: str | None
    columns: tuple[ColumnMap, ...]
    declarations: Mapping[str, FactDeclaration]
    judgements: tuple[Judgement, ...]
    derived: Mapping[str, Derived]
    usual_moments: UsualMoments | None
    sets: tuple[Status, ...] = DEFAULT_SETS
    counts: bool = True
    stated: Mapping[str, FactValue] | None = None
    scope: Scope | None = None
    words: tuple[str, ...] = ()
    cues: Mapping[str, Cue] = field(default_factory=dict)
    bounds: tuple[Bound, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    undismissed: frozenset[str] = frozenset()

    def dismissing(self, parse: Callable[[Any], FactValue | None]) -> Callable[[Any], FactValue | None]:
        """Return a way to read what a row dismisses that leaves out the signals of which its word is not enough."""
        return _Dismissing(parse, self.undismissed)

    @property
    def facts(self) -> frozenset[str]:
        """Return the facts that have a column."""
        return frozenset(column.fact for column in self.columns)


@dataclass(frozen=True, slots=True)
class _Dismissing:
    """Reads the signals that a row dismisses, without some."""

    parse: Callable[[Any], FactValue | None]
    undismissed: frozenset[str]

    def __call__(self, said: Any) -> FactValue | None:
        value = self.parse(said)
        return _dismissed(value, self.undismissed)


def _dismissed(value: FactValue | None, undismissed: frozenset[str]) -> FactValue | None:
    """Return a list of dismissed signals without some of them; what a list leaves open is not dismissed."""
    if isinstance(value, OpenList):
        value = value.members
    return value - undismissed if isinstance(value, frozenset) else value


def make_plan(
    gate: Gate,
    table: TableMap,
    *,
    as_of: Sequence[date],
    packs: Iterable[str] | None = None,
    readings: Mapping[str, str] | None = None,
    stated: Mapping[str, object] | None = None,
    sets: Sequence[Status] = DEFAULT_SETS,
    counts: bool = True,
    scope: Scope | None = None,
    words: Sequence[str] = (),
) -> Plan:
    """Settle a sweep. `stated` are facts that are the same in all rows, as text or values, over those of the table's map.

    `scope` says which pack judges which rows (None: all judge all), `words` which columns are searched for cues. Raises
    InputError for facts, columns and readings that do not fit, and PackError for a pack that cannot be used.
    """
    stated = dict(stated or {})
    chosen = tuple(gate.packs(packs))
    vocabulary = gate.vocabulary(packs)
    table = table.as_it_is_called(vocabulary)
    problems = [*table.problems(vocabulary), *_choice_problems(readings or {}, chosen)]
    columns = tuple(column for column in table.columns if column.fact not in stated)
    facts = {column.fact for column in columns}
    if scope is not None:
        stated = {**_usual(scope, {*facts, *table.facts, *stated}), **stated}
    same = _same_in_all_rows(table, stated, vocabulary, chosen, problems)
    if problems:
        raise InputError(problems)
    undismissed = Dismissible.of(chosen).prohibited
    if DISMISSED in same:
        same[DISMISSED] = _dismissed(same[DISMISSED], undismissed) or frozenset()
    every_cue = {cue.id: cue for pack in chosen for cue in pack.cues.values()}
    texts = {each.column: each.fact for each in columns if vocabulary[each.fact].type is FactType.TEXT}
    words = tuple(dict.fromkeys((*words, *texts)))
    always = held_cues(signals_in_facts(_facts_of(same), vocabulary, every_cue.values()))
    cues = every_cue if words or always else {}
    if cues:
        facts = {*facts, SIGNALS}
    dates = tuple(dict.fromkeys(as_of))
    derived = _derived(vocabulary, facts, same, dates)
    usual = _usual_moments(chosen) if ROLES in facts and not {ROLES, MOMENT} & same.keys() else None
    if not any(pack.gates for pack in chosen):
        raise PackError([Problem("no pack that can gate was chosen, so nothing can be allowed")])
    judgements = tuple(
        Judgement(
            day,
            "" if len(dates) == 1 else day.isoformat().replace("-", "_"),
            tuple(
                _planned(pack, day, readings or {}, vocabulary, same, facts, frozenset(derived), chosen, scope)
                for pack in chosen
            ),
        )
        for day in dates
    )
    bounds = _bounds(vocabulary, {*facts, *derived}, same)
    needed = {*facts, *derived, *(name for each in derived.values() for name in each.derivation.of)}
    needed |= {MOMENT, ROLES, MARKETS}
    declarations = {name: vocabulary[name] for name in sorted(needed) if name in vocabulary}
    if ROLES in declarations:
        declarations[ROLES] = _named(declarations[ROLES], lambda role: silent_about(frozenset({role}), chosen))
    if MOMENT in declarations:
        declarations[MOMENT] = _named(declarations[MOMENT], lambda moment: silent_at(moment, chosen))
    searched = tuple(words) if cues else ()
    return Plan(
        table.key,
        columns,
        declarations,
        judgements,
        derived,
        usual,
        tuple(sets),
        counts,
        same,
        scope,
        searched,
        cues,
        bounds,
        texts,
        always,
        undismissed,
    )


def _named(declaration: FactDeclaration, silent: Callable[[str], str | None]) -> FactDeclaration:
    """Return the roles or moments that a row may name: only those about which every law says what follows."""
    values = declaration.values or {}
    kept = {name: label for name, label in values.items() if silent(name) is None}
    return replace(declaration, values=kept if declaration.values is not None else None)


def _derived(
    vocabulary: Vocabulary, facts: Collection[str], same: Mapping[str, FactValue], dates: Sequence[date]
) -> dict[str, Derived]:
    """Return the facts that follow, row by row, from facts of which at least one differs from row to row.

    Whether a period has passed is a test of the date it runs from wherever all rows are released on one day.
    """
    return {
        declaration.name: Derived(
            d,
            {name: same[name] for name in d.of if name in same},
            () if d.period is None else tuple(dates),
        )
        for declaration in vocabulary.declarations.values()
        if (d := declaration.derivation) is not None
        and declaration.name not in same
        and any(name in facts for name in d.of)
        and all(name in facts or name in same or name == RELEASE_DATE for name in d.of)
        and (d.period is None or d.or_more or RELEASE_DATE in facts or declaration.name in facts)
    }


def _bounds(vocabulary: Vocabulary, varying: Collection[str], same: Mapping[str, FactValue]) -> tuple[Bound, ...]:
    """Return the pairs of facts of which one is never more than the other, and at least one differs from row to row."""
    return tuple(
        Bound(d.name, bound, {name: same[name] for name in (d.name, bound) if name in same})
        for d in vocabulary.declarations.values()
        for bound in d.bounded_by
        if {d.name, bound} & {*varying} and {d.name, bound} <= {*varying, *same}
    )


def _on_one_day(
    lowered: Lowered, vocabulary: Vocabulary, known: dict[str, FactValue], stated: Collection[str]
) -> Lowered:
    """Return the pack with whether a period has passed as a test of the date it runs from, for one known release date.

    Where that date is known too, the answer joins what is `known`. What a column states itself is left as it is.
    """
    day = known.get(RELEASE_DATE)
    tests: dict[str, FactTest] = {}
    for name in {atom.fact for atom in lowered.atoms}:
        declaration = vocabulary.get(name)
        derivation = None if declaration is None else declaration.derivation
        if derivation is None or derivation.period is None or not isinstance(day, date) or name in stated:
            continue
        runs_from = derivation.of[0]
        begins = known.get(runs_from)
        if derivation.or_more:
            if isinstance(begins, date) and derivation.period.has_passed(begins, day):
                known[name] = known[as_stated(name)] = True
        elif isinstance(begins, date):
            known.setdefault(name, derivation.period.has_passed(begins, day))
        elif runs_from in stated:
            tests[name] = FactTest(runs_from, Test.BELOW, derivation.period.first_running(day))
    return replace(lowered, atoms=tuple(tests.get(atom.fact, atom) for atom in lowered.atoms))


def _usual(scope: Scope, stated: Collection[str]) -> dict[str, FactValue]:
    """Return the facts of the organisation that no column and no option states, with the markets of every row."""
    usual: dict[str, FactValue] = {fact.name: fact.value for fact in scope.usual.values() if fact.name not in stated}
    if scope.added and MARKETS not in stated:
        usual[MARKETS] = scope.added
    return usual


def _choice_problems(readings: Mapping[str, str], packs: Sequence[Pack]) -> list[Problem]:
    known = {name for pack in packs for name in pack.readings}
    return [
        Problem(f"no chosen pack has a reading `{name}`", hint=did_you_mean(name, known))
        for name in readings
        if name not in known
    ]


def _same_in_all_rows(
    table: TableMap,
    stated: Mapping[str, object],
    vocabulary: Vocabulary,
    packs: Sequence[Pack],
    problems: list[Problem],
) -> dict[str, FactValue]:
    same: dict[str, FactValue] = {}
    stated_facts: list[Fact] = []
    for name, said in {**table.facts, **stated}.items():
        place = table.places.get(name, Place("option")) if name not in stated else Place("option")
        if name not in vocabulary and not vocabulary.formerly(name):
            problems.append(Problem(f"unknown fact `{name}`", place, did_you_mean(name, vocabulary)))
            continue
        try:
            read = read_as(vocabulary, name, said if isinstance(said, str) else _words(said))
        except ValueError as error:
            problems.append(Problem(str(error), place))
            continue
        for declaration, value in read:
            if declaration.name == ROLES and isinstance(value.value, frozenset):
                silent = silent_about(value.value, packs)
                problems += [Problem(silent, place, "name a role, or judge by other packs")] if silent else []
            if declaration.name == MOMENT and (silent := silent_at(str(value.value), packs)) is not None:
                problems.append(Problem(silent, place, "name a step, or judge by other packs"))
            if declaration.name == ROLES and value.value == frozenset():
                problems.append(Problem("an operator without any role cannot be judged", place, "name a role"))
            stated_facts.append(Fact(declaration.name, value.value, Origin(place, renamed=value.renamed)))
    try:
        stated_once = Facts.of(stated_facts)
        same = {fact.name: fact.value for fact in stated_once}
        complete = stated_once.completed(vocabulary)
    except InputError as error:
        problems.extend(error.problems)
        return same
    return {
        fact.name: fact.value
        for fact in complete
        if fact.origin.sureness is Sureness.DERIVED or fact.name in stated_once
    }


def _facts_of(same: Mapping[str, FactValue]) -> Facts:
    origin = Origin(Place("option"))
    return Facts.of(Fact(name, value, origin) for name, value in same.items())


def _words(said: object) -> str | list[str]:
    if isinstance(said, bool | date | Decimal | frozenset | OpenList):
        return words_of(said)
    return [str(word) for word in said] if isinstance(said, Iterable) else str(said)


def _usual_moments(packs: Iterable[Pack]) -> UsualMoments:
    """Return for each role the moments judged where none is stated, with their place in the order of moments."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for pack in packs:
        for name, role in pack.roles.items():
            found[name] = (*found.get(name, ()), (role.moment, pack.moments[role.moment].order))
    return found


def usual_moment(roles: Iterable[str], usual: UsualMoments) -> str | None:
    """Return the latest usual moment of some roles, or None where no pack knows any of them."""
    moments = sorted(moment for name in roles for moment in usual.get(name, ()))
    return max(moments, key=lambda moment: moment[1])[0] if moments else None


def _planned(
    pack: Pack,
    as_of: date,
    readings: Mapping[str, str],
    vocabulary: Vocabulary,
    same: Mapping[str, FactValue],
    facts: set[str],
    derived: frozenset[str],
    packs: Sequence[Pack],
    scope: Scope | None,
) -> PlannedPack:
    pack_at = pack.at(as_of, {name: choice for name, choice in readings.items() if name in pack.readings})
    if not pack_at.obligations:
        raise PackError([Problem(f"pack `{pack.id}` has no obligations on {as_of}, so it cannot allow anything")])
    known = dict(same)
    if scope is not None and scope.added and MARKETS in known:
        markets = known[MARKETS]
        known[MARKETS] = (markets if isinstance(markets, frozenset) else frozenset()) | scope.added
    silence: dict[str, FactValue | None] = {
        name: vocabulary[name].if_absent for name in (*facts, *derived) if name in vocabulary
    }
    known |= {as_stated(name): value for name, value in same.items()}
    silence |= dict.fromkeys(as_stated(name) for name in (*facts, *derived))
    for declaration in vocabulary.declarations.values():
        if declaration.if_absent is not None and declaration.name not in silence:
            known.setdefault(declaration.name, declaration.if_absent)
    if scope is not None:
        for fact in scope.usual.values():
            if fact.name in silence:
                silence[fact.name] = silence[as_stated(fact.name)] = fact.value
        if MARKETS in silence and scope.added:
            silence[MARKETS] = scope.added
    _default(RELEASE_DATE, as_of, known, silence)
    roles = same.get(ROLES)
    if isinstance(roles, frozenset):
        moment = usual_moment(roles, _usual_moments(packs))
        if moment is not None:
            _default(MOMENT, moment, known, silence)
    elif ROLES in facts and MOMENT not in known:
        silence.setdefault(MOMENT, None)
    return PlannedPack(
        pack.id,
        pack.gates,
        specialised(_on_one_day(lower(pack_at), vocabulary, known, {*facts, *derived}), known),
        tuple((o.id, traits_of(o)) for o in pack_at.obligations.values()),
        pack.headlines,
        silence,
        None if MOMENT in facts else known.get(MOMENT) in EVENTS,
        *_judged_rows(pack, silence, scope),
    )


def _judged_rows(pack: Pack, silence: Mapping[str, FactValue | None], scope: Scope | None) -> tuple[str | None, bool]:
    """Return the market of the rows that a pack judges, and whether it judges those without one; None where it is all."""
    if scope is None or MARKETS not in silence or {pack.id, *(e.id for e in pack.extensions)} & scope.demanded:
        return None, False
    return pack.market, pack.id == scope.default


def _default(name: str, value: FactValue, known: dict[str, FactValue], silence: dict[str, FactValue | None]) -> None:
    if name in silence:
        silence[name] = value
    else:
        known.setdefault(name, value)


def with_sets(plan: Plan, sets: Sequence[Status], *, counts: bool = True) -> Plan:
    """Return the same plan with other sets in its answers, and with or without counts."""
    return replace(plan, sets=tuple(sets), counts=counts)
