"""What is violated, contradicts itself or was found in words stands with what it rests on."""

from __future__ import annotations

from pathlib import Path

from aiact_rules.core.decisions import Decision
from aiact_rules.gate import Gate
from aiact_rules.reports.alarms import alarms_of

GATE = Gate()
RELEASE = """\
format: 1
name: hire
subject: system
roles: [provider]
markets: [EU]
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
"""


def judged(folder: Path, release: str = RELEASE, card: str | None = None) -> Decision:
    (folder / "aiact.yaml").write_text(release, encoding="utf-8")
    if card is not None:
        (folder / "README.md").write_text(card, encoding="utf-8")
    return GATE.check(folder)


def test_a_signal_shows_the_words_and_their_line_the_denying_fact_and_how_to_settle_it(tmp_path: Path) -> None:
    card = "---\nlicense: mit\n---\n# hire\n\nIt screens job applicants.\n"
    (alarm,) = alarms_of(judged(tmp_path, card=card))
    assert alarm.kind == "signal"
    text = str(alarm)
    assert "README.md:6 says `screens job applicants`" in text
    assert "but system.annex_iii_uses: [] (" in text
    assert "aiact.yaml:7)" in text
    assert "add `recruitment` to system.annex_iii_uses" in text
    assert "README.md:6, or dismiss it: signals_dismissed: [{signal: annex_iii.recruitment, because:" in text


def test_what_the_text_of_the_alarm_says_settles_it(tmp_path: Path) -> None:
    card = "---\nlicense: mit\n---\n# hire\n\nIt screens job applicants.\n"
    (alarm,) = alarms_of(judged(tmp_path, card=card))
    assert alarm.paste is not None
    line = alarm.paste.replace('"..."', "a demo")
    dismissed = RELEASE.replace("facts:\n", f"{line}\nfacts:\n")
    assert alarms_of(judged(tmp_path, dismissed, card)) == ()


def test_a_contradiction_shows_both_statements_with_their_lines(tmp_path: Path) -> None:
    (alarm,) = alarms_of(judged(tmp_path, RELEASE + "  system.interacts_directly: yes\n"))
    assert alarm.kind == "contradiction"
    assert "system.interacts_directly: yes (" in str(alarm)
    assert "aiact.yaml:8)" in str(alarm)
    assert "system.transparency_situations: [] (" in str(alarm)


def test_obligations_of_one_article_violated_by_one_statement_are_one_alarm(tmp_path: Path) -> None:
    release = RELEASE.replace("annex_iii_uses: []", "annex_iii_uses: [recruitment], profiles_natural_persons: yes")
    release = release.replace("facts:\n", "release_date: 2028-01-10\nfacts:\n")
    decision = judged(tmp_path, release + "  technical_documentation.annex_iv: []\n")
    violated = [finding.id for finding in decision.findings if finding.status.value == "breached"]
    alarms = [alarm for alarm in alarms_of(decision) if alarm.kind == "violated"]
    assert len(violated) > 20
    assert sorted(name for alarm in alarms for name in alarm.ids) == sorted(violated)
    assert len(alarms) < 5
    assert f"and {len(alarms[0].ids) - 1} more obligations" in str(alarms[0])
    assert "technical_documentation.annex_iv: [] (" in str(alarms[0])


def test_an_allowed_release_raises_no_alarm(tmp_path: Path) -> None:
    assert alarms_of(judged(tmp_path)) == ()
