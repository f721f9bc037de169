"""Matching: which cues speak in a text, by classes of words near each other in a sentence.

A hit that a refusal reaches ("must not be used for") becomes a note, and so does one that only mentions a risk or a data set.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from aiact_rules.core.cues import Contexts, Cue, Lexicon, Pattern, Strength
from aiact_rules.core.signals import Note
from aiact_rules.sources.entries import Entries, Hit
from aiact_rules.sources.passages import Passage, PassageKind
from aiact_rules.sources.tokens import Tokens

WINDOW = 12
"""The most words from the first to the last of a pattern, and from a refusal to what it refuses."""
NEARBY = 3
"""How many sentences before and after count as near."""
MOST_WORDS = 200
"""Words after which a sentence is cut."""
MOST_KEPT = 64
"""Matchers kept for later texts."""

_EVERY = "*"  # the language of words that count in every text
Label = tuple[str, str, str]
"""The language of an entry, its kind, and its class or, for what makes a note, how it reaches."""
_CLASS, _MARK, _IGNORED, _REFUSAL, _MENTION = "class", "mark", "ignored", "refusal", "mention"
_NOTES = {_REFUSAL: Note.RULED_OUT, _MENTION: Note.MENTIONED}


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a cue in a text: the passage and line they begin in, the words as written, and the sentence, folded."""

    cue: str
    passage: int
    line: int
    words: str
    sentence: str
    note: Note | None = None


def find(passages: Sequence[Passage], cues: Iterable[Cue], fact: str | None = None) -> tuple[Found, ...]:
    """Return everything in a text that speaks of a cue, in the order of the text; each sentence once a cue.

    With `fact`, the text is what that fact states, and only cues that look for their words in it count; without, all others.
    """
    found = (one for matcher in matchers_of(cues, fact) for one in matcher.find(passages))
    return tuple(sorted(found, key=lambda one: (one.passage, one.line, one.cue)))


class Matcher:
    """Finds the cues of one lexicon. Made once for all texts; safe to share between threads."""

    def __init__(self, lexicon: Lexicon, cues: Sequence[Cue]) -> None:
        self.lexicon = lexicon
        self.common = {language.name for language in lexicon.languages if language.common} | {_EVERY}
        self._plans = tuple(_plans(cues))
        named = {name for plan in self._plans for name in plan.classes}
        self.entries = Entries(_labelled(lexicon, cues, named))
        sizes = _sizes(lexicon, cues)
        self._by_class: dict[str, list[_Plan]] = defaultdict(list)
        for plan in self._plans:
            rarest = min(plan.elements, key=lambda element: sum(sizes.get(name, 0) for name in element))
            for name in rarest:
                self._by_class[name].append(plan)
        self._metadata_cues: dict[str, list[str]] = defaultdict(list)
        for cue in cues:
            for value in cue.metadata:
                self._metadata_cues[_value(value)].append(cue.id)

    def find(self, passages: Sequence[Passage]) -> Iterator[Found]:
        """Yield what the cues find in a text."""
        seen: set[tuple[str, str, Note | None]] = set()
        text = _Text(passages, self)
        for number, sentence in enumerate(text.sentences):
            for cue, first, last, note in self._in_sentence(text, number):
                words = sentence.tokens.written(first, last)
                said = " ".join(sentence.tokens.words[sentence.first : sentence.last + 1])
                if (cue, said, note) not in seen:
                    seen.add((cue, said, note))
                    passage = passages[sentence.passage]
                    line = passage.line + passage.text.count("\n", 0, sentence.tokens.spans[first][0])
                    yield Found(cue, sentence.passage, line, words, said, note)

    def tagged(self, value: str) -> tuple[str, ...]:
        """Return the cues that a value of a card's task or tags speaks of."""
        return tuple(self._metadata_cues.get(_value(value), ()))

    def _in_sentence(self, text: _Text, number: int) -> Iterator[tuple[str, int, int, Note | None]]:
        """Yield for each cue of a sentence its first and last word and why it is but a note; the strongest hit of each."""
        sentence = text.sentences[number]
        best: dict[str, tuple[int, int, int, Note | None]] = {}
        for plan in dict.fromkeys(plan for name in sentence.hits for plan in self._by_class.get(name, ())):
            known = best.get(plan.cue)
            if known is not None and known[0] == 0:
                continue
            if any(name in sentence.hits for name in plan.unless):
                continue
            if plan.near and not text.has_near(number, plan.near):
                continue
            for first, last in _spans(plan.elements, sentence.hits):
                note = text.note(number, first, last) or (Note.WEAK if plan.strength is Strength.NOTE else None)
                rank = 0 if note is None else 1 + list(Note).index(note)
                if known is None or rank < known[0]:
                    best[plan.cue] = known = (rank, first, last, note)
                if rank == 0:
                    break
        for cue, (_, first, last, note) in best.items():
            yield cue, first, last, note


