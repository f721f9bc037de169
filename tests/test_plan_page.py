"""The page about plans shows what `plan` prints, and the documents that `init --with` writes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from aiact_rules.core.batches import Batch
from aiact_rules.gate import Gate
from aiact_rules.reports.plan_formats import FORMATS, text
from aiact_rules.sources.skeletons import empty_document

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "plan.md").read_text(encoding="utf-8")
GATE = Gate()


def test_what_the_page_shows_is_what_a_plan_begins_with() -> None:
    shown = re.search(r"```text\n(Plan of work:.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    decision = GATE.check(ROOT / "examples" / "cv-screening", as_of=date(2026, 11, 30))
    assert text(Batch.of(decision)).startswith(shown[1])


def test_every_format_stands_in_the_table() -> None:
    assert re.findall(r"^\| `(text|markdown|csv|json)` \|", PAGE, re.MULTILINE) == list(FORMATS)


def test_every_document_to_begin_with_stands_in_the_table_with_what_it_shows() -> None:
    law = GATE.catalogue.pack("eu_ai_act")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| `([a-z_.]+)`", PAGE, re.MULTILINE))
    offered = {each.skeleton.name: each.skeleton for each in law.deliverables.values() if each.skeleton is not None}
    assert rows == {name: next(iter(skeleton.shows)) for name, skeleton in offered.items()}
    assert f"--with {','.join(rows)}\n" in PAGE


def test_the_heading_of_the_page_is_one_that_is_written() -> None:
    shown = re.search(r"```markdown\n(.*?)```", PAGE, re.DOTALL)
    each = GATE.catalogue.pack("eu_ai_act").deliverables["technical_documentation"]
    assert shown is not None
    assert each.skeleton is not None
    assert shown[1] in empty_document(each, each.skeleton, "law")
