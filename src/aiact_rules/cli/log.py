"""`aiact-rules log`: look into a decision log, keep its head elsewhere, and move old entries to an archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import click

from aiact_rules.cli.options import Day
from aiact_rules.cli.terminal import write_out
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.words import counted
from aiact_rules.decision_log.chain import Verified
from aiact_rules.decision_log.entries import Entry
from aiact_rules.decision_log.heads import EMPTY, HEAD_TYPE, KeptHead
from aiact_rules.decision_log.joining import verify_parts
from aiact_rules.decision_log.log import Log
from aiact_rules.decision_log.opening import open_log
from aiact_rules.sources.text_files import read_bytes

_LOG = click.argument("address", metavar="LOG")
_MOST_HEAD_BYTES = 64 * 1024


@click.group("log")
def command() -> None:
    """Verify, show, export or archive the log that `check --log` writes.

    LOG is a file, or the address of a PostgreSQL database. `verify`, `show` and `export` only read, and the log may be
    write-protected. While a file is open, or after its writer was killed, its newest entries are in a file beside it whose name
    ends with `-wal`: copy both.
    """


@command.command()
@click.argument("addresses", metavar="LOG...", nargs=-1, required=True)
@click.option(
    "--head",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A head that `export --head` wrote: entries that were cut off or written anew since then are found.",
)
@click.option("--key", type=click.Path(path_type=Path), metavar="PEM", help="The public key that signed that head.")
def verify(addresses: tuple[str, ...], head: Path | None, key: Path | None) -> None:
    """Check the chain of a log, and print its head to keep elsewhere. Exit code 1 where it is broken.

    Several logs are checked together where one is the archive of the other.
    """
    if key is not None and head is None:
        raise click.UsageError("--key is of the head in --head")
    kept = None if head is None else _read_head(head, key)
    found = verify_parts([open_log(address) for address in addresses], None if kept is None else kept.head)
    for log, verified in found:
        for line in _said(log, verified, several=len(found) > 1):
            click.echo(printable(line))
    raise click.exceptions.Exit(1 if any(verified.problems for _, verified in found) else 0)


def _said(log: Log, found: Verified, *, several: bool) -> Iterator[str]:
    yield from (line for problem in found.problems for line in str(problem).splitlines())
    if found.beside is not None:
        yield f"{found.beside} holds the newest entries of this log: copy both files"
    if found.after != EMPTY:
        yield f"{log.name} goes on after entry {found.after.seq} of an archive, hash {found.after.hash}"
    state = "broken" if found.problems else "unbroken"
    said = f"{counted(found.entries, 'entry', 'entries')}, head {found.head.hash}, {state}"
    yield f"{log.name}: {said}" if several else said


@command.command()
@_LOG
@click.option("--entry", default=None, type=int, help="Show one entry whole, by its number (0: the last one).")
def show(address: str, entry: int | None) -> None:
    """List the entries of a log, or show one. Exit code 1 where an entry is broken."""
    log = open_log(address)
    if entry is not None:
        text = json.dumps(log.entry(entry).record, indent=2, ensure_ascii=False)
        click.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))
        return
    broken = False
    for each in log.entries():
        click.echo(printable(f"{each.seq}  {each.at or '-'}  {_summary(each)}"))
        broken = broken or each.broken is not None
    raise click.exceptions.Exit(1 if broken else 0)


@command.command()
@_LOG
@click.option(
    "--head",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the head alone to a file (- for standard output), to keep elsewhere.",
)
@click.option(
    "--key", type=click.Path(path_type=Path), metavar="PEM", help="Sign that head with a private key (PKCS#8)."
)
def export(address: str, head: Path | None, key: Path | None) -> None:
    """Write every entry as one line of JSON, exactly as hashed, or the head. Exit code 1 where a broken entry is left out."""
    log = open_log(address)
    if head is not None:
        _refuse_overwriting(head, address.removeprefix("sqlite:///"), key)
        write_out(_head_text(log, key), None if str(head) == "-" else head, "the head")
        return
    if key is not None:
        raise click.UsageError("--key signs the head: say --head too")
    broken = False
    for each in log.entries():
        if each.broken is None:
            click.echo(each.text)
        else:
            problem = Problem(f"this entry is left out: {each.broken}", Place(f"{log.name}, entry {each.seq}"))
            click.echo(str(problem), err=True)
            broken = True
    raise click.exceptions.Exit(1 if broken else 0)


@command.command()
@_LOG
@click.option("--until", type=Day(), required=True, help="Move what was recorded before this day (UTC).")
@click.option("--archive", required=True, metavar="LOG", help="Where these entries go: a log that is not there yet.")
@click.option("--output", required=True, metavar="LOG", help="Where the others go on: a log that is not there yet.")
@click.option("--actor", envvar="AIACT_RULES_ACTOR", metavar="NAME", help="Who asks, as the log is to say.")
def retain(address: str, until: date, archive: str, output: str, actor: str | None) -> None:
    """Move old entries of a log to an archive. Both, and what goes on, verify alone and together.

    LOG is closed, not changed: a last entry says what went where. Then use the new log instead. A run that was interrupted
    is finished by the same command.
    """
    from aiact_rules.decision_log.retention import retain as move

    log = open_log(address)
    done = move(log, until, open_log(archive), open_log(output), by=actor)
    if done is None:
        click.echo(printable(f"{log.name}: nothing was recorded before {until}, so nothing was done"))
        return
    new = open_log(output).name
    moved, kept = counted(done.moved, "entry", "entries"), counted(done.kept, "entry", "entries")
    click.echo(printable(f"{open_log(archive).name}: {moved}, head {done.archive.hash}"))
    click.echo(printable(f"{new}: {kept}, head {done.head.hash}"))
    click.echo(printable(f"{log.name} is closed: record in {new} from now on"))


def _head_text(log: Log, key: Path | None) -> str:
    kept = KeptHead(log.head(), log.name, datetime.now(UTC).replace(microsecond=0).isoformat())
    if key is None:
        return kept.payload.decode() + "\n"
    from aiact_rules.attest.keys import read_signing_key
    from aiact_rules.cli.key_password import key_password

    return read_signing_key(key, key_password).sign(HEAD_TYPE, kept.payload).as_text()


def _refuse_overwriting(head: Path, *others: str | Path | None) -> None:
    if any(each is not None and Path(each).resolve() == head.resolve() for each in others):
        raise InputError(
            [Problem("the head would be written over what it is made of", Place(str(head)), "name another file")]
        )


def _read_head(file: Path, key: Path | None) -> KeptHead:
    """Return the head in a file. Raises InputError where it is none, and where the key did not sign it."""
    data = read_bytes(file, str(file), _MOST_HEAD_BYTES)
    if key is not None or b'"payloadType"' in data:
        data = _signed(data, file, key)
    try:
        return KeptHead.from_payload(data)
    except (ValueError, RecursionError) as error:
        hint = "name a file that `aiact-rules log export --head` wrote"
        raise InputError([Problem(f"this is no head of a log: {error}", Place(str(file)), hint)]) from error


def _signed(data: bytes, file: Path, key: Path | None) -> bytes:
    """Return what was signed, by the key where one is named."""
    from aiact_rules.attest.envelopes import read_envelope

    if b'"payloadType"' not in data:
        raise InputError([Problem("this head is not signed, and a key is named", Place(str(file)), "leave --key out")])
    envelope = read_envelope(data, str(file))
    if envelope.payload_type != HEAD_TYPE:
        raise InputError([Problem(f"`{envelope.payload_type}` is no head of a log", Place(str(file)))])
    if key is None:
        click.echo(f"{printable(str(file))}: its signature was not checked, name the public key with --key", err=True)
        return envelope.payload
    from aiact_rules.attest.keys import read_public_key, signer_of

    if signer_of(envelope, [read_public_key(key)]) is None:
        raise InputError([Problem("this head is not signed by that key", Place(str(file)), f"the key is {key}")])
    return envelope.payload


def _summary(entry: Entry) -> str:
    """Return what an entry records, in one line."""
    if entry.broken is not None:
        return f"broken  {entry.broken}"
    return "  ".join([*_about(entry), *_acted(entry)])


def _about(entry: Entry) -> list[str]:
    if entry.error is not None:
        return ["error", entry.error.input, *entry.error.problems[:1]]
    if entry.override is not None:
        each = entry.override
        return ["override", f"{each.who} until {each.until.isoformat()}: {each.why}", each.decision_id]
    if entry.retained is not None:
        each_moved = entry.retained
        return [
            "retained",
            f"up to entry {each_moved.archived.seq} in {each_moved.archive}, on in {each_moved.goes_on_in}",
        ]
    decision = entry.decision or {}
    subject = decision.get("subject")
    name = subject.get("name") if isinstance(subject, dict) else None
    return [str(decision.get("verdict")), str(name or "-"), str(decision.get("decision_id"))]


def _acted(entry: Entry) -> list[str]:
    act = entry.act
    if act is None:
        return []
    by = "" if act.actor is None else f" by {act.actor}"
    override = "" if act.override is None else f", override by {act.override.who}"
    return [f"{act.outcome.value}: {act.host}, {act.action}{by}{override}"]
