"""Words of a card that the facts deny: an interview offers the three ways out of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules.core.raising import raised_in
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import FactDeclaration, FactType
from aiact_rules.gate import Gate
from aiact_rules.sources.answers import Answers
from tests.cli.test_ask import ask

GATE = Gate()
RELEASE = """\
format: 1
name: hire    # as in the registry
subject: system
roles: [provider]
markets: [EU]
facts:
  system: {practices: [], annex_i_law: [], transparency_situations: []}
  system.annex_iii_uses: []
"""
CARD = "---\nlicense: mit\n---\n# hire\n\nIt screens job applicants.\n"
HIRING = "annex_iii.recruitment"


def release(folder: Path, text: str = RELEASE, card: str = CARD) -> Path:
    (folder / ".git").mkdir()
    (folder / "README.md").write_text(card, encoding="utf-8")
    (folder / "aiact.yaml").write_text(text, encoding="utf-8")
    return folder / "aiact.yaml"


def test_the_words_their_line_and_what_denies_them_are_shown_with_three_ways(tmp_path: Path) -> None:
    release(tmp_path)
    _, out = ask(tmp_path, "why\nquit\n")
    said = " ".join(out.split())
    assert "README.md:6 says `screens job applicants`, but you stated system.annex_iii_uses: [] (aiact.yaml:8)" in said
    assert "1) answer: that is so: add `recruitment` to system.annex_iii_uses" in said
    assert "2) change: that is not so: change README.md:6 now" in said
    assert "3) dismiss: the words mean something else" in said
    assert "Annex III, point 4(a): the words of a document speak of it" in said
    assert "Stopped: HOLD" in said


def test_the_first_way_adds_the_answer(tmp_path: Path) -> None:
    file = release(tmp_path)
    ask(tmp_path, "answer\nquit\n")
    assert "  system.annex_iii_uses: [recruitment]\n" in file.read_text(encoding="utf-8")
    assert [*raised_in(GATE.check(tmp_path))] == []


def test_the_second_way_reads_the_card_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release(tmp_path)
    _, out = ask(tmp_path, "2\n\nskip\n")
    assert "it still says so" in out
    typed = iter(["change", ""])

    def prompt(*_: object, **__: object) -> str:
        said = next(typed)
        if not said:
            (tmp_path / "README.md").write_text(CARD.replace("job applicants", "tyres"), encoding="utf-8")
        return said

    monkeypatch.setattr("click.prompt", prompt)
    _, out = ask(tmp_path, "")
    assert "Finished: ALLOW" in out


def test_the_third_way_asks_why_and_who_and_writes_what_was_seen(tmp_path: Path) -> None:
    file = release(tmp_path, card=CARD + "\nIt infers emotions of employees from their faces.\n")
    before = GATE.check(tmp_path)
    assert {found.cue for _, found in raised_in(before)} >= {HIRING, "art5.f.emotions"}
    asked = [found for _, found in raised_in(before)]
    replies = 'dismiss\n\na demo of "names"\nA. Person\n' + "3\nit is not so\n\n" * (len(asked) - 1)
    _, out = ask(tmp_path, replies)
    assert "it goes on record" in out
    assert "Enter: A. Person" in " ".join(out.split())
    after = GATE.check(tmp_path)
    assert after.verdict is Verdict.ALLOW
    said = {each.signal: (each.because, each.by, each.seen) for each in after.dismissals}
    assert {*said} == {found.cue for found in asked}
    assert {by for _, by, _ in said.values()} == {"A. Person"}
    assert 'a demo of "names"' in {because for because, _, _ in said.values()}
    assert {name: seen for name, (_, _, seen) in said.items()} == {found.cue: found.seen for found in asked}
    assert "# as in the registry" in file.read_text(encoding="utf-8")


def test_a_dismissal_for_other_words_is_asked_about_again_and_replaced(tmp_path: Path) -> None:
    file = release(
        tmp_path, RELEASE + f"signals_dismissed:\n  - {{signal: {HIRING}, by: B, seen: abc}}\n  - other.one\n"
    )
    _, out = ask(tmp_path, "why\ndismiss\na demo\nA. Person\n")
    assert "dismissed for other words (seen abc, now" in " ".join(out.split())
    text = file.read_text(encoding="utf-8")
    assert text.count(HIRING) == 1
    assert "other.one" in text
    assert GATE.check(tmp_path).verdict is Verdict.ALLOW


def test_a_dismissal_is_taken_back_by_leaving_it_open(tmp_path: Path) -> None:
    file = release(tmp_path, RELEASE.replace(", transparency_situations: []", ""))
    ask(tmp_path, "dismiss\na demo\nA. Person\nquit\n")
    assert "because: a demo, by: A. Person, seen: " in file.read_text(encoding="utf-8")
    file.write_text(RELEASE.replace(", transparency_situations: []", ""), encoding="utf-8")
    ask(tmp_path, "dismiss\na demo\nA. Person\nback\nskip\nquit\n")
    assert "signals_dismissed: []" in file.read_text(encoding="utf-8")
    assert HIRING in {found.cue for _, found in raised_in(GATE.check(tmp_path))}


def test_what_was_dismissed_before_stays_when_more_is(tmp_path: Path) -> None:
    text = RELEASE + f"signals_dismissed: [{{signal: {HIRING}, because: \"a: 'demo' #1\", by: A. Person}}, plain]\n"
    file = release(tmp_path, text + "  # a comment\n")
    written = Answers(file.read_text(encoding="utf-8"), "aiact.yaml").with_dismissals(without=["plain"])
    assert f"signals_dismissed: [{{signal: {HIRING}, because: \"a: 'demo' #1\", by: A. Person}}]\n" in written
    assert "# a comment" in written
    assert Answers(RELEASE, "aiact.yaml").with_dismissals(without=["plain"]) == RELEASE


def test_confirming_a_contradiction_keeps_what_was_said_of_other_signals(tmp_path: Path) -> None:
    listed = f"signals_dismissed: [{{signal: {HIRING}, because: a demo, by: A. Person, seen: abc}}]\n"
    file = release(tmp_path, RELEASE + "  system.interacts_directly: yes\n" + listed, card=CARD.replace("job", "x"))
    ask(tmp_path, "1\nquit\n")
    text = file.read_text(encoding="utf-8")
    assert f"{{signal: {HIRING}, because: a demo, by: A. Person, seen: abc}}, direct_and_not_interacting]" in text


def test_a_fact_is_still_written_as_before() -> None:
    declaration = FactDeclaration("system.annex_iii_uses", FactType.SOME_OF, "Which?")
    assert "annex_iii_uses: [a]" in Answers(RELEASE, "aiact.yaml").with_answer(declaration, frozenset({"a"}))
