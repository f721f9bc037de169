"""Timelines: the dates that matter, what is judged on each, and the three ways to show it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from aiact_rules.cli.timeline import command
from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import NO_FACTS, Fact, Facts, Origin
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.timelines import Change, Line, Timeline, TimelineDate
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.gate import Gate
from aiact_rules.reports.timeline_picture import render_svg
from aiact_rules.reports.timeline_text import render_text, tally
from aiact_rules.requests.overrides import Overrides, facts_from_texts
from aiact_rules.timeline.judging import timeline_of
from aiact_rules.timeline.timeline import timeline

KNOWN = date(2026, 11, 22)
RECRUITING = """\
format: 1
name: ranker
subject: system
roles: [provider]
markets: [EU]
moment: placing_on_market
release_date: 2026-12-15
facts:
  system: {practices: [], annex_iii_uses: [recruitment], profiles_natural_persons: true, annex_i_law: [],
    transparency_situations: [], annex_x_component: false, intended_for_public_authorities: %s}
"""
CHAIN = """\
format: 1
subject: system
markets: [EU]
operators:
  - {name: Maker, roles: [provider]}
  - {name: Seller, roles: [distributor]}
"""


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


def of(gate: Gate, path: Path, text: str, *stated: str, as_of: date = KNOWN) -> Timeline:
    path.write_text(text, encoding="utf-8")
    return timeline_of(gate, gate.request(path, Overrides(as_of=as_of, facts=facts_from_texts(stated))))


def on(timeline: Timeline, day: str) -> TimelineDate:
    return next(step for step in timeline.dates if step.on.isoformat() == day)


@pytest.fixture(scope="module")
def recruiting(gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    return of(gate, tmp_path_factory.mktemp("recruiting") / "aiact.yaml", RECRUITING % "false")


def test_only_dates_that_matter_to_the_release_are_shown(recruiting: Timeline) -> None:
    days = [step.on.isoformat() for step in recruiting.dates]
    assert days == sorted(days)
    assert {"2026-07-27", "2026-11-22", "2026-12-15", "2027-12-02"} <= set(days)
    assert "2025-08-02" not in days, "the rules for general-purpose models do not concern it"
    assert "2028-08-02" not in days, "nor does the date for products"


def test_a_new_release_is_held_from_the_day_on_which_the_regime_starts(recruiting: Timeline) -> None:
    assert on(recruiting, "2026-12-15").new.verdict is Verdict.ALLOW
    step = on(recruiting, "2027-12-02")
    assert step.new.verdict is Verdict.HOLD
    gained = {changed.obligation.id for changed in step.changes[Line.NEW] if changed.change is Change.GAINED}
    assert "art9.1.established" in gained
    assert any(event.provision == "Art. 113, third paragraph, point (c)(i)" for event in step.events)


def test_what_was_placed_before_the_regime_and_stays_as_it_is_is_spared(recruiting: Timeline) -> None:
    step = on(recruiting, "2027-12-02")
    assert step.on_market is not None
    assert step.on_market.verdict is Verdict.ALLOW
    assert not any(name.startswith("art9.") for name in step.on_market.obligations)
    assert on(recruiting, "2026-11-22").on_market is None, "before its own date it was not there"


def test_the_text_of_a_past_day_is_that_days_text(recruiting: Timeline) -> None:
    before, after = on(recruiting, "2025-02-02"), on(recruiting, "2026-07-27")
    assert before.text_of == date(2024, 8, 1)
    assert after.text_of == date(2026, 7, 27)
    assert before.new.obligations["art9.1.established"].applies_from == date(2026, 8, 2)
    assert after.new.obligations["art9.1.established"].applies_from == date(2027, 12, 2)
    moved = next(c for c in after.changes[Line.NEW] if c.obligation.id == "art9.1.established")
    assert moved.change is Change.MOVED
    assert any(event.changes_text for event in after.events)


def test_the_law_is_not_known_beyond_the_as_of_date(gate: Gate, tmp_path: Path) -> None:
    found = of(gate, tmp_path / "aiact.yaml", RECRUITING % "false", as_of=date(2026, 7, 1))
    days = {step.on.isoformat(): step for step in found.dates}
    assert days["2026-08-02"].new.verdict is Verdict.HOLD
    assert "2027-12-02" not in days


def test_a_present_form_nobody_dates_wins_no_transition(gate: Gate, tmp_path: Path) -> None:
    text = """\
