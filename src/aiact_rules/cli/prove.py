"""`aiact-rules prove`: is this pack sound, for all facts?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.known import completing
from aiact_rules.cli.known import packs as known_packs
from aiact_rules.cli.options import SCHOOL_HELP, Day, readings_of
from aiact_rules.core.packs import DEFAULT_SCHOOL, SCHOOL, Pack
from aiact_rules.core.problems import InputError, Place, Problem, ProblemsError, did_you_mean
from aiact_rules.plugins.interfaces import OWN
from aiact_rules.requests.today import today

if TYPE_CHECKING:
    from aiact_rules.proof.results import Proof
    from aiact_rules.proof.witnesses import Witness


@click.command("prove")
@click.argument("packs", nargs=-1, metavar="[PACK]...", shell_complete=completing(known_packs))
@click.option("--as-of", type=Day(), help="The law as of this date (default: today).")
@click.option("--reading", "readings", multiple=True, metavar="ID=CHOICE", help="Choose a reading of an open point.")
@click.option("--readings", "school", metavar="NAME", help=SCHOOL_HELP)
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--witnesses", type=click.Path(path_type=Path, file_okay=False), help="Write each release that refutes to a folder."
)
def command(
    packs: tuple[str, ...],
    as_of: date | None,
    readings: tuple[str, ...],
    school: str | None,
    report: str,
    witnesses: Path | None,
) -> None:
    """Prove what must hold of packs, or show facts that refute it.

    Each PACK is an id or a folder; without any, all that are installed are proved, those that are extended also with
    all their extensions. Rules that are not in the law on the
    date are proved at a date on which they are. Exit codes: 0 all proved, 1 something refuted, 2 could not be proved.
    """
    need_solver()
    from aiact_rules.proof.proving import prove

    catalogue = Catalogue.of_installed_plugins()
    chosen = readings_of(readings, school)
    names = [(name,) for name in packs] or _everything(catalogue)
    rows: list[dict[str, object]] = []
    refuted = failed = False
    files: list[tuple[str, Witness]] = []
    for name in names:
        try:
            for pack, law in _subjects(catalogue, *name):
                day = as_of or day_of(pack)
                for proof in prove(pack, day, chosen_readings(pack, chosen), law=law, two_processes=True):
                    refuted = refuted or not proof.holds
                    rows.append(proof.as_json())
                    if report == "text":
                        click.echo(proof.text())
                    files += _witnesses(pack, proof)
        except ProblemsError as error:
            click.echo(f"{_named(catalogue, name)}: no proof\n{error}", err=True)
            failed = True
    if report == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    if witnesses is not None:
        write_witnesses(witnesses, iter(files))
    raise click.exceptions.Exit(2 if failed else 1 if refuted else 0)


def day_of(pack: Pack) -> date:
    """Return today in the market of a pack, or the first day of its law where that is later."""
    return max(today([pack]).day, pack.in_force_since or date.min)


def chosen_readings(pack: Pack, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the readings chosen for a pack, one by one and by a school of reading, which the others override.

    Raises InputError where the pack has no such school.
    """
    singles = {name: choice for name, choice in chosen.items() if name != SCHOOL}
    school = chosen.get(SCHOOL)
    if school is None:
        return singles
    if school != DEFAULT_SCHOOL and school not in pack.schools:
        known = [DEFAULT_SCHOOL, *pack.schools]
        hint = did_you_mean(school, known) or f"known are {', '.join(sorted(known))}"
        raise InputError([Problem(f"pack `{pack.id}` has no school of reading `{school}`", hint=hint)])
    return {**pack.school(school), **singles}


def _witnesses(pack: Pack, proof: Proof) -> Iterator[tuple[str, Witness]]:
    for each in proof.properties:
        for refutation in each.refutations:
            if refutation.witness is not None:
                yield f"{pack.id}.{each.key}.{refutation.subject}", refutation.witness


def need_solver() -> None:
    """Raise InputError where the solver is not installed."""
    try:
        import z3  # noqa: F401
    except ImportError as error:
        problem = Problem("proofs need `z3-solver`, which is not installed", hint="pip install 'aiact-rules[proof]'")
        raise InputError([problem]) from error


def _everything(catalogue: Catalogue) -> list[tuple[str, ...]]:
    """Return each installed law by itself, and each that is extended with all that extends it."""
    extensions: dict[str, list[str]] = {}
    for name, head in sorted(catalogue.heads.items()):
        for base in head.extends:
            extensions.setdefault(base, []).append(name)
    alone = [(name,) for name, head in sorted(catalogue.heads.items()) if not head.extends]
    return [*alone, *((base, *names) for base, names in sorted(extensions.items()))]


def _named(catalogue: Catalogue, names: tuple[str, ...]) -> str:
    """Return the packs of one proof, each with the plugin that offers it."""
    offered_by = {name: catalogue.heads[name].offered_by for name in names if name in catalogue.heads}
    return " with ".join(name if offered_by.get(name, OWN) == OWN else f"{name} ({offered_by[name]})" for name in names)


def _subjects(catalogue: Catalogue, name: str, *extensions: str) -> Iterator[tuple[Pack, Pack | None]]:
    """Return each pack to prove, and the law it was before extensions were worked in, if any were."""
    for pack in _chosen(catalogue, name, *extensions):
        yield pack, catalogue.pack(pack.id) if pack.extensions else None


def chosen_pack(catalogue: Catalogue, name: str) -> Pack:
    """Return a pack by id or folder, worked into what it extends. Raises PackError where there is none."""
    return _chosen(catalogue, name)[0]


def _chosen(catalogue: Catalogue, name: str, *extensions: str) -> tuple[Pack, ...]:
    folder = Path(name)
    if extensions or name in catalogue.heads or not (folder / "pack.yaml").is_file():
        return catalogue.packs([name, *extensions])
    from aiact_rules.specfiles.extensions import merge_packs
    from aiact_rules.specfiles.folder import find_common
    from aiact_rules.specfiles.loader import load_pack
    from aiact_rules.specfiles.pack_head import read_head

    laws = catalogue.laws(read_head(folder, name))
    pack = load_pack(folder, common=find_common(folder), bases=laws)
    return tuple(merge_packs(law, pack) for law in laws) or (pack,)


def write_witnesses(folder: Path, witnesses: Iterator[tuple[str, Witness]]) -> None:
    """Write release files to a folder. Raises InputError where that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, witness in witnesses:
            safe = "".join(c if c.isalnum() or c in "._-" else "_" for c in name)[:120]
            (folder / f"{safe}.yaml").write_text(witness.release_file(), encoding="utf-8")
    except OSError as error:
        raise InputError(
            [Problem("witnesses cannot be written here", Place(str(folder)), error.strerror or str(error))]
        ) from error
