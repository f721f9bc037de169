"""`export`: one document about one release, or a bundle of many; what cannot be judged is in neither."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attest.conftest import DIGEST, WEIGHTS
from tests.attest.rego_engine import ask

from .conftest import EXAMPLES, Answer

Run = Callable[..., Answer]
DAY = ("--as-of", "2026-11-30")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    (tmp_path / "model.bin").write_bytes(WEIGHTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("form", ["oscal", "cyclonedx", "spdx", "dpv"])
def test_a_release_is_written_whatever_its_verdict(form: str, run: Run, folder: Path) -> None:
    for example in ("minimal", "cv-screening"):
        answer = run("export", f"examples/{example}", "--artifact", "model.bin", "--format", form, *DAY)
        assert answer.code == 0, answer.err
        text = json.dumps(json.loads(answer.out))
        checked = json.loads(
            run("check", f"examples/{example}", "--artifact", "model.bin", "--format", "json", *DAY).out
        )
        assert checked["decision_id"] in text
        assert DIGEST.removeprefix("sha256:") in text


def test_a_bill_of_materials_is_annotated_and_stays_what_it_is(run: Run, folder: Path) -> None:
    text = '{\n  "bomFormat": "CycloneDX",\n  "specVersion": "1.6",\n  "metadata": {\n    "component": {\n      "type": "application",\n      "bom-ref": "x",\n      "name": "x",\n      "evidence": {\n        "confidence": 0.10\n      }\n    }\n  }\n}\n'
    (folder / "sbom.json").write_text(text)
    arguments = ("export", "examples/minimal", "--format", "cyclonedx", "--onto", "sbom.json", *DAY)
    assert run(*arguments, "--output", "out.json").code == 0
    written = (folder / "out.json").read_text()
    assert written.startswith(text.rstrip("\n} ").rstrip())
    assert (folder / "sbom.json").read_text() == text
    assert json.loads(written)["annotations"][0]["subjects"] == ["x"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "--format", "oscal"),
        ("export", "examples/minimal"),
        ("export", "examples/minimal", "--format", "xml"),
        ("export", "examples/minimal", "--format", "oscal", "--onto", "model.bin"),
        ("export", "examples/minimal", "--format", "cyclonedx", "--onto", "model.bin"),
        ("export", "examples/minimal", "--format", "cyclonedx", "--onto", "nowhere.json"),
        ("export", "examples/minimal", "--format", "oscal", "--rego-data", "b"),
        ("export", "examples/minimal", "--rego-data", "b", "--output", "x"),
        ("export", "examples/minimal", "--rego-data", "model.bin"),
        ("export", "examples/minimal", "examples/silent", "--format", "oscal"),
        ("export", "examples/minimal", "--format", "oscal", "--output", "examples/minimal/aiact.yaml"),
        ("export", "nowhere", "--format", "oscal"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_exported_ends_with_exit_code_2(arguments: tuple[str, ...], run: Run, folder: Path) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err


def test_a_bundle_has_what_was_judged_and_its_policy_denies_the_rest(run: Run, folder: Path) -> None:
    (folder / "broken").mkdir()
    (folder / "broken" / "aiact.yaml").write_text("format: 1\nname: broken\nversion: '1'\nsubject: [\n")
    paths = ("examples/minimal", "examples/silent", "broken")
    answer = run("export", *paths, "--rego-data", "bundle", *DAY)
    assert answer.code == 2
    assert "broken" in answer.err
    data = json.loads((folder / "bundle" / "data.json").read_text())
    policy = {"aiact.rego": (folder / "bundle" / "aiact.rego").read_text()}
    (allowed,) = [name for name, row in data["aiact"]["releases"].items() if row["passes"]]
    held = [name for name in data["aiact"]["releases"] if name != allowed]
    assert len(held) == 1
    for name, answered in ((allowed, True), (held[0], False), ("broken 1", False), ("", False)):
        assert ask("data.aiact.gate", policy, data, {"release": name})["allow"] is answered
    assert json.loads((folder / "bundle" / ".manifest").read_text())["roots"] == ["aiact"]


def test_a_bundle_binds_the_digest_of_one_release(run: Run, folder: Path) -> None:
    assert run("export", "examples/minimal", "--artifact", "model.bin", "--rego-data", "b", *DAY).code == 0
    assert list(json.loads((folder / "b" / "data.json").read_text())["aiact"]["artifacts"]) == [DIGEST]
    assert run("export", "--tree", "examples", "--artifact", "model.bin", "--rego-data", "b", *DAY).code == 2
