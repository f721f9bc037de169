"""Trees made by hand, as nobody's git writes them: nothing leaves the folder, nothing is followed, nothing is let in."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.hosts.git.objects import Repository
from aiact_rules.hosts.git.tree import Limits, Tree, written_tree

from .repositories import ALLOWED, HELD, Bench, bench


@pytest.fixture
def repository(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    made = bench(tmp_path_factory.mktemp("trees"), hook=False)
    made.commit({"seed": "x"})
    return made


def blob(repository: Bench, data: bytes) -> bytes:
    return bytes.fromhex(repository.git("hash-object", "-w", "--stdin", data=data))


def commit_of(repository: Bench, *entries: tuple[str, bytes, bytes]) -> str:
    """Return a commit whose tree has entries of mode, name and object, whatever git thinks of them."""
    raw = b"".join(mode.encode() + b" " + name + b"\0" + oid for mode, name, oid in entries)
    tree = repository.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=raw)
    return repository.git("commit-tree", "-m", "x", tree)


def tree_oid(repository: Bench, *entries: tuple[str, bytes, bytes]) -> bytes:
    raw = b"".join(mode.encode() + b" " + name + b"\0" + oid for mode, name, oid in entries)
    return bytes.fromhex(repository.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=raw))


def written(repository: Bench, commit: str, folder: Path, limits: Limits | None = None, settings: bool = False) -> Tree:
    inner = folder / "inner"
    inner.mkdir()
    return written_tree(Repository(repository.clone), commit, inner, limits or Limits(), with_settings=settings)


@pytest.mark.parametrize("name", [b"..", b".", b".git", b".GIT", b"x/../../y"])
def test_a_name_that_leads_out_is_refused(repository: Bench, tmp_path: Path, name: bytes) -> None:
    file = blob(repository, b"x")
    commit = commit_of(repository, ("40000", name, tree_oid(repository, ("100644", b"aiact.yaml", file))))
    with pytest.raises(InputError):
        written(repository, commit, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"inner"}


def test_a_name_that_stands_there_twice_is_refused(repository: Bench, tmp_path: Path) -> None:
    first, second = blob(repository, ALLOWED.encode()), blob(repository, HELD.encode())
    commit = commit_of(repository, ("100644", b"aiact.yaml", first), ("100644", b"aiact.yaml", second))
    with pytest.raises(InputError, match=r"aiact\.yaml: this cannot be laid out"):
        written(repository, commit, tmp_path)


@pytest.mark.parametrize(("mode", "what"), [("120000", "link"), ("160000", "submodule")])
def test_a_link_or_a_submodule_named_like_a_release_is_refused(
    repository: Bench, tmp_path: Path, mode: str, what: str
) -> None:
    target = blob(repository, b"/etc/passwd") if mode == "120000" else bytes(20)
    with pytest.raises(InputError, match=rf"aiact\.yaml: a {what} is not followed here"):
        written(repository, commit_of(repository, (mode, b"aiact.yaml", target)), tmp_path)


def test_other_links_and_submodules_are_left_out(repository: Bench, tmp_path: Path) -> None:
    link = blob(repository, b"/etc")
    commit = commit_of(
        repository,
        ("100644", b"aiact.yaml", blob(repository, ALLOWED.encode())),
        ("120000", b"docs", link),
        ("160000", b"sub", bytes(20)),
    )
    tree = written(repository, commit, tmp_path)
    assert sorted(tree.left_out) == ["docs", "sub"]
    assert sorted(path.name for path in tree.folder.iterdir()) == [".git", "aiact.yaml"]


def test_evidence_behind_a_link_is_not_there(repository: Bench, tmp_path: Path) -> None:
    said = ALLOWED + "evidence:\n  system.practices: {file: docs/passwd}\n"
    commit = commit_of(
        repository,
        ("100644", b"aiact.yaml", blob(repository, said.encode())),
        ("120000", b"docs", blob(repository, b"/etc")),
    )
    tree = written(repository, commit, tmp_path)
    with pytest.raises(InputError, match="docs/passwd"):
        Gate().request(tree.folder)


def test_more_files_or_bytes_than_allowed_are_refused(repository: Bench, tmp_path: Path) -> None:
    commit = repository.commit({f"f/{number}": "x" * 100 for number in range(20)})
    for name, limits in (("files", Limits(files=10)), ("bytes", Limits(bytes=1000))):
        (tmp_path / name).mkdir()
        with pytest.raises(InputError, match=rf"more than .* {name} are pushed\n.*git config aiact"):
            written(repository, commit, tmp_path / name, limits)


def test_a_large_file_is_left_out_and_a_large_card_is_refused(repository: Bench, tmp_path: Path) -> None:
    limits = Limits(bytes_each=1000)
    commit = repository.commit({"big/data.bin": "x" * 2000, "big/aiact.yaml": ALLOWED})
    assert "big/data.bin" in written(repository, commit, tmp_path, limits).left_out
    commit = repository.commit({"big/README.md": HELD + "x" * 2000})
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match=r"big/README\.md: is larger than 1,000 bytes"):
        written(repository, commit, tmp_path / "b", limits)


def test_large_weights_are_counted_by_their_header_alone(repository: Bench, tmp_path: Path) -> None:
    header = json.dumps({"w": {"dtype": "F32", "shape": [1000, 50], "data_offsets": [0, 200_000]}}).encode()
    weights = struct.pack("<Q", len(header)) + header + bytes(200_000)
    (repository.clone / "llm").mkdir()
    (repository.clone / "llm" / "model.safetensors").write_bytes(weights)
    said = ALLOWED.replace("subject: system", "subject: model")
    commit = repository.commit({"llm/aiact.yaml": said})
    tree = written(repository, commit, tmp_path, Limits(bytes_each=1000))
    file = tree.folder / "llm" / "model.safetensors"
    assert file.stat().st_size == len(weights)
    request = Gate().request(tree.folder / "llm")
    assert str(request.facts["model.parameters"].value) == "50000"


def test_pushed_settings_are_left_out_in_any_folder_and_any_case(repository: Bench, tmp_path: Path) -> None:
    commit = repository.commit(
        {"s/aiact.toml": "", "s/t/Aiact.TOML": "", "s/pyproject.toml": "", "s/aiact.yaml": ALLOWED}
    )
    tree = written(repository, commit, tmp_path)
    assert tree.settings_left_out == ["s/aiact.toml", "s/pyproject.toml", "s/t/Aiact.TOML"]
    (tmp_path / "b").mkdir()
    assert written(repository, commit, tmp_path / "b", settings=True).settings_left_out == []


def test_an_object_that_is_missing_is_no_answer(repository: Bench, tmp_path: Path) -> None:
    commit = commit_of(repository, ("100644", b"aiact.yaml", bytes.fromhex("12" * 20)))
    with pytest.raises(InputError, match="git"):
        written(repository, commit, tmp_path)


@pytest.mark.parametrize("name", ["--help", "HEAD", "", "0" * 39, "a" * 41])
def test_only_names_of_objects_reach_git(repository: Bench, name: str) -> None:
    with pytest.raises(InputError, match="is no name of an object"):
        Repository(repository.clone).commit(name)
