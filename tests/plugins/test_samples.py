"""The Python samples of the plugins' guide do what the guide says of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from aiact_rules import Batch, Question

GUIDE = (Path(__file__).parents[2] / "plugins" / "README.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


def sample(name: str) -> dict[str, Any]:
    """Return what the sample defines that defines a name."""
    (source,) = [each for each in SAMPLES if re.search(rf"^(?:class|def) {name}\b", each, re.MULTILINE)]
    defined: dict[str, Any] = {"__file__": str(Path(__file__)), "__name__": "sample"}
    exec(compile(source, "plugins/README.md", "exec"), defined)
    return defined


def test_every_sample_is_run_here() -> None:
    names = {match for each in SAMPLES for match in re.findall(r"^(?:class|def) (\w+)", each, re.MULTILINE)}
    elsewhere = {
        "runner",
        "test_every_case_comes_out_as_it_says",
        "test_the_cases_leave_nothing_unshown",
    }  # new-plugin's
    assert names - elsewhere == {"aiact_rules_offer_packs", "LinesReport", "WordLookout"}


def test_the_plugin_of_the_guide_offers_its_pack() -> None:
    (location,) = sample("aiact_rules_offer_packs")["aiact_rules_offer_packs"]()
    assert location.folder == Path(__file__).parent / "specs" / "jp_ai_law"


def test_the_report_of_the_guide_never_says_nothing() -> None:
    assert sample("LinesReport")["LinesReport"]().render(Batch(())) == "nothing was judged\n"


def test_the_reader_of_the_guide_points_at_its_word_in_its_line() -> None:
    reader = sample("WordLookout")["WordLookout"]()
    asked = (Question("annex_iii.recruitment", "eu_ai_act", "Annex III, point 4(a)", "Does it choose people?"),)
    (suggestion,) = reader.read("# Sorter\n\nA headhunter uses it.\n", asked)
    assert (suggestion.cue, suggestion.line, suggestion.words) == ("annex_iii.recruitment", 3, "headhunter")
    assert list(reader.read("A headhunter uses it.", ())) == []
