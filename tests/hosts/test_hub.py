"""A model repository of Hugging Face: the comment, the exit code, the card that is written back, and the comment that is posted."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from aiact_rules.decision_log.opening import open_log
from aiact_rules.gate import Gate
from aiact_rules.hosts.hub import MARK, MOST_SIGNS, reviewed
from aiact_rules.hosts.judgement import HostGate
from tests.cli.conftest import EXAMPLES, ROOT, Answer, run

from .recorded import recorder

__all__ = ["run"]
Run = Callable[..., Answer]
BLOCK = """\
eu_ai_act:
  subject: system
  roles: [provider]
  markets: [EU]
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
"""
COMMENT = EXAMPLES / "hosts" / "huggingface" / "comment.py"


def repository(folder: Path, block: str = BLOCK) -> Path:
    """Return a repository as the Hub has it: a card with front matter, configuration, weights and results."""
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    (folder / "README.md").write_text(f"---\nlicense: mit\npipeline_tag: text-classification\n{block}---\n# Filter\n")
    (folder / "config.json").write_text('{"model_type": "bert", "_name_or_path": "org/base"}')
    header = b'{"w": {"dtype": "F32", "shape": [25, 4], "data_offsets": [0, 400]}}'
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(400))
    (folder / ".eval_results").mkdir()
    (folder / ".eval_results" / "sst2.yaml").write_text("- dataset: {id: stanfordnlp/sst2}\n  value: 91\n")
    return folder


def test_the_comment_says_the_verdict_what_was_read_and_what_each_file_states(run: Run, tmp_path: Path) -> None:
    answer = run("hub", str(repository(tmp_path)))
    assert answer.code == 0
    assert answer.out.startswith(f"{MARK}\n## ALLOW: ")
    assert "| model.safetensors | `model.parameters` |" in answer.out
    assert re.search(r"\| README\.md \| .*`release\.subject`", answer.out)
    assert "config.json#/\\_name\\_or\\_path: was loaded from" in answer.out
    assert "| .eval\\_results/sst2.yaml | nothing |" in answer.out
    assert "its result is missing or stale" in answer.out


def test_the_decision_is_that_of_check(tmp_path: Path) -> None:
    repository(tmp_path)
    gate = Gate()
    review = reviewed(HostGate("huggingface", gate=gate), tmp_path)
    assert review.judgement.decision_ids == (gate.check(tmp_path).decision_id,)


@pytest.mark.parametrize(
    ("block", "code", "said"),
    [
        ("", 1, "## HOLD"),
        (BLOCK.replace("practices", "practises"), 2, "did you mean"),
        (BLOCK.replace("[EU]", "[ZZ]"), 2, "no installed pack covers the market"),
        ("license: apache-2.0\n", 2, "license"),
    ],
)
def test_refused_or_undecided_there_is_a_comment(run: Run, tmp_path: Path, block: str, code: int, said: str) -> None:
    comment = tmp_path / "comment.md"
    (tmp_path / "m").mkdir()
    answer = run("hub", str(repository(tmp_path / "m", block)), "--output", str(comment))
    assert answer.code == code
    assert said in comment.read_text()
    assert comment.read_text().startswith(MARK)
    assert "aiact-rules: refused" in answer.err


def test_the_result_is_written_back_and_is_that_of_the_judgement(tmp_path: Path) -> None:
    repository(tmp_path)
    host = HostGate("huggingface", gate=Gate())
    first = reviewed(host, tmp_path, write=True)
    front = yaml.safe_load((tmp_path / "README.md").read_text().split("---\n")[1])
    assert front["license"] == "mit"
    assert front["eu_ai_act"]["result"]["verdict"] == "allow"
    assert (front["eu_ai_act"]["result"]["decision_id"],) == first.judgement.decision_ids
    card = (tmp_path / "README.md").read_bytes()
    again = reviewed(host, tmp_path, write=True)
    assert "its result is up to date" in again.comment
    assert again.judgement.decision_ids == first.judgement.decision_ids
    assert (tmp_path / "README.md").read_bytes() == card


def test_without_write_no_byte_changes(tmp_path: Path) -> None:
    repository(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    reviewed(HostGate("huggingface"), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_card_that_cannot_be_written_is_no_answer_where_it_was_to_be_written(run: Run, tmp_path: Path) -> None:
    repository(tmp_path)
    (tmp_path / "README.md").write_text("---\neu_ai_act: {subject: system}\n---\n# M\n")
    assert run("hub", str(tmp_path)).code == 1
    answer = run("hub", str(tmp_path), "--write")
    assert answer.code == 2
    assert "ERROR" in answer.out


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "there is no model card"),
        ({"README.md": "# No card\n"}, "this README is"),
        ({"README.md": "---\ntask_ids: [x]\n---\n# D\n"}, "the card of a data set"),
    ],
)
def test_what_is_no_model_repository_is_no_answer(run: Run, tmp_path: Path, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    answer = run("hub", str(tmp_path))
    assert answer.code == 2
    assert said in answer.out


def test_a_pointer_of_git_lfs_is_said_to_be_one(run: Run, tmp_path: Path) -> None:
    repository(tmp_path)
    (tmp_path / "model.safetensors").write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
    )
    answer = run("hub", str(tmp_path))
    assert answer.code == 0
    assert "model.safetensors: only a pointer to the weights" in answer.out


def test_no_comment_is_too_long_or_calls_anybody(tmp_path: Path) -> None:
    repository(tmp_path, BLOCK + "model_name: '@everybody <script>'\n")
    comment = reviewed(HostGate("huggingface", gate=Gate()), tmp_path).comment
    assert "@everybody" not in comment
    assert "<script>" not in comment
    (tmp_path / "aiact.yaml").write_text(
        "format: 1\nname: x\nsubject: system\noperators:\n"
        + "".join(f"- {{name: Operator {number}, roles: [provider]}}\n" for number in range(40))
    )
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# M\n")
    review = reviewed(HostGate("huggingface", gate=Gate()), tmp_path)
    assert review.exit_code == 1
    assert len(review.comment) <= MOST_SIGNS
    assert "cut off here" in review.comment


def test_it_is_recorded_with_who_asked(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    (tmp_path / "m").mkdir()
    run("hub", str(repository(tmp_path / "m")), "--log", str(log), "--actor", "ada")
    act = open_log(log).entry(0).record["act"]
    assert (act["host"], act["actor"], act["outcome"]) == ("huggingface", "ada", "allowed")


@pytest.mark.parametrize(
    ("code", "close", "expected"), [(0, True, ["comment"]), (1, False, ["comment"]), (1, True, ["comment", "status"])]
)
def test_the_comment_is_posted_on_the_hub(tmp_path: Path, code: int, close: bool, expected: list[str]) -> None:
    (tmp_path / "comment.md").write_text("said\n")
    path = "/api/models/org/model/discussions/7"
    with recorder({f"POST {path}/{each}": (200, {}) for each in ("comment", "status")}) as hub:
        done = post(hub.url, tmp_path / "comment.md", code, *(["--close"] if close else []))
        assert done.returncode == code
        assert hub.asked == [f"POST {path}/{each}" for each in expected]
        assert hub.sent[0].json == {"comment": "said\n"}
        assert hub.sent[0].headers["authorization"] == "Bearer secret"
        if "status" in expected:
            assert hub.sent[1].json == {"status": "closed", "comment": "Closed: the release is refused, see above."}


def test_a_comment_that_is_not_taken_is_no_yes(tmp_path: Path) -> None:
    (tmp_path / "comment.md").write_text("said\n")
    with recorder({}) as hub:
        done = post(hub.url, tmp_path / "comment.md", 0)
    assert done.returncode == 2
    assert "secret" not in done.stderr


def post(url: str, comment: Path, code: int, *options: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HF_ENDPOINT": url, "HF_TOKEN": "secret"}
    command = [sys.executable, str(COMMENT), "org/model", "7", str(comment), "--code", str(code), *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_library_of_the_hub_sends_the_same(tmp_path: Path) -> None:
    api = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed").HfApi
    path = "/api/models/org/model/discussions/7/comment"
    answer = {"newMessage": {"id": "1", "type": "comment", "createdAt": "2026-01-01T00:00:00.000Z", "author": {"name": "a"},
                             "data": {"edited": False, "hidden": False, "latest": {"raw": "said"}, "history": []}}}  # fmt: skip
    with recorder({f"POST {path}": (200, answer)}) as hub:
        api(endpoint=hub.url, token="secret").comment_discussion("org/model", 7, "said")
        assert hub.asked == [f"POST {path}"]
        assert hub.sent[0].json == {"comment": "said"}


def test_the_workflow_is_a_workflow(tmp_path: Path) -> None:
    check = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent))
    if check is None:
        pytest.skip("check-jsonschema is not installed")
    workflow = ROOT / "examples" / "hosts" / "huggingface" / "model.yml"
    command = [check, "--builtin-schema", "vendor.github-workflows", str(workflow)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "publish" in yaml.safe_load(workflow.read_text())["jobs"]
