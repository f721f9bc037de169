"""What a person reads at the terminal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from aiact_rules.core.batches import Batch
from aiact_rules.gate import Gate
from aiact_rules.reports.words import wrapped

ROOT = Path(__file__).resolve().parents[2]


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
        decision = gate.check(facts, roles=["provider"], markets=["EU"], moment="placing_on_market", release_date=on)
        return gate.catalogue.report("text").render(Batch.of(decision, full=True))

    assert "(by 2028-01-25)" in text(date(2028, 1, 20))
    assert "(by 2028-01-25, which has passed)" in " ".join(text(date(2028, 2, 1)).split())


def test_only_readings_that_matter_to_the_release_are_named() -> None:
    gate = Gate()

    def readings(path: str) -> set[str]:
        findings = gate.check(ROOT / path, as_of=date(2026, 11, 22)).findings
        return {reading for finding in findings for reading in finding.readings}

    assert readings("examples/minimal") == set()  # what it does settles every point on which a reading stands
    recruiting = readings("examples/cv-screening")
    assert "section_5_deferral" in recruiting  # in the timetable of what is owed
    assert "pretrained_models_and_data" in recruiting
    assert not recruiting & {
        "credit_and_essential_services",
        "generality_indication",
        "optional_third_party_assessment",
    }


def test_an_article_stays_on_one_line_with_its_number() -> None:
    for width in range(20, 60):
        said = list(wrapped("it counts as provider (Art. 25(1)(c)), with Annex III and Arts 5 and 6", "", "  ", width))
        assert not any(line.endswith(("Art.", "Arts", "Annex")) for line in said), said
        assert " ".join(line.strip() for line in said).endswith("(Art. 25(1)(c)), with Annex III and Arts 5 and 6")
