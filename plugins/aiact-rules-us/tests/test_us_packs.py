"""The packs of US states and of New York City, alone and side by side."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import aiact_rules_us
import pytest

from aiact_rules import Decision, Gate, InputError, Verdict
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli import main
from aiact_rules.core.packs import Pack
from aiact_rules.core.rules import Certainty, Force, Kind
from aiact_rules.perturbation.tables import Tables
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.testing import run_cases

PACKS = ("us_ca", "us_co", "us_ct", "us_fed", "us_il", "us_ny", "us_nyc", "us_tx", "us_ut")
GATING = tuple(name for name in PACKS if name != "us_fed")
MARKETS = {name: name.upper().replace("_", "-") for name in GATING}
TABLES = Path(__file__).parent / "perturbation"
README = Path(__file__).parents[1] / "README.md"
AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    host = PluginHost()
    host.register(aiact_rules_us, PluginInfo("us", "aiact-rules-us", "0.1.0"))
    return Catalogue(host)


def decided(catalogue: Catalogue, facts: dict[str, object], packs: tuple[str, ...], day: str, role: str) -> Decision:
    return Gate(packs=packs, engine="reference", catalogue=catalogue).check(
        facts,
        roles=[role],
        markets=[MARKETS[name] for name in packs if name in MARKETS],
        release_date=date.fromisoformat(day),
        as_of=AT.date(),
        at=AT,
    )


def test_the_plugin_offers_a_pack_for_each_state_and_city(catalogue: Catalogue) -> None:
    assert tuple(folder.name for folder in aiact_rules_us.pack_folders()) == PACKS
    assert set(PACKS) <= set(catalogue.heads)


@pytest.mark.parametrize("name", PACKS)
def test_the_cases_of_a_pack_pass_and_show_every_rule(catalogue: Catalogue, name: str) -> None:
    pack = catalogue.pack(name)
    report = run_cases(catalogue.heads[name].folder, pack=pack)
    assert report.passed, report.text()
    assert not report.gaps, "\n".join(report.gaps)


@pytest.mark.parametrize("name", GATING)
def test_everything_that_can_gate_comes_down_to_one_document_or_act(catalogue: Catalogue, name: str) -> None:
    pack = catalogue.pack(name)
    obligations = pack.at(AT.date()).obligations
    assert [each for each, o in obligations.items() if o.can_gate and pack.deliverable_of(each) is None] == []


@pytest.mark.parametrize("name", GATING)
def test_every_single_change_that_is_allowed_has_a_reason(catalogue: Catalogue, name: str) -> None:
    assert not list(Tables.of(TABLES / name, catalogue).problems())


@pytest.mark.parametrize("name", GATING)
def test_each_market_is_judged_by_its_pack(catalogue: Catalogue, name: str) -> None:
    assert catalogue.packs_for([MARKETS[name]]) == (name,)


@pytest.mark.parametrize("name", GATING)
def test_check_finds_each_market(
    catalogue: Catalogue, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Catalogue, "of_installed_plugins", classmethod(lambda _cls: catalogue))
    file = tmp_path / "aiact.yaml"
    file.write_text(
        f"format: 1\nname: spam-filter\nsubject: system\nroles: [provider]\nfacts:\n  {name}: {{situations: []}}\n"
    )
    monkeypatch.setattr("sys.argv", ["aiact-rules", "check", "--market", MARKETS[name], str(file)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 0


def test_the_federal_level_informs_and_never_gates(catalogue: Catalogue) -> None:
    decision = decided(catalogue, {"release.subject": "system"}, ("us_fed",), "2026-12-01", "provider")
    judged = {pack.pack_id: pack.verdict for pack in decision.packs}
    assert judged["us_fed"] is None
    assert judged["eu_ai_act"] is Verdict.HOLD
    with pytest.raises(InputError, match="no installed pack covers the market `US`"):
        decided(catalogue, {"release.markets": ["US"]}, ("us_fed",), "2026-12-01", "provider")


@pytest.mark.parametrize("name", PACKS)
def test_names_of_a_law_are_its_own(catalogue: Catalogue, name: str) -> None:
    pack: Pack = catalogue.pack(name)
    own = [d for d in pack.vocabulary.declarations.values() if d.place and not d.place.source.startswith("common/")]
    assert own
    for fact in own:
        assert fact.name.startswith(f"{name}.")
    for conclusion in (rule.concludes for rule in pack.rules.values() if rule.concludes):
        assert conclusion.startswith(f"{name}_")
    for value in (*pack.parameters, *pack.timetables, *pack.readings):
        assert value.startswith(f"{name}_")
    duties = [o.id for o in pack.obligations.values() if o.kind is not Kind.CONTRADICTION]
    for identifier in (*pack.rules, *duties, *pack.sanctions, *pack.cues):
        assert identifier.startswith(f"{name}.")


@pytest.mark.parametrize("name", PACKS)
def test_what_secondary_sources_say_never_gates(catalogue: Catalogue, name: str) -> None:
    for obligation in catalogue.pack(name).obligations.values():
        if obligation.certainty in (Certainty.SECONDARY, Certainty.KNOWN) or obligation.force is not Force.BINDING:
            assert not obligation.can_gate


def test_a_release_that_concerns_nothing_is_allowed_in_every_state(catalogue: Catalogue) -> None:
    facts: dict[str, object] = {"release.subject": "system"}
    facts |= {f"{name}.situations": [] for name in GATING}
    decision = decided(catalogue, facts, GATING, "2027-02-01", "provider")
    assert [pack.verdict.value for pack in decision.packs if pack.verdict] == ["allow"] * len(GATING)
    assert decision.verdict.value == "allow"


def test_several_states_give_one_verdict_each_and_the_strictest_overall(catalogue: Catalogue) -> None:
    """A tool that ranks applicants, whose recruiter clicks accept without reading, in December 2026."""
    facts: dict[str, object] = {
        "release.subject": "system",
        "us_nyc.situations": ["employment"],
        "us_nyc.screens_in_city": True,
        "us_nyc.simplified_output": True,
        "us_nyc.weight_in_decision": "replaces",
        "us_nyc.bias_audit": [],
        "us_il.situations": ["employment"],
        "us_il.hb3773.employer": True,
        "us_co.situations": ["decides_about_people"],
        "us_co.personal_data": True,
        "us_co.covered_domains": ["employment"],
        "us_co.output_counts": True,
        "us_co.output_affects_outcome": True,
        "us_ct.situations": ["employment"],
        "us_tx.situations": ["decides_about_people"],
        "us_tx.intends_discrimination": False,
        "us_ca.situations": ["employment"],
        "us_ca.admt.ccpa_business": True,
        "us_ca.admt.personal_information": True,
        "us_ca.admt.significant_decisions": ["employment"],
        "us_ca.admt.human_reviewer": [],
        "us_ca.admt.risk_assessed": False,
    }
    packs = ("us_ca", "us_co", "us_ct", "us_il", "us_nyc", "us_tx")
    decision = decided(catalogue, facts, packs, "2026-12-01", "deployer")
    verdicts = {pack.pack_id: pack.verdict.value for pack in decision.packs if pack.verdict}
    assert verdicts == {
        "us_ca": "block",
        "us_co": "allow",
        "us_ct": "allow",
        "us_il": "hold",
        "us_nyc": "block",
        "us_tx": "allow",
    }
    assert decision.verdict.value == "block"
    upcoming = {f.id: f.start.on for f in decision.findings if f.status.value == "upcoming" and f.start}
    assert upcoming["us_co.1704.notice"] == date(2027, 1, 1)
    assert upcoming["us_ct.sec10.use"] == date(2027, 10, 1)


def test_exactly_ten_to_the_twenty_six_is_not_above_it_in_any_state(catalogue: Catalogue) -> None:
    facts: dict[str, object] = {
        "release.subject": "model",
        "model.training_compute": "1e26",
        "model.broad_and_adaptable": True,
        "operator.annual_revenue_usd": "1000000000",
    }
    packs = ("us_ca", "us_ct", "us_il", "us_ny")
    facts |= {f"{name}.situations": [] for name in packs}
    decision = decided(catalogue, facts, packs, "2027-01-10", "provider")
    assert decision.verdict.value == "allow"
    more = decided(catalogue, facts | {"model.training_compute": "1.000001e26"}, packs, "2027-01-10", "provider")
    assert {p.pack_id: p.verdict.value for p in more.packs if p.verdict} == {
        "us_ca": "hold",
        "us_ct": "hold",
        "us_il": "hold",
        "us_ny": "hold",
    }


def test_beside_the_eu_ai_act_the_strictest_verdict_counts(catalogue: Catalogue) -> None:
    facts: dict[str, object] = {
        "release.subject": "system",
        "us_tx.situations": ["dangerous_talk"],
        "us_tx.intends_incitement": True,
        "system.practices": [],
        "system.annex_iii_uses": [],
        "system.annex_i_law": [],
        "system.transparency_situations": [],
    }
    gate = Gate(packs=["eu_ai_act", "us_tx"], engine="reference", catalogue=catalogue)
    decision = gate.check(facts, roles=["provider"], markets=["EU", "US-TX"], release_date=date(2026, 12, 1), at=AT)
    assert {p.pack_id: p.verdict.value for p in decision.packs if p.verdict} == {"eu_ai_act": "allow", "us_tx": "block"}
    assert decision.verdict.value == "block"


def test_a_decision_in_colorado_names_the_open_court_order(catalogue: Catalogue) -> None:
    facts: dict[str, object] = {
        "release.subject": "system",
        "us_co.situations": ["decides_about_people"],
        "us_co.personal_data": True,
        "us_co.covered_domains": ["finance"],
        "us_co.output_counts": True,
        "us_co.output_affects_outcome": True,
    }
    decision = decided(catalogue, facts, ("us_co",), "2027-02-01", "deployer")
    finding = next(f for f in decision.findings if f.id == "us_co.1704.notice")
    assert "us_co_stay" in finding.readings
    assert decision.verdict.value == "hold"


def test_the_release_file_of_the_readme_is_allowed(catalogue: Catalogue, tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    file = tmp_path / "aiact.yaml"
    file.write_text(block[1], encoding="utf-8")
    gate = Gate(packs=["us_ca", "us_ny", "us_nyc"], engine="reference", catalogue=catalogue)
    assert gate.check(file, at=AT).verdict.value == "allow"


def test_every_reading_of_the_packs_stands_in_the_readme(catalogue: Catalogue) -> None:
    text = README.read_text(encoding="utf-8")
    for name in PACKS:
        for reading in catalogue.pack(name).readings:
            assert f"`{reading}`" in text
