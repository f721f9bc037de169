"""Pack cache: a pack is read from its YAML once and kept on disk, named by the digest of its spec files.

What is kept is data, never code: reading it makes values of the kinds that the caller names, and nothing else. It is used
only from a folder that nobody but the user can put files into, and only where a file is whole and stands under the name
that it was written for; otherwise the pack is read anew. Nothing fails where the cache cannot be read or written.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import stat
import sys
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from aiact_rules.version import __version__

DIGEST_SIZE = 32


def cache_folder() -> Path | None:
    """Return the folder for cached packs: `AIACT_RULES_CACHE`, or the user's cache folder. None switches the cache off."""
    named = os.environ.get("AIACT_RULES_CACHE")
    try:
        if named is not None:
            return Path(named).absolute() if named and named != "off" else None
        base = Path(os.environ.get("XDG_CACHE_HOME", ""))
        if not base.is_absolute():  # the XDG Base Directory Specification says to ignore it then
            base = Path.home() / ".cache"
    except (RuntimeError, OSError):
        return None
    return base / "aiact-rules" if base.is_absolute() else None


def cache_key(*parts: str) -> str:
    """Return a name for what is made from these parts by this state of the tool."""
    return hashlib.sha256("\n".join([_TOOL, *parts]).encode()).hexdigest()[:32]


def _tool() -> str:
    """Return what tells one state of this tool from another: its version, the Python, and its own files as they are."""
    package = Path(__file__).parent
    with contextlib.suppress(OSError):
        folders = (package, *(package / name for name in ("core", "specfiles", "engines", "catalogue")))
        files = [file for folder in folders for file in os.scandir(folder) if file.name.endswith(".py")]
        states = sorted(f"{file.path} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
        return "\n".join([__version__, sys.version, *states])
    return f"{__version__}\n{sys.version}"


_TOOL = _tool()  # as it is when it is loaded: what it keeps is named by what made it, though its files change meanwhile


def read_cached(name: str, kinds: Iterable[type]) -> object | None:
    """Return a cached value made of these kinds and of plain data, or None where there is none that can be trusted."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        if not _is_private(folder):
            return None
        content = _read_own_file(folder / name)
        if content is None or _seal(name, content[DIGEST_SIZE:]) != content[:DIGEST_SIZE]:
            return None
        value: object = _Unpickler(content[DIGEST_SIZE:], kinds).load()
        return value
    except Exception:
        # Whatever is wrong with a cached file, the pack itself is at hand.
        return None


def write_cached(name: str, value: object) -> None:
    """Keep a value. Writes beside and renames, so that a reader never sees half a file."""
    folder = cache_folder()
    if folder is None:
        return
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    content = buffer.getvalue()
    with contextlib.suppress(OSError):
        for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        if not _is_private(folder):
            return
        temporary = folder / f"{name}.{os.urandom(8).hex()}"
        try:
            with os.fdopen(os.open(temporary, _WRITE, 0o600), "wb") as file:
                file.write(_seal(name, content) + content)
            os.replace(temporary, folder / name)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


def _is_private(folder: Path) -> bool:
    """Return whether the folder is the user's own, and nobody but the user and root can put files into it or replace it.

    So every folder above it, on the way there and where links lead, must be the user's or root's and closed to others, or
    keep what is in it to its owners (as `/tmp` does). On Windows a user's folders are closed by default.
    """
    if not hasattr(os, "geteuid"):
        return True
    user = os.geteuid()
    own = os.lstat(folder)
    if not stat.S_ISDIR(own.st_mode) or own.st_uid != user or own.st_mode & 0o022:
        return False
    for above in {*folder.parents, *folder.resolve().parents}:
        status = os.lstat(above)
        if status.st_uid not in (user, 0):
            return False
        if not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX:
            return False
    return True


def _read_own_file(path: Path) -> bytes | None:
    """Return the bytes of a plain file of the user's, not through a link; None for anything else. Never waits."""
    with os.fdopen(os.open(path, _READ), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return None
        if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
            return None
        return file.read()


def _seal(name: str, content: bytes) -> bytes:
    """Return the digest that stands before the content: over the name too, so that no file passes for another."""
    return hashlib.sha256(name.encode() + b"\0" + content).digest()


class _Pickler(pickle.Pickler):
    """Writes dataclasses so that reading makes each by one call of its constructor, several times faster than its state."""

    def reducer_override(self, value: object) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return type(value), tuple(getattr(value, part.name) for part in fields(value))
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Reads values of these kinds and plain data. Nothing is imported, and no other function or class can be named."""

    def __init__(self, content: bytes, kinds: Iterable[type]) -> None:
        super().__init__(io.BytesIO(content))
        self.kinds = {(kind.__module__, kind.__qualname__): kind for kind in kinds}

    def find_class(self, module: str, name: str) -> type:
        kind = self.kinds.get((module, name))
        if kind is None:
            raise pickle.UnpicklingError(f"{module}.{name} is not kept here")
        return kind
