"""Choosing for a table: the columns that state facts, the markets in its rows, and what follows from both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from aiact_rules.core.choices import CALLER, Choice
from aiact_rules.core.packs import FOUND, MARKETS, RELEASE_DATE
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.statuses import Status
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary
from aiact_rules.gate import Gate
from aiact_rules.requests.choosing import DEFAULT_PACK
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.request import TableRequest
from aiact_rules.sources.markets import MEMBER_STATES, read_markets
from aiact_rules.sources.statements import NOT_STATED, parse_value
from aiact_rules.sweep.mapping import ColumnMap, TableMap
from aiact_rules.sweep.passed_over import refuse_passed_over
from aiact_rules.sweep.plan import Plan, make_plan
from aiact_rules.sweep.proposal import fact_named
from aiact_rules.sweep.scope import Scope
from aiact_rules.sweep.tables import Table
from aiact_rules.sweep.words import describing

_MARKETS = FactDeclaration(MARKETS, FactType.SOME_OF, "In which markets?")
_WITHIN_THE_UNION = frozenset({*MEMBER_STATES, "EEA"})


@dataclass(frozen=True)
class TablePlan:
    """A plan for a table with what it was chosen by."""

    plan: Plan
    table_map: TableMap
    request: TableRequest

    @property
    def dates(self) -> tuple[date, ...]:
        """Return the as-of dates."""
        return tuple(judgement.as_of for judgement in self.plan.judgements)


def plan_for(
    gate: Gate,
    table: Table,
    path: Path,
    table_map: TableMap | None,
    said: Overrides,
    *,
    dates: Sequence[date],
    sets: Sequence[Status],
    without: Sequence[str] = (),
) -> TablePlan:
    """Return the plan by which a table is judged: packs by the markets in its rows, readings and threshold as for a release.

    Without `dates` it is today, by the time zones of all those packs. Without a map the columns that have the names of
    facts are read. Raises InputError where the table does not fit, and for a market that no installed pack covers.
    """
    markets = _markets_of(table, table_map, without)
    request = gate.table_request(path, markets, said if not dates else said.with_(as_of=min(dates)))
    said_no_date = not dates
    dates = dates or (request.as_of,)
    vocabulary = gate.vocabulary(request.pack_ids)
    refuse_passed_over(table, table_map, vocabulary, without)
    if table_map is None:
        table_map = _map_by_names(table, vocabulary, path)
    table_map = table_map.as_it_is_called(vocabulary)
    table_map = _unread(table_map, table, without)
    for found in {*FOUND} & {*table_map.facts, *(column.fact for column in table_map.columns)}:
        hint = "list the columns to be searched for words under `words`"
        raise InputError([Problem(f"`{found}` {NOT_STATED}", Place(table.name), hint)])
    stated: dict[str, object] = {fact.name: fact.value for fact in request.said if fact.name != MARKETS}
    first = request.first if said_no_date else max(min(dates), request.first)
    if request.refuses_past:
        _refuse_past(request, table_map, vocabulary, min(dates), first)
    words = table_map.words
    if words is None:
        stating = [*(column.column for column in table_map.columns), *([table_map.key] if table_map.key else [])]
        words = describing(table.columns, stating)
    plan = make_plan(
        gate,
        table_map,
        as_of=dates,
        packs=request.pack_ids,
        readings=request.readings,
        stated=stated,
        sets=sets,
        scope=_scope(gate, request, first),
        words=words,
    )
    return TablePlan(plan, table_map, request)


def _refuse_past(request: TableRequest, table_map: TableMap, vocabulary: Vocabulary, day: date, first: date) -> None:
    """Raise InputError for a release date of all rows that is past; one that nobody states is the day of the law."""
    said = request.said.value(RELEASE_DATE)
    if said is None and RELEASE_DATE in table_map.facts:
        said = parse_value(vocabulary[RELEASE_DATE], table_map.facts[RELEASE_DATE])
    if said is None and not any(column.fact == RELEASE_DATE for column in table_map.columns):
        said = day
    if isinstance(said, date) and said < first:
        raise InputError([Problem(f"the release date {said} is past, and past dates are refused", CALLER)])


def _scope(gate: Gate, request: TableRequest, first: date) -> Scope:
    packs = gate.packs(request.pack_ids)
    covered = {pack.market for pack in packs if pack.gates}
    uncovered = {choice.value for choice in request.choices.uncovered}
    has_default = not any(pack.gates for pack in packs if pack.id in request.demanded)
    return Scope(
        demanded=request.demanded,
        known=frozenset({*covered, *uncovered, *_WITHIN_THE_UNION}),
        default=DEFAULT_PACK if has_default else None,
        added=request.markets,
        usual={fact.name: fact for fact in request.usual},
        not_before=first if request.refuses_past else None,
    )


def _markets_of(table: Table, table_map: TableMap | None, without: Sequence[str]) -> tuple[Choice, ...]:
    """Return the markets in the rows, each once. What cannot be read is an error of its row, when that is judged."""
    column = next((each for each in table_map.columns if each.fact == MARKETS), None) if table_map is not None else None
    if table_map is None and MARKETS in table.columns:
        column = ColumnMap(MARKETS, MARKETS)
    place = Place(table.name)
    if table_map is not None and MARKETS in table_map.facts:
        said = table_map.facts[MARKETS]
        texts = said.split(",") if isinstance(said, str) else said
        try:
            return tuple(Choice(code, table_map.places.get(MARKETS, place)) for code in sorted(read_markets(texts)))
        except ValueError:
            return ()
    if column is None or MARKETS in without:
        return ()
    found: set[str] = set()
    parse, parse_many = column.parse(_MARKETS), column.parse_many(_MARKETS)
    seen: set[str] = set()
    for chunk in table.chunks([column], ()):
        values = chunk.batch.column(column.column)
        listed = pa.types.is_nested(values.type)
        for value in (values.flatten() if listed else values).unique().to_pylist():
            if value is None or value in seen:
                continue
            seen.add(value)
            try:
                read = parse_many([str(value)]) if listed else parse(str(value))
            except ValueError:
                continue
            found |= read if isinstance(read, frozenset) else set()
    return tuple(Choice(code, Place(f"{table.name}, column {column.column}")) for code in sorted(found))


def _map_by_names(table: Table, vocabulary: Vocabulary, path: Path) -> TableMap:
    columns = tuple(
        ColumnMap(name, name)
        for name in table.columns
        if vocabulary.formerly(name) or fact_named(name, vocabulary) == name
    )
    if not columns:
        message = "no column of this table has the name of a fact, so it needs a mapping file"
        hint = f"write one with `aiact-rules sweep init {path}` and name it with --map"
        raise InputError([Problem(message, Place(str(path)), hint)])
    return TableMap(next((name for name in table.columns if name in ("id", "key")), None), columns)


def _unread(table_map: TableMap, table: Table, without: Sequence[str]) -> TableMap:
    known = [*(column.fact for column in table_map.columns), *table.columns]
    problems = [
        Problem(f"no column states `{fact}`", Place("--without"), did_you_mean(fact, known))
        for fact in without
        if fact not in known
    ]
    if problems:
        raise InputError(problems)
    kept = (column for column in table_map.columns if column.fact not in without and column.column not in without)
    return replace(table_map, columns=tuple(kept))
