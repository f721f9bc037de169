"""`aiact-rules verify`: is a signed statement genuine, about this artefact, and good enough?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from aiact_rules.attest.envelopes import Envelope, read_envelope
from aiact_rules.attest.verification import Outcome, Signer, Verification, Wanted, verify
from aiact_rules.cli.artefacts import artefact_of, artefact_options
from aiact_rules.cli.known import known_option
from aiact_rules.cli.known import packs as known_packs
from aiact_rules.cli.terminal import say, write_out
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate
from aiact_rules.reports.escapes import json_text
from aiact_rules.sources.text_files import read_bytes


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@artefact_options
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PEM",
    help="A public key by which it may be signed (several allowed).",
)
@click.option(
    "--identity", help="Who must have signed it without a key, as the certificate says: a mail or a workflow."
)
@click.option("--issuer", help="Who vouches for that identity, such as https://token.actions.githubusercontent.com.")
@click.option(
    "--expect",
    type=click.Choice([verdict.value for verdict in Verdict]),
    default=None,
    help="The worst verdict that is good enough (default: the release passes by its own threshold, and is not blocked).",
)
@click.option("--max-age", type=click.IntRange(min=0), metavar="DAYS", help="How old the decision may be.")
@known_option(
    "--pack",
    "packs",
    words=known_packs,
    multiple=True,
    metavar="ID",
    help="A pack that must have judged (several allowed).",
)
@click.option(
    "--pack-digest",
    "digests",
    multiple=True,
    metavar="DIGEST",
    help="A digest that a pack may have (several allowed; default: those of the installed packs).",
)
@click.option("--replay", "again", is_flag=True, help="Decide again from the record; it must come out the same.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    file: Path,
    artifact: str | None,
    model_signature: Path | None,
    model_keys: tuple[Path, ...],
    keys: tuple[Path, ...],
    identity: str | None,
    issuer: str | None,
    expect: str | None,
    max_age: int | None,
    packs: tuple[str, ...],
    digests: tuple[str, ...],
    again: bool,
    form: str,
) -> None:
    """Verify a statement that `attest` signed: who signed it, what it is about, what was decided, by which packs, and when.

    Exit codes: 0 genuine and good enough; 1 genuine and about this artefact, but not good enough; 2 it could not be
    verified, and what it says was not looked at: unreadable, signed by nobody you named, changed, or about something else.
    """
    artefact = artefact_of(artifact, model_signature, model_keys)
    if artefact is None:
        raise click.UsageError("say what is released with --artifact, or --model-signature")
    if bool(keys) == (identity is not None or issuer is not None):
        raise click.UsageError("name who may have signed it: with --key, or with --identity and --issuer")
    data = read_bytes(file, str(file))
    envelope = read_envelope(data, str(file))
    wanted = Wanted(
        artefact,
        datetime.now(UTC),
        None if expect is None else Verdict(expect),
        packs,
        frozenset(each.removeprefix("sha256:") for each in digests),
        None if max_age is None else timedelta(days=max_age),
        again,
    )
    found = verify(envelope, _signer(data, keys, identity, issuer), wanted, Gate())
    _show(found, form)
    raise click.exceptions.Exit(found.outcome.exit_code)


def _signer(data: bytes, keys: tuple[Path, ...], identity: str | None, issuer: str | None) -> Signer:
    if not keys:
        if identity is None or issuer is None:
            raise click.UsageError("--identity and --issuer go together: an identity is worth what vouches for it")
        from aiact_rules.attest.keyless import keyless_signer

        return keyless_signer(data, identity, issuer)
    from aiact_rules.attest.keys import read_public_key, signer_of

    known = [read_public_key(each) for each in keys]

    def signer(envelope: Envelope) -> str | None:
        key = signer_of(envelope, known)
        return None if key is None else f"{key.name} ({key.keyid})"

    return signer


def _show(found: Verification, form: str) -> None:
    if form == "json":
        write_out(json_text(found.as_json()), None, "the answer")
        return
    for each in found.checks:
        say(f"{'ok  ' if each.passed else 'FAIL'}  {each.name:<9}  {each.found}")
        if each.hint is not None and not each.passed:
            say(f"      {each.hint}")
    failed = [each.name for each in found.checks if not each.passed]
    say(found.outcome.value if found.outcome is Outcome.VERIFIED else f"{found.outcome.value}: {', '.join(failed)}")
