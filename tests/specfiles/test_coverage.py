"""The ledger says what became of each unit, and may not name what the law does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules.core.problems import PackError
from aiact_rules.specfiles.coverage_ledger import Status, load_ledger

UNITS = '{"id": "art_6.par_5", "label": "Art. 6(5)", "sha256": "ab"}\n{"id": "art_64"}\n'


def ledger(folder: Path, text: str) -> Path:
    (folder / "units.jsonl").write_text(UNITS)
    (folder / "ch03").mkdir()
    (folder / "ch03/coverage.yaml").write_text(text)
    return folder


def test_an_entry_says_who_and_why(tmp_path: Path) -> None:
    loaded = load_ledger(
        ledger(tmp_path, "units:\n  art_6.par_5: {status: addressed_to_others, who: Commission}\n"
                         "  art_64: {status: not_encoded, why: it is about others, whole: true}\n")
    )  # fmt: skip
    assert loaded.entries["art_6.par_5"].who == "Commission"
    assert loaded.entries["art_64"].status is Status.NOT_ENCODED
    assert loaded.entries["art_64"].whole
    assert (loaded.units["art_6.par_5"].hash, loaded.units["art_64"].hash) == ("ab", None)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("art_65: {status: not_encoded, why: x}", "the law has no such unit\n  did you mean `art_64`?"),
        ("art_64: {status: addressed_to_others}", "`who` is missing"),
        ("art_64: {status: procedure_after_release}", "`why` is missing"),
        ("art_64: {status: encoded}", "`by` is missing"),
        ("art_64: {status: forgotten}", "expected `encoded`"),
    ],
)
def test_an_entry_without_its_reason_is_refused(tmp_path: Path, entry: str, said: str) -> None:
    with pytest.raises(PackError) as caught:
        load_ledger(ledger(tmp_path, f"units:\n  {entry}\n"))
    assert said in str(caught.value.problems[0])
    assert str(caught.value.problems[0]).startswith("ch03/coverage.yaml:2: ")
