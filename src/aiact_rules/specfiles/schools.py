"""Schools of reading: named bundles of readings, and how the default of each reading stands to the letter of the law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from aiact_rules.core.packs import DEFAULT_SCHOOL, SCHOOL, Pack
from aiact_rules.core.problems import Problem, did_you_mean
from aiact_rules.core.rules import Reading, School, SchoolChoice
from aiact_rules.specfiles.format import SchoolsFile, SchoolSpec
from aiact_rules.specfiles.loading import Loading, keep_once
from aiact_rules.specfiles.validation import child, entries

LETTER = "letter"
"""The school of the text alone; where a default differs from it, the reading says on what authority."""


def read_schools(loading: Loading, readings: Mapping[str, Reading], extended: Sequence[Pack]) -> dict[str, School]:
    """Read the schools of a pack, those of the laws it extends among them, with what its readings say they choose."""
    kept: dict[str, School] = {}
    specs: dict[str, SchoolSpec] = {}
    known = {name: school for base in extended for name, school in base.schools.items()}
    for _, node, value in loading.of(SchoolsFile):
        for entry in entries(child(node, "schools")):
            spec = specs[entry.key] = value.schools[entry.key]
            if entry.key == DEFAULT_SCHOOL:
                hint = "it is what every reading has by default"
                loading.problem(f"no school of reading can be called `{DEFAULT_SCHOOL}`", entry.place, hint)
            if entry.key in known:
                hint = "leave it out: its readings may choose by that school"
                loading.problem(f"school `{entry.key}` is one of a law that this pack extends", entry.place, hint)
            keep_once(
                loading,
                kept,
                entry.key,
                School(entry.key, spec.title, spec.authority, {}, entry.place),
                "school",
                entry.place,
            )
    chosen: dict[str, dict[str, SchoolChoice]] = {}
    for reading in readings.values():
        loading.problems.extend(_problems_of(reading, {**known, **kept}, specs, loading.unread))
        for name, said in reading.schools.items():
            chosen.setdefault(name, {})[reading.id] = said
    for name, school in kept.items():
        if name not in chosen:
            hint = f"say it under `schools: {{{name}: ...}}` of a reading"
            loading.problem(f"school `{name}` says nothing: no reading names its choice", school.place, hint)
    found = {**known, **kept}
    return {name: replace(found[name], choices=said) for name, said in chosen.items() if name in found}


def _problems_of(
    reading: Reading, schools: Mapping[str, School], specs: Mapping[str, SchoolSpec], unread: set[str]
) -> Iterator[Problem]:
    subject = f"reading `{reading.id}`"
    if reading.id == SCHOOL:
        yield Problem(f"no reading can be called `{SCHOOL}`", reading.place, "the word names a school of reading")
    for name, said in reading.schools.items():
        if name not in schools:
            if name not in unread:
                hint = did_you_mean(name, schools) or "declare it in schools.yaml"
                yield Problem(f"{subject}: unknown school `{name}`", reading.place, hint)
            continue
        if said.choice not in reading.choices:
            hint = did_you_mean(said.choice, reading.choices) or f"choose from {', '.join(reading.choices)}"
            yield Problem(
                f"{subject}: the school `{name}` chooses `{said.choice}`, which is no choice", reading.place, hint
            )
        if name in specs and specs[name].by_document and (said.document is None or said.status is None):
            hint = "write `{choice: ..., document: ..., status: final}`, or `draft`"
            yield Problem(
                f"{subject}: the school `{name}` names neither its document nor its status", reading.place, hint
            )
    yield from _beside_the_letter(reading, subject, LETTER in specs)


def _beside_the_letter(reading: Reading, subject: str, has_letter: bool) -> Iterator[Problem]:
    """Return where a default differs from the letter and does not say on what authority, or says it and does not differ."""
    letter = reading.schools.get(LETTER)
    if letter is None and has_letter:
        yield Problem(
            f"{subject} does not say what the letter of the law chooses", reading.place, "add `schools: {letter: ...}`"
        )
        return
    words = [word for word in (reading.laxer_than_letter, reading.stricter_than_letter) if word is not None]
    if letter is None or letter.choice == reading.default:
        if words:
            yield Problem(
                f"{subject}: the default is what the letter says, so it is not laxer or stricter", reading.place
            )
    elif len(words) != 1:
        hint = "say on what authority with `laxer_than_letter` or `stricter_than_letter`; where neither is sure, it is laxer"
        yield Problem(
            f"{subject}: the default `{reading.default}` is not what the letter says (`{letter.choice}`)",
            reading.place,
            hint,
        )
