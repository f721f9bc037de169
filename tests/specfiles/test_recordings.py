"""Recorded outcomes: what became of every obligation, in few words, and what differs from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules.core.problems import PackError
from aiact_rules.specfiles.cases import load_cases
from aiact_rules.specfiles.loader import load_pack_text
from aiact_rules.specfiles.recordings import Recorded, recording_text
from aiact_rules.testing import CaseRunner, cases_of

from .conftest import PACK, VOCABULARY

OBLIGATION = """\
  - id: {id}
    provision: Art. 9
    must: do it
    role: provider
    before: placing_on_market
    met_when: {{{met}}}
"""
ALIKE = ("art9", "art9.1.a", "art9.1.b", "art10.1", "art10.2.a", "art10.2.b")
CASES = """\
cases:
  - case: nothing is stated
    roles: [provider]
    moment: placing_on_market
    release_date: 2028-01-01
    expect: {}
"""


def pack_texts(narrow: str = "art10.2.a") -> dict[str, str]:
    """Return a pack in which one obligation is met where a system is narrow, and the others where its use is known."""
    met = {name: "system.narrow: false" if name == narrow else "system.uses: {includes: grading}" for name in ALIKE}
    article = "".join(OBLIGATION.format(id=name, met=test) for name, test in met.items())
    head = PACK.replace("headlines: [high_risk]\n", "")
    common = "facts:\n  release.date: {type: date, asks: When?}\n"
    return {
        "pack.yaml": head,
        "vocabulary.yaml": VOCABULARY,
        "art_009.yaml": f"obligations:\n{article}",
        "art_009.cases.yaml": CASES,
        "common/vocabulary.yaml": common,
    }


def recorded(folder: Path, texts: dict[str, str]) -> Recorded:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    pack = load_pack_text({name: text for name, text in texts.items() if "cases" not in name})
    runner = CaseRunner.of(folder, pack=pack)
    return Recorded.of(runner.decide(cases_of(folder)[0]), pack)


def test_obligations_that_have_a_status_alike_are_recorded_by_what_they_stand_below(tmp_path: Path) -> None:
    assert dict(recorded(tmp_path, pack_texts()).parts) == {
        "verdict": "hold",
        "open": "art9 art9.* art10.1 art10.2.b",
        "met": "art10.2.a",
    }


def test_what_differs_is_named_obligation_by_obligation(tmp_path: Path) -> None:
    before, after = recorded(tmp_path, pack_texts()), recorded(tmp_path, pack_texts(narrow="art9.1.b"))
    assert sorted(before.differences(after, ALIKE)) == ["art10.2.a open, was met", "art9.1.b met, was open"]
    assert list(before.differences(before, ALIKE)) == []


def test_an_obligation_that_is_new_or_gone_differs() -> None:
    before = Recorded({"verdict": "hold", "open": "art9.1.* art11"})
    after = Recorded({"verdict": "hold", "yes": "high_risk", "open": "art9.1.a"})
    assert list(before.differences(after, ["art9.1.a", "art9.1.b", "art9.10"])) == [
        "high_risk yes, was absent",
        "art9.1.b absent, was open",
        "art11 absent, was open",
    ]


def test_many_differences_are_counted() -> None:
    names = " ".join(f"art{number}" for number in range(20))
    (*shown, last) = Recorded({"open": names}).differences(Recorded({"met": names}), names.split())
    assert (len(shown), last) == (8, "12 more")


def test_an_extension_records_what_it_says_itself(tmp_path: Path) -> None:
    texts = pack_texts()
    law = load_pack_text({name: text for name, text in texts.items() if "cases" not in name})
    head = "id: soft\nversion: 0.1.0\ntitle: S\nlaw: G\nmarket: EU\ngates: false\nextends: [small]\n"
    notice = OBLIGATION.format(id="soft1", met="system.narrow: true") + "    kind: notice\n    force: voluntary\n"
    own = load_pack_text({"pack.yaml": head, "art_001.yaml": f"obligations:\n{notice}"}, bases=[law])
    (tmp_path / "art_001.cases.yaml").write_text(CASES, encoding="utf-8")
    runner = CaseRunner.of(tmp_path, bases=[law], pack=own)
    parts = dict(Recorded.of(runner.decide(cases_of(tmp_path)[0]), own).parts)
    assert parts == {"verdict": "hold", "advice": "soft1"}


def test_outcomes_without_their_cases_are_refused(tmp_path: Path) -> None:
    (tmp_path / "art_009.outcomes.json").write_text(recording_text({}), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_cases(tmp_path)
    assert str(caught.value) == (
        "art_009.outcomes.json: recorded outcomes without a `art_009.cases.yaml` beside them\n  remove the file"
    )
