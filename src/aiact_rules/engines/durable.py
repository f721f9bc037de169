"""The durable engine: durable-rules, a forward-chaining rule engine, as an independent second opinion.

Its library is used only for what it does reliably. Typed tests of facts are made here, and it gets nothing but names
of those that hold, such as `{"a17": 1}`: no text, number, null or date ever reaches it. Documents stay small, so do
the numbers of alternatives it must follow at once; names are checked for equal hashes, since it compares nothing else;
there are no timers, threads, actions or deleted states. Whatever it answers beside "matched" and "not matched" is no
decision.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from aiact_rules.core.formulas import FALSE, TRUE, Conjunction, Formula, Literal, Lowered, holds, literals
from aiact_rules.core.outcomes import Outcome, bits, code
from aiact_rules.core.packs import PackAt
from aiact_rules.core.truth import Truth, negate
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.engines.digests import digest_of
from aiact_rules.plugins.interfaces import EngineUnavailable

# The library fails above 253 properties per document, above 64 alternatives that match at their first condition, and
# above 31 literals and brackets in one rule.
_MOST_ATOMS = 180
_MOST_GROUPS = 60
_RULES_PER_GROUP = 6
_LITERALS_PER_GROUP = 24
_LARGEST_RULE = 20

_MATCHED, _NOT_MATCHED = 0, 1

_BUILD_LINE = "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install durable_rules"


class DurableFault(Exception):
    """The rule engine did something other than match or not match, so there is no decision."""


class DurableEngine:
    """Evaluates with durable-rules. Slow; for `--verify`, which refuses where two engines differ."""

    name = "durable"

    _networks: dict[str, _Network] = {}
    _lock = threading.Lock()

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Callable[[Mapping[str, FactValue]], Outcome]:  # noqa: ARG002
        """Return a function from facts to the outcome.

        Raises EngineUnavailable where durable-rules is not installed.
        """
        library = _library()
        digest = digest_of(lowered)
        with self._lock:
            # The library never gives memory of its rules back: one network per lowered pack and process.
            if digest not in self._networks:
                self._networks[digest] = _Network(lowered, library)
            return self._networks[digest].outcome


def _library() -> ModuleType:
    try:
        import durable_rules_engine
    except ImportError as error:
        line = _BUILD_LINE if sys.version_info >= (3, 13) else "pip install 'aiact-rules[durable]'"
        raise EngineUnavailable(
            f"the engine `durable` needs durable-rules, which cannot be imported here ({error})\n"
            f"  it is built from source and needs a C compiler: {line}"
        ) from error
    return durable_rules_engine  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class _Atom:
    """A literal in one plane: the only thing the library ever sees."""

    literal: Literal
    certain: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    """Concludes one plane of one node."""

    node: int
    certain: bool
    condition: dict[str, object]
    atoms: frozenset[str]
    size: int


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Rules that one small document is matched against."""

    handle: int
    concludes: Mapping[str, tuple[int, bool]]
    atoms: tuple[str, ...]
    groups: tuple[str, ...]


