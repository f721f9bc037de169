"""The example plugin, offered to a host by itself: whatever else is installed does not matter."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from aiact_rules_example import plugin
from aiact_rules_example.counting import CountingEngine
from aiact_rules_example.csv_report import COLUMNS
from aiact_rules_example.decision_log import VARIABLE

from aiact_rules import Batch, Decision, Gate, InputError, Item, PluginError
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.skeletons import chosen, offers_of, wired
from aiact_rules.core.problems import Place, Problem
from aiact_rules.plugins.guarded import GuardedEngine
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.testing import Case, CaseRunner, cases_of

PACK = Path(plugin.__file__).parent / "specs" / "lantern_act"
GOOD_LABEL = """\
lantern: Glow 3
market: xx
talks: yes
listening light: yes
listens when off: no
lantern.manual: all
lumen: 400
"""


@pytest.fixture
def gate() -> Gate:
    host = PluginHost()
    host.register(plugin, PluginInfo("example", "aiact-rules-example", "0.1.0"))
    return Gate(packs=["example_lantern_act"], engine="counting", catalogue=Catalogue(host))


@pytest.fixture
def label(tmp_path: Path) -> Path:
    file = tmp_path / "glow.lantern"
    file.write_text(GOOD_LABEL, encoding="utf-8")
    return file


def decide(gate: Gate, facts: Path | dict[str, object]) -> Decision:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return gate.check(facts, roles=["provider"], release_date=date(2026, 12, 24), at=at)


def test_what_the_act_asks_comes_down_to_a_few_documents_and_acts(gate: Gate) -> None:
    act = gate.catalogue.pack("example_lantern_act")
    obligations = act.at(date(2026, 11, 22)).obligations
    assert {name for name in obligations if act.deliverable_of(name) is None} == set()
    (manual,) = [each for each in act.deliverables.values() if each.skeleton is not None]
    assert manual.skeleton is not None
    assert manual.skeleton.shows == {"lantern.manual": ("how_to_silence", "who_made_it")}
    offers = chosen(offers_of([act]), ["lantern-manual"])
    assert wired("format: 1\nmarkets: [EU]\nfacts:\n", offers).splitlines()[1:3] == ["markets: [EU, XX]", "facts:"]
    assert "  lantern.manual: {file: lantern-manual.md}    # once all is written: `lantern.manual: all`" in wired(
        "", offers
    )


@pytest.fixture(scope="module")
def runner() -> CaseRunner:
    return CaseRunner.of(PACK)


@pytest.mark.parametrize("case", cases_of(PACK), ids=str)
def test_every_case_comes_out_as_it_says(runner: CaseRunner, case: Case) -> None:
    runner.check(case)


def test_the_cases_leave_nothing_unshown(runner: CaseRunner) -> None:
    assert runner.gaps(cases_of(PACK)) == ()


def test_a_label_is_read_and_judged(gate: Gate, label: Path) -> None:
    decision = decide(gate, label)
    assert decision.verdict.value == "allow"
    assert decision.subject.name == "Glow 3"
    assert str(decision.facts["lantern.talks"].origin.place).endswith("glow.lantern:3")


def test_a_label_that_cannot_be_read_says_each_line(gate: Gate, label: Path) -> None:
    label.write_text("talks: perhaps\nlumens: 3\nnothing\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        decide(gate, label)
    assert [problem.place.line for problem in caught.value.problems if problem.place] == [1, 2, 3]


def test_what_a_label_says_in_words_is_held_against_it(gate: Gate, label: Path) -> None:
    label.write_text("market: XX\ntalks: no\nlistens when off: no\ndescription: a talking lantern\n", encoding="utf-8")
    decision = decide(gate, label)
    assert decision.verdict.value == "hold"
    assert [f.id for f in decision.findings if f.status.value == "open"] == ["signal.xx.talks"]


def test_the_engine_counts_what_it_is_asked(gate: Gate, label: Path) -> None:
    guarded = gate.catalogue.engine("counting")
    assert isinstance(guarded, GuardedEngine)
    engine = guarded.offered
    assert isinstance(engine, CountingEngine)
    first = decide(gate, label)
    assert engine.evaluated == 1
    second = gate.check(label, roles=["provider"], release_date=date(2026, 12, 24), at=datetime(2026, 11, 22, tzinfo=UTC),
                         engine="reference")  # fmt: skip
    assert engine.evaluated == 1
    assert first.decision_id == second.decision_id


def test_the_report_has_a_line_per_finding(gate: Gate) -> None:
    decision = decide(gate, {"release": {"markets": ["XX"]}, "lantern": {"talks": True}})
    rows = table(gate, Batch.of(decision))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1][2] == "hold"
    assert len(rows) == 2 + len(decision.findings)
    assert "lantern.has_listening_light" in {row[6] for row in rows}


def test_the_report_names_what_could_not_be_judged(gate: Gate) -> None:
    decision = decide(gate, {"release": {"markets": ["XX"]}, "lantern": {"talks": True}})
    broken = Item("=broken.lantern", problems=(Problem("`talk` is no line of a label", Place("broken.lantern", 2)),))
    rows = table(gate, Batch((broken, *Batch.of(decision).items), problems=(Problem("nothing below `shop`"),)))
    assert [row[:3] for row in rows[1:3]] == [["'=broken.lantern", "", "error"], ["'=broken.lantern", "", "problem"]]
    assert rows[2][4] == "broken.lantern:2: `talk` is no line of a label"
    assert rows[3][2] == "hold"
    assert rows[-1] == ["", "", "problem", "", "nothing below `shop`", "", ""]


def table(gate: Gate, batch: Batch) -> list[list[str]]:
    return list(csv.reader(io.StringIO(gate.catalogue.report("csv").render(batch))))


def test_a_recorded_decision_is_logged(
    gate: Gate, label: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "log.jsonl"))
    decision = gate.record(decide(gate, label))
    gate.record(decision)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["decision_id"] for line in lines] == [decision.decision_id] * 2
    assert lines[0]["verdict"] == "allow"


def test_a_log_that_cannot_be_written_stops_the_gate(
    gate: Gate, label: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "missing" / "log.jsonl"))
    with pytest.raises(PluginError, match=r"aiact-rules-example 0\.1\.0"):
        gate.record(decide(gate, label))


def test_without_a_log_named_nothing_is_written(
    gate: Gate, label: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    gate.record(decide(gate, label))
    assert [file.name for file in tmp_path.iterdir()] == ["glow.lantern"]
