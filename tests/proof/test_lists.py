from __future__ import annotations

from datetime import date

import pytest

from aiact_rules.core.problems import PackError
from aiact_rules.proof.lists import lists_hide_nothing

SCREENED = (
    "pack.yaml",
    "prohibited: prohibited_practice\n",
    "prohibited: prohibited_practice\npractices: system.uses\n",
)
PROFILES = ("ch02/art_005.yaml", "{includes: grading}}", "{includes: grading}, system.profiles: true}")
CONTRADICTION = """\
contradictions:
  - id: grading_left_out
    provision: Art. 5
    when: {system.uses: {includes_none: [grading]}, system.profiles: true}
    because: it profiles pupils, and the list leaves grading out
prohibitions:
"""


def test_a_list_that_hides_a_stated_practice_is_found_with_facts_that_show_it(subject):
    found = lists_hide_nothing(subject(SCREENED, PROFILES))
    assert [r.subject for r in found.refutations] == ["art5"]
    witness = found.refutations[0].witness
    assert witness is not None
    assert witness.replays
    assert witness.facts["system.profiles"] is True
    assert "grading" not in witness.facts["system.uses"]
    assert witness.facts["release.date"] >= date(2027, 12, 2)


def test_a_contradiction_keeps_the_list_from_hiding_it(subject):
    held = ("ch02/art_005.yaml", "prohibitions:\n", CONTRADICTION)
    found = lists_hide_nothing(subject(SCREENED, PROFILES, held))
    assert found.holds
    assert found.checked == 1


def test_a_pack_that_names_no_screening_lists_has_nothing_to_hide(subject):
    assert lists_hide_nothing(subject(PROFILES)).checked == 0


def test_a_screening_list_that_is_no_list_is_refused(load):
    with pytest.raises(PackError, match="`screening`: `system.profiles` is no list of situations"):
        load(
            (
                "pack.yaml",
                "prohibited: prohibited_practice\n",
                "prohibited: prohibited_practice\nscreening: [system.profiles]\n",
            )
        )


def test_an_unknown_screening_list_is_refused(load):
    with pytest.raises(PackError, match="unknown fact `system.use`"):
        load(
            (
                "pack.yaml",
                "prohibited: prohibited_practice\n",
                "prohibited: prohibited_practice\nscreening: [system.use]\n",
            )
        )
