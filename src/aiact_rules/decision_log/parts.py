"""Parts: what a log says of itself where the entries before it were moved to an archive, and what it says when they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiact_rules.core.canonical import canonical
from aiact_rules.decision_log.heads import EMPTY, Head


@dataclass(frozen=True, slots=True)
class Part:
    """That a log begins after an entry, with which its archive ends; `ends` where the log is an archive itself."""

    after: Head = EMPTY
    ends: Head | None = None

    def as_text(self) -> str:
        """Return the part as a log keeps it beside its entries."""
        ends = {} if self.ends is None else {"ends": self.ends.as_json()}
        return canonical({"after": self.after.as_json(), **ends}).decode()

    @classmethod
    def from_text(cls, text: str | None) -> Part:
        """Return the part in a text, that of a whole log for None. Raises ValueError where it is none."""
        if text is None:
            return cls()
        value = json.loads(text)
        if not isinstance(value, dict):
            raise ValueError("it is not an object")
        return cls(Head.from_json(value.get("after")), Head.from_json(value["ends"]) if "ends" in value else None)


@dataclass(frozen=True, slots=True)
class Retained:
    """That entries recorded before a day were moved to an archive, up to the head named. It ends the log that they were in,
    and stands in the one that goes on. `by` is who asked for it, where somebody said so."""

    until: date
    archived: Head
    archive: str
    goes_on_in: str
    by: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return this as it stands in an entry."""
        found = {"until": self.until.isoformat(), "archived": self.archived.as_json(), "archive": self.archive}
        by = {} if self.by is None else {"by": self.by}
        return {**found, "goes_on_in": self.goes_on_in, **by}

    @classmethod
    def from_json(cls, value: object) -> Retained:
        """Return what was moved, by a JSON value. Raises ValueError where it does not say so."""
        if not isinstance(value, Mapping):
            raise ValueError("what was retained is not an object")
        texts = {key: value.get(key) for key in ("until", "archive", "goes_on_in")}
        for key, text in texts.items():
            if not isinstance(text, str):
                raise ValueError(f"what was retained has no text `{key}`")
        by = value.get("by")
        if by is not None and not isinstance(by, str):
            raise ValueError("`by` of what was retained is not a text")
        until, archived = date.fromisoformat(str(texts["until"])), Head.from_json(value.get("archived"))
        return cls(until, archived, str(texts["archive"]), str(texts["goes_on_in"]), by)
