"""Judging: what a run was asked about, and what became of each input. No input is lost, whatever happens to the others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from aiact_rules.core.batches import Batch, Item, LeftOut
from aiact_rules.core.chains import Chain
from aiact_rules.core.choices import CALLER
from aiact_rules.core.decisions import Decision
from aiact_rules.core.passing import said_of_waivers
from aiact_rules.core.problems import InputError, Place, Problem, ProblemsError
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate, VerificationFailed
from aiact_rules.overrides import contradictions, failed_readers, prohibitions
from aiact_rules.plugins.interfaces import EngineUnavailable
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.request import Request
from aiact_rules.sources.discovery import base_of, name_of
from aiact_rules.sources.document import Skipped
from aiact_rules.sources.organisation import Organisation
from aiact_rules.sources.release_folder import NoRelease, ReleaseFiles, ReleaseFolder
from aiact_rules.sources.releases import releases_at, releases_below

if TYPE_CHECKING:
    from aiact_rules.baselines import Baseline

LOOKED_FOR = (
    "aiact.yaml, NAME.aiact.yaml, a model card (README.md with card metadata, model_card*.md), a bill of materials"
)


Finish = Callable[[Request, Item], Item]
"""Returns what became of a request with something added that some reports show."""
MOST_LISTED = 10
"""How many findings that are new since a baseline are named."""


@dataclass(frozen=True)
class Input:
    """One release to judge, or the problems for which it cannot be."""

    name: str
    what: ReleaseFiles | Path | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """Everything a run is asked about, each release once."""

    inputs: tuple[Input, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()

    def refuse_overwriting(self, output: Path) -> None:
        """Raise InputError where a file to be written is one of those that are read."""
        target = output.resolve()
        for each in self.inputs:
            files = each.what.files if isinstance(each.what, ReleaseFiles) else (Path(each.name),)
            if any(file.resolve() == target for file in files):
                problem = "this would be written over the release that it is about"
                raise InputError([Problem(problem, Place(output.as_posix()), "name another file")])


def inputs_of(
    gate: Gate,
    paths: Iterable[Path],
    *,
    trees: Iterable[Path] = (),
    required: Iterable[Path] = (),
    only_cards: bool = False,
    allow_empty: bool = False,
) -> Inputs:
    """Return the releases that paths name and those in and below `trees`, each once and in that order.

    `required` are paths that must be among them. Nothing found is a problem unless `allow_empty`; with `only_cards` a
    README that is no model card is left out, and where all of them are, nothing has to be found.
    """
    paths, trees = tuple(paths), tuple(trees)
    gathering = _Gathering(gate, only_cards)
    for path in paths:
        gathering.take_path(path)
    for tree in trees:
        gathering.take_tree(tree)
    problems = list(gathering.missing(required))
    if not gathering.inputs and not allow_empty and not (only_cards and gathering.left_out and not trees):
        where = " and ".join(path.as_posix() for path in (*paths, *trees))
        hint = "use --allow-empty where that is meant"
        problems.append(
            Problem(f"no release was found, so nothing was judged; looked for {LOOKED_FOR}", Place(where), hint)
        )
    return Inputs(tuple(gathering.inputs), tuple(gathering.left_out), tuple(problems))


class _Gathering:
    def __init__(self, gate: Gate, only_cards: bool) -> None:
        self.gate = gate
        self.only_cards = only_cards
        self.inputs: list[Input] = []
        self.left_out: list[LeftOut] = []
        self.found: list[ReleaseFiles] = []
        self.keys: set[tuple[str, ...]] = set()
        self.folders: dict[Path, ReleaseFolder] = {}

    def take_path(self, path: Path) -> None:
        try:
            _refuse_unreadable_name(path)
            if any(source.accepts(path) for source in self.gate.catalogue.sources.values()):
                self.add(path.as_posix(), path, (str(path.resolve()),))
                return
            found = releases_at(path, None if path.is_dir() else self._beside(path))
        except ProblemsError as error:
            self.inputs.append(Input(path.as_posix(), None, error.problems))
            return
        if isinstance(found, NoRelease):
            if self.only_cards:
                self.left_out.append(LeftOut(path.as_posix(), "no model card"))
            else:
                problem = Problem(found.reason, Place(path.as_posix()), "name a model card or a release file")
                self.inputs.append(Input(path.as_posix(), None, (problem,)))
            return
        for files in found:
            self.add(files.path.as_posix(), files, files.key)

    def _beside(self, file: Path) -> ReleaseFolder | None:
        """Return the folder of a file, listed once for the many files that a run may name in it."""
        if not file.exists():
            return None
        if file.parent not in self.folders:
            self.folders[file.parent] = ReleaseFolder.of(file.parent)
        return self.folders[file.parent]

    def take_tree(self, tree: Path) -> None:
        try:
            found = releases_below(tree)
        except InputError as error:
            self.inputs.append(Input(tree.as_posix(), None, error.problems))
            return
        broken = [Input(path.as_posix(), None, problems) for path, problems in found.broken]
        for files in found.releases:
            self.add(files.path.as_posix(), files, files.key)
        self.inputs += broken
        self.left_out += found.left_out

    def add(self, name: str, what: ReleaseFiles | Path, key: tuple[str, ...]) -> None:
        if key in self.keys:
            return
        self.keys.add(key)
        self.inputs.append(Input(name, what))
        if isinstance(what, ReleaseFiles):
            self.found.append(what)

    def missing(self, required: Iterable[Path]) -> Iterator[Problem]:
        for path in required:
            resolved = path.resolve()
            judged = (file.resolve() for files in self.found for file in (files.path, *files.files, files.path.parent))
            if resolved not in set(judged):
                hint = "it is missing, has another name, or was left out"
                yield Problem("this must be judged, and is not among the releases found", Place(path.as_posix()), hint)


def judge_inputs(
    gate: Gate,
    inputs: Inputs,
    said: Overrides,
    *,
    engine: str | None = None,
    verify: str | None = None,
    baseline: Baseline | None = None,
    only_cards: bool = False,
    record: bool = True,
    finish: Finish | None = None,
) -> Batch:
    """Judge every input, tell the plugins of each decision where `record`, and return what became of all of them.

    `finish` may add to what became of a request, such as a timeline. With a baseline, a release passes where no finding is
    new or worse; a prohibition, a signal that cites one, or a contradiction never does.
    """
    if said.artifact is not None and len(inputs.inputs) > 1:
        message = f"an artefact is that of one release, and {len(inputs.inputs)} are judged"
        raise InputError([Problem(message, CALLER, "judge each with its own")])
    items: list[Item] = []
    left_out = list(inputs.left_out)
    for each in inputs.inputs:
        found = _judged(gate, each, said, engine, verify, record, finish)
        if isinstance(found, Skipped):
            if only_cards:
                left_out.append(LeftOut(each.name, "no model card"))
                continue
            problem = Problem(found.reason, Place(found.name), "name a model card or a release file")
            found = _failed(gate, each, problem)
        items.append(found if baseline is None else with_baseline(found, baseline))
    return Batch(tuple(items), tuple(left_out), inputs.problems)


def _judged(
    gate: Gate,
    each: Input,
    said: Overrides,
    engine: str | None,
    verify: str | None,
    record: bool,
    finish: Finish | None,
) -> Item | Skipped:
    if each.what is None:
        return _failed(gate, each, *each.problems)
    try:
        request = gate.request_or_skip(each.what, said)
        if isinstance(request, Skipped):
            return request
        item = item_of(gate, request, name=_name(each, request), engine=engine, verify=verify, record=record)
        if Path(item.name).resolve() != Path(each.name).resolve():
            item = replace(item, given=each.name)
        return item if finish is None else finish(request, item)
    except ProblemsError as error:
        return _failed(gate, each, *error.problems)
    except EngineUnavailable as error:
        message, _, hint = str(error).partition("\n")
        return _failed(gate, each, Problem(message, hint=hint.strip() or None))
    except VerificationFailed as error:
        return _failed(gate, each, Problem(str(error), Place(each.name)))
    except Exception as error:
        if os.environ.get("AIACT_RULES_TRACEBACK"):
            raise
        hint = "please report it; AIACT_RULES_TRACEBACK=1 shows where"
        message = f"internal error, no decision made: {type(error).__name__}: {error}"
        return _failed(gate, each, Problem(message, Place(each.name), hint))


def _failed(gate: Gate, each: Input, *problems: Problem) -> Item:
    """Return what became of an input that could not be judged: its organisation's log must know of it too."""
    try:
        settings = _settings(gate.organisation_of(Path(each.name)))
    except (ProblemsError, OSError, ValueError, RuntimeError):
        settings = {}  # the settings, or the name itself, are among what is wrong
    return Item(each.name, problems=problems, settings=settings)


