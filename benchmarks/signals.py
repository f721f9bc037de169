"""Words of cards: how long it takes to read cards and to find what they speak of, beside markdown-it's parse of the same cards.

    python benchmarks/signals.py FOLDER            the model cards (`*.md`) below a folder
    python benchmarks/signals.py FOLDER --record   keep the digest of what is found, once somebody has read it
    python benchmarks/signals.py FOLDER --write    its table into docs/performance.md

Processor time, of rounds that run each part over all cards in turn. No time is printed, and the exit code is 1, where two
rounds find different words, or other words than those whose digest was recorded for these cards.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src")]

from markdown_it import MarkdownIt  # noqa: E402

from aiact_rules.core.cues import Cue  # noqa: E402
from aiact_rules.core.problems import InputError  # noqa: E402
from aiact_rules.gate import Gate  # noqa: E402
from aiact_rules.sources.front_matter import FrontMatter, split_front_matter  # noqa: E402
from aiact_rules.sources.matching import Found, Sentences, matchers_of  # noqa: E402
from aiact_rules.sources.model_card import read_metadata, values_of  # noqa: E402
from aiact_rules.sources.passages import Passage, passages  # noqa: E402
from aiact_rules.sources.text_files import read_text  # noqa: E402

RECORDED = HERE / "signals.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- words of cards: begin -->", "<!-- words of cards: end -->"
MOST_MS_A_CARD = 1.0
"""The bar for finding words and patterns in one card."""
Value = TypeVar("Value")
PARSE, TEXT, WORDS, PATTERNS = "markdown-it, parsing the same cards", "text model", "words found", "patterns"


@dataclass(frozen=True, slots=True)
class Card:
    """A card taken apart: its name, its Markdown and the values of its front matter."""

    name: str
    parts: FrontMatter
    values: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class Round:
    """Milliseconds of the processor for each part, over all cards, and what was found in them."""

    spent: Mapping[str, float]
    found: tuple[tuple[Found, ...], ...]

    def digest(self, cards: Sequence[Card]) -> str:
        """Return what names the words found, card by card."""
        return _digest((card.name, each) for card, each in zip(cards, self.found, strict=True))


def read_cards(folder: Path) -> Iterator[Card]:
    """Yield the cards below a folder whose front matter can be read."""
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        try:
            parts = split_front_matter(read_text(path, name).text, name)
            yield Card(name, parts, values_of(read_metadata(parts, name)[0])[0])
        except InputError:
            continue


def run(cards: Sequence[Card], cues: Sequence[Cue]) -> Round:
    """Read all cards once, each part after the other, as a run over many cards does."""
    spent = dict.fromkeys((PARSE, TEXT, WORDS, PATTERNS), 0.0)

    def timed(name: str, work: Callable[[], Value]) -> Value:
        begun = time.process_time()
        done = work()
        spent[name] += 1e3 * (time.process_time() - begun)
        return done

    def found_in(card: Card) -> tuple[Found, ...]:
        body, line = card.parts.body, card.parts.body_line
        timed(PARSE, lambda: parser.parse(body))
        text = timed(TEXT, lambda: (*card.values, *passages(body, line)))
        read = timed(WORDS, lambda: [(each, Sentences(text, each)) for each in matchers])
        return timed(PATTERNS, lambda: tuple(one for matcher, of in read for one in matcher.find_in(of)))

    parser = MarkdownIt("commonmark").enable("table")
    matchers = matchers_of(cues)
    gc.collect()
    found = tuple(map(found_in, cards))
    return Round(spent, found)


def _digest(what: Iterator[object]) -> str:
    return sha256("\n".join(map(repr, what)).encode()).hexdigest()[:16]


def table(rounds: Sequence[Round], first: Round, cards: Sequence[Card], index: float) -> Iterator[str]:
    """Yield the table of the medians, as Markdown."""
    medians = {name: statistics.median(each.spent[name] for each in rounds) / len(cards) for name in first.spent}
    matching = medians[WORDS] + medians[PATTERNS]
    yield f"{len(cards)} model cards, {sum(map(len, first.found))} hits; {len(rounds)} rounds."
    yield ""
    yield "| | ms a card | times markdown-it | first round, ms a card | bar |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, each in (*medians.items(), ("words and patterns", matching)):
        begun = sum(first.spent[part] for part in ([name] if name in first.spent else [WORDS, PATTERNS])) / len(cards)
        missed = "" if matching <= MOST_MS_A_CARD else ", missed"
        bar = "" if name in medians else f"≤ {MOST_MS_A_CARD:g} ms{missed}"
        yield f"| {name} | {each:.2f} | {each / medians[PARSE]:.2f} | {begun:.2f} | {bar} |"
    yield ""
    yield f"Making the index of all words, once a process: {index:.0f} ms. In the first round each word is new."
    yield ""


def main() -> None:
    """Print the table, or why there is none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    cues = tuple(Gate().catalogue.pack("eu_ai_act").cues.values())
    cards = list(read_cards(chosen.folder))
    if not cards:
        sys.exit(f"no model card below {chosen.folder}")
    begun = time.process_time()
    matchers_of(cues)
    index = 1e3 * (time.process_time() - begun)
    first, *rounds = [run(cards, cues) for _ in range(1 + chosen.rounds)]
    if any(each.found != first.found for each in rounds):
        sys.exit("two rounds found different words, so no time is printed")
    which = _digest(
        (card.name, sha256(card.parts.body.encode()).hexdigest(), [(each.text, each.line) for each in card.values])
        for card in cards
    )
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    found = first.digest(cards)
    if chosen.record:
        recorded[which] = found
        RECORDED.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if which not in recorded:
        sys.exit("no digest was recorded for these cards, so no time is printed; read what is found, then --record")
    if recorded[which] != found:
        sys.exit("other words are found than were recorded, so no time is printed; read what changed, then --record")
    text = "".join(f"{line}\n" for line in table(rounds, first, cards, index))
    print(text, end="")
    if chosen.write:
        head = f"Measured by `python benchmarks/signals.py FOLDER` with Python {platform.python_version()}, "
        head += f"{platform.machine()}, {os.cpu_count()} cores, {date.today()}.\n\n"
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN, 1)
        PAGE.write_text(f"{before}{BEGIN}\n\n{head}{text}{END}{rest.split(END, 1)[1]}", encoding="utf-8")
    if ", missed" in text:
        sys.exit("missed: finding words and patterns")


if __name__ == "__main__":
    main()
