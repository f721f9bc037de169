"""Refusals: why a request gets no answer, as problem details (RFC 9457) with a JSON pointer to each fault."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Problem

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:aiact-rules:problem:"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request: a JSON pointer to it (empty: the whole body), what, and how to fix it."""

    pointer: str
    detail: str
    hint: str | None = None
    line: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the fault as JSON values, without what is not known."""
        found: dict[str, object] = {"pointer": self.pointer, "detail": printable(self.detail)}
        found |= {} if self.line is None else {"line": self.line}
        return found if self.hint is None else {**found, "hint": printable(self.hint)}


class Refusal(Exception):
    """A request that is not answered. No caller can take it for a yes: the status is never 2xx.

    `kind` is a word for programs, `further` are members of a dialect, such as OPA's `code`.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str | None = None,
        *,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        further: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(title if detail is None else f"{title}: {detail}")
        self.status, self.kind, self.title, self.detail = status, kind, title, detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.further = dict(further or {})

    def response(self) -> Response:
        """Return the answer over HTTP."""
        found: dict[str, object] = {"type": _TYPE + self.kind, "title": self.title, "status": self.status}
        if self.detail is not None:
            found["detail"] = printable(self.detail)
        if self.faults:
            found["errors"] = [fault.as_json() for fault in self.faults]
        return Response(json.dumps({**found, **self.further}), self.status, self.headers, media_type=MEDIA_TYPE)


def pointer(parts: Iterable[object]) -> str:
    """Return the JSON pointer (RFC 6901) to what names and numbers lead to."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def unusable(problems: Iterable[Problem], *, within: Iterable[object] = (), files: Iterable[str] = ()) -> Refusal:
    """Return the refusal of input that could not be judged; `within` is where the release stands in the body.

    A problem of one of the `files` points to it.
    """
    within, names = tuple(within), frozenset(files)
    faults = []
    for problem in problems:
        place = problem.place
        known = place is not None and place.source in names
        where = (*within, "files", place.source) if known and place is not None else within
        detail = problem.message if known or place is None else f"{place}: {problem.message}"
        line = place.line if known and place is not None else None
        faults.append(Fault(pointer(where), detail, problem.hint, line))
    return Refusal(
        422,
        "undecided",
        "nothing could be decided, so it may not go ahead",
        "what is stated cannot be used",
        faults=faults,
    )
