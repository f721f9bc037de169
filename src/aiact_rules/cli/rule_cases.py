"""Cases of a pack as what they show: for each finding, rule and conclusion those that expect something of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiact_rules.reports.rule_text import Shown
from aiact_rules.specfiles.cases import load_cases


def shown_in(folder: Path) -> Mapping[str, list[Shown]]:
    """Return the cases in the folder of a pack by the names of what they show."""
    found: dict[str, list[Shown]] = {}
    for case in load_cases(folder):
        for name, outcome in case.outcomes().items():
            found.setdefault(name, []).append(Shown(case.name, case.place, outcome))
    return found
