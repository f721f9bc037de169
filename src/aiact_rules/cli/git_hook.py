"""`aiact-rules git-hook`: refuse pushes that would release what may not be released."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aiact_rules.cli.terminal import say


@click.group("git-hook")
def command() -> None:
    """Judge what a push releases, in the repository that everyone pushes to: tags of GTO, and other tags and branches named.

    `install` sets it up; git calls the other two. What is judged, by which settings, and where it is recorded stands in the
    git configuration of that repository, `aiact.…`. Whatever goes wrong refuses the push.
    """


@command.command()
@click.argument("ref")
@click.argument("old")
@click.argument("new")
def update(ref: str, old: str, new: str) -> None:
    """Judge one reference, as git calls the hook `update`. Exit code 0 lets it in."""
    from aiact_rules.hosts.git.pushes import Change, hook_code

    raise click.exceptions.Exit(hook_code(lambda: [Change(ref, old, new)], _tell))


@command.command("pre-receive")
def pre_receive() -> None:
    """Judge a whole push, which git writes to standard input. Exit code 0 lets it in."""
    from aiact_rules.hosts.git.pushes import Change, hook_code

    raise click.exceptions.Exit(hook_code(lambda: [Change.of_line(line) for line in sys.stdin], _tell))


@command.command()
@click.argument("repository", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--kind",
    type=click.Choice(["update", "pre-receive"]),
    default="update",
    show_default=True,
    help="`update` refuses single references, `pre-receive` the whole push.",
)
@click.option("--settings", type=click.Path(path_type=Path), help="The `aiact.toml` that judges every push.")
@click.option("--log", metavar="FILE|URL", help="The decision log in which every push is recorded.")
@click.option("--stage", "stages", multiple=True, metavar="PATTERN", help="A guarded stage (default: all).")
@click.option("--tag", "tags", multiple=True, metavar="PATTERN", help="A guarded tag that is none of GTO.")
@click.option("--branch", "branches", multiple=True, metavar="PATTERN", help="A guarded branch.")
@click.option("--no-registrations", is_flag=True, help="Let new versions in unjudged; only stages are guarded.")
@click.option("--actor", metavar="VARIABLE", help="The variable in which the server says who pushes, as GL_USERNAME.")
def install(
    repository: Path,
    kind: str,
    settings: Path | None,
    log: str | None,
    stages: tuple[str, ...],
    tags: tuple[str, ...],
    branches: tuple[str, ...],
    no_registrations: bool,
    actor: str | None,
) -> None:
    """Write the hook into a repository, bare or not, and what the options say into its configuration."""
    from aiact_rules.hosts.git.installing import installed
    from aiact_rules.hosts.git.objects import Repository

    said = {
        "settings": () if settings is None else (str(settings.resolve()),),
        "log": () if log is None else (log if "://" in log else str(Path(log).resolve()),),
        "stage": stages,
        "tag": tags,
        "branch": branches,
        "registrations": ("false",) if no_registrations else (),
        "actor": () if actor is None else (actor,),
    }
    path = installed(Repository(repository.resolve()), kind, {name: values for name, values in said.items() if values})
    say(f"{path}: written")


def _tell(line: str) -> None:
    say(line, err=True)
