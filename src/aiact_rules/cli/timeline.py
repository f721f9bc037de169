"""`aiact-rules timeline`: how does the answer change from date to date?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import click

from aiact_rules.cli.options import Judging, Reader, Release, decided, judging
from aiact_rules.cli.terminal import write_out
from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.gate import Gate
from aiact_rules.sources.document import Document
from aiact_rules.timeline import (
    ALREADY_ON_MARKET,
    DESIGN_CHANGED,
    FIRST_PLACED_ON,
    UNLESS_STATED,
    Timeline,
    timeline,
)
from aiact_rules.timeline.picture import render_svg
from aiact_rules.timeline.text import render_text


@click.command("timeline")
@click.argument("path", type=click.Path(path_type=Path))
@judging
@click.option("--operator", "operator", metavar="NAME", help="Which operator of a release that names several.")
@click.option("--format", "report", type=click.Choice(["text", "json", "svg"]), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write it to a file.")
def command(path: Path, operator: str | None, report: str, output: Path | None, chosen: Judging) -> None:
    """Show from date to date how the verdict changes and what is owed.

    Each date on which the law changes something for this release is judged as if the step were taken that day and, where
    the law spares what was on the market before, for the release as placed on its own date and left unchanged. The exit
    code is 0: a timeline decides nothing.
    """
    gate = Gate()
    release = Reader(gate, chosen).read_release(path)
    found = timeline_of(gate, release, chosen, operator)
    if report == "json":
        text = json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n"
    else:
        text = render_svg(found) if report == "svg" else render_text(found)
    write_out(text, output, "the timeline")


def timeline_of(gate: Gate, release: Release, chosen: Judging, operator: str | None = None) -> Timeline:
    """Judge a release, or one operator of it, from date to date."""
    known_on = chosen.as_of or datetime.now(UTC).date()
    document = operator_of(replace(release.document, facts=release.facts), operator)
    own = chosen.release_date or document.facts.value(RELEASE_DATE)
    there_before = document.facts.value(ALREADY_ON_MARKET) is True
    if there_before:
        own = document.facts.value(FIRST_PLACED_ON) or own

    def judge(on: date, law_of: date, stated: Mapping[str, FactValue]) -> Decision:
        facts = Facts.of(
            Fact(name, value, Origin(Place("timeline")))
            for name, value in stated.items()
            if name not in UNLESS_STATED or name not in document.facts
        )
        dated = replace(chosen, as_of=law_of, release_date=on)
        return decided(gate, replace(release, document=document, facts=document.facts.overridden_by(facts)), dated)

    return timeline(
        gate.packs(release.packs),
        judge,
        released_on=own if isinstance(own, date) else known_on,
        known_on=known_on,
        design_changed=document.facts.value(DESIGN_CHANGED) is True,
        there_before=there_before,
    )


def operator_of(document: Document, name: str | None) -> Document:
    """Give the document of the one operator it names, or of the one of several that is meant.

    Raises InputError where several are named and none, or none of them, is meant.
    """
    found = document.per_operator()
    if name is None and not document.operators:
        return document
    named = {each.operator or f"operator {number}": each for number, each in enumerate(found, 1)}
    if name is None or name not in named:
        says = "this release names several operators" if name is None else f"this release names no operator `{name}`"
        hint = (
            did_you_mean(name, named) if name is not None else None
        ) or f"say --operator, one of: {', '.join(named)}"
        raise InputError([Problem(says, Place(document.name), hint)])
    return named[name]
