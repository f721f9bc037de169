"""A person dismisses a signal for the words that were seen; other words raise it again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.decisions import Decision
from aiact_rules.core.dismissals import Dismissible
from aiact_rules.core.facts import Facts
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.raising import line_of, raised_in, written
from aiact_rules.core.signals import Dismissal, seen_for
from aiact_rules.core.statuses import Verdict
from aiact_rules.decision_log.replay import replay
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.reports.remarks import remarks_of
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.recorded import Record

GATE = Gate()
HIRING, EMOTIONS = "annex_iii.recruitment", "art5.f.emotions"
SCREENS, RANKS = "The model screens job applicants.", "It ranks candidates for a job."
AT_WORK = "It infers emotions of employees from their faces."
HEAD = """\
format: 1
name: hire
subject: system
roles: [provider]
markets: [EU]
"""
FACTS = "facts:\n  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}\n"


def judged(folder: Path, *sentences: str, dismissed: str = "", facts: str = FACTS, block: str = "") -> Decision:
    """Judge a release whose card has these sentences, and whose release file dismisses what is said."""
    (folder / ".git").mkdir(exist_ok=True)  # places are named from here
    listed = f"signals_dismissed: {dismissed}\n" if dismissed else ""
    (folder / "aiact.yaml").write_text(HEAD + listed + facts, encoding="utf-8")
    card = f"---\nlicense: mit\n{block}---\n# hire\n\n" + "\n\n".join(sentences) + "\n"
    (folder / "README.md").write_text(card, encoding="utf-8")
    return GATE.check(folder, as_of=date(2026, 11, 22))


def raised(decision: Decision) -> dict[str, str | None]:
    """Return the signals of words that hold, each with why a dismissal of it does not count."""
    return {found.cue: found.lapsed for _, found in raised_in(decision)}


def seen(decision: Decision, cue: str) -> str:
    return seen_for(cue, decision.signals)


def entry(signal: str, **said: str) -> str:
    return "{" + ", ".join(f'{key}: "{text}"' for key, text in {"signal": signal, **said}.items()) + "}"


def test_a_dismissal_that_names_the_sentences_as_read_counts(tmp_path: Path) -> None:
    before = judged(tmp_path, SCREENS)
    assert raised(before) == {HIRING: None}
    after = judged(tmp_path, SCREENS, dismissed=f"[{entry(HIRING, because='tests', seen=seen(before, HIRING))}]")
    assert raised(after) == {}
    assert after.verdict is Verdict.ALLOW
    assert after.choices.notes == ()
    (dismissal,) = after.dismissals
    assert (dismissal.because, dismissal.by) == ("tests", None)
    assert str(dismissal.place).endswith("aiact.yaml:6")


def test_what_the_report_prints_is_what_dismisses(tmp_path: Path) -> None:
    ((_, found),) = raised_in(judged(tmp_path, SCREENS))
    line = found.dismissing.removeprefix("dismiss it: ")
    said = line.replace('because: "..."', 'because: "a demo"').replace('by: "..."', 'by: "A. Person"')
    text = (tmp_path / "aiact.yaml").read_text(encoding="utf-8")
    (tmp_path / "aiact.yaml").write_text(text + said + "\n", encoding="utf-8")
    assert raised(GATE.check(tmp_path)) == {}


def test_the_line_as_printed_is_refused_until_it_is_filled_in(tmp_path: Path) -> None:
    ((_, found),) = raised_in(judged(tmp_path, SCREENS))
    text = (tmp_path / "aiact.yaml").read_text(encoding="utf-8")
    (tmp_path / "aiact.yaml").write_text(text + found.dismissing.removeprefix("dismiss it: ") + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="`because` of a dismissal is one text") as raised_error:
        GATE.check(tmp_path)
    assert all(problem.place is not None and problem.place.line == 8 for problem in raised_error.value.problems)


@pytest.mark.parametrize("now", [(SCREENS, RANKS), (RANKS,), ("It screens candidates for a job.",)])
def test_other_words_raise_it_again_and_say_so(tmp_path: Path, now: tuple[str, ...]) -> None:
    known = seen(judged(tmp_path, SCREENS), HIRING)
    after = judged(tmp_path, *now, dismissed=f"[{entry(HIRING, because='a demo', by='A. Person', seen=known)}]")
    assert after.verdict is Verdict.HOLD
    assert raised(after) == {HIRING: f"dismissed for other words (seen {known}, now {seen(after, HIRING)})"}
    ((_, found),) = raised_in(after)
    assert "in place of what stands at aiact.yaml:6" in found.dismissing
    assert f"seen: {seen(after, HIRING)}" in found.dismissing


def test_the_order_of_the_sentences_and_where_they_stand_do_not_matter(tmp_path: Path) -> None:
    known = seen(judged(tmp_path, SCREENS, RANKS), HIRING)
    said = f"[{entry(HIRING, seen=known)}]"
    assert raised(judged(tmp_path, RANKS, "Nothing else.", SCREENS, dismissed=said)) == {}
    assert raised(judged(tmp_path, RANKS, dismissed=said)) != {}


def test_other_text_of_the_card_does_not_matter(tmp_path: Path) -> None:
    known = seen(judged(tmp_path, SCREENS), HIRING)
    said = f"[{entry(HIRING, seen=known)}]"
    assert raised(judged(tmp_path, SCREENS, "It was trained on a laptop.", dismissed=said)) == {}


def test_a_plain_id_dismisses_with_a_note_that_prints_the_line(tmp_path: Path) -> None:
    decision = judged(tmp_path, SCREENS, dismissed=f"[{HIRING}]")
    assert raised(decision) == {}
    (note,) = decision.choices.notes
    assert f"aiact.yaml:6: `{HIRING}` is dismissed whatever the words are" in note
    assert note.endswith(
        f'signals_dismissed: [{{signal: {HIRING}, because: "...", by: "...", seen: {seen(decision, HIRING)}}}]'
    )


def test_an_entry_without_seen_keeps_its_words_in_the_line_that_the_note_prints(tmp_path: Path) -> None:
    decision = judged(tmp_path, SCREENS, dismissed=f"[{entry(HIRING, because='a demo', by='A. Person')}]")
    (note,) = decision.choices.notes
    assert f'because: "a demo", by: "A. Person", seen: {seen(decision, HIRING)}' in note


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ({}, "`because`, `by` and `seen`"),
        ({"because": "a demo"}, "`by` and `seen`"),
        ({"because": "a demo", "by": "A. Person"}, "`seen`"),
        ({"because": "a demo", "seen": "?"}, "`by`"),
        ({"by": "A. Person", "seen": "?"}, "`because`"),
    ],
)
def test_a_signal_that_cites_a_prohibition_wants_why_by_whom_and_for_which_words(
    tmp_path: Path, said: dict[str, str], lacks: str
) -> None:
    known = seen(judged(tmp_path, AT_WORK), EMOTIONS)
    said = {key: known if text == "?" else text for key, text in said.items()}
    each = f"[{entry(EMOTIONS, **said)}]" if said else f"[{EMOTIONS}]"
    decision = judged(tmp_path, AT_WORK, dismissed=each)
    assert raised(decision)[EMOTIONS] == f"it cites a prohibition, and its dismissal does not say {lacks}"
    assert decision.verdict is Verdict.HOLD


def test_a_signal_that_cites_a_prohibition_is_dismissed_with_all_three(tmp_path: Path) -> None:
    known = seen(judged(tmp_path, AT_WORK), EMOTIONS)
    said = f"[{entry(EMOTIONS, because='a joke', by='A. Person', seen=known)}]"
    assert EMOTIONS not in raised(judged(tmp_path, AT_WORK, dismissed=said))


def test_a_list_that_leaves_a_dismissal_open_dismisses_nothing_more(tmp_path: Path) -> None:
    decision = judged(tmp_path, AT_WORK, dismissed=f"{{{EMOTIONS}: yes, {HIRING}: unknown}}")
    assert EMOTIONS in raised(decision)
    assert decision.facts.value("document.signals_dismissed") == frozenset()


def test_words_of_two_documents_are_dismissed_together(tmp_path: Path) -> None:
    judged(tmp_path, SCREENS)
    (tmp_path / "second.md").write_text(f"---\nlicense: mit\n---\n# more\n\n{RANKS}\n", encoding="utf-8")
    both = GATE.check(tmp_path, fact_files=[tmp_path / "second.md"])
    assert {str(signal.place) for signal in both.signals if signal.cue == HIRING} >= {"README.md:6", "second.md:6"}
    alone = seen(GATE.check(tmp_path), HIRING)
    assert seen(both, HIRING) != alone
    for known, left in ((seen(both, HIRING), set()), (alone, {HIRING})):
        line = f"signals_dismissed: [{entry(HIRING, seen=known)}]\n"
        (tmp_path / "aiact.yaml").write_text(HEAD + line + FACTS, encoding="utf-8")
        assert {*raised(GATE.check(tmp_path, fact_files=[tmp_path / "second.md"]))} == left


def test_a_card_may_dismiss_its_own_words_in_its_block(tmp_path: Path) -> None:
    known = seen(judged(tmp_path, SCREENS), HIRING)
    block = f"eu_ai_act:\n  signals_dismissed:\n    - {entry(HIRING, because='a demo', seen=known)}\n"
    decision = judged(tmp_path, SCREENS, block=block)
    assert raised(decision) == {}
    assert str(decision.dismissals[0].place) == "README.md:5"


def test_two_documents_that_dismiss_differently_are_an_error_with_both_places(tmp_path: Path) -> None:
    block = f"eu_ai_act:\n  signals_dismissed: [{entry(HIRING, seen='1234')}]\n"
    with pytest.raises(InputError, match="is dismissed otherwise at") as error:
        judged(tmp_path, SCREENS, dismissed=f"[{entry(HIRING, seen='5678')}]", block=block)
    assert "aiact.yaml:6" in str(error.value)
    assert "README.md:4" in str(error.value)


def test_words_in_facts_of_free_text_are_signals_with_the_place_of_the_fact(tmp_path: Path) -> None:
    facts = FACTS + "  model.pipeline_tag: text-to-image\n"
    decision = judged(tmp_path, "Nothing.", facts=facts)
    signal = next(each for each in decision.signals if each.cue == "art50.2.generation")
    assert (str(signal.place), signal.words) == ("aiact.yaml:8", "text-to-image")
    assert "art50.2.generation" in raised(decision)
    said = f"[{entry('art50.2.generation', because='no', seen=seen(decision, 'art50.2.generation'))}]"
    assert "art50.2.generation" not in raised(judged(tmp_path, "Nothing.", dismissed=said, facts=facts))
    other = facts.replace("text-to-image", "text-to-video")
    assert "art50.2.generation" in raised(judged(tmp_path, "Nothing.", dismissed=said, facts=other))


@pytest.mark.parametrize("said", ["[{}]", "[{{signal: {}, because: both are so, by: A. Person}}]"])
def test_a_contradiction_is_dismissed_by_the_same_list_without_seen(tmp_path: Path, said: str) -> None:
    facts = FACTS + "  system.interacts_directly: yes\n"
    name = "direct_and_not_interacting"
    assert f"contradiction.{name}" in {f.id for f in judged(tmp_path, "Nothing.", facts=facts).findings}
    after = judged(tmp_path, "Nothing.", facts=facts, dismissed=said.format(name))
    assert f"contradiction.{name}" not in {f.id for f in after.findings}
    assert after.choices.notes == ()


@pytest.mark.parametrize(
    ("because", "by", "missing"),
    [
        (None, None, "`because` and `by`"),
        ("both are so", None, "`by`"),
        (None, "A. Person", "`because`"),
        ("both are so", "A. Person", None),
    ],
)
def test_a_contradiction_that_cites_a_prohibition_wants_why_and_by_whom(
    because: str | None, by: str | None, missing: str | None
) -> None:
    dismissible = Dismissible.of([GATE.catalogue.pack("eu_ai_act")])
    said = Dismissal("emotions_at_work", Place("aiact.yaml", 3), because, by)
    why_not = dismissible.why_not(said, "")
    if missing is None:
        assert why_not is None
    else:
        assert why_not == f"it cites a prohibition, and its dismissal does not say {missing}"
    other = Dismissal("direct_and_not_interacting", Place("aiact.yaml", 3))
    assert dismissible.why_not(other, "") is None


def test_a_record_holds_what_was_said_and_is_replayed_and_read_back_equal(tmp_path: Path) -> None:
    known = seen(judged(tmp_path, SCREENS), HIRING)
    each = [entry(HIRING, because="a demo", by="A. Person", seen=known), entry(EMOTIONS, because="gone", seen="abc")]
    decision = judged(tmp_path, SCREENS, AT_WORK, dismissed=f"[{', '.join(each)}]")
    record = json.loads(json.dumps(decision.as_record()))
    assert record["dismissals"][0] == {
        "signal": HIRING, "because": "a demo", "by": "A. Person", "seen": known, "source": "aiact.yaml", "line": 6,
    }  # fmt: skip
    again = replay(GATE, record)
    assert again.same
    assert again.decision.dismissals == decision.dismissals
    assert raised(again.decision) == raised(decision) != {}
    back = GATE.read_back(Record(record))
    assert back.dismissals == decision.dismissals
    assert back.signals == decision.signals
    assert raised(back) == raised(decision)
    assert back.decision_id == decision.decision_id


def test_who_dismissed_and_why_is_part_of_the_identity(tmp_path: Path) -> None:
    known = seen(judged(tmp_path, SCREENS), HIRING)
    ids = {
        judged(tmp_path, SCREENS, dismissed=f"[{entry(HIRING, by=who, seen=known)}]").decision_id
        for who in ("A. Person", "B. Person")
    }
    assert len(ids) == 2
    record = judged(tmp_path, SCREENS, dismissed=f"[{entry(HIRING, by='A. Person', seen=known)}]").as_record()
    record["dismissals"][0]["by"] = "Somebody else"  # type: ignore[index]
    with pytest.raises(InputError, match="was changed"):
        GATE.read_back(Record(record))


def test_a_program_dismisses_as_a_file_does() -> None:
    values = {
        "release.subject": "system",
        "operator.roles": ["provider"],
        "model.pipeline_tag": "text-to-image",
        "system": {"practices": [], "annex_iii_uses": [], "annex_i_law": [], "transparency_situations": []},
    }
    before = GATE.check(values)
    said = [{"signal": "art50.2.generation", "because": "no", "seen": seen(before, "art50.2.generation")}]
    assert raised(GATE.check({**values, "document.signals_dismissed": said})) == {}
    assert raised(GATE.check(values, facts={"document.signals_dismissed": said})) == {}
    said[0]["seen"] = "abc"
    assert raised(GATE.check({**values, "document.signals_dismissed": said})) != {}
    assert raised(GATE.check(values, facts={"document.signals_dismissed": said})) != {}
    plain = GATE.check(
        Facts.of(GATE.request(values, facts={"document.signals_dismissed": ["art50.2.generation"]}).facts)
    )
    assert raised(plain) == {}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("[{signal: a, who: B}]", "unknown key `who` of a dismissal"),
        ("[{signal: a, because: ''}]", "`because` of a dismissal is one text, not an empty one"),
        ("[{signal: a, by: [b]}]", "`by` of a dismissal is one text, not an empty one"),
        ("[{signal: ''}]", "`signal` of a dismissal is one text, not an empty one"),
        ("[{signal: 'a, b'}]", "`a, b` is no id of a signal"),
        ("[{signal: a, by: b}, {signal: a, by: c}]", "`a` is dismissed twice"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, said: str, message: str) -> None:
    with pytest.raises(InputError, match="aiact.yaml:6") as error:
        judged(tmp_path, SCREENS, dismissed=said)
    assert message in str(error.value)


def test_each_operator_of_a_chain_dismisses_for_itself(tmp_path: Path) -> None:
    known = seen(judged(tmp_path, SCREENS), HIRING)
    mine = f"document: {{signals_dismissed: [{entry(HIRING, seen=known)}]}}"
    text = HEAD.replace("roles: [provider]\n", "") + FACTS
    text += f"operators:\n  - {{name: A, roles: [provider], {mine}}}\n  - {{name: B, roles: [distributor]}}\n"
    (tmp_path / "aiact.yaml").write_text(text, encoding="utf-8")
    chain = GATE.decide_chain(GATE.request(tmp_path))
    assert [HIRING in raised(decision) for decision in chain.decisions] == [False, True]


def test_what_is_pasted_escapes_what_was_written(tmp_path: Path) -> None:
    decision = judged(tmp_path, SCREENS, dismissed="[{signal: annex_iii.recruitment, because: 'a \"\\\" b'}]")
    (dismissal,) = decision.dismissals
    said = written(dismissal.signal, dismissal.because, dismissal.by, dismissal.seen)
    assert line_of([said]) == (
        'signals_dismissed: [{signal: annex_iii.recruitment, because: "a \\"\\\\\\" b", by: "..."}]'
    )


def test_texts_to_paste_of_several_signals_are_entries_of_one_list(tmp_path: Path) -> None:
    pastes = [found.paste for _, found in raised_in(judged(tmp_path, SCREENS, AT_WORK))]
    assert len(pastes) > 2
    filled = "[" + ", ".join(each.replace('"..."', '"a person looked"') for each in pastes) + "]"
    after = judged(tmp_path, SCREENS, AT_WORK, dismissed=filled)
    assert raised(after) == {}
    assert after.verdict is Verdict.ALLOW


def test_a_report_says_who_dismissed_what_and_why(tmp_path: Path) -> None:
    before = judged(tmp_path, SCREENS)
    said = entry(HIRING, because="it sorts CVs of the test set", by="A. Person", seen=seen(before, HIRING))
    judged(tmp_path, SCREENS, dismissed=f"[{said}]")
    batch = judge_inputs(GATE, inputs_of(GATE, [tmp_path]), Overrides(as_of=date(2026, 11, 22)))
    (remark,) = [each for each in remarks_of(batch.items[0]) if each.label == "dismissed"]
    assert remark.text == f"{HIRING} by A. Person (aiact.yaml:6): it sorts CVs of the test set"
    assert remark.warns
    judged(tmp_path, RANKS, dismissed=f"[{said}]")
    lapsed = judge_inputs(GATE, inputs_of(GATE, [tmp_path]), Overrides(as_of=date(2026, 11, 22)))
    assert [each for each in remarks_of(lapsed.items[0]) if each.label == "dismissed"] == []
