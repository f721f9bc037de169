"""Evidence is looked at only inside the repository of its release, once, and only so much of it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources import evidence
from aiact_rules.sources.document import Stated
from aiact_rules.sources.evidence import EvidenceFiles
from aiact_rules.sources.release_file import read_release_file
from aiact_rules.sources.text_files import decoded


def _read(offered: str, folder: Path, vocabulary: Vocabulary, root: Path | None = None) -> Stated:
    text = decoded(f"format: 1\nevidence:\n  model.licence: {offered}\n".encode(), "aiact.yaml")
    return read_release_file(text, vocabulary, folder=folder, evidence_root=root)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Return the folder of a release in a repository, beside a secret that is not in it."""
    (tmp_path / "secret.txt").write_text("the secret")
    folder = tmp_path / "repository" / "release"
    folder.mkdir(parents=True)
    (folder.parent / "shared.md").write_text("# Report\n\nDone.\n")
    (folder / "own.md").write_text("# Report\n\nDone.\n")
    (folder / "link.md").symlink_to(folder.parent / "shared.md")
    (folder / "leak.md").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.mark.parametrize("name", ["../../secret.txt", "leak.md", "../../nothing.txt"])
def test_a_file_outside_is_refused_and_nothing_is_said_of_it(name: str, release: Path, vocabulary: Vocabulary) -> None:
    (release.parent / ".git").mkdir()
    with pytest.raises(InputError) as error:
        _read(f"{{file: {name}, sha256: {'0' * 64}}}", release, vocabulary)
    assert f"the evidence `{name}` is outside the repository or folder of the release" in str(error.value)
    assert hashlib.sha256(b"the secret").hexdigest() not in str(error.value)


@pytest.mark.parametrize("name", ["own.md", "link.md", "../shared.md"])
def test_a_file_of_the_repository_is_read_through_links_too(name: str, release: Path, vocabulary: Vocabulary) -> None:
    (release.parent / ".git").mkdir()
    (found,) = _read(name, release, vocabulary).evidence
    assert found.sha256 == hashlib.sha256(b"# Report\n\nDone.\n").hexdigest()


def test_without_a_repository_the_folder_is_the_limit_unless_another_is_given(
    release: Path, vocabulary: Vocabulary
) -> None:
    with pytest.raises(InputError, match="outside"):
        _read("../shared.md", release, vocabulary)
    assert len(_read("../shared.md", release, vocabulary, release.parent).evidence) == 1


def test_a_pipe_is_refused_without_waiting(release: Path, vocabulary: Vocabulary) -> None:
    os.mkfifo(release / "pipe.md")
    with pytest.raises(InputError, match="is not a file"):
        _read("pipe.md", release, vocabulary)


def test_a_link_to_itself_is_refused(release: Path, vocabulary: Vocabulary) -> None:
    (release / "loop.md").symlink_to("loop.md")
    with pytest.raises(InputError, match="cannot be read|does not exist"):
        _read("loop.md", release, vocabulary)


def test_a_very_large_file_is_refused_by_its_size(release: Path, vocabulary: Vocabulary) -> None:
    with (release / "large.bin").open("wb") as stream:
        stream.truncate(20 * 1024**3)
    with pytest.raises(InputError, match=r"larger than 256 MiB\n  state its `sha256` with a `url` or `registry`"):
        _read("large.bin", release, vocabulary)


def test_all_evidence_of_a_document_has_a_limit(
    release: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST_BYTES_OF_ALL", 20)
    (release / "other.md").write_text("# Another\n")
    with pytest.raises(InputError, match="with `other.md` the evidence is larger than"):
        _read("[own.md, own.md, other.md]", release, vocabulary)


def test_more_pieces_than_the_limit_are_refused_before_any_is_read(release: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError) as error:
        _read(f"[{', '.join(['missing.md'] * 1_001)}]", release, vocabulary)
    assert [problem.message for problem in error.value.problems] == ["more than 1,000 pieces of evidence"]


def test_a_file_named_again_is_read_once(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = EvidenceFiles(release, release.parent)
    digest = files.digest("link.md")
    monkeypatch.setattr(Path, "open", None)
    assert files.digest("../shared.md") == digest


def test_dates_of_evidence_are_read_and_must_follow_each_other(release: Path, vocabulary: Vocabulary) -> None:
    (found,) = _read("{file: own.md, on: 2026-11-02, expires: 2026-11-02}", release, vocabulary).evidence
    assert str(found.on) == str(found.expires) == "2026-11-02"
    assert found.as_json()["expires"] == "2026-11-02"
    with pytest.raises(InputError, match="aiact.yaml:3: the evidence for `model.licence` expires before its own date"):
        _read("{file: own.md, on: 2026-11-02, expires: 2026-11-01}", release, vocabulary)
    with pytest.raises(InputError, match="`expires`: expected a date such as"):
        _read("{file: own.md, expires: never}", release, vocabulary)


def test_a_file_that_is_not_the_one_that_was_checked_is_refused(release: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match="is not the file whose SHA-256 is stated"):
        _read(f"{{file: own.md, sha256: {'0' * 64}}}", release, vocabulary)
