"""The digest of what is released: the same for the same bytes, part of the decision, and by every door."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.artifacts import digest_named, digest_of
from aiact_rules.core.decisions import Decision, Subject
from aiact_rules.core.facts import Facts
from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.replay import replay
from aiact_rules.gate import Gate
from aiact_rules.reports.decision_schema import decision_schema
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.recorded import Record
from aiact_rules.sources.document import Document
from tests.cli.conftest import EXAMPLES, Answer, run

__all__ = ["run"]
Run = Callable[..., Answer]
MINIMAL = EXAMPLES / "minimal"
DIGEST = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32
DAY = date(2026, 11, 22)
FACTS = {"release.subject": "system", "system.practices": []}


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "tokenizer" / "b").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(b"\x00" * 100_000)
    (folder / "tokenizer" / "vocabulary.txt").write_text("ä\n", encoding="utf-8")
    (folder / "tokenizer" / "b" / ".hidden").touch()
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    (folder / "two words ü").write_text("x", encoding="utf-8")
    (folder / "-dash").write_text("x", encoding="utf-8")
    return folder


def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"weights")
    assert digest_of(tmp_path / "m") == "sha256:" + hashlib.sha256(b"weights").hexdigest()
    assert digest_named(str(tmp_path / "m")) == digest_of(tmp_path / "m")


def test_the_digest_of_a_folder_is_what_the_documented_shell_command_says(model: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "decision-log.md").read_text(encoding="utf-8")
    (command,) = (line for line in page.splitlines() if "sort -z" in line)
    (model / "link").symlink_to(model / "tokenizer")
    said = subprocess.run(["bash", "-c", command], cwd=model, capture_output=True, text=True, check=True).stdout
    assert digest_of(model) == "sha256:" + said.split()[0]


def test_any_change_of_a_folder_is_another_digest(model: Path) -> None:
    found = {digest_of(model)}
    (model / "tokenizer.json").write_text("{ }", encoding="utf-8")
    found.add(digest_of(model))
    (model / "tokenizer.json").rename(model / "tokenizer.jsonl")
    found.add(digest_of(model))
    (model / "empty").touch()
    found.add(digest_of(model))
    assert len(found) == 4


def test_what_cannot_be_read_whole_has_no_digest(model: Path, tmp_path: Path) -> None:
    (tmp_path / "empty" / "folders").mkdir(parents=True)
    with pytest.raises(InputError, match="no file in this folder"):
        digest_of(tmp_path / "empty")
    with pytest.raises(InputError, match="cannot be read"):
        digest_of(tmp_path / "missing")
    os.mkfifo(model / "pipe")
    with pytest.raises(InputError, match=r"model/pipe: this artefact cannot be read\n  it is not a file"):
        digest_of(model)
    (model / "pipe").unlink()
    (model / "gone").symlink_to(tmp_path / "missing")
    with pytest.raises(InputError, match="model/gone"):
        digest_of(model)
    (model / "gone").unlink()
    (model / "tokenizer" / "up").symlink_to(model)
    with pytest.raises(InputError, match="leads back"):
        digest_of(model)
    (model / "tokenizer" / "up").unlink()
    (model / "line\nbreak").touch()
    with pytest.raises(InputError, match="no place in a digest"):
        digest_of(model)


@pytest.mark.parametrize("text", ["sha256:", "sha256:" + "AB" * 32, "sha256:" + "ab" * 31, DIGEST + "\n"])
def test_a_text_that_begins_like_a_digest_is_one_or_an_error(text: str) -> None:
    with pytest.raises(InputError, match="no digest"):
        digest_named(text)
    with pytest.raises(InputError, match="64 hexadecimal digits"):
        Overrides.of(artifact=text)


def test_the_digest_is_part_of_the_identity_and_nothing_changes_without_one(gate: Gate) -> None:
    plain = gate.check(MINIMAL, as_of=DAY)
    bound, other = (gate.check(MINIMAL, as_of=DAY, artifact=digest) for digest in (DIGEST, OTHER))
    assert "digest" not in plain.subject.as_json()
    assert bound.subject.as_json() == {**plain.subject.as_json(), "digest": DIGEST}
    assert len({plain.decision_id, bound.decision_id, other.decision_id}) == 3
    assert plain.identity == {**bound.identity, "subject": plain.identity["subject"]}


def by_doors(gate: Gate) -> dict[str, Callable[[str], Decision]]:
    document = Document("d", Subject("m", "1"), Facts.of(gate.request(FACTS, roles=["provider"]).facts))
    return {
        "path": lambda digest: gate.check(MINIMAL, artifact=digest),
        "mapping": lambda digest: gate.check(FACTS, roles=["provider"], artifact=digest),
        "subject of a mapping": lambda digest: gate.check(FACTS, subject=Subject("m", digest=digest)),
        "document": lambda digest: gate.check(document, artifact=digest),
        "subject of a document": lambda digest: gate.check(document, subject=Subject("m", digest=digest)),
    }


@pytest.mark.parametrize("door", ["path", "mapping", "subject of a mapping", "document", "subject of a document"])
def test_the_digest_comes_through_every_door_and_survives_its_record(gate: Gate, door: str) -> None:
    decision = by_doors(gate)[door](DIGEST)
    assert decision.subject.digest == DIGEST
    record = json.loads(json.dumps(decision.as_record()))
    assert replay(gate, record).same
    assert gate.read_back(Record(record)).subject.digest == DIGEST
    for full in (False, True):
        assert json.loads(decision.json_text(full=full))["subject"]["digest"] == DIGEST


def test_operators_of_a_chain_release_the_same_bytes(gate: Gate) -> None:
    said = Overrides(artifact=DIGEST)
    chain = gate.decide_chain(gate.request(EXAMPLES / "value-chain", said))
    assert len(chain.decisions) > 1
    assert {decision.subject.digest for decision in chain.decisions} == {DIGEST}


def test_two_digests_of_one_release_are_an_error(gate: Gate) -> None:
    with pytest.raises(InputError, match=f"the artefact is {DIGEST} here and {OTHER} by the caller's word"):
        gate.check(FACTS, subject=Subject("m", digest=DIGEST), artifact=OTHER)
    with pytest.raises(InputError, match="no digest"):
        gate.check(FACTS, subject=Subject("m", digest="latest"))


def test_a_record_with_something_else_for_a_digest_is_not_decided_again(gate: Gate) -> None:
    record = gate.check(MINIMAL, artifact=DIGEST).as_record()
    with pytest.raises(InputError):
        gate.check(Record({**record, "subject": {**gate.check(MINIMAL).subject.as_json(), "digest": OTHER}}))
    with pytest.raises(InputError):
        gate.check(Record({**record, "subject": {**gate.check(MINIMAL).subject.as_json(), "digest": "x"}}))


def test_the_published_schema_knows_the_digest(gate: Gate) -> None:
    import jsonschema

    for full in (False, True):
        decided = gate.check(MINIMAL, artifact=DIGEST).as_json(full=full)
        jsonschema.validate(decided, decision_schema())
        decided["subject"]["digest"] = "latest"  # type: ignore[index]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(decided, decision_schema())


def test_check_binds_a_decision_to_a_file_or_a_folder(run: Run, model: Path) -> None:  # noqa: F811
    for artifact, digest in ((str(model), digest_of(model)), (DIGEST, DIGEST)):
        answer = run("check", str(MINIMAL), "--artifact", artifact, "--format", "json")
        assert json.loads(answer.out)["subject"]["digest"] == digest


@pytest.mark.parametrize("how", [("--full",), ("--format", "markdown"), ("--format", "html"), ("--format", "json")])
def test_reports_name_the_artefact_where_there_is_one(run: Run, how: tuple[str, ...]) -> None:  # noqa: F811
    assert DIGEST in run("check", str(MINIMAL), "--artifact", DIGEST, *how).out
    assert "artefact" not in run("check", str(MINIMAL), *how).out.lower()


def test_an_artefact_that_cannot_be_named_is_never_green(run: Run, tmp_path: Path) -> None:  # noqa: F811
    for artifact in ("sha256:12", str(tmp_path / "missing")):
        answer = run("check", str(MINIMAL), "--artifact", artifact)
        assert answer.code == 2
        assert "artefact" in answer.err
    answer = run("check", str(MINIMAL), str(EXAMPLES / "silent"), "--artifact", DIGEST)
    assert answer.code == 2
    assert "an artefact is that of one release, and 2 are judged" in answer.err
