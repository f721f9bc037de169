"""`aiact-rules vocabulary`: which facts can be stated?"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import click

from aiact_rules.cli.known import complete_fact_names, known_option
from aiact_rules.cli.known import packs as known_packs
from aiact_rules.core.problems import InputError, Problem, did_you_mean
from aiact_rules.gate import Gate
from aiact_rules.requests.choosing import DEFAULT_PACK


@click.command("vocabulary")
@click.argument("names", nargs=-1, shell_complete=complete_fact_names)
@known_option(
    "--pack",
    "packs",
    words=known_packs,
    multiple=True,
    default=(DEFAULT_PACK,),
    metavar="ID",
    help="A pack (several allowed).",
)
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(names: tuple[str, ...], packs: tuple[str, ...], report: str) -> None:
    """List facts with type, question and provision: all, or those whose name matches (`system.*`)."""
    vocabulary = Gate(packs=packs).vocabulary()
    patterns = names or ("*",)
    chosen = [vocabulary[name] for name in vocabulary if any(fnmatchcase(name, p) for p in patterns)]
    if not chosen:
        raise InputError([Problem(f"no fact matches `{' '.join(names)}`", hint=did_you_mean(names[0], vocabulary))])
    if report == "json":
        click.echo(json.dumps([d.as_json() for d in chosen], indent=2, ensure_ascii=False))
        return
    for declaration in chosen:
        kind = declaration.type.value + (f" in {declaration.unit}" if declaration.unit else "")
        click.echo(f"{declaration.name}  ({kind}{', checklist' if declaration.checklist else ''})")
        click.echo(f"  {declaration.asks}{f' [{declaration.provision}]' if declaration.provision else ''}")
        for value, label in (declaration.values or {}).items():
            click.echo(f"    {value}: {label}")
        if declaration.if_absent is not None:
            shown = _word(declaration.format(declaration.if_absent))
            click.echo(f"  if absent: {shown}, because {declaration.if_absent_because}")


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
