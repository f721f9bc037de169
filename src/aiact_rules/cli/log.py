"""`aiact-rules log`: look into a decision log."""

from __future__ import annotations

import json
from pathlib import Path

import click

from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place, Problem
from aiact_rules.core.words import counted
from aiact_rules.decision_log.entries import Entry
from aiact_rules.decision_log.log import DecisionLog

_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group("log")
def command() -> None:
    """Verify, show or export the log that `check --log` writes. The log is only read, and may be write-protected.

    While a log is open, or after its writer was killed, its newest entries are in a file beside it whose name ends with
    `-wal`: copy both.
    """


@command.command()
@_FILE
def verify(file: Path) -> None:
    """Check the chain of a log, and print its head to keep elsewhere. Exit code 1 where it is broken."""
    found = DecisionLog(file).verify()
    for problem in found.problems:
        click.echo(str(problem))
    if found.beside is not None:
        click.echo(printable(f"{found.beside} holds the newest entries of this log: copy both files"))
    state = "broken" if found.problems else "unbroken"
    click.echo(f"{counted(found.entries, 'entry', 'entries')}, head {printable(found.head.hash)}, {state}")
    raise click.exceptions.Exit(1 if found.problems else 0)


@command.command()
@_FILE
@click.option("--entry", default=None, type=int, help="Show one entry whole, by its number (0: the last one).")
def show(file: Path, entry: int | None) -> None:
    """List the entries of a log, or show one. Exit code 1 where an entry is broken."""
    log = DecisionLog(file)
    if entry is not None:
        text = json.dumps(log.entry(entry).record, indent=2, ensure_ascii=False)
        click.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))
        return
    broken = False
    for each in log.entries():
        click.echo(printable(f"{each.seq}  {each.at or '-'}  {_summary(each)}"))
        broken = broken or each.broken is not None
    raise click.exceptions.Exit(1 if broken else 0)


@command.command()
@_FILE
def export(file: Path) -> None:
    """Write every entry as one line of JSON, exactly as hashed. Exit code 1 where a broken entry is left out."""
    broken = False
    for each in DecisionLog(file).entries():
        if each.broken is None:
            click.echo(each.text)
        else:
            problem = Problem(f"this entry is left out: {each.broken}", Place(f"{file}, entry {each.seq}"))
            click.echo(str(problem), err=True)
            broken = True
    raise click.exceptions.Exit(1 if broken else 0)


def _summary(entry: Entry) -> str:
    """Return what an entry records, in one line."""
    if entry.error is not None:
        return "  ".join(["error", entry.error.input, *entry.error.problems[:1]])
    if entry.decision is None:
        return f"broken  {entry.broken}"
    subject = entry.decision.get("subject")
    name = subject.get("name") if isinstance(subject, dict) else None
    return f"{entry.decision.get('verdict')}  {name or '-'}  {entry.decision.get('decision_id')}"
