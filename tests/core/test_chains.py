"""Chains on the command line: a decision for each operator, who owes what, and what Art. 25 moves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from aiact_rules.cli.check import command
from aiact_rules.core.batches import Batch
from aiact_rules.core.chains import Chain
from aiact_rules.core.problems import InputError
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.gate import Gate
from aiact_rules.reports.remarks import role_changes
from aiact_rules.reports.text_report import TextReport

EXAMPLE = Path(__file__).parents[2] / "examples" / "value-chain"
SMALL = """\
format: 1
subject: system
markets: [EU]
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
operators:
  - {name: Maker, roles: [provider]}
  - {name: Seller, roles: [distributor]}
"""


@pytest.fixture(scope="module")
def chain() -> Chain:
    gate = Gate()
    return gate.decide_chain(gate.request(EXAMPLE))


def owed(chain: Chain, operator: str, pattern: str) -> set[Status | None]:
    return {row.statuses[operator] for row in chain.matrix if row.id.startswith(pattern)} - {None}


def test_each_operator_of_the_example_owes_what_is_its_own(chain: Chain) -> None:
    assert chain.operators == ("Corvid Labs", "Hiremont", "Pontis", "Lagerhus", "Nordhand")
    assert owed(chain, "Corvid Labs", "art53.")
    assert not owed(chain, "Corvid Labs", "art9."), "the maker of the model does not offer the system"
    assert owed(chain, "Pontis", "art23.")
    assert owed(chain, "Lagerhus", "art24.")
    assert owed(chain, "Nordhand", "art26.")
    assert chain.verdict is Verdict.HOLD


def test_whoever_puts_its_name_on_the_system_is_its_provider_and_the_first_one_helps(chain: Chain) -> None:
    assert owed(chain, "Nordhand", "art9.") == {Status.OPEN}
    assert not owed(chain, "Hiremont", "art9.")
    assert owed(chain, "Hiremont", "art25.2.") == {Status.MET}
    changes = dict(zip(chain.operators, map(role_changes, chain.decisions), strict=True))
    assert "counts as provider" in changes["Nordhand"][0]
    assert "Art. 25(1)(a)" in changes["Nordhand"][0]
    assert "is no longer provider" in changes["Hiremont"][0]
    assert not changes["Pontis"]


def test_the_matrix_names_each_operator_and_says_why_obligations_moved(chain: Chain) -> None:
    text = TextReport().render(Batch.of(chain, full=True))
    assert max(map(len, text.splitlines())) <= 80
    assert all(name in text for name in chain.operators)
    moved = text.split("Moved from one operator to another")[1].replace("\n", " ")
    assert "Nordhand counts as provider" in moved
    assert "Art. 9 (24)" in moved
    assert "Pontis" not in moved


def test_a_chain_is_a_screen_with_a_few_lines_for_each_operator(chain: Chain) -> None:
    lines = TextReport().render(Batch.of(chain)).splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    for name in chain.operators:
        assert any(line.startswith("  HOLD ") and f" {name} · " in line for line in lines)
    assert any("counts as provider" in line for line in lines)


def run(path: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(path), "--as-of", "2026-11-22", *arguments], catch_exceptions=False)
    return result.exit_code, result.output


def test_the_strictest_verdict_counts_for_the_exit_code(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert run(path)[0] == 0
    path.write_text(SMALL.replace("practices: []", "practices: [scores_people]"), encoding="utf-8")
    assert run(path)[0] == 1
    assert run(path, "--fail-on", "never")[0] == 0


def test_json_holds_every_decision_and_in_full_the_matrix(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(SMALL, encoding="utf-8")
    found = json.loads(run(path, "--format", "json")[1])
    assert found["operators"] == ["Maker", "Seller"]
    assert [decision["operator"] for decision in found["decisions"]] == ["Maker", "Seller"]
    assert "matrix" not in found
    full = json.loads(run(path, "--format", "json", "--full")[1])
    assert {"id", "provision", "must", "statuses", "moved"} == set(full["matrix"][0])


def test_each_decision_is_verified_with_the_second_engine(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(SMALL, encoding="utf-8")
    found = json.loads(run(path, "--format", "json", "--engine", "generated", "--verify", "reference")[1])
    assert [decision["run"]["verified_with"] for decision in found["decisions"]] == ["reference", "reference"]


def test_each_decision_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(SMALL, encoding="utf-8")
    told: list[str | None] = []
    record = Gate.record
    monkeypatch.setattr(Gate, "record", lambda self, d: (told.append(d.operator), record(self, d))[1])
    run(path)
    assert told == ["Maker", "Seller"]


@pytest.mark.parametrize("option", ["--role=provider", "--moment=use"])
def test_a_role_for_all_of_several_operators_is_refused(tmp_path: Path, option: str) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(SMALL, encoding="utf-8")
    result = CliRunner().invoke(command, [str(path), option])
    assert result.exit_code == 2
    assert "state them for each operator there" in result.output


def test_facts_of_one_operator_that_contradict_the_common_ones_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(SMALL.replace("{name: Seller,", "{name: Seller, facts: {release.subject: model},"), "utf-8")
    gate = Gate()
    with pytest.raises(InputError):
        gate.decide_chain(gate.request(path))
