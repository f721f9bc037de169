"""The generated engine: its source, and what it keeps on disk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aiact_rules.core.formulas import specialised
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES
from aiact_rules.engines.digests import digest_of
from aiact_rules.engines.generated import GeneratedEngine
from aiact_rules.engines.python_source import source_of
from tests.engines.conftest import Law
from tests.engines.packs import AS_OF, random_pack
from tests.records import random_records


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AIACT_RULES_CACHE", str(tmp_path))
    return tmp_path


def test_the_same_pack_always_gives_the_same_source() -> None:
    sources = {source_of(Law.of(random_pack(3)).lowered).text for _ in range(3)}
    assert len(sources) == 1


def test_no_word_of_a_pack_is_in_the_source(law: Law) -> None:
    text = source_of(law.lowered).text
    words = set(re.findall(r"[A-Za-z_.]{2,}|[a-z]+\d+\w*", text))
    allowed = {"def", "run", "facts", "get", "facts.get", "out", "out.sort", "outcome", "return", "tuple", "isdisjoint"}
    allowed |= {"rows", "key", "first"}
    allowed |= {"if", "else", "and", "or", "not", "in", "is", "None", "True", "False", ".isdisjoint"}
    assert {word for word in words if not re.fullmatch(r"[kfvobr]\d+[mp]?", word)} <= allowed
    assert "'" not in text
    assert '"' not in text


def test_a_slice_for_known_roles_moment_and_date_says_the_same(law: Law) -> None:
    known = {ROLES: frozenset({"deployer"}), MOMENT: "use", RELEASE_DATE: AS_OF}
    small = specialised(law.lowered, known)
    assert len(source_of(small).text) < len(source_of(law.lowered).text)
    whole, part = (GeneratedEngine().prepare(law.pack_at, lowered) for lowered in (law.lowered, small))
    for record in random_records(law.lowered, law.pack.vocabulary, 100, seed=4):
        assert whole({**record, **known}) == part({**record, **known})


def test_code_is_compiled_once_and_then_found(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    law = Law.of(random_pack(1))
    first = GeneratedEngine().prepare(law.pack_at, law.lowered)({})
    assert len(list(cache.glob("*.code"))) == 1
    monkeypatch.setattr("aiact_rules.engines.python_source.source_of", None)
    assert GeneratedEngine().prepare(law.pack_at, law.lowered)({}) == first


def test_code_that_was_changed_is_not_run(cache: Path) -> None:
    law = Law.of(random_pack(1))
    engine = GeneratedEngine()
    first = engine.prepare(law.pack_at, law.lowered)({})
    file = next(cache.glob("*.code"))
    content = bytearray(file.read_bytes())
    content[-10] ^= 1
    file.write_bytes(bytes(content))
    assert engine.prepare(law.pack_at, law.lowered)({}) == first
    assert file.read_bytes() != bytes(content)


def test_code_of_another_pack_is_never_taken_for_this_one() -> None:
    digests = {digest_of(Law.of(random_pack(seed)).lowered) for seed in range(30)}
    assert len(digests) == 30


def test_nothing_known_is_an_answer_too(law: Law) -> None:
    outcome = GeneratedEngine().prepare(law.pack_at, law.lowered)({})
    assert outcome.duties
    assert set(outcome.conclusions) <= {0, 1, 3}
