"""Readers that a platform brings: what they are asked, what becomes of their answers, and what they can never do."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aiact_rules import Batch, Decision, Gate, InputError, Item, PluginError, Question, Suggestion, Verdict, hookimpl
from aiact_rules.baselines import Baseline
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli import main
from aiact_rules.core.packs import DISMISSED, SIGNALS
from aiact_rules.core.readers import questions_of
from aiact_rules.core.signals import Note
from aiact_rules.judging import with_baseline
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.recorded import Record

CUE = "annex_iii.recruitment"
RELEASE = """\
format: 1
subject: system
roles: [provider]
markets: [EU]
release_date: 2028-02-01
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
"""
CARD = """\
---
license: mit
# recruit in a comment
---
# Sorter

It puts the people who want
a post into an order. <!-- who to hire -->

It reads short texts.
"""
WORDS = "people who want a post"


class Lookout:
    """A reader that answers as it is told, and counts what it is asked."""

    name, version, digest = "lookout", "1.2", "sha256:ab12"

    def __init__(self, answer: Callable[[str], Any]) -> None:
        self.answer = answer
        self.texts: list[str] = []
        self.questions: tuple[Question, ...] = ()

    def read(self, text: str, questions: tuple[Question, ...]) -> Iterable[Suggestion]:
        self.texts.append(text)
        self.questions = questions
        answer: Iterable[Suggestion] = self.answer(text)
        return answer


class Plugin:
    def __init__(self, *readers: object) -> None:
        self.readers = readers

    @hookimpl
    def aiact_rules_offer_readers(self) -> list[object]:
        return list(self.readers)


def gate_with(*readers: object, **settings: Any) -> Gate:
    host = PluginHost()
    host.register(Plugin(*readers), PluginInfo("a", "a-plugin", "3"))
    return Gate(catalogue=Catalogue(host), **settings)


def suggests(*suggestions: Suggestion) -> Lookout:
    return Lookout(lambda _: suggestions)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "aiact.yaml").write_text(RELEASE, encoding="utf-8")
    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")
    return tmp_path


def raise_to_hold(release: Path, more: str = "") -> None:
    (release / "aiact.toml").write_text(f'readers = {{ lookout = "hold" }}\n{more}', encoding="utf-8")


def check(gate: Gate, release: Path, **said: Any) -> Decision:
    return gate.check(release, as_of=date(2026, 11, 30), **said)


def failed(decision: Decision) -> list[str]:
    return [finding.must for finding in decision.findings if finding.id == "signal.reader_failed.lookout"]


def test_a_reader_is_asked_about_each_cue_of_prose_in_plain_words(release: Path) -> None:
    reader = suggests()
    gate = gate_with(reader)
    check(gate, release)
    asked = {question.cue: question for question in reader.questions}
    (pack,) = gate.packs()
    assert set(asked) == {cue.id for cue in pack.cues.values() if not cue.facts}
    assert asked[CUE].provision == pack.cues[CUE].provision
    assert asked[CUE].law == pack.law
    labels = gate.vocabulary()["system.annex_iii_uses"].values or {}
    assert labels["recruitment"] in asked[CUE].asks
    # A question may end with a remark in brackets.
    assert all(re.search(r"\?(?: \([^()]*\))?\Z", question.asks) for question in reader.questions)
    assert not any("[]" in question.asks for question in reader.questions)


def test_every_cue_of_every_pack_is_put_into_words() -> None:
    gate = Gate()
    for pack_id in gate.catalogue.heads:
        for question in questions_of([gate.catalogue.pack(pack_id)]):
            assert len(question.asks) > 20, question


def test_a_reader_sees_what_people_see_in_the_lines_of_the_file(release: Path) -> None:
    reader = suggests()
    stated = "eu_ai_act:\n  version: 7\n  known_limitations: fails at night\n  facts: {system.monthly_users: 3}\n"
    (release / "README.md").write_text(CARD.replace("# recruit", stated + "# recruit"), encoding="utf-8")
    check(gate_with(reader), release)
    (text,) = reader.texts
    lines = text.split("\n")
    assert lines[1] == "license: mit"
    assert lines[2:6] == ["", "", "fails at night", ""]
    assert lines[10] == "It puts the people who want"
    assert "hire" not in text
    assert "comment" not in text
    assert "monthly_users" not in text


def test_the_texts_of_a_bill_of_materials_are_read_and_have_its_places(release: Path) -> None:
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {
            "component": {
                "type": "machine-learning-model",
                "name": "sorter",
                "modelCard": {"considerations": {"useCases": ["Sorting", "It orders people who want a post."]}},
            }
        },
    }
    (release / "bom.json").write_text(json.dumps(bill), encoding="utf-8")
    (release / "README.md").unlink()
    reader = Lookout(lambda text: [Suggestion(CUE, 1 + text[: text.index("people")].count("\n"), WORDS)])
    (signal,) = gate_with(reader).request(release / "bom.json").signals
    assert str(signal.place).endswith("bom.json#/metadata/component/modelCard/considerations/useCases/1")
    assert signal.words == WORDS


def test_a_suggestion_is_a_note_that_holds_nothing_and_names_its_reader(release: Path) -> None:
    without = check(Gate(), release)
    decision = check(gate_with(suggests(Suggestion(CUE, 7, WORDS))), release)
    (signal,) = decision.signals
    assert (signal.cue, signal.note, signal.reader) == (CUE, Note.SUGGESTED, "lookout 1.2")
    assert (signal.place.line, signal.words) == (7, WORDS)
    assert signal.as_json()["reader"] == "lookout 1.2"
    assert without.verdict is decision.verdict is Verdict.ALLOW
    assert SIGNALS not in {fact.name for fact in decision.facts if fact.value}
    report = gate_with().catalogue.report("text").render(Batch((Item("sorter", decision),)))
    assert "suggested by reader lookout 1.2" in " ".join(report.split())


def test_an_organisation_may_raise_a_reader_so_that_its_words_hold_as_those_of_a_cue_do(release: Path) -> None:
    raise_to_hold(release)
    gate = gate_with(suggests(Suggestion(CUE, 8, WORDS)))
    decision = check(gate, release)
    assert decision.verdict is Verdict.HOLD
    assert f"signal.{CUE}" in {finding.id for finding in decision.findings if finding.status.gates}
    report = " ".join(gate.catalogue.report("text").render(Batch((Item("sorter", decision),))).split())
    assert f"README.md:7 says `{WORDS}`, suggested by reader lookout 1.2" in report
    (signal,) = decision.signals
    dismissal = f"signals_dismissed: [{{signal: {CUE}, because: checked, by: A. Person, seen: {signal.seen}}}]\n"
    (release / "aiact.yaml").write_text(RELEASE + dismissal, encoding="utf-8")
    assert check(gate, release).verdict is Verdict.ALLOW
    shorter = gate_with(suggests(Suggestion(CUE, 7, "want a post")))
    assert check(shorter, release).verdict is Verdict.ALLOW, "other words of the same sentence were seen too"
    other = gate_with(suggests(Suggestion(CUE, 10, "reads short texts")))
    assert check(other, release).verdict is Verdict.HOLD


def test_a_raised_reader_holds_nothing_that_the_facts_agree_with(release: Path) -> None:
    raise_to_hold(release)
    gate = gate_with(suggests(Suggestion(CUE, 7, WORDS)))
    said = RELEASE.replace("annex_iii_uses: []", "annex_iii_uses: [recruitment]")
    (release / "aiact.yaml").write_text(said, encoding="utf-8")
    assert f"signal.{CUE}" not in {finding.id for finding in check(gate, release).findings}


@pytest.mark.parametrize(
    ("suggestion", "why"),
    [
        (Suggestion("annex_iii.cobblers", 7, WORDS), "no pack asks about it"),
        (Suggestion(CUE, 7, "people who want a job"), "its words are not near that line"),
        (Suggestion(CUE, 1, WORDS), "its words are not near that line"),
        (Suggestion(CUE, 70, WORDS), "its words are not near that line"),
        (Suggestion(CUE, 7, " ... "), "its words are not near that line"),
        (Suggestion(CUE, 8, "who to hire"), "its words are not near that line"),
    ],
)
def test_a_suggestion_of_an_unknown_cue_or_by_words_that_are_not_there_is_dropped_and_noted(
    release: Path, suggestion: Suggestion, why: str
) -> None:
    raise_to_hold(release)
    request = gate_with(suggests(suggestion)).request(release)
    assert request.signals == ()
    (note,) = [note for note in request.notes if "lookout" in note]
    assert note == (
        f"README.md:{suggestion.line}: reader lookout 1.2 suggested `{suggestion.cue}`, dropped since {why}"
    )


def test_a_reader_takes_no_signal_away_states_nothing_and_dismisses_nothing(release: Path) -> None:
    (release / "README.md").write_text(f"{CARD}\nIt screens the CVs of job applicants.\n", encoding="utf-8")
    own = check(Gate(), release)
    assert f"signal.{CUE}" in {finding.id for finding in own.findings}
    for answer in ((), (Suggestion(CUE, 12, "screens the CVs"),), (Suggestion("art5.f.emotions", 1, "no"),)):
        decision = check(gate_with(suggests(*answer)), release)
        assert decision.verdict is own.verdict
        assert set(own.signals) <= set(decision.signals)
        assert decision.facts.values() == own.facts.values()
        assert decision.facts.value(DISMISSED) == own.facts.value(DISMISSED)


def test_name_version_and_digest_stand_in_the_decision_and_change_its_id(release: Path) -> None:
    reader, other = suggests(), suggests()
    other.digest = "sha256:ff"  # type: ignore[misc]
    first, second = check(gate_with(reader), release), check(gate_with(other), release)
    row = {"name": "lookout", "version": "1.2", "digest": "sha256:ab12", "strength": "note"}
    assert first.identity["readers"] == first.as_json()["readers"] == first.as_record()["readers"] == [row]
    assert len({first.decision_id, second.decision_id, check(Gate(), release).decision_id}) == 3


def test_without_a_reader_nothing_changes(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("no text is kept where nobody reads it")

    monkeypatch.setattr("aiact_rules.sources.discovery.ReleaseDocuments._readable", refused)
    plain, none_offered = check(Gate(catalogue=Catalogue(PluginHost())), release), check(gate_with(), release)
    assert plain.decision_id == none_offered.decision_id
    assert "readers" not in plain.identity
    assert "readers" not in plain.as_json()


def test_a_record_is_decided_again_and_read_back_by_what_was_suggested_then(release: Path) -> None:
    raise_to_hold(release)
    reader = suggests(Suggestion(CUE, 7, WORDS))
    gate = gate_with(reader)
    decision = check(gate, release)
    record = Record(json.loads(json.dumps(decision.as_record())))
    for elsewhere in (gate, Gate(catalogue=Catalogue(PluginHost()))):
        again, back = elsewhere.check(record), elsewhere.read_back(record)
        assert again.decision_id == back.decision_id == decision.decision_id
        assert again.signals == back.signals == decision.signals
        assert again.readers == back.readers == decision.readers
    assert len(reader.texts) == 1


def test_one_text_is_asked_about_once_whatever_is_judged(release: Path) -> None:
    reader = suggests(Suggestion(CUE, 7, WORDS))
    gate = gate_with(reader)
    found = {check(gate, release).decision_id for _ in range(3)}
    assert len(found) == len(reader.texts) == 1
    (release / "README.md").write_text(CARD + "\nMore.\n", encoding="utf-8")
    check(gate, release)
    assert len(reader.texts) == 2


def endless(_: str) -> Iterator[Suggestion]:
    while True:
        yield Suggestion(CUE, 7, WORDS)


def exits(_: str) -> None:
    raise SystemExit(0)


def breaks(_: str) -> None:
    raise OSError("the\nendpoint is gone")


class Late:
    def __init__(self) -> None:
        self.over = threading.Event()

    def __call__(self, _: str) -> Iterator[Suggestion]:
        yield Suggestion(CUE, 7, WORDS)
        self.over.wait(30)


FAILURES: dict[str, tuple[Callable[[str], Any], str]] = {
    "raises": (breaks, "OSError: the endpoint is gone"),
    "exits": (exits, "SystemExit: 0"),
    "says nothing": (lambda _: None, "its answer is no list of suggestions"),
    "says nonsense": (lambda _: ["recruitment"], "its answer has a str, which is no Suggestion"),
    "has no line": (lambda _: [Suggestion(CUE, "7", WORDS)], "a suggestion has a cue and words as text"),  # type: ignore[arg-type]
    "never ends": (endless, "it makes more than 1000 suggestions"),
}


@pytest.mark.parametrize("how", FAILURES)
def test_a_reader_that_fails_holds_the_release_under_its_name(release: Path, how: str) -> None:
    answer, says = FAILURES[how]
    gate = gate_with(Lookout(answer))
    decision = check(gate, release)
    assert decision.verdict is Verdict.HOLD
    assert not decision.passes
    (must,) = failed(decision)
    assert "reader lookout 1.2" in must
    assert f"README.md: {says}" in must
    assert decision.signals == ()
    for report in ("text", "json", "sarif", "html", "markdown", "junit", "github"):
        assert "lookout" in gate.catalogue.report(report).render(Batch((Item("sorter", decision),))), report
    record = Record(json.loads(json.dumps(decision.as_record())))
    assert gate.check(record).decision_id == gate.read_back(record).decision_id == decision.decision_id
    assert failed(gate.read_back(record)) == [must]


@pytest.mark.parametrize("engine", ["reference", "generated", "planes"])
def test_every_engine_holds_where_a_reader_failed(release: Path, engine: str) -> None:
    assert failed(check(gate_with(Lookout(breaks)), release, engine=engine))


def test_a_reader_that_hangs_is_given_up_when_its_time_is_over(release: Path) -> None:
    raise_to_hold(release, "reader_seconds = 0.2\n")
    late = Late()
    began = time.monotonic()
    decision = check(gate_with(Lookout(late)), release)
    late.over.set()
    assert time.monotonic() - began < 20
    assert failed(decision) == [
        "check again once reader lookout 1.2 works, or without it: README.md: no answer within 0.2 s"
    ]
    assert decision.signals == ()


def test_a_reader_that_failed_is_asked_again_only_after_a_while(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Lookout(breaks)
    gate = gate_with(reader)
    assert failed(check(gate, release)) == failed(check(gate, release))
    assert len(reader.texts) == 1
    reader.answer = lambda _: ()
    later = time.monotonic() + 301
    monkeypatch.setattr("aiact_rules.plugins.guarded_readers.time.monotonic", lambda: later)
    assert not failed(check(gate, release))


def test_nothing_but_an_override_passes_where_a_reader_failed(release: Path) -> None:
    gate = gate_with(Lookout(breaks))
    decision = check(gate, release)
    item = with_baseline(Item("sorter", decision, passes=False), Baseline(Path("baseline.json"), {}))
    assert not item.passes
    assert "nothing passes" in item.waived[-1]
    facts = {"document.signals_dismissed": ["reader_failed.lookout"]}
    assert failed(check(gate, release, facts=facts))
    waiver = 'finding = "signal.reader_failed.lookout"\nreason = "x"\napprover = "y"\nuntil = 2027-02-01\n'
    (release / "aiact.toml").write_text(f"[[waivers]]\n{waiver}", encoding="utf-8")
    with pytest.raises(InputError, match="unknown finding"):
        check(gate_with(Lookout(breaks)), release)


def test_a_reader_whose_answers_matter_must_be_installed(release: Path) -> None:
    raise_to_hold(release)
    with pytest.raises(InputError, match=r"there is no reader `lookout`"):
        check(gate_with(), release)


@pytest.mark.parametrize("said", ['{ lookout = "block" }', '"hold"', "3"])
def test_a_reader_is_raised_by_a_known_word_alone(release: Path, said: str) -> None:
    (release / "aiact.toml").write_text(f"readers = {said}\n", encoding="utf-8")
    with pytest.raises(InputError, match="`readers` is a table, with `note` or `hold` for each name"):
        check(gate_with(suggests()), release)


@pytest.mark.parametrize("said", ["0", "-1", "true", '"20"', "nan", "3601"])
def test_the_time_limit_is_a_number_of_seconds(release: Path, said: str) -> None:
    (release / "aiact.toml").write_text(f"reader_seconds = {said}\n", encoding="utf-8")
    with pytest.raises(InputError, match="number of seconds"):
        check(gate_with(suggests()), release)


@pytest.mark.parametrize(
    ("attribute", "value", "says"),
    [
        ("name", "", "nameless reader"),
        ("name", "a b", "offers a reader named `a b`"),
        ("version", "", "reader `lookout` has no version"),
        ("digest", 3, "reader `lookout` has no digest"),
    ],
)
def test_a_reader_without_name_version_and_digest_stops_the_gate(
    release: Path, attribute: str, value: object, says: str
) -> None:
    reader = suggests()
    setattr(reader, attribute, value)
    with pytest.raises(PluginError, match=says):
        check(gate_with(reader), release)


def test_two_readers_of_one_name_stop_the_gate(release: Path) -> None:
    with pytest.raises(PluginError, match="already a reader named `lookout`"):
        check(gate_with(suggests(), suggests()), release)


def test_every_operator_of_a_chain_is_held(release: Path) -> None:
    chain = RELEASE.replace("roles: [provider]\n", "") + (
        "operators:\n  - {name: One, roles: [provider]}\n  - {name: Two, roles: [distributor]}\n"
    )
    (release / "aiact.yaml").write_text(chain, encoding="utf-8")
    gate = gate_with(Lookout(breaks))
    for decision in gate.decide_chain(gate.request(release)).decisions:
        assert failed(decision)


def test_facts_alone_are_not_read_and_the_rows_of_a_table_are_said_not_to_be() -> None:
    reader = Lookout(breaks)
    gate = gate_with(reader)
    decision = gate.check({"release.subject": "system", "model.pipeline_tag": "text-ranking"}, roles=["provider"])
    assert decision.readers == ()
    assert "no reader reads the texts in the rows of a table (installed: lookout)" in (
        gate.table_request(None, (), Overrides()).choices.notes
    )
    assert reader.texts == []


def test_the_command_refuses_with_one(
    release: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    host = PluginHost()
    host.register(Plugin(Lookout(breaks)), PluginInfo("a", "a-plugin", "3"))
    monkeypatch.setattr(Catalogue, "of_installed_plugins", classmethod(lambda _: Catalogue(host)))
    monkeypatch.setattr("sys.argv", ["aiact-rules", "check", str(release)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "reader lookout 1.2" in capsys.readouterr().out
