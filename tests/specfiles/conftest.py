"""A small pack that loads, and a way to change one file of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError
from aiact_rules.specfiles import load_pack_text

PACK = """\
id: small
version: 0.1.0
title: Small law
law: Regulation 1
market: EU
in_force_since: 2024-08-01
headlines: [high_risk]
roles:
  provider: {provision: Art. 3(3), means: makes it, moment: placing_on_market}
  distributor: {provision: Art. 3(7), means: sells it, moment: making_available}
moments:
  placing_on_market: {order: 1, provision: Art. 3(9), means: first supply}
  making_available: {order: 2, provision: Art. 3(10), means: supply}
"""

VOCABULARY = """\
facts:
  system.narrow: {type: yes_no, asks: Is it narrow?, if_absent: false, if_absent_because: nobody relies on it}
  system.area:
    type: one_of
    asks: Which area?
    values: {employment: work, education: schools, none: neither}
  system.uses:
    type: some_of
    asks: Which of these does it do?
    values: {recruitment: finds applicants, grading: grades pupils}
  documentation.items:
    type: some_of
    checklist: true
    asks: Which items are there?
    values: {purpose: its purpose, versions: its versions}
  model.compute: {type: quantity, unit: FLOP, asks: How much compute?}
  model.original: {type: quantity, unit: FLOP, asks: How much for the original?}
  model.share:
    type: quantity
    asks: Which share?
    derived: {ratio: [model.compute, model.original]}
  release.date: {type: date, asks: When?}
  system.name: {type: text, asks: What is its name?}
"""

VALUES = """\
parameters:
  threshold:
    provision: Art. 51(2)
    unit: FLOP
    values: {2024-08-01: 1e25}
    checked_on: 2026-11-22
  start:
    provision: Art. 113
    values: {2024-08-01: 2026-08-02, 2026-07-27: 2027-12-02}
    checked_on: 2026-11-22
"""

TIMETABLES = """\
timetables:
  regime:
    provision: Art. 113
    starts: start
    deferred:
      - {provision: Art. 111(2), when: {system.narrow: true}, until: never, proviso: until it changes}
"""

READINGS = """\
readings:
  waits:
    provision: Art. 113
    question: Does it wait?
    choices: {waits: it does, applies: it does not}
    default: waits
    authority: recital 1
"""

ARTICLE = """\
article: 6
rules:
  - id: art6.2
    provision: Art. 6(2)
    concludes: high_risk
    when: {system.uses: {includes: recruitment}}
    reason: it is listed
  - id: art6.3
    provision: Art. 6(3)
    exception_to: art6.2
    when: {system.narrow: true}
    reason: it is narrow
given: {high_risk: true}
role: distributor
before: making_available
timetable: regime
obligations:
  - id: art24.1
    provision: Art. 24(1)
    must: verify the items
    met_when: {documentation.items: {includes_all: all}}
  - id: art24.2
    provision: Art. 24(2)
    must: tell the authority
    role: [provider, distributor]
    after: making_available
    met_when: {system.area: none}
    deadline: {runs_from: release.date, days: 15, provision: Art. 73(2)}
prohibitions:
  - id: art5.1
    provision: Art. 5(1)
    must: not use it
    when: {system.uses: {includes: grading}}
"""


@pytest.fixture
def texts() -> dict[str, str]:
    return {
        "pack.yaml": PACK,
        "vocabulary.yaml": VOCABULARY,
        "parameters.yaml": VALUES,
        "timetables.yaml": TIMETABLES,
        "readings.yaml": READINGS,
        "ch03/art_006.yaml": ARTICLE,
    }


@pytest.fixture
def load(texts: dict[str, str]) -> Callable[..., Pack]:
    """Load the small pack with files replaced or added."""

    def loaded(**replaced: str) -> Pack:
        names = {name.rsplit("/", 1)[-1].removesuffix(".yaml"): name for name in texts}
        changed = {names.get(stem, f"{stem}.yaml"): text for stem, text in replaced.items()}
        return load_pack_text({**texts, **changed})

    return loaded


@pytest.fixture
def problems(load: Callable[..., Pack]) -> Callable[..., list[str]]:
    """Return the problems of the small pack with files replaced or added, as printed."""

    def found(**replaced: str) -> list[str]:
        with pytest.raises(PackError) as caught:
            load(**replaced)
        return [str(problem) for problem in caught.value.problems]

    return found


def rule(when: str, **more: str) -> str:
    """Write an article file with one rule that has this condition."""
    lines = "".join(f"    {key}: {value}\n" for key, value in more.items())
    return (
        f"rules:\n  - id: art9.1\n    provision: Art. 9(1)\n    concludes: c\n    reason: r\n    when: {when}\n{lines}"
    )
