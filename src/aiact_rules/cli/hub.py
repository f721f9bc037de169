"""`aiact-rules hub`: judge a model repository of Hugging Face for its pull requests."""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.cli.options import FAIL_ON, judging
from aiact_rules.cli.terminal import write_out
from aiact_rules.requests.overrides import Overrides


@click.command("hub")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("."))
@judging
@FAIL_ON
@click.option("--write", is_flag=True, help="Write the result into the card too, as `aiact-rules card` does.")
@click.option("--operator", metavar="NAME", help="Which operator the card tells of, where a release names several.")
@click.option("--settings", "organisation", type=click.Path(path_type=Path), help="The `aiact.toml` that judges it.")
@click.option("--log", metavar="FILE|URL", help="Record the judgement in a decision log.")
@click.option("--actor", metavar="NAME", help="Who asks, for the log, as the CI system names them.")
@click.option("--output", type=click.Path(path_type=Path), help="Write the comment to a file.")
def command(
    folder: Path,
    write: bool,
    operator: str | None,
    organisation: Path | None,
    log: str | None,
    actor: str | None,
    output: Path | None,
    fail_on: str | None,
    said: Overrides,
) -> None:
    """Judge the model repository in FOLDER, and print a comment for its pull request, in Markdown.

    Its card, a release file, `config.json`, the heads of its weights and `.eval_results/` are read. The comment is there
    whatever happens; exit code 0 where the release may go ahead, 1 where it is refused, 2 where nothing could be judged.
    """
    from aiact_rules.hosts.hub import HOST, reviewed
    from aiact_rules.hosts.judgement import HostGate

    host = HostGate(HOST, settings=organisation, log=log)
    said = said.with_(fail_on=fail_on)
    review = reviewed(host, folder, said, operator=operator, write=write, actor=actor)
    write_out(review.comment, output, "the comment")
    if output is not None:
        for line in review.judgement.message.splitlines():
            click.echo(line, err=True)
    raise click.exceptions.Exit(review.exit_code)
