"""`aiact-rules new-plugin`: begin a distribution for a jurisdiction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from string import Template

import click

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.markets import MEMBER_STATES, UNION, read_markets
from aiact_rules.version import __version__

_SKELETON = Path(__file__).resolve().parent.parent / "skeleton"
_SUFFIX = ".txt"


@click.command("new-plugin")
@click.argument("code")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Where to write it (default: aiact-rules-CODE)."
)
def command(code: str, folder: Path | None) -> None:
    """Write the skeleton of a plugin for the jurisdiction CODE, such as JP or US-CO: a pack, its cases and its tests.

    What is written passes its own tests. Replace every TODO in it.
    """
    names = names_for(code)
    target = folder if folder is not None else Path(names["distribution"])
    written = write_skeleton(target, names)
    click.echo(f"{target}: {len(written)} files; replace every TODO in src/{names['module']}/specs")
    click.echo(f"  pip install --editable {target} && aiact-rules test {target / specs_of(names)}")


def names_for(code: str) -> dict[str, str]:
    """Return the names that go with a market code. Raises InputError for what is no code, or is the Union's own."""
    place = Place("CODE")
    try:
        market = code.strip().upper()
        read_markets([market])
    except ValueError as error:
        raise InputError([Problem(str(error), place)]) from error
    if market == UNION or market in MEMBER_STATES or market in ("EEA", "EL"):
        raise InputError(
            [Problem(f"`{market}` is judged by the EU AI Act", place, "name a jurisdiction outside the European Union")]
        )
    name = market.lower().replace("-", "_")
    major, minor = __version__.split(".")[:2]
    return {
        "code": market,
        "name": name,
        "distribution": f"aiact-rules-{market.lower()}",
        "module": f"aiact_rules_{name}",
        "pack": f"{name}_ai_law",
        "core": f"{major}.{minor}",
        "next_core": f"{major}.{int(minor) + 1}",
        "today": datetime.now(UTC).date().isoformat(),
    }


def specs_of(names: Mapping[str, str]) -> Path:
    """Return the folder of the pack inside the distribution."""
    return Path("src") / names["module"] / "specs" / names["pack"]


def write_skeleton(target: Path, names: Mapping[str, str]) -> tuple[Path, ...]:
    """Write every file of the skeleton. Raises InputError where something is there already, or cannot be written."""
    place = Place(str(target))
    if target.exists() and any(target.iterdir()):
        raise InputError([Problem("this folder is not empty", place, "choose another with --folder")])
    written = []
    try:
        for file in sorted(_SKELETON.rglob(f"*{_SUFFIX}")):
            relative = file.relative_to(_SKELETON).as_posix().removesuffix(_SUFFIX)
            path = target / relative.replace("MODULE", names["module"]).replace("PACK", names["pack"])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template(file.read_text(encoding="utf-8")).substitute(names), encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise InputError([Problem("the skeleton cannot be written", place, str(error))]) from error
    return tuple(written)
