"""The page on the architecture names what there is, and the layers as they are checked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "aiact_rules"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRACT, *_ = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
UNITS = {path.stem for path in SOURCES.iterdir()} - {"__init__", "__pycache__", "py"}  # the last is `py.typed`


def test_the_table_of_layers_is_the_contract() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ", PAGE, re.MULTILINE)
    layers = [re.findall(r"`(\w+)`", row) for row in rows if set(re.findall(r"`(\w+)`", row)) <= UNITS]
    assert layers == [layer.split(" | ") for layer in CONTRACT["layers"]]


def test_every_unit_of_the_sources_is_named() -> None:
    assert UNITS - set(re.findall(r"`(\w+)`", PAGE)) == set()


def test_every_box_of_the_picture_is_a_unit_and_every_arrow_points_down() -> None:
    picture = re.search(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)
    assert picture is not None
    boxes = set(re.findall(r'(\w+)\["(\w+): ', picture[1]))
    assert {name for name, _ in boxes} == {said for _, said in boxes}
    assert len(boxes) > 10
    assert {name for name, _ in boxes} <= UNITS
    depth = {unit: at for at, layer in enumerate(CONTRACT["layers"]) for unit in layer.split(" | ")}
    arrows = re.findall(r"^ +(\w+) --> (\w+)", picture[1], re.MULTILINE)
    assert len(arrows) > 10
    for start, end in arrows:
        upper = [unit for unit in depth if depth[unit] <= 1] if start == "doors" else [start]
        assert all(depth[unit] < depth[end] or unit == end for unit in upper), f"{start} --> {end}"


@pytest.mark.parametrize("file", sorted(set(re.findall(r"`((?:\w+/)*\w+\.py)`", PAGE))))
def test_every_file_it_names_exists(file: str) -> None:
    assert (SOURCES / file).is_file() or (ROOT / file).is_file()
