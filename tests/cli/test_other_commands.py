"""The commands beside `check`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from aiact_rules.gate import Gate
from aiact_rules.sources.answers import Answers

from .conftest import EXAMPLES, Answer, run_apart

Run = Callable[..., Answer]
CV = str(EXAMPLES / "cv-screening")


def test_facts_shows_each_value_with_its_place(run: Run) -> None:
    answer = run("facts", CV)
    assert answer.code == 0
    assert "README.md:" in answer.out
    assert "aiact.yaml:" in answer.out
    assert json.loads(run("facts", CV, "--format", "json").out)


def test_questions_lists_what_can_change_the_verdict(run: Run) -> None:
    rows = json.loads(run("questions", str(EXAMPLES / "silent"), "--format", "json").out)
    assert rows[0]["fact"] == "operator.roles"
    assert "nothing to ask" in run("questions", str(EXAMPLES / "minimal")).out


def test_init_writes_a_release_file_that_can_be_read_and_holds(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "aiact.yaml"
    assert run("init", str(target)).code == 0
    assert "system.practices" in target.read_text()
    assert run("check", str(target)).code == 1
    again = run("init", str(target))
    assert again.code == 2
    assert "already a file" in again.err


def test_init_names_the_release_and_where_schema_evidence_and_organisation_facts_stand(
    run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "ticket: router"
    folder.mkdir()
    assert run("init", str(folder)).code == 0
    text = (folder / "aiact.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=./release.schema.json\n")
    assert "# evidence:\n" in text
    assert "`aiact.toml`" in text
    assert "TODO" not in text
    assert json.loads(run("check", str(folder), "--format", "json").out)["subject"]["name"] == "ticket: router"
    (folder / "release.schema.json").write_text(run("schema", "release").out)
    assert run("check", str(folder)).code == 1, "the schema beside it is no document of the release"


def test_the_questions_that_init_writes_down_are_all_that_a_chatbot_needs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    run("init", str(path))
    text = path.read_text().replace("subject:  ", "subject: system  ").replace("roles:  ", "roles: [provider]  ")
    answers = {
        "system.transparency_situations": "[interacts_with_people, generates_content]",
        "system.practices": "[]",
        "system.annex_iii_uses": "[]",
        "system.interacts_directly": "yes",
        "system.ai_interaction_obvious": "no",
        "system.informs_of_ai_interaction": "yes",
        "system.assists_standard_editing": "no",
        "system.leaves_input_substantially_unaltered": "no",
        "system.marking": "all",
        "transparency_information.is": "all",
    }
    for name, value in answers.items():
        assert f"\n  # {name}:" in text
        text = text.replace(f"\n  # {name}:", f"\n  {name}: {value}")
    path.write_text(text)
    answer = run("check", str(path), "--as-of", "2026-11-22")
    assert answer.code == 0, answer.out


def test_answers_of_an_interview_take_the_places_that_init_left_for_them(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    run("init", str(path))
    text = before = path.read_text()
    vocabulary = Gate().vocabulary()
    names = [line.split(":")[0][4:] for line in text.splitlines() if re.match(r"  # [a-z_]+\.[a-z_]+:", line)]
    assert len(names) > 10
    for name in names:
        declaration = vocabulary[name]
        values = {"yes_no": True, "some_of": frozenset(), "quantity": Decimal(1), "date": date(2026, 1, 1)}
        value = (
            values.get(declaration.type.value)
            if declaration.values is None or declaration.type.value == "some_of"
            else None
        )
        text = Answers(text, "x").with_answer(
            declaration, next(iter(declaration.values or "x")) if value is None else value
        )
    assert len(text.splitlines()) == len(before.splitlines())
    assert not re.search(r"^  # [a-z_]+\.[a-z_]+:", text, re.MULTILINE)


def test_vocabulary_lists_facts_with_question_and_provision(run: Run) -> None:
    assert "system.practices" in run("vocabulary", "system.*").out
    rows = json.loads(run("vocabulary", "system.practices", "--format", "json").out)
    assert rows[0]["type"] == "some_of"
    assert run("vocabulary", "system.practicez").code == 2


def test_packs_and_plugins_name_what_is_installed(run: Run) -> None:
    assert "eu_ai_act" in run("packs").out
    assert "reference" in run("plugins").out


def test_coverage_accounts_for_every_unit(run: Run) -> None:
    answer = run("coverage", "--format", "json")
    found = json.loads(answer.out)
    assert answer.code == 0
    assert found["units"] == found["accounted"] == 1603
    assert sum(found["by_status"].values()) == found["units"]


def test_coverage_names_the_rules_to_read_again_when_the_text_changes(run: Run, tmp_path: Path) -> None:
    from aiact_rules.bundled import specs_folder

    lines = (specs_folder() / "eu_ai_act" / "2024-1689" / "units.jsonl").read_text(encoding="utf-8").splitlines()
    changed = [
        line.replace(json.loads(line)["sha256"], "0" * 16) if '"art_9.par_1"' in line else line for line in lines
    ]
    newer = tmp_path / "units.jsonl"
    newer.write_text("\n".join(changed), encoding="utf-8")
    answer = run("coverage", "--against", str(newer))
    assert answer.code == 1
    assert "Art. 9(1) (art_9.par_1) changed: read again art9.1" in answer.out
    assert "1 unit differs" in answer.out


def test_an_unknown_command_is_wrong_use_with_a_hint(run: Run) -> None:
    answer = run("chekc")
    assert answer.code == 2
    assert "did you mean `check`" in answer.err


def test_help_and_version_work_in_a_process_of_their_own() -> None:
    assert "check" in run_apart("--help").out
    assert run_apart("--version").out.startswith("aiact-rules, version")
