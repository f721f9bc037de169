"""`aiact-rules facts`: what was read, and from where?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from aiact_rules.cli.options import judging
from aiact_rules.gate import Gate
from aiact_rules.requests.overrides import Overrides


@click.command("facts")
@click.argument("path", type=click.Path(path_type=Path))
@judging
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(path: Path, report: str, said: Overrides) -> None:
    """Show every fact read from a release, with its file and line."""
    gate = Gate()
    request = gate.request(path, said)
    vocabulary = gate.vocabulary(request.pack_ids)
    rows = [
        (fact.name, vocabulary[fact.name].format(fact.value), str(fact.origin))
        for fact in sorted(request.facts, key=lambda fact: fact.name)
    ]
    if report == "json":
        click.echo(json.dumps([{"fact": n, "value": v, "origin": o} for n, v, o in rows], indent=2, ensure_ascii=False))
        return
    for name, value, origin in rows:
        shown = ("yes" if value else "no") if isinstance(value, bool) else value
        click.echo(f"{name}: {shown if not isinstance(shown, list) else '[' + ', '.join(shown) + ']'}\n    {origin}")
    for signal in request.signals:
        click.echo(f"signal {signal.cue}: `{signal.words}`\n    {signal.place}")
    for note in (*request.notes, *request.choices.notes):
        click.echo(f"note: {note}")
    if not rows:
        click.echo("no facts are stated")
