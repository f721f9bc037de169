"""`aiact-rules explain`: why this answer?"""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import say
from aiact_rules.core.decisions import Decision
from aiact_rules.gate import Gate
from aiact_rules.reports.escapes import json_text
from aiact_rules.requests.overrides import Overrides


@click.command("explain")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@judging
@click.option("--operator", "operator", metavar="NAME", help="Which operator of a release that names several.")
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(name: str, path: Path, report: str, operator: str | None, said: Overrides) -> None:
    """Show the rules and facts behind NAME for the release at PATH.

    NAME is a finding or rule (`art9.1`), a conclusion (`high_risk`), or a provision (`Art. 6(3)`). `verdict` shows the
    smallest changes of fact that would change the verdict.
    """
    gate = Gate()
    decision = gate.decide(gate.request(path, said).of_operator(operator))
    if name == "verdict":
        _verdict(decision)
        return
    found = decision.explanations(name)
    if report == "json":
        click.echo(json_text([explanation.as_json() for explanation in found]), nl=False)
        return
    for explanation in found:
        for line in explanation.lines():
            say(line)


def _verdict(decision: Decision) -> None:
    say(f"verdict: {decision.verdict.value}")
    changes = decision.counterfactuals()
    if not changes:
        say("no change of up to three facts changes it; `check` lists everything that is breached or open")
    for change in changes:
        say(change.in_words(decision.vocabulary))
