"""Where nobody states a day, it is the latest that has begun in a market or where the organisation is, by every door."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core import zones
from aiact_rules.core.choices import Choice
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import InputError, PackError, Place
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.gate import Gate
from aiact_rules.requests import today as clock
from aiact_rules.requests.today import today
from aiact_rules.specfiles import load_pack_text
from tests.cli.conftest import Answer, run
from tests.test_doors import release

__all__ = ["run"]
LATE = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
"""Half past eleven in UTC: the second of December has begun in Brussels and Seoul, and not in New York."""


def pack(time_zone: str | None, **more: object) -> Pack:
    return Pack("p", "1.0.0", "P", "P", "EU", "", Vocabulary({}), time_zone=time_zone, **more)  # type: ignore[arg-type]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "aiact.yaml").write_text(release(), encoding="utf-8")
    return tmp_path / "m"


@pytest.mark.parametrize(
    ("named", "own", "day", "first"),
    [
        ([], None, 1, 1),
        ([None], None, 1, 1),
        (["Europe/Brussels"], None, 2, 1),
        (["Asia/Seoul"], None, 2, 1),
        (["America/New_York"], None, 1, 1),
        (["America/New_York", "Asia/Seoul"], None, 2, 1),
        (["America/New_York"], "Europe/Brussels", 2, 1),
        (["Europe/Brussels"], "America/New_York", 2, 1),
        ([], "Europe/Brussels", 2, 1),
    ],
)
def test_the_latest_day_that_has_begun_counts(named: list[str | None], own: str | None, day: int, first: int) -> None:
    found = today([pack(name) for name in named], None if own is None else Choice(own, Place("aiact.toml", 3)), LATE)
    assert (found.day, found.first) == (date(2026, 12, day), date(2026, 12, first))


def test_the_record_says_which_zone_it_was_and_who_named_it() -> None:
    own = Choice("Europe/Brussels", Place("aiact.toml", 3))
    assert str(today([pack("Asia/Seoul")], None, LATE).chosen.place) == "today in Asia/Seoul (pack p)"
    assert str(today([pack("America/New_York")], own, LATE).chosen.place) == "today in Europe/Brussels (aiact.toml:3)"
    assert str(today([], None, LATE).chosen.place) == "today in UTC (default)"


def test_packs_that_only_inform_have_no_say() -> None:
    assert today([pack("Asia/Seoul", gates=False)], None, LATE).day == date(2026, 12, 1)


def test_a_moment_without_a_time_zone_is_in_utc() -> None:
    assert today([pack("Asia/Seoul")], None, LATE.replace(tzinfo=None)).day == date(2026, 12, 2)


def test_a_zone_without_data_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "zone_named", lambda _: None)
    with pytest.raises(InputError, match="no data on the time zone `Asia/Seoul`") as error:
        today([pack("Asia/Seoul")], None, LATE)
    assert "pip install tzdata" in str(error.value.problems[0].hint)
    assert today([], None, LATE).day == date(2026, 12, 1)


def test_a_stated_day_needs_no_data_on_zones(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "zone_named", lambda _: None)
    assert Gate().request(folder, as_of=date(2026, 12, 5)).as_of == date(2026, 12, 5)
    with pytest.raises(InputError, match="no data on the time zone"):
        Gate().request(folder)


def test_every_pack_that_gates_names_the_zone_of_its_market() -> None:
    catalogue = Catalogue.of_installed_plugins()
    for head in catalogue.heads.values():
        found = catalogue.pack(head.id)
        if found.gates and head.market in ("EU", "KR") or head.market.startswith("US-"):
            assert found.time_zone is not None, head.id
            assert zones.zone_named(found.time_zone) is not None, head.id


def test_an_unknown_zone_of_a_pack_or_an_organisation_is_refused(folder: Path) -> None:
    head = "id: small\nversion: 0.1.0\ntitle: S\nlaw: R\nmarket: EU\n"
    with pytest.raises(PackError, match="unknown time zone `Europe/Atlantis`"):
        load_pack_text({"pack.yaml": f"{head}time_zone: Europe/Atlantis\n"})
    (folder.parent / "aiact.toml").write_text('time_zone = "Europe/Atlantis"\n')
    with pytest.raises(InputError, match="`time_zone` is a time zone, found `Europe/Atlantis`"):
        Gate().request(folder)


def test_the_day_is_the_same_by_every_door(
    folder: Path, at: Callable[[datetime], None], run: Callable[..., Answer]
) -> None:
    at(LATE)
    gate = Gate()
    request = gate.request(folder)
    assert request.as_of == request.release_date == date(2026, 12, 2)
    assert gate.check(folder, at=LATE).packs[0].pack_at.as_of == date(2026, 12, 2)
    said = json.loads(run("check", "m", "--format", "json").out)
    assert said["choices"]["as_of"]["value"] == "2026-12-02"
    assert said["choices"]["as_of"]["source"].startswith("today in ")
    assert said["facts"]["release.date"]["value"] == "2026-12-02"
    assert json.loads(run("timeline", "m", "--format", "json").out)
    assert run("sweep", ".", "--output", "out.csv").code == 0
    with open("out.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["aiact_decision_id"] == said["decision_id"]


def test_the_rows_of_a_table_are_judged_on_the_same_day(
    folder: Path, at: Callable[[datetime], None], run: Callable[..., Answer]
) -> None:
    at(LATE)
    facts = {"release.subject": "system", "operator.roles": "provider", "release.markets": "EU"}
    facts |= {
        f"system.{name}": "none" for name in ("practices", "annex_iii_uses", "annex_i_law", "transparency_situations")
    }
    Path("t.csv").write_text(f"{','.join(facts)}\n{','.join(facts.values())}\n", encoding="utf-8")
    answer = run("sweep", "t.csv", "--no-output")
    assert answer.code == 0, answer
    assert "2026-12-02" in answer.out


def test_the_organisation_says_where_it_is(folder: Path) -> None:
    (folder / "aiact.yaml").write_text(release(), encoding="utf-8")
    (folder.parent / "aiact.toml").write_text('time_zone = "Pacific/Auckland"\n')
    request = Gate().request(folder, at=datetime(2026, 12, 1, 13, 0, tzinfo=UTC))
    assert request.as_of == date(2026, 12, 2)
    assert request.choices.as_of is not None
    assert request.choices.as_of.place.source == "today in Pacific/Auckland (aiact.toml:1)"


def test_a_date_is_past_when_it_is_over_everywhere_that_counts(folder: Path) -> None:
    """At half past eleven in UTC the first of December is over in Brussels; whoever says it means a day that goes on elsewhere."""
    gate = Gate(past_dates="refuse")
    assert gate.request(folder, at=LATE, release_date=date(2026, 12, 1)).choices.notes == ()
    with pytest.raises(InputError, match="2026-11-30 is past"):
        gate.request(folder, at=LATE, release_date=date(2026, 11, 30))
    (note,) = Gate().request(folder, at=LATE, release_date=date(2026, 11, 30)).choices.notes
    assert "which is past" in note
