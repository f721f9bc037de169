"""Colour where it is wanted, and nothing but colour."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from aiact_rules.cli.colour import coloured, is_wanted

from .conftest import EXAMPLES, Answer

Run = Callable[..., Answer]
VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM")


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"CLICOLOR": "0"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_on_colour(
    choice: str, environment: dict[str, str], terminal: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    assert is_wanted(choice) is wanted


def test_verdicts_counts_alarms_places_and_commands_have_colour() -> None:
    text = (
        "BLOCK  m\n\n  3 unmet · 1 violated · 0 violated\n  violated: Art. 4: x: no (a/aiact.yaml:7)\n"
        "  next  aiact-rules ask m  # answer\n"
    )
    found = coloured(text)
    assert re.sub(r"\x1b\[[0-9;]*m", "", found) == text
    for said in ("BLOCK", "3 unmet", "1 violated", "  violated", "a/aiact.yaml:7", "aiact-rules ask m"):
        assert f"m{said}\x1b[0m" in found, said
    assert "m0 violated" not in found


@pytest.mark.parametrize("arguments", [(), ("--full",), ("--summary",), ("--quiet",)])
def test_colour_on_request_changes_nothing_but_colour(run: Run, arguments: tuple[str, ...]) -> None:
    path = str(EXAMPLES / "cv-screening")
    plain = run("check", path, *arguments, "--color", "never").out
    found = run("check", path, *arguments, "--color", "always").out
    assert "\x1b[" in found
    assert re.sub(r"\x1b\[[0-9;]*m", "", found) == plain
