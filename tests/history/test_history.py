"""The history of one release: six releases, what each text makes of them, and what the texts gain and lose."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from aiact_rules.bundled import specs_folder
from aiact_rules.cli import cli
from aiact_rules.core.problems import PackError
from aiact_rules.gate import Gate
from aiact_rules.history.history import OTHER, History, Owed, read_table
from aiact_rules.history.judging import facts_beside, history_of, request_for
from aiact_rules.history.picture import render_svg
from aiact_rules.history.text import class_of, render_text
from aiact_rules.requests.overrides import Overrides, facts_from_texts
from aiact_rules.specfiles.loader import load_pack

EXAMPLES = Path(__file__).parents[2] / "examples" / "history"
FOLDER = specs_folder() / "eu_ai_act_history"
EARLIER = ["com21", "si21", "fr22", "ga22", "ep23", "pa24"]
TABLE = read_table()
RELEASES = sorted(path for path in EXAMPLES.glob("*.yaml") if not path.name.endswith(".history.yaml"))


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


def told(gate: Gate, name: str, *settings: str) -> History:
    said = Overrides(facts=facts_from_texts(settings))
    return history_of(gate, TABLE, request_for(gate, TABLE, EXAMPLES / f"{name}.yaml", said))


def owed_under(history: History) -> dict[str, set[str]]:
    return {one.version.key: {k for k in one.asked if one.owed(k) is Owed.YES} for one in history.versions}


def test_no_earlier_text_is_chosen_by_market(gate: Gate) -> None:
    assert not [name for name in gate.catalogue.packs_for(["EU"]) if name.startswith("eu_ai_act_")]


def test_texts_stand_in_the_order_of_their_dates() -> None:
    dates = [version.date for version in TABLE.versions]
    assert dates == sorted(dates)
    assert [v.key for v in TABLE.versions if not v.whole] == ["PA24"]


def test_every_obligation_of_an_earlier_text_has_a_topic_of_its_own(gate: Gate) -> None:
    for version in TABLE.versions[:-2]:
        pack = gate.catalogue.pack(version.pack)
        gating = [o.id for o in pack.obligations.values() if o.kind.value != "notice"]
        assert gating
        assert [name for name in gating if TABLE.topic_of(name, version.pack).key == OTHER] == []


def test_topics_are_short_enough_for_the_table() -> None:
    assert [topic.title for topic in TABLE.topics.values() if len(topic.title) > 31] == []


def test_chapter_five_of_the_act_is_matched_topic_by_topic() -> None:
    matched = {
        name: TABLE.topic_of(name, "eu_ai_act").key for name in ("art53.1.a", "annex11.1.1.a", "art53.1.b", "art53.1.d")
    }
    assert list(matched.values()) == [
        "technical_documentation",
        "technical_documentation",
        "downstream",
        "training_summary",
    ]
    assert TABLE.topic_of("art5.1.b", "eu_ai_act").key == "vulnerabilities"
    assert TABLE.topic_of("art5.1.ba", "eu_ai_act").key == "intimate_images"


def test_a_narrow_research_model_owes_nothing_under_any_text_that_is_held(gate: Gate) -> None:
    history = told(gate, "narrow-research-model")
    assert not history.topics
    assert history.versions[0].in_scope
    assert [one.version.key for one in history.versions if not one.in_scope] == [
        "SI21",
        "FR22",
        "GA22",
        "EP23",
        "ACT24",
        "ACT26",
    ]


def test_a_model_for_internal_research_is_left_out_from_the_council_texts_on(gate: Gate) -> None:
    history = told(gate, "internal-research")
    assert not history.topics
    assert [one.version.key for one in history.versions if one.in_scope] == ["COM21", "PA24"]
    assert class_of(history.versions[4]) == "foundation model, outside the text"


def test_an_open_source_model_is_bound_like_any_other_until_the_act(gate: Gate) -> None:
    open_source, proprietary = (owed_under(told(gate, name)) for name in ("open-source-model", "proprietary-model"))
    for key in ("COM21", "SI21", "FR22", "GA22", "EP23"):
        assert open_source[key] == proprietary[key]
    assert open_source["SI21"] == set()
    assert len(open_source["FR22"]) == 15
    assert len(open_source["GA22"]) == 17
    assert open_source["ACT24"] == {"copyright_policy", "training_summary", "conformity_demonstrated"}
    assert {"technical_documentation", "downstream"} <= proprietary["ACT24"] - open_source["ACT24"]


def test_only_the_provisional_agreement_and_the_act_look_at_compute(gate: Gate) -> None:
    below, above = told(gate, "proprietary-model"), told(gate, "frontier-model")
    for one, other in zip(below.versions[:5], above.versions[:5], strict=True):
        assert one.decision.conclusions == other.decision.conclusions
    assert below.versions[5].decision.conclusions["systemic_risk"] == "no"
    assert above.versions[5].decision.conclusions["systemic_risk"] == "unknown"
    assert above.versions[5].decision.conclusions["above_compute_threshold"] == "yes"
    gained = {asked.topic.key for asked in above.versions[6].gained} - {
        asked.topic.key for asked in below.versions[6].gained
    }
    assert {"systemic_risk_notice", "incidents"} <= gained


def test_excluding_all_high_risk_uses_frees_under_the_council_texts_alone(gate: Gate) -> None:
    owed = owed_under(told(gate, "high-risk-uses-excluded"))
    assert owed["FR22"] == owed["GA22"] == set()
    assert owed["EP23"] == owed_under(told(gate, "proprietary-model"))["EP23"]
    doubtful = told(gate, "high-risk-uses-excluded", "general_purpose_system.misuse_to_be_expected=true")
    assert len(doubtful.versions[3].asked) == 17


def test_small_firms_were_free_under_the_council_texts_alone(gate: Gate) -> None:
    owed = owed_under(
        told(gate, "open-source-model", "operator.size=sme", "ga22.has_partner_or_linked_enterprises=false")
    )
    assert owed["FR22"] == owed["GA22"] == set()
    assert owed["EP23"]


def test_what_is_not_held_is_not_called_lost_or_gained(gate: Gate) -> None:
    versions = told(gate, "frontier-model").versions
    assert versions[5].compared_with is None
    assert not versions[5].gained
    assert not versions[5].lost
    assert versions[5].owed("data_governance") is Owed.NOT_HELD
    assert versions[6].compared_with == "EP23"


def test_the_json_has_every_text_oldest_first() -> None:
    result = CliRunner().invoke(cli, ["history", str(EXAMPLES / "proprietary-model.yaml"), "--format", "json"])
    assert result.exit_code == 0, result.output
    versions = json.loads(result.output)["versions"]
    assert [version["version"] for version in versions] == [version.key for version in TABLE.versions]
    for version in versions:
        assert {"date", "document", "class", "conclusions", "obligations", "gained", "lost", "notes"} <= set(version)


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_text_keeps_to_its_width_and_the_picture_is_well_formed(gate: Gate, path: Path) -> None:
    history = told(gate, path.stem)
    assert max(len(line) for line in render_text(history).splitlines()) <= 80
    picture = ElementTree.fromstring(render_svg(history))
    words = " ".join(picture.itertext())
    assert all(version.key in words for version in TABLE.versions)


def test_the_page_gives_the_counts_that_come_out(gate: Gate) -> None:
    page = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")
    for path in RELEASES:
        versions = told(gate, path.stem).versions
        counts = [str(len(one.asked)) if one.version.whole else "?" for one in versions]
        assert f"| `{path.stem}` | {' | '.join(counts)} |" in page


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_the_release_files_are_fit_for_a_check_by_the_act_alone(gate: Gate, path: Path) -> None:
    assert gate.check(path).packs[0].pack_id == "eu_ai_act"


def test_a_folder_has_its_facts_for_earlier_texts_beside_the_release_file(tmp_path: Path) -> None:
    assert facts_beside(tmp_path) == ()
    (tmp_path / "aiact.history.yaml").write_text("format: 1\n", encoding="utf-8")
    assert facts_beside(tmp_path) == facts_beside(tmp_path / "aiact.yaml") == (tmp_path / "aiact.history.yaml",)


def test_a_history_chooses_its_own_packs() -> None:
    result = CliRunner().invoke(cli, ["history", str(EXAMPLES / "proprietary-model.yaml"), "--pack", "eu_ai_act"])
    assert result.exception is not None
    assert "chooses its own packs" in str(result.exception)


def test_a_table_without_topics_is_refused(tmp_path: Path) -> None:
    (tmp_path / "history.yaml").write_text("versions: []\nclasses: {}\n", encoding="utf-8")
    with pytest.raises(PackError, match="not complete"):
        read_table(tmp_path / "history.yaml")


def test_vocabulary_is_borrowed_from_another_folder_and_counts_in_the_digest(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    lent = tmp_path / "a" / "vocabulary.yaml"
    lent.write_text("facts: {thing.counts: {type: yes_no, asks: Does it count?}}\n", encoding="utf-8")
    head = "id: b\nversion: 1.0.0\ntitle: B\nlaw: B\nmarket: EU\n"
    (tmp_path / "b" / "pack.yaml").write_text(head + "vocabulary_from: [../a]\n", encoding="utf-8")
    first = load_pack(tmp_path / "b", common=specs_folder() / "common")
    assert "thing.counts" in first.vocabulary
    lent.write_text("facts: {thing.counts: {type: yes_no, asks: Does this count?}}\n", encoding="utf-8")
    assert load_pack(tmp_path / "b", common=specs_folder() / "common").digest != first.digest
    (tmp_path / "b" / "pack.yaml").write_text(head + "vocabulary_from: [../c]\n", encoding="utf-8")
    with pytest.raises(PackError, match="where no vocabulary is"):
        load_pack(tmp_path / "b", common=specs_folder() / "common")
