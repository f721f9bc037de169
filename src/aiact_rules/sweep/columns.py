"""Columns of rows: how a plan reads the column of a fact, and the facts that no column of the table states by itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aiact_rules.core.packs import DISMISSED, MOMENT, RELEASE_DATE, ROLES
from aiact_rules.core.vocabulary import FactType, FactValue
from aiact_rules.engines.plane_columns import ColumnReader
from aiact_rules.engines.plane_machine import Plane
from aiact_rules.engines.plane_numbers import shortest_decimal
from aiact_rules.engines.plane_program import Input, Silent
from aiact_rules.engines.plane_values import ColumnPlanes, FactReader
from aiact_rules.sweep.mapping import NEEDS_WHOLE_LISTS, ColumnMap, scale_of
from aiact_rules.sweep.plan import Bound, Plan, usual_moment


def reader_of(plan: Plan, column: ColumnMap) -> FactReader:
    """Return the way in which a column states its fact."""
    declaration = plan.declarations[column.fact]
    parse, parse_many = column.parse(declaration), column.parse_many(declaration)
    if plan.scope is not None:
        parse = plan.scope.reads(column.fact, parse)
        parse_many = plan.scope.reads(column.fact, parse_many)
    is_whole = column.fact in NEEDS_WHOLE_LISTS
    if column.fact == DISMISSED and plan.undismissed:
        parse, parse_many, is_whole = plan.dismissing(parse), plan.dismissing(parse_many), True
    is_divided = declaration.type is FactType.SOME_OF and not (column.fact == DISMISSED and is_whole)
    return FactReader(
        declaration.type,
        parse,
        parse_many,
        scale_of(column, declaration),
        plain=not column.values and (plan.scope is None or column.fact not in plan.scope.usual),
        by_element=not is_whole,
        opened=frozenset(declaration.added) if column.former is None else frozenset(),
        separator=column.separator if is_divided and _is_divided(column) else None,
        between=(
            float(declaration.above or 0),
            math.inf if declaration.at_most is None else float(declaration.at_most),
        ),
    )


def _is_divided(column: ColumnMap) -> bool:
    """Return whether a text of the column says what its parts say as elements of a list, where it has several."""
    sign = column.separator
    return (
        column.former is None
        and not column.values
        and sign == sign.strip()
        and all(sign not in t for t in column.missing)
    )


class MomentColumn:
    """The moment that is judged where a row does not say: the latest usual one of the row's roles."""

    def __init__(self, plan: Plan, inputs: Sequence[Input], numbers: Sequence[int]) -> None:
        self.stated: dict[Input, Plane] | None = None
        self._numbers = tuple(numbers)
        self._usual = plan.usual_moments or {}
        self._keys = tuple(inputs)
        column = next(column for column in plan.columns if column.fact == ROLES)
        self._column = column.column
        read = reader_of(plan, column)

        def moment(roles: FactValue | None) -> FactValue | None:
            return usual_moment(roles, self._usual) if isinstance(roles, frozenset) else None

        def unless_faulty(parse: Callable[[Any], FactValue | None]) -> Callable[[Any], FactValue | None]:
            def parsed(said: Any) -> FactValue | None:
                try:
                    return moment(parse(said))
                except ValueError:  # said of the roles themselves already
                    return None

            return parsed

        self._reader = ColumnReader(
            FactReader(FactType.ONE_OF, unless_faulty(read.parse), unless_faulty(read.parse_many), by_element=False),
            self._keys,
        )

    def inputs(self, batch: pa.RecordBatch) -> Iterator[tuple[int, Plane]]:
        """Return the planes of the moment, what the row states over what is usual."""
        usual = self._reader.read(batch.column(self._column)).planes
        stated, self.stated = self.stated, None
        silent = None if stated is None else stated.get(Silent(MOMENT))
        for number, key, plane in zip(self._numbers, self._keys, usual, strict=True):
            if stated is None:
                yield number, plane
            elif isinstance(key, Silent):
                yield number, stated[key] & plane
            else:
                assert silent is not None, "a moment with a default that differs from row to row can be silent"
                yield number, stated[key] | (silent & plane)


