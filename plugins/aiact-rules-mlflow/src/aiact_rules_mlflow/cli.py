"""`aiact-rules-mlflow`: look at a gate, judge again what is out, and answer for a release by name."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from aiact_rules import InputError, OverrideRefused
from aiact_rules.core.problems import Place, Problem, ProblemsError
from aiact_rules.core.vocabulary import parse_date

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

_artifacts = click.option(
    "--artifacts-destination",
    "artifacts",
    metavar="URI",
    help="Where the server keeps the artifacts it serves, as told to `mlflow server` (usual: mlartifacts, if it is here).",
)
_format = click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
_output = click.option("--output", type=click.Path(path_type=Path), help="Write it to a file.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aiact-rules-mlflow", prog_name="aiact-rules-mlflow")
def main() -> None:
    """Tools for the gate in an MLflow model registry. Settings are read as the server reads them."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s: %(message)s")


def _reporting(command: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Let what cannot be used be said on standard error, with exit code 2."""

    @wraps(command)
    def reporting(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return command(*args, **kwargs)
        except ProblemsError as error:
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(2) from error

    return reporting


@main.command()
@click.argument("address", metavar="URI")
@click.option("--on", "days", metavar="DATE", multiple=True, help="Judge as of this day too (several times).")
@click.option("--allow-none", is_flag=True, help="Exit with 0 where no guarded alias or stage is in use.")
@_artifacts
@_format
@_output
@_reporting
def audit(
    address: str, days: tuple[str, ...], allow_none: bool, artifacts: str | None, report: str, output: Path | None
) -> None:
    """Judge again what the guarded aliases and stages of a registry lead to, today and on days to come.

    URI is that of the registry's database, with `aiact-` or without, or http(s):// of a running server. The exit code is 0
    where all of it may be released on each of the days, 1 where something is refused, 2 where something cannot be judged.
    """
    from aiact_rules_mlflow.auditing import audit as judge_again
    from aiact_rules_mlflow.auditing import text_of
    from aiact_rules_mlflow.registries import open_registry
    from aiact_rules_mlflow.settings import read_settings

    asked = [_day(text) for text in days]
    found = judge_again(open_registry(address, artifacts), read_settings(), asked)
    if not found.releases and not allow_none:
        hint = "check the address and AIACT_MLFLOW_ALIASES, or say --allow-none"
        raise InputError([Problem("no guarded alias or stage is in use here", Place(found.registry), hint)])
    _write(found.as_json(), text_of(found), report, output)
    raise click.exceptions.Exit(found.exit_code)


@main.command()
@click.argument("address", metavar="[URI]", required=False)
@_format
@_output
@_reporting
def doctor(address: str | None, report: str, output: Path | None) -> None:
    """Say what is guarded, by which packs and readings, and what could walk round.

    Without a URI the settings of this folder and environment are looked at. With http(s):// a running server is asked whether
    it refuses: for a tag of a model that does not exist, so that nothing is changed. With the URI of a database, what is in
    it is looked at. The exit code is 0 where a gate stands, 1 where it does not, 2 where that cannot be told.
    """
    from aiact_rules_mlflow.doctor import look_at_database, look_at_server, look_here, text_of

    if address is None:
        found = look_here()
    elif address.lower().startswith(("http://", "https://")):
        found = look_at_server(address)
    else:
        found = look_at_database(address)
    _write(found.as_json(), text_of(found), report, output)
    raise click.exceptions.Exit(found.exit_code)


@main.command("break-glass")
@click.argument("address", metavar="URI")
@click.argument("name", metavar="MODEL")
@click.argument("version", type=int)
@click.option("--who", required=True, help="The person who answers for the release.")
@click.option("--why", required=True, help="For which reason.")
@click.option("--until", required=True, metavar="WHEN", help="A moment with its time zone, or hours from now: 4h.")
@click.option("--workspace", help="The workspace of the model, where the server has several.")
@_artifacts
@_reporting
def break_glass(
    address: str, name: str, version: int, who: str, why: str, until: str, workspace: str | None, artifacts: str | None
) -> None:
    """Let a person answer by name for a version that is refused today.

    URI is that of the registry's database. The override stands in the decision log that the server uses too, and lets that one
    decision pass until its end: set the alias then, the same day. Nobody may override a prohibition. Exit code 1: refused.
    """
    from aiact_rules_mlflow.overriding import give
    from aiact_rules_mlflow.registries import DatabaseRegistry, Named
    from aiact_rules_mlflow.settings import read_settings

    registry = DatabaseRegistry(address, artifacts)
    named = Named("version", name, version, workspace)
    try:
        override, entry = give(registry, read_settings(), named, who=who, why=why, until=_moment(until))
    except OverrideRefused as error:
        click.echo(f"refused: {error.why}", err=True)
        raise click.exceptions.Exit(1) from error
    click.echo(f"{name} version {version}: decision {override.decision_id} may pass until {override.until.isoformat()}")
    click.echo(f"{override.who} answers for it; recorded as entry {entry.seq} of the decision log ({entry.hash})")


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise InputError([Problem(str(error), Place("--on"), "write it as 2027-12-02")]) from error


def _moment(text: str) -> datetime:
    number = text.strip().lower().removesuffix("h")
    try:
        if number != text.strip().lower() and number.isdigit():
            return datetime.now(UTC).replace(microsecond=0) + timedelta(hours=int(number))
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        hint = "write hours from now as 4h, or a moment as 2026-12-01T18:00:00+01:00"
        raise InputError([Problem(f"`{text}` is no moment", Place("--until"), hint)]) from error
    if found.tzinfo is None:
        hint = "write it as 2026-12-01T18:00:00+01:00"
        raise InputError([Problem(f"`{text}` has no time zone", Place("--until"), hint)])
    return found


def _write(values: dict[str, Any], text: str, report: str, output: Path | None) -> None:
    shown = json.dumps(values, indent=2, ensure_ascii=False) + "\n" if report == "json" else text
    if output is None:
        click.echo(shown, nl=False)
        return
    try:
        output.write_text(shown, encoding="utf-8")
    except OSError as error:
        raise InputError([Problem("cannot be written", Place(str(output)), error.strerror)]) from error
