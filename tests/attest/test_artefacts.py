"""Artefacts: by path, digest or image; by the signature of a model, which then fits its files or is refused."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiact_rules.artifacts import digest_of
from aiact_rules.attest.artefacts import artefact_named, same_artefact
from aiact_rules.attest.envelopes import Envelope
from aiact_rules.attest.model_signatures import PREDICATE_TYPE, read_model_signature
from aiact_rules.attest.statements import PAYLOAD_TYPE, STATEMENT_TYPE, Descriptor
from aiact_rules.core.problems import InputError

from .conftest import DIGEST, WEIGHTS, Pair, write_pair
from .oracles import oracle

FILES = {"README.md": b"# M\n", "sub/a.txt": b"a", "weights.bin": WEIGHTS}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_file_and_a_folder_are_known_by_their_bytes(model: Path) -> None:
    assert artefact_named(str(model / "weights.bin")) == Descriptor("weights.bin", DIGEST)
    assert artefact_named(str(model)) == Descriptor("model", digest_of(model))
    assert artefact_named(f"{model}/") == artefact_named(str(model))


def test_a_digest_and_an_image_are_known_by_what_they_say() -> None:
    assert artefact_named(DIGEST) == Descriptor("artifact", DIGEST)
    for name in ("registry.example/models/x", "registry.example:5000/models/x:v3"):
        assert artefact_named(f"{name}@{DIGEST}") == Descriptor(name, DIGEST)


@pytest.mark.parametrize(
    "text", ["registry.example/models/x:v3", "registry.example:5000/x", "nowhere.bin", "sha256:abc", "x@sha256:abc", ""]
)
def test_what_names_no_bytes_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(InputError) as refused:
        artefact_named(text)
    if text.startswith("registry"):
        assert "tags move" in str(refused.value)


def test_two_names_for_one_artefact_are_of_the_same_bytes() -> None:
    first = Descriptor("a", DIGEST)
    assert same_artefact(first, Descriptor("b", DIGEST), "x") == first
    with pytest.raises(InputError):
        same_artefact(first, Descriptor("a", "sha256:" + "0" * 64), "x")


def manifest(files: dict[str, bytes]) -> dict[str, Any]:
    """Return the statement by which OpenSSF Model Signing v1.0 names these files."""
    rows = [
        {"name": name, "algorithm": "sha256", "digest": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(files.items())
    ]
    whole = hashlib.sha256(b"".join(bytes.fromhex(row["digest"]) for row in rows)).hexdigest()
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": "model", "digest": {"sha256": whole}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "serialization": {
                "method": "files",
                "hash_type": "sha256",
                "allow_symlinks": False,
                "ignore_paths": [".git"],
            },
            "resources": rows,
        },
    }


def written(statement: dict[str, Any], pair: Pair, file: Path, payload_type: str = PAYLOAD_TYPE) -> Path:
    envelope: Envelope = pair.signing.sign(payload_type, json.dumps(statement).encode())
    bundle = {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": envelope.as_json()}
    file.write_text(json.dumps(bundle), encoding="utf-8")
    return file


def test_a_signature_of_a_model_names_it_and_fits_its_files(model: Path, pair: Pair) -> None:
    signature = read_model_signature(written(manifest(FILES), pair, model / "model.sig"))
    signature.refuse_other_signers([pair.verifying])
    (model / ".git").mkdir()
    (model / ".git" / "config").write_text("left out")
    signature.refuse_other_files(model)  # in which its own file does not count
    assert signature.model.digest == "sha256:" + manifest(FILES)["subject"][0]["digest"]["sha256"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: (m / "README.md").write_bytes(b"# Other\n"), "README.md was changed"),
        (lambda m: (m / "sub" / "a.txt").unlink(), "sub/a.txt is missing"),
        (lambda m: (m / "sub" / "b.txt").write_bytes(b"b"), "sub/b.txt was not signed"),
    ],
)
def test_other_files_than_signed_are_refused(
    change: Callable[[Path], object], says: str, model: Path, pair: Pair, tmp_path: Path
) -> None:
    signature = read_model_signature(written(manifest(FILES), pair, tmp_path / "model.sig"))
    change(model)
    with pytest.raises(InputError, match=says):
        signature.refuse_other_files(model)


def test_another_signer_of_the_model_is_refused(model: Path, pair: Pair, tmp_path: Path) -> None:
    signature = read_model_signature(written(manifest(FILES), write_pair(tmp_path, "p256"), tmp_path / "model.sig"))
    with pytest.raises(InputError, match="not signed by the key"):
        signature.refuse_other_signers([pair.verifying])


def _subject(m: dict[str, Any]) -> None:
    m["subject"][0]["digest"]["sha256"] = "0" * 64


@pytest.mark.parametrize(
    "spoil",
    [
        _subject,
        lambda m: m["predicate"]["resources"].pop(),
        lambda m: m["predicate"]["resources"].reverse(),
        lambda m: m["predicate"]["resources"].append(m["predicate"]["resources"][0]),
        lambda m: m["predicate"]["resources"].append({"name": "x", "digest": "abc"}),
        lambda m: m["predicate"]["resources"].append("x"),
        lambda m: m["predicate"].update(resources=[]),
        lambda m: m["predicate"].pop("serialization"),
        lambda m: m["predicate"]["serialization"].update(method="shards"),
        lambda m: m["predicate"]["serialization"].update(hash_type="blake2b"),
        lambda m: m.update(predicateType="https://slsa.dev/provenance/v1"),
    ],
)
def test_a_signature_whose_digest_does_not_follow_from_its_files_is_refused(
    spoil: Callable[[dict[str, Any]], object], pair: Pair, tmp_path: Path
) -> None:
    statement = manifest(FILES)
    spoil(statement)
    with pytest.raises(InputError):
        read_model_signature(written(statement, pair, tmp_path / "model.sig"))


def test_another_payload_type_is_no_signature_of_a_model(pair: Pair, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_model_signature(written(manifest(FILES), pair, tmp_path / "model.sig", "application/json"))


def test_what_model_signing_signs_is_read_and_its_files_are_checked(model: Path, tmp_path: Path) -> None:
    oracle("model_signing")
    pair, file = write_pair(tmp_path, "p256"), tmp_path / "model.sig"
    tool = [sys.executable, "-m", "model_signing", "sign", "key", str(model)]
    subprocess.run([*tool, "--private_key", str(pair.private), "--signature", str(file)], check=True)
    signature = read_model_signature(file)
    signature.refuse_other_signers([pair.verifying])
    signature.refuse_other_files(model)
    assert dict(signature.files) == {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}
    (model / "weights.bin").write_bytes(b"others")
    with pytest.raises(InputError, match=r"weights\.bin was changed"):
        signature.refuse_other_files(model)
