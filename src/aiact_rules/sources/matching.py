"""Matching: which cues speak in a text, by classes of words near each other in a sentence.

A hit that a refusal reaches ("must not be used for") becomes a note, and so does one that only mentions a risk or a data set.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from aiact_rules.core.cues import Cue, Lexicon, Pattern, Strength
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.signals import Note
from aiact_rules.sources.entries import Entries, Hit, Reading
from aiact_rules.sources.passages import Passage, PassageKind
from aiact_rules.sources.reaches import PLACES, WINDOW, Around, Ordered, Reach, first_of
from aiact_rules.sources.tokens import Tokens

NEARBY = 3
"""How many sentences before and after count as near."""
MOST_WORDS = 200
"""Words after which a sentence is cut."""
MOST_WORDS_OF_ALL = 60_000
"""Words of one document that are read; one with more is refused."""
_SHORTER = "keep to what a reader of the release needs; a book of 200 pages has as many"
MOST_KEPT = 64
"""Matchers kept for later texts."""

_CLASS, _IGNORED, _REFUSAL, _MENTION = "class", "ignored", "refusal", "mention"  # the kinds of entries
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


def find(
    passages: Sequence[Passage], cues: Iterable[Cue], fact: str | None = None, *, place: Place | None = None
) -> tuple[Found, ...]:
    """Return everything in a text that speaks of a cue, in the order of the text; each sentence once a cue.

    With `fact`, the text is what that fact states, and only cues that look for their words in it count; without, all others.
    Raises InputError, at the `place` of the document, where the text is too long to read.
    """
    _refuse_too_long(passages, place)
    found = (one for matcher in matchers_of(cues, fact) for one in matcher.find(passages))
    return tuple(sorted(found, key=lambda one: (one.passage, one.line, one.cue)))


def _refuse_too_long(passages: Sequence[Passage], place: Place | None) -> None:
    """Refuse a text with too many words: were its rest left unread, nobody would know."""
    if sum(len(passage.text) for passage in passages) <= MOST_WORDS_OF_ALL:
        return
    words = 0
    for passage in passages:
        words += len(Tokens(passage.text).words)
        if words > MOST_WORDS_OF_ALL:
            raise InputError([Problem(f"has more than {MOST_WORDS_OF_ALL:,} words, too many to read", place, _SHORTER)])


class Matcher:
    """Finds the cues of one lexicon. Made once for all texts; safe to share between threads."""

    def __init__(self, lexicon: Lexicon, cues: Sequence[Cue]) -> None:
        self._languages = {language.name: 1 << number for number, language in enumerate(lexicon.languages)}
        self._every = (1 << len(lexicon.languages)) - 1 or 1
        self._common = sum(self._languages[language.name] for language in lexicon.languages if language.common)
        patterns = [(cue, pattern) for cue in cues for pattern in (*cue.patterns, *_of_words(cue))]
        named = {name for cue, pattern in patterns for name in (*pattern.classes(), *cue.unless)}
        marks = ((mark, self._languages[language.name]) for language in lexicon.languages for mark in language.marks)
        own = ((entry, (_CLASS, _own_class(cue)), self._every) for cue in cues for entry in cue.words)
        self.entries = Entries((*_labelled(lexicon, self._languages, named), *own), marks)
        self.ignored = self.entries.bits([(_IGNORED, "")])
        self.notes = tuple((note, Reach.of(self.entries, kind)) for kind, note in _NOTES.items())
        self._plans: dict[int, list[_Plan]] = defaultdict(list)
        sizes = _sizes(lexicon, cues)
        for cue, pattern in patterns:
            plan = _Plan.of(cue, pattern, self.entries)
            rarest = min(pattern.elements, key=lambda element: sum(sizes.get(name, 0) for name in element))
            for name in rarest:
                self._plans[self.entries.bits([(_CLASS, name)])].append(plan)
        self._plans.pop(0, None)  # patterns of classes that have no entries
        self._rare = sum(self._plans)
        self._tagged: dict[str, list[str]] = defaultdict(list)
        for cue in cues:
            for value in cue.metadata:
                self._tagged[_value(value)].append(cue.id)

    def find(self, passages: Sequence[Passage]) -> Iterator[Found]:
        """Yield what the cues find in a text."""
        return self.find_in(Sentences(passages, self))

    def find_in(self, text: Sentences) -> Iterator[Found]:
        """Yield what the cues find in a text whose words were looked up for this matcher."""
        seen: set[tuple[str, str, Note | None]] = set()
        for number, (at, sentence) in enumerate(text.sentences):
            if not sentence.labels & self._rare:
                continue
            for cue, first, last, note in self._in_sentence(text, number):
                said = " ".join(sentence.tokens.words[sentence.first : sentence.last + 1])
                if (cue, said, note) not in seen:
                    seen.add((cue, said, note))
                    passage = text.passages[at]
                    line = passage.line + passage.text.count("\n", 0, sentence.tokens.spans[first][0])
                    yield Found(cue, at, line, sentence.tokens.written(first, last), said, note)

    def tagged(self, value: str) -> tuple[str, ...]:
        """Return the cues that a value of a card's task or tags speaks of."""
        return tuple(self._tagged.get(_value(value), ()))

    def languages_of(self, *spoken: Mapping[int, int]) -> int:
        """Return the languages whose words count: those of most marks in the first that has any, and the common ones; else all.

        The marks of a sentence come first, then those of its passage.
        """
        marks = next(filter(None, spoken), None)
        if marks is None:
            return self._every
        if len(marks) == 1:
            return self._common | next(iter(marks))
        counts = {bit: sum(n for of, n in marks.items() if of & bit) for bit in self._languages.values()}
        most = max(counts.values())
        return self._common | sum(bit for bit, count in counts.items() if count and 2 * count >= most)

    def _in_sentence(self, text: Sentences, number: int) -> Iterator[tuple[str, int, int, Note | None]]:
        """Yield for each cue of a sentence its first and last word and why it is but a note; the strongest hit of each."""
        sentence = text.sentences[number][1]
        best: dict[str, tuple[int, int, int, Note | None]] = {}
        for plan in self._possible(sentence.labels):
            if sentence.labels & plan.unless and text.hits(number, plan.unless):
                continue
            known = best.get(plan.cue)
            if (known is not None and known[0] == 0) or (plan.near and not text.has_near(number, plan.near)):
                continue
            for first, last in _spans([text.hits(number, element) for element in plan.elements]):
                around = () if plan.in_any_context else text.around(number)
                note = next((note for note, of in around if of.reaches(first, last)), None)
                note = note or (Note.WEAK if plan.strength is Strength.NOTE else None)
                rank = 0 if note is None else 1 + list(Note).index(note)
                if known is None or rank < known[0]:
                    best[plan.cue] = known = (rank, first, last, note)
                if rank == 0 or not around:
                    break
        for cue, (_, first, last, note) in best.items():
            yield cue, first, last, note

    def _possible(self, labels: int) -> Iterator[_Plan]:
        """Yield the plans all of whose elements are among the labels of a sentence."""
        rare = labels & self._rare
        while rare:
            bit = rare & -rare
            rare ^= bit
            for plan in self._plans[bit]:
                for element in plan.elements:
                    if not labels & element:
                        break
                else:
                    yield plan


