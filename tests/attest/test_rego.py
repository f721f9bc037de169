"""The bundle for an Open Policy Agent: its policy allows what passed, and denies all that the data does not know."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from aiact_rules.attest.judged import Judged
from aiact_rules.attest.rego import POLICY, bundle
from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate

from .conftest import ALLOWED, BLOCKED, DIGEST, HELD, attested
from .rego_engine import ask

OTHER = "sha256:" + "1" * 64


@pytest.fixture(scope="module")
def data(gate: Gate) -> dict[str, Any]:
    allowed = named(gate, ALLOWED, "scorer", "1")
    held = named(gate, HELD, "ranker", "2", artifact=OTHER)
    lenient = named(Gate(fail_on="never"), BLOCKED, "chat", "3", artifact="sha256:" + "2" * 64)
    files = bundle([allowed, held, lenient])
    assert files["aiact.rego"] == POLICY
    values: dict[str, Any] = json.loads(files["data.json"])
    return values


def named(gate: Gate, facts: dict[str, object], name: str, version: str, **said: object) -> Judged:
    (decision,) = attested(gate, facts, **said).decisions
    return Judged((replace(decision, subject=replace(decision.subject, name=name, version=version)),))


def says(data: object, given: object) -> tuple[bool, list[str]]:
    found = ask("data.aiact.gate", {"aiact.rego": POLICY}, data, given)
    return found["allow"], found["reasons"]


@pytest.mark.parametrize(
    "given",
    [
        {"artifact": DIGEST},
        {"release": "scorer 1"},
        {"artifact": DIGEST, "release": "scorer 1"},
        {"artifact": DIGEST, "further": "keys"},
    ],
)
def test_what_passed_is_allowed_by_its_digest_or_its_name(data: dict[str, Any], given: object) -> None:
    assert says(data, given) == (True, [])


@pytest.mark.parametrize(
    "given",
    [
        {},
        [],
        "scorer 1",
        None,
        {"artifact": "sha256:" + "f" * 64},
        {"release": "scorer"},
        {"release": "scorer 2"},
        {"artifact": DIGEST, "release": "ranker 2"},
        {"artifact": "sha256:" + "f" * 64, "release": "scorer 1"},
        {"artifact": None, "release": "scorer 1"},
        {"artifact": False, "release": "scorer 1"},
        {"artifact": DIGEST, "release": False},
        {"artifact": DIGEST.upper()},
    ],
    ids=str,
)
def test_what_is_not_in_the_data_is_denied(data: dict[str, Any], given: object) -> None:
    assert says(data, given) == (False, ["no decision is known about it"])


@pytest.mark.parametrize("empty", [{}, {"aiact": {}}, {"aiact": {"artifacts": {}, "releases": {}}}])
def test_without_data_everything_is_denied(empty: object) -> None:
    assert says(empty, {"artifact": DIGEST}) == (False, ["no decision is known about it"])


def test_what_is_held_or_blocked_is_denied_with_its_verdict(data: dict[str, Any]) -> None:
    allowed, reasons = says(data, {"artifact": OTHER})
    assert not allowed
    assert "the verdict is hold" in reasons[0]
    assert data["aiact"]["releases"]["chat 3"]["passes"] is True  # nothing would have refused it
    assert says(data, {"release": "chat 3"})[0] is False


def test_data_that_says_something_else_than_true_allows_nothing(data: dict[str, Any]) -> None:
    for passes in ("true", 1, None, [], "false"):
        row = {**data["aiact"]["artifacts"][DIGEST], "passes": passes}
        changed = {"aiact": {"artifacts": {DIGEST: row}, "releases": {}}}
        assert says(changed, {"artifact": DIGEST})[0] is False


def test_the_bundle_has_a_revision_that_follows_its_data(gate: Gate) -> None:
    one, other = bundle([named(gate, ALLOWED, "a", "1")]), bundle([named(gate, HELD, "a", "1")])
    first, second = (json.loads(files[".manifest"]) for files in (one, other))
    assert first["roots"] == ["aiact"]
    assert first["revision"] != second["revision"]
    assert bundle([named(gate, ALLOWED, "a", "1")]) == one


def test_two_releases_of_one_name_are_refused(gate: Gate) -> None:
    with pytest.raises(InputError, match="two releases are called `a 1`"):
        bundle([named(gate, ALLOWED, "a", "1"), named(gate, HELD, "a", "1", artifact=OTHER)])