class _Network:
    """The rules of one lowered pack inside the library, and the only state they are matched in."""

    def __init__(self, lowered: Lowered, library: ModuleType) -> None:
        self.lowered = lowered
        self.library = library
        self.names: dict[_Atom, str] = {}
        self.lock = threading.Lock()
        self.fault: str | None = None
        self.formulas = _in_small_parts(lowered)
        self.strata = [(nodes, tuple(self.chunks(nodes))) for nodes in _strata(self.formulas)]
        groups = [f"g{index}" for index in range(_MOST_GROUPS)]
        _refuse_equal_hashes([*self.names.values(), *groups, "sid", "id", "$s"])
        self.of_atoms: list[list[tuple[_Atom, str]]] = [[] for _ in lowered.atoms]
        self.of_nodes: list[list[tuple[_Atom, str]]] = [[] for _ in self.formulas]
        for atom, name in self.names.items():
            (self.of_nodes if atom.literal.is_node else self.of_atoms)[atom.literal.index].append((atom, name))

    def outcome(self, facts: Mapping[str, FactValue]) -> Outcome:
        """Return the outcome. Raises DurableFault where the library does anything unexpected, then and from then on."""
        with self.lock:
            if self.fault is not None:
                raise DurableFault(self.fault)
            try:
                return self.answers(facts)
            except Exception as error:
                # What is left in the library's state is unknown, so nothing it says counts any more.
                self.fault = f"durable-rules failed, so there is no decision: {type(error).__name__}: {error}"
                raise DurableFault(self.fault) from error

    def answers(self, facts: Mapping[str, FactValue]) -> Outcome:
        true: set[str] = set()
        atoms: list[Truth] = []
        for atom, named in zip(self.lowered.atoms, self.of_atoms, strict=True):
            value = facts.get(atom.fact)
            atoms.append(Truth.UNKNOWN if value is None else Truth.of(holds(atom, value)))
            true.update(_true_names(named, atoms[-1]))
        nodes: dict[int, Truth] = {}
        for members, chunks in self.strata:
            concluded: set[tuple[int, bool]] = set()
            for chunk in chunks:
                concluded.update(self.match(chunk, true))
            for index in members:
                certain, possible = (index, True) in concluded, (index, False) in concluded
                if certain and not possible:
                    raise DurableFault(f"node {index} is certain but not possible")
                nodes[index] = Truth.between(certain, possible)
                true.update(_true_names(self.of_nodes[index], nodes[index]))

        def truth(formula: Formula) -> Truth:
            if isinstance(formula, Literal):
                found = nodes[formula.index] if formula.is_node else atoms[formula.index]
                return found if formula.positive else negate(found)
            assert formula in (TRUE, FALSE), "answers are literals"
            return Truth.of(formula == TRUE)

        obligations = []
        for index, obligation in enumerate(self.lowered.obligations):
            owed = truth(obligation.owed)
            if owed is Truth.NO:
                continue
            obligations.append(
                (index, code(owed, truth(obligation.in_force), truth(obligation.met), truth(obligation.due)))
            )
        conclusions = (bits(truth(formula), 2, 1) for formula in self.lowered.conclusions.values())
        return Outcome(tuple(conclusions), tuple(obligations))

    def match(self, chunk: _Chunk, true: set[str]) -> Iterator[tuple[int, bool]]:
        """Return what the rules of a chunk conclude from the atoms that hold."""
        document = dict.fromkeys((*chunk.groups, *(name for name in chunk.atoms if name in true)), 1)
        text = json.dumps(document)
        code, state = self.library.assert_fact(chunk.handle, text)
        if code == _NOT_MATCHED:
            return
        if code != _MATCHED:
            raise DurableFault(f"asserting facts gave code {code}")
        started = self.library.start_action_for_state(chunk.handle, state)
        fired = started[1] if started else None
        while fired:
            yield chunk.concludes[fired[2 : fired.index('"', 2)]]
            fired = self.library.complete_and_start_action(chunk.handle, state)
        code, _ = self.library.retract_fact(chunk.handle, text)
        if code not in (_MATCHED, _NOT_MATCHED):
            raise DurableFault(f"retracting facts gave code {code}")

    def chunks(self, nodes: tuple[int, ...]) -> Iterator[_Chunk]:
        """Spread the rules of one stratum over as many documents as the limits ask for."""
        groups: list[list[_Rule]] = []
        atoms: frozenset[str] = frozenset()
        for rule in (self.rule(index, certain) for index in nodes for certain in (True, False)):
            full = not groups or len(groups[-1]) == _RULES_PER_GROUP
            if full or sum(r.size for r in groups[-1]) + rule.size > _LITERALS_PER_GROUP:
                if groups and (len(groups) == _MOST_GROUPS or len(atoms | rule.atoms) > _MOST_ATOMS):
                    yield self.chunk(groups)
                    groups, atoms = [], frozenset()
                groups.append([])
            elif len(atoms | rule.atoms) > _MOST_ATOMS:
                yield self.chunk(groups)
                groups, atoms = [[]], frozenset()
            groups[-1].append(rule)
            atoms |= rule.atoms
        if groups:
            yield self.chunk(groups)

    def chunk(self, groups: list[list[_Rule]]) -> _Chunk:
        definitions: dict[str, object] = {}
        concludes: dict[str, tuple[int, bool]] = {}
        for number, group in enumerate(groups):
            for rule in group:
                name = f"r{len(definitions)}"
                definitions[name] = {"all": [{"m": {"$and": [{f"g{number}": 1}, *_parts(rule.condition)]}}]}
                concludes[name] = (rule.node, rule.certain)
        handle = self.library.create_ruleset(_ruleset_name(), json.dumps(definitions))
        atoms = sorted({name for group in groups for rule in group for name in rule.atoms})
        return _Chunk(handle, concludes, tuple(atoms), tuple(f"g{number}" for number in range(len(groups))))

    def rule(self, index: int, certain: bool) -> _Rule:
        names: list[str] = []

        def condition(formula: Formula) -> dict[str, object]:
            if isinstance(formula, Literal):
                names.append(self.names.setdefault(_Atom(formula, certain), f"a{len(self.names)}"))
                return {names[-1]: 1}
            word = "$and" if isinstance(formula, Conjunction) else "$or"
            return {word: [condition(part) for part in formula.parts]}

        made = condition(self.formulas[index])
        return _Rule(index, certain, made, frozenset(names), len(names))


