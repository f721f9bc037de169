"""Model signatures: what OpenSSF Model Signing (v1.0) says of the files of a model, read from its Sigstore bundle."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NoReturn

from aiact_rules.artifacts import digest_of
from aiact_rules.attest.envelopes import Envelope, read_envelope
from aiact_rules.attest.keys import PublicKey, signer_of
from aiact_rules.attest.statements import PAYLOAD_TYPE, Descriptor, read_statement
from aiact_rules.core.digests import is_digest
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.text_files import read_bytes

PREDICATE_TYPE = "https://model_signing/signature/v1.0"


@dataclass(frozen=True, slots=True)
class ModelSignature:
    """The files of a model by name and digest (hexadecimal digits), the digest of all, and which paths it leaves out."""

    place: str
    model: Descriptor
    files: Mapping[str, str]
    ignored: tuple[str, ...]
    envelope: Envelope

    def refuse_other_files(self, path: Path) -> None:
        """Raise InputError where a folder, or a single file, is not the one that was signed, down to the last file."""
        found = dict(self._files_at(path))
        wrong = sorted(
            [
                *(f"{name} is missing" for name in self.files.keys() - found.keys()),
                *(f"{name} was not signed" for name in found.keys() - self.files.keys()),
                *(
                    f"{name} was changed"
                    for name in found.keys() & self.files.keys()
                    if found[name] != self.files[name]
                ),
            ]
        )
        if wrong:
            raise InputError([Problem(f"{each}, by {self.place}", Place(path.as_posix())) for each in wrong[:20]])

    def refuse_other_signers(self, keys: Iterable[PublicKey]) -> None:
        """Raise InputError where it is signed by none of these keys."""
        if signer_of(self.envelope, keys) is None:
            _refuse(
                self.place, "this model was not signed by the key named for it", "name the public key of its signer"
            )

    def _files_at(self, path: Path) -> Iterator[tuple[str, str]]:
        if path.is_file():
            only = next(iter(self.files)) if len(self.files) == 1 else path.name
            yield only, _hex(path)
            return
        signature = Path(self.place).resolve()
        for folder, _, names in os.walk(path):
            for name in names:
                file = Path(folder, name)
                relative = file.relative_to(path).as_posix()
                if file.resolve() != signature and not _is_within(relative, self.ignored):
                    yield relative, _hex(file)


def read_model_signature(path: Path) -> ModelSignature:
    """Return what a signature of a model says. Its own signature is checked by `refuse_other_signers` alone.

    Raises InputError where it is not one of OpenSSF Model Signing v1.0, or its digest is not that of the files it lists.
    """
    place = str(path)
    envelope = read_envelope(read_bytes(path, place), place)
    statement = read_statement(envelope.payload, place)
    if envelope.payload_type != PAYLOAD_TYPE or statement.predicate_type != PREDICATE_TYPE:
        _refuse(place, f"this is not the signature of a model ({PREDICATE_TYPE})", "`model_signing sign` writes one")
    serialization, rows = (statement.predicate.get(key) for key in ("serialization", "resources"))
    if not isinstance(serialization, dict) or not isinstance(rows, list) or len(statement.subjects) != 1:
        _refuse(place, "this signature of a model lacks `serialization`, `resources` or its one subject")
    if serialization.get("method") != "files" or serialization.get("hash_type") != "sha256":
        _refuse(place, "its files are not hashed one by one with SHA-256", "sign the model with the usual settings")
    files = _listed(rows, place)
    whole = hashlib.sha256(b"".join(map(bytes.fromhex, files.values()))).hexdigest()
    if not files or statement.subjects[0].digest != f"sha256:{whole}":
        _refuse(place, "its digest is not that of the files it lists")
    ignored = serialization.get("ignore_paths", [])
    names = tuple(map(str, ignored)) if isinstance(ignored, list) else ()
    return ModelSignature(place, statement.subjects[0], files, names, envelope)


def _listed(rows: list[object], place: str) -> dict[str, str]:
    """Return the digest of each file in the order of the list, which is that of the digest of all."""
    found: dict[str, str] = {}
    for row in rows:
        name, digest = (row.get("name"), row.get("digest")) if isinstance(row, dict) else (None, None)
        if type(name) is not str or not is_digest(f"sha256:{digest}") or name in found:
            _refuse(place, f"file {len(found) + 1} of its list has no name and SHA-256 of its own")
        found[name] = str(digest)
    return found


def _hex(file: Path) -> str:
    return digest_of(file).removeprefix("sha256:")


def _is_within(name: str, folders: Iterable[str]) -> bool:
    path = PurePosixPath(name)
    return any(path == PurePosixPath(each) or PurePosixPath(each) in path.parents for each in folders)


def _refuse(place: str, message: str, hint: str | None = None) -> NoReturn:
    raise InputError([Problem(message, Place(place), hint)])
