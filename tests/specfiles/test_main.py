"""The checker prints every problem, or how much a pack holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules.specfiles.__main__ import main


def test_a_pack_that_loads_is_counted(
    tmp_path: Path, texts: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == "ok: 2 rules, 3 obligations, 9 facts, 0 cases, 0 lines of the ledger\n"


def test_problems_elsewhere_are_counted_and_not_shown(
    tmp_path: Path, texts: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {
        **texts,
        "readings.yaml": "readings: {}\nmore: {}\n",
        "ch04/coverage.yaml": "unit: {}\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert main([str(tmp_path), "ch03"]) == 0
    assert capsys.readouterr().out == "0 problems (3 elsewhere)\n"
    assert main([str(tmp_path), "ch04"]) == 1
    assert "ch04/coverage.yaml:1: unknown key `unit`\n  did you mean `units`?" in capsys.readouterr().out
