"""`aiact-rules plugins`: which plugins are installed, and what do they offer?"""

from __future__ import annotations

import click

from aiact_rules.catalogue.catalogue import Catalogue


@click.command("plugins")
def command() -> None:
    """List installed plugins and everything on offer."""
    catalogue = Catalogue.of_installed_plugins()
    lines = [f"{info.name}: {info.distribution} {info.version}" for info in catalogue.host.infos]
    lines = lines or ["no plugins are installed"]
    lines.append(f"packs:   {', '.join(sorted(catalogue.heads))}")
    lines.append(f"sources: {', '.join(sorted(catalogue.sources)) or 'the built-in ones'}")
    if catalogue.readers:
        lines.append(f"readers: {', '.join(sorted(catalogue.readers))}")
    lines.append(f"engines: {', '.join(sorted(catalogue.engines))}")
    lines.append(f"reports: {', '.join(sorted(catalogue.reports))}")
    click.echo("\n".join(lines))
