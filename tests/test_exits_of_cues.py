"""An exit of a provision reaches no further than the provision: its words beside what is caught do not let it through."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aiact_rules.bundled import specs_folder
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.requests.overrides import Overrides
from aiact_rules.sources.cues import find_signals
from aiact_rules.specfiles.loader import load_pack

GATE = Gate()
CUES = tuple(load_pack(specs_folder() / "eu_ai_act" / "2024-1689").cues.values())
DAY = date(2026, 11, 22)
LISTS = {"practices": "", "annex_iii_uses": "", "annex_i_law": "", "transparency_situations": ""}


def signals(folder: Path, sentence: str, role: str = "provider", **stated: str) -> set[str]:
    """Return the signals that hold a release whose card says a sentence, where its lists are empty but for what is stated."""
    system = "".join(f"    {name}: [{values}]\n" for name, values in {**LISTS, **stated}.items() if name in LISTS)
    system += "".join(f"    {name}: {value}\n" for name, value in stated.items() if name not in LISTS)
    head = f"format: 1\nname: x\nsubject: system\nroles: [{role}]\nmarkets: [EU]\nfacts:\n  system:\n"
    (folder / ".git").mkdir(exist_ok=True)
    (folder / "aiact.yaml").write_text(head + system, encoding="utf-8")
    (folder / "README.md").write_text(f"---\nlicense: mit\n---\n# x\n\n{sentence}\n", encoding="utf-8")
    batch = judge_inputs(GATE, inputs_of(GATE, [folder]), Overrides.of(as_of=DAY), record=False)
    (decision,) = batch.decisions
    findings = (finding.id for pack in decision.packs for finding in pack.findings)
    return {name.removeprefix("signal.") for name in findings if name.startswith("signal.")}


def held(sentence: str) -> set[str]:
    """Return the cues that a sentence states."""
    return {signal.cue for signal in find_signals(sentence, CUES, "card.md") if signal.note is None}


@pytest.mark.parametrize(
    ("cue", "sentence"),
    [
        ("art5.a.manipulation", "The bot deceives users, prevents cancelling, and so they lose their savings."),
        ("art5.b.vulnerabilities", "It preys on lonely pensioners to obtain donations for charities."),
        (
            "art5.b.vulnerabilities",
            "It exploits lonely elderly people, with friendly support, to sell overpriced insurance.",
        ),
        ("art5.ba.intimate_material", "The model may generate nude images of real people."),
        ("art5.ba.intimate_material", "The app detects clothing in a photo and undresses the person."),
        (
            "art5.c.social_scoring",
            "An unbiased rating of residents by lifestyle and friendships decides who loses access to housing.",
        ),
        ("art5.d.crime_prediction", "Predicts who will commit a burglary from age, income and postcode."),
        ("art5.g.biometric_categorisation", "Ethnicity classification from faces, state of the art on the benchmark."),
        ("art5.g.biometric_categorisation", "Predicts religion from faces without bias."),
        (
            "art5.h.remote_identification",
            "Compares faces of passers-by in the station with a watchlist; whoever is found is verified.",
        ),
        (
            "art5.h.remote_identification",
            "Compares faces of visitors in stations with a watchlist, and an operator verifies each hit.",
        ),
        (
            "annex_iii.biometric_identification",
            "The camera counts visitors and recognises known shoplifters by their face.",
        ),
        ("annex_iii.biometric_identification", "Face recognition for identification and verification."),
        ("annex_iii.utilities_supply", "Uses a load forecast and switches substations of the power grid."),
        (
            "annex_iii.road_traffic",
            "Controls the traffic signals at intersections to give priority to autonomous vehicles.",
        ),
        ("annex_iii.recruitment", "The assistant screens resumes and schedules interviews."),
        ("annex_iii.recruitment", "Ranks CVs and summarises the experience of candidates."),
        ("annex_iii.recruitment", "Scores job applicants on their education, such as university and college degrees."),
        ("annex_iii.work_relationship_decisions", "Decides on dismissal of employees and feeds the payroll."),
        (
            "annex_iii.worker_monitoring",
            "Monitors the productivity of warehouse workers and whether they wear a helmet.",
        ),
        ("annex_iii.creditworthiness", "Credit scoring and fraud detection for consumer loans."),
        ("annex_iii.creditworthiness", "Our company uses it to score the creditworthiness of consumers."),
        ("annex_iii.creditworthiness", "Finance companies predict with it whether applicants repay their loan."),
        ("annex_iii.insurance", "Sets premiums for life insurance and motor insurance."),
        ("annex_iii.border_identification", "E-gates match travellers' faces against passports and a watchlist."),
        ("annex_iii.judicial_assistance", "Helps judges and lawyers to research case law and apply it to the facts."),
        ("annex_iii.election_influence", "Plans logistics of the campaign and persuades undecided voters."),
        (
            "annex_iii.exam_monitoring",
            "Watches students by webcam during exams and compares their papers for plagiarism.",
        ),
        ("annex_iii.exam_monitoring", "Erkennt Betrug bei Prüfungen an der Hochschule."),
        ("annex_iii.judicial_assistance", "Anonymises judgments and helps judges to apply the law to the facts."),
        ("annex_iii.judicial_assistance", "Drafts rulings for the court and anonymises them."),
        ("annex_iii.biometric_identification", "Face matching, 1:N as well as 1:1 verification."),
        ("annex_iii.emergency_triage", "Sorts the patient queue of the emergency room."),
        ("annex_i.motor_vehicle_safety", "Detects drowsiness of lorry drivers and warns them."),
    ],
)
def test_words_of_an_exit_beside_what_is_caught_are_none(cue: str, sentence: str) -> None:
    assert cue in held(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Classifier that detects dark patterns on websites.",
        "It protects elderly people from scams that prey on loneliness.",
        "Detects photos in which somebody was undressed by AI.",
        "Detects fraudulent loan applications.",
        "Scores the credit risk of companies from their balance sheets.",
        "Sets premiums for car insurance.",
        "Plans poster routes and volunteer schedules for the campaign.",
        "Anonymises judgments for courts.",
        "Face verification unlocks one's own phone.",
        "Detects whether a person is lying on the floor.",
        "Bug triage system that sorts issues.",
        "Cheating detection in online games.",
        "Shows the patient queue of a dental practice.",
        "Rechnungsprüfung, die Betrug erkennt.",
        "Kreditprüfung: erkennt Betrug bei Anträgen.",
        "Compares finished papers of students for plagiarism.",
        "Face verification, 1:1, at the login of a bank.",
    ],
)
def test_an_exit_and_another_meaning_of_a_word_still_let_through(sentence: str) -> None:
    assert not {cue for cue in held(sentence) if cue.startswith(("art5.", "annex_"))}


@pytest.mark.parametrize(
    "sentence", ["Detects drowsiness of forklift drivers.", "Erkennt müde Staplerfahrer und warnt sie."]
)
def test_a_forklift_truck_is_no_vehicle_of_the_law_on_motor_vehicles(sentence: str) -> None:
    assert "annex_i.motor_vehicle_safety" not in held(sentence)


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("Face recognition at the border in real time.", {"annex_iii_uses": "border_identification"}),
        ("It monitors the productivity of each employee.", {"annex_iii_uses": "work_relationship_decisions"}),
        (
            "It ranks applicants for jobs.",
            {"annex_iii_uses": "job_advertising", "targets_job_advertisements": "true"},
        ),
        ("Triage of patients in the emergency room.", {"annex_iii_uses": "emergency_calls"}),
    ],
)
def test_whoever_stated_the_point_by_another_of_its_facts_is_not_held(
    tmp_path: Path, sentence: str, stated: dict[str, str]
) -> None:
    assert signals(tmp_path, sentence)
    assert not signals(tmp_path, sentence, **stated)


def test_a_limb_that_does_not_state_the_point_is_not_enough(tmp_path: Path) -> None:
    stated = {"annex_iii_uses": "job_advertising", "targets_job_advertisements": "false"}
    assert signals(tmp_path, "It ranks applicants for jobs.", **stated) == {"annex_iii.recruitment"}


def test_the_list_of_article_50_states_emotions_for_article_5_and_then_wants_their_area(tmp_path: Path) -> None:
    found = signals(
        tmp_path, "Emotion recognition of employees.", transparency_situations="infers_emotions", emotion_areas="[]"
    )
    assert "art5.f.emotions" not in found
    assert "art5.f.workplace" in found
