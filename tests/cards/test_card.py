"""`aiact-rules card` writes the result into a card, and no other byte of it changes."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.cards.writing import written
from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.reports.card_section import BEGIN, END
from aiact_rules.requests.overrides import Overrides
from aiact_rules.sources.card_block import NOT_OURS
from tests.cli.conftest import Answer, run

__all__ = ["run"]
Run = Callable[..., Answer]
GATE = Gate()
DAY = date(2026, 11, 30)
ON = Overrides(as_of=DAY)
LISTS = "practices: []\n    annex_iii_uses: [recruitment]\n    annex_i_law: []\n    transparency_situations: []\n    profiles_natural_persons: true"
CARD = f"""\
---
license: mit   # as it stands
eu_ai_act:
  # who acts
  subject: system
  roles: [provider]
  markets: [EU]
  release_date: 2028-02-01
  contact: ai@example.org
  system:
    {LISTS}

tags: [a,
   b]
---
# Ranker

It reads texts.\x20\x20

The end.
"""
HARMLESS = CARD.replace("[recruitment]", "[]").replace("    profiles_natural_persons: true\n", "")


def wrote(folder: Path, text: str | bytes, said: Overrides = ON) -> tuple[bytes, bytes]:
    """Return the bytes of a card before and after it is written."""
    card = folder / "README.md"
    before = text if isinstance(text, bytes) else text.encode()
    card.write_bytes(before)
    written(GATE, card, said).save()
    return before, card.read_bytes()


KEYS = "classes|undetermined|roles|date|as_of|contact|decision_id|tool|packs"
OURS = re.compile(
    rf"(?P<end>\r\n|\n|\r) *result:(?P=end) +verdict: (?:allow|hold|block)(?:(?P=end) +(?:{KEYS}): [^\r\n]*)+".encode()
)
SECTION = re.compile(
    rb"(?:(?:\r\n|\n|\r){1,2})?" + re.escape(BEGIN.encode()) + b".*?" + re.escape(END.encode()), re.DOTALL
)


def without_ours(data: bytes) -> bytes:
    """Return the bytes of a card without the result and the section, by their own words and lines alone."""
    return SECTION.sub(b"", OURS.sub(b"", data))


@pytest.mark.parametrize(
    "card",
    [
        CARD.encode(),
        CARD.replace("\n", "\r\n").encode(),
        CARD.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + CARD.encode(),
        CARD.replace("\n---\n#", "\n---   \n#").encode(),
        CARD.replace("texts", "Texte für Café \U0001f600\u2028x\x0cy").encode(),
        ("\n\n" + CARD).encode(),
        re.sub(r"(?m)^(?=\w.*:|  |\w.*\])(?!#)", "  ", CARD.split("---\n# ")[0], flags=0).encode() + b"---\n# R\n\nT\n",
        CARD.replace(
            "    profiles_natural_persons: true\n",
            "    profiles_natural_persons: true\n    # the last\n  # of the block\n",
        ).encode(),
        CARD.replace("tags:", "note: |\n  result:\n    verdict: none\ntags:").encode(),
    ],
    ids=["plain", "crlf", "cr", "mark", "fence", "signs", "blank", "indented", "comments", "another result"],
)
def test_every_other_byte_stays_and_a_second_run_changes_nothing(card: bytes, tmp_path: Path) -> None:
    before, after = wrote(tmp_path, card)
    assert after != before
    kept = without_ours(after)
    assert kept == before
    assert written(GATE, tmp_path / "README.md", Overrides()).is_current
    ends = {*re.findall(rb"\r\n|\n|\r", after)}
    assert ends == {*re.findall(rb"\r\n|\n|\r", before)}


def test_a_card_without_a_final_line_end_has_none_afterwards(tmp_path: Path) -> None:
    before, after = wrote(tmp_path, CARD.rstrip("\n"))
    assert after.endswith(END.encode())
    assert before in after.replace(after[after.index(b"  result:") : after.index(b"\ntags:")], b"")
    assert written(GATE, tmp_path / "README.md", ON).is_current
    changed = after.replace(b"[recruitment]", b"[recruitment, job_advertising]")
    _, again = wrote(tmp_path, changed)
    assert again.endswith(END.encode())


@pytest.mark.parametrize(
    "front", ["---\nlicense: mit\n---\n", "---\n---\n", "---\n# nothing yet\n---\n", "---\neu_ai_act:\n---\n", ""]
)
def test_a_block_is_added_where_there_is_none(front: str, tmp_path: Path) -> None:
    (tmp_path / "aiact.yaml").write_text("format: 1\nname: r\nsubject: system\nowner: Team R\n", encoding="utf-8")
    _, after = wrote(tmp_path, f"{front}# R\n\nText.\n")
    text = after.decode()
    assert text.startswith("---\n")
    assert text.count("eu_ai_act:\n  result:\n    verdict: hold\n") == 1
    assert "Contact: Team R" in text
    assert text.index("# R\n\nText.\n") < text.index(BEGIN)
    assert written(GATE, tmp_path / "README.md", ON).is_current
    assert written(GATE, tmp_path, ON).is_current
    assert written(GATE, tmp_path / "aiact.yaml", ON).is_current


def test_the_card_tells_the_decision_that_check_comes_to(tmp_path: Path) -> None:
    _, after = wrote(tmp_path, CARD)
    decision = GATE.check(tmp_path / "README.md", as_of=DAY)
    text = after.decode()
    assert text.count(decision.decision_id) == 2
    assert "    verdict: hold\n    classes: [high_risk]\n" in text
    assert "## EU AI Act\n\nChecked as of 2026-11-30 for the release on 2028-02-01 by the provider: **hold**" in text
    assert "- use it as its instructions say (Art. 26(1))" in text
    assert "Contact: ai@example.org\n" in text
    assert decision.signals == ()
    assert not any("markers" in note for note in GATE.request(tmp_path / "README.md").notes)


def test_a_release_in_no_class_says_so(tmp_path: Path) -> None:
    _, after = wrote(tmp_path, HARMLESS)
    assert b"**allow**, nothing that is due stands in the way" in after
    assert b"It is in none of the classes" in after


def test_the_section_is_refreshed_in_place_when_a_fact_changes(tmp_path: Path) -> None:
    _, first = wrote(tmp_path, CARD)
    moved = (
        first.replace(b"[recruitment]", b"[]").replace(b"    profiles_natural_persons: true\n", b"") + b"\nMore text.\n"
    )
    _, second = wrote(tmp_path, moved)
    assert second.endswith(b"\n\nMore text.\n")
    assert second.count(BEGIN.encode()) == 1
    assert b"verdict: allow" in second
    assert b"Art. 26" not in second
    assert without_ours(second) == without_ours(moved)


def test_check_shows_what_differs_writes_nothing_and_exits_with_1(run: Run, tmp_path: Path) -> None:  # noqa: F811
    card = tmp_path / "README.md"
    card.write_text(CARD, encoding="utf-8")
    stale = run("card", str(card), "--check")
    assert stale.code == 1
    assert "+    verdict: hold" in stale.out
    assert "stale, write it with `aiact-rules card`" in stale.err
    assert card.read_text(encoding="utf-8") == CARD
    assert run("card", str(card), "--as-of", "2026-11-30").out.endswith("README.md: written (hold)\n")
    current = run("card", str(card), "--check")
    assert (current.code, current.out.endswith("README.md: up to date (hold)\n")) == (0, True)
    card.write_text(card.read_text(encoding="utf-8").replace("[recruitment]", "[]"), encoding="utf-8")
    assert run("card", str(card), "--check").code == 1


def test_the_day_in_the_card_counts_until_another_is_named(tmp_path: Path) -> None:
    _, after = wrote(tmp_path, CARD)
    card = tmp_path / "README.md"
    assert written(GATE, card, Overrides()).after.data == after
    later = written(GATE, card, Overrides(as_of=date(2026, 12, 24)))
    assert b"as_of: 2026-12-24" in later.after.data
    assert not later.is_current
    card.write_bytes(after.replace(b"[recruitment]", b"[recruitment, job_advertising]"))
    renewed = written(GATE, card, Overrides()).after.data
    assert b"as_of: 2026-11-30" not in renewed  # what changed is judged today


def test_another_version_of_the_tool_that_decides_alike_makes_no_card_stale(tmp_path: Path) -> None:
    _, after = wrote(tmp_path, CARD)
    older = re.sub(rb"aiact-rules \d[\w.+]*", b"aiact-rules 0.0.9", after)
    assert older != after
    (tmp_path / "README.md").write_bytes(older)
    assert written(GATE, tmp_path / "README.md", Overrides()).is_current


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Decision `", "It screens job applicants.\n\nDecision `"),
        ("- use it as its instructions say", "- use it to screen job applicants, as its instructions say"),
        (END, f"It screens job applicants.\n{END}"),
        (BEGIN, f"{BEGIN}\nIt screens job applicants."),
        ("Contact: ai@example.org", "Contact: it screens job applicants"),
        ('contact: "ai@example.org"', 'contact: "it screens job applicants"'),
        ("    roles: [provider]", "    roles: [screens_job_applicants]"),
        ("    packs: [eu_ai_act ", "    packs: [screens_job_applicants 1.0, eu_ai_act "),
        (END, f"{END}\n\n{BEGIN}\nIt screens job applicants.\n{END}"),
    ],
)
def test_nobody_hides_words_between_the_markers_or_in_the_result(old: str, new: str, tmp_path: Path) -> None:
    _, after = wrote(tmp_path, CARD)
    assert old in after.decode()
    readme = tmp_path / "README.md"
    assert GATE.check(readme, as_of=DAY).signals == ()
    # Whoever changes the result may change the section with it, so that it is to the letter what would be written.
    changed = after.decode().replace(old, new)
    readme.write_text(changed, encoding="utf-8")
    assert "annex_iii.recruitment" in {signal.cue for signal in GATE.check(readme, as_of=DAY).signals}


def test_a_section_that_is_not_ours_is_noted_and_refreshed(tmp_path: Path) -> None:
    _, after = wrote(tmp_path, CARD)
    readme = tmp_path / "README.md"
    readme.write_bytes(after.replace(b"hold**", b"allow**"))
    assert f"README.md: {NOT_OURS}" in "\n".join(GATE.request(readme).notes)
    assert written(GATE, readme, Overrides()).after.data == after or written(GATE, readme, ON).after.data == after


@pytest.mark.parametrize(
    "result",
    ["  result: {verdict: fine}\n", "  result: none\n", "  result:\n    verdict: allow\n    extra: 1\n", "  result:\n"],
)
def test_a_result_that_was_mangled_is_written_anew(result: str, tmp_path: Path) -> None:
    _, after = wrote(tmp_path, CARD.replace("  # who acts\n", result))
    assert after.count(b"result:") == 1
    assert written(GATE, tmp_path / "README.md", Overrides()).is_current


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (
            CARD.replace("eu_ai_act:\n", "eu_ai_act: {subject: system}\nx:\n"),
            "README.md:3: `eu_ai_act` is written in one line",
        ),
        ("---\n{license: mit}\n---\n# R\n", "README.md:2: "),
        ("---\neu_ai_act: {}\n---\n# R\n", "README.md:2: `eu_ai_act` is written in one line"),
        (CARD + f"\n{BEGIN}\n", "README.md:26: the markers of the section do not stand as a pair"),
        (CARD + f"\n{END}\n\n{BEGIN}\n", "README.md:26: the markers"),
        (CARD + "\n```\nopen\n", "README.md:29: what stands above leaves a code block"),
        (CARD.encode("latin-1").replace(b"texts", b"t\xe9xts"), "README.md:22: is not valid UTF-8"),
        (CARD.encode("utf-16"), "is not valid UTF-8"),
        (CARD.replace("[provider]", "[manager]"), "README.md:6: "),
        ("---\nlicense: mit\n", "README.md:1: front matter begins here and never ends"),
        ("# A library\n", "not a model card"),
        ("---\nsdk: gradio\napp_file: app.py\n---\n# X\n", "the card of a Space"),
    ],
)
def test_a_card_that_cannot_be_written_is_refused_with_its_line_and_stays(
    card: str | bytes,
    said: str,
    run: Run,
    tmp_path: Path,  # noqa: F811
) -> None:
    readme = tmp_path / "README.md"
    data = card if isinstance(card, bytes) else card.encode()
    readme.write_bytes(data)
    answer = run("card", str(readme))
    assert answer.code == 2
    assert said in answer.err
    assert readme.read_bytes() == data
    assert os.listdir(tmp_path) == ["README.md"]


def test_the_card_of_a_release_must_be_one(tmp_path: Path) -> None:
    (tmp_path / "aiact.yaml").write_text("format: 1\nname: r\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no card in Markdown"):
        written(GATE, tmp_path, ON)
    for name in ("model_card_a.md", "model_card_b.md"):
        (tmp_path / name).write_text("---\nlicense: mit\n---\n# R\n", encoding="utf-8")
    with pytest.raises(InputError, match="has several cards"):
        written(GATE, tmp_path, ON)
    assert written(GATE, tmp_path / "model_card_a.md", ON).path.name == "model_card_a.md"


def test_one_of_several_operators_is_named(tmp_path: Path) -> None:
    chain = CARD.replace(
        "  roles: [provider]\n", "  operators: [{name: A, roles: [provider]}, {name: B, roles: [deployer]}]\n"
    )
    (tmp_path / "README.md").write_text(chain, encoding="utf-8")
    with pytest.raises(InputError, match="names several operators"):
        written(GATE, tmp_path / "README.md", ON)
    assert b"roles: [deployer]\n" in written(GATE, tmp_path / "README.md", ON, "B").after.data


@pytest.mark.skipif(os.name == "nt", reason="modes and links are those of POSIX")
def test_the_file_is_replaced_as_a_whole_with_its_mode_and_behind_its_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.md", tmp_path / "README.md"
    real.write_text(CARD, encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    written(GATE, link, ON).save()
    assert link.is_symlink()
    assert BEGIN in real.read_text(encoding="utf-8")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["README.md", "real.md"]


def test_a_result_that_the_command_does_not_write_is_refused_by_check(run: Run, tmp_path: Path) -> None:  # noqa: F811
    readme = tmp_path / "README.md"
    readme.write_text(CARD.replace("  # who acts\n", "  result: {verdict: fine, extra: 1}\n"), encoding="utf-8")
    answer = run("check", str(readme))
    assert answer.code == 2
    assert "README.md:4: unknown key `extra`" in answer.err
    assert "README.md:4: `verdict`: this is not what the command writes" in answer.err


def test_the_page_shows_the_card_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "card.md").read_text(encoding="utf-8")
    before, after = re.findall(r"^```markdown[^\n]*\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    _, data = wrote(tmp_path, before)
    shown = re.sub(r"sha256:[0-9a-f]{64}", "sha256:00000000...", data.decode())
    assert re.sub(r"aiact-rules [\d.a-z]+|eu_ai_act \d[\d.a-z]+", "", shown) == re.sub(
        r"aiact-rules [\d.a-z]+|eu_ai_act \d[\d.a-z]+", "", after
    )
