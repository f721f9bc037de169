"""`aiact-rules diff`: what does another pack, or another date, make stricter or more lenient?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.options import Day
from aiact_rules.cli.prove import chosen_pack, need_solver, write_witnesses
from aiact_rules.core.packs import PackAt
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import parse_date
from aiact_rules.requests.overrides import pairs

if TYPE_CHECKING:
    pass


@click.command("diff")
@click.argument("first", metavar="PACK_A[@DATE]")
@click.argument("second", metavar="PACK_B[@DATE]")
@click.option("--as-of-a", type=Day(), help="The date on which A is known (default: today).")
@click.option("--as-of-b", type=Day(), help="The date on which B is known (default: today).")
@click.option("--reading-a", "readings_a", multiple=True, metavar="ID=CHOICE", help="Choose a reading in A.")
@click.option("--reading-b", "readings_b", multiple=True, metavar="ID=CHOICE", help="Choose a reading in B.")
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--witnesses", type=click.Path(path_type=Path, file_okay=False), help="Write each release that shows a difference."
)
def command(
    first: str,
    second: str,
    as_of_a: date | None,
    as_of_b: date | None,
    readings_a: tuple[str, ...],
    readings_b: tuple[str, ...],
    report: str,
    witnesses: Path | None,
) -> None:
    """Show for the verdict and each obligation whether B is stricter than A, more lenient, the same or incomparable.

    A pack is an id or a folder, with `@DATE` for the law on a date. Exit codes: 0 the same, 1 different, 2 not comparable.
    """
    need_solver()
    from aiact_rules.proof.strictness import compare

    catalogue = Catalogue.of_installed_plugins()
    comparison = compare(
        _pack_at(catalogue, first, as_of_a, readings_a, "--reading-a"),
        _pack_at(catalogue, second, as_of_b, readings_b, "--reading-b"),
    )
    as_json = report == "json"
    click.echo(
        json.dumps(comparison.as_json(), indent=2, ensure_ascii=False) if as_json else comparison.text(), nl=as_json
    )
    if witnesses is not None:
        write_witnesses(
            witnesses,
            (
                (f"{each.subject}.{'stricter' if witness is each.stricter else 'more_lenient'}", witness)
                for each in comparison.changed
                for witness in each.witnesses
            ),
        )
    raise click.exceptions.Exit(1 if comparison.changed else 0)


def _pack_at(catalogue: Catalogue, text: str, as_of: date | None, readings: tuple[str, ...], option: str) -> PackAt:
    name, at, day = text.rpartition("@")
    if at and as_of is not None:
        raise InputError([Problem(f"`{text}` states a date and so does an option", Place("command line"))])
    try:
        stated = parse_date(day) if at else as_of
    except ValueError as error:
        raise InputError([Problem(str(error), Place(text))]) from error
    pack = chosen_pack(catalogue, name if at else text)
    chosen = pairs(readings, option, "ID=CHOICE")
    return pack.at(stated or max(date.today(), pack.in_force_since or date.min), chosen)
