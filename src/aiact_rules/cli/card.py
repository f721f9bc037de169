"""`aiact-rules card`: the result of a release in its card."""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.cards.writing import written
from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import say, show
from aiact_rules.gate import Gate
from aiact_rules.requests.overrides import Overrides


@click.command("card")
@click.argument("path", type=click.Path(path_type=Path))
@judging
@click.option("--operator", "operator", metavar="NAME", help="Which operator of a release that names several.")
@click.option("--check", is_flag=True, help="Write nothing; show what differs, and exit with 1 where something does.")
def command(path: Path, operator: str | None, check: bool, said: Overrides) -> None:
    """Write the result of a check into the card of the release at PATH, or refresh it.

    The block `eu_ai_act` in the front matter gets a `result`, and the body a section for those who use the release, between
    two comments. Every other byte stays. The facts are those of the card and of the release file beside it; the exit code
    is 0 whatever the verdict is. A card that is right as of the day it names stays as it is; `--as-of` names another.
    """
    card = written(Gate(), path, said, operator)
    verdict = card.decision.verdict.value
    if card.is_current:
        say(f"{card.before.name}: up to date ({verdict})")
        return
    if check:
        show("".join(f"{line}\n" for line in card.diff()))
        say(f"{card.before.name}: stale, write it with `aiact-rules card`", err=True)
        raise click.exceptions.Exit(1)
    card.save()
    say(f"{card.before.name}: written ({verdict})")
