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
    decision = gate.decide(
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
