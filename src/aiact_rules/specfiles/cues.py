"""Cues of a pack and the words they are made of, from `cues.yaml` and `words.<language>.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aiact_rules.core.cues import NO_WORDS, Contexts, Cue, Language, Lexicon, Pattern, Strength
from aiact_rules.core.problems import Place, did_you_mean
from aiact_rules.core.vocabulary import FactType
from aiact_rules.specfiles.format import ContextsSpec, CuesFile, PatternSpec, WordsFile
from aiact_rules.specfiles.loading import Loading, keep_once
from aiact_rules.specfiles.validation import child, entries, place_of
from aiact_rules.specfiles.word_forms import forms_of
from aiact_rules.yaml_text import Node

_WORD = re.compile(r"[^\W_]|\*\Z")


def read_lexicon(loading: Loading, extended: Lexicon = NO_WORDS) -> Lexicon:
    """Read the words of a pack, those of one language joined from all its files, after those of the packs it extends."""
    lexicon = extended
    for _, node, spec in loading.of(WordsFile):
        for entry in entries(child(node, "classes")):
            _check_entries(loading, f"class `{entry.key}`", spec.classes[entry.key], entry.place)
        _check_entries(loading, "`ignored`", spec.ignored, place_of(child(node, "ignored"), node.place))
        lexicon = lexicon.joined_with(
            [
                Language(
                    spec.language,
                    spec.common,
                    tuple(spec.marks),
                    {name: _in_all_forms(loading, node, spec, name) for name in spec.classes},
                    tuple(spec.ignored),
                    _contexts(spec.refusals),
                    _contexts(spec.mentions),
                )
            ]
        )
    return lexicon


def _in_all_forms(loading: Loading, node: Node, spec: WordsFile, name: str) -> tuple[str, ...]:
    """Return the words of a class, each verb in all its forms."""
    forms: list[str] = []
    for entry in spec.classes[name]:
        try:
            forms += forms_of(entry, spec.language)
        except ValueError as error:
            loading.problem(f"class `{name}`: {error}", place_of(child(child(node, "classes"), name), node.place))
    return tuple(dict.fromkeys(forms))


def read_cues(loading: Loading, lexicon: Lexicon) -> dict[str, Cue]:
    """Read the cues of a pack, each with the words that its classes stand for."""
    known = lexicon.class_names()
    kept: dict[str, Cue] = {}
    for _, node, value in loading.of(CuesFile):
        for entry in entries(child(node, "cues")):
            spec = value.cues[entry.key]
            suggests = loading.condition(child(entry.value, "suggests"), f"cue `{entry.key}`")
            cue = Cue(
                entry.key,
                spec.provision,
                tuple(spec.words),
                suggests,
                facts=tuple(spec.facts),
                patterns=tuple(patterns_of(spec.patterns, spec.notes)),
                unless=tuple(spec.unless),
                metadata=tuple(spec.metadata),
                in_any_context=spec.in_any_context,
                lexicon=lexicon,
                place=entry.place,
            )
            check_cue(loading, cue, known, entry.place)
            keep_once(loading, kept, entry.key, cue, "cue", entry.place)
    return kept


def patterns_of(patterns: Iterable[PatternSpec], notes: Iterable[PatternSpec]) -> Iterator[Pattern]:
    """Yield the patterns of a cue, and those that are but notes."""
    for specs, strength in ((patterns, None), (notes, Strength.NOTE)):
        for pattern in specs:
            yield Pattern(
                tuple(tuple(element) for element in pattern.classes),
                tuple(pattern.near),
                tuple(pattern.unless),
                strength or Strength(pattern.strength),
            )


def check_cue(loading: Loading, cue: Cue, known: frozenset[str], place: Place) -> None:
    """Note what cannot be found by a cue as it stands."""
    named = {*cue.unless, *(name for pattern in cue.patterns for name in pattern.classes())}
    for name in sorted(named - known):
        hint = did_you_mean(name, known) or "name the class under `classes` in a file `words.<language>.yaml`"
        loading.problem(f"cue `{cue.id}`: unknown class `{name}`", place, hint)
    if not cue.words and not cue.patterns and not cue.metadata:
        loading.problem(f"cue `{cue.id}` has nothing to find", place, "write `words`, `patterns` or `metadata`")
    if cue.facts and (cue.patterns or cue.metadata):
        loading.problem(f"cue `{cue.id}`: what facts state is searched for `words` alone", place)
    for name in cue.facts:
        declared = loading.names.vocabulary.get(name)
        if declared is None or declared.type is not FactType.TEXT:
            loading.problem(f"cue `{cue.id}`: `{name}` is no fact of free text", place)
    _check_entries(loading, f"cue `{cue.id}`", cue.words, place)


def _check_entries(loading: Loading, subject: str, words: Iterable[str], place: Place) -> None:
    for entry in words:
        if _WORD.search(entry) is None:
            loading.problem(f"{subject}: `{entry}` has no letter or digit", place)


def _contexts(spec: ContextsSpec) -> Contexts:
    return Contexts(
        tuple(spec.before), tuple(spec.after), tuple(spec.headings), tuple(spec.exceptions), tuple(spec.ends)
    )
