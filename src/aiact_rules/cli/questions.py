"""`aiact-rules questions`: what should be answered next?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from aiact_rules.cli.options import judging
from aiact_rules.core.statuses import strictest
from aiact_rules.gate import Gate
from aiact_rules.requests.overrides import Overrides


@click.command("questions")
@click.argument("path", type=click.Path(path_type=Path))
@judging
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(path: Path, report: str, said: Overrides) -> None:
    """List the open questions by impact: those whose answers can change the verdict, the most decisive first."""
    gate = Gate()
    request = gate.request(path, said)
    decisions = [gate.decide(each) for each in request.per_operator()]
    rows = []
    for pack in (pack for decision in decisions for pack in decision.packs):
        for need in pack.needs:
            declaration = pack.pack_at.pack.vocabulary[need.fact]
            rows.append(
                {
                    "fact": need.fact,
                    "question": declaration.asks,
                    "type": declaration.type.value,
                    "provision": declaration.provision,
                    "values": dict(declaration.values) if declaration.values is not None else None,
                    "decides": need.decides,
                    "pack": pack.pack_id,
                }
            )
    if report == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        click.echo(f"nothing to ask: the verdict is {strictest(d.verdict for d in decisions).value}")
    for number, row in enumerate(rows, 1):
        click.echo(f"{number}. {row['question']}")
        affected = f"{row['decides']} obligation{'' if row['decides'] == 1 else 's'}"
        click.echo(f"   {row['fact']} ({row['type']}; affects {affected})")
        values = row["values"]
        if isinstance(values, dict):
            for value, label in values.items():
                click.echo(f"     {value}: {label}")