def matchers_of(cues: Iterable[Cue], fact: str | None = None) -> tuple[Matcher, ...]:
    """Return the matchers for cues of prose, or of one fact, one for each lexicon; made once for equal cues."""
    every = (one for cue in cues for one in (cue, *cue.more))
    chosen = tuple(cue for cue in every if (fact in cue.facts if fact is not None else not cue.facts))
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
    """A pattern of a cue over sets of labels, with what the cue itself leaves out."""

    cue: str
    elements: tuple[int, ...]
    near: int
    unless: int
    strength: Strength
    in_any_context: bool

    @classmethod
    def of(cls, cue: Cue, pattern: Pattern, entries: Entries) -> _Plan:
        def bits(names: Iterable[str]) -> int:
            return entries.bits((_CLASS, name) for name in names)

        return cls(
            cue.id,
            tuple(map(bits, pattern.elements)),
            bits(pattern.near),
            bits((*pattern.unless, *cue.unless)),
            pattern.strength,
            cue.in_any_context,
        )


class Sentences:
    """The sentences of a text, each with the number of its passage, and what stands around them."""

    def __init__(self, passages: Sequence[Passage], matcher: Matcher) -> None:
        self.passages = passages
        self.matcher = matcher
        self.sentences: list[tuple[int, Reading]] = []
        self._known: dict[str, Reading] = {}
        self._around: dict[int, Sequence[tuple[Note, Around]]] = {}
        self.title = next((each.text for each in passages if each.kind is PassageKind.HEADING), None)
        entries, sentences = matcher.entries, self.sentences
        for number, passage in enumerate(passages):
            tokens = Tokens(passage.text)
            words = tokens.words
            if not words:
                continue
            marks = entries.spoken(words)
            stretches = tokens.sentences(MOST_WORDS)
            if len(stretches) == 1:
                sentences.append((number, entries.read(tokens, 0, len(words) - 1, matcher.languages_of(marks))))
                continue
            for first, last in stretches:
                languages = matcher.languages_of(entries.spoken(words[first : last + 1]), marks)
                sentences.append((number, entries.read(tokens, first, last, languages)))

    def hits(self, number: int, labels: int) -> Sequence[Hit]:
        """Return where some classes are in a sentence, but for what stands within an ignored phrase."""
        sentence = self.sentences[number][1]
        found = sentence.hits(labels)
        if not sentence.labels & self.matcher.ignored:
            return found
        ignored = Ordered(sentence.hits(self.matcher.ignored))
        return [hit for hit in found if not any(hit.last <= out.last for out in ignored.at(hit.first))]

    def has_near(self, number: int, labels: int) -> bool:
        """Return whether a class stands in a sentence, close by, in the title or in a heading above."""
        for at in range(max(0, number - NEARBY), min(len(self.sentences), number + NEARBY + 1)):
            if self.sentences[at][1].labels & labels and self.hits(at, labels):
                return True
        passage = self.passages[self.sentences[number][0]]
        above = (*passage.headings, *(text for text in (self.title, passage.intro) if text))
        return any(self._of(text).labels & labels for text in above)

    def around(self, number: int) -> Sequence[tuple[Note, Around]]:
        """Return what may make a note of words of a sentence: refusals, and phrases that merely mention."""
        known = self._around.get(number)
        if known is None:
            at, sentence = self.sentences[number]
            passage = self.passages[at]
            above = [heading for heading in passage.headings if heading != self.title]
            if passage.kind is PassageKind.HEADING and passage.text != self.title:
                above.append(passage.text)
            headings = [self._of(text) for text in above]
            intro = self._of(passage.intro) if passage.intro else None
            each = ((note, Around.of(sentence, reach, headings, intro)) for note, reach in self.matcher.notes)
            known = self._around[number] = [(note, around) for note, around in each if around is not None]
        return known

    def _of(self, text: str) -> Reading:
        """Return what stands in a heading or an introduction."""
        known = self._known.get(text)
        if known is None:
            tokens, entries = Tokens(text), self.matcher.entries
            languages = self.matcher.languages_of(entries.spoken(tokens.words))
            known = self._known[text] = entries.read(tokens, 0, len(tokens.words) - 1, languages)
        return known


