"""The Korean pack by itself and beside the EU AI Act."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from aiact_rules_kr import plugin

from aiact_rules import Decision, Gate, PackError
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.packs import Pack
from aiact_rules.core.rules import Certainty, Force, Kind
from aiact_rules.perturbation.tables import Tables
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.testing import Case, CaseRunner, cases_of

SPECS = Path(plugin.__file__).parent / "specs" / "ai_basic_act"
TABLES = Path(__file__).parent / "perturbation" / "kr_ai_basic_act"
README = Path(__file__).parents[1] / "README.md"
AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def gate() -> Gate:
    host = PluginHost()
    host.register(plugin, PluginInfo("kr", "aiact-rules-kr", "0.1.0"))
    return Gate(packs=["kr_ai_basic_act"], engine="reference", catalogue=Catalogue(host))


@pytest.fixture(scope="module")
def pack(gate: Gate) -> Pack:
    return gate.catalogue.pack("kr_ai_basic_act")


@pytest.fixture(scope="module")
def runner() -> CaseRunner:
    return CaseRunner.of(SPECS)


@pytest.mark.parametrize("case", cases_of(SPECS), ids=str)
def test_every_case_comes_out_as_it_says(runner: CaseRunner, case: Case) -> None:
    runner.check(case)


def test_the_cases_leave_nothing_unshown(runner: CaseRunner) -> None:
    assert runner.gaps(cases_of(SPECS)) == ()


def test_everything_that_can_gate_comes_down_to_one_document_or_act(pack: Pack) -> None:
    obligations = pack.at(AT.date()).obligations
    assert [name for name, each in obligations.items() if each.can_gate and pack.deliverable_of(name) is None] == []


def test_every_single_change_that_is_allowed_has_a_reason(gate: Gate) -> None:
    assert not list(Tables.of(TABLES, gate.catalogue).problems())


def test_the_market_kr_is_judged_by_this_pack(gate: Gate) -> None:
    assert gate.catalogue.packs_for(["KR"]) == ("kr_ai_basic_act",)


def test_the_release_file_of_the_readme_is_allowed(gate: Gate, tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    file = tmp_path / "aiact.yaml"
    file.write_text(block[1], encoding="utf-8")
    assert gate.check(file, at=AT).verdict.value == "allow"


def test_every_reading_of_the_readme_exists(pack: Pack) -> None:
    assert "kr_applying_to_others" in pack.readings
    named = set(re.findall(r"`(kr\.[a-z_]+)`", README.read_text(encoding="utf-8")))
    assert named <= set(pack.vocabulary)


def test_names_of_this_law_are_its_own(pack: Pack) -> None:
    """A legal term is never shared: facts begin with `kr.`, conclusions, readings and parameters with `kr_`."""
    own = [d for d in pack.vocabulary.declarations.values() if d.place and not d.place.source.startswith("common/")]
    assert own
    assert all(declaration.name.startswith("kr.") for declaration in own)
    conclusions = {rule.concludes for rule in pack.rules.values() if rule.concludes}
    for name in (*conclusions, *pack.readings, *pack.parameters, *pack.timetables, *pack.sanctions):
        assert name.startswith("kr_")
    duties = [o.id for o in pack.obligations.values() if o.kind is not Kind.CONTRADICTION]
    for name in (*pack.rules, *duties, *pack.cues):
        assert name.startswith("kr.")


def test_what_only_secondary_sources_say_never_gates(pack: Pack) -> None:
    unsure = [o for o in pack.obligations.values() if o.certainty in (Certainty.SECONDARY, Certainty.KNOWN)]
    assert unsure
    assert not any(o.can_gate for o in unsure)
    assert not any(o.can_gate for o in pack.obligations.values() if o.force is not Force.BINDING)


def test_before_its_first_day_the_law_says_nothing(gate: Gate) -> None:
    with pytest.raises(PackError, match="2026-01-22"):
        gate.check({"release": {"subject": "system"}}, roles=["provider"], as_of=date(2026, 1, 21), at=AT)


def test_every_obligation_that_can_be_fined_names_the_fine(gate: Gate) -> None:
    decision = decide(gate, **{"kr.advance_notice_given": False, "kr.output_label": "not_marked"})
    found = {f.id: f for f in decision.findings}
    notice, label = found["kr.act31.1"].sanction, found["kr.act31.2"].sanction
    assert notice is not None
    assert label is not None
    assert (str(notice.amount), notice.currency, notice.provision) == ("30000000", "KRW", "Art. 43(1)")
    assert label.provision == "Art. 43(1), with Art. 40(3)"
    assert "announcement" in (notice.note or "")
    assert found["kr.act33.1"].sanction is None


def test_two_markets_give_the_stricter_verdict(gate: Gate) -> None:
    facts = {"release.subject": "system", "release.markets": ["EU", "KR"], "kr.self_review_done": False}
    decision = gate.check(facts, roles=["provider"], packs=["eu_ai_act", "kr_ai_basic_act"], at=AT)
    assert [pack.pack_id for pack in decision.packs] == ["eu_ai_act", "kr_ai_basic_act"]
    assert decision.verdict.severity == max(pack.verdict.severity for pack in decision.packs if pack.verdict)


def test_without_any_fact_nothing_is_allowed(gate: Gate) -> None:
    assert gate.check({}, roles=["provider"], markets=["KR"], at=AT).verdict.value == "hold"


def decide(gate: Gate, **facts: object) -> Decision:
    stated: dict[str, object] = {
        "release.subject": "system",
        "release.markets": ["KR"],
        "system.output_modalities": ["text"],
        "kr.offered_to_others": True,
        "kr.areas": [],
        "kr.most_advanced_technology": False,
        "kr.self_review_done": True,
        "kr.established_in_korea": True,
        "kr.orders": [],
    }
    return gate.check({**stated, **facts}, roles=["provider"], at=AT)
