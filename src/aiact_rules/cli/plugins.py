"""`aiact-rules plugins`: which plugins are installed, and what do they offer?"""

from __future__ import annotations

import click

from aiact_rules.catalogue import Catalogue


@click.command("plugins")
def command() -> None:
    """List installed plugins and everything on offer."""
    catalogue = Catalogue.of_installed_plugins()
    infos = catalogue.host.infos
    for info in infos:
        click.echo(f"{info.name}: {info.distribution} {info.version}")
    if not infos:
        click.echo("no plugins are installed")
    click.echo(f"packs:   {', '.join(sorted(catalogue.identities))}")
    click.echo(f"sources: {', '.join(sorted(catalogue.sources)) or 'the built-in ones'}")
    click.echo(f"engines: {', '.join(sorted(catalogue.engines))}")
    click.echo(f"reports: {', '.join(sorted(catalogue.reports))}")
