"""Tags of GTO: what each says, and that GTO reads every one of them so."""

from __future__ import annotations

import pytest

from aiact_rules.hosts.git.tags import Event, Kind, event_of

SAID = {
    "scorer@v1.2.3": Event(Kind.REGISTER, "scorer", version="v1.2.3"),
    "scorer@v1.2.3-rc.1": Event(Kind.REGISTER, "scorer", version="v1.2.3-rc.1"),
    "scorer@v1.2.3#4": Event(Kind.REGISTER, "scorer", version="v1.2.3"),
    "models/scorer@v0.0.1": Event(Kind.REGISTER, "models/scorer", version="v0.0.1"),
    "scorer#prod#12": Event(Kind.ASSIGN, "scorer", stage="prod"),
    "scorer#prod": Event(Kind.ASSIGN, "scorer", stage="prod"),
    "models/scorer#prod/eu#1": Event(Kind.ASSIGN, "models/scorer", stage="prod/eu"),
    "teams/risk=scorer#prod#1": Event(Kind.ASSIGN, "teams/risk:scorer", stage="prod"),
    "teams/risk=models/scorer@v1.0.0": Event(Kind.REGISTER, "teams/risk:models/scorer", version="v1.0.0"),
    "scorer@v1.2.3!": Event(Kind.DEREGISTER, "scorer", version="v1.2.3"),
    "scorer@v1.2.3!#2": Event(Kind.DEREGISTER, "scorer", version="v1.2.3"),
    "scorer#prod!#3": Event(Kind.UNASSIGN, "scorer", stage="prod"),
    "scorer@deprecated": Event(Kind.DEPRECATE, "scorer"),
    "scorer@deprecated#5": Event(Kind.DEPRECATE, "scorer"),
}
NOT_SAID = ("v1.2.3", "scorer", "scorer@1.2.3", "scorer@v1.2", "#prod#1", "scorer#", "scorer#prod#x", "scorer@v01.0.0")


@pytest.mark.parametrize(("tag", "event"), SAID.items(), ids=SAID)
def test_a_tag_says_what_happens(tag: str, event: Event) -> None:
    assert event_of(tag) == event


@pytest.mark.parametrize("tag", NOT_SAID)
def test_any_other_tag_is_none_of_gto(tag: str) -> None:
    assert event_of(tag) is None


@pytest.mark.parametrize("tag", [*SAID, *NOT_SAID])
def test_gto_reads_it_so(tag: str) -> None:
    gto = pytest.importorskip("gto.tag", reason="gto is not installed")
    parsed, event = gto.parse_name(tag, raise_on_fail=False), event_of(tag)
    assert bool(parsed) == (event is not None)
    if event is not None:
        assert (parsed["name"], parsed.get("version"), parsed.get("stage")) == (
            event.artifact,
            event.version,
            event.stage,
        )
        kinds = {"register": Kind.REGISTER, "deregister": Kind.DEREGISTER, "assign": Kind.ASSIGN}
        kinds |= {"unassign": Kind.UNASSIGN, "deprecate": Kind.DEPRECATE}
        assert kinds[parsed["action"].value] is event.kind
