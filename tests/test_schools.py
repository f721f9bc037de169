"""A school of reading is chosen like a reading, by every door, and stands in the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aiact_rules.gate import Gate
from aiact_rules.requests.recorded import Record
from tests.cli.conftest import Answer, run
from tests.test_doors import AS_OF, DAY, RANKER, release

__all__ = ["run"]
APPLIES = {"section_5_deferral": "applies"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()

    def write(head: str = "", settings: str | None = None) -> Path:
        text = release(RANKER, f"markets: [EU]\nrelease_date: 2026-12-15\n{head}")
        (tmp_path / "m" / "aiact.yaml").write_text(text, encoding="utf-8")
        if settings is not None:
            (tmp_path / "aiact.toml").write_text(settings, encoding="utf-8")
        return tmp_path / "m"

    return write


def section_5(path: Path, readings: object = None) -> str:
    """Return how the reading `section_5_deferral` is chosen for a release, and whether it is allowed."""
    request = Gate().request(path, as_of=DAY, readings=readings)
    return request.readings.get("section_5_deferral", "default")


@pytest.mark.parametrize(
    ("caller", "organisation", "own", "found"),
    [
        (None, None, "", "default"),
        ("letter", None, "", "applies"),
        ({"school": "letter"}, None, "", "applies"),
        (None, 'readings = "letter"\n', "", "applies"),
        (None, '[readings]\nschool = "letter"\n', "", "applies"),
        (None, None, "readings: letter\n", "applies"),
        (None, None, "readings: {school: letter}\n", "applies"),
        # A single reading overrides the school of the same one, and of those after.
        ({"school": "letter", "section_5_deferral": "waits"}, None, "", "waits"),
        (None, '[readings]\nschool = "letter"\nsection_5_deferral = "waits"\n', "", "waits"),
        (None, None, "readings: {school: letter, section_5_deferral: waits}\n", "waits"),
        ({"section_5_deferral": "waits"}, 'readings = "letter"\n', "", "waits"),
        # Whoever comes first counts.
        ("default", 'readings = "letter"\n', "", "waits"),
        ("letter", '[readings]\nsection_5_deferral = "waits"\n', "", "applies"),
        (None, 'readings = "letter"\n', "readings: {section_5_deferral: waits}\n", "applies"),
        (None, 'readings = "default"\n', "readings: letter\n", "waits"),
        # What a school leaves open is left to the others.
        ("commission", '[readings]\nsection_5_deferral = "applies"\n', "", "applies"),
        ("commission", 'readings = "letter"\n', "", "default"),
    ],
)
def test_one_school_counts_and_single_readings_override_it(
    caller: object, organisation: str | None, own: str, found: str, folder: Callable[..., Path]
) -> None:
    assert section_5(folder(own, organisation), caller) == found


def test_the_same_choices_have_the_same_id_whatever_they_are_called(folder: Callable[..., Path]) -> None:
    gate = Gate()
    path = folder()
    letter = dict(gate.packs(["eu_ai_act"])[0].school("letter"))
    by_name, one_by_one = (gate.check(path, as_of=DAY, readings=said) for said in ("letter", letter))
    assert by_name.decision_id == one_by_one.decision_id
    assert by_name.decision_id != gate.check(path, as_of=DAY).decision_id
    assert gate.check(path, as_of=DAY, readings="default").decision_id == gate.check(path, as_of=DAY).decision_id


def test_what_did_not_count_is_said(folder: Callable[..., Path]) -> None:
    request = Gate().request(folder("readings: {section_5_deferral: waits}\n", 'readings = "letter"\n'), as_of=DAY)
    (note,) = request.choices.notes
    assert "`section_5_deferral: waits` does not count" in note
    assert "aiact.toml" in note
    request = Gate().request(folder("readings: commission\n", 'readings = "letter"\n'), as_of=DAY)
    assert "the reading `school: commission` does not count" in request.choices.notes[0]


@pytest.mark.parametrize("own", ["readings: lettr\n", ""])
def test_a_school_that_no_chosen_pack_has_is_an_error_with_a_hint(
    own: str, folder: Callable[..., Path], run: Callable[..., Answer]
) -> None:
    folder(own)
    answer = run("check", "m", *([] if own else ["--readings", "lettr"]))
    assert answer.code == 2
    assert "no chosen pack has a school of reading `lettr`" in answer.out
    assert "did you mean `letter`?" in answer.out


def test_a_record_is_decided_again_under_its_school(folder: Callable[..., Path]) -> None:
    gate = Gate()
    decision = gate.check(folder(), as_of=DAY, readings="letter")
    again = gate.decide(gate.request(Record(decision.as_json())))
    assert again.decision_id == decision.decision_id
    assert again.choices.school.value == "letter"


@pytest.mark.parametrize("report", ["text", "json", "markdown", "html", "sarif", "junit"])
def test_every_report_names_the_school(report: str, folder: Callable[..., Path], run: Callable[..., Answer]) -> None:
    folder()
    answer = run("check", "m", "--as-of", AS_OF, "--readings", "letter", "--format", report)
    assert answer.code == 1
    assert "readings of the school letter" in answer.out or '"school": {' in answer.out


def test_where_nobody_chose_the_readings_are_named_default(
    folder: Callable[..., Path], run: Callable[..., Answer]
) -> None:
    folder()
    assert "(school: default)" in run("check", "m", "--as-of", AS_OF).out
    assert "(school of reading: default)" in run("check", "m", "--as-of", AS_OF, "--format", "html").out
    said = json.loads(run("check", "m", "--as-of", AS_OF, "--format", "json").out)
    assert said["choices"]["school"] == {"value": "default", "source": "default", "line": None}


def test_diff_shows_two_schools_against_each_other(folder: Callable[..., Path], run: Callable[..., Answer]) -> None:
    folder()
    answer = run("diff", "m", "--readings", "letter", "--readings", "default", "--as-of", AS_OF)
    assert answer.code == 1
    assert "letter:      hold" in answer.out
    assert "would be allowed under `default`" in answer.out
    assert "section_5_deferral: applies under letter, waits under default" in answer.out
    assert "\n      unmet or undetermined under letter, upcoming under default\n" in answer.out


def test_diff_names_the_document_of_a_school_and_its_status(
    folder: Callable[..., Path], run: Callable[..., Answer]
) -> None:
    path = folder()
    facts = "practices: [infers_emotions], infers_emotions: true, infers_emotions_from_biometric_data: false, emotion_areas: [workplace]"
    (path / "aiact.yaml").write_text(release(facts), encoding="utf-8")
    answer = run("diff", "m", "--readings", "letter", "--readings", "commission", "--as-of", AS_OF, "--format", "json")
    (found,) = json.loads(answer.out)
    documents = [each["documents"]["commission"] for f in found["findings"] for each in f["readings"]]
    assert any(document is not None and document.endswith(", final") for document in documents)


def test_diff_of_one_school_with_itself_differs_nowhere(
    folder: Callable[..., Path], run: Callable[..., Answer]
) -> None:
    folder()
    answer = run("diff", "m", "--readings", "letter", "--readings", "letter", "--as-of", AS_OF)
    assert answer.code == 0
    assert "every finding is the same" in answer.out


@pytest.mark.parametrize(
    "given",
    [
        ("m",),
        ("m", "--readings", "letter"),
        ("m", "eu_ai_act", "--readings", "letter"),
        ("eu_ai_act", "eu_ai_act", "--role", "provider"),
    ],
)
def test_diff_refuses_what_it_cannot_compare(
    given: tuple[str, ...], folder: Callable[..., Path], run: Callable[..., Answer]
) -> None:
    folder()
    assert run("diff", *given).code == 2


def test_explain_shows_what_the_schools_choose(run: Callable[..., Answer]) -> None:
    out = run("explain", "emotion_inference_basis").out
    assert "school letter: `any_data`" in out
    assert "laxer than the letter:" in out
