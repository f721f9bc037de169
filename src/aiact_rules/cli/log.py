"""`aiact-rules log`: look into a decision log."""

from __future__ import annotations

import json
from pathlib import Path

import click

from aiact_rules.decision_log.log import DecisionLog


@click.group("log")
def command() -> None:
    """Verify, show or export the log that `check --log` writes."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def verify(file: Path) -> None:
    """Check the chain of a log, and give its head to keep elsewhere. Exit code 1 where it is broken."""
    found = DecisionLog(file).verify()
    for problem in found.problems:
        click.echo(str(problem))
    click.echo(f"{found.entries} entries, head {found.head}, {'broken' if found.problems else 'unbroken'}")
    raise click.exceptions.Exit(1 if found.problems else 0)


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--entry", default=None, type=int, help="Show one entry whole, by its number.")
def show(file: Path, entry: int | None) -> None:
    """List the decisions of a log, or show one."""
    log = DecisionLog(file)
    if entry is not None:
        click.echo(json.dumps(log.entry(entry).record, indent=2, ensure_ascii=False))
        return
    for each in log.entries():
        decision = each.decision
        subject = decision["subject"]
        name = subject.get("name") if isinstance(subject, dict) else None
        click.echo(f"{each.seq}  {each.record['at']}  {decision['verdict']}  {name or '-'}  {decision['decision_id']}")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """Write every entry as one line of JSON, exactly as hashed."""
    for each in DecisionLog(file).entries():
        click.echo(each.text)
