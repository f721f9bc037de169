"""`aiact-rules explain`: why this answer?"""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import say
from aiact_rules.core.decisions import Decision
from aiact_rules.core.explanation import Explanation
from aiact_rules.core.problems import InputError, Problem, did_you_mean
from aiact_rules.core.rules import Obligation, Rule
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
    found = _explained(decision, name)
    if report == "json":
        click.echo(json_text([explanation.as_json() for explanation in found]), nl=False)
        return
    for explanation in found:
        for line in explanation.lines():
            say(line)


def _explained(decision: Decision, name: str) -> list[Explanation]:
    try:
        return [decision.explain(name)]
    except KeyError:
        pass
    known: list[str] = []
    for pack in decision.packs:
        pack_at = pack.pack_at
        items: list[Rule | Obligation] = [*pack_at.rules.values(), *pack_at.obligations.values()]
        wanted = name.replace(" ", "").lower()
        cited = [i.id for i in items if _cites(i.provision, wanted) or name in i.units]
        if cited:
            return [decision.explain(item) for item in cited]
        known += [item.id for item in items]
        known += list(pack.conclusions)
    hint = did_you_mean(name, known) or "name a finding, a rule, a conclusion or a provision such as `Art. 6(3)`"
    raise InputError([Problem(f"nothing is named `{name}`", hint=hint)])


def _cites(provision: str, wanted: str) -> bool:
    text = provision.replace(" ", "").lower()
    return text == wanted or (text.startswith(wanted) and not text[len(wanted)].isalnum())


def _verdict(decision: Decision) -> None:
    say(f"verdict: {decision.verdict.value}")
    changes = decision.counterfactuals()
    if not changes:
        say("no change of up to three facts changes it; `check` lists everything that is breached or open")
    for change in changes:
        stated = []
        for fact, value in change.changes.items():
            shown = decision.vocabulary[fact].format(value)
            shown = ("yes" if shown else "no") if isinstance(shown, bool) else shown
            stated.append(f"{fact} = {'[' + ', '.join(shown) + ']' if isinstance(shown, list) else shown}")
        say(f"it would be {change.verdict.value} if {' and '.join(stated)}")
