"""`aiact-rules run`: start a command only where its release may go ahead."""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.cli.options import ARTIFACT, FAIL_ON, judging
from aiact_rules.cli.terminal import say
from aiact_rules.requests.overrides import Overrides


@click.command("run", context_settings={"allow_interspersed_args": False})
@click.option(
    "--release",
    "releases",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="The model card, the release file or the folder of what is started (several allowed).",
)
@judging
@FAIL_ON
@ARTIFACT
@click.option(
    "--attestation",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A statement that `attest` signed, which must be genuine, about the artifact, and good enough.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PEM",
    help="A public key by which it may be signed (several allowed).",
)
@click.option("--max-age", type=click.IntRange(min=0), metavar="DAYS", help="How old the signed decision may be.")
@click.option("--settings", "organisation", type=click.Path(path_type=Path), help="The `aiact.toml` that judges it.")
@click.option("--log", metavar="FILE|URL", help="Record each start in a decision log.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing where the command may start.")
@click.argument("started", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND ARGS...]")
def command(
    releases: tuple[Path, ...],
    attestation: Path | None,
    keys: tuple[Path, ...],
    max_age: int | None,
    organisation: Path | None,
    log: str | None,
    quiet: bool,
    started: tuple[str, ...],
    fail_on: str | None,
    artifact: str | None,
    said: Overrides,
) -> None:
    """Judge a release, and start COMMAND only where it may go ahead.

    The command takes the place of this process: signals and its exit code are its own. Exit code 1 where it is refused and 2
    where nothing could be judged or verified; then it is never started. Without a COMMAND the exit code is the answer, as an init
    container needs it.
    """
    from aiact_rules.hosts.judgement import HostGate
    from aiact_rules.hosts.starting import found_command, start

    if (attestation is None) != (not keys) or (attestation is None and max_age is not None):
        raise click.UsageError("--attestation and --key go together: a signature is worth what its key is")
    if attestation is not None and artifact is None:
        raise click.UsageError("say with --artifact of which bytes the attestation must be")
    if started:
        found_command(started[0])
    digest = None
    if artifact is not None:
        from aiact_rules.artifacts import digest_named  # few name the bytes

        digest = digest_named(artifact)
    action = f"start {started[0]}" if started else "start"
    host = HostGate("run", settings=organisation, log=log)
    judgement = None
    if attestation is not None and digest is not None:
        from aiact_rules.hosts.attested import Attestation

        judgement = Attestation(attestation, keys, max_age).refusal(digest, host, action)
    judgement = judgement or host.judge(releases, said.with_(fail_on=fail_on, artifact=digest), action=action)
    if not judgement.passes or not quiet:
        for line in judgement.message.splitlines():
            say(line, err=True)
    if not judgement.passes or not started:
        raise click.exceptions.Exit(judgement.exit_code)
    start(started)
