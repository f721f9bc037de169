"""Service: what every door goes through before it judges (who asks, how much, how often), and what it is told of that."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

import anyio
import anyio.to_thread
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from aiact_rules.server.asked import Answer, Asked
from aiact_rules.server.bodies import values_of
from aiact_rules.server.files import Workspace
from aiact_rules.server.gates import Gates
from aiact_rules.server.judging import Judging
from aiact_rules.server.limits import RateLimit
from aiact_rules.server.records import Records, Unrecorded
from aiact_rules.server.refusals import Refusal
from aiact_rules.server.repeats import Repeats
from aiact_rules.server.settings import ServerSettings, is_loopback, networks
from aiact_rules.server.tokens import ANYBODY, Caller, Scope, Tokens

_LOG = logging.getLogger(__name__)
THREADS = 16
"""How many requests are judged at once; what waits longer waits in the event loop, which goes on."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that was let in: who asks, and what was sent."""

    caller: Caller
    body: bytes
    headers: Mapping[str, str]
    query: QueryParams
    most_depth: int

    def values(self) -> object:
        """Return the JSON values of the body. Raises Refusal where it has none."""
        return values_of(self.body, most_depth=self.most_depth)


Door = Callable[[Visit], Response]
Check = Callable[[bytes, Mapping[str, str]], object]
"""Raises Refusal where a body does not come from whoever it should come from, by its headers."""