def _in_small_parts(lowered: Lowered) -> list[Formula]:
    """Return the formulas of all nodes, and after them those of new nodes for the parts of what is too large for one rule."""
    formulas = [node.formula for node in lowered.nodes]
    index = 0
    while index < len(formulas):
        formula = formulas[index]
        if not isinstance(formula, Literal) and _size(formula) > _LARGEST_RULE:
            parts: list[Formula] = []
            for part in formula.parts:
                if not isinstance(part, Literal):
                    formulas.append(part)
                    part = Literal(len(formulas) - 1, True, True)
                parts.append(part)
            while len(parts) >= _LARGEST_RULE:
                formulas.append(type(formula)(tuple(parts[: _LARGEST_RULE // 2])))
                parts = [*parts[_LARGEST_RULE // 2 :], Literal(len(formulas) - 1, True, True)]
            formulas[index] = type(formula)(tuple(parts))
        index += 1
    return formulas


def _size(formula: Formula) -> int:
    """Count literals and brackets."""
    return 1 if isinstance(formula, Literal) else 1 + sum(map(_size, formula.parts))


def _strata(formulas: list[Formula]) -> list[tuple[int, ...]]:
    """Put each node one stratum above the highest node it refers to."""
    levels: dict[int, int] = {}

    def level(index: int) -> int:
        if index not in levels:
            below = (level(part.index) for part in literals(formulas[index]) if part.is_node)
            levels[index] = 1 + max(below, default=-1)
        return levels[index]

    highest = max((level(index) for index in range(len(formulas))), default=-1)
    return [
        tuple(index for index in range(len(formulas)) if levels[index] == stratum) for stratum in range(highest + 1)
    ]


def _true_names(named: list[tuple[_Atom, str]], truth: Truth) -> Iterator[str]:
    """Return the names of the literals of one atom or node that hold, each in its plane."""
    for atom, name in named:
        known = truth if atom.literal.positive else negate(truth)
        if known is Truth.YES or (known is Truth.UNKNOWN and not atom.certain):
            yield name


def _parts(condition: dict[str, object]) -> list[object]:
    inner = condition.get("$and")
    return inner if isinstance(inner, list) else [condition]


_counter = itertools.count()
_taken: dict[int, str] = {}


def _ruleset_name() -> str:
    """Return a name for rules whose hash no other rules of this process have."""
    while True:
        name = f"aiact_{os.getpid()}_{next(_counter)}"
        if _taken.setdefault(_hash(name), name) == name:
            return name


def _refuse_equal_hashes(names: list[str]) -> None:
    found: dict[int, str] = {}
    for name in names:
        other = found.setdefault(_hash(name), name)
        if other != name:
            raise DurableFault(f"the names `{name}` and `{other}` look the same to durable-rules")


def _hash(name: str) -> int:
    """Return the 32-bit FNV-1a hash, which is all that durable-rules compares of a name."""
    value = 2166136261
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value
