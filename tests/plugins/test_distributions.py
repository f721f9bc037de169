"""Whether a plugin may be there is found out without reading every distribution, and never wrongly denied."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.metadata import entry_points
from pathlib import Path
from zipfile import ZipFile

import pytest

from aiact_rules.plugins.distributions import may_offer


@pytest.fixture
def only_finders_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the finders that other packages have put there in the same process, which rightly make it a yes."""
    plain = [finder for finder in sys.meta_path if finder is PathFinder or not hasattr(finder, "find_distributions")]
    monkeypatch.setattr(sys, "meta_path", plain)


def distribution(site: Path, folder: str, text: str | None) -> None:
    info = site / folder
    info.mkdir(parents=True)
    if text is not None:
        (info / "entry_points.txt").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("folder", ["one-1.0.dist-info", "One-1.0.DIST-INFO", "one.egg-info"])
@pytest.mark.parametrize(
    "text",
    [
        "[aiact_rules]\none = one\n",
        "# first\r\n[pytest11]\r\na = b\r\n  [aiact_rules]  \r\none = one\r\n",
        "[[aiact_rules]]\none = one\n",
    ],
)
def test_a_plugin_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, text: str) -> None:
    distribution(tmp_path, folder, text)
    (tmp_path / folder / "METADATA").write_text("Metadata-Version: 2.1\nName: one\nVersion: 1.0\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert [each.name for each in entry_points(group="aiact_rules")] == ["one"]
    assert may_offer("aiact_rules")


@pytest.mark.usefixtures("only_finders_of_python")
def test_distributions_with_other_entry_points_or_none_are_no_plugins(tmp_path: Path) -> None:
    distribution(tmp_path, "one-1.0.dist-info", "[pytest11]\naiact_rules = aiact_rules.pytest_plugin\n")
    distribution(tmp_path, "two-1.0.dist-info", None)
    (tmp_path / "three.egg-info").write_text("Name: three\n", encoding="utf-8")
    assert not may_offer("aiact_rules", [str(tmp_path), str(tmp_path / "nothing-here"), ""])


@pytest.mark.usefixtures("only_finders_of_python")
def test_a_plugin_in_the_folder_one_stands_in_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distribution(tmp_path, "one-1.0.dist-info", "[aiact_rules]\none = one\n")
    monkeypatch.chdir(tmp_path)
    assert may_offer("aiact_rules", [""])


@pytest.mark.usefixtures("only_finders_of_python")
def test_whatever_could_hide_a_distribution_is_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "some.zip"
    with ZipFile(archive, "w") as file:
        file.writestr("one-1.0.dist-info/entry_points.txt", "[aiact_rules]\none = one\n")
    assert may_offer("aiact_rules", [str(archive)])
    egg = tmp_path / "one-1.0.egg"
    egg.mkdir()
    assert may_offer("aiact_rules", [str(egg)])
    assert may_offer("aiact_rules", [archive])
    unreadable = tmp_path / "two-1.0.dist-info" / "entry_points.txt"
    unreadable.mkdir(parents=True)
    assert may_offer("aiact_rules", [str(tmp_path)])

    class Finder:
        def find_distributions(self, context: object) -> list[object]:
            return []

    assert not may_offer("aiact_rules", [])
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert may_offer("aiact_rules", [])
