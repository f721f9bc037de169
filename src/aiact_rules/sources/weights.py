"""Weights: how many parameters safetensors files hold, by their headers alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.figures import Doubt, Figure, Said
from aiact_rules.sources.json_text import Number, Object, read_object
from aiact_rules.sources.text_files import Text

PARAMETERS = "model.parameters"
MOST_HEADER_BYTES = 16 * 1024 * 1024
"""The largest header that is read. That of a model with ten thousand tensors is a twentieth of it."""

_SHARD = re.compile(r"model-(?P<number>\d{5})-of-(?P<count>\d{5})\.safetensors\Z")
_POINTER = b"version https://git-lfs"
_BYTES = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "F8_E8M0": 1,
    "I64": 8,
    "U64": 8,
    "I32": 4,
}
_BYTES |= {"U32": 4, "I16": 2, "U16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_MOST_INTEGERS = 100
"""The whole numbers beside the weights, such as positions, are fewer than one in so many; packed weights are more."""


def count_parameters(names: Mapping[Path, str], index: Text | None) -> Said:
    """Return how many parameters the weights of a model have; a doubt where the files do not say it.

    `names` are the files with what problems call them; `index` is the index of weights in several files, which may name the
    number too. Raises InputError with the place where a file is broken.
    """
    figures: list[Figure] = []
    problems: list[Problem] = []
    if index is not None:
        figures += _of_index(index)
    files = sorted(names)
    if not files:
        return Said((), tuple(figures))
    place = Place(names[files[0]])
    if (why := _incomplete(files)) is not None:
        return Said((_doubt(place, why),), tuple(figures))
    weights = integers = 0
    for path in files:
        try:
            header = read_header(path, names[path])
        except InputError as error:
            problems += error.problems
            continue
        if header is None:
            return Said(
                (_doubt(Place(names[path]), "only a pointer to the weights, or too large a header"),), tuple(figures)
            )
        for kind, count in _counts(header, names[path]):
            weights, integers = (
                (weights + count, integers) if kind.startswith(("F", "BF")) else (weights, integers + count)
            )
    if problems:
        raise InputError(problems)
    if integers * _MOST_INTEGERS > weights:
        return Said((_doubt(place, "weights packed into whole numbers"),), tuple(figures))
    return Said((), (*figures, Figure(PARAMETERS, Decimal(weights), place))) if weights else Said((), tuple(figures))


def read_header(path: Path, name: str) -> Object | None:
    """Return the header of a safetensors file; None for a pointer that stands in for it, and for one that is too large."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(8)
            if start == _POINTER[:8] and (start + stream.read(len(_POINTER) - 8)) == _POINTER:
                return None
            length = int.from_bytes(start, "little")
            if len(start) < 8 or length > size - 8:
                raise InputError(
                    [Problem("the header is longer than the file", Place(name), "download the file again")]
                )
            if length > MOST_HEADER_BYTES:
                return None
            data = stream.read(length)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Problem(f"cannot be read: {reason}", Place(name))]) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([Problem("the header is not valid UTF-8", Place(name))]) from error
    header = read_object(Text(name, text, ""))
    ends = [_end(each) for key, each in header.items() if key != "__metadata__"]
    if any(end > size - 8 - length for end in ends):
        raise InputError([Problem("the file is shorter than its header says", Place(name), "download the file again")])
    return header


def _end(entry: object) -> int:
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    return _number(offsets[1]) or 0 if isinstance(offsets, list) and len(offsets) == 2 else 0


def _counts(header: Object, name: str) -> Sequence[tuple[str, int]]:
    """Return the type and the number of values of each tensor. Raises InputError where an entry is none, or does not fit."""
    found: list[tuple[str, int]] = []
    for key, entry in header.items():
        if key == "__metadata__":
            continue
        kind = entry.get("dtype") if isinstance(entry, dict) else None
        shape = entry.get("shape") if isinstance(entry, dict) else None
        offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
        sizes = [_number(each) for each in shape] if isinstance(shape, list) else [None]
        ends = [_number(each) for each in offsets] if isinstance(offsets, list) else []
        if not isinstance(kind, str) or isinstance(kind, Number) or None in sizes or len(ends) != 2 or None in ends:
            raise InputError([Problem(f"the tensor `{key}` has no type, shape and place", Place(name))])
        held = (ends[1] or 0) - (ends[0] or 0)
        count = 1
        for size in sizes:
            count = min(count * (size or 0), held * 8 + 1)  # no more than bits: an absurd shape costs nothing
        if kind in _BYTES and count * _BYTES[kind] != held:
            raise InputError([Problem(f"the shape of the tensor `{key}` does not fit its data", Place(name))])
        found.append((kind, count))
    return found


def _number(said: object) -> int | None:
    return int(said) if isinstance(said, Number) and said.isascii() and said.isdigit() and len(said) < 20 else None


def _of_index(index: Text) -> list[Figure]:
    metadata = read_object(index).get("metadata")
    count = _number(metadata.get("total_parameters")) if isinstance(metadata, dict) else None
    return [] if not count else [Figure(PARAMETERS, Decimal(count), Place(f"{index.name}#/metadata/total_parameters"))]


def _incomplete(files: Sequence[Path]) -> str | None:
    """Return why files are not the weights of one model; None where they are."""
    shards = [found for path in files if (found := _SHARD.match(path.name))]
    if not shards:
        return None
    counts = {shard["count"] for shard in shards}
    if len(shards) < len(files) or len(counts) > 1:
        return "weights of two models"
    return (
        None if len(shards) == int(counts.pop()) else f"{len(shards)} of {int(shards[0]['count'])} files with weights"
    )


def _doubt(place: Place, why: str) -> Doubt:
    return Doubt(
        PARAMETERS, f"{place}: {why}, so the parameters are not counted; state `{PARAMETERS}` if the number matters"
    )