@dataclass
class Service:
    """The parts of the service, for the time that it runs."""

    settings: ServerSettings
    tokens: Tokens | None
    gates: Gates
    records: Records
    workspace: Workspace = field(default_factory=Workspace)
    repeats: Repeats = field(default_factory=Repeats)

    def __post_init__(self) -> None:
        """Put together what follows from the settings."""
        self.judging = Judging(self.gates, self.records, self.workspace)
        self.limit = RateLimit(self.settings.per_minute, self.settings.burst)
        self.proxies = networks(self.settings.proxies)
        self._threads: anyio.CapacityLimiter | None = None

    def answer(self, asked: Asked) -> Answer:
        """Return the answer to a question. Raises Refusal where it cannot be kept, so that it is not given."""
        try:
            return self.judging.answer(asked)
        except Unrecorded as error:
            raise away() from error

    async def serve(self, request: Request, scope: Scope, door: Door, *, opens: str | None = None) -> Response:
        """Let a caller with this scope in, or one without a token where the door `opens`, and answer through the door."""
        try:
            caller = self._caller(request, scope, opens)
            self._count(caller.name or _peer(request))
            body = await self._body(request)
            visit = self._visit(request, caller, body)
            return await self._once(visit, request, door)
        except Refusal as refusal:
            return refusal.response()

    async def receive(self, request: Request, check: Check, door: Door, *, name: str) -> Response:
        """Let in what a platform sent, which proves by its headers where it comes from, and answer through the door."""
        try:
            self._count(f"{name} {_peer(request)}")
            body = await self._body(request)
            check(body, request.headers)
            visit = self._visit(request, Caller(name, frozenset({Scope.DECIDE})), body)
            return await self.in_a_thread(door, visit)
        except Refusal as refusal:
            return refusal.response()

    def count(self, request: Request, what: str) -> None:
        """Count one request that needs no token. Raises Refusal where its address asks too often."""
        self._count(f"{what} {_peer(request)}")

    async def in_a_thread(self, door: Door, visit: Visit) -> Response:
        """Return what a door answers, from a thread, so that the event loop goes on."""
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(THREADS)
        try:
            return await anyio.to_thread.run_sync(door, visit, limiter=self._threads)
        except Refusal as refusal:
            return refusal.response()
        except Exception:
            _LOG.exception("internal error")
            return Refusal(
                500, "internal", "internal error, no decision made", "the log of the service says more"
            ).response()

    def _visit(self, request: Request, caller: Caller, body: bytes) -> Visit:
        return Visit(caller, body, request.headers, request.query_params, self.settings.most_depth)

    async def _once(self, visit: Visit, request: Request, door: Door) -> Response:
        keys = request.headers.getlist("idempotency-key")
        if not keys or request.method != "POST":
            return await self.in_a_thread(door, visit)
        key = (visit.caller.name or _peer(request), ", ".join(keys))
        whole = b"\n".join([request.url.path.encode(), request.url.query.encode(), visit.body])
        kept = self.repeats.begin(key, hashlib.sha256(whole).hexdigest())
        if kept is not None:
            return kept
        response: Response | None = None
        try:
            response = await self.in_a_thread(door, visit)
            return response
        finally:
            final = response is not None and response.status_code < 500
            self.repeats.end(key, response if final else None)

    def _caller(self, request: Request, scope: Scope, opens: str | None) -> Caller:
        """Return who asks. Raises Refusal where nobody may ask like that."""
        try:
            caller = self._named(request)
        except Refusal:
            self._count(_peer(request))  # guesses are counted too
            raise
        if caller is None and opens in self.settings.open_doors:
            return Caller(None, frozenset({scope}))
        if caller is None:
            self._count(_peer(request))
            headers = {"WWW-Authenticate": "Bearer"}
            raise Refusal(401, "unknown-caller", "say who asks: `Authorization: Bearer TOKEN`", headers=headers)
        if scope not in caller.scopes:
            headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope.value}"'}
            raise Refusal(403, "not-permitted", f"this token has no scope `{scope.value}`", headers=headers)
        return caller

    def _named(self, request: Request) -> Caller | None:
        authorization = request.headers.getlist("authorization")
        if self.tokens is None:
            if self.settings.tls_client_ca is not None:
                return Caller("tls client", ANYBODY.scopes)
            if not _is_local(request):
                raise Refusal(403, "not-permitted", "this service has no tokens, so only its own machine may ask")
            if _is_of_a_page(request):
                says = "this service has no tokens, so no page in a browser may ask"
                raise Refusal(403, "not-permitted", says, "programs send no `Origin`; give the page a token otherwise")
            return ANYBODY
        if authorization:
            scheme, _, token = authorization[0].partition(" ")
            caller = (
                self.tokens.caller_with(token.strip())
                if len(authorization) == 1 and scheme.lower() == "bearer"
                else None
            )
            if caller is None:
                headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
                raise Refusal(401, "unknown-caller", "nobody has this token", headers=headers)
            return caller
        subjects = request.headers.getlist(self.settings.proxy_header)
        if subjects and self._is_proxy(request):
            caller = self.tokens.caller_named(subjects[0]) if len(subjects) == 1 else None
            if caller is None:
                raise Refusal(401, "unknown-caller", "nobody has a certificate with this subject")
            return caller
        return None

    def _is_proxy(self, request: Request) -> bool:
        try:
            address = ip_address(request.client.host) if request.client is not None else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self.proxies)

    def _count(self, client: str) -> None:
        waits = self.limit.wait(client)
        if waits:
            headers = {"Retry-After": str(int(waits) + 1)}
            raise Refusal(429, "too-many", "too many requests", f"ask again in {int(waits) + 1} s", headers=headers)

    async def _body(self, request: Request) -> bytes:
        """Return the body. Raises Refusal as soon as it is too large, whatever its headers say."""
        most = self.settings.most_bytes
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise _too_large(most)
        found = bytearray()
        try:
            async for piece in request.stream():
                found += piece
                if len(found) > most:
                    raise _too_large(most)
        except ClientDisconnect:
            raise Refusal(400, "no-body", "the body did not come whole") from None
        return bytes(found)


def away() -> Refusal:
    """Return the refusal where the decision log cannot be written: what cannot be kept is not answered."""
    headers = {"Retry-After": "5"}
    detail = "a decision that cannot be recorded is not given, so nothing may go ahead"
    return Refusal(503, "log-away", "the decision log is away", detail, headers=headers)


def _too_large(most: int) -> Refusal:
    return Refusal(413, "too-large", "the body is too large", f"at most {most} bytes are read")


def _peer(request: Request) -> str:
    return f"peer {request.client.host if request.client is not None else 'local'}"


def _is_local(request: Request) -> bool:
    """Return whether a request comes from this machine; one over a socket of the file system does."""
    return request.client is None or is_loopback(request.client.host)


def _is_of_a_page(request: Request) -> bool:
    """Return whether a page in a browser of this machine asks, which any site may have put there."""
    return "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none"
