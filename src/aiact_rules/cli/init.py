"""`aiact-rules init`: write a release file to fill in."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

import click

from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.gate import Gate

_HEAD = """\
# What is released, by whom, when and where. Every line may stay as it is until you know the answer: what is not
# stated holds the release and is never taken for a no. `aiact-rules check` says what is still needed.
format: 1
subject:            # system, model, both or neither
roles:              # provider, deployer, importer, distributor, authorised_representative, product_manufacturer
markets: [EU]
# moment: placing_on_market    # or making_available, putting_into_service, use; or an event: incident, risk, request, review
# release_date: 2027-12-15
facts:
"""


@click.command("init")
@click.argument("path", type=click.Path(path_type=Path), default=Path("aiact.yaml"))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(path: Path, force: bool) -> None:
    """Write a commented release file (default: aiact.yaml here) with the questions that decide most."""
    if path.is_dir():
        path = path / "aiact.yaml"
    if path.exists() and not force:
        raise InputError(
            [Problem("there is already a file here", Place(str(path)), "choose another name, or use --force")]
        )
    text = release_file(Gate())
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError([Problem("the file cannot be written", Place(str(path)), str(error))]) from error
    click.echo(f"{path}: fill it in, then run `aiact-rules check {path}`")


def release_file(gate: Gate) -> str:
    """Return a release file with the first questions of both kinds of release as comments."""
    asked: dict[str, None] = {}
    for subject in ("system", "model"):
        facts: dict[str, object] = {"release.subject": subject, "release.markets": ["EU"]}
        for _ in range(3):
            decision = gate.check(facts, roles=["provider"])
            asked |= dict.fromkeys(need.fact for pack in decision.packs for need in pack.needs)
            if not _answered(decision, facts):
                break
    lines = [_HEAD.rstrip("\n")]
    vocabulary = gate.vocabulary()
    for name in asked:
        declaration = vocabulary[name]
        lines.append("")
        lines += [f"  # {line}" for line in wrap(declaration.asks, 100)]
        if declaration.values is not None:
            for value, label in declaration.values.items():
                lines += wrap(f"{value}: {label}", 100, initial_indent="  #   ", subsequent_indent="  #       ")
        shown = "[]" if declaration.type.value == "some_of" else ""
        lines.append(f"  # {name}: {shown}".rstrip())
    return "\n".join(lines) + "\n"


def _answered(decision: Decision, facts: dict[str, object]) -> bool:
    """State that nothing of what is asked is present, so that the next questions come up. False where nothing is asked."""
    answered = False
    for pack in decision.packs:
        for need in pack.needs:
            if pack.pack_at.pack.vocabulary[need.fact].type.value == "some_of" and need.fact not in facts:
                facts[need.fact] = []
                answered = True
    return answered
