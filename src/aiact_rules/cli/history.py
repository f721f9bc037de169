"""`aiact-rules history`: what would each text of the Act, from the proposal on, have asked of this release?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import write_out
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.gate import Gate
from aiact_rules.history.history import read_table
from aiact_rules.history.judging import history_of, request_for
from aiact_rules.history.picture import render_svg
from aiact_rules.history.text import render_text
from aiact_rules.requests.overrides import Overrides


@click.command("history")
@click.argument("path", type=click.Path(path_type=Path))
@judging
@click.option("--operator", "operator", metavar="NAME", help="Which operator of a release that names several.")
@click.option("--format", "report", type=click.Choice(["text", "json", "svg"]), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write it to a file.")
def command(path: Path, operator: str | None, report: str, output: Path | None, said: Overrides) -> None:
    """Run one release through every text of the Act, from the proposal of 2021 to the law in force.

    Each text is judged as if it applied in full. What only earlier texts ask for may stand in a file of its own beside the
    release file (`aiact.history.yaml` beside `aiact.yaml`). Earlier texts inform and never gate, and the exit code is 0: a
    history decides nothing.
    """
    if said.packs or said.as_of is not None:
        raise InputError([Problem("a history chooses its own packs and dates", hint="leave out --pack and --as-of")])
    gate, table = Gate(), read_table()
    found = history_of(gate, table, request_for(gate, table, path, said), operator)
    if report == "json":
        text = json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n"
    else:
        text = render_svg(found) if report == "svg" else render_text(found)
    write_out(text, output, "the history")
