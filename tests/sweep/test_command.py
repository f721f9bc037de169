"""`aiact-rules sweep`: tables of every format come back in order, with every row judged or named as bad."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aiact_rules.sweep.bitsets import members, names_of
from tests.cli.conftest import EXAMPLES, Answer, run

__all__ = ["run"]
Run = Callable[..., Answer]
REGISTRY = EXAMPLES / "sweep" / "registry.csv"
MAP = EXAMPLES / "sweep" / "registry.map.yaml"
DAY = ("--as-of", "2026-11-22")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "registry.csv"
    path.write_text(REGISTRY.read_text())
    return path


def test_the_example_is_judged_row_by_row(run: Run, table: Path) -> None:
    answer = run("sweep", str(table), "--map", str(MAP), *DAY)
    rows = rows_of(table.with_name("registry.verdicts.csv"))
    assert [row["system_id"] for row in rows] == [f"S-{n:03}" for n in range(1, 11)]
    verdicts = {row["system_id"]: row["aiact_verdict"] for row in rows}
    assert verdicts["S-001"] == "allow"
    assert verdicts["S-005"] == "hold"
    assert verdicts["S-007"] == "error"
    assert rows[2]["aiact_high_risk"] == "yes"
    assert "annex4.1.a" in rows[2]["aiact_open"].split(";")
    assert rows[6]["notes"] == "draws pictures"
    assert answer.code == 2
    assert "S-007: `go_live`: expected a date such as 2027-12-02, found `soon`" in answer.err
    assert "1 row could not be judged" in answer.err
    assert "10 rows judged" in answer.out


def test_exit_codes_are_those_of_check(run: Run, tmp_path: Path) -> None:
    allowed = "id,release.subject,release.markets\na,neither,EU\n"
    held = allowed + "b,system,EU\n"
    for text, options, code in (
        (allowed, (), 0),
        (held, (), 1),
        (held, ("--fail-on", "block"), 0),
        (held + "c,sistem,EU\n", ("--fail-on", "never"), 2),
        (held + "c,system\n", ("--fail-on", "never"), 2),
    ):
        path = tmp_path / "t.csv"
        path.write_text(text)
        answer = run("sweep", str(path), "--role", "provider", *DAY, *options)
        assert answer.code == code, (text, answer)


def test_lines_that_are_no_rows_keep_their_place(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = ["id;release.subject"]
    for n in range(30):
        lines.append(f"{n}" if n in (0, 7, 8, 29) else f"{n};neither;too many" if n == 15 else f"{n};neither")
    path.write_text("\n".join(lines) + "\n")
    answer = run("sweep", str(path), "--role", "provider", *DAY)
    rows = rows_of(tmp_path / "t.verdicts.csv")
    bad = [n for n, row in enumerate(rows) if row["aiact_verdict"] == "error"]
    assert len(rows) == 30
    assert bad == [0, 7, 8, 15, 29]
    assert [row["id"] for n, row in enumerate(rows) if n not in bad] == [str(n) for n in range(30) if n not in bad]
    assert answer.code == 2
    assert "row 16: expected 2 values, found 3" in answer.err


def test_csv_and_json_lines_are_written_as_any_reader_reads_them(run: Run, tmp_path: Path) -> None:
    odd = ["plain", "with, comma", 'with "quotes"', "two\nlines", "", "grün"]
    table = pa.table(
        {"id": odd, "release.subject": ["system"] * 6, "system.annex_iii_uses": [["recruitment"], [], None] * 2}
    )
    path = tmp_path / "odd.parquet"
    pq.write_table(table, path)
    for name in ("v.csv", "v.jsonl"):
        assert run("sweep", str(path), "--role", "provider", *DAY, "--output", str(tmp_path / name)).code == 1
    with (tmp_path / "v.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    objects = [json.loads(line) for line in (tmp_path / "v.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == [each["id"] for each in objects] == odd
    assert [row["system.annex_iii_uses"] for row in rows] == ["recruitment", "", ""] * 2
    assert [each.get("system.annex_iii_uses") for each in objects] == [["recruitment"], [], None] * 2
    for row, each in zip(rows, objects, strict=True):
        assert row["aiact_open"].split(";") == each["aiact_open"]
        assert int(row["aiact_open_count"]) == each["aiact_open_count"] == len(each["aiact_open"])
        assert row["aiact_verdict"] == each["aiact_verdict"] == "hold"
        assert "aiact_error" not in each


def test_json_lines_come_back_as_written_with_the_answer_behind(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    compute = "model.training_compute"
    lines = [
        f'{{"id": 1, "release.subject": "model", "{compute}": 10000000000000000000000000, "parts": []}}',
        f'{{"id": 2, "release.subject": "model", "{compute}": 10000000000000000000000001}}',
        "not json",
        '{"id": 4, "release.subject": {"is": "model"}}',
        '{"id": 5, "release.subject": "model", "release.subject": "system"}',
        "{}",
    ]
    path.write_text("\n".join(lines) + "\n")
    answer = run("sweep", str(path), "--role", "provider", *DAY, "--sets", "breached")
    found = [json.loads(line) for line in (tmp_path / "t.verdicts.jsonl").read_text().splitlines()]
    assert "10000000000000000000000001" in (tmp_path / "t.verdicts.jsonl").read_text()
    assert [row["aiact_verdict"] for row in found] == ["hold", "hold", "error", "error", "error", "hold"]
    assert found[0]["parts"] == []
    assert found[2]["line"] == "not json"
    assert "expected one value" in found[3]["aiact_error"]
    assert "duplicate name" in found[4]["aiact_error"]
    assert answer.code == 2


def test_nested_json_lines_state_what_dotted_names_state(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    nothing = {"practices": [], "annex_iii_uses": [], "annex_i_law": [], "transparency_situations": []}
    nested = {"release": {"subject": "system", "markets": ["EU"]}, "system": nothing}
    dotted = {f"{group}.{name}": value for group, facts in nested.items() for name, value in facts.items()}
    twice = {**nested, "release.subject": "model"}
    path.write_text("".join(json.dumps(row) + "\n" for row in (nested, dotted, twice)))
    answer = run("sweep", str(path), "--role", "provider", *DAY)
    found = [json.loads(line) for line in (tmp_path / "t.verdicts.jsonl").read_text().splitlines()]
    assert [row["aiact_verdict"] for row in found] == ["allow", "allow", "error"]
    assert found[0]["release"] == nested["release"]
    assert "duplicate name" in found[2]["aiact_error"]
    assert answer.code == 2


def test_a_list_of_markets_in_a_table_chooses_packs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"release.subject": "system", "release.markets": ["EU", "ZZ"]}\n')
    answer = run("sweep", str(path), "--role", "provider", *DAY)
    assert answer.code == 2
    assert "no installed pack covers the market `ZZ`" in answer.err


def test_a_fact_that_first_comes_late_in_json_lines_is_not_passed_over(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    row = {"release.subject": "neither", "operator.roles": "provider"}
    late = {**row, "release.markets": ["ZZ"]}
    path.write_text("".join(json.dumps(each) + "\n" for each in [row] * 1000 + [late]))
    answer = run("sweep", str(path), *DAY)
    assert answer.code == 2
    last = json.loads((tmp_path / "t.verdicts.jsonl").read_text().splitlines()[-1])
    assert last["aiact_error"] == "line 1001: `release.markets` is in none of the first 1,000 lines, so it is not read"


def test_parquet_keeps_types_order_and_the_names_of_sets(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    count = 5000
    uses = [["recruitment", "creditworthiness"], [], None, ["insurance"]]
    table = pa.table(
        {
            "id": pa.array(range(count)),
            "release.subject": pa.array(["system" if n % 3 else "neither" for n in range(count)]),
            "system.annex_iii_uses": pa.array([uses[n % 4] for n in range(count)], pa.list_(pa.string())),
            "system.profiles_natural_persons": pa.array([None if n % 5 == 0 else n % 2 == 0 for n in range(count)]),
            "picture": pa.array([b"\x00\xff"] * count),
        }
    )
    pq.write_table(table, path, row_group_size=700)
    answer = run("sweep", str(path), "--role", "provider", "--as-of", "2026-11-22", "--as-of", "2027-12-02")
    found = pq.read_table(tmp_path / "t.verdicts.parquet")
    assert found.select(table.column_names).equals(table)
    name = "aiact_open_2027_12_02"
    names = names_of(found.schema.field(name))
    assert "annex4.1.a" in members(found.column(name)[4].as_py(), names)
    assert "what changes from 2026-11-22 to 2027-12-02" in answer.out
    assert answer.code == 1


def test_a_folder_of_releases_is_a_table_too(run: Run, tmp_path: Path) -> None:
    for name, text in {
        "good": "format: 1\nsubject: neither\nroles: [provider]\nmarkets: [EU]\n",
        "bad": "format: 1\nsubject: sistem\n",
        "two": "format: 1\nsubject: system\noperators:\n  - {name: A, roles: [provider]}\n  - {name: B, roles: [deployer]}\n",
    }.items():
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "aiact.yaml").write_text(text)
    (tmp_path / "cards" / "docs").mkdir()
    (tmp_path / "cards" / "docs" / "README.md").write_text("# How we work\n")
    output = tmp_path / "out.jsonl"
    answer = run("sweep", str(tmp_path / "cards"), *DAY, "--output", str(output))
    found = {(row["release"], row.get("operator")): row for row in map(json.loads, output.read_text().splitlines())}
    bad, good, two = (f"{name}/aiact.yaml" for name in ("bad", "good", "two"))
    assert list(found) == [(bad, None), (good, None), (two, "A"), (two, "B")]
    assert found[bad, None]["aiact_verdict"] == "error"
    assert "did you mean `system`?" in found[bad, None]["aiact_error"]
    assert found[good, None]["aiact_verdict"] == "allow"
    assert answer.code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nokey.csv",), "no column of this table has the name of a fact"),
        (("t.csv", "--map", "wrong.yaml"), "has no column `subjct`\n  did you mean `subject`?"),
        (("t.csv", "--map", "map.yaml", "--role", "providr"), "did you mean `provider`?"),
        (("t.csv", "--map", "map.yaml", "--set", "x.y=1"), "unknown fact `x.y`"),
        (("t.csv", "--map", "map.yaml", "--sets", "brached"), "did you mean `breached`?"),
        (("t.csv", "--map", "map.yaml", "--reading", "x=y"), "no chosen pack has a reading `x`"),
        (("t.csv", "--map", "map.yaml", "--output", "x.xls"), "cannot be written as `.xls`"),
        (("t.xls",), "tables are read as"),
        (("twice.csv",), "two columns are named `a`"),
        (("empty.csv",), "this table is empty"),
        (("broken.parquet",), "cannot be read"),
    ],
)
def test_what_cannot_be_swept_ends_with_two_a_hint_and_no_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "nokey.csv": "a,b\n1,2\n",
        "t.csv": "id,subject\n1,system\n",
        "map.yaml": "format: 1\nkey: id\ncolumns: {subject: release.subject}\n",
        "wrong.yaml": "format: 1\nkey: id\ncolumns: {subjct: release.subject}\n",
        "t.xls": "",
        "twice.csv": "a,a\n",
        "empty.csv": "",
        "broken.parquet": "PAR1",
    }
    for name, text in files.items():
        Path(name).write_text(text)
    before = sorted(os.listdir())
    answer = run("sweep", *arguments, *DAY)
    assert answer.code == 2
    assert said in answer.err
    assert sorted(os.listdir()) == before


def test_what_changes_on_a_date_is_asked_without_the_column_of_release_dates(run: Run, table: Path) -> None:
    dates = ("--as-of", "2027-12-01", "--as-of", "2027-12-02", "--no-output", "--format", "json")
    summary = json.loads(run("sweep", str(table), "--map", str(MAP), "--without", "release.date", *dates).out)
    assert summary["changes"][0]["rows"] == [{"was": "allow", "is": "hold", "rows": 1}]
    more = {line["id"]: line["open"] for line in summary["obligations"]}
    assert more["annex4.1.a"][0] == 0 < more["annex4.1.a"][1]
    answer = run("sweep", str(table), "--map", str(MAP), "--without", "release.dat", *dates)
    assert answer.code == 2
    assert "did you mean `release.date`?" in answer.err


def test_init_writes_a_map_that_can_be_used(run: Run, table: Path) -> None:
    target = table.with_name("map.yaml")
    assert run("sweep", "init", str(table), "--role", "provider", "--output", str(target)).code == 0
    assert run("sweep", "init", str(table), "--output", str(target)).code == 2
    assert run("sweep", str(table), "--map", str(target), *DAY, "--no-output").code == 1


def test_the_picture_is_whole_and_the_summary_speaks_json(run: Run, table: Path) -> None:
    drawing = table.with_name("p.svg")
    options = ("--format", "json", "--picture", str(drawing), "--no-output", "--as-of", "2027-12-02")
    answer = run("sweep", str(table), "--map", str(MAP), *DAY, *options)
    summary = json.loads(answer.out)
    assert summary["rows"] == 10
    assert summary["errors"] == 1
    assert sum(summary["verdicts"]["2026-11-22"].values()) == 10
    root = ElementTree.parse(drawing).getroot()
    assert root.tag.endswith("svg")
    assert "as of 2027-12-02" in drawing.read_text()


MEMORY = """
import sys
from datetime import date
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
from aiact_rules.gate import Gate
from aiact_rules.sweep.kernel import Kernel
from aiact_rules.sweep.mapping import ColumnMap, TableMap
from aiact_rules.sweep.plan import make_plan
from aiact_rules.sweep.running import sweep
from aiact_rules.sweep.tables import open_table
from aiact_rules.sweep.writing import Output
path = Path(sys.argv[1])
table = open_table(path)
columns = TableMap("id", tuple(ColumnMap(name, name) for name in table.columns if name != "id"))
kernel = Kernel(make_plan(Gate(), columns, as_of=[date(2026, 11, 22)], stated={"operator.roles": ["provider"]}))
with Output(path.with_name("out.parquet")) as output:
    sweep(table, columns, kernel, output)
print(int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak memory of a process is read from /proc")
def test_memory_does_not_grow_with_the_table(tmp_path: Path) -> None:
    def peak(batches: int) -> int:
        path = tmp_path / f"{batches}.parquet"
        size = 1 << 17
        rows = pa.table(
            {
                "id": pa.array([f"a rather long name of a release, number {n}" for n in range(size)]),
                "release.subject": pa.array(["system", "neither"] * (size // 2)),
                "system.annex_iii_uses": pa.array([["recruitment"], [], None, ["insurance"]] * (size // 4)),
            }
        )
        with pq.ParquetWriter(path, rows.schema) as writer:
            for _ in range(batches):
                writer.write_table(rows)
        done = subprocess.run([sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True)
        return int(done.stdout)

    small, large = peak(2), peak(10)
    assert large < small + 150
