"""Records: what of a decision cannot be derived again. Its id is the hash of this, and a log keeps no more.

Of each pack that is its id, version and digest, the readings that are not its defaults, its verdict, what it concludes and
how each obligation stands; of the facts those that somebody stated or that no pack adds. With the pack, everything
else (findings, reasons, questions, sanctions) follows again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING

from aiact_rules.core.canonical import canonical
from aiact_rules.core.facts import VOCABULARY, Fact, Sureness
from aiact_rules.core.marks import STATUS_CODES
from aiact_rules.core.outcomes import OWED
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.printable import printable
from aiact_rules.core.statuses import Status

if TYPE_CHECKING:
    from aiact_rules.core.decisions import Decision
    from aiact_rules.core.pack_decisions import PackDecision
    from aiact_rules.core.vocabulary import Vocabulary

FORMAT = 2
"""The format of records that are written; those of format 1, which held every finding, are still read."""

IDENTITY = (
    "format",
    "verdict",
    "subject",
    "operator",
    "roles",
    "moment",
    "release_date",
    "as_of",
    "packs",
    "facts",
    "evidence",
    "uncovered",
    "dismissals",
    "readers",
)
"""The parts of a decision's JSON that its id covers."""

IDENTITY_OF_PACK = (
    "pack",
    "version",
    "digest",
    "law",
    "market",
    "extensions",
    "readings",
    "verdict",
    "conclusions",
    "statuses",
)
"""The parts of what a pack says that the id covers."""

_BESIDE_THE_IDENTITY_IN_FORMAT_1 = ("decision_id", "unused_facts", "choices", "run", "passes", "waived")

_NOTHING = "-"
_NAME = attrgetter("name")
_STATED = Sureness.STATED
_RUNS = re.compile(rf"([1-9]\d*)?([{''.join(STATUS_CODES)}{_NOTHING}])")


def record_of(decision: Decision) -> dict[str, object]:
    """Return the record of a decision as JSON values, under the names of `IDENTITY`; `dismissals` and `readers` where there are any."""
    vocabulary = decision.vocabulary
    # Most facts are defaults, of which the place alone tells.
    stated = (fact for fact in decision.facts if fact.origin.place is not VOCABULARY)
    facts = sorted((fact for fact in stated if not follows(fact, vocabulary)), key=_NAME)
    return {
        "format": FORMAT,
        "verdict": decision.verdict.value,
        "subject": decision.subject.as_json(),
        "operator": decision.operator,
        "roles": list(decision.roles),
        "moment": decision.moment,
        "release_date": str(decision.facts.value(RELEASE_DATE)),
        "as_of": decision.packs[0].pack_at.as_of.isoformat(),
        "packs": [_pack(pack) for pack in decision.packs],
        "facts": {fact.name: fact_json(fact, vocabulary) for fact in facts},
        "evidence": [item.as_json() for item in sorted(decision.evidence, key=lambda e: (e.about, str(e.place)))],
        "uncovered": sorted({choice.value for choice in decision.choices.uncovered}),
        **({"dismissals": [each.as_json() for each in decision.dismissals]} if decision.dismissals else {}),
        **({"readers": [each.as_json() for each in decision.readers]} if decision.readers else {}),
    }


def follows(fact: Fact, vocabulary: Vocabulary) -> bool:
    """Return whether the packs add a fact by themselves: a declared default, or what follows from other facts."""
    origin = fact.origin
    if origin.sureness is _STATED:
        return False
    if origin.sureness is Sureness.DERIVED:
        return fact.name in vocabulary and vocabulary[fact.name].derivation is not None
    return origin.sureness is Sureness.DECLARED_BY_DEFAULT and (
        origin.place is VOCABULARY or origin.place == VOCABULARY
    )


def fact_json(fact: Fact, vocabulary: Vocabulary) -> dict[str, object]:
    """Return a fact with its origin as JSON values; how sure it is where nobody stated it."""
    declaration, origin = vocabulary.get(fact.name), fact.origin
    value = str(fact.value) if declaration is None else declaration.format(fact.value)
    found: dict[str, object] = {"value": value, "source": printable(origin.place.source), "line": origin.place.line}
    if origin.sureness is not _STATED:
        found |= {"sureness": origin.sureness.value, "because": origin.because}
    return found


def _pack(decided: PackDecision) -> dict[str, object]:
    pack, choices = decided.pack_at.pack, decided.pack_at.choices
    return {
        "pack": pack.id,
        "version": pack.version,
        "digest": pack.digest,
        "law": pack.law,
        "market": pack.market,
        "extensions": [{"pack": e.id, "version": e.version, "digest": e.digest} for e in pack.extensions],
        "readings": {name: word for name, word in choices.items() if word != pack.readings[name].default},
        "verdict": None if decided.verdict is None else decided.verdict.value,
        "conclusions": dict(decided.headlines),
        "statuses": statuses_text(decided),
    }


def id_fits(recorded: Mapping[str, object]) -> bool:
    """Return whether the JSON of a decision, of this format or the first, has the id that follows from it."""
    if "format" in recorded:
        identity = {name: recorded[name] for name in IDENTITY if name in recorded}
        if isinstance(packs := identity.get("packs"), list):
            identity["packs"] = [_only(row, IDENTITY_OF_PACK) for row in packs]
    else:
        identity = {name: value for name, value in recorded.items() if name not in _BESIDE_THE_IDENTITY_IN_FORMAT_1}
    return recorded.get("decision_id") == "sha256:" + hashlib.sha256(canonical(identity)).hexdigest()


def _only(row: object, names: Iterable[str]) -> object:
    return {name: row[name] for name in names if name in row} if isinstance(row, dict) else row


def statuses_text(decided: PackDecision) -> str:
    """Return how each obligation of a pack stands, in its order: a letter of `STATUS_CODES`, or `-` where there is nothing
    to say, with how many follow each other that are the same: `12-3o2u`."""
    runs: list[str] = []
    letter, count, at = "", 0, 0
    for index, mark in decided.marks:
        if index == at and mark.letter == letter:
            count += 1
        else:
            runs += _run(letter, count), _run(_NOTHING, index - at)
            letter, count = mark.letter, 1
        at = index + 1
    runs += _run(letter, count), _run(_NOTHING, len(decided.pack_at.obligations) - at)
    return "".join(runs)


def _run(letter: str, count: int) -> str:
    return f"{count}{letter}" if count > 1 else letter * count


def statuses_from(text: str, count: int) -> tuple[tuple[int, Status, int], ...]:
    """Return how each of so many obligations stands: its place, its status, and a code with the bit of what certainly applies.

    Raises ValueError for a text that does not say that of each.
    """
    found = [each for each in enumerate(_letters(text)) if each[1] != _NOTHING]
    if sum(1 for _ in _letters(text)) != count:
        raise ValueError(f"it says how some obligations stand, but the pack has {count}")
    return tuple((index, STATUS_CODES[letter][0], OWED * STATUS_CODES[letter][1]) for index, letter in found)


def _letters(text: str) -> Iterator[str]:
    at = 0
    for run in _RUNS.finditer(text):
        if run.start() != at:
            break
        at = run.end()
        yield from run[2] * int(run[1] or 1)
    if at != len(text):
        raise ValueError(f"`{text[at : at + 10]}` is no code of a status")
