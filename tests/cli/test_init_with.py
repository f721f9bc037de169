"""`init --with` writes documents to fill in and names them as evidence; what is written in them counts, heading by heading."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Answer

Run = Callable[..., Answer]
ALL = "annex-iv,instructions,declaration,fria,qms,monitoring,training-summary"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def state(folder: Path, line: str) -> None:
    """State one fact in the release file that `init` wrote."""
    file = folder / "aiact.yaml"
    file.write_text(file.read_text("utf-8").replace("\nfacts:\n", f"\nfacts:\n  {line}\n", 1), encoding="utf-8")


def test_the_documents_are_written_beside_the_release_file_and_named_in_it(run: Run, folder: Path) -> None:
    assert run("init", "--with", ALL).code == 0
    assert {path.name for path in folder.glob("*.md")} == {f"{name}.md" for name in ALL.split(",")}
    release = (folder / "aiact.yaml").read_text("utf-8")
    assert "  fria.contents: {file: fria.md}    # once all is written: `fria.contents: all`\n" in release
    assert "  monitoring.plan: {file: monitoring.md}    # once all is written: `monitoring.plan: true`\n" in release
    judged = run("check", ".")
    assert judged.code == 1, judged.err
    assert "not written" not in judged.out


def test_an_empty_heading_does_not_count_and_is_named_with_file_and_line(run: Run, folder: Path) -> None:
    run("init", "--with", "fria")
    state(folder, "fria.contents: all")
    answer = run("check", ".", "--format", "json")
    assert answer.code == 2
    lines = (folder / "fria.md").read_text("utf-8").splitlines()
    at = 1 + lines.index("## Art. 27(1), second sentence, point (d): risks")
    assert f"fria.md:{at}: nothing is written under `Art. 27(1), second sentence, point (d): risks`" in answer.err
    assert answer.err.count("nothing is written under") == 6


def test_what_is_written_counts_and_the_rest_may_stay_open(run: Run, folder: Path) -> None:
    run("init", "--with", "fria")
    document = folder / "fria.md"
    document.write_text(document.read_text("utf-8").replace("[TODO]", "Screening of applicants.", 1), encoding="utf-8")
    state(folder, "fria.contents: {processes: yes, risks: unknown}")
    assert run("check", ".").code == 1
    document.write_text(document.read_text("utf-8").replace("[TODO]", "No harm is expected."), encoding="utf-8")
    file = folder / "aiact.yaml"
    file.write_text(file.read_text("utf-8").replace("{processes: yes, risks: unknown}", "all"), encoding="utf-8")
    assert run("check", ".").code == 1


def test_a_heading_that_was_taken_out_shows_nothing(run: Run, folder: Path) -> None:
    run("init", "--with", "fria")
    document = folder / "fria.md"
    text = (
        document.read_text("utf-8")
        .replace("[TODO]", "Written in full.")
        .replace("<!-- shows fria.contents: risks -->", "")
    )
    document.write_text(text, encoding="utf-8")
    state(folder, "fria.contents: all")
    answer = run("check", ".")
    assert answer.code == 2
    assert "no heading of `fria.md` shows `fria.contents: [risks]`" in answer.err


def test_a_plan_says_what_is_written_and_not_yet_stated(run: Run, folder: Path) -> None:
    run("init", "--with", "annex-iv")
    state(folder, "system.annex_iii_uses: [recruitment]")
    document = folder / "annex-iv.md"
    document.write_text(document.read_text("utf-8").replace("[TODO]", "It ranks applicants.", 1), encoding="utf-8")
    row = next(line for line in run("plan", ".", "--format", "csv").out.splitlines() if ",annex4.1.a," in line)
    assert row.endswith(",annex-iv.md:10,")


def test_a_file_for_something_else_that_nobody_filled_in_is_refused_as_before(run: Run, folder: Path) -> None:
    run("init", "--with", "fria")
    file = folder / "aiact.yaml"
    file.write_text(file.read_text("utf-8") + "  ce_marking.principles_followed: fria.md\n", encoding="utf-8")
    answer = run("check", ".")
    assert answer.code == 2
    assert "the evidence `fria.md` is a template nobody filled in" in answer.err


def test_nothing_that_is_there_is_written_over(run: Run, folder: Path) -> None:
    assert run("init", "--with", "fria").code == 0
    before = (folder / "aiact.yaml").read_text("utf-8")
    again = run("init", "--with", "qms, fria")
    assert again.code == 2
    assert "fria.md: there is already a file here" in again.err
    assert not (folder / "qms.md").exists()
    added = run("init", "--with", "qms")
    assert added.code == 0
    assert "aiact.yaml stays as it is; add to it:" in added.out
    assert "  quality_management.aspects: {file: qms.md}" in added.out
    assert (folder / "aiact.yaml").read_text("utf-8") == before
    assert run("init", "--with", "fria", "--force").code == 0


def test_a_document_nobody_offers_is_refused_with_those_there_are(run: Run, folder: Path) -> None:
    answer = run("init", "--with", "anex-iv,poem")
    assert answer.code == 2
    assert "there is no document `anex-iv` to begin with\n  did you mean `annex-iv`?" in answer.err
    assert "choose from annex-iv, instructions" in answer.err
    assert list(folder.glob("*.md")) == []
    assert not (folder / "aiact.yaml").exists()


def test_where_evidence_is_required_a_filled_document_is_some(run: Run, folder: Path) -> None:
    run("init", "--with", "fria")
    document = folder / "fria.md"
    document.write_text(document.read_text("utf-8").replace("[TODO]", "Written in full."), encoding="utf-8")
    state(folder, "fria.contents: all")
    facts = json.loads(run("check", ".", "--require-evidence", "--format", "json", "--full").out)["facts"]
    assert "sureness" not in facts["fria.contents"]
    file = folder / "aiact.yaml"
    file.write_text(file.read_text("utf-8").replace("  fria.contents: {file: fria.md}", "  #"), encoding="utf-8")
    facts = json.loads(run("check", ".", "--require-evidence", "--format", "json", "--full").out)["facts"]
    assert facts["fria.contents"]["sureness"] == "not_shown"
