"""How often the words of the EU pack notice what sentences say, cue by cue; the line below which that may not fall."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path

import yaml

from aiact_rules.core.cues import Cue
from aiact_rules.core.signals import Signal
from aiact_rules.gate import Gate
from aiact_rules.sources.compute_statements import find_compute
from aiact_rules.sources.cues import find_signals

HERE = Path(__file__).parent
LINE = HERE / "line.yaml"
PAGE = HERE.parents[1] / "docs" / "words-of-cards.md"
BEGIN = "| --- | --- | ---: | ---: | ---: |"
COMPUTE = "art51.compute"
THRESHOLD = Decimal("1e25")  # Art. 51(2), in floating-point operations
Line = Mapping[str, Mapping[str, Mapping[str, str]]]
PARTS = ("open", "sealed")
LANGUAGES = ("en", "de", "fr")
CLASSIFYING = ("art5.", "annex_iii.", "annex_i.")
"""How the cues begin whose situations prohibit a system or make it high-risk."""

ALIKE = (
    {"art5.d.crime_prediction", "annex_iii.offending_risk", "annex_iii.personality_or_past_crime_assessment"},
    {"art5.f.emotions", "art5.f.workplace", "art5.f.education", "annex_iii.emotion_recognition", "art50.3.emotions"},
    {"art5.g.biometric_categorisation", "annex_iii.biometric_categorisation", "art50.3.categorisation"},
    {"art5.h.remote_identification", "annex_iii.biometric_identification"},
    {"annex_i.motor_vehicles", "annex_i.motor_vehicle_safety"},
    {"art50.2.generation", "art50.4.deep_fakes", "art50.4.public_interest_text"},
)
"""Cues that ask a person about the same matter under several provisions: any of them notices it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The sentences of one cue in one language."""

    cue: str
    uses: tuple[str, ...]
    neighbours: tuple[str, ...]
    refusals: tuple[str, ...]


@dataclass(slots=True)
class Measured:
    """What was found in the sentences of one part and language."""

    found: Counter[str] = field(default_factory=Counter)
    uses: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def is_sealed(sentence: str) -> bool:
    """Return whether a sentence belongs to the part that nobody reads who writes words."""
    return int(sha256(sentence.encode()).hexdigest(), 16) % 3 == 0


@cache
def cues() -> tuple[Cue, ...]:
    """Return the cues of the EU pack."""
    return tuple(next(pack for pack in Gate().packs() if pack.id == "eu_ai_act").cues.values())


def read(part: str, language: str) -> Iterator[Labelled]:
    """Yield the sentences of one part and language, cue by cue."""
    for path in sorted((HERE / part).glob(f"*.{language}.yaml")):
        if not path.name.startswith("harmless"):
            for cue, said in yaml.safe_load(path.read_text(encoding="utf-8")).items():
                yield Labelled(cue, tuple(said["uses"]), tuple(said["neighbours"]), tuple(said["refusals"]))


def harmless(part: str, language: str) -> tuple[str, ...]:
    """Return texts that no careful reader would question under Art. 5, Annex I or Annex III."""
    said = yaml.safe_load((HERE / part / f"harmless.{language}.yaml").read_text(encoding="utf-8"))
    return (*said["harmless"], *said["harmless_but_for_art50"])


@cache
def forms(part: str, language: str) -> Mapping[str, Mapping[str, str]]:
    """Return the passive and the noun form of each use, by the sentence."""
    paths = sorted((HERE / "forms" / part).glob(f"*.{language}.yaml"))
    each = (entry for path in paths for some in yaml.safe_load(path.read_text("utf-8")).values() for entry in some)
    return {entry["of"]: {"passive": entry["passive"], "noun": entry["noun"]} for entry in each}


def signals(text: str) -> tuple[Signal, ...]:
    """Return what a text speaks of, as the body of a card."""
    return find_signals(text, cues(), "card.md")


def held(text: str) -> frozenset[str]:
    """Return the cues that hold; training compute above the threshold is noticed as a fact, or as a question for it."""
    found = frozenset(signal.cue for signal in signals(text) if signal.note is None)
    said = find_compute(text, "card.md")
    above = bool(said.doubts) or any(figure.value >= THRESHOLD for figure in said.figures)
    return found | {COMPUTE} if above else found


def alike(cue: str) -> frozenset[str]:
    """Return the cues any of which notices what a sentence of this one says."""
    return frozenset({cue}.union(*(group for group in ALIKE if cue in group)))


def measure(part: str, language: str) -> Measured:
    """Measure one part and language."""
    measured = Measured()
    for each in read(part, language):
        same = alike(each.cue)
        for sentence in each.uses:
            measured.uses[each.cue] += 1
            if known := same & held(sentence):
                measured.found[each.cue] += 1
                _measure_forms(measured, known, forms(part, language).get(sentence, {}))
            else:
                measured.wrong.append(f"not found: {each.cue}: {sentence}")
        for kind, sentences, harmful in (("neighbours", each.neighbours, None), ("refusals", each.refusals, same)):
            for sentence in sentences:
                measured.texts[kind] += 1
                if found := _alarms(held(sentence), harmful, each.cue):
                    measured.alarms[kind] += 1
                    measured.wrong.append(f"{kind} held by {', '.join(sorted(found))}: {each.cue}: {sentence}")
    for sentence in harmless(part, language):
        measured.texts["harmless"] += 1
        if found := _alarms(held(sentence), None, ""):
            measured.alarms["harmless"] += 1
            measured.wrong.append(f"harmless held by {', '.join(sorted(found))}: {sentence}")
    return measured


def _measure_forms(measured: Measured, known: frozenset[str], said: Mapping[str, str]) -> None:
    """Count the forms of a sentence that are noticed as it is, be it by a note."""
    for form, text in said.items():
        measured.forms[form] += 1
        if known & (held(text) | {signal.cue for signal in signals(text)}):
            measured.kept[form] += 1
        else:
            measured.wrong.append(f"{form} not found: {', '.join(sorted(known))}: {text}")


def _alarms(found: frozenset[str], harmful: frozenset[str] | None, cue: str) -> frozenset[str]:
    if harmful is not None:
        return found & harmful
    return frozenset(each for each in found if each == cue or each.startswith(CLASSIFYING))


def line(measured: Mapping[tuple[str, str], Measured]) -> Line:
    """Return what is written down of a measurement."""
    return {
        f"{part}.{language}": {
            "found": {cue: f"{each.found[cue]} of {count}" for cue, count in sorted(each.uses.items())},
            "alarms": {kind: f"{each.alarms[kind]} of {count}" for kind, count in sorted(each.texts.items())},
            "forms": {form: f"{each.kept[form]} of {count}" for form, count in sorted(each.forms.items())},
        }
        for (part, language), each in measured.items()
    }


def counts(said: str) -> tuple[int, int]:
    """Return the two numbers of `7 of 9`."""
    some, of = said.split(" of ")
    return int(some), int(of)


def page_rows(known: Line) -> tuple[str, ...]:
    """Return the rows of the table in the documentation: how many uses of each cue are found, both parts together."""
    rows = []
    every = dict.fromkeys(cue for each in known.values() for cue in each["found"])
    for cue in sorted(every):
        provision = next(each.provision for each in cues() if each.id == cue) if cue != COMPUTE else "Art. 51(2)"
        rows.append(f"| `{cue}` | {provision} | {' | '.join(_joined(known, 'found', cue))} |")
    for kind in ("neighbours", "refusals", "harmless"):
        rows.append(f"| held: {kind} | | {' | '.join(_joined(known, 'alarms', kind))} |")
    for form in ("passive", "noun"):
        rows.append(f"| kept in another form: {form} | | {' | '.join(_joined(known, 'forms', form))} |")
    return tuple(rows)


def _joined(known: Line, part: str, name: str) -> Iterator[str]:
    for language in LANGUAGES:
        each = [counts(known[f"{of}.{language}"][part].get(name, "0 of 0")) for of in PARTS]
        yield f"{sum(some for some, _ in each)} of {sum(of for _, of in each)}"


def table(measured: Mapping[tuple[str, str], Measured]) -> Iterator[str]:
    """Yield the recall by group of cues, and the alarms, as lines."""
    groups = ("art5.", "annex_iii.", "annex_i.", "art50.", "art3.", "art51.")
    for (part, language), each in measured.items():
        shares = []
        for group in groups:
            uses = sum(count for cue, count in each.uses.items() if cue.startswith(group))
            found = sum(count for cue, count in each.found.items() if cue.startswith(group))
            shares.append(f"{group[:-1]} {found}/{uses}")
        alarms = (f"{kind} {each.alarms[kind]}/{count}" for kind, count in each.texts.items())
        kept = (f"{form} {each.kept[form]}/{count}" for form, count in each.forms.items())
        yield f"{part:6} {language}  {'  '.join(shares)}  held: {', '.join(alarms)}  kept: {', '.join(kept)}"


def main(arguments: Sequence[str]) -> None:
    """Print the table; with `--write` write the line, with `--wrong` print what is wrong in the open part."""
    measured = {(part, language): measure(part, language) for part in PARTS for language in LANGUAGES}
    print("\n".join(table(measured)))
    if "--wrong" in arguments:
        for (part, _), each in measured.items():
            print("\n".join(each.wrong if part == "open" else ()))
    if "--cues" in arguments:
        for cue in dict.fromkeys(cue for each in measured.values() for cue in each.uses):
            shares = (f"{part} {language} {e.found[cue]}/{e.uses[cue]}" for (part, language), e in measured.items())
            print(f"{cue}: {', '.join(shares)}")
    if "--write" in arguments:
        LINE.write_text(yaml.safe_dump(line(measured), sort_keys=False), encoding="utf-8")
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        text = "\n".join((before + BEGIN, *page_rows(line(measured)), rest[rest.index("\n\n") :].lstrip("\n")))
        PAGE.write_text(
            text.replace(f"{page_rows(line(measured))[-1]}\n", f"{page_rows(line(measured))[-1]}\n\n"), "utf-8"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