format: 1
subject: system
roles: [deployer]
markets: [EU]
moment: use
release_date: 2029-01-10
facts:
  release: {already_on_market: true, first_placed_on: 2026-09-01}
  system: {practices: [], annex_iii_uses: [recruitment], profiles_natural_persons: true, annex_i_law: [],
    transparency_situations: [], intended_for_public_authorities: false%s}
  value_chain: {own_changes: [repurposed], high_risk_before_change: false}
"""
    undated = on(of(gate, tmp_path / "aiact.yaml", text % ""), "2027-12-02").on_market
    assert undated is not None
    assert undated.verdict is Verdict.HOLD
    assert "art9.1.established" in undated.obligations
    dated = of(gate, tmp_path / "aiact.yaml", text % ", in_present_form_since: 2026-10-01")
    spared = on(dated, "2027-12-02").on_market
    assert spared is not None
    assert "art9.1.established" not in spared.obligations


def test_systems_for_public_authorities_have_until_2030(gate: Gate, tmp_path: Path) -> None:
    found = of(gate, tmp_path / "aiact.yaml", RECRUITING % "true")
    assert on(found, "2027-12-02").on_market.obligations["art9.1.established"].status is Status.UPCOMING  # type: ignore[union-attr]
    assert on(found, "2030-08-02").on_market.verdict is Verdict.HOLD  # type: ignore[union-attr]


def test_a_date_of_first_placing_that_is_stated_counts(gate: Gate, tmp_path: Path) -> None:
    facts = (
        "release.already_on_market=yes",
        "release.first_placed_on=2026-05-01",
        "system.in_present_form_since=2026-05-01",
    )
    found = of(gate, tmp_path / "aiact.yaml", RECRUITING % "false", *facts)
    assert found.released_on == date(2026, 5, 1)
    assert on(found, "2027-12-02").new.verdict is Verdict.HOLD
    assert on(found, "2027-12-02").on_market.verdict is Verdict.ALLOW  # type: ignore[union-attr]


def test_a_changed_design_is_not_assumed_away(gate: Gate, tmp_path: Path) -> None:
    facts = ("release.already_on_market=yes", "system.design_significantly_changed=yes")
    found = of(gate, tmp_path / "aiact.yaml", RECRUITING % "false", *facts)
    assert found.lines == (Line.NEW,), "a release whose design changed is spared nothing"


def test_without_transition_there_is_one_line(gate: Gate, tmp_path: Path) -> None:
    text = "format: 1\nsubject: system\nroles: [provider]\nmarkets: [EU]\nsystem: {practices: [], annex_iii_uses: []}\n"
    text = text.replace("[]}", "[], annex_i_law: [], transparency_situations: []}")
    found = of(gate, tmp_path / "aiact.yaml", text)
    assert found.lines == (Line.NEW,)
    assert {step.new.verdict for step in found.dates} == {Verdict.ALLOW}


Stated = Mapping[str, FactValue]


def judged_with(recruiting: Timeline, packs: Iterable[Pack], stated: Facts = NO_FACTS) -> tuple[Timeline, list[Stated]]:
    """Return the timeline of a release on which every day decides alike, and the facts stated over its own."""
    seen: list[Stated] = []

    def judge(on: date, law_of: date, facts: Stated) -> Decision:
        seen.append(facts)
        return recruiting.first

    return timeline(packs, judge, stated, released_on=date(2026, 12, 15), known_on=KNOWN), seen


def test_what_is_assumed_of_a_release_on_the_market_is_what_the_pack_names(gate: Gate, recruiting: Timeline) -> None:
    (law,) = gate.packs(["eu_ai_act"])
    _, seen = judged_with(recruiting, [law])
    new, on_market = {"release.already_on_market": False}, seen[-1]
    assert new in seen
    assert law.transition is not None
    parts = asdict(law.transition)
    assert parts.pop("provision") == "Art. 111"
    assert set(on_market) == set(parts.values())


def test_what_a_release_says_of_its_form_and_its_model_is_not_assumed_over(gate: Gate, recruiting: Timeline) -> None:
    origin = Origin(Place("aiact.yaml", 1))
    said: Stated = {"release.already_on_market": True, "model.already_on_market": False}
    stated = Facts.of(Fact(name, value, origin) for name, value in said.items())
    _, seen = judged_with(recruiting, gate.packs(["eu_ai_act"]), stated)
    assert "model.already_on_market" not in seen[-1]
    assert "system.in_present_form_since" not in seen[-1]


def test_a_law_without_transition_has_one_line(gate: Gate, recruiting: Timeline) -> None:
    packs = [replace(pack, transition=None) for pack in gate.packs(["eu_ai_act"])]
    found, seen = judged_with(recruiting, packs)
    assert found.lines == (Line.NEW,)
    assert all(not facts for facts in seen)


def test_guidance_counts_from_its_own_day_and_is_no_text_of_the_law(gate: Gate, tmp_path: Path) -> None:
    text = """\
