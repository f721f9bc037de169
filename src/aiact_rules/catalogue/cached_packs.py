"""Cached packs: a pack, its head and its lowered form, each read anew where the cache does not hold it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from aiact_rules.bundled import specs_folder
from aiact_rules.cache import DIGEST_SIZE, cache_key, read_cached, write_cached
from aiact_rules.core.cards import CardClass, CardDuty, CardWords, ClaimRule, Reader
from aiact_rules.core.conditions import AllOf, AnyOf, FactTest, Holds, Not, ParameterName, ReadingIs, Test
from aiact_rules.core.cues import Contexts, Cue, Language, Lexicon, Pattern, Strength
from aiact_rules.core.deliverables import Deliverable, DeliverableKind, Heading, Skeleton
from aiact_rules.core.formulas import Conjunction, Disjunction, Literal, Lowered, LoweredObligation, Node
from aiact_rules.core.lowering import lower
from aiact_rules.core.packs import Pack, PackAt
from aiact_rules.core.periods import Period
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import (
    Certainty,
    Clash,
    Deadline,
    Deferral,
    Force,
    Kind,
    LowerCap,
    Moment,
    Obligation,
    Parameter,
    Reading,
    Role,
    Route,
    Rule,
    Sanction,
    School,
    SchoolChoice,
    Span,
    Timetable,
    Transition,
)
from aiact_rules.core.vocabulary import Derivation, FactDeclaration, FactType, Former, Vocabulary
from aiact_rules.specfiles.folder import common_files, spec_files
from aiact_rules.specfiles.folder import digest as digest_of
from aiact_rules.specfiles.pack_head import PackHead, read_head

_MOST_HEADS = 1000
_FACT_TEST_KINDS = (FactTest, Test, Decimal, date)
_LOWERED_KINDS = (*_FACT_TEST_KINDS, Lowered, Node, LoweredObligation, Conjunction, Disjunction, Literal)
_PACK_KINDS = (
    *_FACT_TEST_KINDS,
    *(AllOf, AnyOf, Not, Holds, ReadingIs, ParameterName),
    *(Pack, Vocabulary, FactDeclaration, FactType, Former, Derivation, Place, Span),
    *(Role, Moment, Rule, Obligation, Kind, Force, Certainty, Deadline, Period, Parameter, Timetable, Route, Deferral),
    *(
        Reading,
        School,
        SchoolChoice,
        Cue,
        Pattern,
        Strength,
        Lexicon,
        Language,
        Contexts,
        Clash,
        ClaimRule,
        CardWords,
        CardClass,
        CardDuty,
        Reader,
        Sanction,
        LowerCap,
        Transition,
        Deliverable,
        DeliverableKind,
        Skeleton,
        Heading,
    ),
)
_HEAD_KINDS = (PackHead, type(Path()))


def cached_pack(head: PackHead, bases: Mapping[str, Pack]) -> Pack:
    """Return a pack, from the cache where it is there and unchanged.

    Raises PackError where its files cannot be used.
    """
    common = specs_folder() / "common"
    digest = digest_of((*spec_files(head.folder, deciding=True), *common_files(common)))
    name = f"{head.id}-{cache_key(digest, *sorted(base.digest for base in bases.values()))}.pack"
    found = read_cached(name, _PACK_KINDS)
    if isinstance(found, Pack) and found.digest == digest:
        return found
    from aiact_rules.specfiles.loader import load_pack

    pack = load_pack(head.folder, common=common, bases=list(bases.values()))
    write_cached(name, pack)
    return pack


def cached_heads(offers: Iterable[tuple[Path, str]]) -> Iterator[PackHead]:
    """Return what packs say of themselves, from their folders and who offers them.

    A `pack.yaml` is read as YAML once, and again when its bytes change. Raises PackError as `read_head` does.
    """
    name = f"{cache_key()}.heads"
    found = read_cached(name, _HEAD_KINDS)
    kept = found if isinstance(found, dict) else {}
    read = {}
    for folder, offered_by in offers:
        before = _state(folder)
        head = kept.get(before)
        if isinstance(head, PackHead):
            yield replace(head, folder=folder, offered_by=offered_by)
            continue
        head = read_head(folder, offered_by)
        if before is not None and _state(folder) == before:
            read[before] = head
        yield head
    if read:
        write_cached(name, {**kept, **read} if len(kept) < _MOST_HEADS else read)


def _state(folder: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return hashlib.sha256((folder / "pack.yaml").read_bytes()).digest()
    return None


def cached_lowered(pack_at: PackAt) -> Lowered:
    """Return the lowered form of a pack on one date, from the cache where it is there and unchanged.

    It is named by what it depends on, so that the days between two changes of the law share one.
    """
    pack = pack_at.pack
    digests = (pack.digest, *(extension.digest for extension in pack.extensions))
    if any(len(digest) != 2 * DIGEST_SIZE for digest in digests):
        return lower(pack_at)  # a pack that was not read from files has no name to be kept under
    values = sorted(f"{name} {value}" for name, value in pack_at.values.items())
    choices = sorted(f"{name} {choice}" for name, choice in pack_at.choices.items())
    name = f"{pack.id}-{cache_key(*digests, *values, *choices, *pack_at.rules, *pack_at.obligations)}.lowered"
    found = read_cached(name, _LOWERED_KINDS)
    if isinstance(found, Lowered) and [obligation.id for obligation in found.obligations] == list(pack_at.obligations):
        return found
    lowered = lower(pack_at)
    write_cached(name, lowered)
    return lowered
