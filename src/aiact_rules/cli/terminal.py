"""Terminal: the same text with some colour, where `rich` is installed and somebody is looking."""

from __future__ import annotations

import os
import re
import sys
from importlib.util import find_spec

import click

_VERDICT = re.compile(r"^(ALLOW|HOLD|BLOCK)\b.*$", re.MULTILINE)
_HEADING = re.compile(r"^(?=[A-Z])(?!ALLOW|HOLD|BLOCK).*$", re.MULTILINE)
_COLOUR = {"ALLOW": "bold green", "HOLD": "bold yellow", "BLOCK": "bold red"}


def show(text: str) -> None:
    """Write a text report. Without `rich`, without a terminal, or with `NO_COLOR`, it stays plain; nothing else differs."""
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
