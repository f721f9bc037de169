"""Open lists: a list of which some members are in, some are left open, and all others are denied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn


class MembersOpen(TypeError):
    """A list with open members was asked as if every member were in it or not."""


@dataclass(frozen=True, slots=True)
class OpenList:
    """What is known of a list: `members` are in it, of `open` ones nobody knows, all others are not in it.

    At least one is open: a list that is settled is a frozenset. As one it cannot be used: whoever forgets what is open
    gets no answer, never a wrong one.
    """

    members: frozenset[str]
    open: frozenset[str]

    @staticmethod
    def of(members: Iterable[str], unknown: Iterable[str]) -> OpenList | frozenset[str]:
        """Return the list with these members, of which the `unknown` ones are left open."""
        certain = frozenset(members)
        left = frozenset(unknown) - certain
        return OpenList(certain, left) if left else certain

    @property
    def as_words(self) -> Mapping[str, str]:
        """Return each member that is in or open with `yes` or `unknown`, by name, as a document states it."""
        return {word: "yes" if word in self.members else "unknown" for word in sorted(self.members | self.open)}

    @property
    def texts(self) -> list[str]:
        """Return the same as the texts by which a vocabulary reads the list: `member: yes`, `member: unknown`."""
        return [f"{word}: {said}" for word, said in self.as_words.items()]

    def __str__(self) -> str:
        return f"{{{', '.join(self.texts)}}}"

    def _refuse(self) -> NoReturn:
        raise MembersOpen(f"members are open: {', '.join(sorted(self.open))}")

    def __bool__(self) -> bool:
        self._refuse()

    def __contains__(self, _: object) -> bool:
        self._refuse()

    def __iter__(self) -> Iterator[str]:
        self._refuse()

    def __len__(self) -> int:
        self._refuse()


def includes(listed: OpenList | frozenset[str], words: frozenset[str]) -> bool | None:
    """Return whether at least one of the words is in a list; None where it may be."""
    if isinstance(listed, OpenList):
        if not words.isdisjoint(listed.members):
            return True
        return False if words.isdisjoint(listed.open) else None
    return not words.isdisjoint(listed)


def is_empty(listed: OpenList | frozenset[str]) -> bool | None:
    """Return whether a list has no member; None where it may have one."""
    if isinstance(listed, OpenList):
        return False if listed.members else None
    return not listed


def settled(one: OpenList | frozenset[str], other: OpenList | frozenset[str]) -> OpenList | frozenset[str] | None:
    """Return what two statements about one list say together; None where they contradict each other.

    What one leaves open the other may settle.
    """
    first, second = _opened(one), _opened(other)
    members = first.members | second.members
    denied_by_one = members - first.members - first.open
    denied_by_other = members - second.members - second.open
    if denied_by_one or denied_by_other:
        return None
    return OpenList.of(members, first.open & second.open)


def filled(listed: OpenList, default: frozenset[str]) -> frozenset[str]:
    """Return a list whose open members are in it where the value that silence has names them."""
    return listed.members | (listed.open & default)


def _opened(listed: OpenList | frozenset[str]) -> OpenList:
    return listed if isinstance(listed, OpenList) else OpenList(listed, frozenset())
