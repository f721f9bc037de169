"""The JSON report: whole decisions, as the published schema describes them, and inputs that could not be judged."""

from __future__ import annotations

from collections.abc import Iterable

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Problem
from aiact_rules.reports.escapes import json_text
from aiact_rules.reports.remarks import is_let_pass


class JsonReport:
    """Writes one input as an object and several as a list, keys in the order of the schema."""

    name = "json"

    def render(self, batch: Batch) -> str:
        """Return the batch as JSON text."""
        found = [_item(item, full=batch.full) for item in batch.items]
        if batch.problems:
            found.append(_error(None, batch.problems))
        elif len(found) == 1:
            return json_text(found[0])
        return json_text(found)


def _item(item: Item, *, full: bool) -> dict[str, object]:
    if item.answer is None:
        return _error(item.name, item.problems)
    found = item.answer.as_json(full=full)
    if is_let_pass(item):
        found["passes"] = True
    if item.waived:
        found["waived"] = list(item.waived)
    return found


def _error(name: str | None, problems: Iterable[Problem]) -> dict[str, object]:
    return {
        "verdict": "error",
        "input": None if name is None else printable(name),
        "problems": [
            {
                "message": printable(problem.message),
                "source": None if problem.place is None else printable(problem.place.source),
                "line": None if problem.place is None else problem.place.line,
                "hint": None if problem.hint is None else printable(problem.hint),
            }
            for problem in problems
        ],
    }
