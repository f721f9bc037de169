"""Problems: what is wrong with an input, where, and how to fix it; all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aiact_rules.core.printable import printable


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was read: a file (or another source's name) and, where it has lines, the line (from 1)."""

    source: str
    line: int | None = None

    def __str__(self) -> str:
        source = printable(self.source)
        return source if self.line is None else f"{source}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, said in the reader's words; the hint says how to fix it.

    As text the message stands on one line and the hint on the next: what either quotes cannot begin a line of its own.
    """

    message: str
    place: Place | None = None
    hint: str | None = None

    def __str__(self) -> str:
        message = printable(self.message)
        text = message if self.place is None else f"{self.place}: {message}"
        return text if self.hint is None else f"{text}\n  {printable(self.hint)}"


class ProblemsError(Exception):
    """Input that cannot be used. Carries every problem found, so that all can be fixed in one go."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InputError(ProblemsError):
    """A document, a release file or a command line that cannot be read as facts."""


class PackError(ProblemsError):
    """A rule pack that cannot be loaded or used."""


class PluginError(ProblemsError):
    """A plugin that failed, so that no release can be allowed."""


MOST_HINTS = 20
_LONGEST_WORD = 100


def did_you_mean(word: str, known: Iterable[str], *, nearness: float = 0.6) -> str | None:
    """Return a hint at the known word nearest to `word`, or None where none is near (0 far, 1 equal)."""
    from difflib import get_close_matches  # only what is wrong needs it

    if len(word) > _LONGEST_WORD:
        return None
    near = get_close_matches(word, list(known), n=1, cutoff=nearness)
    return f"did you mean `{near[0]}`?" if near else None


class Hints:
    """Proposes known words for the first unknown words of one document only, since each is compared with all known."""

    def __init__(self, most: int = MOST_HINTS) -> None:
        self._left = most

    def did_you_mean(self, word: str, known: Iterable[str]) -> str | None:
        """Return a hint at the nearest known word, or None where none is near or `most` words were looked up before."""
        if self._left == 0:
            return None
        self._left -= 1
        return did_you_mean(word, known)
