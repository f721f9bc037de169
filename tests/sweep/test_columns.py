"""Columns of every type are read as the vocabulary reads their texts, and numbers are compared exactly."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.formulas import holds
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue, parse_quantity
from aiact_rules.engines.plane_columns import ColumnReader
from aiact_rules.engines.plane_machine import unpacked
from aiact_rules.engines.plane_numbers import shortest_decimal
from aiact_rules.engines.plane_program import Input, Passes, Silent, Undecided
from aiact_rules.engines.plane_values import FactReader
from aiact_rules.gate import Gate
from aiact_rules.sweep.kernel import Kernel
from aiact_rules.sweep.mapping import ColumnMap, TableMap
from aiact_rules.sweep.plan import make_plan

ORDERS = (Test.ABOVE, Test.AT_LEAST, Test.BELOW, Test.AT_MOST)
WORDS = {"red": "red", "green": "green", "blue": "blue"}


def reader(declaration: FactDeclaration, scale: str = "1", *, signed: bool = False) -> FactReader:
    def parse(text: str) -> FactValue | None:
        if text == "":
            return None
        return parse_quantity(text) if signed else declaration.parse(text)

    return FactReader(declaration.type, parse, declaration.parse_many, Decimal(scale))


def compared(array: pa.Array, declaration: FactDeclaration, tests: list[FactTest], scale: str = "1") -> list[list[int]]:
    """Numbers below zero are compared too: the order of numbers is the same on both sides."""
    keys: list[Input] = [*(Passes(test) for test in tests), Silent(declaration.name)]
    signed = declaration.type is FactType.QUANTITY
    reading = ColumnReader(reader(declaration, scale, signed=signed), keys).read(array)
    assert reading.faults == {}
    return [unpacked(plane, len(array)).tolist() for plane in reading.planes]


def expected(values: list[FactValue | None], tests: list[FactTest]) -> list[list[int]]:
    passed = [[int(value is not None and holds(test, value)) for value in values] for test in tests]
    return [*passed, [int(value is None) for value in values]]


COMPUTE = FactDeclaration("m.compute", FactType.QUANTITY, "?")


@pytest.mark.parametrize(
    "threshold", ["1e25", "10000000000000000905969664", "0.3", "0", "-2.5", "1e-9", "123456789012345678"]
)
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_float_counts_as_its_shortest_decimal(threshold: str, kind: type) -> None:
    middle = kind(float(threshold))
    numbers = [middle]
    for direction in (kind(-np.inf), kind(np.inf)):
        value = middle
        for _ in range(3):
            value = np.nextafter(value, direction)
            numbers.append(value)
    tests = [FactTest("m.compute", order, Decimal(threshold)) for order in ORDERS]
    array = pa.array(np.array(numbers, kind), mask=np.array([False] * len(numbers)))
    assert compared(array, COMPUTE, tests) == expected([shortest_decimal(n) for n in numbers], tests)


def test_ten_to_the_25th_is_the_same_in_every_spelling() -> None:
    tests = [FactTest("m.compute", order, Decimal("1e25")) for order in ORDERS]
    at_threshold = [[0], [1], [0], [1], [0]]
    for array in (
        pa.array([1e25]),
        pa.array([float(10**25)]),
        pa.array(["1e25"]),
        pa.array([str(10**25)]),
        pa.array(["10^25"]).dictionary_encode(),
        pa.array([Decimal(10**25)], pa.decimal128(38, 0)),
    ):
        assert compared(array, COMPUTE, tests) == at_threshold
    assert compared(pa.array([str(10**25 + 1)]), COMPUTE, tests) == [[1], [1], [0], [0], [0]]
    assert compared(pa.array([str(10**25 - 1)]), COMPUTE, tests) == [[0], [0], [1], [1], [0]]


@pytest.mark.parametrize("threshold", ["127", "127.5", "128", "-129", "1e30", "-1e30", "0"])
@pytest.mark.parametrize("kind", [pa.int8(), pa.int16(), pa.int64(), pa.uint8()])
def test_whole_numbers_are_compared_exactly(threshold: str, kind: pa.DataType) -> None:
    numbers = [n for n in (-128, -1, 0, 1, 126, 127) if n >= 0 or "u" not in str(kind)]
    tests = [FactTest("m.compute", order, Decimal(threshold)) for order in ORDERS]
    values: list[FactValue | None] = [*(Decimal(n) for n in numbers), None]
    assert compared(pa.array([*numbers, None], kind), COMPUTE, tests) == expected(values, tests)


def test_a_scale_is_exact_too() -> None:
    tests = [FactTest("m.compute", order, Decimal("1e25")) for order in ORDERS]
    numbers = [0.1, np.nextafter(0.1, 0), np.nextafter(0.1, 1)]
    scaled: list[FactValue | None] = [Decimal(repr(float(n))) * Decimal("1e26") for n in numbers]
    assert compared(pa.array(numbers), COMPUTE, tests, scale="1e26") == expected(scaled, tests)
    assert compared(pa.array([10, 9, 11]), COMPUTE, tests, scale="1e24") == expected(
        [Decimal(n) * Decimal("1e24") for n in (10, 9, 11)], tests
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_cannot_be_read(value: float) -> None:
    keys = [Passes(FactTest("m.compute", Test.ABOVE, Decimal(1)))]
    reading = ColumnReader(reader(COMPUTE), keys).read(pa.array([2.0, value, None], from_pandas=False))
    assert list(reading.faults) == [1]
    assert "expected a number" in reading.faults[1]


@pytest.mark.parametrize("kind", [pa.int8(), pa.int64(), pa.float32(), pa.float64(), pa.string(), pa.decimal128(9, 2)])
def test_an_amount_below_zero_is_refused_in_columns_of_every_type(kind: pa.DataType) -> None:
    rows = pa.array([3, -2, 0, -2, None], pa.int8())
    keys = [Passes(FactTest("m.compute", Test.BELOW, Decimal(1)))]
    reading = ColumnReader(reader(COMPUTE), keys).read(rows.cast(kind))
    assert sorted(reading.faults) == [1, 3]
    assert all(fault.startswith("an amount is never below zero, found `-2") for fault in reading.faults.values())


def test_a_zero_with_a_sign_is_no_amount_below_zero() -> None:
    keys = [Passes(FactTest("m.compute", Test.BELOW, Decimal(1)))]
    assert ColumnReader(reader(COMPUTE), keys).read(pa.array([-0.0])).faults == {}


YES = FactDeclaration("s.yes", FactType.YES_NO, "?")


@pytest.mark.parametrize("offset", [0, 1, 8, 13])
@pytest.mark.parametrize("default", [None, True, False])
def test_bitmaps_of_arrow_are_planes_wherever_they_begin(offset: int, default: bool | None) -> None:
    values = [True, None, False, True, False, None, None, True] * 20
    array = pa.array(values).slice(offset)
    keys: list[Input] = [
        Passes(FactTest("s.yes", Test.IS, True), default),
        Passes(FactTest("s.yes", Test.IS, False), default),
        Silent("s.yes"),
    ]
    planes = [unpacked(p, len(array)).tolist() for p in ColumnReader(reader(YES), keys).read(array).planes]
    known = [default if value is None else value for value in values[offset:]]
    assert planes == [
        [int(v is True) for v in known],
        [int(v is False) for v in known],
        [int(v is None) for v in values[offset:]],
    ]


SOME = FactDeclaration("s.some", FactType.SOME_OF, "?", values=WORDS, checklist=True)
LISTS: list[list[str] | None] = [["red"], [], None, ["green", "blue"], ["all"], ["red", "green", "blue"], [], ["blue"]]
SOME_TESTS = [
    FactTest("s.some", Test.INCLUDES, frozenset({"red"})),
    FactTest("s.some", Test.INCLUDES, frozenset({"green", "blue"})),
    FactTest("s.some", Test.EMPTY),
]


@pytest.mark.parametrize(
    "shape",
    [
        lambda lists: pa.array(lists, pa.list_(pa.string())),
        lambda lists: pa.array(lists, pa.large_list(pa.large_string())),
        lambda lists: pa.array([["red"], *lists], pa.list_(pa.string())).slice(1),
        lambda lists: pa.array([None if v is None else ",".join(v) or "none" for v in lists]),
        lambda lists: pa.array([None if v is None else ",".join(v) or "[]" for v in lists]).dictionary_encode(),
    ],
)
def test_lists_of_every_shape_say_the_same(shape: Callable[[object], pa.Array]) -> None:
    values = [None if v is None else SOME.parse_many(v) for v in LISTS]
    assert compared(shape(LISTS), SOME, SOME_TESTS) == expected(values, SOME_TESTS)


MANY = {f"w{number}": "" for number in range(70)}
GROWN = FactDeclaration("s.many", FactType.SOME_OF, "?", values=MANY, checklist=True, added=("w68", "w69"))


@pytest.mark.parametrize("longest", [1, 3, 8, 9, 30])
@pytest.mark.parametrize("share", [0.1, 0.9])
@pytest.mark.parametrize("by_element", [True, False])
def test_lists_of_every_length_say_what_each_says_alone(longest: int, share: float, by_element: bool) -> None:
    rng = random.Random(longest)
    odd = ["all", "w1: no", "w2: unknown", "w3: yes", "no such word"]

    def one() -> list[str] | None:
        if rng.random() >= share:
            return rng.choice(([], None))
        words = [
            rng.choice(odd) if rng.random() < 0.02 else rng.choice([*MANY]) for _ in range(rng.randint(1, longest))
        ]
        return list(dict.fromkeys(words))

    lists = [one() for _ in range(300)]
    tests = [FactTest("s.many", Test.INCLUDES, frozenset({word})) for word in MANY]
    tests += [FactTest("s.many", Test.INCLUDES, frozenset({"w68", "w1"})), FactTest("s.many", Test.EMPTY)]
    keys: list[Input] = [*(Passes(t) for t in tests), *(Undecided(t) for t in tests), Silent("s.many")]
    read = FactReader(
        FactType.SOME_OF, GROWN.parse, GROWN.parse_many, by_element=by_element, opened=frozenset(GROWN.added)
    )
    reading = ColumnReader(read, keys).read(pa.array(lists, pa.list_(pa.string())))
    planes = [unpacked(plane, len(lists)).tolist() for plane in reading.planes]
    for row, said in enumerate(lists):
        value, fault = (None, None) if said is None else read.parsed_many(said)
        assert reading.faults.get(row) == fault
        if fault is None:
            known = [None if value is None else holds(t, value) for t in tests]
            passing = [int(each is True) for each in known]
            open_ = [int(value is not None and each is None) for each in known]
            assert [plane[row] for plane in planes] == [*passing, *open_, int(value is None)]


@pytest.mark.parametrize("separator", [",", "; ", " | "])
@pytest.mark.parametrize("coded", [False, True])
def test_lists_written_as_texts_say_what_each_says_alone(separator: str, coded: bool) -> None:
    rng = random.Random(separator)
    sign = separator.strip()
    column = ColumnMap("s", "s.many", separator=sign, missing=frozenset({"", "n/a"}))
    odd = [
        "none",
        "[]",
        "n/a",
        " none ",
        "",
        "w1: no",
        "w2: unknown",
        "all",
        "all: unknown",
        "no such word",
        f" w4{sign}",
    ]
    texts = [rng.choice(odd) if rng.random() < 0.2 else _some(rng, separator, odd) for _ in range(600)] + [None]
    tests = [FactTest("s.many", Test.INCLUDES, frozenset({word})) for word in MANY]
    tests += [FactTest("s.many", Test.EMPTY)]
    keys: list[Input] = [*(Passes(t) for t in tests), *(Undecided(t) for t in tests), Silent("s.many")]
    read = FactReader(
        FactType.SOME_OF,
        column.parse(GROWN),
        column.parse_many(GROWN),
        opened=frozenset(GROWN.added),
        separator=sign,
    )
    array = pa.array(texts, pa.string())
    reader_of_it = ColumnReader(read, keys)
    for _ in range(2):  # the second time it is known that most texts differ
        reading = reader_of_it.read(array.dictionary_encode() if coded else array)
        planes = [unpacked(plane, len(texts)).tolist() for plane in reading.planes]
        for row, said in enumerate(texts):
            value, fault = (None, None) if said is None else read.parsed(said)
            assert reading.faults.get(row) == fault, said
            if fault is None:
                known = [None if value is None else holds(t, value) for t in tests]
                open_ = [int(value is not None and each is None) for each in known]
                wanted = [*(int(each is True) for each in known), *open_, int(value is None)]
                assert [plane[row] for plane in planes] == wanted, said


def _some(rng: random.Random, separator: str, odd: list[str]) -> str:
    words = [rng.choice(odd) if rng.random() < 0.03 else rng.choice([*MANY]) for _ in range(rng.randint(1, 12))]
    return separator.join(dict.fromkeys(words))


NUMBERS = ["1e25", "1E+25", "10000000000000000000000000", "10000000000000000000000001", "9999999999999999999999999.9"]
NUMBERS += [
    "1.0000000000000000000000001e25",
    "0",
    "0.0",
    "5",
    "1e400",
    "1e-400",
    "2.5 x 10^24",
    " 3 ",
    "1_000",
    "",
    "1e24",
]
REFUSED = ["-1", "nan", "inf", "1.", ".5", "0x10", "1,000", "many"]


@pytest.mark.parametrize("above", [None, "0"])
def test_numbers_in_texts_are_compared_exactly(above: str | None) -> None:
    declared = FactDeclaration("m.compute", FactType.QUANTITY, "?", above=None if above is None else Decimal(above))
    column = ColumnMap("c", "m.compute")
    tests = [FactTest("m.compute", order, Decimal("1e25")) for order in ORDERS]
    keys: list[Input] = [*(Passes(test) for test in tests), Silent("m.compute")]
    read = FactReader(FactType.QUANTITY, column.parse(declared), column.parse_many(declared))
    texts = [*NUMBERS, *REFUSED, None]
    reading = ColumnReader(read, keys).read(pa.array(texts, pa.string()))
    for row, said in enumerate(texts):
        value, fault = (None, None) if said is None else read.parsed(said)
        assert reading.faults.get(row) == fault, said
        if fault is None:
            passing = [int(value is not None and bool(holds(test, value))) for test in tests]
            found = [int(unpacked(plane, len(texts))[row]) for plane in reading.planes]
            assert found == [*passing, int(value is None)], said


@pytest.mark.parametrize("kind", [pa.float64(), pa.int64(), pa.string()])
def test_a_number_that_check_refuses_is_refused_in_columns_of_every_type(gate: Gate, kind: pa.DataType) -> None:
    column = ColumnMap("c", "model.training_compute")
    kernel = Kernel(make_plan(gate, TableMap(None, (column,)), as_of=[date(2026, 11, 22)]))
    judged = kernel.judge(pa.RecordBatch.from_pydict({"c": pa.array([0, 1, None], pa.int64()).cast(kind)}))
    assert list(judged.faults) == [0]
    assert "expected more than 0" in judged.faults[0]


def test_silence_inside_lists_counts_as_the_default() -> None:
    keys: list[Input] = [Passes(test, frozenset({"red"})) for test in SOME_TESTS]
    array = pa.array(LISTS, pa.list_(pa.string()))
    planes = [unpacked(p, len(array)).tolist() for p in ColumnReader(reader(SOME), keys).read(array).planes]
    values = [frozenset({"red"}) if v is None else SOME.parse_many(v) for v in LISTS]
    assert planes == expected(values, SOME_TESTS)[:-1]


def test_unknown_words_and_empty_places_in_lists_are_named_by_row() -> None:
    array = pa.array([["red"], ["greeen"], ["red", None], ["all", "red"], ["green"]], pa.list_(pa.string()))
    reading = ColumnReader(reader(SOME), [Passes(test) for test in SOME_TESTS]).read(array)
    assert sorted(reading.faults) == [1, 2, 3]
    assert "did you mean `green`?" in reading.faults[1]
    assert unpacked(reading.planes[0], 5).tolist() == [1, 0, 0, 0, 0]


DAY = FactDeclaration("s.day", FactType.DATE, "?")


def test_days_are_read_from_dates_texts_and_midnights() -> None:
    days = [date(2027, 12, 1), date(2027, 12, 2), None, date(2027, 12, 3)]
    tests = [FactTest("s.day", order, date(2027, 12, 2)) for order in ORDERS]
    midnights = [None if day is None else datetime(day.year, day.month, day.day) for day in days]
    for array in (
        pa.array(days, pa.date32()),
        pa.array([None if day is None else day.isoformat() for day in days]),
        pa.array(midnights, pa.timestamp("ns")),
    ):
        assert compared(array, DAY, tests) == expected(list(days), tests)
    late = ColumnReader(reader(DAY), [Passes(tests[0])]).read(pa.array([datetime(2027, 12, 2, 13)]))
    assert "expected a date" in late.faults[0]


def test_many_distinct_texts_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiact_rules.engines.plane_values.MOST_DISTINCT", 50)
    column = ColumnReader(reader(COMPUTE), [Passes(FactTest("m.compute", Test.ABOVE, Decimal(100)))])
    for first in range(0, 1000, 40):
        numbers = range(first, first + 40)
        found = unpacked(column.read(pa.array([str(n) for n in numbers])).planes[0], 40)
        assert found.tolist() == [int(n > 100) for n in numbers]
    assert column._texts.values.count <= 91
