"""Guarded: a plugin's code, run so that whatever it does no gate opens by it and its failure has the plugin's name.

What a plugin is handed is a copy of its own, so that nothing it changes reaches the gate or another plugin; what it returns is checked.
"""

from __future__ import annotations

import io
import pickle
import threading
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, cast

from aiact_rules.core.batches import Batch
from aiact_rules.core.cues import Cue, Lexicon
from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Facts
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.outcomes import Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.problems import InputError, PackError, PluginError, Problem
from aiact_rules.core.vocabulary import FactValue, Vocabulary
from aiact_rules.plugins.interfaces import Engine, EngineUnavailable, Evaluator, Reader, Report, Source
from aiact_rules.sources.document import Document, Skipped
from aiact_rules.sources.statements import check_value

Value = TypeVar("Value")

_STOP = "so no release can be allowed"
_TRUTHS = frozenset({0, 1, 3})
_CODES = range(128)
_SHARED = frozenset({PackAt, Lowered, Vocabulary, Lexicon})
_MOST_KEPT = 24
"""How many packs, lowered packs and vocabularies a plugin has copies of, about a megabyte each."""


class PluginInterrupted(KeyboardInterrupt):
    """A person stopped the program while a plugin ran, or the plugin raised KeyboardInterrupt: the two look alike."""


class Guard:
    """Stands between the gate and one plugin."""

    def __init__(self, plugin: str) -> None:
        """Guard a plugin, given as it is named in messages: distribution and version."""
        self.plugin = plugin
        self._kept: dict[int, tuple[object, object]] = {}  # with the original, so that no other value has its id
        self._lock = threading.Lock()

    def running(self, what: str, *passed: type[Exception]) -> _Running:
        """Return a context in which the plugin's code runs; `what` says what failed if it does not come back.

        Whatever is raised, SystemExit and GeneratorExit too, becomes a PluginError; KeyboardInterrupt becomes
        PluginInterrupted, which still stops the program. Only the exceptions `passed` are left as they are.
        """
        return _Running(self, what, passed)

    def error(self, what: str, hint: str | None = None) -> PluginError:
        """Return the error that says what this plugin did wrong."""
        return PluginError([Problem(f"{self.plugin}: {what}, {_STOP}", hint=hint)])

    def own(self, value: Value) -> Value:
        """Return the plugin's own copy of an immutable value, made once while the value is in use."""
        with self._lock:
            if id(value) not in self._kept:
                buffer = io.BytesIO()
                _Writer(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
                while len(self._kept) >= _MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[id(value)] = (value, pickle.loads(buffer.getvalue()))
            return cast(Value, self._kept[id(value)][1])

    def copy(self, value: Value) -> Value:
        """Return a new copy of a value, such as a decision, in which packs and vocabularies are the plugin's own."""
        buffer, shared = io.BytesIO(), dict[int, object]()
        _SharingWriter(buffer, shared).dump(value)
        buffer.seek(0)
        return cast(Value, _SharingReader(buffer, self, shared).load())

    def name_of(self, offered: Engine | Source | Reader | Report, kind: str) -> str:
        """Return the name of what the plugin offers."""
        with self.running(f"failed to name the {kind} it offers"):
            name = offered.name
        if not isinstance(name, str) or not name:
            raise self.error(f"offers a nameless {kind}")
        return str.__str__(name)


class _Unusable(Exception):
    """What a plugin returned cannot be used; the text says why."""


class _Running:
    def __init__(self, guard: Guard, what: str, passed: tuple[type[Exception], ...]) -> None:
        self._guard = guard
        self._what = what
        self._passed = passed

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, self._passed):
            return
        if isinstance(error, KeyboardInterrupt):
            hint = "KeyboardInterrupt: Ctrl-C, or raised by the plugin itself"
            raise PluginInterrupted(str(self._guard.error(self._what, hint))) from error
        raise self._guard.error(self._what, said_by(error)) from error


def said_by(error: BaseException) -> str:
    """Return what an exception of a plugin says, whatever its own code does when asked."""
    name = type(error).__name__
    if isinstance(error, _Unusable):
        return str(error)
    try:
        text = str(error)
    except BaseException:
        return name
    return f"{name}: {text}" if text else name


class GuardedSource:
    """A plugin's source, guarded. What is wrong with the input is said as it is: InputError passes."""

    def __init__(self, offered: Source, guard: Guard) -> None:
        self.offered = offered
        self.name = guard.name_of(offered, "source")
        self._guard = guard

    def accepts(self, path: Path) -> bool:
        """Return whether the source reads this file. Raises PluginError where the plugin fails."""
        what = f"source `{self.name}` failed to say whether it reads `{path}`"
        with self._guard.running(what, InputError):
            answer = self.offered.accepts(path)
        if not isinstance(answer, bool):
            raise self._guard.error(what, "`accepts` must return true or false")
        return answer

    def read(self, path: Path, vocabulary: Vocabulary, cues: Mapping[str, Cue]) -> Document | Skipped:
        """Return what the source reads. Raises PluginError where the plugin fails or returns facts of another type."""
        what = f"source `{self.name}` failed to read `{path}`"
        own, copied = self._guard.own(vocabulary), self._guard.copy(dict(cues))
        with self._guard.running(what, InputError):
            read = self.offered.read(path, own, copied)
            if isinstance(read, Skipped):
                return read
            if not isinstance(read, Document):
                raise _Unusable("`read` must return a Document or Skipped")
            operators = tuple(replace(each, facts=_checked(each.facts, vocabulary)) for each in read.operators)
            return replace(read, facts=_checked(read.facts, vocabulary), operators=operators)


