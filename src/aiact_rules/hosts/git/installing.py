"""Installing: a hook in a repository, and its settings in the configuration there."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.hosts.git.objects import Repository
from aiact_rules.hosts.git.settings import HookSettings

KINDS = ("update", "pre-receive")
_MARK = "# aiact-rules: refuses a push that would release what may not be released"


def hook_text(kind: str) -> str:
    """Return the hook: it starts this interpreter, whatever the PATH of the server is; where that is gone, pushes are refused."""
    python = shlex.quote(Path(sys.executable).as_posix())
    return f'#!/bin/sh\n{_MARK}\nexec {python} -P -m aiact_rules git-hook {kind} "$@"\n'


def installed(repository: Repository, kind: str, settings: Mapping[str, tuple[str, ...]]) -> Path:
    """Write the hook and the settings, and return where it stands. One of ours is replaced, any other is left alone.

    Raises InputError where another hook stands there, where the settings cannot be used, and where it is no repository.
    """
    read = HookSettings.of({name: list(values) for name, values in settings.items()}, repository.folder)
    if read.settings is not None and not read.settings.is_file():
        # The hook would refuse every push for it, and whoever pushes could not mend it.
        raise InputError([Problem("there is no such file", Place(str(read.settings)), "write it, then install")])
    path = repository.path_of("hooks") / kind
    line = hook_text(kind).splitlines()[-1].removeprefix("exec ")
    try:
        if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace"):
            hint = f"let it run this, and end with its exit code: {line}"
            raise InputError([Problem("another hook stands here, which is left alone", Place(str(path)), hint)])
        for name, values in settings.items():
            repository.set(name, *values)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(hook_text(kind), encoding="utf-8", newline="\n")
        path.chmod(0o755)
    except OSError as error:
        raise InputError(
            [Problem("the hook cannot be written", Place(str(path)), error.strerror or str(error))]
        ) from error
    return path