def item_of(
    gate: Gate,
    request: Request,
    *,
    name: str | None = None,
    engine: str | None = None,
    verify: str | None = None,
    record: bool = True,
) -> Item:
    """Judge one request, by a second engine too where asked, and tell the plugins. Raises as `Gate.decide` does."""
    answer = gate.judge(request, engine=engine)
    second = verify or request.organisation.text("verify")
    if second is not None:
        answer = _verified(gate, answer, gate.judge(request, engine=second))
    decisions = answer.decisions if isinstance(answer, Chain) else (answer,)
    if record:
        for decision in decisions:
            gate.record(decision)
    waived = [each for decision in decisions for each in said_of_waivers(decision)]
    if answer.passes and answer.effective_verdict is not Verdict.ALLOW:
        waived.append(f"`fail_on` is `{request.threshold.word}` ({request.threshold.place})")
    waived = [*dict.fromkeys(waived)]
    name = name or request.name
    return Item(name, answer, passes=answer.passes, waived=tuple(waived), settings=_settings(request.organisation))


def with_baseline(item: Item, baseline: Baseline) -> Item:
    """Let a refused release pass where nothing is new since the baseline, and say what is, and what was there too long."""
    if item.answer is None or item.passes:
        return item
    from aiact_rules.baselines import compared  # most runs have no baseline

    forbidden = [
        finding
        for decision in item.decisions
        for finding in (*prohibitions(decision), *contradictions(decision), *failed_readers(decision))
    ]
    if forbidden:
        provisions = "; ".join(dict.fromkeys(finding.provision for finding in forbidden))
        return replace(item, waived=(*item.waived, f"the baseline does not count: nothing passes {provisions}"))
    comparisons = [compared(baseline, decision) for decision in item.decisions]
    new = [name for each in comparisons for name in each.new]
    expired = {name: until for each in comparisons for name, until in each.expired.items()}
    known = frozenset(finding for each in comparisons for finding in each.known)
    if not new and not expired:
        said = f"no new findings since the baseline {baseline.name}, so it passes"
        return replace(item, passes=True, known=known, waived=(*item.waived, said))
    told = [*_listed(f"new since baseline {baseline.name}", new)]
    told += _listed(f"expired in baseline {baseline.name}", [f"{name} (on {on})" for name, on in expired.items()])
    return replace(item, known=known, waived=(*item.waived, *told))


