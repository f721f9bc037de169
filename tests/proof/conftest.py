"""A small sound pack as spec texts, and ways to change one place of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.packs import Pack
from aiact_rules.proof.pack_logic import PackLogic
from aiact_rules.specfiles import load_pack_text

pytest.importorskip("z3")

AS_OF = date(2026, 11, 22)

TEXTS = {
    "pack.yaml": """\
id: small
version: 0.1.0
title: Small law
law: Regulation 1
market: EU
in_force_since: 2024-08-01
headlines: [high_risk]
prohibited: prohibited_practice
excludes: [[high_risk, minimal_risk]]
roles:
  provider: {provision: Art. 3(3), means: makes it, moment: placing_on_market, unless: replaced}
  distributor: {provision: Art. 3(7), means: sells it, moment: making_available}
moments:
  placing_on_market: {order: 1, provision: Art. 3(9), means: first supply}
  making_available: {order: 2, provision: Art. 3(10), means: supply}
""",
    "vocabulary.yaml": """\
facts:
  operator.roles: {type: some_of, asks: Which roles?, values: {provider: makes it, distributor: sells it}}
  release.moment:
    type: one_of
    asks: Which moment?
    values: {placing_on_market: first supply, making_available: supply}
  release.date: {type: date, asks: When?}
  system.narrow: {type: yes_no, asks: Is it narrow?, if_absent: false, if_absent_because: nobody relies on it}
  system.profiles: {type: yes_no, asks: Does it profile people?}
  system.uses:
    type: some_of
    asks: Which of these does it do?
    values: {recruitment: finds applicants, grading: grades pupils, chat: talks}
  system.colour: {type: one_of, asks: Which colour?, values: {red: red, blue: blue}}
  documentation.items:
    type: some_of
    checklist: true
    asks: Which items are there?
    values: {purpose: its purpose, versions: its versions}
  monitoring.runs: {type: yes_no, asks: Is it monitored?}
  operator.handed_over: {type: yes_no, asks: Did another take it over?}
  model.compute: {type: quantity, unit: FLOP, asks: How much compute?}
  model.original: {type: quantity, unit: FLOP, asks: How much for the original?}
  model.share:
    type: quantity
    asks: Which share?
    derived: {ratio: [model.compute, model.original]}
""",
    "parameters.yaml": """\
parameters:
  start:
    provision: Art. 113
    values: {2024-08-01: 2026-08-02, 2026-07-27: 2027-12-02}
    checked_on: 2026-11-22
  share: {provision: Art. 51, values: {2024-08-01: 0.3}, checked_on: 2026-11-22}
""",
    "timetables.yaml": """\
timetables:
  regime: {provision: Art. 113, starts: start}
""",
    "readings.yaml": """\
readings:
  chats:
    provision: Art. 6
    question: Is talking a use?
    choices: {counts: it is, left_out: it is not}
    default: left_out
    authority: recital 1
""",
    "ch03/art_006.yaml": """\
article: 6
rules:
  - id: art6.2
    provision: Art. 6(2)
    concludes: high_risk
    when: {system.uses: {includes: recruitment}}
    reason: it is listed
  - id: art6.2.chat
    provision: Art. 6(2)
    concludes: high_risk
    when: {system.uses: {includes: chat}, reading.chats: counts}
    reason: it talks
  - id: art6.3
    provision: Art. 6(3)
    exception_to: art6.2
    concludes: minimal_risk
    when: {system.narrow: true, high_compute: false}
    reason: it is narrow
  - id: art6.3.profiling
    provision: Art. 6(3)
    exception_to: art6.3
    when: {system.profiles: true}
    reason: it profiles
  - id: art51
    provision: Art. 51
    concludes: high_compute
    when: {model.share: {above: share}}
    reason: it is changed a lot
  - id: art25
    provision: Art. 25
    concludes: replaced
    when: {operator.handed_over: true}
    reason: another took it over
given: {high_risk: true}
role: [provider, distributor]
before: placing_on_market
timetable: regime
obligations:
  - id: art9.purpose
    provision: Art. 9
    must: state the purpose
    met_when: {documentation.items: {includes: purpose}}
  - id: art9.versions
    provision: Art. 9
    must: state the versions
    met_when: {documentation.items: {includes: versions}}
  - id: art72
    provision: Art. 72
    must: watch it
    role: provider
    after: placing_on_market
    met_when: {monitoring.runs: true}
""",
    "ch02/art_005.yaml": """\
article: 5
timetable: regime
rules:
  - id: art5.elements
    provision: Art. 5
    concludes: prohibited_practice
    when: {system.uses: {includes: grading}}
    reason: it grades pupils
prohibitions:
  - id: art5
    provision: Art. 5
    must: not grade pupils
    when: {prohibited_practice: true}
  - id: art5.old
    provision: Art. 5
    must: not be red
    when: {system.colour: red}
    text_until: 2026-07-27
""",
}

Change = tuple[str, str, str]


@pytest.fixture
def load() -> Callable[..., Pack]:
    """Load the small pack, each change being a file with what to replace by what."""

    def loaded(*changes: Change) -> Pack:
        return load_pack_text(changed(*changes))

    return loaded


@pytest.fixture
def subject(load: Callable[..., Pack]) -> Callable[..., PackLogic]:
    """Return the small pack, changed, as the subject of proofs."""

    def made(*changes: Change, **options: object) -> PackLogic:
        return PackLogic(load(*changes).at(AS_OF), **options)

    return made


def changed(*changes: Change) -> dict[str, str]:
    texts = dict(TEXTS)
    for file, old, new in changes:
        assert texts[file].count(old) == 1, f"`{old}` is in {file} {texts[file].count(old)} times"
        texts[file] = texts[file].replace(old, new)
    return texts


def write(folder: Path, *changes: Change) -> Path:
    """Write the small pack to a folder."""
    for name, text in changed(*changes).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
