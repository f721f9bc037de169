"""`aiact-rules sweep`: verdicts for a whole table or folder of releases."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aiact_rules.cli import known
from aiact_rules.cli.known import known_option
from aiact_rules.cli.options import FAIL_ON, Day, judging_on_dates
from aiact_rules.cli.terminal import say
from aiact_rules.core.batches import left_out_by_reason
from aiact_rules.core.problems import InputError, PackError, Place, Problem, did_you_mean
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate
from aiact_rules.plugins.interfaces import EngineUnavailable
from aiact_rules.requests.overrides import Overrides
from aiact_rules.sources.releases import releases_below

if TYPE_CHECKING:
    from aiact_rules.sweep.mapping import TableMap
    from aiact_rules.sweep.running import Swept
    from aiact_rules.sweep.summary import Summary
    from aiact_rules.sweep.tables import Table


class _SweepGroup(click.Group):
    """A group whose first argument is a table where it names no command of the group."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("sweep", cls=_SweepGroup, no_args_is_help=True)
def command() -> None:
    """Judge all rows of a TABLE (Parquet, CSV, JSON lines), or all releases below a folder.

    `aiact-rules sweep init TABLE` proposes a mapping file from the columns; `aiact-rules sweep TABLE --map FILE` judges every
    row. A row with a value that cannot be read has the verdict `error`. Exit codes as for `check`; 2 where any row is such.
    """


@command.command("init")
@click.argument("table", type=click.Path(path_type=Path, exists=True))
@known_option(
    "--role",
    "roles",
    words=known.roles,
    multiple=True,
    metavar="ROLE",
    help="The role of the operator in all rows (several allowed).",
)
@known_option("--pack", "packs", words=known.packs, multiple=True, metavar="ID", help="A pack (several allowed).")
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
@judging_on_dates
@click.option("--map", "map_file", type=click.Path(path_type=Path, exists=True), help="The mapping file.")
@click.option("--as-of", "dates", multiple=True, type=Day(), help="The law as of this date (several: compare them).")
@click.option(
    "--without",
    "without",
    multiple=True,
    metavar="FACT",
    help="Leave the column of a fact, or a column by its own name, unread.",
)
@click.option("--sets", "sets", default="breached,open", help="The statuses whose obligations are listed for each row.")
@click.option("--output", type=click.Path(path_type=Path), help="The table with verdicts (default: TABLE.verdicts.*).")
@click.option("--only-key", is_flag=True, help="Write only the key and the answers, not the other columns.")
@click.option("--no-output", is_flag=True, help="Write no table, only the summary.")
@click.option("--allow-empty", is_flag=True, help="Exit with 0 where there is no row to judge.")
@click.option("--picture", "picture_file", type=click.Path(path_type=Path), help="Draw the summary as SVG.")
@click.option(
    "--format", "report", type=click.Choice(["text", "json"]), default="text", help="How the summary is shown."
)
@FAIL_ON
def run(
    table: Path,
    map_file: Path | None,
    dates: tuple[date, ...],
    without: tuple[str, ...],
    sets: str,
    output: Path | None,
    only_key: bool,
    no_output: bool,
    allow_empty: bool,
    picture_file: Path | None,
    report: str,
    fail_on: str | None,
    said: Overrides,
) -> None:
    """Judge every row of a TABLE, or every release below a folder; the word `run` may be left out.

    Without --map, columns that have the names of facts are read. The table is written back beside itself, with the
    verdict of each row, its conclusions, and the obligations that are breached and open.
    """
    _need_libraries()
    from aiact_rules.sweep.picture import picture

    gate = Gate()
    said = said.with_(fail_on=fail_on)
    target = None if no_output else output or _beside(table)
    if target is not None and any(target.resolve() == path.resolve() for path in (table, map_file) if path is not None):
        raise InputError(
            [Problem("the output would be written over the input", Place(str(target)), "name another file")]
        )
    days = tuple(dict.fromkeys(dates))
    chosen = _Sweep(gate, table, said, days, _statuses(sets), target)
    parquet = table.is_dir() and any(table.glob("*.parquet"))
    if parquet and releases_below(table).releases:
        hint = "put them in folders of their own, and sweep each"
        raise InputError([Problem("this folder holds Parquet files and releases", Place(str(table)), hint)])
    if table.is_dir() and not parquet:
        if map_file is not None:
            raise InputError([Problem("a folder of releases needs no mapping file", Place(str(map_file)))])
        found = chosen.folder(allow_empty=allow_empty)
    else:
        found = chosen.table(map_file, without, only_key=only_key, allow_empty=allow_empty)
    for line in found.lines:
        say(line, err=True)
    if report == "json":
        click.echo(json.dumps({**found.summary.as_json(), "notes": list(found.notes)}, indent=2))
    else:
        click.echo(found.summary.text(), nl=False)
        for note in found.notes:
            say(note)
        if target is not None:
            click.echo()
            say(f"written: {target}")
    if picture_file is not None:
        picture_file.write_text(picture(found.summary, f"{table.name}: verdicts"), encoding="utf-8")
    raise click.exceptions.Exit(found.exit_code)


