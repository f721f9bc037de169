"""Artefacts: what the caller names as released, by a path, a digest, an image of a registry, or a model's signature."""

from __future__ import annotations

import re
from pathlib import Path

from aiact_rules.artifacts import digest_named
from aiact_rules.attest.statements import Descriptor
from aiact_rules.core.problems import InputError, Place, Problem

_IMAGE = re.compile(r"(?P<name>[^@\s]+)@(?P<digest>sha256:[0-9a-f]{64})")
_LIKE_AN_IMAGE = re.compile(r"[\w.-]+(:\d+)?(/[\w.-]+)+(:[\w.-]+)?")


def artefact_named(text: str) -> Descriptor:
    """Return the artefact that a text names: `sha256:…`, `registry/name@sha256:…`, or the path of a file or a folder.

    Raises InputError where there is no such file, and for an image without a digest, whose tag may move.
    """
    if image := _IMAGE.fullmatch(text):
        return Descriptor(image["name"], image["digest"])
    path = Path(text)
    if not text.startswith("sha256:") and not path.exists() and _LIKE_AN_IMAGE.fullmatch(text):
        message = f"`{text}` is no file, and as an image of a registry it has no digest"
        raise InputError([Problem(message, hint=f"tags move: name {text.rsplit(':', 1)[0]}@sha256:…")])
    digest = digest_named(text)
    return Descriptor("artifact" if text == digest else path.resolve().name, digest)


def same_artefact(first: Descriptor, second: Descriptor, place: str) -> Descriptor:
    """Return the first of two names for what is released. Raises InputError where they are of different bytes."""
    if first.digest != second.digest:
        message = f"the artefact is {first.digest} here, and {second.digest} by the other name"
        raise InputError([Problem(message, Place(place), "name the one that is released")])
    return first
