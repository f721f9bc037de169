"""What a breach can cost: which amount counts, for whom, and from when."""

from __future__ import annotations

from datetime import date

import pytest

from aiact_rules.gate import Gate

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
