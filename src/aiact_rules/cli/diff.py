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
    from aiact_rules.proof.strictness import Comparison


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
    """Return for the verdict and each obligation whether B is stricter than A, more lenient, the same or incomparable.

    A pack is an id or a folder, with `@DATE` for the law on a date. Exit codes: 0 the same, 1 different, 2 not comparable.
    """
    need_solver()
    from aiact_rules.proof.strictness import compare

    catalogue = Catalogue.of_installed_plugins()
    comparison = compare(
        _pack_at(catalogue, first, as_of_a, readings_a, "--reading-a"),
        _pack_at(catalogue, second, as_of_b, readings_b, "--reading-b"),
    )
    click.echo(_json(comparison) if report == "json" else _text(comparison), nl=report == "json")
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


def _text(comparison: Comparison) -> str:
    a, b = comparison.a, comparison.b
    lines = [
        f"A: {a.pack.id} {a.pack.version}, law as of {a.as_of}",
        f"B: {b.pack.id} {b.pack.version}, law as of {b.as_of}",
        "",
    ]
    counts: dict[str, int] = {}
    for each in comparison.obligations:
        counts[each.relation.value] = counts.get(each.relation.value, 0) + 1
    if comparison.verdict not in comparison.changed:
        lines.append("the verdict: same")
    for each in comparison.changed:
        where = "" if each.place is None else f" ({each.place})"
        lines.append(f"{each.subject}: {each.relation.value}{where}")
        for witness in each.witnesses:
            lines.append(f"  {witness.shows}{'' if witness.replays else ' (does NOT replay)'}")
            facts = [line.strip() for line in witness.release_file().splitlines() if line.startswith("  ")]
            lines.append(f"    {'; '.join(facts) or 'nothing known'}")
    lines.append("")
    lines.append("obligations: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    return "\n".join(lines) + "\n"


def _json(comparison: Comparison) -> str:
    def side(pack_at: PackAt) -> dict[str, object]:
        pack = pack_at.pack
        return {"pack": pack.id, "version": pack.version, "digest": pack.digest, "as_of": pack_at.as_of.isoformat()}

    found = {
        "a": side(comparison.a),
        "b": side(comparison.b),
        "verdict": comparison.verdict.as_json(),
        "obligations": [each.as_json() for each in comparison.obligations],
    }
    return json.dumps(found, indent=2, ensure_ascii=False)
