"""An id in a table dismisses a signal of the words in its row, but none that cites a prohibition."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiact_rules.gate import Gate
from aiact_rules.sources.cues import find_signals
from tests.cli.conftest import Answer, run
from tests.sweep.test_command import DAY, Run

__all__ = ["Answer", "run"]
FACTS: dict[str, object] = {
    "release.subject": "system",
    "operator.roles": ["provider"],
    "release.markets": ["EU"],
    "system.practices": [],
    "system.annex_iii_uses": [],
    "system.annex_i_law": [],
    "system.transparency_situations": [],
}
SCREENS, EMOTIONS = "It screens job applicants.", "It infers emotions of employees from their faces."
HIRING = "annex_iii.recruitment"
OF_EMOTIONS = ["art5.f.emotions", "art5.f.workplace", "annex_iii.emotion_recognition", "art50.3.emotions"]


def verdicts(run: Run, folder: Path, rows: list[dict[str, object]], *options: str) -> list[str]:
    file = folder / "t.jsonl"
    file.write_text("".join(json.dumps({**FACTS, **row}) + "\n" for row in rows), encoding="utf-8")
    run("sweep", str(file), *DAY, *options)
    lines = file.with_name("t.verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["aiact_verdict"] for line in lines]


@pytest.mark.parametrize("as_text", [False, True])
def test_an_id_of_a_row_counts_only_where_no_prohibition_is_cited(run: Run, tmp_path: Path, as_text: bool) -> None:
    def dismissed(*ids: str) -> dict[str, object]:
        return {"document.signals_dismissed": ", ".join(ids) if as_text else [*ids]}

    rows: list[dict[str, object]] = [
        {"description": SCREENS, **dismissed("other.one")},
        {"description": SCREENS, **dismissed(HIRING)},
        {"description": SCREENS, **dismissed("other.one", HIRING)},
        {"description": EMOTIONS, **dismissed(*OF_EMOTIONS)},
        {"description": "It sorts tyres.", **dismissed(*OF_EMOTIONS)},
    ]
    assert verdicts(run, tmp_path, rows) == ["hold", "allow", "allow", "hold", "allow"]


def test_nothing_but_the_prohibition_holds_that_row() -> None:
    cues = Gate().shelf.cues(("eu_ai_act",)).values()
    assert {signal.cue for signal in find_signals(EMOTIONS, cues, "row")} <= {*OF_EMOTIONS}


def test_an_id_for_all_rows_counts_only_where_no_prohibition_is_cited(run: Run, tmp_path: Path) -> None:
    listed = ", ".join([HIRING, *OF_EMOTIONS])
    rows: list[dict[str, object]] = [{"description": SCREENS}, {"description": EMOTIONS}]
    assert verdicts(run, tmp_path, rows) == ["hold", "hold"]
    assert verdicts(run, tmp_path, rows, "--set", f"document.signals_dismissed=[{listed}]") == ["allow", "hold"]
