"""The files of a pack: which there are, what each is by its name, and the digest that names them all."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.problems import InputError, PackError, Place, Problem
from aiact_rules.yaml_text import Node, plain, read_yaml

COMMON = "common"
UNITS = "units.jsonl"
_NAMED = (
    "vocabulary",
    "parameters",
    "timetables",
    "readings",
    "schools",
    "sanctions",
    "cues",
    "claims",
    "card_words",
    "deliverables",
    "coverage",
)

_WORDS = re.compile(r"words\.[a-z]+\.yaml")
_NOT_DECIDING = ("cases", "coverage")
_NOT_BORROWED = ("pack", "units", *_NOT_DECIDING)


@dataclass(frozen=True, slots=True)
class SpecFile:
    """One file of a pack: its kind (`pack`, `article`, `cases`, or a name such as `vocabulary`), name and bytes."""

    kind: str
    name: str
    content: bytes

    @property
    def is_own(self) -> bool:
        """Return whether the pack has it for itself: it is neither shared by all packs nor lent by another."""
        return not self.name.startswith((f"{COMMON}/", "../"))

    def node(self, problems: list[Problem]) -> Node | None:
        """Read the file as YAML; None, and problems, where it cannot be read."""
        try:
            return read_yaml(self.content.decode("utf-8-sig"), self.name)
        except UnicodeDecodeError:
            problems.append(Problem("not readable as UTF-8 text", Place(self.name), "save it as UTF-8"))
        except InputError as error:
            problems.extend(error.problems)
        return None


def spec_files(folder: Path, *, deciding: bool = False) -> tuple[SpecFile, ...]:
    """Return the files of a pack's folder in the order of the law; with `deciding`, only those that the digest names.

    Raises PackError where there is no pack.
    """
    if not (folder / "pack.yaml").is_file():
        raise PackError([Problem("no pack.yaml here", Place(str(folder)), "name the folder of a pack")])
    contents: dict[str, bytes] = {}
    problems = []
    for name, path in _files_below(str(folder)):
        if deciding and _kind(name) in _NOT_DECIDING:
            continue
        if name.endswith((".yaml", ".yml")) or name.rpartition("/")[2] == UNITS:
            with open(path, "rb", buffering=0) as file:
                contents[name] = file.read()
        if name.endswith(".yml"):
            problems.append(Problem("spec files end in `.yaml`", Place(name)))
    if problems:
        raise PackError(problems)
    borrowed = _Borrowed(folder, contents["pack.yaml"])
    found = {file.name: file for file in files_of(contents)}
    for name, shared in borrowed.files():
        if name in found:
            raise _refused(f"`files_from` names `{shared.name}`, and the pack has a `{name}`", "keep one of the two")
        found[name] = shared
    return (*(found[name] for name in sorted(found, key=_place_in_law)), *borrowed.vocabulary())


def _files_below(folder: str, within: str = "") -> Iterator[tuple[str, str]]:
    """Return the files in a folder and below it by their relative names, with their paths; hidden ones are left out."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith((".", "__")):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path, f"{within}{entry.name}/")
            elif entry.is_file():
                yield f"{within}{entry.name}", entry.path


class _Borrowed:
    """The files that pack.yaml takes over from other folders. What is wrong with the keys themselves, the loader says."""

    def __init__(self, folder: Path, pack_file: bytes) -> None:
        self.folder = folder
        self.head: Mapping[str, object] = {}
        if b"vocabulary_from" in pack_file or b"files_from" in pack_file:
            node = SpecFile("pack", "pack.yaml", pack_file).node([])
            head = plain(node) if node is not None else None
            self.head = head if isinstance(head, dict) else {}

    def vocabulary(self) -> Iterator[SpecFile]:
        """Return the vocabulary files of the folders under `vocabulary_from`, which are relative to the pack.

        So packs of several texts ask for one fact in the same words.
        """
        named = self.head.get("vocabulary_from")
        for name in named if isinstance(named, list) else ():
            lender = self.folder / str(name)
            paths = sorted(lender.rglob("vocabulary.yaml"))
            if not paths:
                raise _refused(f"`vocabulary_from` names `{name}`, where no vocabulary is")
            for path in paths:
                yield SpecFile("vocabulary", f"{name}/{path.relative_to(lender).as_posix()}", path.read_bytes())

    def files(self) -> Iterator[tuple[str, SpecFile]]:
        """Return the files under `files_from`, which another pack has word for word, by their names there."""
        named = self.head.get("files_from")
        for lender, names in named.items() if isinstance(named, dict) else ():
            for name in names if isinstance(names, list) else ():
                kind, path = _kind(str(name)), self.folder / str(lender) / str(name)
                if kind in _NOT_BORROWED or path.suffix != ".yaml":
                    raise _refused(f"`files_from` names `{name}`", "only files with rules or values can be taken over")
                if not path.is_file():
                    raise _refused(f"`files_from` names `{lender}/{name}`, where no file is")
                yield str(name), SpecFile(kind, f"{lender}/{name}", path.read_bytes())


def _refused(message: str, hint: str | None = None) -> PackError:
    return PackError([Problem(message, Place("pack.yaml"), hint)])


def files_of(contents: Mapping[str, bytes]) -> tuple[SpecFile, ...]:
    """Return the files of a pack from their names (relative, with `/`) and bytes."""
    return tuple(SpecFile(_kind(name), name, contents[name]) for name in sorted(contents, key=_place_in_law))


def _place_in_law(name: str) -> str:
    """Return what orders the files of a pack: their names, but in each folder the annexes after all else."""
    folder, slash, base = name.rpartition("/")
    return f"{folder}{slash}~{base}" if base.startswith("annex_") else name


def common_files(common: Path) -> tuple[SpecFile, ...]:
    """Return the vocabulary files that every pack shares; their names begin with `common/`."""
    return tuple(
        SpecFile("vocabulary", f"{COMMON}/{path.relative_to(common).as_posix()}", path.read_bytes())
        for path in sorted(common.rglob("vocabulary.yaml"))
    )


def find_common(folder: Path) -> Path | None:
    """Find the shared vocabulary that goes with a pack: the folder `common` nearest above it."""
    for above in folder.resolve().parents:
        if (above / COMMON / "vocabulary.yaml").is_file():
            return above / COMMON
    return None


def digest(files: Iterable[SpecFile]) -> str:
    """Return the SHA-256 over names and bytes of the files that decide: cases and ledger are left out."""
    total = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        if file.kind in _NOT_DECIDING:
            continue
        name = file.name.encode()
        total.update(b"%d:%s:%d:" % (len(name), name, len(file.content)))
        total.update(file.content)
    return total.hexdigest()


def _kind(name: str) -> str:
    base = name.rsplit("/", 1)[-1]
    if base == UNITS:
        return "units"
    if base.endswith(".cases.yaml"):
        return "cases"
    stem = base.removesuffix(".yaml")
    if name == "pack.yaml":
        return "pack"
    if _WORDS.fullmatch(base):
        return "words"
    return stem if stem in _NAMED else "article"
