"""Terminal: text that no terminal obeys, with some colour where `rich` is installed and somebody is looking."""

from __future__ import annotations

import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from aiact_rules.core.printable import printable
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.reports.escapes import harmless, plain

_VERDICT = re.compile(r"^(ALLOW|HOLD|BLOCK|ERROR|NONE)\b.*$", re.MULTILINE)
_HEADING = re.compile(r"^(?=[A-Z])(?!ALLOW|HOLD|BLOCK|ERROR|NONE).*$", re.MULTILINE)
_COLOUR = {
    "ALLOW": "bold green",
    "HOLD": "bold yellow",
    "BLOCK": "bold red",
    "ERROR": "bold red",
    "NONE": "bold yellow",
}


def show(text: str) -> None:
    """Write a text report. Without `rich`, without a terminal, or with `NO_COLOR`, it stays plain; nothing else differs.

    What a terminal or a CI system's log would obey is escaped.
    """
    text = harmless(text)
    wanted = os.environ.get("FORCE_COLOR") or sys.stdout.isatty()
    if not wanted or os.environ.get("NO_COLOR") or find_spec("rich") is None:
        click.echo(text, nl=False)
        return
    from rich.console import Console
    from rich.text import Text

    styled = Text(text, end="")
    for match in _HEADING.finditer(text):
        styled.stylize("bold", match.start(), match.end())
    for match in _VERDICT.finditer(text):
        styled.stylize(_COLOUR[match[1]], match.start(), match.end())
    Console(force_terminal=True, soft_wrap=True, highlight=False).print(styled, end="")


def say(line: str, *, err: bool = False) -> None:
    """Write one line. What a terminal or a CI system's log would obey is escaped, line ends within it too."""
    click.echo(harmless(printable(line)), err=err)


def write_out(text: str, output: Path | None, what: str) -> None:
    """Write a text to a file as UTF-8, or to the terminal where none is named; what a terminal would obey is escaped there.

    Raises InputError where the file cannot be written.
    """
    if output is None:
        click.echo(plain(text), nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise InputError([Problem(f"{what} cannot be written here", Place(str(output)), str(error))]) from error
