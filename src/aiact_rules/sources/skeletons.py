"""Skeletons: documents whose headings say which facts they show, written empty and read back.

A heading shows something where a comment `<!-- shows fact: member, member -->` stands under it. It is filled once there is
text besides comments, quotations and the marks of a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from aiact_rules.core.deliverables import Deliverable, Heading, Skeleton
from aiact_rules.core.evidence import Section
from aiact_rules.core.problems import Place
from aiact_rules.sources.evidence import MARK
from aiact_rules.sources.templates import MARKER

_WIDTH = 100
_SHOWS = re.compile(r"<!-- shows (?P<shown>[^\n]+?) -->\s*\Z")
_HEADING = re.compile(r"(?P<level>#{1,6})[ \t]+\S")
_FENCE = re.compile(r"\s*(```|~~~)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TO_DO = re.compile(r"\b(?:TODO|TBD|FIXME)\b")
_WORD = re.compile(r"\w+")
_LEAST_WORDS = 2


def empty_document(deliverable: Deliverable, skeleton: Skeleton, law: str) -> str:
    """Return the Markdown of a skeleton: what it is by which law, who signs it, and a heading for each thing it must contain."""
    title = deliverable.title[:1].upper() + deliverable.title[1:]
    lines = [f"# {title}", ""]
    about = [f"{law}, {deliverable.provision}. Answers for it: {deliverable.signed_by}."]
    about += [skeleton.note] if skeleton.note is not None else []
    lines += [line for text in about for line in wrap(text, _WIDTH)]
    lines += [
        "",
        "<!-- Write in place of each TODO. A heading counts as evidence once something is written under it; where it",
    ]
    lines += ["does not apply, say why. The comment under a heading says which fact it shows: leave it there. -->"]
    for heading in skeleton.headings:
        lines += ["", f"## {_title(heading)}", "", f"{MARK}{_shown(heading)} -->"]
        lines += [f"> {line}" for line in wrap(f"{heading.asks[:1].upper()}{heading.asks[1:]}.", _WIDTH)]
        lines += ["", "[TODO]"]
    return "\n".join(lines) + "\n"


def _title(heading: Heading) -> str:
    provision = heading.provision[:1].upper() + heading.provision[1:]
    return f"{provision}: {heading.title}" if heading.title else provision


def _shown(heading: Heading) -> str:
    members: dict[str, list[str]] = {}
    for fact, member in heading.shows:
        members.setdefault(fact, []).extend([] if member is None else [member])
    return "; ".join(f"{fact}: {', '.join(named)}" if named else fact for fact, named in members.items())


def sections_of(text: str, name: str) -> tuple[Section, ...]:
    """Return the sections of a document that show facts; none for a document that is no skeleton."""
    if MARK not in text:
        return ()
    lines = list(_lines(text))
    headings = [at for at, line in enumerate(lines) if line.level]
    own = {at: lines[at + 1 : end] for at, end in zip(headings, [*headings[1:], len(lines)], strict=True)}
    shows = {at: shown for at in headings if (shown := tuple(_shown_by(own[at])))}
    found = []
    for at, shown in shows.items():
        level = lines[at].level
        end = next((e for e in headings if e > at and (lines[e].level <= level or e in shows)), len(lines))
        title = lines[at].text.strip("# \t")
        found.append(Section(title, Place(name, at + 1), shown, _is_filled(lines[at + 1 : end])))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a document: the level of the heading that it is, or 0; and whether it stands in a block of code."""

    text: str
    level: int = 0
    is_code: bool = False


def _lines(text: str) -> Iterator[_Line]:
    fence: str | None = None
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence is not None or mark is not None:
            yield _Line(line, is_code=True)
            if mark is not None:
                fence = mark[1] if fence is None else None if mark[1] == fence else fence
        else:
            heading = _HEADING.match(line)
            yield _Line(line, 0 if heading is None else len(heading["level"]))


def _shown_by(lines: Iterable[_Line]) -> Iterator[tuple[str, str | None]]:
    """Yield what the comments among some lines say that is shown."""
    for line in lines:
        found = None if line.is_code else _SHOWS.match(line.text.strip())
        for part in () if found is None else found["shown"].split(";"):
            fact, colon, members = part.partition(":")
            if not colon:
                yield fact.strip(), None
            yield from ((fact.strip(), member.strip()) for member in members.split(",") if member.strip())


def _is_filled(lines: Iterable[_Line]) -> bool:
    """Return whether something is written: text besides comments, quotations, headings and the marks of a template."""
    kept = (line.text for line in lines if line.is_code or not (line.level or line.text.lstrip().startswith(">")))
    written = _COMMENT.sub("", "\n".join(kept))
    if MARKER.search(written) is not None or _TO_DO.search(written) is not None:
        return False
    return len(_WORD.findall(written)) >= _LEAST_WORDS
