"""`aiact-rules document`: everything a pack holds, as a page to read."""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.reports.pack_page import pack_page


@click.command("document")
@click.argument("pack")
@click.option("--output", type=click.Path(path_type=Path), help="Write the page to a file.")
def command(pack: str, output: Path | None) -> None:
    """Write the page of a pack as Markdown: who owes what by which provision, from when, and what would show it.

    PACK is the id of a pack; `aiact-rules packs` lists them.
    """
    text = pack_page(Catalogue.of_installed_plugins().pack(pack))
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError([Problem("the page cannot be written here", Place(str(output)), str(error))]) from error
