"""JSON lines give the same rows whether Arrow reads a block of them whole or they are read line by line."""

from __future__ import annotations

import json
import random
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from aiact_rules.sweep import json_lines
from aiact_rules.sweep.chunks import Chunk
from aiact_rules.sweep.json_lines import JsonLinesTable
from aiact_rules.sweep.mapping import ColumnMap

WANTED = [ColumnMap(name, name) for name in ("a.list", "a.truth", "a.word", "a.amount", "a.whole")]
ROWS: list[dict[str, Any]] = [
    {"id": "one", "a.list": ["x", "y"], "a.truth": True, "a.word": "w", "a.amount": 1e25, "a.whole": 5},
    {"id": "two", "a.list": [], "a.truth": False, "a.word": "grün", "a.amount": 2.5, "a.whole": 0},
    {"id": "three", "a.list": None, "a.amount": -3, "a.whole": -7},
    {"id": "four", "a": {"list": ["z"], "truth": None}, "a.amount": 1e-20},
]


def lines_of(rows: list[dict[str, Any]], ends: str = "\n") -> bytes:
    return ends.join(json.dumps(row, ensure_ascii=False) for row in rows).encode() + ends.encode()


def read(path: Path, kept: tuple[str, ...] = ("id",)) -> list[Chunk]:
    return list(JsonLinesTable(path).chunks(WANTED, kept))


def said(chunks: list[Chunk]) -> list[tuple[dict[str, Any], bytes]]:
    found = []
    for chunk in chunks:
        assert chunk.lines is not None
        rows = chunk.batch.to_pylist()
        for row, line in zip(rows, chunk.lines.to_pylist(), strict=True):
            found.append(({name: spelled(value) for name, value in row.items()}, bytes(line).rstrip(b"\r\n")))
    return found


def spelled(value: Any) -> Any:
    """Return a value as the text that is read: a whole block has truths and whole numbers as such."""
    if isinstance(value, bool):
        return str(value).lower()
    return (
        f"{float(value):.6e}"
        if isinstance(value, int) or (isinstance(value, str) and value.lstrip("-")[:1].isdigit())
        else value
    )


def faults(chunks: list[Chunk]) -> dict[int, str]:
    found, first = {}, 0
    for chunk in chunks:
        found |= {first + row: why for row, why in chunk.faults.items()}
        first += chunk.batch.num_rows
    return found


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_block_read_whole_says_what_its_lines_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nested: bool, ends: str
) -> None:
    rows = [ROWS[3]] if nested else ROWS[:3]
    path = tmp_path / "t.jsonl"
    path.write_bytes(lines_of([{**random.Random(at).choice(rows), "id": f"r{at}"} for at in range(300)], ends))
    whole = []
    real = json_lines._read_whole
    monkeypatch.setattr(json_lines, "_read_whole", lambda *a: whole.append(real(*a)) or whole[-1])
    fast = read(path)
    assert all(chunk is not None for chunk in whole)
    monkeypatch.setattr(json_lines, "_read_whole", lambda *_: None)
    assert said(fast) == said(read(path))


ODD = [
    b'{"id": "a"}{"id": "b"}',
    b'{"id": "a",\n"a.word": "w"}',
    b'{"id": "a", "id": "b"}',
    b'{"id": "a", "a.later": true}',
    b'{"id": "a", "b": 1}',
    b'{"id": "a", "a.whole": 1.5}',
    b'{"id": "a", "a.amount": NaN}',
    b'{"id": "a", "a.truth": "yes"}',
    b'{"id": "a", "a.list": "x"}',
    b'{"id": "a", "a.list": {"x": 1}}',
    b'{"id": "a", "a.word": "\xff"}',
    b'{"id": "a", "a.word": "\\ud800"}',
    b'["a"]',
    b"",
    b"   ",
    b"{} {",
    b"no object",
]


@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_is_told_apart_line_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: bytes) -> None:
    monkeypatch.setattr(json_lines, "LINES_LOOKED_AT", 200)
    path = tmp_path / "t.jsonl"
    before = lines_of([{**ROWS[at % 3], "id": f"r{at}"} for at in range(200)])
    path.write_bytes(before + odd + b"\n" + lines_of([ROWS[0]]))
    found = read(path)
    monkeypatch.setattr(json_lines, "_read_whole", lambda *_: None)
    wanted = read(path)
    assert faults(found) == faults(wanted)
    assert said(found) == said(wanted)


def test_lines_that_do_not_fit_into_one_block_are_read_and_numbered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "_BLOCK_BYTES", 64)
    monkeypatch.setattr(json_lines, "_BATCH_ROWS", 1)
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + lines_of(ROWS[:3] * 5) + b"no object\n" + lines_of([ROWS[0]]).rstrip())
    found = read(path)
    assert len(found) > 5
    assert sum(chunk.batch.num_rows for chunk in found) == 17
    assert faults(found) == {15: "line 16: not readable as JSON: Expecting value: line 1 column 1 (char 0)"}


def test_numbers_that_are_written_back_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b'{"id": 1.10, "a.word": "w"}\n{"id": 2, "a.word": "v"}\n')
    assert pa.Table.from_batches([chunk.batch for chunk in read(path)])["id"].to_pylist() == ["1.10", "2"]


def test_blocks_are_joined_up_to_a_bound_and_a_block_with_an_odd_line_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "_BLOCK_BYTES", 256)
    monkeypatch.setattr(json_lines, "_MOST_JOINED", 3)
    path = tmp_path / "t.jsonl"
    rows = [{"id": f"r{at:03}", "a.word": "w" * 40, "a.list": ["x"]} for at in range(90)]
    size = len(lines_of(rows[:1]))
    path.write_bytes(lines_of(rows[:60]) + b"no object\n" + lines_of(rows[60:]))
    found = read(path)
    assert max(chunk.batch.num_rows for chunk in found) == 3 * (256 // size)
    assert [row["id"] for row, _ in said(found) if row["id"]] == [row["id"] for row in rows]
    assert [line for _, line in said(found)] == path.read_bytes().splitlines()
    assert faults(found) == {60: "line 61: not readable as JSON: Expecting value: line 1 column 1 (char 0)"}


def test_readers_end_with_whoever_stops_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "_BLOCK_BYTES", 256)
    path = tmp_path / "t.jsonl"
    path.write_bytes(lines_of(ROWS[:3] * 100))
    chunks = iter(JsonLinesTable(path).chunks(WANTED, ("id",)))
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]  # a generator
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("aiact-rules-lines")]
