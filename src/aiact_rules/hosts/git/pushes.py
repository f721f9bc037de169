"""Pushes: what one push changes, which of it releases something, and the judgement on each."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.acts import Artifact
from aiact_rules.hosts.git.artifacts import place_of
from aiact_rules.hosts.git.objects import Repository
from aiact_rules.hosts.git.settings import HookSettings
from aiact_rules.hosts.git.tags import HEADS, REFS, TAGS, Event, event_of
from aiact_rules.hosts.git.tree import Tree, written_tree
from aiact_rules.hosts.judgement import HostGate, Judgement, problems_of
from aiact_rules.requests.overrides import Overrides

HOST = "git"
_NOTHING = re.compile(r"0+\Z")
_OF_GIT_ITSELF = ("notes/", "replace/", "remotes/")
"""What git keeps there is no branch, and a pattern such as `*` means branches."""
_OF_GIT = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_QUARANTINE_PATH",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One reference that a push changes, as git hands it to a hook."""

    ref: str
    old: str
    new: str

    @classmethod
    def of_line(cls, line: str) -> Change:
        """Return what a line of `pre-receive` says. Raises InputError for a line of another form."""
        parts = line.rstrip("\n").split(" ", 2)
        if len(parts) != 3:
            raise InputError([Problem("this is no line of a push", Place("standard input"), "OLD NEW REF")])
        return cls(parts[2], parts[0], parts[1])

    @property
    def is_removal(self) -> bool:
        """Return whether the reference is removed."""
        return _NOTHING.match(self.new) is not None


@dataclass(frozen=True, slots=True)
class Release:
    """What a change would release: by which act, which commit, and the event of GTO where it is one."""

    action: str
    commit: str
    event: Event | None = None


def released_by(change: Change, settings: HookSettings) -> Release | None:
    """Return what a change releases, or None where it releases nothing that is guarded.

    Where a tag is removed that took something back, that is released again. A reference that git finds before a guarded one
    of the same name (a tag before a branch, `refs/NAME` before both) is guarded as that one is.
    """
    if change.ref.startswith(HEADS):
        branch = change.ref.removeprefix(HEADS)
        guarded = settings.guards_branch(branch) and not change.is_removal
        return Release(f"push branch {branch}", change.new) if guarded else None
    if not change.ref.startswith(TAGS):
        name = change.ref.removeprefix(REFS)
        if name.startswith(_OF_GIT_ITSELF):
            return None
        guarded = (settings.guards_tag(name) or settings.guards_branch(name)) and not change.is_removal
        return Release(f"push reference {name}", change.new) if guarded else None
    tag = change.ref.removeprefix(TAGS)
    event = event_of(tag)
    if event is None:
        guarded = (settings.guards_tag(tag) or settings.guards_branch(tag)) and not change.is_removal
        return Release(f"push tag {tag}", change.new) if guarded else None
    if event.kind.releases is change.is_removal:
        return None
    guarded = settings.registrations if event.stage is None else settings.guards_stage(event.stage)
    if not guarded:
        return None
    return Release(f"undo: {event}", change.old, event) if change.is_removal else Release(str(event), change.new, event)


class Hook:
    """Judges what pushes to one repository would release."""

    def __init__(self, repository: Repository) -> None:
        """Read the settings of the repository. Raises InputError where they cannot be used."""
        self.repository = repository
        self.settings = HookSettings.of(repository.settings(), repository.folder)
        self._gate = HostGate(HOST, settings=self.settings.settings, log=self.settings.log)

    def judgements(self, changes: Iterable[Change]) -> Iterator[Judgement]:
        """Yield a judgement on everything that changes release; nothing where they release nothing that is guarded."""
        for change in changes:
            release = released_by(change, self.settings)
            if release is not None:
                yield self._judgement(release)

    def _judgement(self, release: Release) -> Judgement:
        """Return the judgement; what goes wrong on the way to it is one by which nothing goes ahead, and is recorded too."""
        actor, artifact = None, _artifact(release, release.commit)
        try:
            actor = self.settings.pushed_by()
            commit = self.repository.commit(release.commit)
            artifact = _artifact(release, commit)
            counts = self.settings.settings is not None or self.settings.pushed_settings
            with _private_folder(self.settings.seconds) as folder:
                tree = written_tree(self.repository, commit, folder, self.settings.limits, with_settings=counts)
                with _inside(folder):
                    at = None if release.event is None else place_of(release.event.artifact, Path())
                    digest = None if at is None else at.digest
                    judgement = self._gate.judge(
                        [] if at is None else [at.folder],
                        Overrides(past_dates=self.settings.past_dates, artifact=digest),
                        trees=[Path()] if at is None else [],
                        action=release.action,
                        actor=actor,
                        artifact=replace(artifact, digest=digest),
                    )
            return replace(judgement, notes=tuple(_notes(tree)))
        except Exception as error:  # a hook that fails is a hook that refuses
            problems = problems_of(error)
            return self._gate.undecided(problems, action=release.action, actor=actor, artifact=artifact)


def _artifact(release: Release, commit: str) -> Artifact:
    if release.event is None:
        return Artifact(release.action.rsplit(" ", 1)[1], commit)
    return Artifact(release.event.artifact, release.event.version or commit)


def _notes(tree: Tree) -> Iterator[str]:
    """Yield what of the tree did not count, and may be taken to."""
    for name in tree.settings_left_out:
        yield f"{name} does not count here: how releases are judged is set on the server"
    if tree.left_out:
        more = f" and {len(tree.left_out) - 1} more" if len(tree.left_out) > 1 else ""
        yield f"links, submodules and large files are not read: {tree.left_out[0]}{more}"


@contextmanager
def _private_folder(seconds: int) -> Iterator[Path]:
    """Return an empty folder that nobody else may read, removed afterwards; after so many seconds the process ends, refusing."""
    folder = Path(tempfile.mkdtemp(prefix="aiact-push-")).resolve()

    def give_up() -> None:
        os.write(2, f"aiact-rules: refused: no decision within {seconds} seconds (git config aiact.seconds)\n".encode())
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(2)

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield folder
    finally:
        timer.cancel()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder meanwhile, so that names are those of the push, and without what git says of the repository."""
    kept = {name: os.environ.pop(name) for name in _OF_GIT if name in os.environ}
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.update(kept)


Say = Callable[[str], None]


def hook_code(changes: Callable[[], Iterable[Change]], say: Say) -> int:
    """Return the exit code of a hook for the changes of a push: 0 lets it in. Every judgement is said to whoever pushes."""
    try:
        hook = Hook(Repository(Path.cwd()))
        judgements = list(hook.judgements(list(changes())))
    except Exception as error:
        say("aiact-rules: refused, nothing could be decided")
        for problem in problems_of(error):
            for line in str(problem).splitlines():
                say(f"  {line}")
        return 2
    for judgement in judgements:
        for line in judgement.message.splitlines():
            say(line)
    return max((judgement.exit_code for judgement in judgements), default=0)
