"""Pack cache: a pack is read from its YAML once and kept on disk, named by the digest of its spec files.

A cached pack is used only if the digest of the spec files and the digest of the cached bytes both match and the file is
the user's own; otherwise the pack is read anew. Nothing fails where the cache cannot be read or written.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from aiact_rules import __version__
from aiact_rules.core.lowering import Lowered, lower
from aiact_rules.core.packs import Pack, PackAt
from aiact_rules.locations import specs_folder
from aiact_rules.specfiles.folder import common_files, spec_files
from aiact_rules.specfiles.folder import digest as digest_of
from aiact_rules.specfiles.identity import PackIdentity, read_identity

_HASH = 32
_MOST_IDENTITIES = 1000


def cache_folder() -> Path | None:
    """Give the folder for cached packs: `AIACT_RULES_CACHE`, or the user's cache folder. None switches the cache off."""
    named = os.environ.get("AIACT_RULES_CACHE")
    if named is not None:
        return Path(named) if named and named != "off" else None
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "aiact-rules"
    except RuntimeError:
        return None


def cached_pack(identity: PackIdentity, bases: Mapping[str, Pack]) -> Pack:
    """Give a pack, from the cache where it is there and unchanged. Raises PackError where its files cannot be used."""
    common = specs_folder() / "common"
    digest = digest_of((*spec_files(identity.folder, deciding=True), *common_files(common)))
    name = f"{identity.id}-{cache_key(digest, *sorted(base.digest for base in bases.values()))}.pack"
    found = read_cached(name)
    if isinstance(found, Pack) and found.digest == digest:
        return found
    from aiact_rules.specfiles.loader import load_pack

    pack = load_pack(identity.folder, common=common, bases=list(bases.values()))
    write_cached(name, pack)
    return pack


def cached_identities(offers: Iterable[tuple[Path, str]]) -> Iterator[PackIdentity]:
    """Give what packs say of themselves, from their folders and who offers them.

    A `pack.yaml` is read as YAML once, and again when its bytes change. Raises PackError as `read_identity` does.
    """
    name = f"{cache_key()}.heads"
    found = read_cached(name)
    kept = found if isinstance(found, dict) else {}
    read = {}
    for folder, offered_by in offers:
        before = _state(folder)
        identity = kept.get(before)
        if isinstance(identity, PackIdentity):
            yield replace(identity, folder=folder, offered_by=offered_by)
            continue
        identity = read_identity(folder, offered_by)
        if before is not None and _state(folder) == before:
            read[before] = identity
        yield identity
    if read:
        write_cached(name, {**kept, **read} if len(kept) < _MOST_IDENTITIES else read)


def _state(folder: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return hashlib.sha256((folder / "pack.yaml").read_bytes()).digest()
    return None


def cached_lowered(pack_at: PackAt) -> Lowered:
    """Give the lowered form of a pack on one date, from the cache where it is there and unchanged.

    It is named by what it depends on, so that the days between two changes of the law share one.
    """
    pack = pack_at.pack
    digests = (pack.digest, *(extension.digest for extension in pack.extensions))
    if any(len(digest) != 2 * _HASH for digest in digests):
        return lower(pack_at)  # a pack that was not read from files has no name to be kept under
    values = sorted(f"{name} {value}" for name, value in pack_at.values.items())
    choices = sorted(f"{name} {choice}" for name, choice in pack_at.choices.items())
    name = f"{pack.id}-{cache_key(*digests, *values, *choices, *pack_at.rules, *pack_at.obligations)}.lowered"
    found = read_cached(name)
    if isinstance(found, Lowered) and [duty.id for duty in found.duties] == list(pack_at.obligations):
        return found
    lowered = lower(pack_at)
    write_cached(name, lowered)
    return lowered


def cache_key(*parts: str) -> str:
    """Give a name for what is made from these parts by this state of the tool."""
    return hashlib.sha256("\n".join([_TOOL, *parts]).encode()).hexdigest()[:32]


def _tool() -> str:
    """Give what tells one state of this tool from another: its version, the Python, and its own files as they are."""
    package = Path(__file__).parent
    with contextlib.suppress(OSError):
        folders = (package, *(package / name for name in ("core", "specfiles", "engines")))
        files = [file for folder in folders for file in os.scandir(folder) if file.name.endswith(".py")]
        states = sorted(f"{file.path} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
        return "\n".join([__version__, sys.version, *states])
    return f"{__version__}\n{sys.version}"


_TOOL = _tool()  # as it is when it is loaded: what it keeps is named by what made it, though its files change meanwhile


def read_cached(name: str) -> object | None:
    """Give a cached value, or None where there is none that can be trusted."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        path = folder / name
        with path.open("rb") as file:
            if hasattr(os, "getuid"):
                status = os.fstat(file.fileno())
                if status.st_uid != os.getuid() or status.st_mode & 0o022:
                    return None
            content = file.read()
        if hashlib.sha256(content[_HASH:]).digest() != content[:_HASH]:
            return None
        value: object = pickle.loads(content[_HASH:])
        return value
    except Exception:
        # Whatever is wrong with a cached file, the pack itself is at hand.
        return None


class _Pickler(pickle.Pickler):
    """Writes dataclasses so that reading makes each by one call of its constructor, several times faster than its state."""

    def reducer_override(self, value: object) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return type(value), tuple(getattr(value, part.name) for part in fields(value))
        return NotImplemented


def write_cached(name: str, value: object) -> None:
    """Keep a value. Writes beside and renames, so that a reader never sees half a file."""
    folder = cache_folder()
    if folder is None:
        return
    import tempfile  # only a first run writes

    buffer = io.BytesIO()
    _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    content = buffer.getvalue()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            os.replace(temporary, folder / name)
        except OSError:
            os.unlink(temporary)
