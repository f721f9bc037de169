"""`aiact-rules schema`: the JSON Schema of one kind of file, for editors and validators."""

from __future__ import annotations

import json
from typing import Any

import click

from aiact_rules.cli.known import known_option
from aiact_rules.cli.known import packs as known_packs

SPEC_FILES = (
    "article",
    "card_words",
    "cases",
    "claims",
    "coverage",
    "cues",
    "deliverables",
    "pack",
    "parameters",
    "readings",
    "sanctions",
    "schools",
    "timetables",
    "vocabulary",
)
KINDS = ("release", "card", "config", "decision", "gate_decision", *SPEC_FILES)
OF_KEYS = ("release", "card", "config")
"""The kinds whose schema has the facts and readings of packs."""


@click.command("schema")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@known_option(
    "--pack",
    "packs",
    words=known_packs,
    multiple=True,
    metavar="ID",
    help="A further pack whose facts and readings it knows (several allowed).",
)
def command(kind: str, packs: tuple[str, ...]) -> None:
    """Print the JSON Schema of a KIND of file.

    `release` is aiact.yaml, `card` the block `eu_ai_act` of a card, `config` aiact.toml, `decision` the JSON report,
    `gate_decision` what `attest` signs; the others are files of a rule pack: article, card_words, cases, claims, coverage,
    cues, deliverables, pack, parameters, readings, sanctions, schools, timetables, vocabulary.
    The schemas of the EU AI Act are published in `specs/schemas`, and in the package.
    """
    if packs and kind not in OF_KEYS:
        raise click.UsageError(f"the schema `{kind}` is the same for every pack, so --pack has nothing to add")
    click.echo(schema_text(kind, packs), nl=False)


def schema_text(kind: str, packs: tuple[str, ...] = ()) -> str:
    """Return a schema as it is published. `packs` are further ones, beside that of the EU AI Act."""
    indent = 1 if kind in OF_KEYS else 2  # there are many facts
    return json.dumps(_schema(kind, packs), indent=indent, ensure_ascii=False, sort_keys=kind in SPEC_FILES) + "\n"


def _schema(kind: str, packs: tuple[str, ...]) -> dict[str, Any]:
    if kind == "decision":
        from aiact_rules.reports.decision_schema import decision_schema

        return decision_schema()
    if kind == "gate_decision":
        from aiact_rules.attest.predicate_schema import predicate_schema

        return predicate_schema()
    if kind in SPEC_FILES:
        from aiact_rules.specfiles.schemas import schemas

        return schemas()[kind]
    from aiact_rules.gate import Gate
    from aiact_rules.requests.choosing import DEFAULT_PACK
    from aiact_rules.sources.key_schemas import card_schema, release_schema, settings_schema

    gate = Gate(packs=(DEFAULT_PACK, *packs))
    every = gate.packs()
    readings = {reading.id: reading for pack in every for reading in pack.readings.values()}.values()
    schools = sorted({"default", *(name for pack in every for name in pack.schools)})
    made = {"release": release_schema, "card": card_schema, "config": settings_schema}[kind]
    return made(gate.vocabulary(), readings, schools)
