"""Colour: whether it is wanted, and where it goes in a text report. It never changes a letter."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from typing import Any

import click

CHOICES = ("auto", "always", "never")
_BRIGHT: Mapping[str, dict[str, Any]] = {
    "ALLOW": {"fg": "green", "bold": True},
    "HOLD": {"fg": "yellow", "bold": True},
    "BLOCK": {"fg": "red", "bold": True},
    "ERROR": {"fg": "red", "bold": True},
    "NONE": {"fg": "yellow", "bold": True},
}
_RED: dict[str, Any] = {"fg": "red"}
_YELLOW: dict[str, Any] = {"fg": "yellow"}
_GREEN: dict[str, Any] = {"fg": "green"}
_CYAN: dict[str, Any] = {"fg": "cyan"}
_BOLD: dict[str, Any] = {"bold": True}
_COUNTS = {
    "violated": _RED,
    "contradiction": _RED,
    "signal": _RED,
    "unmet": _YELLOW,
    "undetermined": _YELLOW,
    "blocked": _RED,
    "held": _YELLOW,
    "allowed": _GREEN,
    "error": _RED,
}
_STYLED = re.compile(
    r"(?P<verdict>^ *(?:ALLOW|HOLD|BLOCK|ERROR|NONE)(?=  ))"
    r"|(?P<alarm>^ *(?:violated|contradiction|signal)(?=: ))"
    r"|(?P<heading>^(?:[A-Z==]|  (?:Document or provision|Provision) ).*$)"
    r"|(?P<count>\b[1-9]\d* (?:violated|contradictions?|signals?|unmet|undetermined|blocked|held|allowed|errors?)\b)"
    r"|(?P<command>\baiact-rules [a-z][^#\n]*?(?= +#|$))"
    r"|(?P<place>[^\s()`,;]+\.\w+:\d+\b)",
    re.MULTILINE,
)


def is_wanted(choice: str = "auto") -> bool:
    """Return whether standard output is to be coloured.

    `always` and `never` say so themselves. Else `NO_COLOR` forbids it, `FORCE_COLOR` and `CLICOLOR_FORCE` demand it, and
    without these there is colour where somebody looks, unless `CLICOLOR` is 0 or the terminal is dumb.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if os.environ.get("CLICOLOR") == "0" or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def coloured(text: str) -> str:
    """Return a text report with verdicts, alarms, counts, headings, commands and places in colour."""
    return _STYLED.sub(_styled, text)


def _styled(found: re.Match[str]) -> str:
    said = found.group()
    if found.lastgroup == "verdict":
        word = said.strip()
        return said.replace(word, click.style(word, **_BRIGHT[word]))
    if found.lastgroup == "count":
        kind = said.split()[1]
        return click.style(said, **_COUNTS.get(kind, _COUNTS.get(kind.removesuffix("s"), _BOLD)))
    style = {"alarm": _RED | _BOLD, "heading": _BOLD, "command": _BOLD, "place": _CYAN}[str(found.lastgroup)]
    return click.style(said, **style)
