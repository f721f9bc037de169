"""Colour is only colour: the text is the same without it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from .conftest import EXAMPLES, Answer

Run = Callable[..., Answer]


def test_colour_changes_nothing_but_colour(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    plain = run("check", str(EXAMPLES / "silent"), "--as-of", "2026-11-22").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run("check", str(EXAMPLES / "silent"), "--as-of", "2026-11-22").out
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_no_color_is_obeyed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("check", str(EXAMPLES / "minimal")).out
