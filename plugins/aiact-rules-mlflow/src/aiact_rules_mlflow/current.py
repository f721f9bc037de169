"""The current judge: made anew when the server's `aiact.toml` has changed, so that no act is judged by old settings."""

from __future__ import annotations

import threading
from pathlib import Path

from aiact_rules import InputError
from aiact_rules.core.problems import Place, Problem
from aiact_rules.sources.organisation import look_for_organisation

from aiact_rules_mlflow.describing import line_of
from aiact_rules_mlflow.journal import Journal, log
from aiact_rules_mlflow.judging import ReleaseJudge
from aiact_rules_mlflow.settings import configured_file, read_settings

State = tuple[Path | None, bytes | None]


class Current:
    """The judge and the journal that count now. Safe to share between threads."""

    def __init__(self, registry: str) -> None:
        """Read the settings for a registry (its address, without its password). Raises ProblemsError where they cannot be used."""
        self._registry = registry
        self._lock = threading.Lock()
        self._folder = Path.cwd()
        self._state = self._state_now()
        self.judge, self.journal = self._made()
        log.info("%s", line_of(registry, self.judge))

    def now(self) -> tuple[ReleaseJudge, Journal]:
        """Return both, made anew where the file with the settings is not what it was.

        Raises ProblemsError where it cannot be used: then nothing is released.
        """
        state = self._state_now()
        with self._lock:
            if state != self._state:
                if state[0] is None:
                    # Without it the server would guard other aliases than it was told to.
                    hint = "put it back, or restart the server to go on without it"
                    raise InputError([Problem("this file with settings is gone", Place(str(self._state[0])), hint)])
                self.judge, self.journal = self._made()
                self._state = state
                log.info("the settings have changed: %s", line_of(self._registry, self.judge))
            return self.judge, self.journal

    def _made(self) -> tuple[ReleaseJudge, Journal]:
        settings = read_settings(folder=self._folder)
        return ReleaseJudge(settings), Journal(settings.log)

    def _state_now(self) -> State:
        file = settings_file(self._folder)
        try:
            return file, None if file is None else file.read_bytes()
        except OSError:
            return file, None


def settings_file(folder: Path | None = None) -> Path | None:
    """Return the file with settings that counts, from a folder (default: this one), or None where there is none."""
    return configured_file() or look_for_organisation(folder or Path.cwd()).file
