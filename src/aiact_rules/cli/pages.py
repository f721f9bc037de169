"""Pages: questions with their choices, cut so that each fits the terminal with the question still in sight."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from textwrap import wrap

WIDEST = 118
_ALWAYS = 5
"""Lines that every page has besides question and choices: an empty one, the heading, where it is, the hint, the prompt."""


def terminal() -> tuple[int, int]:
    """Return how wide a line may be, and how many lines fit."""
    size = shutil.get_terminal_size()
    return max(40, min(size.columns - 2, WIDEST)), max(12, size.lines - 1)


def lines_of(text: str, width: int, first: int = 0, rest: int = 3) -> list[str]:
    """Return a text as lines, the first and the others indented."""
    return wrap(
        text,
        width,
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def first_sentence(text: str) -> str:
    """Return the question alone, without what explains it."""
    end = text.find("? ")
    return text if end < 0 else text[: end + 1]


def pages_of(blocks: Sequence[Sequence[str]], question: int, shorter: int, height: int) -> list[list[int]]:
    """Return which choices stand on which page; the first page has a question of so many lines, the others a shorter one."""
    pages: list[list[int]] = []
    room = height - _ALWAYS - question
    for number, block in enumerate(blocks):
        if pages and len(block) <= room:
            pages[-1].append(number)
        else:
            if pages:
                room = height - _ALWAYS - shorter
            pages.append([number])
        room -= len(block)
    return pages
