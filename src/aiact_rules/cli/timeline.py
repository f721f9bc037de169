"""`aiact-rules timeline`: how does the answer change from date to date?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import write_out
from aiact_rules.gate import Gate
from aiact_rules.reports.timeline_picture import render_svg
from aiact_rules.reports.timeline_text import render_text
from aiact_rules.requests.overrides import Overrides
from aiact_rules.timeline.judging import timeline_of


@click.command("timeline")
@click.argument("path", type=click.Path(path_type=Path))
@judging
@click.option("--operator", "operator", metavar="NAME", help="Which operator of a release that names several.")
@click.option("--format", "report", type=click.Choice(["text", "json", "svg"]), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write it to a file.")
def command(path: Path, operator: str | None, report: str, output: Path | None, said: Overrides) -> None:
    """Show from date to date how the verdict changes and what is owed.

    Each date on which the law changes something for this release is judged as if the release came that day and, where
    the law spares what was on the market before, for the release as placed on its own date and left unchanged. The exit
    code is 0: a timeline decides nothing.
    """
    gate = Gate()
    found = timeline_of(gate, gate.request(path, said), operator)
    if report == "json":
        text = json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n"
    else:
        text = render_svg(found) if report == "svg" else render_text(found)
    write_out(text, output, "the timeline")
