"""Columnar peers: the lowered pack as expressions of query engines, and the generated function in a loop.

Query engines get the same lowered pack, specialised in the same way, and a table that was prepared for them: lists as bit
masks of the words they name and of those they leave open. Strong Kleene logic is their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
from registries import KEY

from aiact_rules.core.conditions import FactTest, Test, fact_of
from aiact_rules.core.defaults import with_defaults
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.formulas import TRUE, Conjunction, Formula, Literal, holds, literals
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.outcomes import Outcome, code
from aiact_rules.core.packs import PackAt
from aiact_rules.core.problems import Place
from aiact_rules.core.statuses import Status, Traits, statuses_of, table_of
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue, Vocabulary
from aiact_rules.gate import Gate
from aiact_rules.sources.former_names import read_value
from aiact_rules.sweep.plan import PlannedPack

VERDICTS = ("allow", "hold", "block")
"""The verdicts by the codes that all contenders give."""


class Masks:
    """A table for query engines: a list is a bit mask of its members and one of those it leaves open."""

    OPEN = ":open"

    def __init__(self, table: pa.Table, vocabulary: Vocabulary) -> None:
        self.bits: dict[str, dict[str, int]] = {}
        columns = {}
        for name in table.column_names:
            column = table.column(name).combine_chunks()
            if not pa.types.is_list(column.type):
                columns[name] = column
                continue
            encoded = column.values.dictionary_encode()
            read = [read_value(vocabulary[name], [word]).value for word in encoded.dictionary.to_pylist()]
            known = [value if isinstance(value, OpenList) else OpenList(value, frozenset()) for value in read]  # type: ignore[arg-type]
            words = sorted({word for value in known for word in (*value.members, *value.open)})
            self.bits[name] = {word: 1 << at for at, word in enumerate(words)}
            members = _joined(column, encoded, [self._mask(name, value.members) for value in known])
            left = _joined(column, encoded, [self._mask(name, value.open) for value in known]) & ~members
            silent = np.asarray(column.is_null())
            columns[name] = pa.array(members, mask=silent)
            columns[name + self.OPEN] = pa.array(left, mask=silent)
        self.table = pa.table(columns)

    def _mask(self, name: str, words: frozenset[str]) -> int:
        return sum(self.bits[name].get(word, 0) for word in words)

    def of(self, test: FactTest) -> int:
        """Return the mask of the words that a test looks for."""
        assert isinstance(test.operand, frozenset)
        return self._mask(fact_of(test.fact), test.operand)


def _joined(column: pa.ListArray, encoded: pa.DictionaryArray, masks: Sequence[int]) -> Any:
    found = np.zeros(len(column), np.int64)
    offsets = column.offsets.to_numpy()
    filled = np.flatnonzero(np.diff(offsets))
    if len(filled):
        flat = np.array(masks, np.int64)[encoded.indices.to_numpy()]
        found[filled] = np.bitwise_or.reduceat(flat, offsets[filled])
    return found


def holds_only_unmet(traits: Traits) -> bool:
    """Return whether what is open about an obligation holds only where it is certainly unmet, or certainly owed at once.

    That is how peers say it, which know of an obligation that it fails, does not fail, or that nobody knows. What they
    say is compared here with the table of statuses, for each answer that an engine can give while no event is judged.
    Raises AssertionError where the table says something else.
    """
    for owed, in_force, met, due in product(Truth, repeat=4):
        if owed is Truth.NO:
            continue
        parts = (owed, in_force, due, {Truth.NO: Truth.YES, Truth.YES: Truth.NO}.get(met, met))
        fails = Truth.NO if Truth.NO in parts else Truth.UNKNOWN if Truth.UNKNOWN in parts else Truth.YES
        at_once = traits.is_at_once and not traits.is_signal and owed is Truth.YES
        wanted = None
        if traits.can_gate and fails is Truth.YES and not traits.is_signal:
            wanted = Status.BREACHED
        elif traits.can_gate and fails is not Truth.NO and (not traits.is_afterwards or met is Truth.NO or at_once):
            wanted = Status.OPEN
        status = table_of(traits)[code(owed, in_force, met, due)]
        assert wanted is (status if status in (Status.BREACHED, Status.OPEN) else None), (
            traits,
            owed,
            in_force,
            met,
            due,
        )
    return traits.is_afterwards


def levels(planned: PlannedPack) -> Iterator[list[int]]:
    """Return the nodes of a pack, those first that others need."""
    nodes = planned.lowered.nodes
    depth = [0] * len(nodes)
    for at, node in enumerate(nodes):
        depth[at] = 1 + max((depth[x.index] for x in literals(node.formula) if x.is_node), default=-1)
    for level in range(max(depth, default=-1) + 1):
        yield [at for at in range(len(nodes)) if depth[at] == level]


class Polars:
    """The pack as polars expressions."""

    name = "polars expressions"

    def __init__(self, planned: PlannedPack, masks: Masks) -> None:
        import polars as pl

        self.pl = pl
        self.planned = planned
        self.masks = masks
        frame = pl.from_arrow(masks.table.drop_columns([KEY])).lazy()
        lowered = planned.lowered
        for level in levels(planned):
            frame = frame.with_columns(self.expression(lowered.nodes[at].formula).alias(f"n{at}") for at in level)
        block, hold = [pl.lit(False)], [pl.lit(False)]
        assert planned.at_event is False, "peers judge no events"
        for obligation, (_, traits) in zip(lowered.obligations, planned.obligations, strict=True):
            if not traits.can_gate:
                continue
            owed, unmet = self.expression(obligation.owed), ~self.expression(obligation.met)
            fails = owed & self.expression(obligation.in_force) & self.expression(obligation.due) & unmet
            if not traits.is_signal:
                block.append(fails.fill_null(False))
            still_open = fails.fill_null(True)
            if holds_only_unmet(traits):
                at_once = owed.fill_null(False) if traits.is_at_once and not traits.is_signal else pl.lit(False)
                still_open = still_open & (unmet.fill_null(False) | at_once)
            hold.append(still_open)
        heads = [self.expression(lowered.conclusions[name]).alias(f"is_{name}") for name in planned.headlines]
        verdict = pl.when(pl.any_horizontal(block)).then(2).when(pl.any_horizontal(hold)).then(1).otherwise(0)
        self.query = frame.select(verdict.cast(pl.Int8).alias("verdict"), *heads)

    def expression(self, formula: Formula) -> Any:
        pl = self.pl
        if isinstance(formula, Literal):
            if formula.is_node:
                found = pl.col(f"n{formula.index}")
            else:
                found = self.test(self.planned.lowered.atoms[formula.index])
            return found if formula.positive else ~found
        parts = [self.expression(part) for part in formula.parts]
        if not parts:
            return pl.lit(formula == TRUE)
        found = parts[0]
        for part in parts[1:]:
            found = found & part if isinstance(formula, Conjunction) else found | part
        return found

    def test(self, test: FactTest) -> Any:
        pl = self.pl
        if test.fact not in self.planned.silence:
            return pl.lit(None, pl.Boolean)
        fact = fact_of(test.fact)
        column = pl.col(fact)
        if test.test is Test.IS:
            found = column if test.operand else ~column
        elif test.test is Test.ONE_OF:
            found = column.is_in(sorted(test.operand))  # type: ignore[arg-type]
        elif test.test in (Test.INCLUDES, Test.EMPTY):
            mask = self.masks.of(test) if test.test is Test.INCLUDES else -1
            is_in, is_open = (column & mask) != 0, (pl.col(fact + Masks.OPEN) & mask) != 0
            found = is_in | pl.when(is_open).then(pl.lit(None, pl.Boolean)).otherwise(False)
            found = ~found if test.test is Test.EMPTY else found
        else:
            operand = float(test.operand) if isinstance(test.operand, Decimal) else test.operand
            order = {Test.ABOVE: "gt", Test.AT_LEAST: "ge", Test.BELOW: "lt", Test.AT_MOST: "le"}[test.test]
            found = getattr(column, order)(operand)
        default = self.planned.silence[test.fact]
        if default is None:
            return found
        return pl.when(column.is_null()).then(pl.lit(holds(test, default), pl.Boolean)).otherwise(found)

    def __call__(self) -> Any:
        return self.query.collect()

    def verdicts(self) -> list[int]:
        return [int(verdict) for verdict in self()["verdict"].to_list()]


class Duck:
    """The pack as SQL, level by level."""

    name = "DuckDB, SQL"

    def __init__(self, planned: PlannedPack, masks: Masks, threads: int = 2) -> None:
        import duckdb

        self.planned = planned
        self.masks = masks
        self.connection = duckdb.connect()
        self.connection.execute(f"set threads = {threads}")
        self.connection.execute("set max_expression_depth to 10000")
        self.table = masks.table
        self.connection.register("registry", self.table)
        lowered = planned.lowered
        steps = []
        before = "registry"
        for number, level in enumerate(levels(planned)):
            names = [f"{self.sql(lowered.nodes[at].formula)} as n{at}" for at in level]
            steps.append(f"s{number} as materialized (select *, {', '.join(names)} from {before})")
            before = f"s{number}"
        block, hold = ["false"], ["false"]
        assert planned.at_event is False, "peers judge no events"
        for obligation, (_, traits) in zip(lowered.obligations, planned.obligations, strict=True):
            if not traits.can_gate:
                continue
            owed, unmet = self.sql(obligation.owed), f"(not {self.sql(obligation.met)})"
            fails = f"({owed} and {self.sql(obligation.in_force)} and {self.sql(obligation.due)} and {unmet})"
            if not traits.is_signal:
                block.append(f"coalesce({fails}, false)")
            still_open = f"coalesce({fails}, true)"
            if holds_only_unmet(traits):
                at_once = owed if traits.is_at_once and not traits.is_signal else "false"
                still_open = f"({still_open} and (coalesce({unmet}, false) or coalesce({at_once}, false)))"
            hold.append(still_open)
        heads = [f"{self.sql(lowered.conclusions[name])} as is_{name}" for name in planned.headlines]
        verdict = f"case when {' or '.join(block)} then 2 when {' or '.join(hold)} then 1 else 0 end as verdict"
        self.query = f"with {', '.join(steps)} select {KEY}, {verdict}, {', '.join(heads)} from {before}"

    def sql(self, formula: Formula) -> str:
        if isinstance(formula, Literal):
            found = f"n{formula.index}" if formula.is_node else self.test(self.planned.lowered.atoms[formula.index])
            return found if formula.positive else f"(not {found})"
        if not formula.parts:
            return "true" if formula == TRUE else "false"
        word = " and " if isinstance(formula, Conjunction) else " or "
        return f"({word.join(self.sql(part) for part in formula.parts)})"

    def test(self, test: FactTest) -> str:
        if test.fact not in self.planned.silence:
            return "cast(null as boolean)"
        fact = fact_of(test.fact)
        column = f'"{fact}"'
        if test.test is Test.IS:
            found = column if test.operand else f"(not {column})"
        elif test.test is Test.ONE_OF:
            words = ", ".join(f"'{word}'" for word in sorted(test.operand))  # type: ignore[arg-type]
            found = f"({column} in ({words}))"
        elif test.test in (Test.INCLUDES, Test.EMPTY):
            mask = self.masks.of(test) if test.test is Test.INCLUDES else -1
            is_open = f'(("{fact}{Masks.OPEN}" & {mask}) <> 0)'
            found = f"((({column} & {mask}) <> 0) or case when {is_open} then null else false end)"
            found = f"(not {found})" if test.test is Test.EMPTY else found
        else:
            order = {Test.ABOVE: ">", Test.AT_LEAST: ">=", Test.BELOW: "<", Test.AT_MOST: "<="}[test.test]
            is_number = isinstance(test.operand, Decimal)
            operand = f"{float(test.operand)!r}::double" if is_number else f"date '{test.operand}'"  # type: ignore[arg-type]
            found = f"({column} {order} {operand})"
        default = self.planned.silence[test.fact]
        if default is None:
            return found
        known = {True: "true", False: "false", None: "null"}[holds(test, default)]
        return f"(case when {column} is null then {known} else {found} end)"

    def __call__(self) -> Any:
        return self.connection.sql(self.query).to_arrow_table()

    def verdicts(self) -> list[int]:
        found = self()
        by_id = dict(zip(found[KEY].to_pylist(), found["verdict"].to_pylist(), strict=True))
        return [by_id[name] for name in self.table[KEY].to_pylist()]


class Looped:
    """An engine of ours in a loop, over records that are complete facts already, as the gate completes them."""

    def __init__(self, engine: Any, pack_at: PackAt, lowered: Any, records: Sequence[Facts]) -> None:
        self.name = f"{engine.name}, in a loop"
        self.tables = [statuses_of(obligation) for obligation in pack_at.obligations.values()]
        self.run = engine.prepare(pack_at, lowered)
        self.records = [facts.values() for facts in records]

    def __call__(self) -> list[int]:
        return [self._verdict(self.run(record)) for record in self.records]

    verdicts = __call__

    def _verdict(self, outcome: Outcome) -> int:
        verdict = 0
        for index, answer in outcome.obligations:
            status = self.tables[index][answer]
            if status is Status.BREACHED:
                return 2
            if status is Status.OPEN:
                verdict = 1
        return verdict


def completed(
    gate: Gate, stated: Sequence[dict[str, FactValue]], same: dict[str, FactValue], as_of: Any
) -> list[Facts]:
    """Return records as complete facts. Raises InputError for a record that contradicts itself."""
    vocabulary, packs = gate.vocabulary(), gate.packs()
    origin = Origin(Place("registry"))
    every = (Facts.of(Fact(name, value, origin) for name, value in {**record, **same}.items()) for record in stated)
    return [with_defaults(facts, packs, as_of).completed(vocabulary) for facts in every]
