"""Words of a card that hold a release stand with three ways out in every format, and words that hold nothing as notes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from aiact_rules.cli.facts import command as facts
from aiact_rules.core.batches import Batch
from aiact_rules.core.raising import notes_in
from aiact_rules.core.signals import Note
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.reports.built_in import BUILT_IN
from aiact_rules.reports.plan import plan_of
from aiact_rules.requests.overrides import Overrides
from tests.reports.html_report.reading import Page

GATE = Gate()
DAY = date(2026, 11, 22)
RELEASE = """\
format: 1
name: hire
subject: system
roles: [provider]
markets: [EU]
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
"""
HOLDS = "It screens job applicants."
RULED_OUT = "This model must not be used to screen job applicants."
PASTE = "signals_dismissed: [{signal: annex_iii.recruitment, because:"


def batch(folder: Path, *sentences: str, release: str = RELEASE, full: bool = False) -> Batch:
    """Judge a release whose card has these sentences."""
    (folder / ".git").mkdir(exist_ok=True)  # places are named from here
    (folder / "aiact.yaml").write_text(release, encoding="utf-8")
    card = "---\nlicense: mit\n---\n# hire\n\n" + "\n\n".join(sentences) + "\n"
    (folder / "README.md").write_text(card, encoding="utf-8")
    found = judge_inputs(GATE, inputs_of(GATE, [folder]), Overrides.of(as_of=DAY), record=False)
    return replace(found, full=full)


def written(form: str, found: Batch) -> str:
    return next(report for report in BUILT_IN if report.name == form).render(found)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_screen_names_words_line_denial_and_the_three_ways_in_25_lines(tmp_path: Path) -> None:
    text = written("text", batch(tmp_path, HOLDS, RULED_OUT))
    assert len(text.splitlines()) <= 25
    said = flat(text)
    assert "Annex III, point 4(a): README.md:6 says `screens job applicants`" in said
    assert "but system.annex_iii_uses: [] (aiact.yaml:7): add `recruitment` to system.annex_iii_uses" in said
    assert f"or change README.md:6, or dismiss it: {PASTE}" in said


def test_everything_shows_each_way_on_a_line_of_its_own(tmp_path: Path) -> None:
    lines = written("text", batch(tmp_path, HOLDS, full=True)).splitlines()
    assert "      - add `recruitment` to system.annex_iii_uses" in lines
    assert "      - change README.md:6" in lines
    assert any(
        line.startswith("      - dismiss it: signals_dismissed: [{signal: annex_iii.recruitment") for line in lines
    )


@pytest.mark.parametrize("full", [False, True])
def test_code_scanning_shows_the_ways_at_the_line_of_the_card(tmp_path: Path, full: bool) -> None:
    run = json.loads(written("sarif", batch(tmp_path, HOLDS, full=full)))["runs"][0]
    (result,) = (each for each in run["results"] if each["ruleId"].endswith("signal.annex_iii.recruitment"))
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("README.md", 6)
    text = result["message"]["text"]
    assert all(way in text for way in ("add `recruitment` to", "change README.md:6", PASTE))


def test_annotations_of_ci_systems_stand_at_the_line_of_the_card(tmp_path: Path) -> None:
    found = batch(tmp_path, HOLDS)
    (github,) = (line for line in written("github", found).splitlines() if "recruitment" in line)
    assert github.startswith("::warning file=README.md,line=6,")
    assert PASTE in github
    (gitlab,) = json.loads(written("gitlab", found))
    assert gitlab["location"] == {"path": "README.md", "lines": {"begin": 6}}
    assert PASTE in gitlab["description"]


@pytest.mark.parametrize("full", [False, True])
def test_tests_say_how_the_words_are_settled(tmp_path: Path, full: bool) -> None:
    root = ElementTree.fromstring(written("junit", batch(tmp_path, HOLDS, full=full)))
    told = "\n".join(failure.text or "" for failure in root.iter("failure"))
    assert "README.md:6 says `screens job applicants`" in told
    assert PASTE in told


def test_markdown_has_the_line_to_paste_as_code(tmp_path: Path) -> None:
    text = written("markdown", batch(tmp_path, HOLDS))
    assert f"  - dismiss it: `{PASTE} " in text
    assert "  - change README.md:6" in text


def test_the_page_shows_the_ways_on_the_first_page_and_in_the_list(tmp_path: Path) -> None:
    page = Page.of(written("html", batch(tmp_path, HOLDS)))
    shown = flat(page.text)
    assert shown.count(PASTE) == 2
    assert shown.count("change README.md:6") == 2


def test_a_dismissal_that_does_not_count_says_why_wherever_the_signal_stands(tmp_path: Path) -> None:
    line = "signals_dismissed: [{signal: annex_iii.recruitment, because: a demo, seen: abc}]\n"
    found = batch(tmp_path, HOLDS, release=RELEASE + line)
    for form in ("text", "sarif", "github", "gitlab", "junit", "markdown", "html"):
        text = written(form, found)
        text = flat(Page.of(text).text if form == "html" else text)
        assert "dismissed for other words (seen abc, now " in text, form
        assert "dismiss it again, in place of what stands at aiact.yaml:8" in text, form


def test_a_dismissal_by_id_alone_warns_with_the_line_in_every_format(tmp_path: Path) -> None:
    found = batch(tmp_path, HOLDS, release=RELEASE + "signals_dismissed: [annex_iii.recruitment]\n")
    assert found.decisions[0].verdict is Verdict.ALLOW
    for form in ("text", "sarif", "github", "gitlab", "junit", "markdown", "html"):
        text = written(form, found)
        text = flat(Page.of(text).text if form == "html" else text).replace("\\", "")
        assert "is dismissed whatever the words are" in text, form
        assert "{signal: annex_iii.recruitment, because:" in text, form


def test_words_that_hold_nothing_are_told_and_change_no_verdict(tmp_path: Path) -> None:
    found = batch(tmp_path, RULED_OUT)
    (decision,) = found.decisions
    assert decision.verdict is Verdict.ALLOW
    ((provision, note),) = notes_in(decision)
    assert (provision, note.note, str(note.place)) == ("Annex III, point 4(a)", Note.RULED_OUT, "README.md:6")
    said = f"README.md:6 rules out `{note.words}` (Annex III, point 4(a))"
    assert f"1 note: {said}; --full shows why" in flat(written("text", found))
    assert f"{said}: ruled out by the document" in flat(written("text", replace(found, full=True)))
    assert f"{said}: ruled out by the document" in written("markdown", found).replace("\\", "")
    assert f"{said}: ruled out by the document" in flat(Page.of(written("html", found)).text)
    assert note.as_json() in decision.as_record()["signals"]


def test_words_that_hold_nothing_are_no_result_of_a_check(tmp_path: Path) -> None:
    run = json.loads(written("sarif", batch(tmp_path, RULED_OUT)))["runs"][0]
    assert run["results"] == []
    told = [
        each for each in run["invocations"][0]["toolExecutionNotifications"] if "rules out" in each["message"]["text"]
    ]
    assert [each["level"] for each in told] == ["note"]
    assert told[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 6
    assert written("github", batch(tmp_path, RULED_OUT)).count("::warning") == 0


def test_words_that_agree_with_the_facts_are_no_note(tmp_path: Path) -> None:
    stated = RELEASE.replace("annex_iii_uses: []", "annex_iii_uses: [recruitment]")
    for sentence in ("## Limitations\n\nIt may be misused to screen job applicants.", RULED_OUT):
        (decision,) = batch(tmp_path, sentence, release=stated).decisions
        assert [each.note for each in decision.signals if each.cue == "annex_iii.recruitment"] != []
        assert notes_in(decision) == ()


def test_a_chain_tells_of_words_once(tmp_path: Path) -> None:
    chain = RELEASE.replace("roles: [provider]\n", "")
    chain += "operators:\n  - {name: A, roles: [provider]}\n  - {name: B, roles: [distributor]}\n"
    for full in (False, True):
        text = flat(written("text", batch(tmp_path, RULED_OUT, release=chain, full=full)))
        assert text.count("README.md:6 rules out") == 1


def test_a_plan_shows_the_words_and_what_denies_them(tmp_path: Path) -> None:
    (decision,) = batch(tmp_path, HOLDS).decisions
    tasks = {task.id: task for work in plan_of(decision).works for task in work.tasks}
    assert tasks["signal.annex_iii.recruitment"].rests_on == (
        "README.md:6 says `screens job applicants`",
        "but system.annex_iii_uses: [] (aiact.yaml:7)",
    )


def test_the_facts_of_a_release_tell_notes_from_signals(tmp_path: Path) -> None:
    batch(tmp_path, HOLDS, "It must not be used for credit scoring of consumers.")
    out = CliRunner().invoke(facts, [str(tmp_path)], catch_exceptions=False).output
    assert "signal annex_iii.recruitment: `screens job applicants`\n    README.md:6" in out
    assert "note (ruled out by the document) annex_iii.creditworthiness: `credit scoring" in out
