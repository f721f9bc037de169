"""Tags: facts that a model version states in its tags, and the tags in which a decision is written down."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from aiact_rules import Decision, Facts
from aiact_rules.core.packs import DISMISSED, MARKETS
from aiact_rules.core.problems import Place, did_you_mean
from aiact_rules.core.raising import raised_in
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.document import Stated
from aiact_rules.sources.release_file import SHORT_NAMES
from aiact_rules.sources.statements import Statements
from aiact_rules.yaml_text import Scalar, read_yaml

from aiact_rules_mlflow.names import folded

PREFIX = "aiact_"
VERDICT = "aiact_decision"
DECISION_ID = "aiact_decision_id"
PACK = "aiact_pack"
DIGEST = "aiact_digest"
TIME = "aiact_time"
WAIVED = "aiact_waived"
HEARD = "aiact_signals"
DECISION_TAGS = frozenset({VERDICT, DECISION_ID, PACK, DIGEST, TIME, WAIVED, HEARD})
"""How the version was judged last."""

RELEASED = "aiact_released_"
RELEASED_ID = "aiact_released_decision_id"
PROBE = "aiact_gate"
"""Whoever tries to set this is told what the gate guards; nothing is ever written there."""
OVERRIDE = "aiact_override"
"""Where the decision log holds the latest override for the version, given from the server's command line."""

LONGEST_VALUE = 256
UNDECIDED = "undecided"

_LONGEST_ACT = 180
_PLAIN = re.compile(r"[a-z0-9_.]+")
_SEPARATORS = str.maketrans(" ./:-", "_____")


def is_reserved(key: str) -> bool:
    """Return whether a tag is one in which the gate writes, in any case."""
    plain = _plain(key)
    return plain in DECISION_TAGS or plain in (OVERRIDE, PROBE) or plain.startswith(RELEASED)


def is_look_alike(key: str) -> bool:
    """Return whether a tag may be taken, by a database or a person, for one that begins with the prefix, and does not.

    A plain name, in any case, is what it says and looks like no other.
    """
    if _PLAIN.fullmatch(key.casefold()):
        return False
    name = folded(key).translate(_SEPARATORS)
    return _begins_alike(name) or _begins_alike("".join(filter(str.isascii, name)).strip("_"))


def is_own(key: str) -> bool:
    """Return whether a tag begins with the prefix, or looks so."""
    return _plain(key).startswith(PREFIX) or is_look_alike(key)


def _plain(key: str) -> str:
    return key.casefold().replace(".", "_")


def _begins_alike(name: str) -> bool:
    """Return whether a name begins with the prefix, where letters of other scripts may stand for some of its own."""
    letters, end = name[: len(PREFIX) - 1], name[len(PREFIX) - 1 : len(PREFIX)]
    same = [a == b for a, b in zip(letters, PREFIX, strict=False)]
    foreign = [not each.isascii() for each in letters]
    return end == "_" and any(same) and all(a or b for a, b in zip(same, foreign, strict=True))


def tag_of(fact: str) -> str:
    """Return the tag that states a fact: `aiact_system_practices` for `system.practices`."""
    return PREFIX + fact.replace(".", "_")


def stated_in_tags(tags: Mapping[str, str], vocabulary: Vocabulary) -> Stated:
    """Read the facts stated in tags named `aiact_...`. A list is written `a, b`, an empty one `[]`.

    A dismissed signal may be written as in a release file: `[{signal: ..., because: ..., by: ..., seen: ...}]`.

    Raises InputError for a tag that names no fact, a value that does not fit, and two tags that disagree.
    """
    names = {fact.replace(".", "_"): fact for fact in vocabulary} | SHORT_NAMES
    statements = Statements(vocabulary)
    for key in sorted(tags):
        place = Place(f"tag {key}")
        if is_reserved(key):
            continue
        if is_look_alike(key):
            hint = f"write `{PREFIX}` and the fact in plain letters, and delete this one"
            statements.problem("this tag only looks like one that is read", place, hint)
            continue
        plain = _plain(key)
        if not plain.startswith(PREFIX):
            continue
        name = names.get(plain.removeprefix(PREFIX))
        if name is None:
            statements.problem("this tag names no fact", place, did_you_mean(plain, [PREFIX + each for each in names]))
        elif name in vocabulary:
            text = tags[key]
            is_table = name == DISMISSED and text.lstrip().startswith(("{", "[{"))
            statements.read_fact(name, read_yaml(text, f"tag {key}") if is_table else Scalar(text, place, False), place)
    return Stated(facts=statements.facts(), dismissals=statements.dismissals)


def markets_from_tags(tags: Mapping[str, str], vocabulary: Vocabulary) -> Facts:
    """Return the markets that tags name, before the packs are chosen of which the other tags may state facts."""
    keys = {tag_of(MARKETS), *(PREFIX + short for short, fact in SHORT_NAMES.items() if fact == MARKETS)}
    return stated_in_tags({key: value for key, value in tags.items() if _plain(key) in keys}, vocabulary).facts


def decision_tags(decision: Decision) -> dict[str, str | None]:
    """Return the tags that write a decision down (None: none such); none is longer than 256 characters."""
    waived = [str(waiver) for waiver in dict.fromkeys(decision.waived.values())]
    packs = [pack.pack_at.pack for pack in decision.packs]
    words = [
        f"{each.cue}: {each.place} says `{each.words}`" for _, raised in raised_in(decision) for each in raised.words
    ]
    return {
        VERDICT: decision.verdict.value,
        DECISION_ID: decision.decision_id,
        PACK: _short(f"{pack.id} {pack.version}" for pack in packs),
        DIGEST: _short(str(pack.digest) for pack in packs),
        TIME: decision.run.at or "",
        WAIVED: "; ".join(waived)[:LONGEST_VALUE] if waived else None,
        HEARD: "; ".join(dict.fromkeys(words))[:LONGEST_VALUE] if words else None,
    }


def undecided_tags(at: datetime) -> dict[str, str | None]:
    """Return the tags for a version that could not be judged (None: none such), so that no older answer seems to stand."""
    return {
        VERDICT: UNDECIDED,
        DECISION_ID: None,
        PACK: None,
        DIGEST: None,
        WAIVED: None,
        HEARD: None,
        TIME: at.replace(microsecond=0).isoformat(),
    }


def released_tags(act: str, decision: Decision, by: str | None) -> dict[str, str]:
    """Return the tags that keep the decision by which a version was released, whatever is judged later.

    `act` is the kind and the name, such as `alias champion`. Each has a tag of its own, beside one with the latest id.
    """
    passed = decision.verdict.value if decision.passes else "overridden"
    said = f"{passed} {decision.decision_id} {decision.run.at or ''} by {by or 'unknown'}"
    return {released_tag(act): said[:LONGEST_VALUE], RELEASED_ID: decision.decision_id}


def released_tag(act: str) -> str:
    """Return the tag that keeps the decision for an act, such as `aiact_released_alias_champion`."""
    name = folded(act).replace(" ", "_")
    if len(name) > _LONGEST_ACT:
        name = name[:_LONGEST_ACT] + "_" + hashlib.sha256(name.encode()).hexdigest()[:12]
    return RELEASED + name


def _short(texts: Iterable[str]) -> str:
    """Join texts; what would be too long is stood for by its SHA-256."""
    joined = ", ".join(texts)
    if len(joined) <= LONGEST_VALUE:
        return joined
    return "sha256:" + hashlib.sha256(joined.encode()).hexdigest()
