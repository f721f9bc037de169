"""Evidence: what a release file offers as proof, and whether it is there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import date
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import NoReturn

from aiact_rules.core.evidence import Evidence, Section
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import parse_date
from aiact_rules.sources.keys import EVIDENCE, hint_for, names
from aiact_rules.sources.statements import Statements, is_filled
from aiact_rules.sources.templates import is_untouched
from aiact_rules.sources.text_files import MOST_BYTES, decoded, repository_of
from aiact_rules.yaml_text import Mapping, Node, Scalar, Sequence

KEYS = names(EVIDENCE)
_DIGEST = re.compile(r"(?:sha256:)?(?P<hex>[0-9a-fA-F]{64})\Z")
_PIECE = 1 << 20
MARK = "<!-- shows "
"""What begins a comment that says which facts the heading above it shows."""

MOST_ENTRIES = 1_000
MOST_BYTES_OF_A_FILE = 256 * 1024 * 1024
MOST_BYTES_OF_ALL = 1024 * 1024 * 1024
"""How much evidence one document may name. Larger files are named by their `sha256`, with a `url` or `registry` entry."""


def read_evidence(
    node: Node, statements: Statements, files: EvidenceFiles | None, obligations: Collection[str] | None
) -> tuple[Evidence, ...]:
    """Read `evidence:`, a mapping from a fact or an obligation to what shows it; every problem goes to `statements`.

    With `files` None no file is looked for. With `obligations`, a name that is neither of these nor
    a fact is a problem. A bare text is a URL where it has a scheme, else a file.
    """
    if isinstance(node, Scalar) and node.is_null:
        return ()
    if not isinstance(node, Mapping):
        statements.problem("`evidence` names a fact or an obligation, and what shows it", node.place)
        return ()
    found: list[Evidence] = []
    entries = sum(len(entry.value) if isinstance(entry.value, Sequence) else 1 for entry in node)
    if entries > MOST_ENTRIES:
        statements.problem(f"more than {MOST_ENTRIES:,} pieces of evidence", node.place, "name an index of them")
        return ()
    for entry in node:
        former = tuple(declaration.name for declaration, _ in statements.vocabulary.formerly(entry.key))
        if not (former or statements.is_fact(entry.key) or obligations is None or entry.key in obligations):
            hint = statements.hints.did_you_mean(entry.key, chain(obligations, statements.vocabulary))
            statements.problem(f"`{entry.key}` is neither a fact nor an obligation", entry.place, hint)
            continue
        items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
        for about in former or (entry.key,):
            read = (_read_one(about, item, entry.place, statements, files) for item in items)
            found += [evidence for evidence in read if evidence is not None]
    return tuple(found)


def _read_one(
    about: str, node: Node, place: Place, statements: Statements, files: EvidenceFiles | None
) -> Evidence | None:
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
                    hint_for(entry.key, KEYS, statements.hints),
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
    return _checked(about, said, place, statements, files)


def _checked(
    about: str, said: dict[str, Scalar], place: Place, statements: Statements, files: EvidenceFiles | None
) -> Evidence | None:
    before = len(statements.problems)
    digest = _digest(said, statements)
    sections: tuple[Section, ...] = ()
    if "file" in said and files is not None:
        digest = _check_file(said["file"], digest, statements, files)
        sections = _sections(about, said["file"], statements, files) if digest is not None else ()
    on, expires = _date("on", said, statements), _date("expires", said, statements)
    if on is not None and expires is not None and expires < on:
        statements.problem(f"the evidence for `{about}` expires before its own date {on}", said["expires"].place)
    if len(statements.problems) > before:
        return None
    words = {key: scalar.text.strip() for key, scalar in said.items()}
    return Evidence(
        about,
        place,
        file=words.get("file"),
        sha256=digest,
        url=words.get("url"),
        registry=words.get("registry"),
        by=words.get("by"),
        on=on,
        expires=expires,
        sections=sections,
    )


def _date(key: str, said: dict[str, Scalar], statements: Statements) -> date | None:
    if key not in said:
        return None
    try:
        return parse_date(said[key].text)
    except ValueError as error:
        statements.problem(f"`{key}`: {error}", said[key].place)
        return None


def _digest(said: dict[str, Scalar], statements: Statements) -> str | None:
    if "sha256" not in said:
        return None
    match = _DIGEST.match(said["sha256"].text.strip())
    if match is None:
        statements.problem("`sha256` has 64 hexadecimal digits", said["sha256"].place)
        return None
    return match["hex"].lower()


def _check_file(node: Scalar, stated: str | None, statements: Statements, files: EvidenceFiles) -> str | None:
    """Return the digest of the file as found; a file that shows nothing is a problem."""
    name = node.text.strip()
    try:
        digest = files.digest(name)
    except InputError as error:
        statements.problems += [Problem(problem.message, node.place, problem.hint) for problem in error.problems]
        return None
    if stated is not None and stated != digest:
        statements.problem(
            f"the evidence `{name}` is not the file whose SHA-256 is stated", node.place, f"it is {digest} now"
        )
    return digest


def _sections(about: str, node: Scalar, statements: Statements, files: EvidenceFiles) -> tuple[Section, ...]:
    """Return the sections of a file that is a skeleton; one that shows something else, and nothing yet, is a problem."""
    name = node.text.strip()
    shown = (PurePosixPath(node.place.source).parent / name).as_posix()
    sections = files.sections(name, shown)
    if not sections:
        return ()
    ours = any(fact == about for section in sections for fact, _ in section.shows)
    if not ours and not any(section.filled for section in sections):
        statements.problem(f"the evidence `{name}` is a template nobody filled in", node.place)
    return sections


class EvidenceFiles:
    """The files that one document names as evidence. Each is read once, and none outside the root."""

    def __init__(self, folder: Path, root: Path | None = None) -> None:
        self._folder = folder
        self._root = (root or repository_of(folder) or folder).resolve()
        self._digests: dict[Path, str] = {}
        self._texts: dict[Path, str] = {}
        self._sections: dict[Path, tuple[Section, ...]] = {}
        self._left = MOST_BYTES_OF_ALL

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file named relative to the folder. Raises InputError where it shows nothing.

        Links are followed before it is asked whether the file is inside, and a file outside is not looked at.
        """
        if Path(name).is_absolute() or re.match(r"[A-Za-z]:", name):
            _refuse(f"`{name}` is not relative", "write it from the folder of this file")
        try:
            path = (self._folder / name).resolve()
            if not path.is_relative_to(self._root):
                _refuse(
                    f"the evidence `{name}` is outside the repository or folder of the release",
                    "copy it there, or state its `sha256` with a `url` or `registry` in place of `file`",
                )
            if path not in self._digests:
                self._digests[path] = self._read(path, name)
            return self._digests[path]
        except (OSError, ValueError, RuntimeError) as error:
            raise InputError([Problem(f"the evidence `{name}` cannot be read")]) from error

    def sections(self, name: str, shown: str) -> tuple[Section, ...]:
        """Return the sections of a file that was read already, and is shown by a name; none where no heading shows anything."""
        path = (self._folder / name).resolve()
        if path in self._texts and path not in self._sections:
            from aiact_rules.sources.skeletons import sections_of

            self._sections[path] = sections_of(self._texts[path], shown)
        return self._sections.get(path, ())

    def _read(self, path: Path, name: str) -> str:
        if not path.exists():
            _refuse(f"the evidence `{name}` does not exist", "paths are relative to this file")
        if not path.is_file():
            _refuse(f"the evidence `{name}` is not a file")  # a pipe or a device could keep the reader waiting
        digest, blank, head, size = hashlib.sha256(), True, b"", path.stat().st_size
        with path.open("rb") as stream:
            while size <= MOST_BYTES_OF_A_FILE and size <= self._left and (piece := stream.read(_PIECE)):
                digest.update(piece)
                blank = blank and not piece.strip(b"\0 \t\r\n")
                if len(head) <= MOST_BYTES:
                    head += piece
                size = max(size, stream.tell())
        if size > MOST_BYTES_OF_A_FILE:
            _refuse(f"the evidence `{name}` is larger than {MOST_BYTES_OF_A_FILE >> 20} MiB", _ELSEWHERE)
        if size > self._left:
            _refuse(f"with `{name}` the evidence is larger than {MOST_BYTES_OF_ALL >> 20} MiB", _ELSEWHERE)
        self._left -= size
        if blank:
            _refuse(f"the evidence `{name}` is empty")
        text = _text_of(head, name)
        if text is not None and MARK in text:
            self._texts[path] = text
        elif text is not None and is_untouched(text):
            _refuse(f"the evidence `{name}` is a template nobody filled in")
        return digest.hexdigest()


_ELSEWHERE = "state its `sha256` with a `url` or `registry` in place of `file`"


def _refuse(message: str, hint: str | None = None) -> NoReturn:
    raise InputError([Problem(message, hint=hint)])


def _text_of(data: bytes, name: str) -> str | None:
    """Return the content of a file as text; None where it is none, so that it is no template of ours."""
    if len(data) > MOST_BYTES or data.startswith((b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8")):
        return None
    try:
        return decoded(data, name).text
    except InputError:
        return None
