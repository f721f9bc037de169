"""Check a pack: `python -m aiact_rules.specfiles FOLDER [PART ...]` prints its problems, or how much it holds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import Problem, ProblemsError
from aiact_rules.core.words import counted
from aiact_rules.specfiles.cases import load_cases
from aiact_rules.specfiles.coverage_ledger import load_ledger
from aiact_rules.specfiles.loader import load_pack
from aiact_rules.yaml_text import Mapping, Scalar, Sequence, read_yaml


def main(arguments: list[str] | None = None) -> int:
    """Check the pack in a folder; exit code 0 where it loads, else 1."""
    parser = argparse.ArgumentParser(prog="python -m aiact_rules.specfiles", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with pack.yaml")
    parser.add_argument(
        "part", nargs="*", help="show only problems of files whose name begins so (`ch05_general_purpose`)"
    )
    parser.add_argument("--units", type=Path, help="a units.jsonl to check citations with, if the pack has none")
    chosen = parser.parse_args(arguments)
    problems: list[Problem] = []
    found: list[str] = []
    for read in (_pack, _cases, _ledger):
        try:
            found.append(read(chosen.folder, chosen.units))
        except ProblemsError as error:
            problems.extend(error.problems)
    parts = tuple(chosen.part)
    shown = [p for p in problems if not parts or p.place is None or p.place.source.startswith(parts)]
    for problem in shown:
        print(problem)
    if problems:
        hidden = len(problems) - len(shown)
        print(f"{len(shown)} problem{'' if len(shown) == 1 else 's'}" + (f" ({hidden} elsewhere)" if hidden else ""))
    else:
        print(f"ok: {', '.join(found)}")
    return 1 if shown else 0


def _pack(folder: Path, units: Path | None) -> str:
    pack = load_pack(folder, bases=find_bases(folder), units=units)
    return ", ".join(
        (
            counted(len(pack.rules), "rule"),
            counted(len(pack.obligations), "obligation"),
            counted(len(pack.vocabulary), "fact"),
        )
    )


def _cases(folder: Path, _: Path | None) -> str:
    return counted(len(load_cases(folder)), "case")


def _ledger(folder: Path, units: Path | None) -> str:
    return f"{len(load_ledger(folder, units=units).entries)} lines of the ledger"


def find_bases(folder: Path) -> list[Pack]:
    """Load the packs that the pack in a folder extends, from the folders beside it."""
    pack_file = folder / "pack.yaml"
    node = read_yaml(pack_file.read_text(encoding="utf-8"), "pack.yaml") if pack_file.is_file() else None
    extends = node.get("extends") if isinstance(node, Mapping) else None
    if isinstance(extends, Scalar):
        names = [extends.text]
    else:
        items = extends.items if isinstance(extends, Sequence) else ()
        names = [item.text for item in items if isinstance(item, Scalar)]
    found = []
    for name in names:
        for above in folder.resolve().parents:
            versions = sorted((above / name).glob("*/pack.yaml"))
            if versions:
                found.append(load_pack(versions[-1].parent))
                break
    return found


if __name__ == "__main__":
    sys.exit(main())
