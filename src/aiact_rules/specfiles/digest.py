"""Digest: the identity of a pack's spec files as bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

_NOT_RULES = (".cases.yaml", "coverage.yaml")


def spec_files(folder: Path) -> Iterator[Path]:
    """Give the files that a pack is made of, in order: its YAML files and its unit index, without cases and ledger."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".jsonl") and path.is_file() and not path.name.endswith(_NOT_RULES):
            yield path


def spec_digest(folder: Path, common: Path | None = None) -> str:
    """Give the SHA-256 over the names and bytes of all spec files of a pack and of the common vocabulary."""
    digest = hashlib.sha256()
    for base in (folder, common):
        if base is None:
            continue
        for path in spec_files(base):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(base).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return f"sha256:{digest.hexdigest()}"
