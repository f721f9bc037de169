"""What a person reads at the terminal."""

from __future__ import annotations

from datetime import date

from aiact_rules.gate import Gate


def test_a_period_that_can_be_counted_stands_with_its_last_day_and_whether_that_has_passed() -> None:
    facts: dict[str, object] = {
        "release.subject": "system",
        "system.practices": [],
        "system.annex_i_law": [],
        "system.annex_iii_uses": ["recruitment"],
        "system.profiles_natural_persons": True,
        "system.transparency_situations": [],
        "incident.consequences": ["fundamental_rights"],
        "incident.aware_on": "2028-01-10",
    }
    gate = Gate()

    def text(on: date) -> str:
        decision = gate.decide(facts, roles=["provider"], markets=["EU"], moment="placing_on_market", release_date=on)
        return gate.catalogue.report("text").render(decision)

    assert "(by 2028-01-25)" in text(date(2028, 1, 20))
    assert "(by 2028-01-25, which has passed)" in " ".join(text(date(2028, 2, 1)).split())
