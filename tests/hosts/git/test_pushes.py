"""Pushes to a real bare repository with the hook in it: what is let in, what is refused, and what a person then reads."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from aiact_rules.decision_log.opening import open_log
from aiact_rules.gate import Gate

from .repositories import ALLOWED, ARTIFACTS, BLOCKED, HELD, Bench, bench

PROD = "scorer#prod#1"


@pytest.fixture
def repository(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def test_a_silent_release_is_refused_with_the_reason_and_the_same_one_with_its_facts_is_let_in(
    repository: Bench,
) -> None:
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/README.md": HELD, "models/scorer/m.bin": "x"})
    assert repository.push("main").code == 0
    refused = repository.push(repository.tag(PROD))
    assert refused.code == 1
    assert "aiact-rules: refused: assign scorer to prod" in refused.said
    assert re.search(r"HOLD +models/scorer: \d+ undetermined", refused.said)
    assert "state release.subject: What is released?" in refused.said
    assert re.search(r"decision sha256:[0-9a-f]{64}", refused.said)
    assert len(refused.said.splitlines()) < 20
    assert not repository.has(f"refs/tags/{PROD}")
    repository.commit({"models/scorer/aiact.yaml": ALLOWED})
    allowed = repository.push("main", repository.tag(PROD))
    assert allowed.code == 0
    assert "aiact-rules: allowed: assign scorer to prod" in allowed.said
    assert repository.has(f"refs/tags/{PROD}")


def test_the_page_shows_what_a_person_sees(repository: Bench) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "hosts" / "git.md").read_text(encoding="utf-8")
    refused, allowed = (
        masked(line.removeprefix("remote: ") for line in block.splitlines() if line.startswith("remote: aiact-rules")
               or line.startswith("remote:   "))
        for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    )  # fmt: skip
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/README.md": HELD, "models/scorer/m.bin": "x"})
    assert masked(repository.push(repository.tag(PROD)).said.splitlines())[: len(refused)] == refused
    repository.commit({"models/scorer/aiact.yaml": ALLOWED})
    assert masked(repository.push(repository.tag(PROD)).said.splitlines())[: len(allowed)] == allowed


def masked(lines: Iterable[str]) -> list[str]:
    """Return lines without what follows the law and the day."""
    return [re.sub(r"[0-9a-f]{64}|\d+", "0", line) for line in lines]


def test_the_decision_is_that_of_check_in_a_checkout(repository: Bench) -> None:
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/aiact.yaml": ALLOWED})
    allowed = repository.push(repository.tag(PROD))
    gate = Gate()
    decision = gate.check(repository.clone / "models" / "scorer", past_dates="refuse")
    assert decision.decision_id in allowed.said


def test_every_judgement_is_recorded_with_who_pushes_by_the_word_of_the_server(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    repository = bench(tmp_path, "--log", str(log), "--actor", "GL_USERNAME")
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/README.md": HELD, "models/scorer/m.bin": "weights"})
    unnamed = repository.push(repository.tag(PROD))
    assert unnamed.code == 1
    assert "`GL_USERNAME` does not name who pushes" in unnamed.said
    assert repository.push(repository.tag(PROD), GL_USERNAME="ada").code == 1
    commit = repository.commit({"models/scorer/aiact.yaml": ALLOWED})
    assert repository.push(repository.tag(PROD), GL_USERNAME="ada").code == 0
    found = open_log(log)
    assert not found.verify().problems
    acts = [entry.record["act"] for entry in found.entries()]
    assert [act["outcome"] for act in acts] == ["undecided", "refused", "allowed"]
    assert [act.get("actor") for act in acts] == [None, "ada", "ada"]
    assert {act["action"] for act in acts} == {"assign scorer to prod"}
    digest = f"sha256:{hashlib.sha256(b'weights').hexdigest()}"
    assert acts[2]["artifact"] == {"name": "scorer", "version": commit, "digest": digest}
    assert found.entry(0).record["decision"]["subject"]["digest"] == digest


def test_the_pointer_of_git_lfs_names_the_digest_of_the_artefact(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    repository = bench(tmp_path, "--log", str(log))
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 12345\n"
    repository.commit(
        {"artifacts.yaml": ARTIFACTS, "models/scorer/aiact.yaml": ALLOWED, "models/scorer/m.bin": pointer}
    )
    assert repository.push(repository.tag(PROD)).code == 0
    assert open_log(log).entry(0).record["act"]["artifact"]["digest"] == f"sha256:{'ab' * 32}"


def test_what_cannot_be_recorded_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    repository = bench(tmp_path, "--log", str(tmp_path / "log"))
    repository.commit({"aiact.yaml": ALLOWED})
    refused = repository.push(repository.tag(PROD))
    assert refused.code == 1
    assert "the decision cannot be recorded" in refused.said


def test_only_what_releases_is_judged(repository: Bench) -> None:
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/README.md": HELD})
    tags = ("scorer@v1.0.0!", "scorer#prod!#2", "scorer@deprecated", "v1.2.3", "other")
    answer = repository.push("main", *map(repository.tag, tags))
    assert answer.code == 0
    assert "aiact-rules" not in answer.said


@pytest.mark.parametrize("tag", ["scorer@v1.0.0", "scorer#dev#1"])
def test_registrations_and_every_stage_are_guarded_unless_the_server_says_otherwise(tmp_path: Path, tag: str) -> None:
    for number, (options, code) in enumerate([((), 1), (("--stage", "prod", "--no-registrations"), 0)]):
        (tmp_path / str(number)).mkdir()
        repository = bench(tmp_path / str(number), *options)
        repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/README.md": HELD})
        assert repository.push(repository.tag(tag)).code == code


def test_a_stage_in_other_letters_is_guarded_too(tmp_path: Path) -> None:
    repository = bench(tmp_path, "--stage", "prod")
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/README.md": HELD})
    assert repository.push(repository.tag("scorer#PROD#1")).code == 1


def test_a_tag_that_is_moved_is_judged_again(repository: Bench) -> None:
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/aiact.yaml": ALLOWED})
    assert repository.push(repository.tag(PROD)).code == 0
    repository.commit({"models/scorer/aiact.yaml": BLOCKED})
    moved = repository.push("--force", repository.tag(PROD))
    assert moved.code == 1
    assert "BLOCK" in moved.said
    assert "Art. 5" in moved.said


def test_to_remove_what_took_a_release_back_is_to_release_it_again(repository: Bench) -> None:
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/README.md": HELD})
    assert repository.push(repository.tag("scorer#prod!#2")).code == 0
    removed = repository.push("--delete", "scorer#prod!#2")
    assert removed.code == 1
    assert "refused: undo: unassign scorer from prod" in removed.said
    assert repository.push(repository.tag("other")).code == 0
    assert repository.push("--delete", "other").code == 0


def test_a_release_that_is_let_in_can_be_removed(repository: Bench) -> None:
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/aiact.yaml": ALLOWED})
    assert repository.push(repository.tag(PROD)).code == 0
    assert repository.push("--delete", PROD).code == 0


def test_without_annotations_every_release_of_the_repository_counts(repository: Bench) -> None:
    repository.commit({"models/scorer/aiact.yaml": ALLOWED, "models/other/README.md": HELD})
    refused = repository.push(repository.tag(PROD))
    assert refused.code == 1
    assert "HOLD   models/other" in refused.said
    repository.commit({"models/other/README.md": "# No card\n"})
    assert repository.push(repository.tag(PROD)).code == 0


def test_names_with_slashes_and_folders_with_annotations_of_their_own(repository: Bench) -> None:
    repository.commit(
        {
            "artifacts.yaml": "models/scorer: {type: model, path: models/scorer/m.bin}\n",
            "models/scorer/aiact.yaml": ALLOWED,
            "risk/dvc.yaml": "artifacts:\n  ranker: {type: model, path: out/m.bin}\n",
            "risk/out/README.md": HELD,
            "risk/out/.gitignore": "/m.bin\n",
        }
    )
    assert repository.push(repository.tag("models/scorer#prod#1")).code == 0
    refused = repository.push(repository.tag("risk=ranker#prod#2"))
    assert refused.code == 1
    assert "assign risk:ranker to prod" in refused.said
    assert "HOLD   risk/out" in refused.said


def test_where_there_is_no_release_nothing_is_let_in(repository: Bench) -> None:
    repository.commit({"m.bin": "x"})
    refused = repository.push(repository.tag(PROD))
    assert refused.code == 1
    assert "nothing could be decided" in refused.said
    assert "no release was found" in refused.said
    assert "aiact-push-" not in refused.said


@pytest.mark.parametrize("path", ["../elsewhere/m.bin", "models/nowhere/deep/m.bin", "/etc/../../x"])
def test_an_artefact_whose_path_leads_nowhere_is_refused(repository: Bench, path: str) -> None:
    repository.commit({"artifacts.yaml": f"scorer: {{type: model, path: '{path}'}}\n", "aiact.yaml": ALLOWED})
    refused = repository.push(repository.tag(PROD))
    assert refused.code == 1
    assert "artifacts.yaml:1: " in refused.said
    assert "leads" in refused.said


def test_a_tag_of_something_else_than_a_commit_is_refused(repository: Bench) -> None:
    repository.commit({"aiact.yaml": ALLOWED})
    refused = repository.push(repository.tag(PROD, repository.git("rev-parse", "HEAD^{tree}")))
    assert refused.code == 1
    assert "git rev-parse failed" in refused.said


def test_an_ignored_release_counts_all_the_same(repository: Bench) -> None:
    repository.commit({"a/aiact.yaml": ALLOWED, "b/README.md": HELD, ".gitignore": "b/\n"})
    assert repository.push(repository.tag(PROD)).code == 1


def test_settings_that_are_pushed_do_not_count_and_those_of_the_server_do(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text('fail_on = "block"\n')
    lax = {"aiact.toml": 'fail_on = "never"\n', "README.md": HELD}
    for name, options in (("none", []), ("server", ["--settings", str(tmp_path / "server.toml")])):
        (tmp_path / name).mkdir()
        repository = bench(tmp_path / name, *options)
        repository.commit(lax)
        answer = repository.push(repository.tag(PROD))
        assert answer.code == (1 if name == "none" else 0), answer.said
        assert ("aiact.toml does not count here" in answer.said) == (name == "none")
        repository.commit({"README.md": "", "aiact.yaml": BLOCKED})
        assert repository.push("--force", repository.tag(PROD)).code == 1
        if name == "none":
            subprocess.run(["git", "config", "aiact.pushedSettings", "true"], cwd=repository.bare, check=True)
            assert repository.push("--force", repository.tag(PROD)).code == 0


def test_branches_and_other_tags_are_guarded_where_the_server_names_them(tmp_path: Path) -> None:
    repository = bench(tmp_path, "--branch", "main", "--branch", "release/*", "--tag", "v*")
    repository.commit({"a/aiact.yaml": ALLOWED})
    assert repository.push("main", "main:release/1", repository.tag("v1")).code == 0
    repository.commit({"b/README.md": HELD})
    refused = repository.push("main", "main:release/2", "main:topic", repository.tag("v2"))
    assert refused.code == 1
    for said in ("refused: push branch main", "refused: push branch release/2", "refused: push tag v2"):
        assert said in refused.said
    assert repository.has("refs/heads/topic")
    assert not repository.has("refs/heads/release/2")


def test_what_git_finds_before_a_guarded_name_is_guarded_too(tmp_path: Path) -> None:
    repository = bench(tmp_path, "--branch", "main", "--branch", "release/*", "--tag", "v*")
    good = repository.commit({"aiact.yaml": ALLOWED})
    assert repository.push("main").code == 0
    repository.commit({"aiact.yaml": BLOCKED})
    for name in ("refs/tags/main", "refs/tags/release/1", "refs/release/1"):
        refused = repository.push(f"HEAD:{name}")
        assert "aiact-rules: refused: push" in refused.said, name
        assert not repository.has(name)
    assert repository.push(f"{good}:refs/tags/main").code == 0
    assert repository.push(":refs/tags/main").code == 0
    assert repository.push("HEAD:refs/tags/mainly", "HEAD:refs/topics/1", "HEAD:refs/heads/v1").code == 0


def test_a_pattern_for_every_branch_means_no_notes_of_git(tmp_path: Path) -> None:
    repository = bench(tmp_path, "--branch", "*")
    repository.commit({"aiact.yaml": BLOCKED})
    assert repository.push("HEAD:refs/notes/commits").code == 0
    assert repository.push("HEAD:refs/tags/any").code == 1


def test_pre_receive_refuses_the_whole_push(tmp_path: Path) -> None:
    repository = bench(tmp_path, "--kind", "pre-receive")
    repository.commit({"README.md": HELD})
    refused = repository.push("main", repository.tag(PROD))
    assert refused.code == 1
    assert "pre-receive hook declined" in refused.said
    assert not repository.has("refs/heads/main")
    assert repository.push("main").code == 0


def test_a_past_date_does_not_choose_an_earlier_law(repository: Bench) -> None:
    repository.commit({"aiact.yaml": ALLOWED.replace("markets: [EU]\n", "markets: [EU]\nrelease_date: 2025-03-01\n")})
    refused = repository.push(repository.tag(PROD))
    assert refused.code == 1
    assert "2025-03-01" in refused.said


def test_an_object_that_was_replaced_is_read_as_it_is(repository: Bench) -> None:
    bad = repository.commit({"README.md": HELD})
    good = repository.commit({"README.md": "", "aiact.yaml": ALLOWED})
    repository.git("replace", bad, good)
    assert repository.push("refs/replace/*:refs/replace/*").code == 0
    repository.git("replace", "--delete", bad)
    assert repository.push(repository.tag(PROD, bad)).code == 1
    assert repository.push(repository.tag(PROD, good), "--force").code == 0


def test_a_setting_that_does_not_exist_refuses_everything(repository: Bench) -> None:
    subprocess.run(["git", "config", "aiact.stags", "prod"], cwd=repository.bare, check=True)
    repository.commit({"aiact.yaml": ALLOWED})
    refused = repository.push("main")
    assert refused.code == 1
    assert "git config aiact.stags: there is no such setting" in refused.said
    assert "did you mean `stage`?" in refused.said
    assert "\\n" not in refused.said


def test_settings_that_are_not_there_are_not_installed(repository: Bench) -> None:
    command = [
        sys.executable,
        "-m",
        "aiact_rules",
        "git-hook",
        "install",
        str(repository.bare),
        "--settings",
        "gone.toml",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "gone.toml: there is no such file" in done.stderr


def test_a_hook_whose_interpreter_is_gone_refuses(repository: Bench) -> None:
    hook = repository.bare / "hooks" / "update"
    hook.write_text(hook.read_text().replace(Path(sys.executable).as_posix(), "/gone/python"))
    repository.commit({"aiact.yaml": ALLOWED})
    assert repository.push("main").code == 1


def test_what_takes_too_long_is_refused(repository: Bench, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "sitecustomize.py").write_text(
        "import sys, time\n"
        "if 'git-hook' in sys.orig_argv:\n"
        "    import aiact_rules.hosts.git.pushes as pushes\n"
        "    pushes.written_tree = lambda *_, **__: time.sleep(60)\n"
    )
    subprocess.run(["git", "config", "aiact.seconds", "1"], cwd=repository.bare, check=True)
    repository.commit({"aiact.yaml": ALLOWED})
    refused = repository.push(repository.tag(PROD), PYTHONPATH=str(slow), TMPDIR=str(tmp_path))
    assert refused.code == 1
    assert "no decision within 1 seconds" in refused.said
    assert not list(tmp_path.glob("aiact-push-*"))


def test_nothing_is_left_behind(repository: Bench, tmp_path: Path) -> None:
    repository.commit({"aiact.yaml": ALLOWED})
    assert repository.push(repository.tag(PROD), TMPDIR=str(tmp_path)).code == 0
    assert not list(tmp_path.glob("aiact-push-*"))


def test_another_hook_is_left_alone(repository: Bench) -> None:
    hook = repository.bare / "hooks" / "update"
    hook.write_text("#!/bin/sh\nexit 0\n")
    command = [sys.executable, "-m", "aiact_rules", "git-hook", "install", str(repository.bare), "--stage", "prod"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "another hook stands here" in done.stderr
    assert "git-hook update" in done.stderr
    assert hook.read_text() == "#!/bin/sh\nexit 0\n"


def test_gto_itself_is_refused_and_then_let_in(repository: Bench) -> None:
    gto = Path(sys.executable).with_name("gto")
    if not gto.exists() and shutil.which("gto") is None:
        pytest.skip("gto is not installed")
    call = str(gto) if gto.exists() else "gto"
    repository.commit({"artifacts.yaml": ARTIFACTS, "models/scorer/README.md": HELD, "models/scorer/m.bin": "x"})
    repository.push("main")

    def release(version: str) -> tuple[int, str]:
        for arguments in (
            ("register", "scorer", "--version", version),
            ("assign", "scorer", "--version", version, "--stage", "prod"),
        ):
            subprocess.run([call, *arguments], cwd=repository.clone, check=True, capture_output=True)
        done = repository.push("--tags")
        return done.code, done.said

    code, said = release("v0.0.1")
    assert code == 1
    assert "refused: register scorer v0.0.1" in said
    assert "refused: assign scorer to prod" in said
    for tag in repository.git("tag").split():
        repository.git("tag", "--delete", tag)
    repository.commit({"models/scorer/aiact.yaml": ALLOWED})
    repository.push("main")
    assert release("v0.0.1")[0] == 0
    shown = subprocess.run(
        [call, "show", "--repo", str(repository.bare), "--json"], capture_output=True, text=True, check=True
    )
    assert json.loads(shown.stdout)["scorer"]["stage"]["prod"] == "v0.0.1"


def test_settings_of_whoever_pushes_do_not_count(repository: Bench, tmp_path: Path) -> None:
    repository.commit({"README.md": HELD})
    given = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "aiact.stage", "GIT_CONFIG_VALUE_0": "none"}
    assert repository.push(repository.tag(PROD), **given).code == 1
    assert os.environ.get("GIT_CONFIG_COUNT") is None
