"""`aiact-rules explain`: why this answer, or what does this rule say?"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from aiact_rules.cli.known import complete_names
from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import say, show, width
from aiact_rules.core.decisions import Decision
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import InputError, Problem, did_you_mean
from aiact_rules.gate import Gate
from aiact_rules.reports.escapes import json_text
from aiact_rules.requests.choosing import DEFAULT_PACK
from aiact_rules.requests.overrides import Overrides

DEPTH = 3
MOST_ENTRIES = 3


@click.command("explain")
@click.argument("name", shell_complete=complete_names)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@judging
@click.option("--operator", "operator", metavar="NAME", help="Which operator of a release that names several.")
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    help=f"How deep the reasoning is shown (default: {DEPTH}; a provision: none).",
)
@click.option("--full", is_flag=True, help="Show the whole reasoning; every row of a provision.")
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    name: str,
    path: Path | None,
    report: str,
    operator: str | None,
    depth: int | None,
    full: bool,
    said: Overrides,
) -> None:
    """Show how NAME stands for the release at PATH, why, and what settles it; without PATH what the rule says.

    NAME is a finding or rule (`art9.1.established`), a conclusion (`high_risk`), or a provision (`Art. 6(3)`), without
    PATH also a reading. `verdict` shows the answers that would lead to allow.
    """
    if path is None:
        if operator is not None or depth is not None or name == "verdict" or said.with_(packs=()) != Overrides():
            raise click.UsageError("this is about a release: name its PATH")
        _rules(Gate(), name, said.packs, report, full=full)
        return
    gate = Gate()
    decision = gate.decide(gate.request(path, said).of_operator(operator))
    if name == "verdict":
        _verdict(decision, report, full=full)
        return
    _release(decision, name, path, report, depth=depth, full=full)


def _release(decision: Decision, name: str, path: Path, report: str, *, depth: int | None, full: bool) -> None:
    """Show how what a name means stands for a release: one thing with its reasoning, several as a table."""
    from aiact_rules.core.explanation import meant_by
    from aiact_rules.reports.answer_table import MOST_ROWS, answers_of, table_lines
    from aiact_rules.reports.answers import Answer, tree_lines

    def reasoning(answer: Answer) -> dict[str, object]:
        return decision.explain(answer.id, deep).as_json() if deep is not None or full else {}

    meant = meant_by(decision.packs, name)
    answers = answers_of(decision, meant)
    one = len(answers) == 1
    deep = None if full else depth if depth is not None or not one else DEPTH
    if report == "json":
        rows = [answer.as_json() | ({"reasoning": tree} if (tree := reasoning(answer)) else {}) for answer in answers]
        click.echo(json_text(rows), nl=False)
        return
    if not one and depth is None:
        _say(table_lines(name, answers, None if full else MOST_ROWS, width()))
        say("")
        say(f"next  aiact-rules explain {answers[0].id} {shlex.quote(str(path))}")
        return
    for answer in answers:
        _say(answer.lines(width()))
        say("")
        say("Reasoning" if full else f"Reasoning to depth {deep} (--depth N goes deeper, --full shows all)")
        _say(tree_lines(decision.explain(answer.id, deep), width()))


def _say(lines: Iterator[str]) -> None:
    show("".join(f"{printable(line)}\n" for line in lines))


def _rules(gate: Gate, name: str, packs: tuple[str, ...], report: str, *, full: bool) -> None:
    """Show what the first pack that knows a name says under it: of those named, or of all installed, the Act first."""
    from aiact_rules.cli.rule_cases import shown_in
    from aiact_rules.core.explanation import a_fact
    from aiact_rules.reports.rule_text import entries_of, entry_list, names_in

    known: list[str] = []
    is_fact = False
    for pack_id in packs or (DEFAULT_PACK, *sorted({*gate.catalogue.heads} - {DEFAULT_PACK})):
        pack = gate.catalogue.pack(pack_id)
        entries = entries_of(pack, name)
        if not entries:
            known += names_in(pack)
            is_fact = is_fact or name in pack.vocabulary
            continue
        cases = shown_in(gate.catalogue.head(pack_id).folder)
        if report == "json":
            rows = [{"pack": pack_id, **entry.as_json(cases.get(entry.id, ()))} for entry in entries]
            click.echo(json_text(rows), nl=False)
        elif len(entries) > MOST_ENTRIES and not full:
            _say(entry_list(name, entries, width()))
        else:
            for entry in entries:
                _say(entry.lines(cases.get(entry.id, ()), width()))
        return
    if is_fact:
        raise InputError([a_fact(name)])
    hint = (
        did_you_mean(name, known)
        or "name a finding, a rule, a conclusion, a reading or a provision such as `Art. 6(3)`"
    )
    raise InputError([Problem(f"unknown rule or provision `{name}`", hint=hint)])


def _verdict(decision: Decision, report: str, *, full: bool) -> None:
    """Show what would lead to an allow; where it is allowed, the smallest changes that would hold or block it."""
    from aiact_rules.core.remedies import remedies
    from aiact_rules.reports.remedy_text import remedies_json, remedy_lines

    found = remedies(decision.packs)
    if report == "json":
        click.echo(json_text(remedies_json(decision, found)), nl=False)
    elif found:
        _say(remedy_lines(decision, found, full=full, width=width()))
    else:
        say("ALLOW  it may go ahead; what would change that:")
        for change in decision.counterfactuals():
            say(f"  {change.in_words(decision.vocabulary)}")
