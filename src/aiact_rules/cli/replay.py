"""`aiact-rules replay`: decide again from a record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aiact_rules.cli.terminal import say
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.gate import Gate
from aiact_rules.sources.text_files import read_bytes

if TYPE_CHECKING:
    from aiact_rules.decision_log.entries import Entry


@click.command("replay")
@click.argument("log", metavar="LOG|FILE")
@click.option("--entry", default=0, help="The number of the entry in a decision log (default: the last one).")
def command(log: str, entry: int) -> None:
    """Decide again from a decision log or a decision in JSON. Exit code 1 where the answer is not the same, byte for byte.

    A log is named by its path or its address, a decision in JSON by a path that ends with `.json`.
    """
    from aiact_rules.decision_log.replay import replay

    recorded = recorded_decision(log, entry)
    found = replay(Gate(), recorded)
    click.echo(f"recorded {found.recorded_id}\nreplayed {found.decision.decision_id}")
    for difference in found.differences:
        say(f"  {difference}")
    click.echo("the same" if found.same else "not the same")
    raise click.exceptions.Exit(0 if found.same else 1)


def recorded_decision(named: Path | str, entry: int) -> dict[str, object]:
    """Return the decision in a file, JSON, or the entry of a log at an address. Raises InputError where there is none."""
    if str(named).endswith(".json") and "://" not in str(named):
        return _decision(Path(named))
    from aiact_rules.decision_log.opening import open_log

    log = open_log(named)
    return decision_of_entry(log.entry(entry), log.name)


def decision_of_entry(entry: Entry, name: str) -> dict[str, object]:
    """Return the decision in an entry of the log of this name. Raises InputError where it records something else."""
    if entry.decision is None:
        what = "an input that could not be judged" if entry.error is not None else "no decision"
        problem = f"this entry records {what}, so there is nothing to decide again"
        place = Place(f"{name}, entry {entry.seq}")
        raise InputError([Problem(problem, place, "name the entry of a decision with `--entry`")])
    return entry.decision


def _decision(file: Path) -> dict[str, object]:
    try:
        value = json.loads(read_bytes(file, str(file)))
    except (ValueError, RecursionError) as error:
        raise InputError([Problem("this is not a decision in JSON", Place(str(file)), str(error))]) from error
    if not isinstance(value, dict):
        raise InputError([Problem("this is not a decision in JSON", Place(str(file)), "several decisions: use a log")])
    return value