def _checked(facts: Facts, vocabulary: Vocabulary) -> Facts:
    """Return facts all of which the vocabulary declares, with values of their types. Raises _Unusable otherwise."""
    checked = {fact.name: fact for fact in facts}
    for name, fact in checked.items():
        declaration = vocabulary.get(name)
        if declaration is None:
            raise _Unusable(f"it states `{name}`, which no chosen pack declares")
        try:
            check_value(declaration, fact.value)
        except ValueError as error:
            raise _Unusable(f"the value of `{name}` is not a {declaration.type.value} value as declared") from error
    return Facts(checked)


class GuardedEngine:
    """A plugin's engine, guarded."""

    def __init__(self, offered: Engine, guard: Guard) -> None:
        self.offered = offered
        self.name = guard.name_of(offered, "engine")
        self._guard = guard

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Evaluator:
        """Return a function from facts to an outcome of the right shape, which raises PluginError where it has none.

        Raises PackError, EngineUnavailable and PluginError, each with the plugin's name.
        """
        what = f"engine `{self.name}` failed to prepare pack `{pack_at.pack.id}`"
        own = self._guard.own(pack_at), self._guard.own(lowered)
        try:
            with self._guard.running(what, PackError, EngineUnavailable):
                run = self.offered.prepare(*own)
        except PackError as error:
            first = Problem(f"{self._guard.plugin}: engine `{self.name}` cannot run pack `{pack_at.pack.id}`")
            raise PackError([first, *error.problems]) from error
        except EngineUnavailable as error:
            raise EngineUnavailable(f"{self._guard.plugin}: {error}") from error
        if not callable(run):
            raise self._guard.error(what, "`prepare` must return a function from facts to an outcome")
        failed = self._guard.running(f"engine `{self.name}` failed to evaluate pack `{pack_at.pack.id}`")

        def guarded(facts: Mapping[str, FactValue]) -> Outcome:
            with failed:
                return _checked_outcome(run(dict(facts)), lowered)

        return guarded


def _checked_outcome(outcome: object, lowered: Lowered) -> Outcome:
    """Return an outcome that fits the pack. Raises _Unusable otherwise."""
    if not isinstance(outcome, Outcome):
        raise _Unusable("it must return an Outcome")
    conclusions, obligations = tuple(outcome.conclusions), tuple((index, code) for index, code in outcome.obligations)
    if len(conclusions) != len(lowered.conclusions) or not _TRUTHS.issuperset(conclusions):
        raise _Unusable(f"its outcome must have a code (0, 1 or 3) for each of {len(lowered.conclusions)} conclusions")
    indices = [index for index, _ in obligations]
    known = range(len(lowered.obligations))
    if any(index not in known or code not in _CODES for index, code in obligations) or indices != sorted(set(indices)):
        raise _Unusable("its outcome must name each obligation that may be owed once, in order, with a code below 128")
    return Outcome(conclusions, obligations)


class GuardedReport:
    """A plugin's report, guarded."""

    def __init__(self, offered: Report, guard: Guard) -> None:
        self.offered = offered
        self.name = guard.name_of(offered, "report")
        self._guard = guard

    def render(self, batch: Batch) -> str:
        """Return the report. Raises PluginError where the plugin fails or returns no text."""
        own = self._guard.copy(batch)
        with self._guard.running(f"report `{self.name}` failed"):
            text = self.offered.render(own)
            if not isinstance(text, str):
                raise _Unusable("it must return text")
            return str.__str__(text)  # of a class of its own it would still be the plugin's code


class _Writer(pickle.Pickler):
    """Writes values by their fields alone: what they have cached stays behind.

    Written and read at once, in memory: nothing that comes from elsewhere is ever unpickled here.
    """

    def reducer_override(self, value: object) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return type(value), tuple(getattr(value, part.name) for part in fields(value))
        return NotImplemented


class _SharingWriter(_Writer):
    """Writes packs and vocabularies as references, and decisions with their identity, which takes long to compute."""

    def __init__(self, file: io.BytesIO, shared: dict[int, object]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._shared = shared

    def reducer_override(self, value: object) -> Any:
        made = super().reducer_override(value)
        if isinstance(value, Decision):
            return _identified, (*made, value.canonical_bytes, value.decision_id)
        return made

    def persistent_id(self, value: object) -> int | None:
        if type(value) not in _SHARED:
            return None
        self._shared[id(value)] = value
        return id(value)


def _identified(kind: type[Decision], parts: tuple[Any, ...], canonical_bytes: bytes, decision_id: str) -> Decision:
    decision = kind(*parts)
    vars(decision).update(canonical_bytes=canonical_bytes, decision_id=decision_id)
    return decision


class _SharingReader(pickle.Unpickler):
    """Reads references as a plugin's own copies."""

    def __init__(self, file: io.BytesIO, guard: Guard, shared: Mapping[int, object]) -> None:
        super().__init__(file)
        self._guard = guard
        self._shared = shared

    def persistent_load(self, reference: Any) -> object:
        return self._guard.own(self._shared[reference])
