"""Waivers: what an organisation lets pass for a while, what nobody may, and that every report says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml, Skipped

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.problems import InputError
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, item_of, judge_inputs, with_baseline
from aiact_rules.overrides import ReleaseRefused
from aiact_rules.reports.built_in import BUILT_IN
from aiact_rules.reports.rows import quiet_row, summary_row
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.recorded import Record

DAY = date(2026, 11, 30)
GATE = Gate()
WHOLE = {"provision": "Art. 50", "reason": "the text is being written", "approver": "A. Person", "until": "2026-12-31"}
TALKING = """\
format: 1
name: helper
version: 2.0.0
subject: system
roles: [provider]
markets: [EU]
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: [interacts_with_people]}
"""
UNINFORMING = TALKING.replace(
    "[interacts_with_people]", "[interacts_with_people], interacts_directly: yes, informs_of_ai_interaction: no"
).replace("yes, informs", "yes, ai_interaction_obvious: no, informs")


def toml_of(*waivers: dict[str, object]) -> str:
    """Return waivers as they stand in `aiact.toml`; JSON strings and lists are TOML too."""
    tables = ("".join(f"{key} = {json.dumps(value)}\n" for key, value in each.items()) for each in waivers)
    return "".join(f"[[waivers]]\n{table}\n" for table in tables)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "aiact.yaml").write_text(TALKING, encoding="utf-8")
    return tmp_path


def judged(folder: Path, *waivers: dict[str, object], as_of: date = DAY, **said: Any) -> Item:
    (folder / "aiact.toml").write_text(toml_of(*waivers), encoding="utf-8")
    gate = Gate(catalogue=GATE.catalogue)  # a gate reads the settings of a folder once
    return item_of(gate, gate.request(folder, as_of=as_of, **said))


def test_a_hold_whose_only_findings_are_waived_passes_and_stays_a_hold(folder: Path) -> None:
    before = judged(folder)
    item = judged(folder, WHOLE)
    (decision,) = item.decisions
    assert (before.passes, item.passes) == (False, True)
    assert decision.verdict is Verdict.HOLD
    assert decision.effective_verdict is Verdict.ALLOW
    assert decision.decision_id == before.decisions[0].decision_id
    assert GATE.enforce(decision) is decision
    (said,) = item.waived
    assert said.startswith("Art. 50 (")
    assert " waived until 2026-12-31 by A. Person: the text is being written (" in said
    assert said.endswith("aiact.toml:1)")


def test_a_breach_that_is_waived_passes_too(folder: Path) -> None:
    (folder / "aiact.yaml").write_text(UNINFORMING, encoding="utf-8")
    assert judged(folder).word == "block"
    item = judged(folder, WHOLE)
    assert (item.word, item.passes) == ("block", True)


def test_one_finding_that_is_not_waived_is_enough_to_refuse(folder: Path) -> None:
    both = TALKING.replace("[interacts_with_people]", "[interacts_with_people, generates_content]")
    (folder / "aiact.yaml").write_text(both, encoding="utf-8")
    names = sorted(f.id for f in judged(folder).decisions[0].findings if f.status.gates)
    assert len(names) > 1
    waivers = [{**WHOLE, "finding": name} for name in names]
    for waiver in waivers:
        del waiver["provision"]
    assert judged(folder, *waivers).passes
    refused = judged(folder, *waivers[1:])
    assert not refused.passes
    with pytest.raises(ReleaseRefused) as caught:
        GATE.enforce(refused.decisions[0])
    (left,) = [f for f in refused.decisions[0].findings if f.id == names[0]]
    assert str(caught.value).endswith(f": {left.provision}: {left.must}")


@pytest.mark.parametrize(("days", "counts"), [(0, True), (-1, False), (366, True), (367, False)])
def test_it_counts_up_to_its_last_day_and_for_at_most_a_year_ahead(folder: Path, days: int, counts: bool) -> None:
    item = judged(folder, {**WHOLE, "until": str(DAY + timedelta(days=days))})
    assert item.passes is counts
    (said,) = item.waived
    assert ("does not count" in said) is not counts


def test_the_as_of_date_is_its_only_clock(folder: Path) -> None:
    assert judged(folder, WHOLE, as_of=date(2026, 12, 31)).passes
    late = judged(folder, WHOLE, as_of=date(2027, 1, 1))
    assert not late.passes
    assert late.waived == (late.waived[0],)
    assert "the waiver of Art. 50" in late.waived[0]
    assert "it ended on 2026-12-31" in late.waived[0]


@pytest.mark.parametrize(
    ("releases", "counts"),
    [
        (["helper"], True),
        (["helper 2.0.0"], True),
        (["helper 1.0.0"], False),
        (["help"], False),
        (["other", "sub/aiact.yaml"], True),
        (["sub"], True),
        (["su"], False),
    ],
)
def test_it_may_be_for_some_releases_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, releases: list[str], counts: bool
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "aiact.yaml").write_text(TALKING, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    item = judged(Path("sub"), {**WHOLE, "releases": releases})
    assert item.passes is counts
    assert bool(item.decisions[0].choices.waivers) is counts


def test_it_may_be_for_one_pack_only(folder: Path) -> None:
    assert judged(folder, {**WHOLE, "pack": "eu_ai_act"}).passes
    with pytest.raises(InputError, match="unknown provision `Art. 50`"):
        judged(folder, {**WHOLE, "pack": "gpai_guidelines"})


def test_its_threshold_counts_for_what_is_left(folder: Path) -> None:
    (folder / "aiact.yaml").write_text(UNINFORMING.replace("practices: []", "practices: [infers_emotions]"))
    assert judged(folder, fail_on="block").word == "block"
    item = judged(folder, WHOLE, fail_on="block")
    assert item.decisions[0].effective_verdict is Verdict.HOLD
    assert item.passes
    assert item.waived[-1] == "`fail_on` is `block` (caller)"
    with pytest.raises(ReleaseRefused):
        GATE.enforce(item.decisions[0], fail_on=Verdict.HOLD)


@pytest.mark.parametrize(
    "about",
    [
        {"provision": "Art. 5"},
        {"provision": "Art. 5(1), first subparagraph, point (f)"},
        {"finding": "art5.1.f"},
        {"finding": "art5.3.authorisation"},
        {"finding": "signal.art5.f.emotions"},
        {"finding": "contradiction.no_machine"},
    ],
)
def test_nobody_waives_a_prohibition_what_is_said_of_one_or_a_contradiction(
    folder: Path, about: dict[str, object]
) -> None:
    waiver: dict[str, object] = {**WHOLE, **about}
    if "finding" in about:
        del waiver["provision"]
    with pytest.raises(InputError, match="cannot be waived") as caught:
        judged(folder, waiver)
    assert [problem.place.line for problem in caught.value.problems if problem.place] == [1]


def test_a_provision_never_covers_the_contradictions_in_it(folder: Path) -> None:
    direct_and_not_interacting = TALKING.replace("[interacts_with_people]", "[], interacts_directly: yes")
    (folder / "aiact.yaml").write_text(direct_and_not_interacting, encoding="utf-8")
    plain = judged(folder)
    contradictions = [f for f in plain.decisions[0].findings if f.status.gates and f.kind.value == "contradiction"]
    assert contradictions
    assert all(f.provision.startswith("Art. 50") for f in contradictions)
    item = judged(folder, WHOLE)
    assert not item.passes
    assert not set(item.decisions[0].waived) & {("eu_ai_act", f.id) for f in contradictions}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"provision": "Art. 500"}, "unknown provision `Art. 500`"),
        ({"provision": None, "finding": "art50.1.infrom"}, "unknown finding `art50.1.infrom`"),
        ({"finding": "art50.1"}, "either a `finding` or a `provision`"),
        ({"provision": None}, "either a `finding` or a `provision`"),
        ({"reason": None}, "a waiver lacks `reason`"),
        ({"approver": None, "until": None}, "a waiver lacks `approver` and `until`"),
        ({"reason": " ... "}, "`reason` of a waiver is one text"),
        ({"approver": "\u200b"}, "`approver` of a waiver is one text"),
        ({"until": "next year"}, "`until` of a waiver is a date"),
        ({"releases": []}, "`releases` of a waiver is a list"),
        ({"pack": "eu_ai_atc"}, "there is no pack `eu_ai_atc`"),
        ({"aprover": "B"}, "unknown key `aprover` of a waiver"),
    ],
)
def test_a_waiver_that_is_incomplete_or_names_nothing_is_an_error_at_its_line(
    folder: Path, change: dict[str, object], said: str
) -> None:
    second = {key: value for key, value in {**WHOLE, **change}.items() if value is not None}
    with pytest.raises(InputError, match=said) as caught:
        judged(folder, WHOLE, second)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.line == len(WHOLE) + 3


def test_a_baseline_does_not_take_over_what_is_waived(folder: Path) -> None:
    from aiact_rules.baselines import baseline_of

    item = judged(folder, WHOLE)
    baseline = baseline_of(folder / "base.json", item.decisions)
    assert len(baseline) == 0
    assert not with_baseline(judged(folder), baseline).passes


def test_a_file_of_the_gate_counts_for_facts_of_a_program(tmp_path: Path) -> None:
    file = tmp_path / "aiact.toml"
    file.write_text(toml_of(WHOLE), encoding="utf-8")
    facts = {
        "release.subject": "system",
        "system.practices": [],
        "system.annex_iii_uses": [],
        "system.annex_i_law": [],
        "system.transparency_situations": ["interacts_with_people"],
    }
    said = {"roles": ["provider"], "markets": ["EU"], "as_of": DAY}
    assert Gate(organisation=file).check(facts, **said).passes  # type: ignore[arg-type]
    assert not Gate().check(facts, **said).passes  # type: ignore[arg-type]


def test_a_table_says_that_waivers_do_not_count_for_its_rows(tmp_path: Path) -> None:
    (tmp_path / "aiact.toml").write_text(toml_of(WHOLE), encoding="utf-8")
    request = GATE.table_request(tmp_path / "t.csv", (), Overrides())
    assert any("its waivers do not count for the rows of a table" in note for note in request.choices.notes)
    assert request.choices.waivers == ()


@pytest.mark.parametrize("name", [report.name for report in BUILT_IN])
def test_every_report_says_until_when_by_whom_and_why(folder: Path, name: str) -> None:
    (report,) = [each for each in BUILT_IN if each.name == name]
    text = " ".join(report.render(Batch((judged(folder, WHOLE),))).split())
    for said in ("2026-12-31", "A. Person", "the text is being written"):
        assert said in text.replace("\\.", "."), text


def test_one_line_of_a_release_says_that_it_passes_all_the_same(folder: Path) -> None:
    for line in (quiet_row, summary_row):
        assert "HOLD" in line(judged(folder, WHOLE))
        assert " (passes all the same)" in line(judged(folder, WHOLE))
        assert "passes" not in line(judged(folder))


def rendered(name: str, *items: Item) -> str:
    (report,) = [each for each in BUILT_IN if each.name == name]
    return report.render(Batch(items))


def test_a_decision_read_back_from_its_record_has_its_waivers(folder: Path) -> None:
    (decision,) = judged(folder, WHOLE).decisions
    again = GATE.read_back(Record(json.loads(json.dumps(decision.as_record()))))
    assert again.waived == decision.waived != {}
    assert again.as_json(full=True) == decision.as_json(full=True)
    (pack,) = again.as_json()["packs"]  # type: ignore[misc]
    assert all("A. Person" in finding["waived"] for finding in pack["findings"])


def test_ci_formats_mark_the_waived_and_fail_the_rest(folder: Path, tmp_path: Path) -> None:
    item = judged(folder, WHOLE)
    results = json.loads(rendered("sarif", item))["runs"][0]["results"]
    assert results
    assert all(each["suppressions"][0]["status"] == "accepted" for each in results)
    assert {row["severity"] for row in json.loads(rendered("gitlab", item))} == {"info"}
    assert "::warning" not in rendered("github", item)
    assert "::notice" in rendered("github", item)
    file = tmp_path / "junit.xml"
    file.write_text(rendered("junit", item), encoding="utf-8")
    read = JUnitXml.fromfile(str(file))
    skipped = [case for suite in read for case in suite if any(isinstance(each, Skipped) for each in case.result)]
    assert read.failures == 0
    assert {case.name for case in skipped} == {"verdict", *(each["ruleId"] for each in results)}
    assert read.skipped == len(skipped)
    other = replace(item, answer=judged(folder).answer, passes=False)
    assert all("suppressions" not in each for each in json.loads(rendered("sarif", other))["runs"][0]["results"])


def test_a_run_with_a_waiver_exits_with_zero_and_one_without_with_one(folder: Path) -> None:
    for waivers, code in (((WHOLE,), 0), ((), 1)):
        (folder / "aiact.toml").write_text(toml_of(*waivers), encoding="utf-8")
        gate = Gate(catalogue=GATE.catalogue)
        assert judge_inputs(gate, inputs_of(gate, [folder]), Overrides.of(as_of=DAY)).exit_code == code
