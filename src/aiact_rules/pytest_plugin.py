"""The pytest plugin: with `--aiact`, every release is collected and judged, one item per document or article.

Without `--aiact` it does nothing and imports nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from aiact_rules.core.batches import Item
    from aiact_rules.core.problems import Problem
    from aiact_rules.gate import Gate
    from aiact_rules.sources.release_folder import Found, ReleaseFiles


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("aiact", "EU AI Act gate")
    group.addoption("--aiact", action="store_true", help="judge model cards and release files by the EU AI Act")
    group.addoption("--aiact-as-of", metavar="DATE", help="the law as of this date (default: today)")
    group.addoption(
        "--aiact-fail-on",
        choices=["hold", "block", "never"],
        default=None,
        help="which verdicts fail (default: as aiact.toml says, else hold); may only tighten that",
    )
    group.addoption(
        "--aiact-full", action="store_true", help="one test for every obligation, and not for every document"
    )
    group.addoption(
        "--aiact-allow-empty", action="store_true", help="do not fail where --aiact finds no release to judge"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect each release at its first file, and what cannot be read of a release."""
    if not parent.config.getoption("--aiact"):
        return None
    found = _found_in(file_path.parent, parent.config)
    parent.config.stash.setdefault(_SEEN, set()).add(file_path.resolve())
    for files in found.releases:
        if files.files[0] == file_path:
            return Release.from_parent(parent, path=file_path, files=files, problems=())
    for path, problems in found.broken:
        first = path if path.is_file() else next(iter(sorted(path.iterdir())), path) if path.is_dir() else path
        if first == file_path:
            parent.config.stash.setdefault(_BROKEN, set()).add(path.resolve())
            return Release.from_parent(parent, path=file_path, files=None, problems=problems)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fail where `--aiact` was given and nothing was judged: a release that moved away is no pass."""
    if not config.getoption("--aiact") or config.getoption("--aiact-allow-empty"):
        return
    if not any(isinstance(item, Obligation) for item in items):
        problem = "no release was found, so nothing was judged; --aiact-allow-empty says that this is meant"
        items.append(Obligation.from_parent(session, name="aiact", problem=problem))
    for path, problem in _not_entered(session, config):
        items.append(Obligation.from_parent(session, name=f"aiact[{path}]", problem=problem))


def _not_entered(session: pytest.Session, config: pytest.Config) -> Iterator[tuple[str, str]]:
    """Find what pytest did not collect below the folders named: releases, and what cannot be read of one."""
    from aiact_rules.core.problems import InputError
    from aiact_rules.sources.releases import releases_below

    why = "pytest does not enter its folder (testpaths, norecursedirs, --ignore)"
    seen: set[Path] = config.stash.get(_SEEN, set())
    broken: set[Path] = config.stash.get(_BROKEN, set())
    for folder in _asked_folders(session, config):
        try:
            found = releases_below(folder)
        except InputError as error:
            yield folder.as_posix(), "\n".join(str(problem) for problem in error.problems)
            continue
        for files in found.releases:
            if files.files[0].resolve() not in seen:
                yield files.files[0].relative_to(folder).as_posix(), f"this release was not judged: {why}"
        for path, problems in found.broken:
            if path.resolve() not in broken:
                yield path.relative_to(folder).as_posix(), "\n".join(str(problem) for problem in problems)


def _asked_folders(session: pytest.Session, config: pytest.Config) -> Iterator[Path]:
    """Yield the folders that a run is about; where only `testpaths` names some, it is about the whole folder."""
    start = config.invocation_params.dir
    if getattr(config, "args_source", None) is getattr(pytest.Config.ArgsSource, "TESTPATHS", ...):
        yield start
        return
    for argument in dict.fromkeys(str(each) for each in session.config.args):
        folder = start / argument.partition("::")[0]
        if "::" not in argument and folder.is_dir():
            yield folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Return what passed although its verdict holds or blocks, and what else a person must be told."""
    if not config.getoption("--aiact"):
        return
    reports = (report for found in terminalreporter.stats.values() for report in found)
    said = [each for report in reports for each in getattr(report, "user_properties", ()) if each[0] == _NOTE]
    for _, note in dict.fromkeys(tuple(each) for each in said):
        terminalreporter.write_line(f"aiact: {note}")