def matchers_of(cues: Iterable[Cue], fact: str | None = None) -> tuple[Matcher, ...]:
    """Return the matchers for cues of prose, or of one fact, one for each lexicon; made once for equal cues."""
    chosen = tuple(cue for cue in cues if (fact in cue.facts if fact is not None else not cue.facts))
    with _lock:
        same = tuple(map(id, chosen))
        kept = _by_identity.get(same)
        if kept is None:
            equal = (chosen, tuple(id(cue.lexicon) for cue in chosen))
            kept = _by_value.get(equal) or _made(chosen)
            _remember(_by_value, equal, kept)
            kept = (chosen, kept[1])
            _remember(_by_identity, same, kept)
    return kept[1]


def _made(cues: tuple[Cue, ...]) -> _Kept:
    in_order = sorted(cues, key=lambda cue: id(cue.lexicon))
    groups = (list(group) for _, group in groupby(in_order, key=lambda cue: id(cue.lexicon)))
    return cues, tuple(Matcher(group[0].lexicon, group) for group in groups)


def _remember(kept: dict[Key, _Kept], key: Key, value: _Kept) -> None:
    if len(kept) >= MOST_KEPT:
        kept.pop(next(iter(kept)))
    kept[key] = value


# The cues are kept with their matchers, so that no other value comes to have the identity of one of them.
_Kept = tuple[tuple[Cue, ...], tuple[Matcher, ...]]
Key = TypeVar("Key")
_by_identity: dict[tuple[int, ...], _Kept] = {}
_by_value: dict[tuple[tuple[Cue, ...], tuple[int, ...]], _Kept] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """A pattern of a cue, with what the cue itself leaves out."""

    cue: str
    elements: tuple[tuple[str, ...], ...]
    near: tuple[str, ...]
    unless: tuple[str, ...]
    strength: Strength

    @property
    def classes(self) -> tuple[str, ...]:
        return (*(name for element in self.elements for name in element), *self.near, *self.unless)


@dataclass(slots=True)
class _Sentence:
    """A sentence of a passage: its words, by their numbers in it, and where each class is in it."""

    passage: int
    tokens: Tokens
    first: int
    last: int
    hits: dict[str, list[Hit]]
    contexts: list[tuple[tuple[str, str], Hit]]


