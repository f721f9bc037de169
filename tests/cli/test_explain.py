"""`explain`: the answer first, then the reasoning to a depth; a provision as a table; a rule without a release."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from aiact_rules.cli.explain import command
from tests.cli.conftest import EXAMPLES, ROOT, Answer

Run = Callable[..., Answer]
CV = str(EXAMPLES / "cv-screening")


def test_the_answer_comes_first_with_the_deciding_fact_and_what_settles_it(run: Run) -> None:
    answer = run("explain", "annex4.1.a", CV)
    assert answer.code == 0
    head, reasoning = answer.out.split("\n\nReasoning to depth 3")
    said = " ".join(head.split())
    assert said.startswith("UNMET annex4.1.a Annex IV, point 1(a)")
    assert "status unmet: applies, and nothing stated shows that it is met" in said
    assert re.search(
        r"decided by system\.annex_iii_uses: recruitment \(\S*/aiact\.yaml:\d+; Annex III, point 4\(a\)\)", said
    )
    assert "to state technical_documentation.annex_iv includes point_1a (intended purpose" in said
    assert "page https://aiact-rules.example/docs/obligations/annex-iv/#annex4.1.a" in said
    assert "law https://eur-lex.europa.eu/eli/reg/2024/1689/2026-07-27#anx_IV" in said
    assert "technical_documentation.annex_iv includes point_1a  <- not stated" in reasoning
    assert len(answer.out.splitlines()) < 50


def test_a_depth_shows_more_and_full_shows_all(run: Run) -> None:
    lengths = [
        len(run("explain", "annex4.1.a", CV, *depth).out.splitlines())
        for depth in (("--depth", "1"), (), ("--depth", "5"), ("--full",))
    ]
    assert lengths == sorted(set(lengths))
    assert "..." not in run("explain", "annex4.1.a", CV, "--full").out
    assert "system.is_machine_based is no  <- yes, default value" in run("explain", "annex4.1.a", CV, "--full").out


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("high_risk", (), ["HOLDS high_risk", "decided by system.annex_iii_uses: recruitment"]),
        ("art6.3.profiling", (), ["DOES NOT HOLD art6.3.profiling", "Art. 6(3), third subparagraph"]),
        ("art5.1.f", (), ["DOES NOT APPLY", "decided by system.practices: []"]),
        ("signal.art5.c.social_scoring", (), ["DOES NOT APPLY", "why no words of a document raise it"]),
        ("art26.1", (), ["DOES NOT APPLY", "why the operator is not deployer", "decided by operator.roles: provider"]),
        (
            "art9.1.established",
            ("--set", "risk_management.system=documented"),
            ["VIOLATED", "decided by risk_management.system: documented (", "to state do what is asked"],
        ),
        ("art9.1.established", ("--set", "risk_management.system=established"), ["MET", "decided by risk_management"]),
        ("art9.1.established", ("--release-date", "2026-12-15"), ["UPCOMING", "why applies from 2027-12-02"]),
        ("art50.1.inform", ("--role", "deployer"), ["DOES NOT APPLY"]),
        (
            "contradiction.narrow_and_decides",
            (
                "--set",
                "system.performs_narrow_procedural_task=yes",
                "--set",
                "explanation.solely_automated=yes",
            ),
            ["CONTRADICTION", "explanation.solely_automated: yes (", "to state correct what is not so"],
        ),
    ],
)
def test_every_status_says_what_it_rests_on(run: Run, name: str, changes: tuple[str, ...], said: list[str]) -> None:
    answer = run("explain", name, CV, "--depth", "1", *changes)
    assert answer.code == 0
    text = " ".join(answer.out.split())
    for words in said:
        assert words in text


def test_what_is_undetermined_names_the_questions(run: Run) -> None:
    text = " ".join(run("explain", "art50.1.inform", str(EXAMPLES / "silent")).out.split())
    assert text.startswith("UNDETERMINED art50.1.inform")
    assert "to state operator.roles: In which roles do you act?" in text


def test_a_provision_is_answered_with_a_table(run: Run) -> None:
    answer = run("explain", "Art. 9", CV)
    assert answer.code == 0
    head, *lines = answer.out.splitlines()
    assert head == "Art. 9: 24 unmet"
    assert len(lines) <= 40
    rows = [line.split() for line in lines if " art9." in line]
    assert ["unmet", "art9.1.established", "risk_management.system", "includes", "established"] in rows
    assert "  page  https://aiact-rules.example/docs/obligations/art-9/" in lines
    assert lines[-1] == f"next  aiact-rules explain art9.1.established {shlex.quote(CV)}"


def test_a_provision_of_several_laws_is_answered_for_each(run: Run) -> None:
    pytest.importorskip("aiact_rules_kr")
    rows = json.loads(run("explain", "Art. 2", CV, "--market", "KR", "--format", "json").out)
    assert {"art2.1.a.system", "kr.act2.8.user"} <= {row["id"] for row in rows}


def test_a_question_stands_in_a_table_by_its_fact(run: Run) -> None:
    rows = [line.split() for line in run("explain", "Art. 5", str(EXAMPLES / "silent")).out.splitlines()]
    assert ["undetermined", "art5.1.a", "system.practices"] in rows


def test_a_long_table_is_cut_and_full_shows_all_of_it(run: Run) -> None:
    short, whole = (
        run("explain", "Art. 50", CV).out.splitlines(),
        run("explain", "Art. 50", CV, "--full").out.splitlines(),
    )
    more = next(line for line in short if "--full shows all" in line)
    assert len(short) <= 40
    assert len(whole) - len(short) == int(more.split()[1]) - 1


def test_a_contradiction_of_the_provision_is_named_once_it_is_one(run: Run) -> None:
    claimed = ("--set", "system.performs_narrow_procedural_task=yes", "--set", "explanation.solely_automated=yes")
    rows = [line.split() for line in run("explain", "Art. 6(3)", CV, *claimed).out.splitlines()]
    assert ["contradiction", "contradiction.narrow_and_decides"] in [row[:2] for row in rows]
    unclaimed = run("explain", "Art. 6(3)", CV).out
    assert "contradiction.narrow_and_decides" not in unclaimed
    assert "art6.3.profiling" in unclaimed


def test_json_has_the_answer_and_the_reasoning(run: Run) -> None:
    (row,) = json.loads(run("explain", "annex4.1.a", CV, "--format", "json").out)
    assert (row["status"], row["reasoning"]["truth"]) == ("unmet", "yes")
    assert row["to_state"][0].startswith("technical_documentation.annex_iv includes point_1a")
    rows = json.loads(run("explain", "Art. 9", CV, "--format", "json").out)
    assert len(rows) == 24
    assert all("reasoning" not in row for row in rows)


@pytest.mark.parametrize("path", [(CV,), ()])
def test_an_unknown_name_is_refused_with_what_may_be_meant(run: Run, path: tuple[str, ...]) -> None:
    answer = run("explain", "high_rsk", *path)
    assert answer.code == 2
    assert "unknown rule or provision `high_rsk`" in answer.err
    assert "did you mean `high_risk`?" in answer.err


@pytest.mark.parametrize("path", [(CV,), ()])
def test_a_fact_is_no_rule_and_the_way_to_it_is_named(run: Run, path: tuple[str, ...]) -> None:
    answer = run("explain", "system.marking", *path)
    assert answer.code == 2
    assert "`system.marking` is a fact" in answer.err
    assert "aiact-rules vocabulary system.marking" in answer.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "art9.1.established",
            ["who: the provider", "timetable `high_risk_regime`", "violated: ", "suggested evidence: "],
        ),
        (
            "art6.3",
            [
                "except where: *profiling*",
                "interpretation: `derogation_conditions`",
                "prevails: ",
                "law: https://eur-lex",
            ],
        ),
        ("high_risk", ["art6  Art. 6(1) and (2)", "holds where: "]),
        ("Art. 6(3)", ["art6.3  ", "art6.3.profiling  "]),
        ("derogation_conditions", ["`condition_suffices` (default): ", "authority: "]),
        (
            "signal.annex_iii.recruitment",
            ["words of these classes near each other: recruiting system", "Annex III, point 4(a)"],
        ),
        ("annex4.1.a", ["page: https://aiact-rules.example/docs/obligations/annex-iv/#annex4.1.a", "deliverable: "]),
    ],
)
def test_without_a_release_it_shows_what_the_law_says_there(run: Run, name: str, said: list[str]) -> None:
    answer = run("explain", name, "--full")
    assert answer.code == 0
    for words in said:
        assert words in answer.out or words in " ".join(answer.out.split())
    rows = json.loads(run("explain", name, "--format", "json").out)
    assert {"pack", "id", "provision", "says", "place", "page", "law", "parts", "cases"} == set(rows[0])
    assert rows[0]["pack"] == "eu_ai_act"


def test_a_provision_without_a_release_is_a_list(run: Run) -> None:
    lines = run("explain", "Art. 9").out.splitlines()
    assert len(lines) <= 40
    assert lines[0] == "Art. 9: 25 entries"
    assert lines[-1].endswith("next  aiact-rules explain art9.1.established")
    assert len(run("explain", "Art. 9", "--full").out.splitlines()) > 10 * len(lines)


def test_without_a_release_what_is_about_one_is_refused(run: Run) -> None:
    for asked in (
        ("verdict",),
        ("art6.3", "--role", "provider"),
        ("art6.3", "--operator", "A"),
        ("art6.3", "--depth", "2"),
    ):
        answer = run("explain", *asked)
        assert answer.code == 2
        assert "name its PATH" in answer.err


def test_the_examples_of_the_help_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = command.get_help(click.Context(command))
    examples = re.findall(r"^ *aiact-rules (explain .*)$", text, re.MULTILINE)
    assert len(examples) >= 2
    for example in examples:
        assert run(*shlex.split(example)).code == 0, example


def test_a_signal_names_the_words_and_their_line_and_how_it_is_settled(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n\n# helper\n\nThis model screens job applicants.\n")
    facts = "{practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}"
    (tmp_path / "aiact.yaml").write_text(
        f"format: 1\nname: helper\nsubject: system\nroles: [provider]\nmarkets: [EU]\nfacts:\n  system: {facts}\n"
    )
    text = " ".join(run("explain", "signal.annex_iii.recruitment", str(tmp_path)).out.split())
    assert text.startswith("SIGNAL signal.annex_iii.recruitment")
    assert re.search(r"decided by \S*README\.md:7 says `screens job applicants`", text)
    assert "to state add `recruitment` to system.annex_iii_uses change" in text
    assert "dismiss it: signals_dismissed: [{signal: annex_iii.recruitment, because:" in text
    verdict = " ".join(run("explain", "verdict", str(tmp_path)).out.split())
    assert "README.md:7 says `screens job applicants`" in verdict
    assert "settle: add `recruitment` to system.annex_iii_uses, change" in verdict


def test_a_contradiction_that_a_person_may_confirm_says_by_which_words(run: Run) -> None:
    stated = ("--set", "system.annex_iii_uses=recruitment", "--set", "system.infers_emotions=yes")
    named = ("--set", "system.practices=infers_emotions", "--set", "system.infers_emotions_from_biometric_data=yes")
    text = " ".join(run("explain", "contradiction.emotions", CV, *stated, *named).out.split())
    assert text.startswith("CONTRADICTION contradiction.emotions")
    assert "document.signals_dismissed: [emotions]" in text


def test_a_waiver_is_shown_wherever_its_finding_is(run: Run, tmp_path: Path) -> None:
    shutil.copytree(CV, tmp_path, dirs_exist_ok=True)
    waiver = (
        '[[waivers]]\nfinding = "annex4.1.a"\nreason = "being written"\napprover = "A. Person"\nuntil = 2027-03-01\n'
    )
    (tmp_path / "aiact.toml").write_text(waiver)
    (tmp_path / "aiact.toml").chmod(0o600)
    said = "until 2027-03-01 by A. Person: being written ("
    as_of = ("--as-of", "2026-11-30")
    answer = " ".join(run("explain", "annex4.1.a", str(tmp_path), *as_of).out.split())
    assert f"waived {said}" in answer
    assert answer.startswith("UNMET ")
    table = run("explain", "Annex IV", str(tmp_path), *as_of).out
    assert [line.split()[1] for line in table.splitlines() if line.endswith("(waived)")] == ["annex4.1.a"]
    assert f"`annex4.1.a` waived {said}" in " ".join(run("explain", "verdict", str(tmp_path), *as_of).out.split())


CHATBOT = """\
format: 1
name: chatbot
subject: system
roles: [provider]
markets: [EU]
moment: placing_on_market
release_date: 2027-01-15
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: [interacts_with_people, generates_content]}
"""


def test_what_leads_to_allow_is_given_together_and_what_is_not_known_is_asked(run: Run, tmp_path: Path) -> None:
    (tmp_path / "aiact.yaml").write_text(CHATBOT)
    answer = run("explain", "verdict", str(tmp_path))
    text = " ".join(answer.out.split())
    assert answer.code == 0
    assert text.startswith("HOLD chatbot: 9 unmet, 4 undetermined")
    assert "To be done, then stated (2 facts); the rest stays open:" in text
    assert (
        "system.marking: [detectable, effective, interoperable, machine_readable, reliable, robust] (settles 6)" in text
    )
    assert "transparency_information.is: [accessible, clear, in_time] (settles 3)" in text
    assert "To be answered, whatever is true" in text
    assert "system.interacts_directly: Is it meant to deal with people directly" in text
    assert "subject" not in text


def test_a_violation_that_conduct_cures_shows_what_is_stated_now(run: Run) -> None:
    answer = run("explain", "verdict", str(EXAMPLES / "minimal"), "--set", "operator.supports_ai_literacy=no")
    head, _, heading, told, now = answer.out.splitlines()
    assert head.startswith("BLOCK  spam-filter: 1 violated")
    assert heading == "It is allow once this is done and stated (1 fact, tried out):"
    assert told == "  operator.supports_ai_literacy: yes (settles 1)"
    assert now.startswith("    now no (")


def test_a_prohibition_says_that_no_answer_leads_to_allow(run: Run, tmp_path: Path) -> None:
    practice = (
        "practices: [infers_emotions], infers_emotions: yes, infers_emotions_from_biometric_data: yes, "
        "emotion_areas: [workplace], emotion_reasons: [other]"
    )
    (tmp_path / "aiact.yaml").write_text(CHATBOT.replace("practices: []", practice))
    text = " ".join(run("explain", "verdict", str(tmp_path)).out.split())
    assert text.startswith("BLOCK chatbot: 1 violated")
    stop = text.index("No answer leads to allow while this is so; what is done must change: violated art5.1.f")
    assert text.index("the practice must stop system.practices: infers_emotions (") > stop
    assert "To be corrected or confirmed by a person, whichever is true: contradiction contradiction.emotions" in text


def test_a_long_remedy_is_cut_and_full_shows_all_of_it(run: Run) -> None:
    short, whole = run("explain", "verdict", CV).out, run("explain", "verdict", CV, "--full").out
    assert "more; --full shows all" in short
    assert "more; --full shows all" not in whole
    told = json.loads(run("explain", "verdict", CV, "--format", "json").out)
    (remedy,) = told["remedies"]
    assert told["verdict"] == remedy["verdict"] == "hold"
    assert len(remedy["states"]) > 30
    assert all(f"  {name}: " in whole for name in remedy["states"])
    assert all(f"  {need['fact']}: " in whole for need in remedy["asks"])


def test_an_allow_says_what_would_end_it(run: Run) -> None:
    lines = run("explain", "verdict", str(EXAMPLES / "minimal")).out.splitlines()
    assert lines[0] == "ALLOW  it may go ahead; what would change that:"
    assert "  it would be block if operator.supports_ai_literacy = no" in lines
