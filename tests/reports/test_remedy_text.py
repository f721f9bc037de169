"""Remedy texts: each way to an allow with what it states, and what distinguishes another way."""

from __future__ import annotations

from aiact_rules.core.statuses import Verdict
from aiact_rules.reports.remedy_text import remedies_json, remedy_lines
from tests.core.test_remedies import SEEDS, tried

SEVERAL = next(seed for seed in SEEDS if len(tried(seed)[1]) > 1 and tried(seed)[1][0].verdict is Verdict.ALLOW)


def test_another_way_names_what_it_states_instead() -> None:
    decision, (first, other, *_) = tried(SEVERAL)
    lines = [*remedy_lines(decision, [first, other])]
    at = next(number for number, line in enumerate(lines) if line.startswith("Or, where that is what is true, "))
    left = [name for name in first.states if name not in other.states]
    assert all(name in lines[at] for name in left)
    more = [name for name, value in other.states.items() if first.states.get(name) != value]
    assert [line.split(":")[0].strip() for line in lines[at + 1 :]] == more
    assert more


def test_the_json_has_every_way() -> None:
    decision, found = tried(SEVERAL)
    told = remedies_json(decision, found)
    ways = told["remedies"]
    assert isinstance(ways, list)
    assert [{*way["states"]} for way in ways] == [{*each.states} for each in found]
    assert [way["verdict"] for way in ways] == [each.verdict.value for each in found]
