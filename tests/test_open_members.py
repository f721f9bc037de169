"""A list with an open member: the same decision by every door, with the member asked for and its neighbours known."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.decisions import Decision
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.problems import InputError
from aiact_rules.core.statuses import Status
from aiact_rules.gate import Gate
from aiact_rules.requests.recorded import Record
from tests.cli.conftest import Answer, run

__all__ = ["run"]
DAY = date(2026, 11, 22)
FACTS = {
    "release.subject": "system",
    "release.markets": ["EU"],
    "operator.roles": ["provider"],
    "system.annex_iii_uses": [],
    "system.annex_i_law": [],
    "system.transparency_situations": [],
}
HEAD = "format: 1\nsubject: system\nroles: [provider]\nmarkets: [EU]\n"
REST = "annex_iii_uses: [], annex_i_law: [], transparency_situations: []"
OPEN = "system.practices"
STATED = [
    "{scores_people: unknown}",
    "{scores_people: unknown, targets_weaknesses: no}",
    "[scores_people: unknown]",
    "{scores_people: }",
    '"scores_people: unknown"',
]


def identity(decision: Decision) -> object:
    """Return what a decision says, without where its facts come from."""
    said = decision.as_json()
    facts = {name: fact["value"] for name, fact in said["facts"].items()}  # type: ignore[attr-defined]
    return said["verdict"], said["packs"], facts


@pytest.fixture
def expected() -> Decision:
    return Gate().check({**FACTS, OPEN: {"scores_people": None}}, as_of=DAY)


@pytest.mark.parametrize("stated", STATED)
def test_a_release_file_and_a_card_say_it_as_a_program_does(stated: str, expected: Decision, tmp_path: Path) -> None:
    facts = f"facts: {{system: {{practices: {stated}, {REST}}}}}\n"
    file, card = tmp_path / "a" / "aiact.yaml", tmp_path / "b" / "README.md"
    file.parent.mkdir()
    card.parent.mkdir()
    file.write_text(HEAD + facts, encoding="utf-8")
    block = "".join(f"  {line}\n" for line in (HEAD + facts).splitlines()[1:])
    card.write_text(f"---\neu_ai_act:\n{block}---\n# M\n", encoding="utf-8")
    for path in (file, card):
        assert identity(Gate().check(path, as_of=DAY)) == identity(expected)


def test_the_value_itself_and_what_the_caller_says_are_read_alike(expected: Decision) -> None:
    value = OpenList.of((), {"scores_people"})
    gate = Gate()
    for said in (value, ["scores_people: unknown"], "scores_people: unknown", {"scores_people": "unknown"}):
        assert identity(gate.check(FACTS, facts={OPEN: said}, as_of=DAY)) == identity(expected)


def test_only_what_is_open_is_asked_for(expected: Decision) -> None:
    (pack,) = expected.packs
    assert expected.verdict.value == "hold"
    assert [need.fact for need in pack.needs] == [OPEN]
    assert pack.question(OPEN).endswith("(still open: scores_people)")
    open_ones = {finding.id for finding in expected.findings if finding.status is Status.OPEN}
    assert open_ones
    assert all(name.startswith("art5.1.c") for name in open_ones)
    denied = Gate().check({**FACTS, OPEN: []}, as_of=DAY)
    assert denied.verdict.value == "allow"
    silent = Gate().check(FACTS, as_of=DAY)
    assert open_ones < {finding.id for finding in silent.findings if finding.status is Status.OPEN}


@pytest.mark.parametrize("engine", ["reference", "generated", "planes", "durable"])
def test_every_engine_decides_the_same(engine: str, expected: Decision) -> None:
    if engine == "planes":
        pytest.importorskip("pyarrow")
    if engine == "durable":
        pytest.importorskip("durable_rules_engine")
    said = {**FACTS, OPEN: {"scores_people": None}}
    assert Gate(engine=engine).check(said, as_of=DAY).decision_id == expected.decision_id


def test_the_compiled_function_leaves_open_lists_to_the_interpreter(expected: Decision) -> None:
    gate = Gate()
    said = {**FACTS, OPEN: {"scores_people": None}}
    assert {gate.check(said, as_of=DAY).decision_id for _ in range(45)} == {expected.decision_id}


@pytest.mark.parametrize(
    ("form", "text"),
    [("csv", "scores_people: unknown"), ("jsonl", ["scores_people: unknown"]), ("jsonl", "scores_people: unknown")],
)
def test_a_row_of_a_table_says_it_too(
    form: str, text: object, expected: Decision, tmp_path: Path, run: Callable[..., Answer]
) -> None:
    pytest.importorskip("pyarrow")
    table = tmp_path / f"t.{form}"
    rows = [{**FACTS, OPEN: text}, {**FACTS, OPEN: [] if form == "jsonl" else "none"}]
    if form == "csv":
        lines = [",".join(rows[0])]
        lines += [
            ",".join("none" if v == [] else v[0] if isinstance(v, list) else str(v) for v in r.values()) for r in rows
        ]
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    answer = run("sweep", str(table), "--as-of", "2026-11-22", "--format", "json")
    found = json.loads(answer.out)
    (counts,) = found["verdicts"].values()
    assert (counts["hold"], counts["allow"], counts["error"]) == (1, 1, 0)
    open_ones = {finding.id for finding in expected.findings if finding.status is Status.OPEN}
    assert {line["id"] for line in found["obligations"] if sum(line["open"])} == open_ones


def test_a_record_is_decided_again(expected: Decision) -> None:
    again = Gate().check(Record(json.loads(json.dumps(expected.as_json()))))  # type: ignore[arg-type]
    assert again.decision_id == expected.decision_id


@pytest.mark.parametrize("name", ["operator.roles", "release.markets"])
def test_who_acts_and_where_cannot_be_left_open(name: str) -> None:
    word = "provider" if name == "operator.roles" else "EU"
    with pytest.raises(InputError, match=f"`{name}`"):
        Gate().check({**FACTS, name: {word: None}}, as_of=DAY)
