"""Dismissals as people write them: entries of `signals_dismissed` that say why, by whom and for which words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from aiact_rules.core.facts import Facts
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import DISMISSED
from aiact_rules.core.printable import is_written
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.signals import Dismissal
from aiact_rules.sources.keys import DISMISSAL, hint_for, names
from aiact_rules.yaml_text import Mapping, Node, Scalar, Sequence

KEYS = names(DISMISSAL)
_SIGNAL = KEYS[0]
_ID = re.compile(r"[^\s,:]+")

Told = Callable[[str, Place, str | None], None]


def split_dismissals(node: Node, told: Told) -> tuple[Node, tuple[Dismissal, ...]]:
    """Return what stands under `signals_dismissed` with ids alone, and the entries that say more.

    `told` is called with every problem: what is wrong, where, and a hint.
    """
    if isinstance(node, Mapping) and _SIGNAL in node:
        node = Sequence((node,), node.place)
    if not isinstance(node, Sequence):
        return node, ()
    items: list[Node] = []
    found: dict[str, Dismissal] = {}
    for item in node:
        if not isinstance(item, Mapping) or _SIGNAL not in item:
            items.append(item)
            continue
        dismissal = _dismissal(item, told)
        if dismissal is None:
            continue
        if dismissal.signal in found:
            told(f"`{dismissal.signal}` is dismissed twice", item.place, "keep one of the two")
        found[dismissal.signal] = dismissal
        items.append(Scalar(dismissal.signal, item.place, False))
    return Sequence(tuple(items), node.place), tuple(found.values())


def _dismissal(entry: Mapping, told: Told) -> Dismissal | None:
    said: dict[str, str] = {}
    complete = True
    for each in entry:
        if each.key not in KEYS:
            told(f"unknown key `{each.key}` of a dismissal", each.place, hint_for(each.key, KEYS))
        elif not isinstance(each.value, Scalar) or not is_written(each.value.text):
            hint = None if each.key == _SIGNAL else "leave it out, or say it in words"
            told(f"`{each.key}` of a dismissal is one text, not an empty one", each.place, hint)
        else:
            said[each.key] = each.value.text.strip()
            continue
        complete = False
    if not complete:
        return None
    if not _ID.fullmatch(said[_SIGNAL]):
        told(
            f"`{said[_SIGNAL]}` is no id of a signal", entry.place, "write it as the reports have it, without `signal.`"
        )
        return None
    return Dismissal(said[_SIGNAL], entry.place, said.get("because"), said.get("by"), said.get("seen"))


def joined_dismissals(several: Iterable[Iterable[Dismissal]]) -> tuple[Dismissal, ...]:
    """Return what several documents dismiss. Raises InputError where two of them dismiss one signal differently."""
    found: dict[str, Dismissal] = {}
    problems = []
    for dismissal in (each for one in several for each in one):
        other = found.setdefault(dismissal.signal, dismissal)
        if _said(other) != _said(dismissal):
            message = f"`{dismissal.signal}` is dismissed otherwise at {other.place}"
            problems.append(Problem(message, dismissal.place, "make both say the same, or remove one"))
    if problems:
        raise InputError(problems)
    return tuple(found.values())


def every_dismissal(facts: Facts, said: Iterable[Dismissal]) -> tuple[Dismissal, ...]:
    """Return one dismissal for each signal that the facts list as dismissed: what is `said` of it, or else its id alone."""
    value = facts.value(DISMISSED)
    if isinstance(value, OpenList):
        value = value.members
    if not isinstance(value, frozenset):
        return ()
    place, known = facts[DISMISSED].origin.place, {each.signal: each for each in said}
    return tuple(known.get(name) or Dismissal(name, place) for name in sorted(value))


def _said(dismissal: Dismissal) -> tuple[str | None, ...]:
    return dismissal.because, dismissal.by, dismissal.seen