def _listed(title: str, names: Sequence[str]) -> Iterator[str]:
    """Yield how many findings there are, and each of the first on a line of its own."""
    if names:
        yield f"{title}: {len(names)} finding{'' if len(names) == 1 else 's'}"
        yield from names[:MOST_LISTED]
        if len(names) > MOST_LISTED:
            yield f"and {len(names) - MOST_LISTED} more"


def _settings(own: Organisation) -> dict[str, str]:
    """Return what an organisation says of the report and of the log, whose path is meant from its file."""
    report, log = own.text("format"), own.text("log")
    found = {} if report is None else {"format": report}
    return found if log is None else {**found, "log": _log_address(log, own.folder or Path())}


def _log_address(named: str, folder: Path) -> str:
    """Return the address of a log as it is meant in a folder: that of a server as it is."""
    file = named.removeprefix("sqlite:///")
    return named if "://" in file else str(folder / file)


def _verified(gate: Gate, first: Decision | Chain, second: Decision | Chain) -> Decision | Chain:
    if isinstance(first, Chain):
        assert isinstance(second, Chain)
        return Chain(tuple(gate.verify(a, b) for a, b in zip(first.decisions, second.decisions, strict=True)))
    assert isinstance(second, Decision)
    return gate.verify(first, second)


def _name(each: Input, request: Request) -> str:
    if isinstance(each.what, ReleaseFiles):
        return name_of(each.what.path, base_of(each.what.path))
    return request.name


def _refuse_unreadable_name(path: Path) -> None:
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            [Problem("the name of this path is not UTF-8", Place(path.as_posix()), "rename it")]
        ) from error
