"""Reading: the bytes of a document as text with plain line ends, or a clear refusal."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from aiact_rules.core.problems import InputError, Place, Problem

MOST_BYTES = 2 * 1024 * 1024
"""The largest document that is read. The largest cards seen in the wild are a fifth of it."""

_HIDDEN_BREAK = re.compile("[\x85\u2028\u2029]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one document: line ends are `\\n`, there is no byte order mark and no NUL.

    `name` is how problems and origins call the document; `sha256` is that of its bytes, before decoding. `notes` say what
    a person should know about how it was read.
    """

    name: str
    text: str
    sha256: str
    notes: tuple[str, ...] = ()


def read_text(path: Path, name: str | None = None, *, guess_encoding: bool = True) -> Text:
    """Read a file of at most `MOST_BYTES` as text. Raises InputError where it cannot be read."""
    shown = str(path) if name is None else name
    return decoded(read_bytes(path, shown), shown, guess_encoding=guess_encoding)


def repository_of(path: Path) -> Path | None:
    """Return the root of the git repository a path is in, or None. Names relative to it are the same in every checkout."""
    resolved = path.resolve()
    return next((folder for folder in (resolved, *resolved.parents) if (folder / ".git").exists()), None)


def read_bytes(path: Path, name: str, most: int = MOST_BYTES) -> bytes:
    """Read a regular file of at most `most` bytes. Raises InputError where it cannot be read."""
    try:
        if not path.exists():
            _refuse("there is no such file", Place(name))
        if not path.is_file():
            _refuse("this is not a file", Place(name))
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not usable"
        _refuse(f"cannot be read: {reason.lower()}", Place(name))
    if len(data) > most:
        _refuse(f"is larger than {most} bytes", Place(name), "files of this kind are far smaller")
    return data


def decoded(data: bytes, name: str, *, guess_encoding: bool = True) -> Text:
    """Turn bytes into text: UTF-8, UTF-16 or UTF-32 by their mark, unmarked UTF-16 where its shape is plain.

    Anything else is read as Latin-1 with a note that says so; with `guess_encoding` false it is refused. Raises
    InputError for that, for broken text and for a NUL.
    """
    if len(data) > MOST_BYTES:
        _refuse(f"is larger than {MOST_BYTES} bytes", Place(name), "a model card or release file is far smaller")
    notes: tuple[str, ...] = ()
    encoding, body = _encoding(data)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line_of(body[: error.start], encoding)
        if encoding != "utf-8" or not guess_encoding:
            _refuse(f"is not valid {encoding.upper()}", Place(name, line), "save it as UTF-8")
        text = body.decode("latin-1")
        notes = (f"{name}:{line}: not valid UTF-8, so the document was read as Latin-1",)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if (found := text.find("\0")) >= 0:
        _refuse(
            "holds a NUL character",
            Place(name, text.count("\n", 0, found) + 1),
            "remove it, or save the file as UTF-8",
        )
    if encoding != "utf-8":
        notes = (f"{name}: read as {encoding.upper()}",)
    return Text(name, text, hashlib.sha256(data).hexdigest(), notes)


def refuse_hidden_breaks(text: str, name: str, first_line: int = 1) -> None:
    """Refuse, in a text that states facts, the characters that YAML takes for line ends and most editors do not show."""
    if found := _HIDDEN_BREAK.search(text):
        line = first_line + text.count("\n", 0, found.start())
        _refuse(
            f"holds the hidden line break U+{ord(found.group()):04X}",
            Place(name, line),
            "replace it by a line end",
        )


def _encoding(data: bytes) -> tuple[str, bytes]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    sample = data[:4096]
    if len(sample) >= 8 and len(data) % 2 == 0:
        half = len(sample) // 2
        first, second = sample[0::2].count(0), sample[1::2].count(0)
        if second > 0.4 * half and first < 0.05 * half:
            return "utf-16-le", data
        if first > 0.4 * half and second < 0.05 * half:
            return "utf-16-be", data
    return "utf-8", data


def _line_of(before: bytes, encoding: str) -> int:
    text = before.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.count("\n") + 1


def _refuse(message: str, place: Place, hint: str | None = None) -> NoReturn:
    raise InputError([Problem(message, place, hint)])