class _Text:
    """The sentences of a text, each with the classes found in it and what stands around it."""

    def __init__(self, passages: Sequence[Passage], matcher: Matcher) -> None:
        self.passages = passages
        self.matcher = matcher
        self.sentences: list[_Sentence] = []
        self._by_text: dict[str, tuple[frozenset[str], frozenset[tuple[str, str]]]] = {}
        self.title = next((each.text for each in passages if each.kind is PassageKind.HEADING), None)
        for number, passage in enumerate(passages):
            self._read(number, passage.text)

    def _read(self, passage: int, text: str) -> None:
        tokens = Tokens(text)
        hits, contexts = self._found(tokens)
        found = [_Sentence(passage, tokens, first, last, {}, []) for first, last in tokens.sentences(MOST_WORDS)]
        starts = [sentence.first for sentence in found]
        for name, hit in hits:
            sentence = found[bisect_right(starts, hit.first) - 1]
            if hit.last <= sentence.last:
                sentence.hits.setdefault(name, []).append(hit)
        for context, hit in contexts:
            found[bisect_right(starts, hit.first) - 1].contexts.append((context, hit))
        self.sentences += found

    def _found(self, tokens: Tokens) -> tuple[list[tuple[str, Hit]], list[tuple[tuple[str, str], Hit]]]:
        """Return the classes and the contexts in a text, in the languages it is in, without what is to be ignored."""
        found = self.matcher.entries.find(tokens)
        spoken: dict[str, int] = {}
        for (language, kind, _), _hit in found:
            if kind == _MARK:
                spoken[language] = spoken.get(language, 0) + 1
        most = max(spoken.values(), default=0)
        languages = {name for name, count in spoken.items() if 2 * count >= most} | self.matcher.common
        said = [each for each in found if each[0][0] in languages] if spoken else found
        ignored: dict[int, int] = {}
        for (_, kind, _name), hit in said:
            if kind == _IGNORED:
                ignored |= {at: max(hit.last, ignored.get(at, 0)) for at in range(hit.first, hit.last + 1)}
        hits = [
            (name, hit) for (_, kind, name), hit in said if kind == _CLASS and hit.last > ignored.get(hit.first, -1)
        ]
        contexts = [((kind, place), hit) for (_, kind, place), hit in said if kind in _NOTES]
        return hits, contexts

    def has_near(self, number: int, names: Sequence[str]) -> bool:
        """Return whether a class stands in a sentence, close by, in the title or in a heading above."""
        around = self.sentences[max(0, number - NEARBY) : number + NEARBY + 1]
        if any(name in sentence.hits for sentence in around for name in names):
            return True
        passage = self.passages[self.sentences[number].passage]
        above = (*passage.headings, *(text for text in (self.title, passage.intro) if text))
        return any(name in self._of(text)[0] for text in above for name in names)

    def note(self, number: int, first: int, last: int) -> Note | None:
        """Return note words of a sentence are but a note: refused or merely mentioned; None where they state something."""
        for kind, note in _NOTES.items():
            if self._reached(number, kind, first, last):
                return note
        return None

    def _reached(self, number: int, kind: str, first: int, last: int) -> bool:
        sentence = self.sentences[number]
        passage = self.passages[sentence.passage]
        for heading in passage.headings:
            if heading != self.title and (kind, "headings") in self._of(heading)[1]:
                return True
        is_heading = passage.kind is PassageKind.HEADING and passage.text != self.title
        if is_heading and any(context == (kind, "headings") for context, _ in sentence.contexts):
            return True
        if passage.intro and not {(kind, "before"), (kind, "headings")}.isdisjoint(self._of(passage.intro)[1]):
            return True
        begin = bisect_left(sentence.contexts, first - 2 * WINDOW, key=_first_word)
        end = bisect_right(sentence.contexts, last + 2 * WINDOW, key=_first_word)
        close = [(place, hit) for (of, place), hit in sentence.contexts[begin:end] if of == kind]
        excepted = [hit for place, hit in close if place == "exceptions"]
        ends = [hit.first for place, hit in close if place == "ends"]
        for place, hit in close:
            if place not in ("before", "after") or any(map(hit.overlaps, excepted)):
                continue
            if place == "before" and hit.first < last and first - hit.last <= WINDOW:
                apart = (hit.last, first)
            elif place == "after" and hit.last > first and hit.first - last <= WINDOW:
                apart = (last, hit.first)
            else:
                continue
            if not any(apart[0] < at < apart[1] for at in ends):
                return True
        return False

    def _of(self, text: str) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
        """Return the classes and contexts of a heading or an introduction."""
        known = self._by_text.get(text)
        if known is None:
            hits, contexts = self._found(Tokens(text))
            excepted = [hit for (_, place), hit in contexts if place == "exceptions"]
            kinds = frozenset(kind for kind, hit in contexts if not any(map(hit.overlaps, excepted)))
            known = self._by_text[text] = (frozenset(name for name, _ in hits), kinds)
        return known


