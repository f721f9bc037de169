"""Recorded outcomes: the whole outcome of each case, in `*.outcomes.json` beside its case file, one line per case.

A case says what it is about; what else comes of its facts is recorded, so that a change of it is seen and reviewed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import Place, Problem
from aiact_rules.core.statuses import Status

CASES = ".cases.yaml"
OUTCOMES = ".outcomes.json"

_TRUTHS = ("yes", "unknown")
_STATUSES = tuple(status.value for status in Status)
_KEYS = ("verdict", *_TRUTHS, *_STATUSES)
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome of one case as its line says it: names by what became of them, with a space between.

    `verdict` is `none` for a pack that informs; `yes` names the conclusions that hold, `unknown` the headlines left
    open; each status names its findings, `art9.*` all obligations below `art9` where they have it alike.
    """

    parts: Mapping[str, str]

    @classmethod
    def of(cls, decision: PackDecision, own: Pack) -> Recorded:
        """Return the outcome of a decision: the verdict, and what the pack of its own says of obligations and conclusions."""
        concluded = {rule.concludes for rule in own.rules.values()}
        conclusions = {name: truth for name, truth in decision.conclusions.items() if name in concluded}
        names = tuple(decision.pack_at.obligations)
        found = {names[index]: status.value for index, status, _ in decision.statuses}
        parts = {
            "verdict": "none" if decision.verdict is None else decision.verdict.value,
            "yes": " ".join(name for name, truth in conclusions.items() if truth == "yes"),
            "unknown": " ".join(name for name in own.headlines if conclusions.get(name) == "unknown"),
        }
        by_status: dict[str, list[str]] = {status: [] for status in _STATUSES}
        for pattern, status in _patterns(
            [(name.split("."), found.get(name)) for name in names if name in own.obligations]
        ):
            by_status[status].append(pattern)
        parts.update({status: " ".join(patterns) for status, patterns in by_status.items()})
        return cls({key: text for key, text in parts.items() if text})

    def differences(self, now: Recorded, ids: Collection[str]) -> Iterator[str]:
        """Return what differs in the outcome of now, at most some of it; `ids` are the obligations of the pack."""
        if self.parts == now.parts:
            return
        before, after = self._states(ids), now._states(ids)
        changed = [name for name in {**after, **before} if before.get(name) != after.get(name)]
        for name in changed[:_SHOWN]:
            yield f"{name} {after.get(name, 'absent')}, was {before.get(name, 'absent')}"
        if len(changed) > _SHOWN:
            yield f"{len(changed) - _SHOWN} more"

    def _states(self, ids: Collection[str]) -> dict[str, str]:
        states = {"verdict": self.parts.get("verdict", "")}
        for key in _TRUTHS:
            states.update(dict.fromkeys(self.parts.get(key, "").split(), key))
        for status in _STATUSES:
            for name in self.parts.get(status, "").split():
                below = name.removesuffix("*")
                matching = [each for each in ids if each.startswith(below)] if below != name else [name]
                states.update(dict.fromkeys(matching, status))
        return states


@dataclass(frozen=True, slots=True)
class Recording:
    """What an outcomes file records, by the name of the case; `stale` are names of cases that are no more."""

    file: str
    outcomes: Mapping[str, Recorded]
    stale: tuple[str, ...] = ()


def read_recording(cases: Path, name: str, known: Collection[str], problems: list[Problem]) -> Recording | None:
    """Return what is recorded beside a case file, or None where nothing is. `name` is the case file's in its pack.

    `known` are the names of the file's cases.
    """
    path = cases.with_name(cases.name.removesuffix(CASES) + OUTCOMES)
    if not path.is_file():
        return None
    file = name.removesuffix(CASES) + OUTCOMES
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        content = None
    if not _is_recording(content):
        hint = "record it anew: `aiact-rules test FOLDER --record`"
        problems.append(Problem("not readable as recorded outcomes", Place(file), hint))
        return None
    outcomes = {case: Recorded(parts) for case, parts in content.items()}
    return Recording(file, outcomes, tuple(case for case in outcomes if case not in known))


def alone(folder: Path) -> Iterator[Problem]:
    """Return a problem for each outcomes file in a folder that has no case file beside it."""
    for path in sorted(folder.rglob(f"*{OUTCOMES}")):
        cases = path.name.removesuffix(OUTCOMES) + CASES
        if not path.with_name(cases).is_file():
            name = path.relative_to(folder).as_posix()
            yield Problem(f"recorded outcomes without a `{cases}` beside them", Place(name), "remove the file")


def recording_text(outcomes: Mapping[str, Recorded]) -> str:
    """Return the content of an outcomes file: one line per case."""
    lines = [f"{_json(case)}: {_json(dict(recorded.parts))}" for case, recorded in outcomes.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _is_recording(content: object) -> bool:
    return isinstance(content, dict) and all(
        isinstance(parts, dict) and all(key in _KEYS and isinstance(text, str) for key, text in parts.items())
        for parts in content.values()
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _patterns(states: Iterable[tuple[list[str], str | None]], above: str = "") -> Iterator[tuple[str, str]]:
    """Return each status with the ids that have it; `a.b.*` stands for all ids below `a.b` where they agree."""
    groups: dict[str, list[tuple[list[str], str | None]]] = {}
    for (first, *further), state in states:
        groups.setdefault(first, []).append((further, state))
    for first, group in groups.items():
        name = f"{above}{first}"
        for further, state in group:
            if not further and state is not None:
                yield name, state
        below = [(further, state) for further, state in group if further]
        alike = {state for _, state in below}
        if len(below) > 1 and len(alike) == 1:
            state = alike.pop()
            if state is not None:
                yield f"{name}.*", state
        elif below:
            yield from _patterns(below, f"{name}.")
