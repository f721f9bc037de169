"""The block `eu_ai_act:` of a card: facts as in a release file, the author's claims, and the result that was written there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from aiact_rules.core.card_result import CardResult
from aiact_rules.core.cards import CardWords
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.card_result import RESULT_KEY, read_result, said_in_result, without_result, without_section
from aiact_rules.sources.claims import read_claims, said_in, state_claims, without_claims
from aiact_rules.sources.document import Stated
from aiact_rules.sources.front_matter import FrontMatter
from aiact_rules.sources.near_misses import BLOCK
from aiact_rules.sources.passages import Passage
from aiact_rules.sources.release_file import read_release
from aiact_rules.sources.statements import Statements, is_filled
from aiact_rules.yaml_text import Entry, Mapping

NOT_OURS = (
    "what stands between the markers of `aiact-rules card` is not what it writes for the result in the block, so it was read "
    "as prose; run it again"
)
"""What is said of a section that is not left out."""


@dataclass(frozen=True, slots=True)
class Block:
    """What a block states and claims, the result in it, and its free words, to be read as the prose of the card is."""

    stated: Stated = Stated()
    result: CardResult | None = None
    said: tuple[Passage, ...] = ()


def read_block(
    block: Entry,
    vocabulary: Vocabulary,
    *,
    folder: Path | None,
    obligations: Collection[str] | None,
    evidence_root: Path | None,
) -> Block:
    """Read a block that is filled in. Raises InputError with all problems of its facts, or of its claims or its result."""
    if not isinstance(block.value, Mapping):
        raise InputError([Problem(f"`{BLOCK}` has keys with values", block.place, "write it as in a release file")])
    result, claims = _result_in(block.value), read_claims(block.value)
    stated = read_release(
        without_result(without_claims(block.value)),
        vocabulary,
        folder=folder,
        obligations=obligations,
        evidence_root=evidence_root,
    )
    claimed = Statements(vocabulary)
    state_claims(claims, claimed)
    facts = stated.facts.merged_with(claimed.facts())
    return Block(
        replace(stated, facts=facts, claims=claims), result, (*said_in(claims), *said_in_result(result, block))
    )


def words_in(block: Entry) -> tuple[CardResult | None, tuple[Passage, ...]]:
    """Return the result in a block and its free words, whatever else it states."""
    if not isinstance(block.value, Mapping) or not is_filled(block.value):
        return None, ()
    result = _result_in(block.value)
    return result, (*said_in(read_claims(block.value)), *said_in_result(result, block))


def _result_in(block: Mapping) -> CardResult | None:
    written = block.entry(RESULT_KEY)
    return None if written is None or not is_filled(written.value) else read_result(written.value)


def without_written(parts: FrontMatter, result: CardResult | None, card: CardWords | None) -> FrontMatter | None:
    """Return a card without the section that was written into it; None where what stands there is not that."""
    body = without_section(parts.body, result, card)
    return None if body is None else replace(parts, body=body)
