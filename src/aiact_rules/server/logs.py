"""Logs: one line of JSON for each event. What is written is chosen field by field, so that no secret can slip in."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from aiact_rules.server.settings import without_password

NAME = "aiact_rules.server"


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON: when, how grave, what, and what was said of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = getattr(record, "said", None)
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": without_password(record.getMessage()),
        }
        if isinstance(said, Mapping):
            line |= {name: without_password(value) if isinstance(value, str) else value for name, value in said.items()}
        if record.exc_info:
            line["trace"] = without_password(self.formatException(record.exc_info))
        return json.dumps(line, default=str)


def configuration(level: str = "INFO") -> dict[str, object]:
    """Return the configuration of logging for a process that is this service and nothing else."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "loggers": {
            NAME: {"handlers": ["stderr"], "level": level, "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }
