"""What a breach can cost: which amount counts, for whom, and from when."""

from __future__ import annotations

from datetime import date

import pytest

from aiact_rules.core.penalties import Ceiling
from aiact_rules.gate import Gate
from aiact_rules.reports.words import fine

AS_OF = date(2026, 11, 22)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


def sanction(gate: Gate, prefix: str, facts: dict[str, object], on: date) -> dict[str, object] | None:
    decision = gate.check(
        facts, roles=["provider"], markets=["EU"], moment="placing_on_market", release_date=on, as_of=AS_OF
    )
    found = next(f for f in decision.findings if f.id.startswith(prefix) and f.status.value in ("open", "breached"))
    value = found.as_json()["sanction"]
    assert value is None or isinstance(value, dict)
    return value


GPAI: dict[str, object] = {
    "release.subject": "model",
    "model.generality": "wide_range",
    "model.modification": "own_model",
    "model.competent_at_distinct_tasks": True,
    "model.training_compute": "3e25",
}
HIGH: dict[str, object] = {
    "release.subject": "system",
    "system.practices": [],
    "system.annex_i_law": [],
    "system.annex_iii_uses": ["recruitment"],
    "system.profiles_natural_persons": True,
    "system.transparency_situations": [],
}


def test_a_model_provider_can_be_fined_only_from_the_day_article_101_applies(gate: Gate) -> None:
    assert sanction(gate, "art53.1", GPAI, date(2026, 8, 1)) is None
    found = sanction(gate, "art53.1", GPAI, date(2026, 8, 2))
    assert found is not None
    assert (found["fixed"], found["share_percent"], found["takes"]) == ("15000000", "3", "higher")


@pytest.mark.parametrize(
    ("size", "turnover", "takes", "ceiling"),
    [
        ("larger", "1000000000", "higher", "30000000"),
        ("larger", "100000000", "higher", "15000000"),
        ("sme", "10000000", "lower", "300000"),
        ("sme", "1000000000", "lower", "15000000"),
        ("small_mid_cap", "10000000", "lower", "300000"),
        ("not_an_enterprise", "1000000000", "higher", "15000000"),
    ],
)
def test_smaller_firms_pay_at_most_the_lower_amount(
    gate: Gate, size: str, turnover: str, takes: str, ceiling: str
) -> None:
    facts = {**HIGH, "operator.size": size, "operator.annual_turnover": turnover}
    found = sanction(gate, "art9.1", facts, date(2027, 12, 15))
    assert found is not None
    assert (found["takes"], found["ceiling"]) == (takes, ceiling)


def test_where_the_size_is_unknown_no_ceiling_is_claimed(gate: Gate) -> None:
    found = sanction(gate, "art9.1", {**HIGH, "operator.annual_turnover": "1e9"}, date(2027, 12, 15))
    assert found is not None
    assert (found["takes"], found["ceiling"]) == ("unknown", None)


def test_no_share_of_a_turnover_counts_for_who_is_no_undertaking(gate: Gate) -> None:
    found = sanction(gate, "art9.1", {**HIGH, "operator.size": "not_an_enterprise"}, date(2027, 12, 15))
    assert found is not None
    assert (found["fixed"], found["share_percent"], found["ceiling"]) == ("15000000", None, "15000000")


UNION_INSTITUTION: dict[str, object] = {"operator.is_union_institution": True, "operator.size": "not_an_enterprise"}


def test_an_institution_of_the_union_meets_the_ceilings_of_article_100(gate: Gate) -> None:
    found = sanction(gate, "art9.1", {**HIGH, **UNION_INSTITUTION}, date(2027, 12, 15))
    assert found is not None
    assert (found["provision"], found["ceiling"]) == ("Art. 100(3)", "750000")
    manipulative = {
        **HIGH,
        **UNION_INSTITUTION,
        "system.practices": ["builds_face_database"],
        "system.builds_facial_recognition_database": True,
        "system.scrapes_faces_from": ["internet"],
        "system.face_scraping_untargeted": True,
    }
    found = sanction(gate, "art5.1.e", manipulative, date(2027, 12, 15))
    assert found is not None
    assert (found["provision"], found["ceiling"]) == ("Art. 100(2)", "1500000")


def test_ceilings_for_whatever_is_infringed_reach_obligations_that_article_99_does_not_list(gate: Gate) -> None:
    """Monitoring stands in no list of Art. 99(4): only Union institutions, and who is before the AI Office, have a ceiling."""
    day = date(2027, 12, 15)
    assert sanction(gate, "art72.3.plan", HIGH, day) is None
    found = sanction(gate, "art72.3.plan", {**HIGH, **UNION_INSTITUTION}, day)
    assert found is not None
    assert (found["provision"], found["ceiling"]) == ("Art. 100(3)", "750000")
    own_model: dict[str, object] = {
        **HIGH,
        "system.based_on_own_gpai_model": True,
        "operator.is_financial_institution": False,
        "operator.security_authority": [],
        "operator.size": "larger",
        "operator.annual_turnover": "1e9",
    }
    found = sanction(gate, "art72.3.plan", own_model, day)
    assert found is not None
    assert found["provision"] == "Art. 75c(4), second subparagraph, point (a)"
    assert found["ceiling"] == "30000000"
    found = sanction(gate, "art9.1", own_model, day)
    assert found is not None
    assert found["provision"] == "Art. 99(4)"


@pytest.mark.parametrize(
    ("role", "moment", "followed", "fined"),
    [
        ("provider", "real_world_testing", True, False),
        ("provider", "real_world_testing", False, True),
        ("provider", "placing_on_market", True, True),
        ("deployer", "real_world_testing", True, True),
    ],
)
def test_a_sandbox_shields_the_faithful_provider_from_fines_for_what_happens_in_it(
    gate: Gate, role: str, moment: str, followed: bool, fined: bool
) -> None:
    facts = {
        **HIGH,
        "system.practices": ["infers_emotions"],
        "sandbox.participates": True,
        "sandbox.plan_followed": followed,
        "sandbox.guidance_followed": True,
        "sandbox.suspended": False,
    }
    decision = gate.check(
        facts, roles=[role], markets=["EU"], moment=moment, release_date=date(2026, 12, 15), as_of=AS_OF
    )
    found = next(f for f in decision.findings if f.id == "art5.1.f")
    assert (found.sanction is not None) is fined


def fined(
    facts: dict[str, object], name: str, *, role: str = "deployer", moment: str = "use", **more: object
) -> object:
    decision = Gate(**more).check(  # type: ignore[arg-type]
        facts, roles=[role], markets=["EU"], moment=moment, release_date=date(2028, 3, 1), as_of=AS_OF
    )
    found = decision.packs[0].finding(name)
    assert found is not None
    return found.as_json()["sanction"]


def provision(sanction: object) -> object:
    return None if sanction is None else sanction["provision"]  # type: ignore[index]


ORDERED: dict[str, object] = {
    **HIGH,
    "system.based_on_own_gpai_model": True,
    "operator.is_financial_institution": False,
    "operator.security_authority": [],
    "operator.size": "larger",
    "operator.annual_turnover": "3650000000",
    "supervision.orders": ["office_non_compliance"],
    "supervision.complied_with": [],
}


def test_who_does_not_obey_the_ai_office_pays_for_each_day_besides() -> None:
    found = fined(ORDERED, "art75c.3", role="provider", moment="placing_on_market")
    assert isinstance(found, dict)
    assert (found["ceiling"], found["daily_share_percent"], found["daily_ceiling"]) == ("109500000", "5", "500000")
    text = fine(ceiling(ORDERED, "art75c.3"))
    assert "5 % of average daily turnover for each day until it complies: at most EUR 500,000.00 a day" in text


def ceiling(facts: dict[str, object], name: str) -> Ceiling:
    decision = Gate().check(
        facts,
        roles=["provider"],
        markets=["EU"],
        moment="placing_on_market",
        release_date=date(2028, 3, 1),
        as_of=AS_OF,
    )
    found = decision.packs[0].finding(name)
    assert found is not None
    assert found.sanction is not None
    return found.sanction


def test_article_101_reaches_providers_of_models_and_not_their_representatives() -> None:
    asked = {**GPAI, "supervision.orders": ["gpai_information"], "supervision.complied_with": []}
    asked["operator.established_in_union"] = False
    assert provision(fined(asked, "art91.5", role="provider", moment="placing_on_market")) is not None
    assert fined(asked, "art91.5", role="authorised_representative", moment="placing_on_market") is None


@pytest.mark.parametrize(("public", "expected"), [(True, "Art. 99(4), point (e), with Art. 26(8)"), (False, None)])
def test_who_registers_only_because_it_acts_for_an_authority_has_no_ceiling(public: bool, expected: str | None) -> None:
    facts = {**HIGH, "operator.is_public_body": public, "operator.acts_for_public_body": True}
    assert provision(fined(facts, "art49.3.use")) == expected


def test_a_derogation_that_is_not_kept_to_is_fined_as_a_missing_assessment() -> None:
    facts = {
        **HIGH,
        "conformity_assessment.authorised_by_derogation": True,
        "conformity_assessment.derogation_in_force": False,
        "value_chain.own_changes": [],
    }
    found = fined(facts, "art46.1.in_force", role="provider", moment="placing_on_market")
    assert provision(found) == "Art. 99(4), point (a), with Art. 16, point (f)"
    assert fined(facts, "art46.1.in_force", role="importer", moment="placing_on_market") is None


IDENTIFIES: dict[str, object] = {
    "release.subject": "system",
    "system.practices": ["identifies_people_remotely"],
    "system.annex_iii_uses": ["biometric_identification"],
    "system.annex_i_law": [],
    "system.transparency_situations": [],
    "system.compares_with_biometric_database": True,
    "system.identifies_without_active_involvement": True,
    "system.only_verifies_identity": False,
    "deployment.identifies_in_real_time": True,
    "deployment.in_publicly_accessible_space": True,
    "deployment.for_law_enforcement": True,
    "deployment.identification_objectives": ["victims_or_missing_persons"],
    "deployment.identification_strictly_necessary": True,
    "deployment.identification_conditions": [],
}


@pytest.mark.parametrize(
    ("choice", "condition", "notification"),
    [(None, True, False), ("whole_article", True, True), ("prohibitions_only", False, False)],
)
def test_how_far_the_ceiling_for_prohibited_practices_reaches_is_a_reading(
    choice: str | None, condition: bool, notification: bool
) -> None:
    readings = {} if choice is None else {"fines_for_conditions_of_identification": choice}
    for name, is_fined in (("art5.2.situation", condition), ("art5.4.market_surveillance", notification)):
        expected = "Art. 99(3)" if is_fined else None
        assert provision(fined(IDENTIFIES, name, readings=readings)) == expected
