"""`aiact-rules sweep`: verdicts for a whole table or folder of releases."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aiact_rules.cli.options import Day
from aiact_rules.core.problems import InputError, PackError, Place, Problem, did_you_mean
from aiact_rules.gate import Gate
from aiact_rules.plugins.interfaces import EngineUnavailable

if TYPE_CHECKING:
    from aiact_rules.sweep.mapping import TableMap
    from aiact_rules.sweep.running import Swept
    from aiact_rules.sweep.tables import Table


class _Sweep(click.Group):
    """A group whose first argument is a table where it names no command of the group."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("sweep", cls=_Sweep, no_args_is_help=True)
def command() -> None:
    """Judge all rows of a TABLE (Parquet, CSV, JSON lines), or all releases below a folder.

    `aiact-rules sweep init TABLE` proposes a mapping file from the columns; `aiact-rules sweep TABLE --map FILE` judges every
    row. A row with a value that cannot be read has the verdict `error`. Exit codes as for `check`; 2 where any row is such.
    """


@command.command("init")
@click.argument("table", type=click.Path(path_type=Path, exists=True))
@click.option("--role", "roles", multiple=True, help="The role of the operator in all rows (several allowed).")
@click.option("--pack", "packs", multiple=True, help="A pack by id (several allowed).")
@click.option("--output", type=click.Path(path_type=Path), help="Write the mapping file here (default: show it).")
def init(table: Path, roles: tuple[str, ...], packs: tuple[str, ...], output: Path | None) -> None:
    """Propose a mapping file: which column states which fact, and how its values are written."""
    _need_libraries()
    from aiact_rules.sweep.proposal import propose
    from aiact_rules.sweep.tables import open_table

    text = propose(open_table(table), Gate().vocabulary(packs or None), roles=roles)
    if output is None:
        click.echo(text, nl=False)
    elif output.exists():
        raise InputError([Problem("this file exists already", Place(str(output)), "remove it, or choose another name")])
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"wrote {output}; look at it before you rely on it")


