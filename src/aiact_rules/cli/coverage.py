"""`aiact-rules coverage`: is every unit of the law accounted for?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.requests.choosing import DEFAULT_PACK


@click.command("coverage")
@click.argument("pack_id", metavar="[PACK]", default=DEFAULT_PACK)
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--against", type=click.Path(path_type=Path, exists=True), help="A newer units.jsonl: name the rules to read again."
)
@click.option("--list", "listed", is_flag=True, help="List every unit with what accounts for it.")
def command(pack_id: str, report: str, against: Path | None, listed: bool) -> None:
    """Show what became of each paragraph and point of a pack's law. Exit code 1 where one is unaccounted for."""
    from aiact_rules.coverage import coverage_of, drift
    from aiact_rules.specfiles.coverage_ledger import load_ledger

    catalogue = Catalogue.of_installed_plugins()
    pack = catalogue.pack(pack_id)
    ledger = load_ledger(catalogue.heads[pack_id].folder)
    if against is not None:
        changed = drift(pack, ledger, against)
        for account in changed:
            again = f": read again {', '.join(account.by)}" if account.by else ""
            click.echo(f"{account.label} ({account.unit}) {account.status}{again}")
        click.echo(f"{len(changed)} units differ from the text as read")
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
        share = 100 * coverage.accounted / len(coverage.accounts) if coverage.accounts else 0
        whole = "100 %" if coverage.accounted == len(coverage.accounts) else f"{min(share, 99.9):.1f} %"
        click.echo(
            f"{pack.id} {pack.version}: {coverage.accounted} of {len(coverage.accounts)} units accounted for ({whole})"
        )
        for status, count in coverage.by_status().items():
            click.echo(f"  {status.replace('_', ' '):26}{count:6}")
        open_units = [account for account in coverage.accounts if account.status is None]
        if listed:
            for account in coverage.accounts:
                by = ", ".join(account.by) or account.note or ""
                click.echo(f"{account.label}: {(account.status or 'not yet read').replace('_', ' ')} {by}".rstrip())
        else:
            for account in open_units[:40]:
                click.echo(f"not yet read: {account.label} ({account.unit})")
            if len(open_units) > 40:
                click.echo(f"... and {len(open_units) - 40} more; --list shows all")
        for problem in coverage.problems:
            click.echo(str(problem), err=True)
    complete = coverage.accounted == len(coverage.accounts) and coverage.accounts and not coverage.problems
    raise click.exceptions.Exit(0 if complete else 1)
