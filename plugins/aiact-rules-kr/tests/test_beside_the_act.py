"""The Korean pack and the EU AI Act side by side: schools of reading, and the day in two markets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from aiact_rules import Gate, InputError
from aiact_rules.core.choices import BY_DEFAULT, Choice
from aiact_rules.core.problems import Place
from aiact_rules.requests.overrides import Overrides

DAY = date(2026, 11, 22)
LATE = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
"""Half past eleven in UTC: the second of December has begun in Brussels and in Seoul."""


def test_packs_without_the_school_keep_their_defaults_and_are_named() -> None:
    gate = Gate()
    request = gate.request({"release.subject": "system", "release.markets": ["EU", "KR"]}, as_of=DAY, readings="letter")
    assert any(
        "has no school of reading `letter`: its default readings count" in note for note in request.choices.notes
    )
    with pytest.raises(InputError, match="no chosen pack has a school of reading `letter`"):
        gate.request({"release.subject": "system", "release.markets": ["KR"]}, as_of=DAY, readings="letter")


def test_the_school_of_an_organisation_does_not_stop_releases_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "aiact.toml").write_text('readings = "letter"\n', encoding="utf-8")
    (tmp_path / "aiact.yaml").write_text(
        "format: 1\nsubject: system\nroles: [provider]\nmarkets: [KR]\n", encoding="utf-8"
    )
    request = Gate().request(tmp_path, as_of=DAY)
    assert request.choices.school == BY_DEFAULT
    assert any("no chosen pack has the school of reading `letter`" in note for note in request.choices.notes)


def test_a_table_of_several_markets_has_one_day_and_says_so() -> None:
    noon = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
    markets = [Choice(code, Place("t.csv")) for code in ("EU", "KR")]
    table = Gate().table_request(None, markets, Overrides.of(at=noon))
    assert table.as_of == date(2026, 12, 2)
    assert any("every row is judged on 2026-12-02, today in Asia/Seoul" in note for note in table.choices.notes)
    assert not Gate().table_request(None, markets, Overrides.of(at=LATE)).choices.notes
