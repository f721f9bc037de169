"""Terminal: text that no terminal obeys, with colour where it is wanted."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from aiact_rules.cli.colour import coloured, is_wanted
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.reports.escapes import harmless, plain
from aiact_rules.reports.words import WIDTH


def width() -> int:
    """Return how many columns a text report may have: those of the terminal, at least 80; 80 where nobody looks."""
    return max(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if sys.stdout.isatty() else WIDTH


def show(text: str, *, colour: str = "auto") -> None:
    """Write a text report, coloured where `colour` (auto, always or never) and the environment want it.

    What a terminal or a CI system's log would obey is escaped. Colour changes nothing else.
    """
    text = harmless(text)
    wanted = is_wanted(colour)
    click.echo(coloured(text) if wanted else text, nl=False, color=wanted)


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
        raise InputError(
            [Problem(f"{what} cannot be written here", Place(str(output)), error.strerror or str(error))]
        ) from error