@dataclass(frozen=True)
class _Found:
    """What a sweep found, ready to be shown: `lines` name what could not be judged."""

    summary: Summary
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    exit_code: int


@dataclass(frozen=True)
class _Sweep:
    gate: Gate
    path: Path
    said: Overrides
    dates: tuple[date, ...]
    sets: list[Any]
    target: Path | None

    def folder(self, *, allow_empty: bool) -> _Found:
        """Judge every release below a folder as `check --tree` does."""
        from aiact_rules.judging import inputs_of
        from aiact_rules.sweep.chunks import Chunk
        from aiact_rules.sweep.folders import sweep_folder
        from aiact_rules.sweep.writing import Output

        inputs = inputs_of(self.gate, (), trees=(self.path,), allow_empty=allow_empty)
        if inputs.problems:
            raise InputError(inputs.problems)
        found = sweep_folder(self.gate, self.path, inputs, self.said, self.dates)
        if self.target is not None:
            batch = found.table(self.sets)
            kept = batch.select(["release", "operator"])
            with Output(self.target) as output:
                output.write(Chunk(kept), ["release", "operator"], batch)
        bad = [f"{row.release}: {next(a.reason for a in row.answers if a.reason)}" for row in found.bad]
        notes = [f"{row.release}: {note}" for row in found.rows for note in row.notes]
        notes += [f"left out: {count} x {reason}" for reason, count in left_out_by_reason(found.left_out).items()]
        code = 2 if found.bad else 0 if all(row.passes for row in found.rows) else 1
        return _Found(found.summary(), (*bad, *_bad_rows(len(bad), len(bad))), tuple(notes), code)

    def table(self, map_file: Path | None, without: tuple[str, ...], *, only_key: bool, allow_empty: bool) -> _Found:
        """Judge every row of a table."""
        from aiact_rules.sweep.choosing import plan_for
        from aiact_rules.sweep.kernel import Kernel
        from aiact_rules.sweep.mapping import read_table_map
        from aiact_rules.sweep.summary import summarised
        from aiact_rules.sweep.tables import open_table

        source = open_table(self.path)
        table_map = None if map_file is None else read_table_map(map_file.read_text(encoding="utf-8"), str(map_file))
        if table_map is not None:
            from aiact_rules.sweep.running import check_columns

            check_columns(source, table_map)
        planned = plan_for(
            self.gate, source, self.path, table_map, self.said, dates=self.dates, sets=self.sets, without=without
        )
        kernel = Kernel(planned.plan, threads=max(1, min(4, (os.cpu_count() or 1) // 2)))
        keep = None if not only_key else [] if planned.plan.key is None else [planned.plan.key]
        swept = _with_progress(source, lambda done: _run(source, planned.table_map, kernel, self.target, keep, done))
        summary = summarised(swept, kernel)
        choices = planned.request.choices
        notes = [*choices.told, *planned.table_map.renamed()]
        if planned.plan.words:
            notes.append(f"searched for words: {', '.join(planned.plan.words)}")
        past = min(self.dates) if self.dates else planned.request.first
        if kernel.earliest is not None and kernel.earliest < past:
            notes.append(f"some rows are judged as of a release date that is past, the earliest {kernel.earliest}")
        if not summary.rows and not allow_empty:
            hint = "use --allow-empty where that is meant"
            raise InputError([Problem("there is no row to judge", Place(str(self.path)), hint)])
        worst = list(Verdict)[summary.worst]
        refused = choices.threshold.refuses(worst)
        if worst is not Verdict.ALLOW and not refused:
            notes.append(f"a {worst.value} passes: `fail_on` is `{choices.threshold.word}` ({choices.threshold.place})")
        named = [f"{key}: {why}" for key, why in swept.bad.named]
        lines = (*named, *_bad_rows(swept.bad.count, len(swept.bad.named)))
        return _Found(summary, lines, tuple(notes), 2 if swept.bad.count else int(refused))


def _bad_rows(count: int, named: int) -> tuple[str, ...]:
    if not count:
        return ()
    more = f" ({count - named:,} more than shown; the column aiact_error names each reason)" if count > named else ""
    return (f"{count:,} row{'' if count == 1 else 's'} could not be judged{more}",)


def _need_libraries() -> None:
    from aiact_rules.engines.planes import need_sweep_libraries

    try:
        need_sweep_libraries()
    except EngineUnavailable as error:
        message, _, hint = str(error).partition("\n")
        raise PackError([Problem(message, hint=hint.strip() or None)]) from error


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
