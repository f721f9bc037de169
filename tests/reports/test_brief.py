"""Any number of releases takes a dozen lines, the worst first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aiact_rules.core.batches import Batch, Item, LeftOut
from aiact_rules.core.problems import Place, Problem
from aiact_rules.gate import Gate
from aiact_rules.reports.brief import MOST_LINES
from aiact_rules.reports.text_report import Detail, TextReport
from tests.cli.conftest import EXAMPLES, Answer, run

__all__ = ["run"]
GATE = Gate()
HELD = GATE.check({"release.subject": "system"})
ALLOWED = GATE.check(EXAMPLES / "minimal")
BROKEN = Item("x/README.md", problems=(Problem("is broken", Place("x/README.md", 3)), Problem("and worse")))


def brief(*items: Item, **more: object) -> list[str]:
    return TextReport(detail=Detail.BRIEF).render(Batch(items, **more)).splitlines()  # type: ignore[arg-type]


def held(number: int) -> Item:
    return Item(f"models/m{number}/README.md", HELD)


def allowed(number: int) -> Item:
    return Item(f"models/a{number}/README.md", ALLOWED, passes=True)


@pytest.mark.parametrize("number", [2, 5, 8, 9, 10, 700])
def test_any_number_of_releases_takes_a_dozen_lines(number: int) -> None:
    lines = brief(*map(held, range(number)), left_out=(LeftOut("README.md", "no model card"),))
    assert len(lines) <= MOST_LINES
    assert f"{number} releases: 0 allowed, {number} held, 0 blocked, 0 errors" in lines
    told = sum(line.startswith("HOLD") for line in lines)
    more = [line for line in lines if line.startswith("and ")]
    assert more == ([] if told == number else [f"and {number - told} more releases"])


def test_errors_come_first_with_their_place_and_what_passes_is_only_counted() -> None:
    lines = brief(held(1), *map(allowed, range(40)), BROKEN)
    assert lines[0] == "ERROR  x/README.md:3: is broken (and 1 more)"
    assert lines[1].startswith("HOLD   models/m1/README.md: ")
    assert lines[2] == ""
    assert lines[3] == "42 releases: 40 allowed, 1 held, 0 blocked, 1 error"


def test_of_one_release_it_is_the_screen_and_of_none_that_had_to_be_judged_nothing() -> None:
    assert brief(held(1)) == TextReport().render(Batch((held(1),))).splitlines()
    assert brief(left_out=(LeftOut("README.md", "no model card"),)) == []
    assert brief(problems=(Problem("nothing was found"),))[0] == "ERROR  nothing was found"


def test_the_hook_says_nothing_of_a_readme_that_is_no_card(
    run: Callable[..., Answer],  # noqa: F811
    tmp_path: Path,
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# A library\n", encoding="utf-8")
    answer = run("check", "--only-cards", "--brief", "--", str(readme))
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert run("check", "--brief", "--quiet", str(readme)).code == 2
