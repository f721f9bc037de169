"""`aiact-rules check`: may these releases go ahead?"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import click

from aiact_rules.cli.colour import CHOICES
from aiact_rules.cli.known import engines, formats, known_option
from aiact_rules.cli.options import ARTIFACT, FAIL_ON, judging, trees_option
from aiact_rules.cli.terminal import say, show, width, write_out
from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.problems import InputError, Place, Problem, ProblemsError
from aiact_rules.gate import DEFAULT_ENGINE, Gate
from aiact_rules.judging import Finish, inputs_of, judge_inputs
from aiact_rules.requests.overrides import Overrides, pairs
from aiact_rules.requests.request import Request


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@judging
@trees_option("Judge every release in a folder and below it.")
@click.option(
    "--require",
    "required",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Fail unless this is among what is judged.",
)
@click.option("--allow-empty", is_flag=True, help="Exit with 0 where no release is found, for hooks that mean it.")
@click.option("--left-out", "list_left_out", is_flag=True, help="List what --tree left out, on standard error.")
@known_option(
    "--engine",
    words=engines,
    default=None,
    metavar="NAME",
    help=f"The engine that decides (default: {DEFAULT_ENGINE}).",
)
@known_option(
    "--verify", words=engines, metavar="NAME", default=None, help="A second engine that must agree, else no decision."
)
@known_option("--format", "report", words=formats, metavar="NAME", default=None, help="The report (default: text).")
@click.option("--full", is_flag=True, help="Show every obligation, question and interpretation, and all evidence.")
@click.option("-q", "--quiet", is_flag=True, help="One line a release: its verdict and its name.")
@click.option("--summary", is_flag=True, help="One line a release, with how many obligations stand in which way.")
@click.option("--brief", is_flag=True, help="A dozen lines, the worst first, however many releases.")
@click.option(
    "--color", "colour", type=click.Choice(CHOICES), default="auto", show_default=True, help="Colour of the text."
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the report to a file.")
@click.option(
    "--report",
    "further",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write a further report of the same run to a file, such as sarif=report.sarif (several allowed).",
)
@click.option(
    "--log",
    "log_address",
    metavar="FILE|ADDRESS",
    help="Add each decision to a decision log: a file (SQLite), or postgresql://…",
)
@click.option(
    "--actor", envvar="AIACT_RULES_ACTOR", metavar="NAME", help="Who asks, as the log is to say; never guessed."
)
@click.option(
    "--baseline", type=click.Path(path_type=Path), help="Fail only on what is new since a baseline was written."
)
@ARTIFACT
@FAIL_ON
@click.option(
    "--only-cards", is_flag=True, help="Leave alone READMEs that are no model cards, for hooks that name every file."
)
def command(
    paths: tuple[Path, ...],
    trees: tuple[Path, ...],
    required: tuple[Path, ...],
    allow_empty: bool,
    list_left_out: bool,
    engine: str | None,
    verify: str | None,
    report: str | None,
    full: bool,
    quiet: bool,
    summary: bool,
    brief: bool,
    colour: str,
    output: Path | None,
    further: tuple[str, ...],
    log_address: str | None,
    actor: str | None,
    baseline: Path | None,
    artifact: str | None,
    fail_on: str | None,
    only_cards: bool,
    said: Overrides,
) -> None:
    """Judge model cards, release files, or folders that hold them.

    Each PATH is one release; a release file beside a card is read with it. Every path is judged, whatever happens to the others.
    A release file with `operators:` is judged for each of them, and the strictest verdict counts.
    """
    if not paths and not trees:
        raise click.UsageError("name a model card, a release file or a folder, or use --tree")
    if full + quiet + summary + brief > 1:
        raise click.UsageError("--full, --quiet, --summary and --brief exclude each other")
    detail = "quiet" if quiet else "summary" if summary else "brief" if brief else "screen"
    if detail != "screen" and report not in (None, "text"):
        raise click.UsageError(f"--{detail} is of the text report, not of {report}")
    reports = {name: Path(file) for name, file in pairs(further, "--report", "FORMAT=FILE").items()}
    with _told_of_failure([(report, output), *reports.items()]):
        gate = Gate()
        digest = _digest(artifact)
        known = None
        if baseline is not None:
            from aiact_rules.baselines import read_baseline

            known = read_baseline(baseline)
        inputs = inputs_of(gate, paths, trees=trees, required=required, only_cards=only_cards, allow_empty=allow_empty)
        for file in (output, *reports.values()):
            if file is not None:
                inputs.refuse_overwriting(file)
        batch = judge_inputs(
            gate,
            inputs,
            said.with_(fail_on=fail_on, artifact=digest),
            engine=engine,
            verify=verify,
            baseline=known,
            only_cards=only_cards,
            finish=_showing(gate, report) if len(inputs.inputs) == 1 else None,
        )
        batch = replace(batch, full=full)
        report = report or (_usual_report(batch) if detail == "screen" else "text")
        if not brief and (
            report != "text" or output is not None or not sys.stdout.isatty()
        ):  # else the report says it where it is read
            for problem in (*batch.problems, *(problem for item in batch.items for problem in item.problems)):
                click.echo(str(problem), err=True)
        if list_left_out:
            for each in batch.left_out:
                say(f"left out: {each.name} ({each.reason})", err=True)
        _log(batch, log_address, actor, digest)
        if report != "text":
            write_out(gate.catalogue.report(report).render(batch), output, "the report")
        else:
            _write_text(batch, output, detail, colour)
        for name, file in reports.items():
            write_out(gate.catalogue.report(name).render(batch), file, "the report")
        _on_github(batch)
    raise click.exceptions.Exit(batch.exit_code)


def _digest(artifact: str | None) -> str | None:
    if artifact is None:
        return None
    from aiact_rules.artifacts import digest_named  # few runs name an artefact

    return digest_named(artifact)


def _showing(gate: Gate, report: str | None) -> Finish | None:
    """Return what adds the timelines that the HTML page of one release shows; None where the report is another one."""
    if report not in (None, "html"):
        return None

    def finish(request: Request, item: Item) -> Item:
        if (report or request.organisation.text("format")) != "html":
            return item
        from aiact_rules.timeline.judging import with_timelines  # only this report shows them

        return with_timelines(gate, request, item)

    return finish


def _usual_report(batch: Batch) -> str:
    """Return the format that all organisations of the releases set, or else text."""
    formats = {item.settings.get("format") for item in batch.items if item.answer is not None}
    (one,) = formats if len(formats) == 1 else (None,)
    return one or "text"


def _log(batch: Batch, address: str | None, actor: str | None, digest: str | None) -> None:
    """Add each decision, and all that could not be judged, to the log named and to that of its organisation."""
    addresses = dict.fromkeys((address, *(item.settings.get("log") for item in batch.items)))
    if not any(addresses):
        return
    from aiact_rules.cli.recording import record_batch  # most checks log nothing, and SQLite takes time

    record_batch(batch, address, actor=actor, digest=digest)


def _write_text(batch: Batch, output: Path | None, detail: str, colour: str) -> None:
    from aiact_rules.reports.text_report import Detail, TextReport  # no other format needs it

    if output is not None:
        write_out(TextReport(detail=Detail(detail)).render(batch), output, "the report")
    else:
        show(TextReport(width(), Detail(detail)).render(batch), colour=colour)


def _on_github(batch: Batch) -> None:
    """Write the job summary and the outputs where a GitHub workflow runs the command."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        from aiact_rules.reports.markdown_report import MarkdownReport

        # GitHub refuses a summary of more than 1 MiB; what is cut off stands in the report itself.
        _append(summary, MarkdownReport().render(batch)[:1_000_000])
    outputs = os.environ.get("GITHUB_OUTPUT")
    if outputs:
        findings = sum(finding.status.gates for decision in batch.decisions for finding in decision.findings)
        worst = max(batch.decisions, key=lambda decision: decision.verdict.severity, default=None)
        passes = "true" if batch.items and batch.exit_code == 0 else "false"
        text = f"verdict={batch.word}\npasses={passes}\nfindings={findings}\n"
        _append(outputs, text + ("" if worst is None else f"decision_id={worst.decision_id}\n"))


@contextmanager
def _told_of_failure(reports: Iterable[tuple[str | None, Path | None]]) -> Iterator[None]:
    """Where the run ends without an answer, write that into each report for machines and the summary, and the verdict `error`.

    No earlier report and no earlier verdict is then taken for that of this run.
    """
    try:
        yield
    except Exception as error:
        problems = (
            error.problems if isinstance(error, ProblemsError) else (Problem(str(error) or type(error).__name__),)
        )
        with suppress(InputError):  # the first failure is told
            _report_failure(Batch((), problems=problems), reports)
            outputs = os.environ.get("GITHUB_OUTPUT")
            if outputs:
                _append(outputs, "verdict=error\npasses=false\n")
        raise


def _report_failure(batch: Batch, reports: Iterable[tuple[str | None, Path | None]]) -> None:
    from aiact_rules.reports.built_in import BUILT_IN  # plugins may be what failed

    built_in = {report.name: report for report in BUILT_IN if report.name != "text"}
    for name, file in reports:
        if name in built_in:
            write_out(built_in[name].render(batch), file, "the report")
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(summary, built_in["markdown"].render(batch))


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError([Problem("this cannot be written", Place(path), str(error))]) from error
