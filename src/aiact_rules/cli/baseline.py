"""`aiact-rules baseline`: note what is open today, so that later only what got worse fails."""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.baselines import baseline_of
from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import write_out
from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.requests.overrides import Overrides


@click.command("baseline")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@judging
@click.option(
    "--tree", "trees", multiple=True, type=click.Path(path_type=Path), help="Every release in a folder and below it."
)
def command(file: Path, paths: tuple[Path, ...], trees: tuple[Path, ...], said: Overrides) -> None:
    """Write into FILE what is breached or open in PATHS today; `check --baseline FILE` then fails only on what got worse."""
    if not paths and not trees:
        raise click.UsageError("name a model card, a release file or a folder, or use --tree")
    gate = Gate()
    inputs = inputs_of(gate, paths, trees=trees)
    inputs.refuse_overwriting(file)
    batch = judge_inputs(gate, inputs, said)
    problems = [*batch.problems, *(problem for item in batch.items for problem in item.problems)]
    if problems:
        raise InputError(problems)
    found = baseline_of(file.as_posix(), batch.decisions)
    write_out(found.text(), file, "the baseline")
    click.echo(f"{file}: {len(found)} findings noted")
