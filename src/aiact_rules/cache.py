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
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from aiact_rules import __version__

DIGEST_SIZE = 32


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


def cache_key(*parts: str) -> str:
    """Give a name for what is made from these parts by this state of the tool."""
    return hashlib.sha256("\n".join([_TOOL, *parts]).encode()).hexdigest()[:32]


def _tool() -> str:
    """Give what tells one state of this tool from another: its version, the Python, and its own files as they are."""
    package = Path(__file__).parent
    with contextlib.suppress(OSError):
        folders = (package, *(package / name for name in ("core", "specfiles", "engines", "catalogue")))
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
        if hashlib.sha256(content[DIGEST_SIZE:]).digest() != content[:DIGEST_SIZE]:
            return None
        value: object = pickle.loads(content[DIGEST_SIZE:])
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
