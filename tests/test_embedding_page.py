"""Every snippet of the page for platform authors runs and prints what the page says; one gate serves many at once."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from aiact_rules import Gate

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "embedding.md"
_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)

NOTHING = {"system.practices": [], "system.annex_iii_uses": [], "system.annex_i_law": []}
QUIET = {"release.subject": "system", **NOTHING, "system.transparency_situations": []}
TALKING = {**QUIET, "system.transparency_situations": ["interacts_with_people"]}
SILENT = {"release.subject": "system"}


def test_every_snippet_prints_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    module = ModuleType("embedding_page")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    blocks = list(_BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert {block["kind"] for block in blocks} == {"python", "text"}
    for at, block in enumerate(blocks):
        if block["kind"] != "python":
            continue
        printed = io.StringIO()
        line = PAGE.read_text(encoding="utf-8").count("\n", 0, block.start("body"))
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * line + block["body"], str(PAGE), "exec"), vars(module))
        said = blocks[at + 1]["body"] if at + 1 < len(blocks) and blocks[at + 1]["kind"] == "text" else ""
        assert printed.getvalue() == said, f"{PAGE.name}:{line + 1}"


def test_the_page_says_no_more_than_five_lines_are_needed() -> None:
    first = next(_BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert len([line for line in first["body"].splitlines() if line]) <= 5


def test_many_threads_get_the_same_answers_from_one_gate() -> None:
    stated = (QUIET, TALKING, SILENT)
    alone = [Gate().check(each, roles=["provider"], markets=["EU"]).decision_id for each in stated]
    shared = Gate()

    def ask(number: int) -> tuple[int, str]:
        at = number % len(stated)
        return at, shared.check(stated[at], roles=["provider"], markets=["EU"]).decision_id

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(96)))
    assert {at for at, _ in answers} == {0, 1, 2}
    assert all(decision_id == alone[at] for at, decision_id in answers)


def test_an_event_loop_gets_the_same_answer_and_goes_on_meanwhile() -> None:
    gate = Gate()
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def ask() -> list[str]:
        counting = asyncio.create_task(count())
        decisions = await asyncio.gather(
            *(gate.acheck(each, roles=["provider"], markets=["EU"]) for each in (QUIET, TALKING))
        )
        counting.cancel()
        return [decision.decision_id for decision in decisions]

    expected = [gate.check(each, roles=["provider"], markets=["EU"]).decision_id for each in (QUIET, TALKING)]
    assert asyncio.run(ask()) == expected
    assert turns > 1


def test_a_method_that_is_awaited_raises_what_its_namesake_raises() -> None:
    gate = Gate()
    with pytest.raises(Exception, match="unknown fact"):
        asyncio.run(gate.acheck({"system.practises": []}))
    assert Gate.adecide.__name__ == "adecide"
    assert Gate.adecide.__doc__ == "Await `decide`, run in a thread."


def test_a_gate_that_runs_for_years_does_not_grow_with_the_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiact_rules.gate.MOST_PREPARED", 3)
    gate = Gate()
    first = [gate.check(SILENT, roles=["provider"], as_of=date(2026, 11, day)).decision_id for day in range(1, 8)]
    assert len(gate._prepared) == 3
    again = [gate.check(SILENT, roles=["provider"], as_of=date(2026, 11, day)).decision_id for day in range(1, 8)]
    assert again == first
