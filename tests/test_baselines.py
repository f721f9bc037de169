"""Baselines: what was there before passes, what is new fails, and what was noted for too long counts again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from aiact_rules.baselines import Entry, baseline_of, read_baseline
from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.judging import with_baseline
from aiact_rules.reports.built_in import BUILT_IN
from tests.cli.conftest import EXAMPLES, Answer, run

__all__ = ["run"]
Run = Callable[..., Answer]
DAY = date(2026, 11, 30)
RANKER = EXAMPLES / "cv-screening"
WHO = ("--by", "A. Person", "--why", "before the audit", "--until", "2026-12-31")
AS_OF = ("--as-of", "2026-11-30")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "baseline.json"


def test_it_lets_pass_what_was_open_before_and_fails_on_what_is_new(run: Run, file: Path) -> None:
    written = run("baseline", str(file), str(RANKER), *WHO, *AS_OF)
    assert written.code == 0
    number = sum(len(found) for found in json.loads(file.read_text())["findings"].values())
    assert written.out == f"{file}: baseline written ({number} findings, which count as known until 2026-12-31)\n"
    assert run("check", str(RANKER), *AS_OF).code == 1
    passed = run("check", str(RANKER), "--baseline", str(file), *AS_OF)
    assert passed.code == 0
    assert "no new findings" in passed.out
    worse = run("check", str(RANKER), "--baseline", str(file), *AS_OF, "--set", "operator.supports_ai_literacy=no")
    assert worse.code == 1
    assert f"new since baseline {file.as_posix()}: 1 finding" in " ".join(worse.out.split())
    assert "eu_ai_act.art4" in worse.out


def test_no_baseline_passes_a_contradiction(run: Run, file: Path, tmp_path: Path) -> None:
    release = tmp_path / "aiact.yaml"
    shutil.copy(EXAMPLES / "minimal" / "aiact.yaml", release)
    two_answers = (str(release), *AS_OF, "--set", "system.interacts_directly=yes")
    assert run("baseline", str(file), *two_answers, *WHO).code == 0
    assert "contradiction.direct_and_not_interacting" in file.read_text()
    answer = run("check", *two_answers, "--baseline", str(file))
    assert answer.code == 1
    assert "the baseline does not count: nothing passes Art. 50(1), with recital 132" in " ".join(answer.out.split())


def test_entries_say_who_why_and_until_when_one_to_a_line(run: Run, file: Path) -> None:
    run("baseline", str(file), str(RANKER), *WHO, *AS_OF)
    lines = [line for line in file.read_text().splitlines() if '"status"' in line]
    assert len(lines) > 100
    assert all(len(line) < 200 for line in lines)
    (found,) = read_baseline(file).findings.values()
    assert set(found.values()) == {Entry("open", "A. Person", "before the audit", date(2026, 12, 31))}
    bare = run("baseline", str(file), str(RANKER), *AS_OF)
    assert "note: say who answers for them, why, and for how long: --by, --why, --until" in bare.err


def test_an_entry_counts_up_to_its_last_day_and_says_when_it_expired(run: Run, file: Path) -> None:
    run("baseline", str(file), str(RANKER), *WHO, *AS_OF)
    check = ("check", str(RANKER), "--baseline", str(file), "--as-of")
    assert run(*check, "2026-12-31").code == 0
    late = run(*check, "2027-01-01")
    assert late.code == 1
    assert "expired in baseline" in late.out
    assert "(on 2026-12-31)" in late.out
    assert run("baseline", str(file), str(RANKER), "--until", "2026-11-29", *AS_OF).code == 2


def test_format_1_is_still_read(run: Run, file: Path) -> None:
    run("baseline", str(file), str(RANKER), *AS_OF)
    value = json.loads(file.read_text())
    former = {d: {name: entry["status"] for name, entry in found.items()} for d, found in value["findings"].items()}
    file.write_text(json.dumps({"format": 1, "findings": former}))
    assert run("check", str(RANKER), "--baseline", str(file), *AS_OF).code == 0


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"format": 3, "findings": {}}', '{"format": 2, "findings": {"a": {"b": {"status": "fine"}}}}',
     '{"format": 2, "findings": {"a": {"b": {"status": "open", "until": "soon"}}}}'],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(text: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(InputError):
        read_baseline(file)


def test_it_makes_no_difference_from_which_folder_a_run_is_started(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(RANKER, tmp_path / "a" / "cv")
    monkeypatch.chdir(tmp_path)
    assert run("baseline", "base.json", "a/cv", *AS_OF).code == 0
    assert list(json.loads((tmp_path / "base.json").read_text())["findings"]) == ["a/cv/aiact.yaml"]
    for folder, release, baseline in (
        ("a", "cv", "../base.json"),
        ("a/cv", ".", "../../base.json"),
        ("/", str(tmp_path / "a" / "cv"), str(tmp_path / "base.json")),
    ):
        monkeypatch.chdir(tmp_path / folder)
        assert run("check", release, "--baseline", baseline, *AS_OF).code == 0, folder


def test_only_the_first_findings_that_are_new_are_named(file: Path) -> None:
    decision = Gate().check(RANKER, as_of=DAY)
    item = with_baseline(Item("x", decision), baseline_of(file, ()))
    assert item.waived[0].startswith(f"new since baseline {file.as_posix()}: ")
    assert len(item.waived) == 12
    assert item.waived[-1].endswith(" more")
    assert all(len(each) < 200 for each in item.waived)


def test_reports_tell_what_is_known_from_what_is_new(file: Path) -> None:
    decision = Gate().check(RANKER, as_of=DAY)
    whole = baseline_of(file, [decision], until=DAY)
    ((document, found),) = whole.findings.items()
    part = replace(whole, findings={document: {k: v for k, v in found.items() if ".art9" not in k}})
    (sarif,) = [report for report in BUILT_IN if report.name == "sarif"]
    (gitlab,) = [report for report in BUILT_IN if report.name == "gitlab"]

    def results(item: Item) -> dict[str, str]:
        run = json.loads(sarif.render(Batch((item,))))["runs"][0]
        return {result["ruleId"]: result.get("baselineState") for result in run["results"]}

    refused = Item("x", decision)
    assert set(results(refused).values()) == {None}
    passed = with_baseline(refused, whole)
    assert passed.passes
    assert set(results(passed).values()) == {"unchanged"}
    assert {row["severity"] for row in json.loads(gitlab.render(Batch((passed,))))} == {"info"}
    new = with_baseline(refused, part)
    assert not new.passes
    assert results(new)["eu_ai_act.risk_management"] == "new"
    assert results(new)["eu_ai_act.quality_management"] == "unchanged"
    later = replace(whole, findings={document: dict.fromkeys(found, Entry("open", until=DAY - timedelta(days=1)))})
    assert not with_baseline(refused, later).passes
