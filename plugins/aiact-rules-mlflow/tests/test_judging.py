"""Judging: who chooses what for a version, without a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiact_rules import Gate, InputError, Question, Suggestion, Verdict, hookimpl
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.problems import ProblemsError
from aiact_rules.plugins.host import PluginHost, PluginInfo

from aiact_rules_mlflow.judging import ModelVersion, ReleaseJudge
from aiact_rules_mlflow.reasons import reasons
from aiact_rules_mlflow.settings import read_settings
from aiact_rules_mlflow.tags import decision_tags
from conftest import MINIMAL, tags_of

AT = datetime(2026, 11, 30, tzinfo=UTC)
OWN = 'name = "Example Ltd"\nroles = ["provider"]\nmarkets = ["EU"]\n'
RELEASE = """\
format: 1
subject: system
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
"""


def judge(folder: Path, toml: str = OWN, **environment: str) -> ReleaseJudge:
    (folder / "aiact.toml").write_text(toml)
    return ReleaseJudge(read_settings({f"AIACT_MLFLOW_{k}": v for k, v in environment.items()}, folder))


def version(folder: Path | None = None, **facts: Any) -> ModelVersion:
    location = None if folder is None else folder.as_uri()
    return ModelVersion("scorer", "1", tags_of(facts), location)


def artifacts(folder: Path, text: str) -> Path:
    """A folder of artifacts with a release file."""
    made = folder / "artifacts"
    made.mkdir()
    (made / "aiact.yaml").write_text(text)
    return made


def test_the_registry_and_the_gate_give_one_decision(tmp_path: Path) -> None:
    folder = artifacts(tmp_path, RELEASE)
    (folder / "aiact.toml").write_text(OWN)
    judged = judge(tmp_path).judge(version(folder), AT)
    checked = Gate().check(folder, as_of=AT.date())
    assert judged.verdict is checked.verdict is Verdict.ALLOW
    assert judged.as_json(full=True)["packs"] == checked.as_json(full=True)["packs"]


@pytest.mark.parametrize("where", ["tag", "file", "MLmodel"])
def test_a_market_that_nobody_covers_is_refused_wherever_it_is_named(tmp_path: Path, where: str) -> None:
    folder = artifacts(tmp_path, RELEASE + ("markets: [EU, BR]\n" if where == "file" else ""))
    if where == "MLmodel":
        (folder / "MLmodel").write_text("metadata:\n  aiact:\n    markets: [BR]\n")
    tags = {"aiact_markets": "BR"} if where == "tag" else {}
    judged = judge(tmp_path)
    with pytest.raises(ProblemsError, match="no installed pack covers the market `BR`"):
        judged.judge(ModelVersion("scorer", "1", tags, folder.as_uri()), AT)


def test_markets_of_all_places_count_together(tmp_path: Path) -> None:
    folder = artifacts(tmp_path, RELEASE + "markets: [EU, BR]\nuncovered: [BR]\n")
    decision = judge(tmp_path).judge(version(folder), AT)
    assert decision.facts.value("release.markets") == {"EU", "BR"}
    assert [choice.value for choice in decision.choices.uncovered] == ["BR"]


def test_a_release_may_add_no_pack_that_is_not_installed(tmp_path: Path) -> None:
    folder = artifacts(tmp_path, RELEASE + "packs: [another_act]\n")
    with pytest.raises(ProblemsError, match="there is no pack `another_act`"):
        judge(tmp_path).judge(version(folder), AT)


@pytest.mark.parametrize("where", ["tag", "file", "MLmodel", "server"])
def test_the_law_of_every_market_judges_and_its_facts_are_read(tmp_path: Path, where: str) -> None:
    pytest.importorskip("aiact_rules_kr", reason="needs a second law to judge by")
    folder = artifacts(tmp_path, RELEASE + ("markets: [EU, KR]\n" if where == "file" else ""))
    if where == "MLmodel":
        (folder / "MLmodel").write_text("metadata:\n  aiact:\n    facts: {release: {markets: [EU, KR]}}\n")
    tags = {"aiact_kr_offered_to_others": "no"} | ({"aiact_markets": "EU, KR"} if where == "tag" else {})
    judged = judge(tmp_path, **({"MARKETS": "KR"} if where == "server" else {}))
    decision = judged.judge(ModelVersion("scorer", "1", tags, folder.as_uri()), AT)
    assert [pack.pack_id for pack in decision.packs] == ["eu_ai_act", "kr_ai_basic_act"]
    assert decision.facts.value("kr.offered_to_others") is False


@pytest.mark.parametrize("own", ["", "\n[readings]\nemotion_inference_basis = 'biometric_data'\n"])
def test_a_release_chooses_no_reading_even_where_the_server_leaves_it_open(tmp_path: Path, own: str) -> None:
    folder = artifacts(tmp_path, RELEASE + "readings: {emotion_inference_basis: any_data}\n")
    with pytest.raises(InputError, match="the release chooses the reading `emotion_inference_basis: any_data`"):
        judge(tmp_path, OWN + own).judge(version(folder), AT)


def test_the_readings_of_the_server_count(tmp_path: Path) -> None:
    own = OWN + "[readings]\nemotion_inference_basis = 'any_data'\n"
    decision = judge(tmp_path, own).judge(version(**MINIMAL), AT)
    assert decision.choices.readings["emotion_inference_basis"].value == "any_data"


def test_the_environment_only_tightens_the_threshold_of_the_file(tmp_path: Path) -> None:
    strict = judge(tmp_path, OWN + "fail_on = 'hold'\n", FAIL_ON="block").judge(version(), AT)
    assert strict.choices.threshold.word == "hold"
    tightened = judge(tmp_path, OWN + "fail_on = 'block'\n", FAIL_ON="hold").judge(version(), AT)
    assert tightened.choices.threshold.word == "hold"


def test_a_waiver_of_the_server_is_for_the_name_in_the_registry(tmp_path: Path) -> None:
    talking = version(**{**MINIMAL, "system.transparency_situations": ["interacts_with_people"]})
    assert not judge(tmp_path).judge(talking, AT).passes
    waiver = "[[waivers]]\nprovision = 'Art. 50'\nreason = 'text is being written'\napprover = 'A. Person'\n"
    for name, passes in (("scorer", True), ("another", False)):
        own = f"{OWN}{waiver}until = {AT.date()}\nreleases = ['{name}']\n"
        decision = judge(tmp_path, own).judge(talking, AT)
        assert (decision.verdict, decision.passes) == (Verdict.HOLD, passes)
        assert (decision_tags(decision)["aiact_waived"] is not None) is passes
        assert ("waived until" in reasons(decision)) is passes


def test_a_past_release_date_counts_as_today_or_is_refused(tmp_path: Path) -> None:
    folder = artifacts(tmp_path, RELEASE + "release_date: 2020-01-01\n")
    decision = judge(tmp_path).judge(version(folder), AT)
    assert decision.facts.value("release.date") == AT.date()
    with pytest.raises(InputError, match="the release date 2020-01-01 is past"):
        judge(tmp_path, OWN + "past_dates = 'refuse'\n").judge(version(folder), AT)


def test_facts_of_the_organisation_count_and_may_not_be_contradicted(tmp_path: Path) -> None:
    judged = judge(tmp_path, OWN + "[facts.operator]\nestablished_in_union = true\n")
    assert judged.judge(version(), AT).facts.value("operator.established_in_union") is True
    with pytest.raises(InputError, match="established_in_union"):
        judged.judge(version(**{"operator.established_in_union": "no"}), AT)


def test_roles_of_the_server_may_not_be_contradicted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)tag aiact_roles.*aiact\.toml:2|aiact\.toml:2.*tag aiact_roles"):
        judge(tmp_path).judge(ModelVersion("scorer", "1", {"aiact_roles": "importer"}, None), AT)


@pytest.mark.parametrize(
    ("toml", "environment", "said"),
    [
        ("engine = 'steam'\n", {}, "steam"),
        ("packs = ['no_such_act']\n", {}, "there is no pack `no_such_act`"),
        ("markets = ['BR']\n", {}, "no installed pack covers the market `BR`"),
        ("", {"MARKETS": "BR"}, "no installed pack covers the market `BR`"),
        ("[facts.operator]\nestablished = true\n", {}, "operator.established"),
        ("[readings]\nemotion_inference_basis = 'mine'\n", {}, "mine"),
    ],
)
def test_what_cannot_be_used_stops_the_server_at_its_start(
    tmp_path: Path, toml: str, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(ProblemsError, match=said):
        judge(tmp_path, toml, **environment)


def test_words_of_a_description_are_told_with_the_ways_out_and_dismissed_by_a_tag(tmp_path: Path) -> None:
    gate = judge(tmp_path)
    folder = artifacts(tmp_path, RELEASE)
    said = {"description of the version": "It screens job applicants."}
    held = gate.judge(replace(version(folder), descriptions=said), AT)
    text = reasons(held)
    assert "Annex III, point 4(a): description of the version:1 says `screens job applicants`" in text
    assert "but system.annex_iii_uses: [] (aiact.yaml:4): add `recruitment` to system.annex_iii_uses" in text
    assert "or change description of the version:1, or dismiss it: signals_dismissed: [{signal: " in text
    assert decision_tags(held)["aiact_signals"] == (
        "annex_iii.recruitment: description of the version:1 says `screens job applicants`"
    )
    entry = text.partition("signals_dismissed: ")[2].partition("]")[0].replace('"..."', "a demo") + "]"
    tags = {"aiact_signals_dismissed": entry}
    allowed = gate.judge(replace(version(folder), descriptions=said, tags=tags), AT)
    assert allowed.verdict is Verdict.ALLOW
    assert decision_tags(allowed)["aiact_signals"] is None
    assert [(each.by, str(each.place)) for each in allowed.dismissals] == [("a demo", "tag aiact_signals_dismissed:1")]
    other = {"description of the version": "It screens job applicants and ranks them."}
    again = gate.judge(replace(version(folder), descriptions=other, tags=tags), AT)
    assert "dismissed for other words" in reasons(again)


class Lookout:
    """A reader of the platform, which points at one word or fails."""

    name, version, digest = "lookout", "1.2", "none"

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.is_broken = False

    def read(self, text: str, questions: tuple[Question, ...]) -> list[Suggestion]:
        self.texts.append(text)
        if self.is_broken:
            raise OSError("gone")
        cues = {question.cue for question in questions}
        return [Suggestion(cue, 1, "tailors") for cue in cues & {"annex_iii.recruitment"} if "tailors" in text]

    @hookimpl
    def aiact_rules_offer_readers(self) -> list[Lookout]:
        return [self]


def test_a_reader_reads_descriptions_and_cards_and_holds_where_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, host = Lookout(), PluginHost()
    host.register(reader, PluginInfo("lookout", "lookout-plugin", "1"))
    monkeypatch.setattr(Catalogue, "of_installed_plugins", classmethod(lambda _: Catalogue(host)))
    folder = artifacts(tmp_path, RELEASE)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Scorer\n")
    said = {"description of the version": "Liked by tailors."}
    noted = judge(tmp_path).judge(replace(version(folder), descriptions=said), AT)
    assert noted.verdict is Verdict.ALLOW
    (signal,) = noted.signals
    assert (str(signal.place), signal.reader) == ("description of the version:1", "lookout 1.2")
    assert len(reader.texts) == 2
    held = judge(tmp_path, OWN + 'readers = { lookout = "hold" }\n').judge(
        replace(version(folder), descriptions=said), AT
    )
    assert held.verdict is Verdict.HOLD
    reader.is_broken = True
    refused = judge(tmp_path).judge(replace(version(folder), descriptions=said), AT)
    assert refused.verdict is Verdict.HOLD
    assert "reader lookout 1.2" in reasons(refused)


def test_a_dismissal_in_the_metadata_of_a_model_keeps_what_it_says(tmp_path: Path) -> None:
    gate = judge(tmp_path)
    folder = artifacts(tmp_path, RELEASE)
    block = "metadata:\n  aiact:\n    signals_dismissed: [{signal: annex_iii.recruitment, because: a demo, by: A, seen: abc}]\n"
    (folder / "MLmodel").write_text(block)
    said = {"description of the version": "It screens job applicants."}
    decision = gate.judge(replace(version(folder), descriptions=said), AT)
    assert decision.verdict is Verdict.HOLD
    assert [(each.because, each.by, each.seen) for each in decision.dismissals] == [("a demo", "A", "abc")]