class Release(pytest.File):
    """One release. Its items are its verdict and every document or article that something is owed for."""

    def __init__(self, *, files: ReleaseFiles | None, problems: tuple[Problem, ...], **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self.files = files
        self.problems = problems

    def collect(self) -> Iterator[pytest.Item]:
        """Judge the release. What cannot be read is a collection error with file and line."""
        from aiact_rules.core.problems import ProblemsError
        from aiact_rules.core.vocabulary import parse_date
        from aiact_rules.judging import item_of
        from aiact_rules.requests.overrides import Overrides

        if self.files is None:
            raise self.CollectError("\n".join(str(problem) for problem in self.problems))
        as_of = self.config.getoption("--aiact-as-of")
        try:
            said = Overrides.of(
                as_of=parse_date(as_of) if as_of else None, fail_on=self.config.getoption("--aiact-fail-on")
            )
            gate = _gate(self.config)
            request = gate.request(self.files, said)
            item = item_of(gate, request)
        except (ProblemsError, ValueError) as error:
            raise self.CollectError(str(error)) from error
        yield from self._items(item)

    def _items(self, item: Item) -> Iterator[pytest.Item]:
        from aiact_rules.reports.results import results_of

        for decision in item.decisions:
            prefix = f"{decision.operator}." if len(item.decisions) > 1 and decision.operator else ""
            for number, result in enumerate(results_of(item, decision, full=self.config.getoption("--aiact-full"))):
                problem = None if result.failure is None else f"{result.failure}\n{result.details}".rstrip()
                test = Obligation.from_parent(
                    self, name=f"{prefix}{result.name}", problem=problem, skipped=result.skipped
                )
                if number == 0:
                    test.user_properties.append(("aiact_decision_id", decision.decision_id))
                    test.user_properties += [(_NOTE, f"{item.name}: {note}") for note in item.notes]
                yield test


class Obligation(pytest.Item):
    """One test of a release: of its verdict, or of a document or article."""

    def __init__(self, *, problem: str | None, skipped: str | None = None, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self.problem = problem
        self.skipped = skipped

    def runtest(self) -> None:
        """Fail where there is a problem, and skip what does not count."""
        if self.skipped is not None:
            pytest.skip(self.skipped)
        if self.problem is not None:
            raise AssertionError(self.problem)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002
        """Return what is wrong, without a traceback."""
        return f"{self.name}: {excinfo.value}"

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place and title shown in reports."""
        return self.path, 0, f"aiact: {self.name}"


_GATE: pytest.StashKey = pytest.StashKey()  # type: ignore[type-arg]  # of a Gate, which is imported only when used
_FOLDERS: pytest.StashKey = pytest.StashKey()  # type: ignore[type-arg]  # of what was found in each folder
_SEEN: pytest.StashKey[set[Path]] = pytest.StashKey()
_BROKEN: pytest.StashKey[set[Path]] = pytest.StashKey()
_NOTE = "aiact_note"
"""The property of a report that holds a note, which reaches the summary from the processes of pytest-xdist too."""


def _gate(config: pytest.Config) -> Gate:
    from aiact_rules.gate import Gate

    found: Gate = config.stash.get(_GATE, None) or config.stash.setdefault(_GATE, Gate())
    return found


def _found_in(folder: Path, config: pytest.Config) -> Found:
    """Return what stands in a folder, looked at once."""
    from aiact_rules.core.problems import InputError
    from aiact_rules.sources.release_folder import Found
    from aiact_rules.sources.releases import releases_in

    folders: dict[Path, Found] = config.stash.setdefault(_FOLDERS, {})
    if folder not in folders:
        try:
            folders[folder] = releases_in(folder)
        except InputError as error:
            folders[folder] = Found(broken=((folder, error.problems),))
    return folders[folder]
