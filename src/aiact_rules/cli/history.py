"""`aiact-rules history`: what would each text of the Act, from the proposal on, have asked of this release?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from aiact_rules.cli.options import Judging, Reader, Release, judging
from aiact_rules.cli.terminal import write_out
from aiact_rules.cli.timeline import operator_of
from aiact_rules.core.defaults import with_defaults
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.lowering import lower
from aiact_rules.core.pack_decisions import PackDecision, decide
from aiact_rules.core.packs import MARKETS, MOMENT, RELEASE_DATE, ROLES
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.gate import DEFAULT_PACK, Gate
from aiact_rules.history.history import History, Table, Version, history, read_table
from aiact_rules.history.picture import render_svg
from aiact_rules.history.text import render_text
from aiact_rules.sources.statements import parse_value


@click.command("history")
@click.argument("path", type=click.Path(path_type=Path))
@judging
@click.option("--operator", "operator", metavar="NAME", help="Which operator of a release that names several.")
@click.option("--format", "report", type=click.Choice(["text", "json", "svg"]), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write it to a file.")
def command(path: Path, operator: str | None, report: str, output: Path | None, chosen: Judging) -> None:
    """Run one release through every text of the Act, from the proposal of 2021 to the law in force.

    Each text is judged as if it applied in full. What only earlier texts ask for may stand in a file of its own beside the
    release file (`aiact.history.yaml` beside `aiact.yaml`). Earlier texts inform and never gate, and the exit code is 0: a
    history decides nothing.
    """
    if chosen.packs or chosen.as_of is not None:
        raise InputError([Problem("a history chooses its own packs and dates", hint="leave out --pack and --as-of")])
    gate, table = Gate(), read_table()
    ids = tuple(dict.fromkeys((DEFAULT_PACK, *(version.pack for version in table.versions))))
    chosen = replace(chosen, packs=ids, fact_files=(*chosen.fact_files, *facts_beside(path)))
    release = Reader(gate, chosen).read_release(path)
    found = history_of(gate, table, release, chosen, operator)
    if report == "json":
        text = json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n"
    else:
        text = render_svg(found) if report == "svg" else render_text(found)
    write_out(text, output, "the history")


def facts_beside(path: Path) -> tuple[Path, ...]:
    """Give the file with the facts that only earlier texts ask for, where there is one: `aiact.history.yaml` beside `aiact.yaml`."""
    beside = (path / "aiact.yaml" if path.is_dir() else path).with_suffix(".history.yaml")
    return (beside,) if beside.is_file() else ()


def history_of(gate: Gate, table: Table, release: Release, chosen: Judging, operator: str | None = None) -> History:
    """Judge a release, or one operator of it, by every text of a table.

    The step counts as taken on the day the release states, or today, also under texts that are older. Raises InputError
    for a reading that no text has.
    """
    packs = {version.pack: gate.catalogue.pack(version.pack) for version in table.versions}
    known = {name for pack in packs.values() for name in pack.readings}
    if unknown := [name for name in release.readings if name not in known]:
        raise InputError(Problem(f"no text has a reading `{name}`", hint=did_you_mean(name, known)) for name in unknown)
    document = operator_of(replace(release.document, facts=release.facts), operator)
    vocabulary = gate.vocabulary(release.packs)
    stated = document.facts.overridden_by(_said(chosen, vocabulary))
    today = datetime.now(UTC).date()
    complete = with_defaults(stated, [packs[DEFAULT_PACK]], today).completed(vocabulary)
    values = {fact.name: fact.value for fact in complete}
    engine = gate.catalogue.engine(gate.engine)

    def judge(version: Version) -> PackDecision:
        pack = packs[version.pack]
        choices = {name: choice for name, choice in release.readings.items() if name in pack.readings}
        pack_at = pack.at(version.date, choices)
        lowered = lower(pack_at)
        return decide(pack_at, lowered, complete, engine.prepare(pack_at, lowered)(values))

    acting = values.get(ROLES)
    roles = " and ".join(sorted(acting)).replace("_", " ") if isinstance(acting, frozenset) else "role not known"
    name = " ".join(part for part in (document.subject.name, document.subject.version) if part) or "the release"
    return history(table, judge, f"{name} ({roles})")


def _said(chosen: Judging, vocabulary: Vocabulary) -> Facts:
    """Give the facts that the options of the command state."""
    given: dict[str, str | list[str]] = {}
    if chosen.roles:
        given[ROLES] = list(chosen.roles)
    if chosen.markets:
        given[MARKETS] = list(chosen.markets)
    if chosen.moment is not None:
        given[MOMENT] = chosen.moment
    if chosen.release_date is not None:
        given[RELEASE_DATE] = chosen.release_date.isoformat()
    place = Place("command line")
    try:
        return Facts.of(
            Fact(name, parse_value(vocabulary[name], value), Origin(place)) for name, value in given.items()
        )
    except ValueError as error:
        raise InputError([Problem(str(error), place)]) from error
