"""What is kept on disk is used only while it is whole, the user's own, and made from the very files that are there."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from aiact_rules.cache import cache_folder, read_cached, write_cached
from aiact_rules.catalogue.cached_packs import cached_heads, cached_lowered, cached_pack
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError
from aiact_rules.core.truth import Truth
from aiact_rules.specfiles.pack_head import read_head
from tests.users import OTHER, as_another_user, needs_two_users

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
    return cached_pack(read_head(folder, "test"), {})


def title_of(folder: Path) -> str:
    (head,) = cached_heads([(folder, "test")])
    assert (head.folder, head.offered_by) == (folder, "test")
    return head.title


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
    monkeypatch.setattr("aiact_rules.catalogue.cached_packs.read_head", None)
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


def holding(content: bytes) -> Callable[[Path], None]:
    """Replace what a file holds, and seal it as its writer would."""

    def write(path: Path) -> None:
        path.write_bytes(hashlib.sha256(path.name.encode() + b"\0" + content).digest() + content)

    return write


def of_another_kind(path: Path) -> None:
    holding(pickle.dumps(["something else"]))(path)


def behind_a_link(path: Path) -> None:
    path.symlink_to(path.rename(path.parent.parent / path.name))


def a_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize("spoil", [changed, cut, open_to_others, behind_a_link, a_fifo])
def test_what_is_not_to_be_trusted_is_not_read(cache: Path, spoil: Callable[[Path], None]) -> None:
    write_cached("x.pack", "a value")
    assert read_cached("x.pack", ()) == "a value"
    spoil(cache / "x.pack")
    assert read_cached("x.pack", ()) is None


@pytest.mark.parametrize("spoil", [changed, cut, open_to_others, of_another_kind, behind_a_link, a_fifo])
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
        assert read_cached("x.pack", ()) is None


def made_anew(*_: object, **__: object) -> None:
    pytest.fail("not found in the cache: is every class of a pack among the kinds in `catalogue/cached_packs.py`?")


def test_every_pack_is_found_again_whole(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = list(Catalogue.of_installed_plugins().heads)
    packs = [Catalogue.of_installed_plugins().packs([name]) for name in names]
    lowered = [cached_lowered(each.at(date(2026, 11, 22), {})) for found in packs for each in found]
    for maker in ("specfiles.loader.load_pack", "catalogue.cached_packs.lower"):
        monkeypatch.setattr(f"aiact_rules.{maker}", made_anew)
    assert [Catalogue.of_installed_plugins().packs([name]) for name in names] == packs
    assert [cached_lowered(each.at(date(2026, 11, 22), {})) for found in packs for each in found] == lowered


class Calls:
    """What pickles as the call of a function."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.called = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.called


@pytest.mark.parametrize("kinds", [(), (Pack, Truth)])
@pytest.mark.parametrize("function", [os.system, exec, getattr, __import__, os.mkdir])
def test_no_function_is_ever_called(
    cache: Path, tmp_path: Path, function: Callable[..., object], kinds: Iterable[type]
) -> None:
    trace = tmp_path / "trace"
    arguments = {os.system: f"mkdir {trace}", exec: f"import os; os.mkdir({str(trace)!r})", os.mkdir: str(trace)}
    write_cached("x.pack", 1)
    holding(pickle.dumps(Calls(function, arguments.get(function, "os"))))(cache / "x.pack")
    assert read_cached("x.pack", kinds) is None
    assert not trace.exists()


def test_a_kind_that_the_caller_does_not_name_is_not_made(cache: Path) -> None:
    write_cached("x.pack", [Truth.YES])
    assert read_cached("x.pack", ()) is None
    assert read_cached("x.pack", (Truth,)) == [Truth.YES]


