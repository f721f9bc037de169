"""`aiact-rules packs`: which rule packs are there?"""

from __future__ import annotations

import json
from datetime import date

import click

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.packs import Pack
from aiact_rules.requests.freshness import is_old
from aiact_rules.requests.today import now


@click.command("packs")
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(report: str) -> None:
    """List the packs that are installed, with their law and market, and when they were last checked against it."""
    catalogue = Catalogue.of_installed_plugins()
    heads = sorted(catalogue.heads.values(), key=lambda i: (i.market, i.id))
    packs = {i.id: catalogue.pack(i.id) for i in heads}
    today = now().date()
    if report == "json":
        rows = [
            {
                "pack": i.id,
                "version": i.version,
                "title": i.title,
                "law": i.law,
                "market": i.market,
                "gates": i.gates,
                "extends": list(i.extends),
                "checked_on": None if (day := packs[i.id].checked_on) is None else day.isoformat(),
                "offered_by": i.offered_by,
            }
            for i in heads
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for i in heads:
        click.echo(f"{i.id} {i.version}  [{i.market}]{'' if i.gates else '  informational'}")
        click.echo(f"  {i.title}: {i.law}")
        click.echo(f"  {_checked(packs[i.id], today)}")
        click.echo(f"  from {i.offered_by}")


def _checked(pack: Pack, today: date) -> str:
    """Return when a pack was last checked against its law; what is old says so."""
    if pack.checked_on is None:
        return "states no values of the law that could change"
    old = f", {(today - pack.checked_on).days} days ago: look for a newer version" if is_old(pack, today) else ""
    return f"last checked against the law on {pack.checked_on}{old}"
