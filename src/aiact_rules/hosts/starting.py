"""Starting: the command that may only run where its release may go ahead."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from aiact_rules.core.problems import InputError, Problem

_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT", "SIGBREAK")
_IGNORED_BY_PYTHON = ("SIGPIPE", "SIGXFSZ")


def found_command(name: str) -> str:
    """Return the path of a command. Raises InputError where there is none, before anything is judged for it."""
    found = shutil.which(name)
    if found is None:
        raise InputError([Problem(f"there is no command `{name}` to start", hint="name its path after `--`")])
    return found


def start(command: Sequence[str]) -> NoReturn:
    """Become the command: same process, so that its signals, its exit code and its standard streams are its own.

    On Windows, where a process cannot become another one, the command runs below this one, which ends as it does. Raises
    InputError where the system refuses to start it.
    """
    path = found_command(command[0])
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        if os.name == "nt":
            code = run_below(path, command)
        else:
            _restore_signals()
            os.execv(path, [*command])
    except OSError as error:
        said = error.strerror or str(error)
        raise InputError([Problem(f"`{command[0]}` cannot be started", hint=said)]) from error
    os._exit(code)


def run_below(path: str, command: Sequence[str]) -> int:
    """Run the command below this process, hand on every signal, and return its exit code: 128 and the signal that ended it."""
    process = subprocess.Popen(command, executable=path)

    def hand_on(number: int, _: FrameType | None) -> None:
        if process.poll() is not None:
            return
        if os.name != "nt":
            process.send_signal(number)
        elif number == signal.SIGTERM:  # the console hands the others to the command itself
            process.terminate()

    for name in _FORWARDED:
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, hand_on)
    while True:
        try:
            code = process.wait()
        except InterruptedError:
            continue
        return code if code >= 0 else 128 - code


def _restore_signals() -> None:
    """Let signals do what they usually do: Python ignores some of them, and a command would inherit that."""
    for name in _IGNORED_BY_PYTHON:
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, signal.SIG_DFL)
