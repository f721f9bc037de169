"""Truth: yes, no or unknown, combined as in strong Kleene logic."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """What is known about a statement. Unknown is a value of its own: silence is neither yes nor no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__  # there is one of each; the hash that Enum computes takes longer

    def __bool__(self) -> bool:
        raise TypeError("a Truth is not a bool: compare it with Truth.YES, Truth.NO or Truth.UNKNOWN")

    @classmethod
    def of(cls, value: bool | None) -> Truth:
        """Turn a yes-or-no answer, or None for no answer, into a Truth."""
        if value is None:
            return UNKNOWN
        return YES if value else NO

    @classmethod
    def between(cls, certain: bool, possible: bool) -> Truth:
        """Join the two planes of a lowered pack: certain means yes, not even possible means no."""
        if certain:
            return YES
        return UNKNOWN if possible else NO


YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
"""The three by names of their own: an enumeration takes several times as long to find one, and all logic asks for them."""


def negate(value: Truth) -> Truth:
    """Turn yes into no and no into yes; unknown stays unknown."""
    if value is UNKNOWN:
        return value
    return NO if value is YES else YES


def all_of(values: Iterable[Truth]) -> Truth:
    """Return whether every value is yes. One no decides; nothing at all is yes."""
    result = YES
    for value in values:
        if value is NO:
            return value
        if value is UNKNOWN:
            result = value
    return result


def any_of(values: Iterable[Truth]) -> Truth:
    """Return whether some value is yes. One yes decides; nothing at all is no."""
    result = NO
    for value in values:
        if value is YES:
            return value
        if value is UNKNOWN:
            result = value
    return result
