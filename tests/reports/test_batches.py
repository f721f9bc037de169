"""Reports of a whole run: what was judged, what could not be, what passes all the same, and who chose what."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from junitparser import Error, JUnitXml

from aiact_rules.core.batches import Batch, Item, LeftOut
from aiact_rules.core.chains import Chain
from aiact_rules.core.choices import CALLER, DEFAULT, Choice, Choices, Threshold
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import Place, Problem
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate
from aiact_rules.reports.built_in import BUILT_IN

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
AS_OF = date(2026, 11, 22)
FORMATS = tuple(report.name for report in BUILT_IN)
BROKEN = Item(
    "teams/vision",
    problems=(
        Problem("unknown fact `system.practises`", Place("teams/vision/aiact.yaml", 7), "did you mean `practices`?"),
        Problem("the card beside it cannot be read", Place("teams/vision/README.md")),
    ),
)
NOTHING_FOUND = Problem("no release in `teams`", Place("teams"), "a release is a model card or an `aiact.yaml`")
LEFT_OUT = (LeftOut(".git", "hidden folder"), LeftOut(".venv", "hidden folder"), LeftOut("web", "ignored by git"))


@pytest.fixture(scope="module")
def allowed() -> Decision:
    return Gate().check(EXAMPLES / "minimal", as_of=AS_OF)


@pytest.fixture(scope="module")
def held() -> Decision:
    return Gate().check(EXAMPLES / "silent", as_of=AS_OF)


def rendered(name: str, batch: Batch) -> str:
    (report,) = [report for report in BUILT_IN if report.name == name]
    text = report.render(batch)
    assert text.endswith("\n")
    return text


def chosen(decision: Decision, **what: Any) -> Decision:
    return replace(decision, choices=Choices(**what))


def sarif_run(batch: Batch) -> dict[str, Any]:
    (run,) = json.loads(rendered("sarif", batch))["runs"]
    assert isinstance(run, dict)
    return run


def notifications(batch: Batch) -> list[dict[str, Any]]:
    (invocation,) = sarif_run(batch)["invocations"]
    found = invocation["toolExecutionNotifications"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_a_broken_input_stands_in_every_format_beside_the_good_ones(name: str, allowed: Decision) -> None:
    good = rendered(name, Batch.of(allowed))
    both = rendered(name, Batch((BROKEN, *Batch.of(allowed).items)))
    for said in ("system.practises", "did you mean", "card beside it"):
        assert said not in good
        assert said in both.replace("\\_", "_")
    assert "README.md" in both.replace("\\_", "_")


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found_stands_in_every_format(name: str) -> None:
    text = rendered(name, Batch((), problems=(NOTHING_FOUND,)))
    assert "no release in" in text
    assert "allow" not in text.lower().replace("--allow", "").replace(".verdict.allow", "")


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_batch_is_a_valid_report_that_says_so(name: str, tmp_path: Path) -> None:
    text = rendered(name, Batch(()))
    if name in ("json", "gitlab"):
        assert json.loads(text) == []
    elif name == "junit":
        (tmp_path / "report.xml").write_text(text, encoding="utf-8")
        assert JUnitXml.fromfile(str(tmp_path / "report.xml")).tests == 0
    else:
        assert "nothing was judged" in text
        assert "ALLOW" not in text
    if name == "sarif":
        assert [each["level"] for each in notifications(Batch(()))] == ["warning"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_hold_that_is_let_pass_says_so_in_every_format(name: str, held: Decision) -> None:
    waived = Item("silent", held, passes=True, waived=("fail_on is `block` (aiact.toml:3)",))
    text = rendered(name, Batch((waived,)))
    assert "aiact.toml:3" in text.replace("%3A", ":")
    if name == "json":
        assert json.loads(text)["passes"] is True
        assert json.loads(text)["waived"] == ["fail_on is `block` (aiact.toml:3)"]
    else:
        assert "passes" in text
        assert "although its verdict is hold" in " ".join(text.split())
    assert "although its verdict" not in rendered(name, Batch.of(held))


@pytest.mark.parametrize("name", FORMATS)
def test_a_market_that_was_left_out_on_record_and_notes_stand_in_every_format(name: str, allowed: Decision) -> None:
    decision = chosen(
        allowed, uncovered=(Choice("KR", Place("aiact.toml", 5)),), notes=("judged as of 2026-11-22, which is past",)
    )
    text = rendered(name, Batch.of(decision))
    assert "which is past" in text
    if name == "json":
        assert json.loads(text)["uncovered"] == ["KR"]
    else:
        assert "not judged for" in text.replace("-", " ")
        assert "left out on record by aiact.toml:5" in " ".join(text.split())


def test_packs_and_readings_that_somebody_chose_stand_with_who_did(allowed: Decision) -> None:
    own = Place(allowed.subject.documents[0], 5)
    for ordinary in (DEFAULT, own):
        assert rendered("text", Batch.of(chosen(allowed, packs=(Choice("eu_ai_act", ordinary),)))) == rendered(
            "text", Batch.of(chosen(allowed))
        )
    assert "packs: eu_ai_act (the caller)\n" in rendered(
        "text", Batch.of(chosen(allowed, packs=(Choice("eu_ai_act", CALLER),)))
    )
    decision = chosen(
        allowed,
        packs=(Choice("eu_ai_act", DEFAULT), Choice("kr_ai_basic_act", CALLER)),
        readings={"section_5_deferral": Choice("applies", Place("aiact.toml", 4)), "generality": Choice("a", DEFAULT)},
    )
    for name in ("text", "markdown", "html"):
        text = rendered(name, Batch.of(decision)).replace("\\_", "_")
        assert "eu_ai_act (default), kr_ai_basic_act (the caller)" in text
        assert "section_5_deferral is applies (aiact.toml:4)" in text
        assert "generality is a (" not in text


def test_a_threshold_that_lets_nothing_pass_is_not_spoken_of(allowed: Decision, held: Decision) -> None:
    lax = {"threshold": Threshold(Verdict.BLOCK, CALLER)}
    assert rendered("text", Batch.of(chosen(allowed, **lax))) == rendered("text", Batch.of(allowed))
    refused = Item("silent", held, waived=("2 findings stand in the baseline",))
    assert "note: 2 findings stand in the baseline\n" in rendered("text", Batch((refused,)))


def test_the_text_ends_with_how_many_went_which_way(allowed: Decision, held: Decision) -> None:
    batch = Batch((*Batch.of(allowed, held).items, BROKEN), LEFT_OUT)
    *_, tally, _details, left_out = rendered("text", batch).splitlines()
    assert tally == "3 releases: 1 allowed, 1 held, 0 blocked, 1 error"
    assert left_out == "left out: hidden folder (2), ignored by git (1)"
    assert "\nERROR  teams/vision\n  teams/vision/aiact.yaml:7: unknown fact" in rendered("text", batch)
    assert "releases:" not in rendered("text", Batch.of(allowed))


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("json", "gitlab")])
def test_what_was_left_out_is_counted(name: str, allowed: Decision) -> None:
    text = rendered(name, Batch(Batch.of(allowed).items, LEFT_OUT))
    assert "hidden folder (2), ignored by git (1)" in text
    assert "left out" not in rendered(name, Batch.of(allowed)).lower()


def test_json_has_an_object_for_one_and_a_list_for_several(allowed: Decision, held: Decision) -> None:
    def read(*items: Item, problems: tuple[Problem, ...] = ()) -> Any:
        return json.loads(rendered("json", Batch(items, problems=problems)))

    good, other = Batch.of(allowed, held).items
    assert read(good) == json.loads(json.dumps(allowed.as_json()))
    assert [each["verdict"] for each in read(good, BROKEN, other)] == ["allow", "error", "hold"]
    assert read(BROKEN)["input"] == "teams/vision"
    assert read(BROKEN)["problems"][0] == {
        "message": "unknown fact `system.practises`",
        "source": "teams/vision/aiact.yaml",
        "line": 7,
        "hint": "did you mean `practices`?",
    }
    assert [each["input"] for each in read(problems=(NOTHING_FOUND,))] == [None]
    assert [each["verdict"] for each in read(good, problems=(NOTHING_FOUND,))] == ["allow", "error"]


def test_sarif_says_that_the_run_failed_and_where(allowed: Decision, held: Decision) -> None:
    def invocation(batch: Batch) -> tuple[bool, int]:
        (found,) = sarif_run(batch)["invocations"]
        return found["executionSuccessful"], found["exitCode"]

    assert invocation(Batch.of(allowed)) == (True, 0)
    assert invocation(Batch.of(held)) == (True, 1)
    assert invocation(Batch((Item("silent", held, passes=True),))) == (True, 0)
    batch = Batch((BROKEN, *Batch.of(allowed).items))
    assert invocation(batch) == (False, 2)
    first, second = notifications(batch)
    assert first["level"] == second["level"] == "error"
    (location,) = first["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "teams/vision/aiact.yaml"},
        "region": {"startLine": 7},
    }


def test_junit_counts_a_broken_input_as_an_error(allowed: Decision, tmp_path: Path) -> None:
    target = tmp_path / "report.xml"
    batch = Batch((*Batch.of(allowed).items, BROKEN), problems=(NOTHING_FOUND,))
    target.write_text(rendered("junit", batch), encoding="utf-8")
    read = JUnitXml.fromfile(str(target))
    errors = [case for suite in read for case in suite if any(isinstance(each, Error) for each in case.result)]
    assert [case.classname for case in errors] == ["teams/vision", "aiact-rules"]
    assert read.errors == 2
    assert read.failures == 0
    assert read.tests == sum(1 for suite in read for _ in suite)


def test_github_marks_a_broken_input_at_its_line_and_lists_it(allowed: Decision) -> None:
    lines = rendered("github", Batch((BROKEN, *Batch.of(allowed).items))).splitlines()
    assert lines[0].startswith("::error file=teams/vision/aiact.yaml,line=7::unknown fact")
    assert lines[1].startswith("::error file=teams/vision::teams/vision/README.md: the card")
    assert lines[2] == "teams/vision: error"
    assert lines[3].endswith(f": allow ({allowed.decision_id})")
    many = Batch((Item("x", problems=tuple(Problem(f"problem {n}") for n in range(13))),))
    assert sum(line.startswith("::error") for line in rendered("github", many).splitlines()) == 10
    assert "::notice::3 more findings of this kind; see the summary" in rendered("github", many)


def test_gitlab_shows_problems_as_blockers_with_lasting_fingerprints(allowed: Decision) -> None:
    rows = json.loads(rendered("gitlab", Batch((BROKEN, *Batch.of(allowed).items))))
    assert [(row["check_name"], row["severity"]) for row in rows] == [("input-error", "blocker")] * 2
    assert rows[0]["location"] == {"path": "teams/vision/aiact.yaml", "lines": {"begin": 7}}
    moved = replace(BROKEN, problems=(replace(BROKEN.problems[0], place=Place("teams/vision/aiact.yaml", 9)),))
    (later,) = json.loads(rendered("gitlab", Batch((moved,))))
    assert later["fingerprint"] == rows[0]["fingerprint"]


def test_an_input_without_answer_or_problem_is_an_error_all_the_same() -> None:
    batch = Batch((Item("mute"),))
    assert rendered("text", batch).startswith("ERROR  mute\n")
    assert rendered("github", batch).startswith("::error file=mute::this could not be judged\n")
    assert json.loads(rendered("json", batch))["verdict"] == "error"
    assert json.loads(rendered("gitlab", batch))[0]["severity"] == "blocker"


@pytest.fixture(scope="module")
def chain(allowed: Decision, held: Decision) -> Chain:
    return Chain((replace(allowed, operator="Maker"), replace(held, operator="Seller")))


CHAINED: dict[str, Callable[[str], bool]] = {
    "text": lambda text: "HOLD  spam-filter · strictest of 2 operators" in text,
    "json": lambda text: json.loads(text)["operators"] == ["Maker", "Seller"],
    "markdown": lambda text: "## ALLOW: " in text and "(Maker)" in text and "## HOLD: " in text and "(Seller)" in text,
    "html": lambda text: 'class="verdict allow"' in text and ">Maker</a>" in text and ">Seller</a>" in text,
    "junit": lambda text: 'name="Maker"' in text and 'name="Seller"' in text,
    "github": lambda text: ": allow (sha256:" in text and ": hold (sha256:" in text,
}


@pytest.mark.parametrize("name", CHAINED)
def test_a_chain_is_one_input_with_several_operators(name: str, chain: Chain) -> None:
    assert CHAINED[name](rendered(name, Batch.of(chain)))


def test_what_is_said_of_a_chain_is_said_once(chain: Chain) -> None:
    noted = Chain(tuple(chosen(each, notes=("judged as of 2026-11-22, which is past",)) for each in chain.decisions))
    for name in FORMATS:
        times = rendered(name, Batch.of(noted)).count("which is past")
        assert times == (2 if name in ("json", "junit") else 1), name  # these two have it with each operator


def test_a_chain_of_a_thousand_operators_is_shown(allowed: Decision) -> None:
    many = Chain(tuple(replace(allowed, operator=f"Seller {number}") for number in range(1000)))
    text = rendered("text", Batch.of(many, full=True))
    assert "\n  A  ALLOW  Seller 0: " in text
    assert "\n  ALL  ALLOW  Seller 999: " in text
    short = rendered("text", Batch.of(many)).splitlines()
    assert len(short) <= 25
    assert "  and 983 more operators: --full" in short
