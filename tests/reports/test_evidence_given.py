"""What is claimed by a word stands apart from what is shown by a file, with who gave it, when, and what it hashes to."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from aiact_rules.core.batches import Batch
from aiact_rules.core.decisions import Decision
from aiact_rules.gate import Gate
from aiact_rules.reports.text_report import TextReport

GATE = Gate()
RELEASE = """\
format: 1
name: hire
subject: system
roles: [provider]
markets: [EU]
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
evidence:
  system.practices: {file: review.pdf, by: quality team, on: %s}
"""


def judged(folder: Path, on: str) -> Decision:
    (folder / "review.pdf").write_bytes(b"%PDF-1.4 reviewed")
    (folder / "aiact.yaml").write_text(RELEASE % on, encoding="utf-8")
    return GATE.check(folder)


def text_of(decision: Decision, *, full: bool) -> str:
    return " ".join(TextReport().render(Batch.of(decision, full=full)).split())


def test_files_and_words_are_counted_apart(tmp_path: Path) -> None:
    decision = judged(tmp_path, "2026-11-02")
    assert "evidence: 1 file, 3 facts by word only" in text_of(decision, full=False)


def test_the_full_text_says_by_whom_when_and_what_the_file_hashes_to(tmp_path: Path) -> None:
    text = text_of(judged(tmp_path, "2026-11-02"), full=True)
    digest = hashlib.sha256(b"%PDF-1.4 reviewed").hexdigest()[:12]
    assert f"system.practices: review.pdf, by quality team, on 2026-11-02, sha256 {digest}" in text
    assert "system.annex_iii_uses: [], by word only (" in text
    assert "system.practices: [], by word only" not in text


def test_what_has_expired_and_what_is_not_shown_is_counted_apart(tmp_path: Path) -> None:
    text = RELEASE % "2026-11-02, expires: 2026-11-20" + "  eu_declaration.single: {url: 'https://example.org'}\n"
    text = text.replace(
        "evidence:", "  eu_declaration.single: true\n  risk_management.system: [established]\nevidence:"
    )
    (tmp_path / "review.pdf").write_bytes(b"%PDF-1.4 reviewed")
    (tmp_path / "aiact.yaml").write_text(text, encoding="utf-8")
    decision = GATE.check(tmp_path, as_of=date(2026, 11, 30), require_evidence=True)
    assert "evidence: 1 URL, 1 expired, 3 facts by word only, 2 facts not shown" in text_of(decision, full=False)
    full = text_of(decision, full=True)
    assert "review.pdf, by quality team, on 2026-11-02, expired on 2026-11-20," in full
    assert "risk_management.system: not shown, evidence is required (caller), and there is none (" in full
    assert "system.practices: not shown, its evidence expired on 2026-11-20 (" in full