format: 1
subject: model
roles: [provider]
markets: [EU]
moment: placing_on_market
release_date: 2026-12-15
facts:
  model: {generality: wide_range, modification: changed, modification_compute: 1e20, original_training_compute: 1e24}
"""
    step = on(of(gate, tmp_path / "aiact.yaml", text), "2025-07-18")
    assert [str(event) for event in step.events] == ["guidance changes (Commission guidelines C(2025) 5045)"]


def test_one_operator_of_several_is_chosen_by_name(tmp_path: Path, gate: Gate) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(CHAIN, encoding="utf-8")
    request = gate.request(path, Overrides(as_of=KNOWN))
    with pytest.raises(InputError, match="--operator, one of: Maker, Seller"):
        timeline_of(gate, request)
    with pytest.raises(InputError, match="did you mean `Seller`"):
        timeline_of(gate, request, "Sellr")
    assert timeline_of(gate, request, "Seller").first.roles == ("distributor",)


def run(path: Path, *arguments: str) -> str:
    result = CliRunner().invoke(command, [str(path), "--as-of", "2026-11-22", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_command_writes_text_json_and_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(RECRUITING % "false", encoding="utf-8")
    text = run(path)
    assert max(map(len, text.splitlines())) <= 80
    assert "2027-12-02  HOLD     ALLOW" in text

    dates = {step["date"]: step for step in json.loads(run(path, "--format", "json"))["dates"]}
    assert dates["2027-12-02"]["new"]["verdict"] == "hold"
    assert dates["2027-12-02"]["on_market"]["verdict"] == "allow"
    assert dates["2026-11-22"]["on_market"] is None

    picture = tmp_path / "timeline.svg"
    assert run(path, "--format", "svg", "--output", str(picture)) == ""
    root = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    words = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"2027-12-02", "HOLD", "ALLOW", "Art. 9"} <= set(words)


def test_a_picture_joins_dates_between_which_nothing_changes_and_says_each_status_in_words(
    gate: Gate, tmp_path: Path
) -> None:
    found = of(gate, tmp_path / "aiact.yaml", RECRUITING % "false")
    root = ElementTree.fromstring(render_svg(found))
    words = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "24 unmet" in words
    assert "17 undetermined" in words  # whether Art. 10 applies turns on how the model was trained
    before = [day for day in found.dates if day.on < date(2027, 12, 2)]
    assert len(before) > 1
    assert words.count("24 upcoming") == len(found.lines)
    assert not any("breached" in word or "open" in word for word in words)


def test_the_words_of_a_tally_tell_what_applies_from_what_may_apply(gate: Gate, tmp_path: Path) -> None:
    found = of(gate, tmp_path / "aiact.yaml", RECRUITING % "false")
    said = tally(on(found, "2027-12-02").new)
    for word in ("unmet", "undetermined", "post-release", "perhaps post-release"):
        assert f" {word}" in said


def test_a_picture_says_names_as_they_are(gate: Gate, tmp_path: Path) -> None:
    text = (RECRUITING % "false").replace("name: ranker", 'name: "a<b> & \\"c\\""')
    root = ElementTree.fromstring(render_svg(of(gate, tmp_path / "aiact.yaml", text)))
    assert 'a<b> & "c"' in root.attrib["aria-label"]


def test_what_a_transition_still_needs_is_asked(gate: Gate, tmp_path: Path) -> None:
    text = (RECRUITING % "false").replace(", intended_for_public_authorities: false", "")
    found = of(gate, tmp_path / "aiact.yaml", text)
    assert on(found, "2027-12-02").on_market.verdict is Verdict.HOLD  # type: ignore[union-attr]
    assert "(system.intended_for_public_authorities)" in " ".join(render_text(found).split())
