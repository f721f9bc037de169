"""`aiact-rules diff`: what does another pack, date or school of reading make stricter or more lenient?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.options import Day, judging_under_schools, readings_of
from aiact_rules.cli.prove import chosen_pack, chosen_readings, day_of, need_solver, write_witnesses
from aiact_rules.cli.terminal import say
from aiact_rules.core.packs import PackAt
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import parse_date
from aiact_rules.gate import Gate
from aiact_rules.requests.overrides import Overrides
from aiact_rules.schools import under_schools


@click.command("diff")
@click.argument("first", metavar="PACK_A[@DATE]|PATH")
@click.argument("second", metavar="[PACK_B[@DATE]]", required=False)
@judging_under_schools
@click.option(
    "--readings", "schools", multiple=True, metavar="NAME", help="A school of reading for a PATH (twice or more)."
)
@click.option("--as-of-a", type=Day(), help="A as of this date (default: today).")
@click.option("--as-of-b", type=Day(), help="B as of this date (default: today).")
@click.option("--reading-a", "readings_a", multiple=True, metavar="ID=CHOICE", help="Choose a reading in A.")
@click.option("--reading-b", "readings_b", multiple=True, metavar="ID=CHOICE", help="Choose a reading in B.")
@click.option("--readings-a", "school_a", metavar="NAME", help="A school of reading for A.")
@click.option("--readings-b", "school_b", metavar="NAME", help="A school of reading for B.")
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--witnesses", type=click.Path(path_type=Path, file_okay=False), help="Write each release that shows a difference."
)
def command(
    first: str,
    second: str | None,
    schools: tuple[str, ...],
    as_of_a: date | None,
    as_of_b: date | None,
    readings_a: tuple[str, ...],
    readings_b: tuple[str, ...],
    school_a: str | None,
    school_b: str | None,
    report: str,
    witnesses: Path | None,
    said: Overrides,
) -> None:
    """Show for the verdict and each obligation whether B is stricter than A, more lenient, the same or incomparable.

    A pack is an id or a folder, with `@DATE` for the law on a date. With the PATH of a release and `--readings` twice or more
    instead, the release is judged under each school of reading, and what differs is shown: `diff PATH --readings letter
    --readings commission`. Exit codes: 0 the same, 1 different, 2 not comparable.
    """
    if schools or second is None:
        about_packs = (second, as_of_a, as_of_b, school_a, school_b, witnesses)
        if len(schools) < 2 or any(each is not None for each in about_packs) or readings_a or readings_b:
            raise click.UsageError("name two packs, or one release with --readings twice or more")
        raise click.exceptions.Exit(_under_schools(Path(first), said, schools, report))
    if said != Overrides():
        raise click.UsageError("two packs are compared for every release, so nothing can be said of one")
    need_solver()
    from aiact_rules.proof.strictness import compare

    catalogue = Catalogue.of_installed_plugins()
    comparison = compare(
        _pack_at(catalogue, first, as_of_a, readings_of(readings_a, school_a, "--reading-a")),
        _pack_at(catalogue, second, as_of_b, readings_of(readings_b, school_b, "--reading-b")),
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


def _under_schools(path: Path, said: Overrides, schools: tuple[str, ...], report: str) -> int:
    found = under_schools(Gate(), path, said, schools)
    if report == "json":
        click.echo(json.dumps([each.as_json() for each in found], indent=2, ensure_ascii=False))
    else:
        for number, each in enumerate(found):
            for line in ([""] if number else []) + [*each.lines()]:
                say(line)
    return 1 if any(each.differs for each in found) else 0


def _pack_at(catalogue: Catalogue, text: str, as_of: date | None, readings: dict[str, str]) -> PackAt:
    name, at, day = text.rpartition("@")
    if at and as_of is not None:
        raise InputError([Problem(f"`{text}` states a date and so does an option", Place("command line"))])
    try:
        stated = parse_date(day) if at else as_of
    except ValueError as error:
        raise InputError([Problem(str(error), Place(text))]) from error
    pack = chosen_pack(catalogue, name if at else text)
    return pack.at(stated or day_of(pack), chosen_readings(pack, readings))
