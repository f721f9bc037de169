"""Outgoing: a small client for the interfaces of platforms: to one address only, nowhere else, and for so many bytes and seconds."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import quote

from aiact_rules.sources.text_files import MOST_BYTES

_SECONDS = 10.0


class Unreachable(Exception):
    """A platform that did not answer as it should. Says nothing of credentials."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the credentials of one host are not for another."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:  # noqa: D102
        del req, fp, code, msg, headers, newurl
        return None


class Api:
    """The interface of a platform below one address."""

    def __init__(self, base: str, headers: Mapping[str, str] | None = None, *, seconds: float = _SECONDS) -> None:
        self.base = base.rstrip("/")
        self._headers = {"User-Agent": "aiact-rules", **(headers or {})}
        self._seconds = seconds
        self._opener = urllib.request.build_opener(_NoRedirects)

    def with_header(self, name: str, value: str) -> Api:
        """Return the same interface with a header more."""
        return Api(self.base, {**self._headers, name: value}, seconds=self._seconds)

    def read(self, path: str) -> bytes:
        """Return what stands at a path. Raises Unreachable where nothing does, or more than a document has."""
        return self._answer(urllib.request.Request(self.base + path, headers=self._headers), MOST_BYTES)

    def read_json(self, path: str) -> object:
        """Return the JSON values at a path. Raises as `read` does."""
        return _values(self.read(path), path)

    def post(self, path: str, values: object) -> object:
        """Send JSON values to a path, and return those of the answer, None where it has none. Raises as `read` does."""
        headers = {**self._headers, "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, json.dumps(values).encode(), headers, method="POST")
        body = self._answer(request, MOST_BYTES)
        return _values(body, path) if body.strip() else None

    def _answer(self, request: urllib.request.Request, most: int) -> bytes:
        where = request.full_url.partition("?")[0]
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                body: bytes = answer.read(most + 1)
        except urllib.error.HTTPError as error:
            with error:
                raise Unreachable(f"{where} answers {error.code}", error.code) from None
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(f"{where} cannot be reached: {error}") from None
        if len(body) > most:
            raise Unreachable(f"{where} is larger than {most} bytes")
        return body


def path_of(*parts: str) -> str:
    """Return parts as a path, each quoted as a whole, so that none leads elsewhere. Raises Unreachable for `..`."""
    if any(part in (".", "..") for part in parts):
        raise Unreachable("a name that leads elsewhere is not asked for")
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _values(body: bytes, path: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Unreachable(f"what {path.partition('?')[0]} answers is no JSON") from None
