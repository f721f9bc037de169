"""Cues: the words by which a document speaks of a situation of the law, and how much it says with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiact_rules.core.conditions import Condition
from aiact_rules.core.problems import Place


class Strength(StrEnum):
    """What words found in a document do: `hold` where the facts deny what they suggest, or only tell a person (`note`)."""

    HOLD = "hold"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Contexts:
    """Phrases around a hit that make a note of it, such as those of a refusal.

    `before` reaches what follows, `after` what stands before, `headings` all below a heading. `exceptions` only look like one
    of them. Neither reaches beyond a word of `ends`.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def joined_with(self, other: Contexts) -> Contexts:
        """Return the phrases of both."""
        return Contexts(
            *((*one, *another) for one, another in zip(_parts(self), _parts(other), strict=True)),
        )


def _parts(contexts: Contexts) -> tuple[tuple[str, ...], ...]:
    return contexts.before, contexts.after, contexts.headings, contexts.exceptions, contexts.ends


NO_CONTEXTS = Contexts()


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language: entries by class, and what surrounds them.

    An entry is one or several words; `*` in a word stands for any letters. `marks` are short words by which a text is known
    to be in the language; the words of a `common` one count in every text.
    """

    name: str
    common: bool = False
    marks: tuple[str, ...] = ()
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    refusals: Contexts = NO_CONTEXTS
    mentions: Contexts = NO_CONTEXTS

    def joined_with(self, other: Language) -> Language:
        """Return the words of two files about the same language as one."""
        classes = dict(self.classes)
        for name, entries in other.classes.items():
            classes[name] = (*classes.get(name, ()), *entries)
        return Language(
            self.name,
            self.common or other.common,
            (*self.marks, *other.marks),
            classes,
            (*self.ignored, *other.ignored),
            self.refusals.joined_with(other.refusals),
            self.mentions.joined_with(other.mentions),
        )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a pack, language by language. One value serves all cues of the pack."""

    languages: tuple[Language, ...] = ()

    def class_names(self) -> frozenset[str]:
        """Return the names of all classes, whatever the language."""
        return frozenset(name for language in self.languages for name in language.classes)

    def joined_with(self, languages: Iterable[Language]) -> Lexicon:
        """Return the words of this lexicon and of more languages, or more words of the same."""
        found = {language.name: language for language in self.languages}
        for language in languages:
            known = found.get(language.name)
            found[language.name] = language if known is None else known.joined_with(language)
        return Lexicon(tuple(found.values()))


NO_WORDS = Lexicon()


@dataclass(frozen=True, slots=True)
class Pattern:
    """Classes of words that together, in any order near each other in one sentence, speak of a situation.

    Each element names the classes of which one must be there. Some class of `near` must stand close by, none of `unless` in
    the sentence.
    """

    elements: tuple[tuple[str, ...], ...]
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    strength: Strength = Strength.HOLD

    def classes(self) -> frozenset[str]:
        """Return every class that the pattern names."""
        return frozenset((*(name for element in self.elements for name in element), *self.near, *self.unless))


@dataclass(frozen=True, slots=True)
class Cue:
    """Words in a document that suggest a situation of the law; they can make a verdict stricter, never laxer.

    Where they occur and the facts deny `suggests`, a person must confirm. They are found by `patterns` over the classes of
    the pack's `lexicon` (a pattern does not count in a sentence with a class of `unless`), as `words` (phrases in any
    language), and as values of a card's task and tags (`metadata`). With `facts`, `words` are looked for in what these facts
    of free text state, such as the name of a licence, and not in prose. What a cue `in_any_context` finds is no note beside a
    refusal or a mere mention: the terms of a licence are refusals themselves, below a heading that only names other things.
    `more` is what extensions add, with words of their own: what it finds counts as found by the cue, which finds no less.
    """

    id: str
    provision: str
    words: tuple[str, ...]
    suggests: Condition
    facts: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    unless: tuple[str, ...] = ()
    metadata: tuple[str, ...] = ()
    in_any_context: bool = False
    lexicon: Lexicon = field(default=NO_WORDS, compare=False)
    more: tuple[Cue, ...] = field(default=(), compare=False)
    place: Place | None = field(default=None, compare=False)
