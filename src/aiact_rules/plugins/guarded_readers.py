"""Guarded readers: a plugin's reader, asked once about each text, in a thread that is given up when its time is over."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from itertools import islice

from aiact_rules.core.readers import Question, Suggestion
from aiact_rules.plugins.guarded import Guard, said_by
from aiact_rules.plugins.interfaces import Reader

MOST_SUGGESTIONS = 1000
"""More suggestions about one text are no answer."""
MOST_KEPT = 1000
"""Answers kept for texts that come again."""
KEPT_FAILURE = 300
"""Seconds for which a reader that failed on a text is not asked about it again."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_MOST_LETTERS = 200

Answer = tuple[Suggestion, ...] | str
"""What a reader suggests, or how it failed."""


class GuardedReader:
    """A plugin's reader, guarded. Name, version and digest are those it had when it was offered. Safe between threads."""

    def __init__(self, offered: Reader, guard: Guard) -> None:
        """Raises PluginError where the reader does not say what it is called, of which version and with which digest."""
        self.offered = offered
        self.name = guard.name_of(offered, "reader")
        if not _NAME.fullmatch(self.name):
            raise guard.error(f"offers a reader named `{self.name}`", "use letters, digits, `_`, `-` and `.`")
        with guard.running(f"failed to say which version reader `{self.name}` has"):
            version, digest = offered.version, offered.digest
        for what, said in (("version", version), ("digest", digest)):
            if not isinstance(said, str) or not said.strip() or len(said) > _MOST_LETTERS:
                raise guard.error(f"reader `{self.name}` has no {what}", "it is one text of at most 200 letters")
        self.version, self.digest = str.__str__(version), str.__str__(digest)
        self._guard = guard
        self._kept: dict[str, tuple[Answer, float]] = {}
        self._asking: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def read(self, text: str, questions: tuple[Question, ...], seconds: float) -> Answer:
        """Return what the reader suggests, or how it failed: by an exception, no answer in time, or an unusable one."""
        said = "\0".join([text, *(part for q in questions for part in (q.cue, q.law, q.provision, q.asks))])
        key = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
        with self._lock:
            asking = self._asking.setdefault(key, threading.Lock())
        with asking:
            kept = self._kept.get(key)
            if kept is None or kept[1] < time.monotonic():
                answer = self._answer(text, questions, seconds)
                until = time.monotonic() + KEPT_FAILURE if isinstance(answer, str) else float("inf")
                kept = (answer, until)
                self._keep(key, kept)
        return kept[0]

    def _keep(self, key: str, answer: tuple[Answer, float]) -> None:
        with self._lock:
            while len(self._kept) >= MOST_KEPT:
                oldest = next(iter(self._kept))
                del self._kept[oldest]
                self._asking.pop(oldest, None)
            self._kept[key] = answer

    def _answer(self, text: str, questions: tuple[Question, ...], seconds: float) -> Answer:
        own = self._guard.copy(questions)
        answers: list[Answer] = []

        def ask() -> None:
            try:
                answers.append(_checked(self.offered.read(text, own)))
            except BaseException as error:  # whatever ends a plugin's thread, SystemExit too
                answers.append(" ".join(said_by(error).split())[:_MOST_LETTERS])

        thread = threading.Thread(target=ask, name=f"reader {self.name}", daemon=True)
        thread.start()
        thread.join(seconds)
        return answers[0] if answers else f"no answer within {seconds:g} s"


def _checked(answer: object) -> Answer:
    """Return suggestions as values of our own, or what is wrong with them. Runs code of the plugin."""
    found: list[Suggestion] = []
    try:
        given = iter(answer)  # type: ignore[call-overload]
    except TypeError:
        return "its answer is no list of suggestions"
    for each in islice(given, MOST_SUGGESTIONS + 1):
        if not isinstance(each, Suggestion):
            return f"its answer has a {type(each).__name__}, which is no Suggestion"
        cue, line, words = each.cue, each.line, each.words
        if type(cue) is not str or type(line) is not int or type(words) is not str:
            return "a suggestion has a cue and words as text, and the number of a line"
        found.append(Suggestion(cue, line, words))
    return f"it makes more than {MOST_SUGGESTIONS} suggestions" if len(found) > MOST_SUGGESTIONS else tuple(found)
