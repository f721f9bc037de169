"""Tallies and groups count every obligation once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aiact_rules.core.decisions import Decision
from aiact_rules.core.statuses import Status
from aiact_rules.core.tallies import tally_of
from aiact_rules.gate import Gate
from aiact_rules.reports.groups import gating_groups, groups_of

ROOT = Path(__file__).resolve().parents[2]
GATE = Gate()


def judged(example: str, **facts: object) -> Decision:
    return GATE.check(ROOT / "examples" / example, facts=facts)


@pytest.mark.parametrize("example", ["silent", "cv-screening", "open-llm", "minimal"])
def test_every_finding_is_counted_once(example: str) -> None:
    decision = judged(example)
    tally = tally_of(decision)
    by_status = {status: [f for f in decision.findings if f.status is status] for status in Status}
    assert tally.gating == len(by_status[Status.OPEN]) + len(by_status[Status.BREACHED])
    assert sum(each.count for each in tally.upcoming) == len(by_status[Status.UPCOMING])
    assert tally.post_release == sum(f.certain for f in by_status[Status.CONDITION])
    assert tally.met == len(by_status[Status.MET])


def test_silence_is_undetermined_and_never_unmet() -> None:
    tally = tally_of(judged("silent"))
    assert tally.unmet == tally.met == 0
    assert tally.undetermined > 100
    assert list(tally.said())[0] == f"{tally.undetermined} undetermined"


@pytest.mark.parametrize("example", ["silent", "cv-screening", "open-llm"])
def test_groups_hold_all_that_gates_the_largest_first(example: str) -> None:
    decision = judged(example)
    (pack,) = decision.packs
    groups = gating_groups(pack)
    assert sum(group.tally.gating for group in groups) == tally_of(decision).gating
    sizes = [len(group.standings) for group in groups]
    assert sizes == sorted(sizes, reverse=True)


def test_a_group_names_the_fact_that_most_of_it_asks_for() -> None:
    (pack,) = judged("cv-screening").packs
    for group in gating_groups(pack):
        asked = [fact for each in group.standings for fact in pack.questions_about(each.id)]
        assert group.fact is not None
        assert group.fact.decides == asked.count(group.fact.fact) == max(map(asked.count, asked))


def test_groups_of_a_status_hold_no_other() -> None:
    (pack,) = judged("cv-screening").packs
    later = groups_of(pack, Status.CONDITION)
    assert later
    assert {each.status for group in later for each in group.standings} == {Status.CONDITION}


def test_what_comes_down_to_one_document_stands_in_one_group() -> None:
    (pack,) = judged("cv-screening").packs
    groups = {group.id: group for group in groups_of(pack)}
    documentation = groups["technical_documentation"]
    assert documentation.deliverable == pack.pack_at.pack.deliverables["technical_documentation"]
    assert (documentation.title, len(groups)) == ("technical documentation", len(groups_of(pack)))
    assert {"Annex IV", "Art. 11"} <= {
        each.obligation.provision.split("(")[0].split(",")[0] for each in documentation.standings
    }


def test_an_obligation_without_a_document_stands_in_the_group_of_its_article() -> None:
    (pack,) = judged("cv-screening").packs
    bare = replace(
        pack, pack_at=replace(pack.pack_at, pack=replace(pack.pack_at.pack, deliverables={}, delivered_by={}))
    )
    groups = groups_of(bare)
    assert {"Annex IV", "Art. 9"} <= {group.id for group in groups}
    assert all(group.deliverable is None and group.title == group.id for group in groups)
