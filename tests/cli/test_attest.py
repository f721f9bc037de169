"""`attest` and `verify`: what stands in the file, what a refused one looks like, and exit codes that follow."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiact_rules.decision_log.acts import Act, Outcome
from aiact_rules.decision_log.opening import open_log
from aiact_rules.gate import Gate
from aiact_rules.overrides import Override
from tests.attest.conftest import AT, DIGEST, WEIGHTS, write_pair

from .conftest import EXAMPLES, Answer

Run = Callable[..., Answer]
DAY = "2026-11-30"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    (tmp_path / "model.bin").write_bytes(WEIGHTS)
    pair = write_pair(tmp_path, "ed25519")
    shutil.move(pair.private, tmp_path / "key.pem")
    shutil.move(pair.public, tmp_path / "key.pub")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def attest(run: Run, *more: str, release: str = "examples/minimal", key: str = "key.pem") -> Answer:
    return run("attest", release, "--artifact", "model.bin", "--key", key, "--as-of", DAY, *more)


def verify(run: Run, file: str = "it.json", *more: str, artifact: str = "model.bin", key: str = "key.pub") -> Answer:
    return run("verify", file, "--artifact", artifact, "--key", key, *more)


def payload(text: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(base64.b64decode(json.loads(text)["payload"]))
    return values


def test_an_allowed_release_is_attested_and_verified(run: Run, folder: Path) -> None:
    attested = attest(run, "--output", "it.json")
    assert (attested.code, attested.out) == (0, "")
    assert attested.err == f"model.bin ({DIGEST}): allow, passes\n"
    found = verify(run, "it.json", "--replay", "--max-age", "1", "--pack", "eu_ai_act")
    assert found.code == 0, found.out
    assert found.out.splitlines()[-1] == "verified"
    assert verify(run, artifact=DIGEST).code == 0
    assert verify(run, artifact=f"registry.example/m@{DIGEST}").code == 0


def test_the_decision_is_that_of_a_check_of_the_same_artefact(run: Run, folder: Path) -> None:
    said = payload(attest(run).out)
    (record,) = said["predicate"]["decisions"]
    checked = run("check", "examples/minimal", "--as-of", DAY, "--artifact", "model.bin", "--format", "json")
    assert record["decision_id"] == json.loads(checked.out)["decision_id"]
    assert said["subject"] == [{"name": "model.bin", "digest": {"sha256": DIGEST.removeprefix("sha256:")}}]


def test_a_held_release_is_attested_with_exit_code_1_and_refused(run: Run, folder: Path) -> None:
    attested = attest(run, "--output", "it.json", release="examples/silent")
    assert attested.code == 1
    assert "hold, does not pass" in attested.err
    found = verify(run)
    assert found.code == 1
    assert "refused: verdict" in found.out
    assert verify(run, "it.json", "--expect", "hold").code == 0
    as_json = json.loads(verify(run, "it.json", "--format", "json").out)
    assert (as_json["outcome"], as_json["verdict"], as_json["passes"]) == ("refused", "hold", False)


def test_a_changed_artefact_and_another_key_cannot_be_verified(run: Run, folder: Path) -> None:
    attest(run, "--output", "it.json")
    other = write_pair(folder, "p256")
    assert verify(run, key=str(other.public)).code == 2
    assert verify(run, "it.json", "--key", "key.pub", key=str(other.public)).code == 0
    (folder / "model.bin").write_bytes(b"other weights")
    found = verify(run)
    assert found.code == 2
    assert "not verified: subject" in found.out


def test_what_is_old_by_other_packs_or_unreadable_is_refused(run: Run, folder: Path) -> None:
    attest(run, "--output", "it.json")
    assert verify(run, "it.json", "--pack-digest", "sha256:" + "0" * 64).code == 1
    assert verify(run, "it.json", "--pack", "kr_ai_basic_act").code == 1
    (folder / "cut.json").write_text((folder / "it.json").read_text()[:-20])
    for file in ("cut.json", "key.pub", "nowhere.json", "model.bin"):
        answer = verify(run, file)
        assert (answer.code, answer.out) == (2, "")
        assert file in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "it.json", "--key", "key.pub"),
        ("verify", "it.json", "--artifact", "model.bin"),
        ("verify", "it.json", "--artifact", "model.bin", "--identity", "x"),
        ("verify", "it.json", "--artifact", "model.bin", "--key", "key.pub", "--identity", "x", "--issuer", "y"),
        ("verify", "it.json", "--artifact", "model.bin", "--key", "key.pem"),
        ("verify", "it.json", "--artifact", "model.bin", "--key", "key.pub", "--model-key", "key.pub"),
        ("attest", "examples/minimal", "--key", "key.pem"),
        ("attest", "examples/minimal", "--artifact", "model.bin"),
        ("attest", "--artifact", "model.bin", "--key", "key.pem"),
        ("attest", "examples", "--artifact", "model.bin", "--key", "key.pem"),
        ("attest", "nowhere", "--artifact", "model.bin", "--key", "key.pem"),
        ("attest", "examples/minimal", "--artifact", "model.bin", "--key", "key.pem", "--keyless"),
        ("attest", "examples/minimal", "--artifact", "model.bin", "--key", "key.pub"),
        ("attest", "examples/minimal", "--artifact", "nowhere.bin", "--key", "key.pem"),
        ("attest", "examples/minimal", "--artifact", "model.bin", "--key", "key.pem", "--decision", "x.json"),
        ("attest", "--decision", "nowhere.json", "--artifact", "model.bin", "--key", "key.pem"),
        ("attest", "--decision", "x.json", "--artifact", "model.bin", "--key", "key.pem", "--role", "provider"),
        ("attest", "examples/silent", "--artifact", "model.bin", "--key", "key.pem", "--predicate", "svr"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_ends_with_exit_code_2_and_writes_nothing(
    arguments: tuple[str, ...], run: Run, folder: Path
) -> None:
    attest(run, "--output", "it.json")
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err


def test_nothing_that_is_read_is_written_over(run: Run, folder: Path) -> None:
    for output in ("key.pem", "model.bin", "examples/minimal/aiact.yaml"):
        before = (folder / output).read_bytes()
        assert attest(run, "--output", output).code == 2
        assert (folder / output).read_bytes() == before
    answer = run(
        *("attest", "examples/minimal", "--artifact", "examples", "--key", "key.pem", "--output", "examples/it.json")
    )
    assert answer.code == 2
    assert "into" in answer.err


def test_the_password_of_a_key_comes_from_the_environment_alone(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = write_pair(folder, "p256", b"secret")
    assert attest(run, "--output", "it.json", key=str(pair.private)).code == 2
    monkeypatch.setenv("AIACT_RULES_KEY_PASSWORD", "secret")
    assert attest(run, "--output", "it.json", key=str(pair.private)).code == 0
    assert "secret" not in (folder / "it.json").read_text()
    assert verify(run, key=str(pair.public)).code == 0
    monkeypatch.setenv("AIACT_RULES_KEY_PASSWORD", "wrong")
    assert "cannot be decrypted" in attest(run, key=str(pair.private)).err


def test_a_recorded_decision_is_decided_again_and_attested(run: Run, folder: Path) -> None:
    check = ("check", "examples/minimal", "--as-of", DAY, "--artifact", "model.bin")
    (folder / "decision.json").write_text(run(*check, "--format", "json").out)
    assert run(*check, "--log", "log.sqlite").code == 0
    for decision in ("decision.json", "log.sqlite", "sqlite:///log.sqlite"):
        answer = run("attest", "--decision", decision, "--key", "key.pem", "--output", "it.json")
        assert answer.code == 0, answer.err
        assert verify(run, "it.json", "--replay").code == 0


def test_a_record_without_its_artefact_of_another_or_changed_is_not_attested(run: Run, folder: Path) -> None:
    check = ("check", "examples/minimal", "--as-of", DAY, "--format", "json")
    (folder / "silent.json").write_text(run(*check).out)
    named = run(*check, "--artifact", "model.bin").out
    (folder / "named.json").write_text(named)
    (folder / "changed.json").write_text(named.replace('"verdict": "allow"', '"verdict": "hold"', 1))
    for file, more, says in (
        ("silent.json", (), "names no artefact"),
        ("silent.json", ("--artifact", "model.bin"), "names no artefact"),
        ("named.json", ("--artifact", "key.pub"), "by the other name"),
        ("changed.json", (), "changed"),
    ):
        answer = run("attest", "--decision", file, *more, "--key", "key.pem")
        assert answer.code == 2, file
        assert says in answer.err


def test_what_an_id_does_not_cover_counts_only_from_a_log(run: Run, folder: Path) -> None:
    gate = Gate(fail_on="never")
    decision = gate.check(folder / "examples" / "silent", as_of=AT.date(), artifact=DIGEST, at=AT)
    assert decision.passes
    (folder / "lenient.json").write_text(json.dumps(decision.as_record()))
    open_log("lenient.sqlite").append(decision.as_record())
    from_json = run("attest", "--decision", "lenient.json", "--key", "key.pem")
    from_log = run("attest", "--decision", "lenient.sqlite", "--key", "key.pem")
    assert (from_json.code, from_log.code) == (1, 0)
    assert payload(from_json.out)["predicate"]["policy"]["fail_on"]["value"] == "hold"
    assert payload(from_log.out)["predicate"]["policy"]["fail_on"]["value"] == "never"
    assert payload(from_log.out)["predicate"]["decided_at"] == "2026-11-22T12:00:00Z"


def test_an_override_in_the_log_stands_in_the_statement_and_passes_nothing(run: Run, folder: Path) -> None:
    decision = Gate().check(folder / "examples" / "silent", as_of=AT.date(), artifact=DIGEST, at=AT)
    override = Override(decision.decision_id, "A. Person", "an outage", AT)
    act = Act("test", "release", Outcome.OVERRIDDEN, override=override)
    open_log("log.sqlite").append(decision.as_record(), act=act)
    answer = run("attest", "--decision", "log.sqlite", "--key", "key.pem", "--output", "it.json")
    assert answer.code == 1
    assert payload((folder / "it.json").read_text())["predicate"]["policy"]["overrides"] == [override.as_json()]
    found = verify(run)
    assert found.code == 1
    assert "overridden by A. Person" in found.out


def test_a_broken_log_attests_nothing(run: Run, folder: Path) -> None:
    import sqlite3

    assert run("check", "examples/minimal", "--as-of", DAY, "--artifact", "model.bin", "--log", "log.sqlite").code == 0
    with sqlite3.connect("log.sqlite") as database:
        triggers = database.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"drop trigger {name}")
        changed = database.execute("update entries set text = replace(text, 'allow', 'block')")
        assert (len(triggers) > 0, changed.rowcount) == (True, 1)
    answer = run("attest", "--decision", "log.sqlite", "--key", "key.pem")
    assert answer.code == 2


def test_the_signature_of_a_model_names_it(run: Run, folder: Path) -> None:
    from tests.attest.test_artefacts import manifest, written

    (folder / "m").mkdir()
    (folder / "m" / "weights.bin").write_bytes(WEIGHTS)
    signer = write_pair(folder, "p256")
    written(manifest({"weights.bin": WEIGHTS}), signer, folder / "m" / "model.sig")
    named = ("--model-signature", "m/model.sig", "--model-key", str(signer.public))
    answer = run("attest", "examples/minimal", *named, "--artifact", "m", "--key", "key.pem", "--output", "it.json")
    assert answer.code == 0, answer.err
    assert run("verify", "it.json", *named, "--key", "key.pub").code == 0
    assert run("verify", "it.json", *named, "--artifact", "m", "--key", "key.pub").code == 0
    assert run("verify", "it.json", *named[:2], "--model-key", "key.pub", "--key", "key.pub").code == 2
    (folder / "m" / "weights.bin").write_bytes(b"others")
    assert run("verify", "it.json", *named, "--artifact", "m", "--key", "key.pub").code == 2