@command.command("run")
@click.argument("table", type=click.Path(path_type=Path, exists=True))
@click.option("--map", "map_file", type=click.Path(path_type=Path, exists=True), help="The mapping file.")
@click.option("--role", "roles", multiple=True, help="The role of the operator in all rows (several allowed).")
@click.option("--moment", help="The step taken, in all rows.")
@click.option(
    "--as-of", "dates", multiple=True, type=Day(), help="The date on which the law is known (several: compare them)."
)
@click.option("--release-date", type=Day(), help="The date of the step, in all rows (default: a column, else --as-of).")
@click.option("--market", "markets", multiple=True, help="A market, in all rows (several allowed).")
@click.option("--pack", "packs", multiple=True, help="A pack by id (several allowed).")
@click.option("--reading", "readings", multiple=True, metavar="ID=CHOICE", help="Choose a reading of an open point.")
@click.option("--set", "settings", multiple=True, metavar="FACT=VALUE", help="State one fact for all rows.")
@click.option("--without", "without", multiple=True, metavar="FACT", help="Leave the column of a fact unread.")
@click.option("--sets", "sets", default="breached,open", help="The statuses whose obligations are listed for each row.")
@click.option("--output", type=click.Path(path_type=Path), help="The table with verdicts (default: TABLE.verdicts.*).")
@click.option("--only-key", is_flag=True, help="Write only the key and the answers, not the other columns.")
@click.option("--no-output", is_flag=True, help="Write no table, only the summary.")
@click.option("--picture", "picture_file", type=click.Path(path_type=Path), help="Draw the summary as SVG.")
@click.option(
    "--format", "report", type=click.Choice(["text", "json"]), default="text", help="How the summary is shown."
)
@click.option(
    "--fail-on",
    type=click.Choice(["hold", "block", "never"]),
    default="hold",
    help="From which verdict on the exit code is 1.",
)
def run(
    table: Path,
    map_file: Path | None,
    roles: tuple[str, ...],
    moment: str | None,
    dates: tuple[date, ...],
    release_date: date | None,
    markets: tuple[str, ...],
    packs: tuple[str, ...],
    readings: tuple[str, ...],
    settings: tuple[str, ...],
    without: tuple[str, ...],
    sets: str,
    output: Path | None,
    only_key: bool,
    no_output: bool,
    picture_file: Path | None,
    report: str,
    fail_on: str,
) -> None:
    """Judge every row of a TABLE, or every release below a folder; the word `run` may be left out.

    Without --map, columns that have the names of facts are read. The table is written back beside itself, with the
    verdict of each row, its conclusions, and the obligations that are breached and open.
    """
    _need_libraries()
    from aiact_rules.sweep.kernel import Kernel
    from aiact_rules.sweep.picture import picture
    from aiact_rules.sweep.plan import make_plan
    from aiact_rules.sweep.summary import summarised

    gate = Gate()
    chosen = _pairs(readings, "--reading", "ID=CHOICE")
    source, table_map = _table(gate, table, map_file, packs or None, chosen)
    table_map = _unread(table_map, without)
    stated: dict[str, Any] = dict(_pairs(settings, "--set", "FACT=VALUE"))
    given = {
        "operator.roles": list(roles) or None,
        "release.moment": moment,
        "release.date": release_date,
        "release.markets": list(markets) or None,
    }
    stated |= {name: value for name, value in given.items() if value is not None}
    plan = make_plan(
        gate,
        table_map,
        as_of=dates or (datetime.now(UTC).date(),),
        packs=packs or None,
        readings=chosen,
        stated=stated,
        sets=_statuses(sets),
    )
    kernel = Kernel(plan, threads=max(1, min(4, (os.cpu_count() or 1) // 2)))
    target = None if no_output else output or _beside(table)
    keep = None if not only_key else [] if plan.key is None else [plan.key]
    swept = _with_progress(source, lambda done: _run(source, table_map, kernel, target, keep, done))
    summary = summarised(swept, kernel)
    for key, why in swept.bad.named:
        click.echo(f"{key}: {why}", err=True)
    if swept.bad.count:
        more = swept.bad.count - len(swept.bad.named)
        click.echo(
            f"{swept.bad.count:,} row{'' if swept.bad.count == 1 else 's'} could not be judged"
            + (f" ({more:,} more than shown; the column aiact_error names each reason)" if more else ""),
            err=True,
        )
    if report == "json":
        click.echo(json.dumps(summary.as_json(), indent=2))
    else:
        click.echo(summary.text(), nl=False)
        if target is not None:
            click.echo(f"\nwritten: {target}")
    if picture_file is not None:
        picture_file.write_text(picture(summary, f"{table.name}: verdicts"), encoding="utf-8")
    threshold = {"hold": 1, "block": 2, "never": 3}[fail_on]
    raise click.exceptions.Exit(2 if swept.bad.count else 1 if summary.worst >= threshold else 0)


def _need_libraries() -> None:
    from aiact_rules.engines.planes import need_sweep_libraries

    try:
        need_sweep_libraries()
    except EngineUnavailable as error:
        message, _, hint = str(error).partition("\n")
        raise PackError([Problem(message, hint=hint.strip() or None)]) from error


def _table(
    gate: Gate, path: Path, map_file: Path | None, packs: tuple[str, ...] | None, readings: dict[str, str]
) -> tuple[Table, TableMap]:
    from aiact_rules.sweep.mapping import ColumnMap, TableMap, read_table_map
    from aiact_rules.sweep.proposal import fact_named
    from aiact_rules.sweep.releases import ReleaseFolder
    from aiact_rules.sweep.tables import open_table

    if path.is_dir() and not any(path.glob("*.parquet")):
        if map_file is not None:
            raise InputError([Problem("a folder of releases needs no mapping file", Place(str(map_file)))])
        folder = ReleaseFolder(gate, path, packs, readings)
        if not folder.rows:
            raise InputError([Problem("no release file and no model card below this folder", Place(str(path)))])
        return folder, folder.table_map()
    table = open_table(path)
    if map_file is not None:
        return table, read_table_map(map_file.read_text(encoding="utf-8"), str(map_file))
    vocabulary = gate.vocabulary(packs)
    columns = tuple(ColumnMap(name, name) for name in table.columns if fact_named(name, vocabulary) == name)
    if not columns:
        raise InputError(
            [
                Problem(
                    "no column of this table has the name of a fact, so it needs a mapping file",
                    Place(str(path)),
                    f"write one with `aiact-rules sweep init {path}` and name it with --map",
                )
            ]
        )
    return table, TableMap(next((name for name in table.columns if name in ("id", "key")), None), columns)


def _unread(table_map: TableMap, facts: tuple[str, ...]) -> TableMap:
    known = [column.fact for column in table_map.columns]
    problems = [
        Problem(f"no column states `{fact}`", Place("--without"), did_you_mean(fact, known))
        for fact in facts
        if fact not in known
    ]
    if problems:
        raise InputError(problems)
    return replace(table_map, columns=tuple(column for column in table_map.columns if column.fact not in facts))


def _pairs(texts: tuple[str, ...], option: str, form: str) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError([Problem(f"expected {form}, found `{text}`", Place(option))])
        found[name.strip()] = value.strip()
    return found


def _statuses(text: str) -> list[Any]:
    from aiact_rules.core.statuses import Status

    names = [name.strip() for name in text.split(",") if name.strip()]
    known = [status.value for status in Status]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"choose from {', '.join(known)}"
            raise InputError([Problem(f"there is no status `{name}`", Place("--sets"), hint)])
    return [Status(name) for name in names]


def _beside(table: Path) -> Path:
    if table.is_dir():
        return table.parent / f"{table.resolve().name}.verdicts.jsonl"
    return table.with_name(f"{table.stem}.verdicts{'.csv' if table.suffix.lower() == '.tsv' else table.suffix}")


def _run(
    table: Table,
    table_map: TableMap,
    kernel: Any,
    target: Path | None,
    keep: list[str] | None,
    done: Callable[[int], None],
) -> Swept:
    from aiact_rules.sweep.running import check_columns, sweep
    from aiact_rules.sweep.writing import Output

    check_columns(table, table_map)
    if keep is None and table.name.rstrip("/") and hasattr(table, "table_map"):
        keep = ["release", "operator"]  # of a folder of releases, whose facts stand in its files
    if target is None:
        return sweep(table, table_map, kernel, keep=keep, done=done)
    with Output(target) as output:
        return sweep(table, table_map, kernel, output, keep=keep, done=done)


def _with_progress(table: Table, run: Callable[[Callable[[int], None]], Swept]) -> Swept:
    """Run with a progress bar where a person looks at the terminal."""
    if not sys.stderr.isatty() or not table.rows:
        return run(lambda _: None)
    with click.progressbar(length=table.rows, label="judging", file=sys.stderr) as bar:
        return run(bar.update)
