"""The decision log: one line of JSON per decision, appended to a file."""

from __future__ import annotations

import json
import os
from pathlib import Path

from aiact_rules import Decision

VARIABLE = "AIACT_RULES_EXAMPLE_LOG"


def log_file() -> Path | None:
    """Return the file named by the environment, or None where none is."""
    name = os.environ.get(VARIABLE)
    return Path(name) if name else None


def append(file: Path, decision: Decision) -> None:
    """Append a decision. Raises OSError where the file cannot be written."""
    line = {
        "decision_id": decision.decision_id,
        "verdict": decision.verdict.value,
        "release": decision.subject.name,
        "packs": [pack.pack_id for pack in decision.packs],
    }
    with file.open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")
