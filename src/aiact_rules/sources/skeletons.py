"""Skeletons: documents whose headings say which facts they show, written empty and read back.

A heading shows something where a comment `<!-- shows fact: member, member -->` stands under it. It is filled once there is
text besides comments, quotations and the marks of a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap

from aiact_rules.core.deliverables import Deliverable, Heading, Skeleton
from aiact_rules.core.evidence import Section
from aiact_rules.core.problems import Place
from aiact_rules.sources.evidence import MARK
from aiact_rules.sources.templates import MARKER

_WIDTH = 100
_SHOWS = re.compile(r"^[ \t]*<!-- shows (?P<shown>[^\n]+?) -->[ \t]*$", re.MULTILINE)
_BLOCK = re.compile(r"^(?:[ \t]*(?P<fence>```|~~~)|(?P<level>#{1,6})[ \t]+(?P<title>\S[^\n]*))", re.MULTILINE)
_CODE = re.compile(r"^[ \t]*(```|~~~).*?(?:\n[ \t]*\1|\Z)", re.DOTALL | re.MULTILINE)
_OF_THE_TEMPLATE = re.compile(r"^(?:[ \t]*>|#{1,6}[ \t]).*$", re.MULTILINE)
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
    headings = list(_headings(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    shows = [tuple(_shown_by(text[h.end() : end])) for h, end in zip(headings, ends, strict=False)]
    found, line, counted = [], 1, 0
    for number, heading in enumerate(headings):
        line, counted = line + text.count("\n", counted, heading.start()), heading.start()
        if shows[number]:
            later = range(number + 1, len(headings))
            level = len(heading["level"])
            last = next((each for each in later if shows[each] or len(headings[each]["level"]) <= level), None)
            body = text[heading.end() : len(text) if last is None else headings[last].start()]
            found.append(Section(heading["title"].strip("# \t"), Place(name, line), shows[number], _is_filled(body)))
    return tuple(found)


def _headings(text: str) -> Iterator[re.Match[str]]:
    """Yield the headings of a document that stand in no block of code."""
    fence: str | None = None
    for found in _BLOCK.finditer(text):
        if found["fence"] is not None:
            fence = found["fence"] if fence is None else None if found["fence"] == fence else fence
        elif fence is None:
            yield found


def _shown_by(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield what the comments in a text say that is shown."""
    for found in _SHOWS.finditer(_CODE.sub("", text)) if MARK in text else ():
        for part in found["shown"].split(";"):
            fact, colon, members = part.partition(":")
            if not colon:
                yield fact.strip(), None
            yield from ((fact.strip(), member.strip()) for member in members.split(",") if member.strip())


def _is_filled(text: str) -> bool:
    """Return whether something is written: code, or text besides comments, quotations, headings and the marks of a template."""
    code = [found[0] for found in _CODE.finditer(text)]
    written = _OF_THE_TEMPLATE.sub("", _COMMENT.sub("", _CODE.sub("", text)))
    if MARKER.search(written) is not None or _TO_DO.search(written) is not None:
        return False
    return sum(len(_WORD.findall(part)) for part in (written, *code)) >= _LEAST_WORDS
