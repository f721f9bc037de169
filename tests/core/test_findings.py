"""Findings: each line of a decision with its reasons, facts, questions, roles, start and readings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from aiact_rules.core.findings import Finding
from aiact_rules.core.packs import PackAt
from aiact_rules.core.statuses import Status
from aiact_rules.core.timing import Start
from aiact_rules.core.vocabulary import FactValue
from tests.core.reasoned_law import decided, law, stated


def finding(name: str = "art12.logs", pack_at: PackAt | None = None, **changes: FactValue | None) -> Finding | None:
    (pack,) = decided(law() if pack_at is None else pack_at, stated(**changes)).packs
    return pack.finding(name)


def test_a_finding_says_what_why_from_what_and_from_when() -> None:
    found = finding(system__uses=frozenset({"chat"}), system__keeps_logs=None)
    assert found is not None
    assert found.status is Status.OPEN
    assert (found.provision, found.must) == ("Art. 12(1)", "let the system keep logs")
    assert found.certain
    assert found.because == (
        "logs show what a system did",
        "it does what the annex lists (Art. 6(2))",
        "it talks (Annex III, point 9)",
    )
    assert found.facts == ("system.is_narrow", "system.uses")
    assert found.needs == ("system.keeps_logs",)
    assert found.start == Start(date(2027, 12, 2), "Art. 113(c)")
    assert found.readings == ("chats",)
    assert found.reading == "Logs are records of events."


def test_what_may_be_owed_is_not_certain_and_asks_whether_it_is() -> None:
    found = finding(system__uses=None, system__keeps_logs=None)
    assert found is not None
    assert not found.certain
    assert found.because == ("logs show what a system did",)
    assert found.needs == ("system.uses",)


def test_only_roles_that_the_operator_may_have_are_named() -> None:
    much: dict[str, FactValue | None] = {"model__compute": Decimal("1e25"), "system__keeps_logs": None}
    deployer = finding("art26.logs", **much, operator__roles=frozenset({"deployer"}))
    nobody = finding("art26.logs", **much, operator__roles=None)
    assert deployer is not None
    assert nobody is not None
    assert deployer.roles == ("deployer",)
    assert nobody.roles == ("provider", "deployer")


@pytest.mark.parametrize(
    ("was_on_market", "start"),
    [
        (False, Start(date(2027, 12, 2), "Art. 113(c)")),
        (None, Start(date(2027, 12, 2), "Art. 113(c)", ("unless it changes (Art. 111(2))",))),
        (True, Start(date(2030, 8, 2), "Art. 111(2)", ("unless it changes (Art. 111(2))",))),
    ],
)
def test_what_is_still_to_come_stands_with_its_date_and_proviso(was_on_market: bool | None, start: Start) -> None:
    found = finding(release__date=date(2027, 1, 1), system__was_on_market=was_on_market)
    assert found is not None
    assert found.start == start


def test_what_is_not_in_force_and_never_will_be_is_no_finding() -> None:
    never = replace(law().timetables["regime"].deferrals[0], until=None)
    table = replace(law().timetables["regime"], deferrals=(never,))
    pack_at = replace(law(), timetables={"regime": table})
    spared = finding(pack_at=pack_at, system__was_on_market=True, system__keeps_logs=False)
    assert spared is None
    later = finding(system__was_on_market=True, system__keeps_logs=False)
    assert later is not None
    assert later.status is Status.UPCOMING


def test_the_json_of_a_finding_has_its_reasons_and_start() -> None:
    found = finding(system__was_on_market=True, system__keeps_logs=False)
    assert found is not None
    shown = found.as_json()
    assert shown["status"] == "upcoming"
    assert shown["because"] == list(found.because) != []
    assert shown["facts"] == ["system.is_narrow", "system.keeps_logs", "system.uses"]
    assert (shown["applies_from"], shown["provisos"]) == ("2030-08-02", ["unless it changes (Art. 111(2))"])
    assert (shown["roles"], shown["before"], shown["owed"]) == (["provider"], "placing_on_market", "yes")
