"""`aiact-rules coverage`: is every unit of the law accounted for?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.known import completing, packs
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.requests.choosing import DEFAULT_PACK


@click.command("coverage")
@click.argument("pack_id", metavar="[PACK]", default=DEFAULT_PACK, shell_complete=completing(packs))
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--against", type=click.Path(path_type=Path, exists=True), help="A newer units.jsonl: name the rules to read again."
)
@click.option("--list", "listed", is_flag=True, help="List every unit with what accounts for it.")
def command(pack_id: str, report: str, against: Path | None, listed: bool) -> None:
    """Show what became of each paragraph and point of a pack's law. Exit code 1 where one is unaccounted for."""
    from aiact_rules.coverage import coverage_of, drift, drift_lines
    from aiact_rules.specfiles.coverage_ledger import load_ledger

    catalogue = Catalogue.of_installed_plugins()
    pack = catalogue.pack(pack_id)
    ledger = load_ledger(catalogue.heads[pack_id].folder)
    if against is not None:
        changed = drift(pack, ledger, against)
        for line in drift_lines(changed):
            click.echo(line)
        raise click.exceptions.Exit(1 if changed else 0)
    if not ledger.units:
        raise InputError(
            [
                Problem(
                    f"pack `{pack_id}` has no index of its law's units (`units.jsonl`)",
                    hint="without it, citations are not checked",
                )
            ]
        )
    coverage = coverage_of(pack, ledger)
    if report == "json":
        click.echo(json.dumps(coverage.as_json(), indent=2, ensure_ascii=False))
    else:
        for line in coverage.lines(listed=listed):
            click.echo(line)
        for problem in coverage.problems:
            click.echo(str(problem), err=True)
    raise click.exceptions.Exit(0 if coverage.is_complete else 1)
