"""A small law with one of each thing a reason can rest on: an exception and its exception, a timetable, a reading, a quantity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from aiact_rules.core.decisions import Decision, Run, Subject, combine
from aiact_rules.core.evaluation import Evaluation, evaluate
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.lowering import lower
from aiact_rules.core.pack_decisions import PackDecision, decide
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, PackAt
from aiact_rules.core.problems import Place
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.specfiles import load_pack_text

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
roles:
  provider: {provision: Art. 3(3), means: makes it, moment: placing_on_market}
  deployer: {provision: Art. 3(4), means: uses it, moment: use}
moments:
  placing_on_market: {order: 1, provision: Art. 3(9), means: first supply}
  use: {order: 2, provision: Art. 3(13), means: use}
""",
    "vocabulary.yaml": """\
facts:
  operator.roles: {type: some_of, asks: Which roles?, values: {provider: makes it, deployer: uses it}}
  operator.is_small: {type: yes_no, asks: Is it small?}
  release.moment: {type: one_of, asks: Which moment?, values: {placing_on_market: first supply, use: use}}
  release.date: {type: date, asks: When?}
  system.uses: {type: some_of, asks: What does it do?, values: {recruitment: finds applicants, chat: talks}}
  system.is_narrow: {type: yes_no, asks: Is it narrow?}
  system.profiles: {type: yes_no, asks: Does it profile people?}
  system.was_on_market: {type: yes_no, asks: Was it on the market before?}
  system.keeps_logs: {type: yes_no, asks: Does it keep logs?}
  model.compute: {type: quantity, unit: FLOP, asks: How much compute?}
""",
    "parameters.yaml": """\
parameters:
  start: {provision: Art. 113, values: {2024-08-01: 2027-12-02}, checked_on: 2026-11-22}
  old_ones: {provision: Art. 111, values: {2024-08-01: 2030-08-02}, checked_on: 2026-11-22}
  much: {provision: Art. 51, unit: FLOP, values: {2024-08-01: 1e25}, checked_on: 2026-11-22}
""",
    "timetables.yaml": """\
timetables:
  regime:
    provision: Art. 113
    starts: [{provision: Art. 113(c), from: start, when: {high_risk: true}}]
    deferred:
      - {provision: Art. 111(2), when: {system.was_on_market: true}, until: old_ones, proviso: unless it changes}
""",
    "readings.yaml": """\
readings:
  chats:
    provision: Art. 6
    question: Is talking a use?
    choices: {counts: it is, left_out: it is not}
    default: counts
    authority: recital 1
""",
    "art_006.yaml": """\
article: 6
rules:
  - id: art6.2
    provision: Art. 6(2)
    concludes: high_risk
    when: {listed: true}
    reason: it does what the annex lists
  - id: annex3.recruitment
    provision: Annex III, point 4
    concludes: listed
    when: {system.uses: {includes: recruitment}}
    reason: it finds applicants
  - id: annex3.chat
    provision: Annex III, point 9
    concludes: listed
    when: {system.uses: {includes: chat}, reading.chats: counts}
    reason: it talks
  - id: art6.3
    provision: Art. 6(3)
    exception_to: art6.2
    when: {system.is_narrow: true}
    reason: it is narrow
    reading: Narrow means one task.
  - id: art6.3.profiling
    provision: Art. 6(3)
    exception_to: art6.3
    when: {system.profiles: true}
    reason: it profiles people
  - id: art51
    provision: Art. 51(2)
    concludes: powerful
    when: {model.compute: {at_least: much}}
    reason: it took much compute
  - id: art63
    provision: Art. 63
    exception_to: art12.logs
    when: {operator.is_small: true, powerful: false}
    reason: small makers of small systems are spared
""",
    "art_012.yaml": """\
article: 12
obligations:
  - id: art12.logs
    provision: Art. 12(1)
    given: {high_risk: true}
    role: provider
    before: placing_on_market
    timetable: regime
    must: let the system keep logs
    met_when: {system.keeps_logs: true}
    because: logs show what a system did
    reading: Logs are records of events.
  - id: art26.logs
    provision: Art. 26(6)
    given: {powerful: true}
    role: [provider, deployer]
    before: use
    must: keep the logs
    met_when: {system.keeps_logs: true}
""",
}

# A provider's listed system, released once the regime applies: everything of the law is known.
RELEASE: Mapping[str, FactValue] = {
    ROLES: frozenset({"provider"}),
    MOMENT: "placing_on_market",
    RELEASE_DATE: date(2028, 1, 1),
    "operator.is_small": False,
    "system.uses": frozenset({"recruitment"}),
    "system.is_narrow": False,
    "system.was_on_market": False,
    "system.keeps_logs": True,
}


@cache
def law() -> PackAt:
    """Return the small law as it stands."""
    return load_pack_text(TEXTS).at(AS_OF)


def facts_of(values: Mapping[str, FactValue]) -> Facts:
    """Return facts that stand in a file, one on each line."""
    return Facts.of(
        Fact(name, value, Origin(Place("aiact.yaml", line))) for line, (name, value) in enumerate(values.items(), 1)
    )


def stated(**changes: FactValue | None) -> dict[str, FactValue]:
    """Return the release with facts changed, added, or (None) left unknown; `__` stands for the dot in a name."""
    changed = {**RELEASE, **{name.replace("__", "."): value for name, value in changes.items()}}
    return {name: value for name, value in changed.items() if value is not None}


def evaluated(**changes: FactValue | None) -> Evaluation:
    """Return what the law says of the release with facts changed."""
    return evaluate(law(), stated(**changes))


def decided(pack_at: PackAt, values: Mapping[str, FactValue]) -> Decision:
    """Return the decision of one pack on facts."""
    facts = facts_of(values)
    pack = decide(pack_at, lower(pack_at), facts, evaluate(pack_at, values).outcome())
    vocabulary = pack_at.pack.vocabulary
    return combine([pack], subject=Subject("small"), facts=facts, vocabulary=vocabulary, run=Run("reference", "tests"))


ALLOWED: dict[str, FactValue | None] = {}
HELD: dict[str, FactValue | None] = {"system__keeps_logs": None}
BLOCKED: dict[str, FactValue | None] = {"system__keeps_logs": False}


def gating(**changes: FactValue | None) -> PackDecision:
    """Return what the law says of the release with some facts changed; each of the three above is named by its verdict."""
    (pack,) = decided(law(), stated(**changes)).packs
    return pack
