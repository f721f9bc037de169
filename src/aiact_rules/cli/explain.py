"""`aiact-rules explain`: why this answer, or what does this rule say?"""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import say
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, Problem, did_you_mean
from aiact_rules.gate import Gate
from aiact_rules.reports.escapes import json_text
from aiact_rules.requests.choosing import DEFAULT_PACK
from aiact_rules.requests.overrides import Overrides


@click.command("explain")
@click.argument("name")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@judging
@click.option("--operator", "operator", metavar="NAME", help="Which operator of a release that names several.")
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(name: str, path: Path | None, report: str, operator: str | None, said: Overrides) -> None:
    """Show the rules and facts behind NAME for the release at PATH; without PATH what the rule says, and its cases.

    NAME is a finding or rule (`art9.1`), a conclusion (`high_risk`), or a provision (`Art. 6(3)`), without PATH also a
    reading. `verdict` shows the smallest changes of fact that would change the verdict.
    """
    if path is None:
        if operator is not None or name == "verdict" or said.with_(packs=()) != Overrides():
            raise click.UsageError("this is about a release: name its PATH")
        _rules(Gate(), name, said.packs, report)
        return
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


def _rules(gate: Gate, name: str, packs: tuple[str, ...], report: str) -> None:
    """Show what the first pack that knows a name says under it: of those named, or of all installed, the Act first."""
    from aiact_rules.cli.rule_cases import shown_in
    from aiact_rules.reports.rule_text import entries_of, names_in

    known: list[str] = []
    for pack_id in packs or (DEFAULT_PACK, *sorted({*gate.catalogue.heads} - {DEFAULT_PACK})):
        pack = gate.catalogue.pack(pack_id)
        entries = entries_of(pack, name)
        if not entries:
            known += names_in(pack)
            continue
        cases = shown_in(gate.catalogue.head(pack_id).folder)
        if report == "json":
            rows = [{"pack": pack_id, **entry.as_json(cases.get(entry.id, ()))} for entry in entries]
            click.echo(json_text(rows), nl=False)
            return
        for entry in entries:
            for line in entry.lines(cases.get(entry.id, ())):
                say(line)
        return
    hint = (
        did_you_mean(name, known)
        or "name a finding, a rule, a conclusion, a reading or a provision such as `Art. 6(3)`"
    )
    raise InputError([Problem(f"no installed pack has a rule or provision `{name}`", hint=hint)])


def _verdict(decision: Decision) -> None:
    say(f"verdict: {decision.verdict.value}")
    changes = decision.counterfactuals()
    if not changes:
        say("no change of up to three facts changes it; `check` lists everything that is breached or open")
    for change in changes:
        say(change.in_words(decision.vocabulary))
