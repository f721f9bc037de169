"""`aiact-rules baseline`: note what is open today, so that later only what is new fails."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from aiact_rules.baselines import baseline_of
from aiact_rules.cli.options import Day, judging, trees_option
from aiact_rules.cli.terminal import write_out
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.core.words import counted
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.requests.overrides import Overrides


@click.command("baseline")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@judging
@trees_option("Every release in a folder and below it.")
@click.option("--by", help="Who answers for these findings.")
@click.option("--why", help="Why they may wait.")
@click.option("--until", type=Day(), help="The last day on which they count as known; afterwards they fail again.")
def command(
    file: Path,
    paths: tuple[Path, ...],
    trees: tuple[Path, ...],
    by: str | None,
    why: str | None,
    until: date | None,
    said: Overrides,
) -> None:
    """Write into FILE what is violated or open in PATHS today.

    `check --baseline FILE` then fails only on what is new since the baseline.
    """
    if not paths and not trees:
        raise click.UsageError("name a model card, a release file or a folder, or use --tree")
    gate = Gate()
    inputs = inputs_of(gate, paths, trees=trees)
    inputs.refuse_overwriting(file)
    batch = judge_inputs(gate, inputs, said)
    problems = [*batch.problems, *(problem for item in batch.items for problem in item.problems)]
    if problems:
        raise InputError(problems)
    as_of = max((pack.pack_at.as_of for each in batch.decisions for pack in each.packs), default=None)
    if until is not None and as_of is not None and until < as_of:
        raise InputError([Problem(f"`--until {until}` is before the as-of date {as_of}", hint="name a later day")])
    found = baseline_of(file, batch.decisions, by=by, why=why, until=until)
    write_out(found.text(), file, "the baseline")
    ends = "" if until is None else f", which count as known until {until}"
    click.echo(f"{file}: baseline written ({counted(len(found), 'finding')}{ends})")
    missing = [option for option, given in (("--by", by), ("--why", why), ("--until", until)) if given is None]
    if len(found) and missing:
        click.echo(f"note: say who answers for them, why, and for how long: {', '.join(missing)}", err=True)
