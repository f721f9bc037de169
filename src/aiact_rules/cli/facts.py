"""`aiact-rules facts`: what was read, and from where?"""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import say
from aiact_rules.gate import Gate
from aiact_rules.reports.escapes import json_text
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
        click.echo(json_text([{"fact": n, "value": v, "origin": o} for n, v, o in rows]), nl=False)
        return
    for name, value, origin in rows:
        shown = ("yes" if value else "no") if isinstance(value, bool) else value
        say(f"{name}: {shown if not isinstance(shown, list) else '[' + ', '.join(shown) + ']'}")
        say(f"    {origin}")
    for signal in request.signals:
        kind = "signal" if signal.note is None else f"note ({signal.why_noted})"
        say(f"{kind} {signal.cue}: `{signal.words}`{signal.by_whom if signal.note is None else ''}")
        say(f"    {signal.place}")
    for note in (*request.notes, *request.choices.notes):
        say(f"note: {note}")
    if not rows:
        say("no facts are stated")
