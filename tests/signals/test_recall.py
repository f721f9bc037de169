from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
import yaml

from .recall import (
    COMPUTE,
    LANGUAGES,
    LINE,
    PAGE,
    PARTS,
    alike,
    counts,
    forms,
    harmless,
    held,
    is_sealed,
    measure,
    page_rows,
    read,
    signals,
)

REFUSED = {"en": "Out-of-scope use", "de": "Nicht vorgesehene Verwendung", "fr": "Usages hors périmètre"}
AROUND = {
    "en": ("It was made in 2026 by a team.", "More of it is said below."),
    "de": ("Es wurde 2026 von einem Team gebaut.", "Mehr dazu steht unten und in der Dokumentation."),
    "fr": ("Il a été fait en 2026 par une équipe.", "Le reste est dit plus bas et dans la documentation."),
}
MUTATIONS: dict[str, Callable[[str], str]] = {
    "list item": lambda text: f"Text before it.\n\n- {text}\n- another item",
    "numbered": lambda text: f"1. {text}",
    "quotation": lambda text: f"> {text}",
    "heading": lambda text: f"# A model\n\n## {text}",
    "table": lambda text: f"| Use | Note |\n| --- | --- |\n| {text.replace('|', ' ')} | none |",
    "link": lambda text: re.sub(r"\b(\w{4,})\b", r"[\1](https://example.org/page)", text, count=3),
    "emphasis": lambda text: re.sub(r"\b(\w{4,})\b", r"**\1**", text, count=3),
    "HTML": lambda text: f"<p>{text}</p>",
    "line breaks": lambda text: re.sub(r"(\w) (\w)", r"\1\n\2", text),
    "upper case": str.upper,
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_noticed_never_falls_and_alarms_never_rise(part: str, language: str) -> None:
    measured = measure(part, language)
    known = yaml.safe_load(LINE.read_text(encoding="utf-8"))[f"{part}.{language}"]
    lost = {
        cue: f"{measured.found[cue]}, was {said}"
        for cue, said in known["found"].items()
        if measured.found[cue] < counts(said)[0]
    }
    more = {
        kind: f"{count}, was {known['alarms'][kind]}"
        for kind, count in measured.alarms.items()
        if count > counts(known["alarms"][kind])[0]
    }
    fewer = {}
    for form, said in known["forms"].items():
        least, of = counts(said)
        if measured.kept[form] * of < least * measured.forms[form]:
            fewer[form] = f"{measured.kept[form]} of {measured.forms[form]}, was {said}"
    wrong = measured.wrong if part == "open" else ()
    assert (lost, more, fewer) == ({}, {}, {}), "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_passive_and_noun_form_keeps_the_hit_or_is_told(language: str) -> None:
    measured = measure("open", language)
    lost = [wrong for wrong in measured.wrong if wrong.startswith(("passive ", "noun "))]
    assert measured.forms["passive"] > 200
    assert measured.kept == measured.forms, "\n".join(lost)


def test_the_page_says_what_is_measured() -> None:
    known = yaml.safe_load(LINE.read_text(encoding="utf-8"))
    assert "\n".join(page_rows(known)) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_use_has_its_passive_and_its_noun_form(part: str, language: str) -> None:
    uses = {sentence for each in read(part, language) for sentence in each.uses}
    assert set(forms(part, language)) == uses


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_is_sealed_by_its_hash_alone(part: str, language: str) -> None:
    labelled = [text for each in read(part, language) for text in (*each.uses, *each.neighbours, *each.refusals)]
    every = [*labelled, *harmless(part, language)]
    assert len(every) > 100
    assert {is_sealed(sentence) for sentence in every} == {part == "sealed"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cue_has_its_sentences(language: str) -> None:
    uses, neighbours, refusals = ((8, 4, 4), (4, 2, 2), (4, 2, 2))[LANGUAGES.index(language)]
    every: dict[str, list[int]] = {}
    for part in PARTS:
        for each in read(part, language):
            counts = every.setdefault(each.cue, [0, 0, 0])
            for at, sentences in enumerate((each.uses, each.neighbours, each.refusals)):
                counts[at] += len(sentences)
    few = {cue: n for cue, n in every.items() if n[0] < uses or n[1] < neighbours or n[2] < refusals}
    assert not few


def _inside_a_paragraph(text: str, language: str) -> str:
    before, after = AROUND[language]
    return f"{before} {text} {after}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mutation", [*MUTATIONS, "inside a paragraph"])
def test_what_is_noticed_is_noticed_in_another_form(mutation: str, language: str) -> None:
    changed = MUTATIONS.get(mutation, partial(_inside_a_paragraph, language=language))
    lost = [
        (each.cue, sentence)
        for each in read("open", language)
        for sentence in each.uses
        if (same := (alike(each.cue) - {COMPUTE}) & held(sentence))
        and not same & (held(changed(sentence)) | {signal.cue for signal in signals(changed(sentence))})
    ]
    assert not lost


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_ruled_out_is_told_and_does_not_hold(language: str) -> None:
    heading = REFUSED[language]
    wrong = []
    for each in read("open", language):
        for sentence in each.uses:
            same = (alike(each.cue) & held(sentence)) - {COMPUTE}
            ruled_out = signals(f"# A model\n\n## {heading}\n\n- {sentence}\n")
            if any(one.cue in same and one.note is None for one in ruled_out):
                wrong.append(("held", each.cue, sentence))
            if not same <= {one.cue for one in ruled_out}:
                wrong.append(("silent", each.cue, sentence))
    assert not wrong
