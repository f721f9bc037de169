"""The section of a card and the result in its block, as text: both follow from a result and from the words of a pack alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from aiact_rules.core.card_result import CardResult
from aiact_rules.core.cards import MARK, CardWords, Reader
from aiact_rules.core.decisions import Decision
from aiact_rules.core.printable import printable
from aiact_rules.core.words import in_words

BEGIN = f"{MARK}begin; change the facts and run the command again, not this section -->"
END = f"{MARK}end -->"
LEVEL = "##"

_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+|https?://[\w./~%?=&#+-]+")
_MARKS = re.compile(r"[\\`*_{}\[\]<>()#!|~&]")
_VERDICTS = {
    "allow": "nothing that is due stands in the way of this release",
    "hold": "not cleared for release: something is open or not stated",
    "block": "not to be released: something is violated",
}
_READERS = {
    Reader.USER: "If you use it",
    Reader.BUILDER: "If you build on it, change it or offer it on",
    Reader.PROVIDER: "What its provider goes on doing",
}


def result_of(decision: Decision, words: CardWords, contact: str | None) -> CardResult:
    """Return what a card says of a decision: the classes by the pack that the words are of."""
    pack = next(each for each in decision.packs if each.pack_at.pack.card == words)
    headlines = pack.headlines
    released = decision.facts.value("release.date")
    return CardResult(
        verdict=decision.verdict.value,
        classes=tuple(name for name, truth in headlines.items() if truth == "yes" and name in words.classes),
        undetermined=tuple(name for name, truth in headlines.items() if truth == "unknown" and name in words.classes),
        roles=decision.roles,
        released_on=released,  # type: ignore[arg-type]  # a request always has a release date
        as_of=pack.pack_at.as_of,
        decision_id=decision.decision_id,
        tool=decision.run.tool,
        packs=tuple(f"{each.pack_at.pack.id} {each.pack_at.pack.version}" for each in decision.packs),
        contact=contact,
    )


def result_lines(result: CardResult, indent: str) -> Iterator[str]:
    """Yield the result as YAML, each line behind an indentation."""
    contact = {} if result.contact is None else {"contact": json.dumps(printable(result.contact), ensure_ascii=False)}
    rows = {
        "verdict": result.verdict,
        "classes": _flow(result.classes),
        "undetermined": _flow(result.undetermined),
        "roles": _flow(result.roles),
        "date": result.released_on.isoformat(),
        "as_of": result.as_of.isoformat(),
        **contact,
        "decision_id": result.decision_id,
        "tool": result.tool,
        "packs": _flow(result.packs),
    }
    yield f"{indent}result:"
    yield from (f"{indent}  {name}: {value}" for name, value in rows.items())


def section_lines(result: CardResult, words: CardWords) -> tuple[str, ...]:
    """Return the section between its markers, line by line. What it says follows from the result alone."""
    return (BEGIN, f"{LEVEL} {words.title}", "", *_body(result, words), END)


def _body(result: CardResult, words: CardWords) -> Iterator[str]:
    roles = " and ".join(map(in_words, result.roles)) or "operator"
    release = f"the release on {result.released_on} by the {roles}"
    yield f"Checked as of {result.as_of} for {release}: **{result.verdict}**, {_VERDICTS[result.verdict]}."
    yield ""
    held = [words.classes[name] for name in result.classes]
    said = [each.says for each in held]
    if result.undetermined:
        said.append(f"Not determined: {', '.join(words.labels[name] for name in result.undetermined)}.")
    yield " ".join(said) or "It is in none of the classes to which the Act attaches obligations of their own."
    yield ""
    for reader, title in _READERS.items():
        duties = list(
            dict.fromkeys(
                f"- {duty.says} ({duty.provision})" for each in held for duty in each.duties if duty.reader is reader
            )
        )
        if duties:
            yield from (f"{title}:", "", *duties, "")
    if result.contact is not None:
        yield from (f"Contact: {_escaped(result.contact)}", "")
    yield f"Decision `{result.decision_id}`, by {result.tool} with {', '.join(result.packs)}."
    yield ""


def _escaped(contact: str) -> str:
    """Return an address as it is, and any other text without what Markdown would make of it."""
    text = " ".join(printable(contact).split())
    return text if _ADDRESS.fullmatch(text) else _MARKS.sub(r"\\\g<0>", text)


def _flow(words: Iterable[str]) -> str:
    return f"[{', '.join(words)}]"