def _spans(elements: Sequence[Sequence[str]], hits: Mapping[str, list[Hit]]) -> Iterator[tuple[int, int]]:
    """Yield the first and last word of each place where all elements stand within a window, no letter taken twice."""
    each = [sorted((hit for name in element for hit in hits.get(name, ())), key=_begin) for element in elements]
    if not all(each):
        return
    if len(each) == 1:
        yield from ((hit.first, hit.last) for hit in each[0])
        return
    each.sort(key=len)
    anchors, *others = each
    for anchor in anchors:
        span = _around(anchor, others)
        if span is not None:
            yield span


def _around(anchor: Hit, others: Sequence[Sequence[Hit]]) -> tuple[int, int] | None:
    """Return the first and last word of one choice of hits near an anchor; None where there is none."""

    def choose(taken: tuple[Hit, ...], left: Sequence[Sequence[Hit]]) -> tuple[int, int] | None:
        if not left:
            return min(hit.first for hit in taken), max(hit.last for hit in taken)
        begin = bisect_left(left[0], anchor.first - WINDOW, key=_first)
        end = bisect_right(left[0], anchor.first + WINDOW, key=_first)
        for hit in sorted(left[0][begin:end], key=lambda hit: abs(hit.first - anchor.first)):
            if any(map(hit.overlaps, taken)):
                continue
            together = (*taken, hit)
            if max(each.last for each in together) - min(each.first for each in together) > WINDOW:
                continue
            span = choose(together, left[1:])
            if span is not None:
                return span
        return None

    return choose((anchor,), others)


def _begin(hit: Hit) -> tuple[int, int]:
    return hit.first, hit.start


def _first(hit: Hit) -> int:
    return hit.first


def _first_word(context: tuple[tuple[str, str], Hit]) -> int:
    return context[1].first


def _plans(cues: Iterable[Cue]) -> Iterator[_Plan]:
    for cue in cues:
        for pattern in (*cue.patterns, *_of_words(cue)):
            yield _Plan(cue.id, pattern.elements, pattern.near, (*pattern.unless, *cue.unless), pattern.strength)


def _of_words(cue: Cue) -> tuple[Pattern, ...]:
    return (Pattern(((_own_class(cue),),)),) if cue.words else ()


def _own_class(cue: Cue) -> str:
    return f"words of {cue.id}"


def _labelled(lexicon: Lexicon, cues: Iterable[Cue], named: set[str]) -> Iterator[tuple[str, Label]]:
    """Yield every entry with its language, its kind, and its class or how it reaches."""
    for language in lexicon.languages:
        for name, entries in language.classes.items():
            if name in named:
                yield from ((entry, (language.name, _CLASS, name)) for entry in entries)
        yield from ((entry, (language.name, _MARK, "")) for entry in language.marks)
        yield from ((entry, (language.name, _IGNORED, "")) for entry in language.ignored)
        for kind, contexts in ((_REFUSAL, language.refusals), (_MENTION, language.mentions)):
            for place, phrases in _places(contexts):
                yield from ((entry, (language.name, kind, place)) for entry in phrases)
    for cue in cues:
        yield from ((entry, (_EVERY, _CLASS, _own_class(cue))) for entry in cue.words)


def _places(contexts: Contexts) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("before", contexts.before),
        ("after", contexts.after),
        ("headings", contexts.headings),
        ("exceptions", contexts.exceptions),
        ("ends", contexts.ends),
    )


def _sizes(lexicon: Lexicon, cues: Iterable[Cue]) -> Mapping[str, int]:
    """Return how many entries each class has: the more, the oftener it is found."""
    sizes: dict[str, int] = defaultdict(int)
    for language in lexicon.languages:
        for name, entries in language.classes.items():
            sizes[name] += len(entries)
    for cue in cues:
        sizes[_own_class(cue)] = len(cue.words)
    return sizes


def _value(value: str) -> str:
    """Return a value of a card's metadata as it is compared: case, `_`, `-` and blanks do not matter."""
    return " ".join(value.casefold().replace("_", " ").replace("-", " ").split())
