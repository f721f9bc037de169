"""Images: an attestation lies beside its image in a real registry, and the policy for cosign says what of it is let through."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiact_rules.attest.attesting import Attested
from aiact_rules.attest.predicates import Kind
from aiact_rules.gate import Gate
from tests.cli.conftest import EXAMPLES, Answer, run

from .conftest import ALLOWED, attested, write_pair
from .rego_engine import ask

__all__ = ["run"]
POLICY = (EXAMPLES / "oci" / "policy.rego").read_text(encoding="utf-8")
PARSED = "time.parse_rfc3339_ns(input.predicate.decided_at)"
DSSE = "application/vnd.dsse.envelope.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Registry:
    """A registry on this machine, spoken to as the distribution specification says."""

    def __init__(self, host: str) -> None:
        self.host = host

    def _send(self, method: str, path: str, data: bytes | None = None, kind: str = "application/octet-stream") -> Any:
        address = path if path.startswith("http") else f"http://{self.host}{path}"
        headers = {"Content-Type": kind, "Accept": MANIFEST}
        request = urllib.request.Request(address, data=data, method=method, headers=headers)  # noqa: S310
        return urllib.request.urlopen(request, timeout=10)  # noqa: S310

    def blob(self, name: str, data: bytes) -> dict[str, object]:
        """Push bytes and return what describes them."""
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        where = self._send("POST", f"/v2/{name}/blobs/uploads/").headers["Location"]
        self._send("PUT", f"{where}{'&' if '?' in where else '?'}digest={digest}", data)
        return {"mediaType": "application/octet-stream", "digest": digest, "size": len(data)}

    def image(self, name: str, tag: str, data: bytes, kind: str = "application/octet-stream") -> str:
        """Push an image with one layer of a kind, and return its digest."""
        layers = [{**self.blob(name, data), "mediaType": kind}]
        config = {**self.blob(name, b"{}"), "mediaType": "application/vnd.oci.empty.v1+json"}
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
        return str(
            self._send("PUT", f"/v2/{name}/manifests/{tag}", json.dumps(manifest).encode(), MANIFEST).headers[
                "Docker-Content-Digest"
            ]
        )

    def layer(self, name: str, tag: str) -> bytes:
        """Pull the one layer of an image."""
        manifest = json.loads(self._send("GET", f"/v2/{name}/manifests/{tag}").read())
        (layer,) = manifest["layers"]
        return bytes(self._send("GET", f"/v2/{name}/blobs/{layer['digest']}").read())


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    program = shutil.which("docker-registry")
    if program is None:
        pytest.skip("there is no docker-registry (Debian: apt-get install docker-registry)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    folder = tmp_path_factory.mktemp("registry")
    config = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": host},
    }
    (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")
    server = subprocess.Popen([program, "serve", str(folder / "config.yml")], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://{host}/v2/", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield Registry(host)
    finally:
        server.terminate()
        server.wait(10)


def attestation_tag(digest: str) -> str:
    """Return the tag under which cosign looks for the attestations of an image."""
    return f"{digest.replace(':', '-')}.att"


def test_an_image_is_attested_in_its_registry_and_another_one_is_not(
    registry: Registry,
    tmp_path: Path,
    run: Callable[..., Answer],  # noqa: F811
) -> None:
    name = "models/scorer"
    pair, file, pulled = write_pair(tmp_path, "p256"), tmp_path / "it.json", tmp_path / "pulled.json"
    digest = registry.image(name, "v1", b"weights")
    image = f"{registry.host}/{name}@{digest}"
    signing = ("--key", str(pair.private), "--output", str(file))
    answer = run("attest", str(EXAMPLES / "minimal"), "--artifact", image, *signing)
    assert answer.code == 0, answer.err
    registry.image(name, attestation_tag(digest), file.read_bytes(), DSSE)
    pulled.write_bytes(registry.layer(name, attestation_tag(digest)))
    verifying = ("verify", str(pulled), "--key", str(pair.public), "--artifact")
    assert run(*verifying, image).code == 0

    moved = registry.image(name, "v1", b"other weights")
    assert moved != digest
    assert run(*verifying, f"{registry.host}/{name}@{moved}").code == 2
    with pytest.raises(urllib.error.HTTPError, match="404"):
        registry.layer(name, attestation_tag(moved))
    tag_alone = run(*verifying, f"{registry.host}/{name}:v1")
    assert tag_alone.code == 2
    assert "tags move" in tag_alone.err


def statement(what: Attested) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(what.statement(Kind.GATE_DECISION).payload)
    return values


def lets_through(given: object, age: timedelta = timedelta()) -> bool:
    """Return what the policy says of a statement that is so old; this engine lacks the one function that reads its moment."""
    moment = int((datetime.now(UTC) - age).timestamp()) * 1_000_000_000
    assert POLICY.count(PARSED) == 1
    found = ask("data.signature", {"policy.rego": POLICY.replace(PARSED, str(moment))}, {}, given)
    assert isinstance(found["allow"], bool)
    return bool(found["allow"])


def test_the_policy_lets_an_allowed_release_through_for_a_while(allowed: Attested) -> None:
    given = statement(allowed)
    days = {day: lets_through(given, timedelta(days=day)) for day in (-2, -0.5, 0, 89, 91)}
    assert days == {-2: False, -0.5: True, 0: True, 89: True, 91: False}


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "hold"},
        {"verdict": "block"},
        {"verdict": None},
        {"passes": False},
        {"passes": "true"},
        {"passes": 1},
        {"packs": []},
        {"packs": [{"name": "kr_ai_basic_act@0.1.0"}]},
        {"packs": None},
    ],
    ids=str,
)
def test_the_policy_lets_nothing_else_through(change: dict[str, object], allowed: Attested) -> None:
    given = statement(allowed)
    assert lets_through(given)
    given["predicate"] |= change
    assert not lets_through(given)


@pytest.mark.parametrize("given", [{}, [], None, "allow"], ids=str)
def test_what_is_no_statement_is_not_let_through(given: object) -> None:
    assert not lets_through(given)


def test_the_policy_takes_no_other_predicate_and_no_held_release(allowed: Attested, held: Attested) -> None:
    other = statement(allowed) | {"predicateType": "https://in-toto.io/attestation/test-result/v0.1"}
    assert not lets_through(other)
    assert not lets_through(statement(held))


def test_what_passes_by_its_threshold_alone_is_not_let_through() -> None:
    lenient = attested(Gate(fail_on="never"), {**ALLOWED, "system": {}})
    assert lenient.passes
    assert not lets_through(statement(lenient))