class DerivedColumn:
    """A fact that follows from others, row by row."""

    def __init__(self, plan: Plan, fact: str, inputs: Sequence[Input], numbers: Sequence[int]) -> None:
        self.fact = fact
        self.numbers = tuple(numbers)
        self._derived = plan.derived[fact]
        self._parts = {
            column.fact: (column.column, reader_of(plan, column))
            for column in plan.columns
            if column.fact in self._derived.derivation.of or column.fact == fact
        }
        self.values: list[FactValue | None] = []
        declared = plan.declarations[fact]
        parse = _decimal if declared.type is FactType.QUANTITY else declared.parse
        self._reader = ColumnReader(FactReader(declared.type, parse, _no_list), tuple(inputs))

    def read(self, batch: pa.RecordBatch) -> ColumnPlanes:
        """Return the planes of what follows; where a row states the fact as well, both must be the same."""
        columns: list[list[Any]] = []
        faults: dict[int, str] = {}
        for name in (*self._derived.derivation.of, self.fact):
            silent = self._derived.days if name == RELEASE_DATE and self._derived.days else None
            if name in self._parts:
                column, reader = self._parts[name]
                # Those of the parts are noted where their own columns are read.
                found = _values_of(batch.column(column), reader, faults if name == self.fact else {})
                columns.append(found if silent is None else [silent if value is None else value for value in found])
            else:
                columns.append([self._derived.known.get(name, silent)] * batch.num_rows)
        self.values = []
        for row, values in enumerate(zip(*columns, strict=True)):
            value, fault = self._follows(values)
            self.values.append(value)
            if fault is not None:
                faults[row] = fault
        texts = [None if value is None else str(value) for value in self.values]
        reading = self._reader.read(pa.array(texts, pa.string()))
        return ColumnPlanes(reading.planes, faults)

    def _follows(self, values: tuple[Any, ...]) -> tuple[FactValue | None, str | None]:
        *parts, stated = values
        if None in parts:
            return stated, None
        derivation = self._derived.derivation
        value: FactValue
        with localcontext() as context:
            context.prec = 28  # as Facts.completed does
            if derivation.period is not None:
                begins, on = parts
                passed = {derivation.period.has_passed(begins, day) for day in (on if isinstance(on, tuple) else (on,))}
                if len(passed) > 1:
                    return None, f"`{derivation.of[1]}` is needed in each row where several dates are judged"
                value = True in passed
                if derivation.or_more and not value:
                    return stated, None
            elif derivation.operation == "ratio":
                if parts[1] == 0:
                    return None, f"`{derivation.of[1]}` is zero"
                value = parts[0] / parts[1]
            else:
                value = sum(parts, Decimal(0))
        if stated is not None and not self._derived.derivation.fits(stated, value):
            return None, f"stated as `{stated}` but follows as `{value}`"
        return value if stated is None else stated, None


class BoundedColumn:
    """A fact that is never more than another, compared row by row once both are read."""

    def __init__(self, plan: Plan, bound: Bound, derived: Mapping[str, DerivedColumn]) -> None:
        self.fact, self.bound = bound.fact, bound.bound
        self._known, self._derived = bound.known, derived
        self._columns = {
            column.fact: (column.column, reader_of(plan, column))
            for column in plan.columns
            if column.fact in (bound.fact, bound.bound)
        }

    def faults(self, batch: pa.RecordBatch) -> dict[int, str]:
        """Return the rows in which the fact is more than the other, with the reason."""
        pairs = zip(self._values(self.fact, batch), self._values(self.bound, batch), strict=True)
        return {
            row: f"`{value}` contradicts `{self.bound}`, `{bound}`: it is never more"
            for row, (value, bound) in enumerate(pairs)
            if value is not None and bound is not None and value > bound  # type: ignore[operator]  # of one type
        }

    def _values(self, name: str, batch: pa.RecordBatch) -> list[FactValue | None]:
        if name in self._derived:
            return self._derived[name].values
        if name in self._columns:
            column, reader = self._columns[name]
            return _values_of(batch.column(column), reader, {})
        return [self._known.get(name)] * batch.num_rows


def _values_of(array: pa.Array, reader: FactReader, faults: dict[int, str]) -> list[FactValue | None]:
    """Read single values row by row, and note what is wrong with those that cannot be read."""
    found: list[FactValue | None] = []
    floating = pa.types.is_floating(array.type)
    values = array.to_numpy(zero_copy_only=False) if floating else array.to_pylist()
    known = np.asarray(pc.is_valid(array))
    for row, (value, is_known) in enumerate(zip(values, known, strict=True)):
        number, fault = None, None
        if is_known:
            text = f"{shortest_decimal(value):f}" if floating and np.isfinite(value) else str(value)
            number, fault = reader.parsed(text)
        if fault is not None:
            faults[row] = fault
        found.append(number if isinstance(number, Decimal | date | bool) else None)
    return found


def _decimal(text: str) -> FactValue:
    return Decimal(text)


def _no_list(_: list[str]) -> FactValue | None:
    raise ValueError("expected one value, not a list")
