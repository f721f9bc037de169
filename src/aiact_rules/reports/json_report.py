"""The JSON report: the whole decision, as the published schema describes it."""

from __future__ import annotations

import json

from aiact_rules.core.decisions import Decision


class JsonReport:
    """Writes a decision as indented JSON, keys in the order of the schema."""

    name = "json"

    def render(self, decision: Decision) -> str:
        """Give the decision as JSON text."""
        return json.dumps(decision.as_json(), indent=2, ensure_ascii=False) + "\n"
