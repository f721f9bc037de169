"""`aiact-rules perturb`: put complete records of a pack to every single other answer, and ask a reason for what is allowed."""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.catalogue.catalogue import Catalogue


@click.command("perturb")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--write", is_flag=True, help="Make records and tables anew, and take away reasons no longer needed.")
def command(folders: tuple[Path, ...], write: bool) -> None:
    """Change every single answer of complete records, and list what is allowed all the same without a reason.

    Each FOLDER holds `seeds.yaml` (how the records of a pack begin), `reasons.yaml`, and what `--write` makes: the
    records and `tables.yaml`. Exit code 1 where a change has no reason, a reason is no longer needed, or something is out
    of date.
    """
    from aiact_rules.perturbation.tables import Tables

    catalogue = Catalogue.of_installed_plugins()
    bad = False
    for folder in folders:
        tables = Tables.of(folder, catalogue)
        if write:
            tables = tables.write()
        for line in tables.counts():
            click.echo(line)
        for problem in tables.problems():
            click.echo(f"{folder.as_posix()}: {problem}")
            bad = True
    raise click.exceptions.Exit(1 if bad else 0)
