"""What is kept on disk is used only while it is whole, the user's own, and made from the very files that are there."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from aiact_rules.cache import read_cached, write_cached
from aiact_rules.catalogue.cached_packs import cached_identities, cached_pack
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError
from aiact_rules.specfiles.pack_head import read_identity

HEAD = "id: tiny\nversion: 1.0.0\ntitle: {title}\nlaw: Tiny Act\nmarket: XZ\n"
ARTICLE = "rules:\n  - {id: art1, provision: Art. 1, concludes: one, when: {tiny.small: true}, reason: %s}\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("AIACT_RULES_CACHE", str(folder))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tiny"
    made.mkdir()
    (made / "pack.yaml").write_text(HEAD.format(title="Tiny"), encoding="utf-8")
    (made / "vocabulary.yaml").write_text("facts: {tiny.small: {type: yes_no, asks: Is it small?}}\n", encoding="utf-8")
    (made / "art_001.yaml").write_text(ARTICLE % "because", encoding="utf-8")
    return made


def pack_in(folder: Path) -> Pack:
    return cached_pack(read_identity(folder, "test"), {})


def title_of(folder: Path) -> str:
    (identity,) = cached_identities([(folder, "test")])
    assert (identity.folder, identity.offered_by) == (folder, "test")
    return identity.title


def rewritten(path: Path, text: str) -> None:
    """Change a file and leave its size and its times as they were."""
    before = path.stat()
    assert len(text.encode()) == before.st_size
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_pack_is_read_once_and_then_found(cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pack_in(folder)
    monkeypatch.setattr("aiact_rules.specfiles.loader.load_pack", None)
    assert pack_in(folder) == first


def test_a_pack_whose_files_changed_is_read_anew_whatever_their_size_and_times(cache: Path, folder: Path) -> None:
    assert pack_in(folder).rules["art1"].reason == "because"
    rewritten(folder / "art_001.yaml", ARTICLE % "BECAUSE")
    assert pack_in(folder).rules["art1"].reason == "BECAUSE"
    (folder / "art_002.yaml").write_text((ARTICLE % "more").replace("art1", "art2"), encoding="utf-8")
    assert set(pack_in(folder).rules) == {"art1", "art2"}
    (folder / "art_001.yaml").unlink()
    assert set(pack_in(folder).rules) == {"art2"}


def test_what_a_pack_says_of_itself_is_read_once_and_then_found(
    cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert title_of(folder) == "Tiny"
    monkeypatch.setattr("aiact_rules.cache.read_identity", None)
    assert title_of(folder) == "Tiny"
    assert title_of(folder.rename(folder.with_name("moved"))) == "Tiny"


def test_what_a_pack_says_of_itself_is_read_anew_whatever_its_size_and_times(cache: Path, folder: Path) -> None:
    assert title_of(folder) == "Tiny"
    rewritten(folder / "pack.yaml", HEAD.format(title="TINY"))
    assert title_of(folder) == "TINY"


def test_a_pack_that_is_gone_or_broken_is_never_found_in_the_cache(cache: Path, folder: Path) -> None:
    assert title_of(folder) == "Tiny"
    (folder / "pack.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(PackError):
        title_of(folder)
    (folder / "pack.yaml").unlink()
    with pytest.raises(PackError):
        title_of(folder)


def changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(bytes(content))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def open_to_others(path: Path) -> None:
    path.chmod(0o666)


def of_another_kind(path: Path) -> None:
    content = pickle.dumps(["something else"])
    path.write_bytes(hashlib.sha256(content).digest() + content)


@pytest.mark.parametrize("spoil", [changed, cut, open_to_others, of_another_kind])
def test_what_is_not_to_be_trusted_is_made_anew(cache: Path, folder: Path, spoil: Callable[[Path], None]) -> None:
    first = pack_in(folder)
    assert title_of(folder) == "Tiny"
    for file in cache.iterdir():
        spoil(file)
    assert pack_in(folder) == first
    assert title_of(folder) == "Tiny"
    assert {oct(file.stat().st_mode & 0o777) for file in cache.iterdir()} == {"0o600"}


def test_nothing_fails_where_nothing_can_be_kept(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    for named in (str(in_the_way), str(in_the_way / "below"), "off", ""):
        monkeypatch.setenv("AIACT_RULES_CACHE", named)
        assert set(pack_in(folder).rules) == {"art1"}
        assert title_of(folder) == "Tiny"
        write_cached("x.pack", 1)
        assert read_cached("x.pack") is None
