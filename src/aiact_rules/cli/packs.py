"""`aiact-rules packs`: which rule packs are there?"""

from __future__ import annotations

import json

import click

from aiact_rules.catalogue.catalogue import Catalogue


@click.command("packs")
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(report: str) -> None:
    """List the packs that are installed, with their law and market."""
    heads = sorted(Catalogue.of_installed_plugins().heads.values(), key=lambda i: (i.market, i.id))
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
                "offered_by": i.offered_by,
            }
            for i in heads
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for i in heads:
        click.echo(f"{i.id} {i.version}  [{i.market}]{'' if i.gates else '  informs, never gates'}")
        click.echo(f"  {i.title}: {i.law}")
        click.echo(f"  from {i.offered_by}")
