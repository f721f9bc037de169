"""`aiact-rules export`: a decision in the formats of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aiact_rules.attest.judged import Judged
from aiact_rules.cli.options import ARTIFACT, FAIL_ON, judging, trees_option
from aiact_rules.cli.terminal import say, write_out
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.requests.overrides import Overrides

FORMATS = ("oscal", "cyclonedx", "spdx", "dpv")


@click.command("export")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@judging
@trees_option("Export every release in a folder and below it (for --rego-data).")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=None,
    help="OSCAL assessment results, CycloneDX declarations, an SPDX 3 annotation, or JSON-LD in the terms of DPV.",
)
@click.option(
    "--onto",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Annotate this bill of materials instead of writing one (cyclonedx, spdx).",
)
@click.option(
    "--rego-data",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write a bundle for an Open Policy Agent: the decisions as data, and a policy.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the export to a file.")
@ARTIFACT
@FAIL_ON
def command(
    paths: tuple[Path, ...],
    trees: tuple[Path, ...],
    form: str | None,
    onto: Path | None,
    folder: Path | None,
    output: Path | None,
    artifact: str | None,
    fail_on: str | None,
    said: Overrides,
) -> None:
    """Judge a release and write what was decided in a format of other tools.

    One release goes into one document; several go into a bundle for an Open Policy Agent (--rego-data), and one that cannot be
    judged is not in it, so that its policy denies it. An export refuses nothing: the exit code is 0, or 2 where an input could
    not be judged.
    """
    if not paths and not trees:
        raise click.UsageError("name a model card, a release file or a folder, or use --tree")
    if (form is None) == (folder is None):
        raise click.UsageError("say what to write, with --format or --rego-data")
    if folder is not None and (output is not None or onto is not None):
        raise click.UsageError("--rego-data writes a folder, so --output and --onto do not go with it")
    if onto is not None and form not in ("cyclonedx", "spdx"):
        raise click.UsageError("--onto goes with --format cyclonedx or spdx")
    gate = Gate()
    inputs = inputs_of(gate, paths, trees=trees)
    if output is not None:
        inputs.refuse_overwriting(output)
    if artifact is not None:
        from aiact_rules.artifacts import digest_named

        artifact = digest_named(artifact)
    batch = judge_inputs(gate, inputs, said.with_(fail_on=fail_on, artifact=artifact))
    problems = (*batch.problems, *(problem for item in batch.items for problem in item.problems))
    judged = [Judged(item.decisions) for item in batch.items if item.decisions]
    if folder is not None:
        _write_bundle(judged, folder)
    elif not problems:
        _write_one(judged, form or "", onto, output)
    if problems:
        raise InputError(problems)


def _write_bundle(judged: list[Judged], folder: Path) -> None:
    from aiact_rules.attest.rego import bundle

    files = bundle(judged)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            [Problem("this folder cannot be made", Place(str(folder)), error.strerror or str(error))]
        ) from error
    for name, text in files.items():
        write_out(text, folder / name, "the bundle")
    say(f"{folder}: {len(judged)} decided", err=True)


def _write_one(judged: list[Judged], form: str, onto: Path | None, output: Path | None) -> None:
    if len(judged) != 1:
        message = f"{len(judged)} releases were found, and a document is about one"
        raise InputError([Problem(message, hint="name one of them, or use --rego-data")])
    from aiact_rules.attest import cyclonedx, dpv, oscal, spdx
    from aiact_rules.attest.kept_json import json_text, read_kept

    (release,) = judged
    if onto is not None:
        annotate = {"cyclonedx": cyclonedx.annotated, "spdx": spdx.annotated}[form]
        written: dict[str, Any] = annotate(read_kept(onto), release, str(onto))
    else:
        write = {
            "oscal": oscal.assessment_results,
            "cyclonedx": cyclonedx.declarations,
            "spdx": spdx.ai_package,
            "dpv": dpv.statement,
        }[form]
        written = write(release)
    write_out(json_text(written), output, "the export")