def test_a_file_put_in_the_place_of_another_is_not_used(cache: Path) -> None:
    write_cached("one.pack", 1)
    write_cached("two.pack", 2)
    (cache / "one.pack").replace(cache / "two.pack")
    assert read_cached("two.pack", ()) is None


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_folder_that_others_may_write_is_not_used(cache: Path, mode: int) -> None:
    write_cached("x.pack", 1)
    cache.chmod(mode)
    assert read_cached("x.pack", ()) is None
    write_cached("y.pack", 1)
    assert [file.name for file in cache.iterdir()] == ["x.pack"]


def test_a_folder_that_others_could_put_another_in_the_place_of_is_not_used(cache: Path, tmp_path: Path) -> None:
    write_cached("x.pack", 1)
    assert read_cached("x.pack", ()) == 1
    tmp_path.chmod(0o777)
    assert read_cached("x.pack", ()) is None
    tmp_path.chmod(0o1777)
    assert read_cached("x.pack", ()) == 1


def test_a_folder_behind_a_link_is_not_used(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cached("x.pack", 1)
    (tmp_path / "link").symlink_to(cache)
    monkeypatch.setenv("AIACT_RULES_CACHE", str(tmp_path / "link"))
    assert read_cached("x.pack", ()) is None


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that every user can reach, with a cache below it that holds one value."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        monkeypatch.setenv("AIACT_RULES_CACHE", f"{name}/above/cache")
        write_cached("x.pack", 1)
        Path(name, "above").chmod(0o755)
        assert read_cached("x.pack", ()) == 1
        yield Path(name)


@needs_two_users
@pytest.mark.parametrize("theirs", ["above", "above/cache", "above/cache/x.pack"])
def test_what_another_user_owns_is_not_used(public: Path, theirs: str) -> None:
    os.chown(public / theirs, OTHER, OTHER)
    assert read_cached("x.pack", ()) is None


@needs_two_users
def test_a_link_of_another_user_on_the_way_is_not_followed(public: Path) -> None:
    (public / "above").rename(public / "ours")
    public.chmod(0o1777)
    as_another_user(lambda: (public / "above").symlink_to(public / "ours"))
    assert (public / "above" / "cache" / "x.pack").is_file()
    assert read_cached("x.pack", ()) is None


@needs_two_users
def test_a_link_of_another_user_to_a_file_of_ours_is_not_followed(public: Path) -> None:
    cache = public / "above" / "cache"
    (cache / "x.pack").rename(public / "x.pack")
    os.chown(cache, OTHER, OTHER)
    cache.chmod(0o777)
    as_another_user(lambda: (cache / "x.pack").symlink_to(public / "x.pack"))
    assert read_cached("x.pack", ()) is None


@needs_two_users
def test_a_user_who_may_not_write_judges_without_a_cache(public: Path) -> None:
    def judge() -> None:
        write_cached("y.pack", 1)
        assert read_cached("x.pack", ()) is None
        assert read_cached("y.pack", ()) is None

    (public / "above" / "cache").chmod(0o755)
    (public / "above" / "cache" / "x.pack").chmod(0o644)
    as_another_user(judge)


def test_folders_made_for_the_cache_are_closed_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIACT_RULES_CACHE", str(tmp_path / "above" / "cache"))
    before = os.umask(0)
    try:
        write_cached("x.pack", 1)
    finally:
        os.umask(before)
    made = (tmp_path / "above", tmp_path / "above" / "cache", tmp_path / "above" / "cache" / "x.pack")
    assert [oct(each.stat().st_mode & 0o777) for each in made] == ["0o700", "0o700", "0o600"]
    assert read_cached("x.pack", ()) == 1


def test_a_relative_cache_home_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIACT_RULES_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for relative in ("here", "./here", ""):
        monkeypatch.setenv("XDG_CACHE_HOME", relative)
        assert cache_folder() == tmp_path / ".cache" / "aiact-rules"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))
    assert cache_folder() == tmp_path / "there" / "aiact-rules"
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", "home")
    assert cache_folder() is None


def test_a_relative_cache_is_none_where_the_working_directory_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    monkeypatch.setenv("AIACT_RULES_CACHE", "cache")
    assert cache_folder() is None
    assert read_cached("x.pack", ()) is None
    write_cached("x.pack", 1)
