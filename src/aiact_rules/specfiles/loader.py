"""Folder of spec files → Pack, or every problem at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from aiact_rules.core.packs import EVENTS, Pack
from aiact_rules.core.problems import PackError, Place, Problem, did_you_mean
from aiact_rules.core.rules import Moment, Role, Transition
from aiact_rules.specfiles.added_words import read_added_words
from aiact_rules.specfiles.articles import read_articles
from aiact_rules.specfiles.card_words import read_card_words
from aiact_rules.specfiles.checks import check_citations, check_pack, check_see_also
from aiact_rules.specfiles.claims import read_claims
from aiact_rules.specfiles.conditions import Names
from aiact_rules.specfiles.contradictions import ContradictionReader
from aiact_rules.specfiles.cues import read_cues, read_lexicon
from aiact_rules.specfiles.deliverables import read_deliverables
from aiact_rules.specfiles.extensions import extension_problems
from aiact_rules.specfiles.folder import SpecFile, common_files, digest, files_of, find_common, spec_files
from aiact_rules.specfiles.format import (
    ArticleFile,
    CardWordsFile,
    ClaimsFile,
    CuesFile,
    DeliverablesFile,
    PackSpec,
    ParametersFile,
    ReadingsFile,
    SanctionsFile,
    SchoolsFile,
    TimetablesFile,
    VocabularyFile,
    WordsFile,
)
from aiact_rules.specfiles.loading import EVERYBODY, Loading, keep_once, unit_ids
from aiact_rules.specfiles.schools import read_schools
from aiact_rules.specfiles.sources import check_sources
from aiact_rules.specfiles.validation import child, entries, place_of, read_model
from aiact_rules.specfiles.values import read_parameters, read_readings, read_sanctions, read_timetables
from aiact_rules.specfiles.vocabulary import passed_facts, read_vocabulary
from aiact_rules.yaml_text import Node

Value = TypeVar("Value")

_FILES: dict[str, type[BaseModel]] = {
    "pack": PackSpec,
    "vocabulary": VocabularyFile,
    "parameters": ParametersFile,
    "timetables": TimetablesFile,
    "readings": ReadingsFile,
    "schools": SchoolsFile,
    "sanctions": SanctionsFile,
    "cues": CuesFile,
    "claims": ClaimsFile,
    "card_words": CardWordsFile,
    "words": WordsFile,
    "deliverables": DeliverablesFile,
    "article": ArticleFile,
}
_NAMES_IN_TEXT = re.compile(r"^  (?:- )?(?:  )?(?:concludes: *|id: *)?([a-z][a-z0-9_.]*)", re.MULTILINE)


def load_pack(
    folder: Path, *, common: Path | None = None, bases: Sequence[Pack] = (), units: Path | None = None
) -> Pack:
    """Load the pack in a folder.

    `common` is the folder of the shared vocabulary; without it, the folder `common` nearest above the pack is taken,
    if there is one. `bases` are the packs that this one may extend; their facts, conclusions and parameters may be used.
    `units` stands in for the pack's own `units.jsonl`.

    Raises PackError with every problem of every file, each with its line.
    """
    shared = common if common is not None else find_common(folder)
    files = spec_files(folder)
    if units is not None:
        files = (*files, SpecFile("units", "units.jsonl", units.read_bytes()))
    return _load((*files, *(common_files(shared) if shared is not None else ())), bases)


def load_pack_text(texts: Mapping[str, str], *, common: Path | None = None, bases: Sequence[Pack] = ()) -> Pack:
    """Load a pack from texts by file name, such as `{"pack.yaml": ..., "art_006.yaml": ...}`, as `load_pack` does."""
    files = files_of({name: text.encode() for name, text in texts.items()})
    if not any(file.kind == "pack" for file in files):
        raise PackError([Problem("no pack.yaml among the files")])
    return _load((*files, *(common_files(common) if common is not None else ())), bases)


def _load(files: Sequence[SpecFile], bases: Sequence[Pack]) -> Pack:
    loading = _read_files(files)
    spec_entry = next(iter(loading.of(PackSpec)), None)
    extended = _extended(loading, spec_entry, bases)
    vocabulary = read_vocabulary(loading, extended)
    parameters = read_parameters(loading)
    readings = read_readings(loading)
    loading.names = Names(
        vocabulary,
        _conclusions(loading, extended),
        {**_joined(base.parameters for base in extended), **parameters},
        {**_joined(base.readings for base in extended), **readings},
        frozenset(loading.unread),
    )
    roles, moments = _roles_and_moments(loading, spec_entry)
    loading.roles = tuple(dict.fromkeys([*(name for base in extended for name in base.roles), *roles]))
    rules, obligations = read_articles(loading)
    vocabulary = vocabulary.merged_with(passed_facts(obligations.values()))
    contradictions = ContradictionReader(loading, moments)
    contradictions.read()
    for name, contradiction in contradictions.obligations.items():
        keep_once(loading, obligations, name, contradiction, "obligation", contradiction.place or Place("pack.yaml"))
    lexicon = read_lexicon(loading)
    cues = read_cues(loading, lexicon)
    added_words = read_added_words(loading, extended)
    deliverables, delivered_by = read_deliverables(loading, obligations, cues)
    spec = spec_entry[2] if spec_entry is not None else None
    pack = Pack(
        id=spec.id if spec else "",
        version=spec.version if spec else "",
        title=spec.title if spec else "",
        law=spec.law if spec else "",
        market=spec.market if spec else "",
        digest=digest(files),
        vocabulary=vocabulary,
        gates=spec.gates if spec else True,
        in_force_since=spec.in_force_since if spec else None,
        time_zone=spec.time_zone if spec else None,
        pages=spec.pages if spec else None,
        law_text=spec.law_text if spec else None,
        extends=tuple(spec.extends) if spec else (),
        headlines=tuple(spec.headlines) if spec else (),
        labels=dict(spec.labels) if spec else {},
        in_scope=spec.in_scope if spec else None,
        prohibited=spec.prohibited if spec else None,
        transition=Transition(**dict(spec.transition)) if spec and spec.transition else None,
        excludes=tuple(spec.excludes) if spec else (),
        screening=tuple(spec.screening) if spec else (),
        practices=spec.practices if spec else None,
        exemptions_refutable=spec.exemptions_refutable if spec else False,
        roles=roles,
        outside_roles={n: f"{r.means} ({r.provision})" for n, r in spec.outside_roles.items()} if spec else {},
        moments=moments,
        parameters=parameters,
        timetables=read_timetables(loading),
        readings=readings,
        schools=read_schools(loading, readings, extended),
        sanctions=read_sanctions(loading),
        cues=cues,
        lexicon=lexicon,
        added_words=added_words,
        clashes=contradictions.clashes,
        claims=read_claims(loading),
        card=read_card_words(loading, spec.headlines, spec.labels) if spec else None,
        rules=rules,
        obligations=obligations,
        deliverables=deliverables,
        delivered_by=delivered_by,
    )
    _check(pack, loading, extended, spec_entry)
    return pack


def _read_files(files: Sequence[SpecFile]) -> Loading:
    """Read each file as its model; what cannot be read leaves the names in it."""
    loading = Loading()
    for file in files:
        if file.kind == "units":
            loading.index = unit_ids(file, loading.problems)
            loading.known_units = frozenset(loading.index)
        model = _FILES.get(file.kind)
        node = file.node(loading.problems) if model is not None else None
        if model is None:
            continue
        value = read_model(model, node, loading.problems) if node is not None else None
        if node is None or value is None:
            loading.unread.update(_NAMES_IN_TEXT.findall(file.content.decode("utf-8", "replace")))
        else:
            loading.read.append((file, node, value))
    return loading


def _check(
    pack: Pack, loading: Loading, extended: Sequence[Pack], spec_entry: tuple[SpecFile, Node, PackSpec] | None
) -> None:
    pack_place = Place("pack.yaml")
    pack_node = spec_entry[1] if spec_entry is not None else None
    unread = frozenset(loading.unread)

    def place_in_pack(*path: str | int) -> Place:
        return place_of(child(pack_node, *path), pack_place)

    loading.problems.extend(check_pack(pack, extended, place_in_pack, whole=spec_entry is not None, unread=unread))
    if loading.index is not None:
        loading.problems.extend(check_citations(pack, loading.index))
    loading.problems.extend(check_sources(pack, extended))
    loading.problems.extend(check_see_also(pack, extended, loading.index, unread))
    loading.problems.extend(extension_problems(extended, pack, place_in_pack))
    if loading.problems:
        raise PackError(sorted(set(loading.problems), key=_by_place))


def _by_place(problem: Problem) -> tuple[str, int, str]:
    place = problem.place
    return ("", 0, problem.message) if place is None else (place.source, place.line or 0, problem.message)


def _joined(mappings: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    return {name: value for mapping in mappings for name, value in mapping.items()}


def _extended(
    loading: Loading, spec_entry: tuple[SpecFile, Node, PackSpec] | None, bases: Sequence[Pack]
) -> tuple[Pack, ...]:
    if spec_entry is None:
        return ()
    known = {base.id: base for base in bases}
    found = []
    for name in spec_entry[2].extends:
        if name in known:
            found.append(known[name])
        else:
            place = place_of(child(spec_entry[1], "extends"), Place("pack.yaml"))
            loading.problem(f"extends `{name}`, which is not loaded", place, did_you_mean(name, known))
    return tuple(found)


def _conclusions(loading: Loading, extended: Sequence[Pack]) -> frozenset[str]:
    names = {rule.concludes for base in extended for rule in base.rules.values() if rule.concludes}
    names |= {rule.concludes for _, _, value in loading.of(ArticleFile) for rule in value.rules if rule.concludes}
    return frozenset(names)


def _roles_and_moments(
    loading: Loading, spec_entry: tuple[SpecFile, Node, PackSpec] | None
) -> tuple[dict[str, Role], dict[str, Moment]]:
    if spec_entry is None:
        return {}, {}
    _, node, spec = spec_entry
    roles = {
        entry.key: Role(
            entry.key, role.provision, role.means, role.moment, role.deemed, role.unless, tuple(role.steps), entry.place
        )
        for entry in entries(child(node, "roles"))
        if (role := spec.roles.get(entry.key)) is not None
    }
    if EVERYBODY in roles:
        loading.problem(f"a role cannot be called `{EVERYBODY}`, which means every role", roles[EVERYBODY].place)
    for entry in entries(child(node, "moments")):
        moment = spec.moments.get(entry.key)
        if moment is not None and (moment.order is None) is not (entry.key in EVENTS):
            loading.problem(
                f"moment `{entry.key}`: a step has an `order`, an event has none",
                entry.place,
                f"the events are {', '.join(sorted(EVENTS))}",
            )
    moments = {
        name: Moment(name, moment.order or 0, moment.means, moment.provision) for name, moment in spec.moments.items()
    }
    return roles, moments
