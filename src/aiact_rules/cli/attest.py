"""`aiact-rules attest`: a signed statement of what was decided about an artefact."""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.attest.attesting import Attested, attested_record, attested_release
from aiact_rules.attest.predicates import Kind
from aiact_rules.attest.statements import PAYLOAD_TYPE, Descriptor
from aiact_rules.cli.artefacts import artefact_of, artefact_options
from aiact_rules.cli.key_password import key_password
from aiact_rules.cli.options import FAIL_ON, judging
from aiact_rules.cli.replay import decision_of_entry, recorded_decision
from aiact_rules.cli.terminal import say, write_out
from aiact_rules.core.choices import CALLER
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.acts import Artifact, Outcome
from aiact_rules.gate import Gate
from aiact_rules.hosts.recording import recorded
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.requests.overrides import Overrides


@click.command("attest")
@click.argument("release", required=False, type=click.Path(path_type=Path))
@artefact_options
@click.option("--key", type=click.Path(path_type=Path), metavar="PEM", help="The private key that signs (PKCS#8).")
@click.option("--keyless", is_flag=True, help="Sign by an identity through Sigstore instead; needs the network.")
@click.option("--output", type=click.Path(path_type=Path), help="Write the statement to a file.")
@click.option(
    "--predicate",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.GATE_DECISION.value,
    show_default=True,
    help="What is said: all of it, or as other tools know it; `verify` reads the first.",
)
@click.option(
    "--decision",
    metavar="LOG|FILE",
    help="Attest a recorded decision instead: the address of a log, or a decision in JSON.",
)
@click.option("--entry", default=0, help="The number of its entry in the log (default: the last one).")
@click.option("--log", metavar="LOG", help="Record the decision in a log before it is signed.")
@click.option("--actor", help="Who signs off, for the log.")
@judging
@FAIL_ON
def command(
    release: Path | None,
    artifact: str | None,
    model_signature: Path | None,
    model_keys: tuple[Path, ...],
    key: Path | None,
    keyless: bool,
    output: Path | None,
    predicate: str,
    decision: str | None,
    entry: int,
    log: str | None,
    actor: str | None,
    fail_on: str | None,
    said: Overrides,
) -> None:
    """Judge a release and sign what was decided of its artefact: an in-toto Statement in a DSSE envelope.

    A release that is held or blocked is attested too, with exit code 1; `verify` refuses it. The password of an encrypted
    key comes from AIACT_RULES_KEY_PASSWORD, or is asked for. Exit codes: 0 the release passes, 1 it was attested and does
    not pass, 2 nothing was attested.
    """
    if (release is None) == (decision is None):
        raise click.UsageError("name a release, or a recorded decision with --decision")
    if (key is None) == (not keyless):
        raise click.UsageError("name a private key with --key, or use --keyless")
    said = said.with_(fail_on=fail_on)
    if decision is not None and said != Overrides():
        raise click.UsageError("a recorded decision is attested as it was, so no option may say more about it")
    if decision is not None and (log is not None or actor is not None):
        raise click.UsageError("a recorded decision is not recorded again, so --log and --actor do not go with it")
    artefact = artefact_of(artifact, model_signature, model_keys)
    gate = Gate()
    if decision is not None:
        attested = _recorded(gate, decision, entry, artefact)
    else:
        assert release is not None
        if artefact is None:
            raise click.UsageError("say what is released with --artifact, or --model-signature")
        attested = _judged(gate, release, said, artefact, output, log, actor)
    if output is not None:
        _refuse_overwriting(output, key, artifact, decision)
    payload = attested.statement(Kind(predicate)).payload
    write_out(_signed(payload, key), output, "the statement")
    verdict = max((each.verdict for each in attested.decisions), key=lambda each: each.severity)
    passes = "passes" if attested.passes else "does not pass"
    say(f"{attested.artefact.name} ({attested.artefact.digest}): {verdict.value}, {passes}", err=True)
    raise click.exceptions.Exit(0 if attested.passes else 1)


def _judged(
    gate: Gate,
    release: Path,
    said: Overrides,
    artefact: Descriptor,
    output: Path | None,
    log: str | None,
    actor: str | None,
) -> Attested:
    """Judge a release and record what was decided, as `check` does; raises InputError where it could not be judged."""
    inputs = inputs_of(gate, [release])
    if output is not None:
        inputs.refuse_overwriting(output)
    batch = judge_inputs(gate, inputs, said.with_(artifact=artefact.digest))
    try:
        recorded(
            batch,
            log,
            host="cli",
            action="attest",
            outcome=Outcome.JUDGED,
            name=release.as_posix(),
            actor=actor,
            artifact=Artifact(artefact.name, digest=artefact.digest),
        )
    except ValueError as error:
        raise InputError([Problem(str(error), CALLER)]) from error
    problems = (*batch.problems, *(problem for item in batch.items for problem in item.problems))
    if problems or len(batch.items) != 1:
        several = Problem(f"{len(batch.items)} releases were found", Place(release.as_posix()), "name one of them")
        raise InputError(problems or [several])
    return attested_release(batch.decisions, artefact)


def _recorded(gate: Gate, decision: str, entry: int, artefact: Descriptor | None) -> Attested:
    if decision.endswith(".json"):
        found = recorded_decision(Path(decision), entry)
        return attested_record(gate, found, artefact, place=decision, in_a_log=False)
    from aiact_rules.decision_log.opening import open_log

    log = open_log(decision)
    if problems := log.verify().problems:
        raise InputError(problems)
    row = log.entry(entry)
    overrides = [] if row.act is None or row.act.override is None else [row.act.override.as_json()]
    found = decision_of_entry(row, log.name)
    return attested_record(gate, found, artefact, place=log.name, in_a_log=True, overrides=overrides)


def _signed(payload: bytes, key: Path | None) -> str:
    if key is None:
        from aiact_rules.attest.keyless import sign_keyless

        return sign_keyless(payload)
    from aiact_rules.attest.keys import read_signing_key

    return read_signing_key(key, key_password).sign(PAYLOAD_TYPE, payload).as_text()


def _refuse_overwriting(output: Path, *others: Path | str | None) -> None:
    """Raise InputError where the statement would be written over, or into, what it is made from or about."""
    target = output.resolve()
    for other in (Path(each).resolve() for each in others if each is not None):
        if target == other or (other.is_dir() and other in target.parents):
            message = "this would be written over, or into, what the statement is made of"
            raise InputError([Problem(message, Place(output.as_posix()), "name another file")])
