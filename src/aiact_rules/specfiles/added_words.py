"""Words that an extension adds to the cues of its law: by them more is found, and nothing less by the law's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aiact_rules.core.cues import Cue, Language, Lexicon
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import did_you_mean
from aiact_rules.specfiles.cues import check_cue, patterns_of, read_lexicon
from aiact_rules.specfiles.format import CuesFile, WordsFile
from aiact_rules.specfiles.loading import Loading
from aiact_rules.specfiles.validation import child, entries, place_of

_ONLY_ADDS = "an extension adds words, and takes none of the law's away"
_REMOVING = ("ignored", "refusals", "mentions")


def read_added_words(loading: Loading, extended: Sequence[Pack]) -> dict[str, Cue]:
    """Return what an extension adds to cues of the packs it extends, by the cue: a cue of its own words beside the law's.

    It has the law's patterns where the extension adds to their classes, and the patterns, words and metadata that it adds.
    """
    law = {name: cue for base in extended for name, cue in base.cues.items()}
    if not extended:
        lexicon, words = Lexicon(), frozenset[str]()
    else:
        lexicon, words = (
            read_lexicon(loading, Lexicon().joined_with(_languages(extended))),
            _words_of(loading, extended),
        )
    known = lexicon.class_names()
    found = {
        name: replace(cue, words=(), metadata=(), lexicon=lexicon, more=())
        for name, cue in law.items()
        if words & _looked_for(cue)
    }
    for _, node, value in loading.of(CuesFile):
        for entry in entries(child(node, "adds")):
            spec = value.adds[entry.key]
            base = law.get(entry.key)
            if base is None:
                text = f"adds to cue `{entry.key}`, which no pack that it extends has"
                loading.problem(text, entry.place, did_you_mean(entry.key, law) or "name a cue of the law")
                continue
            inherited = found[entry.key].patterns if entry.key in found else ()
            added = replace(
                base,
                words=tuple(spec.words),
                metadata=tuple(spec.metadata),
                patterns=(*inherited, *patterns_of(spec.patterns, spec.notes)),
                lexicon=lexicon,
                more=(),
            )
            check_cue(loading, added, known, entry.place)
            found[entry.key] = added
    return found


def _languages(extended: Sequence[Pack]) -> Iterator[Language]:
    return (language for base in extended for language in base.lexicon.languages)


def _looked_for(cue: Cue) -> frozenset[str]:
    """Return the classes of which a cue looks for words, those of its exits left out."""
    return frozenset(
        name
        for pattern in cue.patterns
        for name in (*(each for element in pattern.elements for each in element), *pattern.near)
    )


def _words_of(loading: Loading, extended: Sequence[Pack]) -> frozenset[str]:
    """Return the classes of which an extension has words; what would take words of the law away is a problem."""
    law = [cue for base in extended for cue in base.cues.values()]
    exits = {name for cue in law for name in (*cue.unless, *(each for p in cue.patterns for each in p.unless))}
    exits -= {name for cue in law for name in _looked_for(cue)}
    spoken = {language.name for base in extended for language in base.lexicon.languages}
    names: set[str] = set()
    for _, node, spec in loading.of(WordsFile):
        names |= set(spec.classes)
        taking = [key for key in _REMOVING if child(node, key) is not None]
        taking += [key for key in ("marks", "common") if child(node, key) is not None and spec.language in spoken]
        for key in taking:
            loading.problem(f"`{key}` stands in an extension", place_of(child(node, key), node.place), _ONLY_ADDS)
        for name in sorted(exits & set(spec.classes)):
            place = place_of(child(child(node, "classes"), name), node.place)
            loading.problem(f"class `{name}` is an exit of cues of the law", place, "an extension adds no exits")
    return frozenset(names)
