"""Evidence: what a release file offers as proof, and whether it is there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from aiact_rules.core.evidence import Evidence
from aiact_rules.core.problems import InputError, Place, did_you_mean
from aiact_rules.core.vocabulary import parse_date
from aiact_rules.sources.statements import Statements, is_filled
from aiact_rules.sources.templates import is_untouched
from aiact_rules.sources.text_files import MOST_BYTES, decoded
from aiact_rules.yaml_text import Mapping, Node, Scalar, Sequence

KEYS = ("file", "sha256", "url", "registry", "by", "on")
_DIGEST = re.compile(r"(?:sha256:)?(?P<hex>[0-9a-fA-F]{64})\Z")
_PIECE = 1 << 20


def read_evidence(
    node: Node, statements: Statements, folder: Path | None, obligations: Collection[str] | None
) -> tuple[Evidence, ...]:
    """Read `evidence:`, a mapping from a fact or an obligation to what shows it; every problem goes to `statements`.

    Files are looked for from `folder` (None: they are not looked for). With `obligations`, a name that is neither of these nor
    a fact is a problem. A bare text is a URL where it has a scheme, else a file.
    """
    if isinstance(node, Scalar) and node.is_null:
        return ()
    if not isinstance(node, Mapping):
        statements.problem("`evidence` names a fact or an obligation, and what shows it", node.place)
        return ()
    found: list[Evidence] = []
    for entry in node:
        if entry.key not in statements.vocabulary and obligations is not None and entry.key not in obligations:
            hint = did_you_mean(entry.key, [*obligations, *statements.vocabulary])
            statements.problem(f"`{entry.key}` is neither a fact nor an obligation", entry.place, hint)
            continue
        items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
        for item in items:
            evidence = _read_one(entry.key, item, entry.place, statements, folder)
            if evidence is not None:
                found.append(evidence)
    return tuple(found)


def _read_one(about: str, node: Node, place: Place, statements: Statements, folder: Path | None) -> Evidence | None:
    if not is_filled(node):
        return None
    said: dict[str, Scalar] = {}
    if isinstance(node, Scalar):
        said["url" if "://" in node.text else "file"] = node
    elif isinstance(node, Mapping):
        for entry in node:
            if entry.key not in KEYS:
                statements.problem(
                    f"unknown key `{entry.key}` in the evidence for `{about}`",
                    entry.place,
                    did_you_mean(entry.key, KEYS),
                )
            elif not isinstance(entry.value, Scalar):
                statements.problem(f"`{entry.key}` in the evidence for `{about}` is one text", entry.place)
            elif is_filled(entry.value):
                said[entry.key] = entry.value
    else:
        statements.problem(f"the evidence for `{about}` is a file, a URL or a registry entry", node.place)
        return None
    if not said.keys() & {"file", "url", "registry"}:
        statements.problem(f"the evidence for `{about}` names no file, URL or registry entry", place)
        return None
    return _checked(about, said, place, statements, folder)


def _checked(
    about: str, said: dict[str, Scalar], place: Place, statements: Statements, folder: Path | None
) -> Evidence | None:
    before = len(statements.problems)
    digest = _digest(said, statements)
    if "file" in said and folder is not None:
        digest = _check_file(said["file"], digest, statements, folder)
    on: date | None = None
    if "on" in said:
        try:
            on = parse_date(said["on"].text)
        except ValueError as error:
            statements.problem(f"`on`: {error}", said["on"].place)
    if len(statements.problems) > before:
        return None
    words = {key: scalar.text.strip() for key, scalar in said.items()}
    return Evidence(
        about, place, words.get("file"), digest, words.get("url"), words.get("registry"), words.get("by"), on
    )


def _digest(said: dict[str, Scalar], statements: Statements) -> str | None:
    if "sha256" not in said:
        return None
    match = _DIGEST.match(said["sha256"].text.strip())
    if match is None:
        statements.problem("`sha256` has 64 hexadecimal digits", said["sha256"].place)
        return None
    return match["hex"].lower()


def _check_file(node: Scalar, stated: str | None, statements: Statements, folder: Path) -> str | None:
    """Give the digest of the file as found; a file that shows nothing is a problem."""
    name = node.text.strip()
    if Path(name).is_absolute() or re.match(r"[A-Za-z]:", name):
        statements.problem(f"`{name}` is not relative", node.place, "write it from the folder of this file")
        return None
    path = folder / name
    digest, blank, head = hashlib.sha256(), True, b""
    try:
        if not path.is_file():
            statements.problem(f"the evidence `{name}` does not exist", node.place, "paths are relative to this file")
            return None
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                blank = blank and not piece.strip(b"\0 \t\r\n")
                if len(head) <= MOST_BYTES:
                    head += piece
    except (OSError, ValueError):
        statements.problem(f"the evidence `{name}` cannot be read", node.place)
        return None
    if blank:
        statements.problem(f"the evidence `{name}` is empty", node.place)
    elif _is_template(head, name):
        statements.problem(f"the evidence `{name}` is a template nobody filled in", node.place)
    elif stated is not None and stated != digest.hexdigest():
        statements.problem(
            f"the evidence `{name}` is not the file whose SHA-256 is stated",
            node.place,
            f"it is {digest.hexdigest()} now",
        )
    return digest.hexdigest()


def _is_template(data: bytes, name: str) -> bool:
    if len(data) > MOST_BYTES or data.startswith((b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8")):
        return False
    try:
        return is_untouched(decoded(data, name).text)
    except InputError:
        return False  # not a text, so not a template of ours
