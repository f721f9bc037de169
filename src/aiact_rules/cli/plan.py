"""`aiact-rules plan`: which documents and acts does a release still owe, and when?"""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.cli.options import judging, trees_option
from aiact_rules.cli.terminal import width, write_out
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.requests.overrides import Overrides


@click.command("plan")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@judging
@trees_option("Plan for every release in a folder and below it.")
@click.option(
    "--format",
    "report",
    type=click.Choice(["text", "markdown", "csv", "json"]),
    default="text",
    show_default=True,
    help="markdown is a task list for an issue.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the plan to a file.")
def command(
    paths: tuple[Path, ...], trees: tuple[Path, ...], report: str, output: Path | None, said: Overrides
) -> None:
    """Print the documents and acts that are left to do.

    Each comes with its checklist, the facts to state, who answers for it and when it is due, ordered by date and by how
    much it settles. What only may be needed comes with the facts that decide it. A plan refuses nothing: the exit code is
    0, or 2 where an input could not be judged.
    """
    if not paths and not trees:
        raise click.UsageError("name a model card, a release file or a folder, or use --tree")
    from aiact_rules.reports.plan_formats import FORMATS, text

    gate = Gate()
    inputs = inputs_of(gate, paths, trees=trees)
    if output is not None:
        inputs.refuse_overwriting(output)
    batch = judge_inputs(gate, inputs, said)
    for problem in (*batch.problems, *(problem for item in batch.items for problem in item.problems)):
        click.echo(str(problem), err=True)
    shown = text(batch, width()) if report == "text" and output is None else FORMATS[report](batch)
    write_out(shown, output, "the plan")
    raise click.exceptions.Exit(2 if batch.failed else 0)
