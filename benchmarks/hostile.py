"""Processor time of reading hostile documents of the largest size that is read; exits 1 where one takes more than two seconds.

python benchmarks/hostile.py [--only WORD]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.gate import Gate
from aiact_rules.sources.matching import MOST_WORDS_OF_ALL
from aiact_rules.sources.ml_bom import read_ml_bom
from aiact_rules.sources.model_card import is_card, read_card_metadata, read_model_card
from aiact_rules.sources.organisation import MOST_BYTES as SETTINGS_BYTES
from aiact_rules.sources.organisation import read_organisation
from aiact_rules.sources.release_file import read_release_file
from aiact_rules.sources.text_files import MOST_BYTES, decoded

MOST_SECONDS = 2.0


def repeated(unit: str, before: str = "", after: str = "") -> str:
    """Return a text of the largest size that is read, made of one unit."""
    room = MOST_BYTES - len((before + after).encode())
    return before + unit * (room // len(unit.encode())) + after


def numbered(unit: str, before: str = "", after: str = "", joined: str = "") -> str:
    """Return a text of the largest size that is read, in which each unit has a number of its own."""
    room, parts = MOST_BYTES - len((before + after).encode()), []
    while room > 0:
        parts.append(unit.replace("@", str(len(parts))))
        room -= len(parts[-1].encode()) + len(joined.encode())
    return before + joined.join(parts[:-1]) + after


def some(count: int, unit: str) -> str:
    """Return so many units, each with a number of its own, for what is refused above a number."""
    return "".join(unit.replace("@", str(number)) for number in range(count))


def as_many_words(unit: str) -> str:
    """Return as many words as are read of one document, from one unit; each has a number of its own in place of `@`."""
    return some(MOST_WORDS_OF_ALL // (len(re.findall(r"\w+", unit)) or 1), unit)


def marks(first: str, second: str) -> str:
    """Return combining marks in an order that a naive normalisation has to turn round."""
    half = (MOST_BYTES - 1) // (2 * len(first.encode()))
    return "a" + first * half + second * half


def bodies() -> Iterator[tuple[str, str]]:
    """Return the bodies of cards."""
    yield "marks in the wrong order", marks("\u0315", "\u0300")
    yield "marks and half-width marks", marks("\u0315", "\u0300").replace("\u0300", "\uff9e")[: MOST_BYTES // 3]
    yield "characters that grow", repeated("\ufdfa")
    yield "characters that grow a little", repeated("\u3300")
    yield "entities", repeated("&#x41;")
    yield "deep quotations", repeated("> " * 19 + "a\n")
    yield "deep lists", "- " * 19 + "\n" + repeated(" " * 38 + "a\n")[:-40]
    yield "marks inside words", repeated("a**b")
    yield "links inside words", repeated("a](")
    units = [
        "\n",
        "a\n",
        "- ",
        "-\n",
        "> ",
        "\t",
        "```\n",
        "<!--",
        "<!-- a -->",
        "<!-->",
        "<b>",
        "<b a='",
        "<a\n",
        "`",
        "[",
    ]
    units += ["](", "- a\n", "    a\n", "* ", "<div>\n", "| a |\n|-|\n", "# a\n", "--!>", "<", "\\", "&", "\u00ad", " "]
    units += [
        "screen",
        "screen ",
        "job applicants ",
        "emotion\n",
        "emotion recognition " * 3 + "\n",
        "\u0130",
        "a_",
        "---\n",
    ]
    for unit in units:
        yield repr(unit), repeated(unit)
    units = [
        "job applicants ",
        "emotion recognition ",
        "emotion recognition of workers ",
        "emotion recognition " * 3 + "\n",
    ]
    units += ["emotion @ recognition.\n", "not emotion recognition ", "not for emotion recognition. ", "does not "]
    units += [
        "emotion recognition is out of scope\n\n",
        "emotion recognition but not ",
        "- a\n",
        "a\n\n",
        "rank job applicants ",
    ]
    for unit in units:
        yield f"as many words: {unit!r}", as_many_words(unit)


def fronts() -> Iterator[tuple[str, str]]:
    """Return YAML texts, for front matter, metadata and release files alike."""
    yield "unknown keys", numbered("key@: v\n")
    yield "long list", repeated("a,", "tags: [", "]\n")
    yield "block list", repeated("- a\n", "tags:\n")
    yield "one key again and again", repeated("a: 1\n")
    yield "anchors", repeated("- &a b\n", "tags:\n")
    yield "tags", repeated("- !x y\n", "tags:\n")
    yield "brackets", repeated("[")
    yield "brackets in lines", repeated("[\n")
    yield "question marks", repeated("? ")
    yield "escapes", repeated("\\n", 'a: "', '"\n')
    yield "block text", repeated(" x\n", "a: |\n")
    yield "comments", repeated("#\n")
    yield "placeholders", repeated("{{ x }}\n")
    yield "as many keys as are read", some(49_000, "key@: v\n")
    yield "as many near misses as are read", some(49_000, "eu_ai_ac@: v\n")
    yield "near misses of the block", numbered("eu_ai_ac@: v\n")


def releases() -> Iterator[tuple[str, str]]:
    """Return release files."""
    top = "format: 1\n"
    yield "unknown facts", numbered("  zz.fact_@: yes\n", top + "facts:\n")
    yield "facts almost known", numbered("  system.practices@: yes\n", top + "facts:\n")
    yield "unknown names of evidence", numbered("  zz_@: 'https://a.example'\n", top + "evidence:\n")
    yield "unknown keys of evidence", numbered("  - {fil@: x}\n", top + "evidence:\n  system.practices:\n")
    yield "much evidence", numbered("  - file@.md\n", top + "evidence:\n  system.practices:\n")
    yield "operators", numbered("- {name: a@, roles: [provider]}\n", top + "operators:\n")
    yield "operators with unknown facts", numbered("- {sizee@: sme}\n", top + "operators:\n")
    yield "as many unknown facts as are read", top + "facts:\n" + some(49_000, "  system.practices@: yes\n")
    yield "as many unknown keys as are read", top + some(49_000, "operatorr@: x\n")
    yield "as many unknown names of evidence as are read", top + "evidence:\n" + some(1_000, "  art9@: x.md\n")
    yield "as many operators as are read", top + "operators:\n" + some(1_000, "- {roles: [providr@], sizee: sme}\n")
    yield "unknown values", numbered("x@", top + "facts: {system.practices: [", "]}\n", ", ")
    yield "unknown readings", numbered("  r@: x\n", top + "readings:\n")
    yield "a long number", top + "facts: {model.training_compute: " + repeated("9")[:-60] + "}\n"
    yield "a long name", top + repeated("a")[:-60] + ": 1\n"


def boms() -> Iterator[tuple[str, str]]:
    """Return bills of materials."""

    def bom(model: str, more: str = "") -> str:
        head = '{"bomFormat": "CycloneDX", "components": [{"type": "machine-learning-model", "name": "x"'
        return f"{head}{model}}}]{more}}}"

    def filled(unit: str, before: str, after: str) -> str:
        return bom(numbered(unit, before, after, ",")[: MOST_BYTES - 200].rpartition(",")[0] + after)

    yield "tags", filled('"job @"', ', "tags": [', "]")
    yield "properties almost known", filled('{"name":"aiact:system.practices@","value":"x"}', ', "properties": [', "]")
    yield "one property many times", filled('{"name":"aiact:system.practices","value":"x"}', ', "properties": [', "]")
    yield "licences", filled('{"expression":"MIT@"}', ', "licenses": [', "]")
    yield "components", bom("", numbered('{"name":"a@"}', ', "other": [', "]", ",")[:-300].rpartition(",")[0] + "]")
    yield "deep", '{"bomFormat": "CycloneDX", "components": ' + '[{"components": ' * 400 + "[]" + "}]" * 400 + "}"
    deep = ', "modelCard": ' + '{"considerations": ' * 300
    yield "deep texts", bom(deep + "[" + '"emotion",' * 190_000 + '""]' + "}" * 300)
    key = "k" * 1_000_000
    yield "texts below a long key", bom(f', "modelCard": {{"{key}": [' + '"emotion",' * 100_000 + '""]}')
    yield "marks", bom(f', "description": "{marks(chr(0x315), chr(0x300))[:-150]}"')
    yield "brackets", "[" * MOST_BYTES
    yield (
        "SPDX elements",
        json.dumps(
            {
                "@context": "https://spdx.org/x",
                "@graph": [
                    {"type": "ai_AIPackage", "spdxId": "m"},
                    *({"relationshipType": "trainedOn", "from": "m", "to": [f"d{at}"]} for at in range(15_000)),
                    *({"type": "dataset_DatasetPackage", "spdxId": f"d{at}"} for at in range(15_000)),
                ],
            }
        ),
    )


def settings() -> Iterator[tuple[str, str]]:
    """Return settings of an organisation."""
    yield "dotted keys", numbered("a.b@.c.d = 1\n")[:SETTINGS_BYTES].rpartition("\n")[0]
    yield (
        "one long dotted key",
        "a" + ".a" * 900 + "=1\n" + numbered("k@=1\n")[: SETTINGS_BYTES - 2000].rpartition("\n")[0],
    )
    yield "tables", numbered("[a@.b]\n")[:SETTINGS_BYTES].rpartition("\n")[0]
    yield "unknown facts", "[facts]\n" + numbered("system.zz@=true\n")[: SETTINGS_BYTES - 20].rpartition("\n")[0]
    yield "unknown settings", numbered("marketss@=1\n")[:SETTINGS_BYTES].rpartition("\n")[0]


def _settings(text: str, vocabulary: Vocabulary) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "aiact.toml")
        path.write_text(text)
        return read_organisation(path, vocabulary)


def _release(text: str, vocabulary: Vocabulary, obligations: list[str]) -> object:
    return read_release_file(decoded(text.encode(), "aiact.yaml"), vocabulary, folder=Path(), obligations=obligations)


def main() -> int:
    """Read every case and print the seconds it took. Return 1 where one took too long."""
    options = argparse.ArgumentParser()
    options.add_argument("--only", default="", help="readers or cases whose name has this in it")
    only = options.parse_args().only
    pack = Gate().catalogue.pack("eu_ai_act")
    vocabulary, cues = pack.vocabulary, tuple(pack.cues.values())
    obligations = list(pack.obligations)

    def card(text: str) -> object:
        return read_model_card(decoded(text.encode(), "README.md"), vocabulary, cues, obligations=obligations)

    readers: list[tuple[str, Callable[[str], object], Iterable[tuple[str, str]]]] = [
        ("card", card, bodies()),
        ("front matter", lambda text: card(f"---\n{text[: MOST_BYTES - 20]}\n---\n"), fronts()),
        ("is it a card", lambda text: is_card(decoded(text.encode(), "README.md")), bodies()),
        ("metadata", lambda text: read_card_metadata(decoded(text.encode(), "m.yaml"), vocabulary, cues), fronts()),
        ("release file", lambda text: _release(text, vocabulary, obligations), (*fronts(), *releases())),
        ("settings", lambda text: _settings(text, vocabulary), settings()),
        ("bill of materials", lambda text: read_ml_bom(decoded(text.encode(), "bom.json"), vocabulary, cues), boms()),
    ]
    slow = 0
    for reader, read, cases in readers:
        for name, text in cases:
            if only not in f"{reader}: {name}":
                continue
            began = time.process_time()
            try:
                read(text)
                said = "read"
            except InputError as error:
                str(error)
                said = f"refused: {error.problems[0].message[:60]}"
            seconds = time.process_time() - began
            slow += seconds > MOST_SECONDS
            print(
                f"{'!' if seconds > MOST_SECONDS else ' '} {seconds:6.2f} s  {reader}: {name[:40]}  ({said})",
                flush=True,
            )
    print(f"{slow} above {MOST_SECONDS} s")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
