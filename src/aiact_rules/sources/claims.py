"""Claims: what the block of a card says in the words that the Hub's community proposes, as values. None of it is a fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from aiact_rules.core.claims import Claim
from aiact_rules.core.packs import CLAIMS
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.sources.keys import CLAIM_KEYS, Key, by_name
from aiact_rules.sources.passages import Passage, PassageKind
from aiact_rules.sources.shown import normalised
from aiact_rules.sources.statements import Statements, is_filled
from aiact_rules.yaml_text import Entry, Node, Scalar, Sequence
from aiact_rules.yaml_text import Mapping as Keys

_NO = ("no", "none", "false", "not required", "not needed", "not applicable", "n a", "na")
_YES = ("yes", "true", "required", "mandatory", "needed", "applicable")

MEANINGS: Mapping[str, Mapping[str, Iterable[str]]] = {
    "risk_classification": {
        "risk.unacceptable": ("unacceptable", "prohibited", "forbidden", "banned"),
        "risk.high": ("high",),
        "risk.limited": ("limited", "transparency", "specific transparency"),
        "risk.minimal": ("minimal", "low", "no", "none", "minimal or no"),
        "risk.not_high": ("not high", "non high"),
        "gpai.yes": ("gpai", "general purpose", "general purpose ai", "gpai model"),
        "systemic_risk.yes": ("systemic", "gpai with systemic", "gpai systemic"),
    },
    "annex_iii_category": {
        "annex_iii.none": _NO,
        **{f"annex_iii.{number}": (str(number),) for number in range(1, 9)},
    },
    "conformity_assessment": {
        "conformity.none": _NO,
        "conformity.needed": _YES,
        "conformity.internal": ("self assessment", "self assessed", "self", "internal control", "internal", "annex vi"),
        "conformity.notified_body": ("notified body", "third party", "external", "annex vii"),
    },
    "human_oversight": {
        "oversight.none": (*_NO, "fully automated", "out of the loop"),
        "oversight.optional": ("recommended", "optional", "advised", "voluntary"),
        "oversight.needed": (*_YES, "human in the loop", "human on the loop", "in the loop", "on the loop"),
    },
    "transparency": {"transparency.none": _NO, "transparency.needed": _YES},
    "prohibited_practices": {"practices.none": (*_NO, "passed", "clear", "compliant")},
    "general_purpose": {"gpai.no": _NO, "gpai.yes": _YES},
    "systemic_risk": {"systemic_risk.no": _NO, "systemic_risk.yes": _YES},
}
"""For each key that is compared, the claims with the words that mean them, in lower case without marks."""

_AREAS = (
    ("biometric", 1),
    ("critical infrastructure", 2),
    ("infrastructure", 2),
    ("education", 3),
    ("vocational", 3),
    ("employment", 4),
    ("worker", 4),
    ("recruitment", 4),
    ("essential", 5),
    ("credit", 5),
    ("insurance", 5),
    ("law enforcement", 6),
    ("migration", 7),
    ("asylum", 7),
    ("border", 7),
    ("justice", 8),
    ("democra", 8),
    ("election", 8),
)
"""How the names of the areas of Annex III are told, with their points."""
_POINT = re.compile(r"(?:annex iii )?(?:point |area |category |pt )?(?P<number>[1-8])(?: [a-e])?(?: .*)?")

_BY_NAME = by_name(CLAIM_KEYS)
_SAY = frozenset(key.name for key in CLAIM_KEYS) - frozenset(MEANINGS)


def is_claim(entry: Entry) -> bool:
    """Return whether an entry of a card's block is a claim: a mapping under the same name states facts."""
    return entry.key in _BY_NAME and not isinstance(entry.value, Keys)


def read_claims(block: Keys) -> tuple[Claim, ...]:
    """Return the claims of a card's block, each value of a list by itself; what was left empty claims nothing.

    Raises InputError for a list in a list.
    """
    return tuple(claim for entry in block if is_claim(entry) for claim in _claims(_BY_NAME[entry.key], entry))


def without_claims(block: Keys) -> Keys:
    """Return a card's block with only what it states."""
    return Keys(tuple(entry for entry in block if not is_claim(entry)), block.place)


def state_claims(claims: Iterable[Claim], statements: Statements) -> None:
    """State which claims are made, where the packs compare them."""
    meant = [claim for claim in claims if claim.means is not None]
    declared = statements.vocabulary.get(CLAIMS)
    known = [claim for claim in meant if declared is not None and claim.means in (declared.values or {})]
    if known:
        statements.state(CLAIMS, frozenset(str(claim.means) for claim in known), known[0].place)


def said_in(claims: Iterable[Claim]) -> tuple[Passage, ...]:
    """Return what claims say in free words, to be read as the words of a document are."""
    texts = (claim for claim in claims if claim.means is None)
    return tuple(Passage(normalised(claim.words), claim.place.line or 1, PassageKind.VALUE) for claim in texts)


def _claims(key: Key, entry: Entry) -> Iterator[Claim]:
    for node in _items(entry.value):
        if not isinstance(node, Scalar):
            raise InputError([Problem(f"`{entry.key}` is one value or a list of values", node.place)])
        if is_filled(node):
            yield Claim(entry.key, node.text.strip(), entry.place, _meaning(key.name, node.text))


def _items(node: Node) -> Iterable[Node]:
    return node.items if isinstance(node, Sequence) else (node,)


def _meaning(key: str, words: str) -> str | None:
    if key in _SAY:
        return None
    said = " ".join(re.findall(r"[^\W_]+", words.lower()))
    short = re.sub(r" ?\b(?:risk|system|ai)\b", "", said).strip() if key == "risk_classification" else said
    for claim, meant in MEANINGS[key].items():
        if said in meant or short in meant:
            return claim
    return _area(said) if key == "annex_iii_category" else None


def _area(said: str) -> str | None:
    found = {number for word, number in _AREAS if word in said}
    if not found and (match := _POINT.fullmatch(said)):
        found = {int(match["number"])}
    return f"annex_iii.{found.pop()}" if len(found) == 1 else None
