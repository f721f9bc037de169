"""`aiact-rules check`: may these releases go ahead?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from aiact_rules.cli.options import Judging, Reader, Release, decided, judging
from aiact_rules.cli.terminal import show, write_out
from aiact_rules.core.chains import Chain
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, Place, Problem, ProblemsError
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import DEFAULT_ENGINE, Gate, VerificationFailed
from aiact_rules.sources.discovery import releases_below
from aiact_rules.sources.document import Skipped
from aiact_rules.sources.organisation import Organisation


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@judging
@click.option("--tree", type=click.Path(path_type=Path), help="Judge every release in a folder and below it.")
@click.option("--engine", default=None, help=f"The engine that evaluates (default: {DEFAULT_ENGINE}).")
@click.option(
    "--verify", metavar="ENGINE", default=None, help="Decide with a second engine too, and refuse where they differ."
)
@click.option(
    "--format",
    "report",
    default=None,
    help="text, json, sarif, junit, github, gitlab, markdown, html, or a plugin's (default: text).",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the report to a file.")
@click.option(
    "--log", "log_file", type=click.Path(path_type=Path), help="Add each decision to a decision log (SQLite)."
)
@click.option(
    "--baseline", type=click.Path(path_type=Path), help="Fail only on what got worse since a baseline was written."
)
@click.option(
    "--fail-on",
    type=click.Choice(["hold", "block", "never"]),
    default=None,
    help="From which verdict on the exit code is 1 (default: hold; never: advise only).",
)
@click.option(
    "--only-cards", is_flag=True, help="Leave alone READMEs that are no model cards, for hooks that name every file."
)
def command(
    paths: tuple[Path, ...],
    tree: Path | None,
    engine: str | None,
    verify: str | None,
    report: str | None,
    output: Path | None,
    log_file: Path | None,
    baseline: Path | None,
    fail_on: str | None,
    only_cards: bool,
    chosen: Judging,
) -> None:
    """Judge model cards, release files, or folders that hold them.

    Each PATH is one release; a release file beside a card is read with it. Every path is judged, whatever happens to the others.
    A release file with `operators:` is judged for each of them, and the strictest verdict counts.
    """
    if not paths and tree is None:
        raise click.UsageError("name a model card, a release file or a folder, or use --tree")
    paths = (*paths, *(releases_below(tree) if tree is not None else ()))
    gate = Gate()
    reader = Reader(gate, chosen)
    decisions: list[tuple[Path, Decision | Chain]] = []
    failed = False
    worst_fail_on = fail_on
    for path in paths:
        try:
            found = reader.read(path)
            own = reader.organisation(path)
            if isinstance(found, Skipped):
                if not only_cards:
                    raise InputError([Problem(found.reason, Place(found.name), "name a model card or a release file")])
                continue
            report = report or _setting(own, "format")
            worst_fail_on = worst_fail_on or _setting(own, "fail_on")
            judge = judged_chain if found.document.operators else judged
            decisions.append((path, judge(gate, found, chosen, engine or _setting(own, "engine"), verify)))
        except ProblemsError as error:
            click.echo(str(error), err=True)
            failed = True
        except VerificationFailed as error:
            click.echo(f"{path}: {error}", err=True)
            failed = True
    each = _each(decisions)
    if log_file is not None:
        from aiact_rules.decision_log.log import DecisionLog

        for decision in each:
            DecisionLog(log_file).append(decision.as_json())
    if decisions:
        _write(gate, decisions, report or "text", output)
    if baseline is not None:
        each = _got_worse(each, baseline)
    worst = max((decision.verdict.severity for decision in each), default=0)
    threshold = {"hold": Verdict.HOLD.severity, "block": Verdict.BLOCK.severity, "never": 3}[worst_fail_on or "hold"]
    raise click.exceptions.Exit(2 if failed else 1 if worst >= threshold else 0)


def _each(judged: Iterable[tuple[Path, Decision | Chain]]) -> list[Decision]:
    """Give every decision, those of a chain one by one."""
    return [one for _, found in judged for one in (found.decisions if isinstance(found, Chain) else (found,))]


def _got_worse(decisions: list[Decision], baseline: Path) -> list[Decision]:
    """Give the decisions with findings that the baseline does not have, and name those findings."""
    from aiact_rules.cli.baseline import read_baseline, worse_than

    known = read_baseline(baseline)
    found = []
    for decision in decisions:
        worse = worse_than(known, decision)
        if worse:
            found.append(decision)
            click.echo(f"worse than the baseline: {', '.join(worse)}", err=True)
    if not found:
        click.echo("nothing is worse than the baseline", err=True)
    return found


def judged(gate: Gate, release: Release, chosen: Judging, engine: str | None, verify: str | None) -> Decision:
    """Decide on one release, by two engines where asked, and tell the plugins."""
    decision = decided(gate, release, chosen, engine)
    if verify is not None:
        decision = gate.verify(decision, decided(gate, release, chosen, verify))
    return gate.record(decision)


def judged_chain(gate: Gate, release: Release, chosen: Judging, engine: str | None, verify: str | None) -> Chain:
    """Decide for each operator that a release names, as `judged` does for one. Raises InputError for roles of no one of them."""
    for option, value in (("--role", chosen.roles), ("--moment", chosen.moment)):
        if value:
            problem = f"{option} says nothing about which of several operators is meant"
            raise InputError(
                [Problem(problem, release.document.operators[0].place, "state it for each operator there")]
            )
    document = replace(release.document, facts=release.facts)
    parts = (replace(release, document=each, facts=each.facts) for each in document.per_operator())
    return Chain(tuple(judged(gate, part, chosen, engine, verify) for part in parts))


def _setting(organisation: Organisation, name: str) -> str | None:
    value = organisation.settings.get(name)
    return value if isinstance(value, str) else None


def _write(gate: Gate, decisions: list[tuple[Path, Decision | Chain]], report: str, output: Path | None) -> None:
    if report == "json" and (len(decisions) > 1 or isinstance(decisions[0][1], Chain)):
        values = [decision.as_json() for _, decision in decisions]
        text = json.dumps(values if len(values) > 1 else values[0], indent=2, ensure_ascii=False) + "\n"
    elif report == "text":
        text = "".join(_texts(gate, decisions))
    else:
        chosen = gate.catalogue.report(report)
        each = _each(decisions)
        many = getattr(chosen, "render_many", None)
        text = many(each) if many is not None else "".join(chosen.render(decision) for decision in each)
    _on_github(decisions)
    if output is None and report == "text":
        show(text)
    else:
        write_out(text, output, "the report")


def _texts(gate: Gate, decisions: list[tuple[Path, Decision | Chain]]) -> Iterator[str]:
    chosen = gate.catalogue.report("text")
    for path, decision in decisions:
        if len(decisions) > 1:
            yield f"== {path}\n\n"
        if isinstance(decision, Chain):
            from aiact_rules.reports.matrix import render_chain

            yield render_chain(decision)
        else:
            yield chosen.render(decision)
        if len(decisions) > 1:
            yield "\n"


def _on_github(decisions: list[tuple[Path, Decision | Chain]]) -> None:
    """Write the job summary and the outputs where a GitHub workflow runs the command."""
    each = _each(decisions)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        from aiact_rules.reports.ci_reports import MarkdownReport

        # GitHub refuses a summary of more than 1 MiB; what is cut off stands in the report itself.
        _append(summary, MarkdownReport().render_many(each)[:1_000_000])
    outputs = os.environ.get("GITHUB_OUTPUT")
    if outputs:
        worst = max(each, key=lambda decision: decision.verdict.severity)
        findings = sum(f.status.value in ("breached", "open") for decision in each for f in decision.findings)
        _append(outputs, f"verdict={worst.verdict.value}\nfindings={findings}\ndecision_id={worst.decision_id}\n")


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError([Problem("this cannot be written", Place(path), str(error))]) from error
