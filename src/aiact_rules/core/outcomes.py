"""Outcomes: what an engine says about one set of facts, as codes."""

from __future__ import annotations

from dataclasses import dataclass

from aiact_rules.core.truth import Truth


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine says about one set of facts, in the order of the lowered pack.

    `conclusions` holds one truth code per conclusion: 0 no, 1 unknown (possible), 3 yes (certain and possible).
    `obligations` holds (index, code) for each obligation that is possibly owed; the code joins the bits below.
    """

    conclusions: tuple[int, ...]
    obligations: tuple[tuple[int, int], ...]


OWED = 1  # certainly owed
IN_FORCE = 2  # certainly in force on the release date
MAYBE_IN_FORCE = 4
MET = 8  # certainly met
MAYBE_MET = 16
DUE = 32  # certainly due at this moment
MAYBE_DUE = 64
EVENT = 128  # what is judged is an event; no engine says so, since the moment alone does

ALL_BITS = (OWED, IN_FORCE, MAYBE_IN_FORCE, MET, MAYBE_MET, DUE, MAYBE_DUE, EVENT)
EVERY_CODE = range(sum(ALL_BITS) + 1)


def bits(truth: Truth, certain: int, possible: int) -> int:
    """Return the bits of a truth: both where it is certain, the possible one where it is unknown."""
    if truth is Truth.YES:
        return certain | possible
    return possible if truth is Truth.UNKNOWN else 0


def code(owed: Truth, in_force: Truth, met: Truth, due: Truth) -> int:
    """Return the code of the four answers about an obligation that is possibly owed."""
    return (
        bits(owed, OWED, 0)
        | bits(in_force, IN_FORCE, MAYBE_IN_FORCE)
        | bits(met, MET, MAYBE_MET)
        | bits(due, DUE, MAYBE_DUE)
    )
