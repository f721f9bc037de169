"""`aiact-rules test`: run the cases of pack folders."""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.catalogue.catalogue import Catalogue, named
from aiact_rules.cli import known
from aiact_rules.cli.known import known_option
from aiact_rules.plugins.interfaces import OWN
from aiact_rules.specfiles.pack_head import read_head


@click.command("test")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@known_option(
    "--pack", "packs", words=known.packs, multiple=True, metavar="ID", help="An installed pack (several allowed)."
)
@click.option("--only", metavar="PATTERN", help="Only case files whose path matches, such as `*art_006*`.")
@known_option(
    "--engine",
    words=known.engines,
    default="reference",
    show_default=True,
    metavar="NAME",
    help="The engine that evaluates the cases.",
)
@click.option(
    "--gaps/--no-gaps",
    default=False,
    help="Also list the rules and obligations that no case shows and the contradictions that are not declared, and fail on them.",
)
@click.option(
    "--record", is_flag=True, help="Write the whole outcome of each case beside its file, for the cases of FOLDERS."
)
def command(
    folders: tuple[Path, ...], packs: tuple[str, ...], only: str | None, engine: str, gaps: bool, record: bool
) -> None:
    """Run the cases of packs: of the folders and packs named, or of every installed pack.

    Where the outcomes of a case file are recorded (`art_006.outcomes.json`), a case must come out as recorded, too.
    """
    from aiact_rules.testing import record_outcomes, run_cases

    if record and (packs or not folders):
        raise click.UsageError("--record writes into folders: name them")
    catalogue = Catalogue.of_installed_plugins()
    heads = [read_head(folder, str(folder)) for folder in folders]
    heads += [catalogue.head(name) for name in packs]
    if not folders and not packs:
        heads = list(catalogue.heads.values())
    bad = False
    for head in heads:
        with named(head):
            bases = catalogue.laws(head)
            report = run_cases(
                head.folder, bases=bases, engine=catalogue.engine(engine), only=only, recorded=not record
            )
            recorded = record_outcomes(head.folder, report) if record else ()
        if not report.passed and head.offered_by != OWN:
            click.echo(f"{head.offered_by}: pack `{head.id}`:")
        click.echo(report.text())
        for name in recorded:
            click.echo(f"{name}: recorded")
        if gaps:
            for gap in report.gaps:
                click.echo(gap)
        bad = bad or not report.passed or (gaps and bool(report.gaps))
    raise click.exceptions.Exit(1 if bad else 0)
