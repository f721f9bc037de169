"""Options that name what is released, for commands that say or check something of its bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from aiact_rules.attest.statements import Descriptor

_OPTIONS = (
    click.option(
        "--artifact",
        metavar="ARTIFACT",
        help="What is released: a file, a folder, sha256:…, or an image as NAME@sha256:….",
    ),
    click.option(
        "--model-signature",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The signature of the model by OpenSSF Model Signing, whose digest then names it.",
    ),
    click.option(
        "--model-key",
        "model_keys",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="PEM",
        help="A public key by which that signature must be (several allowed).",
    ),
)


def artefact_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that name the artefact, for `artefact_of`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def artefact_of(artifact: str | None, model_signature: Path | None, model_keys: tuple[Path, ...]) -> Descriptor | None:
    """Return what these options name, or None where they name nothing.

    A folder, or a file, that is named beside a signature of the model must be what was signed. Raises InputError.
    """
    from aiact_rules.attest.artefacts import artefact_named, same_artefact

    if model_signature is None:
        if model_keys:
            raise click.UsageError("--model-key goes with --model-signature")
        return None if artifact is None else artefact_named(artifact)
    from aiact_rules.attest.keys import read_public_key
    from aiact_rules.attest.model_signatures import read_model_signature

    signature = read_model_signature(model_signature)
    if model_keys:
        signature.refuse_other_signers(map(read_public_key, model_keys))
    if artifact is None:
        return signature.model
    path = Path(artifact)
    if path.exists():
        signature.refuse_other_files(path)
        return signature.model
    return same_artefact(signature.model, artefact_named(artifact), str(model_signature))
