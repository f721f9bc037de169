"""The generated engine: its source, and when it is made."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aiact_rules.core.formulas import specialised
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES
from aiact_rules.engines.digests import digest_of
from aiact_rules.engines.generated import FIRST_INTERPRETED, GeneratedEngine
from aiact_rules.engines.interpreter import outcome_of
from aiact_rules.engines.python_source import source_of
from aiact_rules.gate import Gate
from tests.engines.conftest import Law
from tests.engines.packs import AS_OF, random_pack
from tests.records import random_records


def test_the_same_pack_always_gives_the_same_source() -> None:
    sources = {source_of(Law.of(random_pack(3)).lowered).text for _ in range(3)}
    assert len(sources) == 1


def test_no_word_of_a_pack_is_in_the_source(law: Law) -> None:
    text = source_of(law.lowered).text
    words = set(re.findall(r"[A-Za-z_.]{2,}|[a-z]+\d+\w*", text))
    allowed = {"def", "run", "facts", "get", "facts.get", "out", "out.sort", "outcome", "return", "tuple", "isdisjoint"}
    allowed |= {"rows", "key", "first", "may", "possible", "possible.get"}
    allowed |= {"if", "else", "and", "or", "not", "in", "is", "None", "True", "False", ".isdisjoint"}
    assert {word for word in words if not re.fullmatch(r"[kfvobr]\d+[mp]?", word)} <= allowed
    assert "'" not in text
    assert '"' not in text


def test_a_slice_for_known_roles_moment_and_date_says_the_same(law: Law) -> None:
    known = {ROLES: frozenset({"deployer"}), MOMENT: "use", RELEASE_DATE: AS_OF}
    small = specialised(law.lowered, known)
    assert len(source_of(small).text) < len(source_of(law.lowered).text)
    whole, part = (GeneratedEngine(interpreted=0).prepare(law.pack_at, lowered) for lowered in (law.lowered, small))
    for record in random_records(law.lowered, law.pack.vocabulary, 100, seed=4):
        assert whole({**record, **known}) == part({**record, **known})


def test_the_first_decisions_are_interpreted_and_the_rest_run_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    law = Law.of(random_pack(1))
    run = GeneratedEngine(interpreted=2).prepare(law.pack_at, law.lowered)
    with monkeypatch.context() as without_source:
        without_source.setattr("aiact_rules.engines.python_source.source_of", None)
        first = [run({}), run({})]
        with pytest.raises(TypeError):
            run({})
    with monkeypatch.context() as without_interpreter:
        without_interpreter.setattr("aiact_rules.engines.generated.outcome_of", None)
        assert [run({}), run({})] == first


def test_a_list_that_leaves_members_open_runs_the_function_too(law: Law, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [
        record
        for record in random_records(law.lowered, law.pack.vocabulary, 120, seed=9)
        if any(isinstance(value, OpenList) for value in record.values())
    ]
    assert len(records) > 20
    expected = [outcome_of(law.lowered, record) for record in records]
    monkeypatch.setattr("aiact_rules.engines.generated.outcome_of", None)
    run = GeneratedEngine(interpreted=0).prepare(law.pack_at, law.lowered)
    assert [run(record) for record in records] == expected


def test_eight_threads_share_one_evaluator_while_it_turns_to_the_function(law: Law) -> None:
    run = GeneratedEngine(interpreted=20).prepare(law.pack_at, law.lowered)
    records = list(random_records(law.lowered, law.pack.vocabulary, 80, seed=6))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(run, records))
    assert found == [outcome_of(law.lowered, record) for record in records]


def test_nothing_that_can_be_executed_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIACT_RULES_CACHE", str(tmp_path))
    gate = Gate()
    for _ in range(FIRST_INTERPRETED + 1):
        gate.check({"release.subject": "system"})
    assert {file.suffix for file in tmp_path.iterdir()} == {".pack", ".lowered", ".heads"}


def test_packs_that_say_different_things_have_different_digests() -> None:
    digests = {digest_of(Law.of(random_pack(seed)).lowered) for seed in range(30)}
    assert len(digests) == 30


def test_nothing_known_is_an_answer_too(law: Law) -> None:
    outcome = GeneratedEngine(interpreted=0).prepare(law.pack_at, law.lowered)({})
    assert outcome.obligations
    assert set(outcome.conclusions) <= {0, 1, 3}