def _spans(each: Sequence[Sequence[Hit]]) -> Iterator[tuple[int, int]]:
    """Yield the first and last word of each place where all elements stand within a window, no letter taken twice."""
    if not all(each):
        return
    if len(each) == 1:
        yield from ((hit.first, hit.last) for hit in each[0])
        return
    anchors, *others = sorted(each, key=len)
    for anchor in anchors:
        span = _around(anchor, others)
        if span is not None:
            yield span


def _around(anchor: Hit, others: Sequence[Sequence[Hit]]) -> tuple[int, int] | None:
    """Return the first and last word of one choice of hits near an anchor; None where there is none."""

    def choose(taken: tuple[Hit, ...], left: Sequence[Sequence[Hit]]) -> tuple[int, int] | None:
        if not left:
            return min(hit.first for hit in taken), max(hit.last for hit in taken)
        begin = bisect_left(left[0], anchor.first - WINDOW, key=first_of)
        end = bisect_right(left[0], anchor.first + WINDOW, key=first_of)
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


def _of_words(cue: Cue) -> tuple[Pattern, ...]:
    return (Pattern(((_own_class(cue),),)),) if cue.words else ()


def _own_class(cue: Cue) -> str:
    return f"words of {cue.id}"


def _labelled(
    lexicon: Lexicon, languages: Mapping[str, int], named: Collection[str]
) -> Iterator[tuple[str, tuple[str, str], int]]:
    """Yield every entry with its kind and its class or how it reaches, and its language."""
    for language in lexicon.languages:
        bit = languages[language.name]
        for name, entries in language.classes.items():
            if name in named:
                yield from ((entry, (_CLASS, name), bit) for entry in entries)
        yield from ((entry, (_IGNORED, ""), bit) for entry in language.ignored)
        for kind, contexts in ((_REFUSAL, language.refusals), (_MENTION, language.mentions)):
            for place in PLACES:
                yield from ((entry, (kind, place), bit) for entry in getattr(contexts, place))


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
