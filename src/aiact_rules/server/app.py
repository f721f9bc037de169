"""App: the application, one gate behind all doors. `application` is the factory that uvicorn and gunicorn take."""

from __future__ import annotations

import json
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Annotated, Any

import anyio
from fastapi import FastAPI, Path, Query
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from aiact_rules.gate import Gate
from aiact_rules.server import openapi
from aiact_rules.server.doors import admission, authzen, gatekeeper, native, opa
from aiact_rules.server.gates import Gates, MakeGate
from aiact_rules.server.openapi import described, header
from aiact_rules.server.opening import records_at
from aiact_rules.server.receivers import add_webhooks
from aiact_rules.server.records import Unrecorded
from aiact_rules.server.refusals import Fault, Refusal, pointer
from aiact_rules.server.service import Service, Visit
from aiact_rules.server.settings import ServerSettings, read_settings
from aiact_rules.server.tokens import Scope, read_tokens
from aiact_rules.version import __version__

_LOG = logging.getLogger("aiact_rules.server")
_SENT_AGAIN = header("Idempotency-Key", "The same key with the same request has the same answer, and one record.")
Document = Annotated[str, Path(json_schema_extra={"enum": [name for name in opa.DOCUMENTS if name]})]
Full = Annotated[bool, Query(description="Everything that follows from the decision.")]


def application(settings: ServerSettings | None = None, *, make_gate: MakeGate | None = None) -> FastAPI:
    """Return the application. Without settings they are those of the environment and of `aiact-server.toml`.

    Raises ProblemsError where it could not judge, or not record what it judges: then it does not start.
    """
    settings = read_settings().settings if settings is None else settings
    tokens = None if settings.tokens is None else read_tokens(settings.tokens)
    service = Service(settings, tokens, Gates(make_gate or partial(gate_of, settings)), records_at(settings.db))
    app = FastAPI(
        title="aiact-rules", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifetime
    )
    app.state.service = service
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]  # FastAPI's own way to put another in its place
    app.add_exception_handler(HTTPException, _no_such_route)
    app.add_exception_handler(RequestValidationError, _no_such_query)
    app.add_exception_handler(Exception, _failed)
    _add_doors(app, service)
    add_webhooks(app, service)
    _add_own(app, service)
    return app


def gate_of(settings: ServerSettings) -> Gate:
    """Return the gate that the settings describe."""
    return Gate(
        packs=settings.packs or None,
        engine=settings.engine,
        readings=settings.readings,
        markets=settings.markets or None,
        uncovered=settings.uncovered or None,
        fail_on=settings.fail_on,
        past_dates=settings.past_dates,
        require_evidence=settings.require_evidence or None,
        organisation=settings.organisation,
    )


@asynccontextmanager
async def _lifetime(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    document = json.dumps(app.openapi()).encode()
    app.state.document = document
    packs = [f"{name} {version}" for name, version, _ in service.gates.packs]
    _LOG.info("started", extra={"said": {"packs": packs, "records": service.settings.db is not None}})
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_reload_when_told, service)
        yield
        tasks.cancel_scope.cancel()
    service.workspace.close()
    _LOG.info("stopped")


async def _reload_when_told(service: Service) -> None:
    """Reload the packs on SIGHUP, where this thread is told of signals at all."""
    if not hasattr(signal, "SIGHUP"):
        return
    with suppress(ValueError, RuntimeError, NotImplementedError), anyio.open_signal_receiver(signal.SIGHUP) as signals:
        async for _ in signals:
            await anyio.to_thread.run_sync(reload, service)


def reload(service: Service) -> dict[str, object]:
    """Read the packs again, log what became of it, and return the same."""
    found = service.gates.reload().as_json()
    if found["reloaded"]:
        _LOG.info("reloaded", extra={"said": {"packs": found["packs"]}})
    else:
        _LOG.error("not reloaded, the old packs judge on", extra={"said": {"reason": found["failure"]}})
    return found


def _add_doors(app: FastAPI, service: Service) -> None:
    def add(
        path: str, door: Callable[..., Response], scope: Scope, says: dict[str, Any], opens: str | None = None
    ) -> None:
        async def handle(request: Request) -> Response:
            return await service.serve(request, scope, partial(door, service), opens=opens)

        says["parameters"] = [*says.get("parameters", []), _SENT_AGAIN]
        app.add_api_route(
            path, handle, methods=["POST"], response_model=None, openapi_extra=says, operation_id=door.__name__
        )

    @app.post(
        "/v1/decisions",
        response_model=None,
        openapi_extra={
            **described("Decide on a release", ("DecisionModel", "Chain"), "Question", tag="native"),
            "parameters": [_SENT_AGAIN],
        },
    )
    async def decide(request: Request, full: Full = False) -> Response:
        return await service.serve(request, Scope.DECIDE, partial(native.decide, service, full=full))

    @app.get(
        "/v1/decisions/{decision_id}",
        response_model=None,
        openapi_extra=described("Return a recorded decision", ("Entry", "DecisionModel"), tag="native"),
    )
    async def read_decision(request: Request, decision_id: str, full: Full = False) -> Response:
        def door(_: Visit) -> Response:
            return native.read(service, decision_id, full=full)

        return await service.serve(request, Scope.READ, door)

    _add_documents(app, service)
    add(
        authzen.EVALUATION,
        authzen.evaluation,
        Scope.DECIDE,
        described("AuthZEN: one evaluation", "Decided", "Evaluation", tag="authzen"),
    )
    add(
        authzen.EVALUATIONS,
        authzen.evaluations,
        Scope.DECIDE,
        described("AuthZEN: several evaluations", "Several", "Evaluations", tag="authzen"),
    )
    add(
        "/admission",
        admission.admit,
        Scope.ADMISSION,
        described("Kubernetes: admission", "Reviewed", "AdmissionReview", tag="kubernetes"),
        admission.DOOR,
    )
    add(
        "/gatekeeper",
        gatekeeper.provide,
        Scope.DECIDE,
        described("Gatekeeper: external data", "Provided", "ProviderRequest", tag="kubernetes"),
        gatekeeper.DOOR,
    )


def _add_documents(app: FastAPI, service: Service) -> None:
    """Add OPA's Data API: the documents that there are, and a refusal for every other path."""

    async def whole(request: Request) -> Response:
        return await service.serve(request, Scope.DECIDE, partial(opa.data, service, path=opa.ROOT))

    async def part(request: Request, document: Document) -> Response:
        return await service.serve(request, Scope.DECIDE, partial(opa.data, service, path=f"{opa.ROOT}/{document}"))

    async def other(request: Request, path: str) -> Response:
        return await service.serve(request, Scope.DECIDE, partial(opa.data, service, path=path))

    summary = "Return a document about a release, as OPA's Data API does"
    asked = {"name": "input", "in": "query", "required": True, "description": "The question, as JSON."}
    asked["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/Question"}}}
    for path, handle in ((f"/v1/data/{opa.ROOT}", whole), (f"/v1/data/{opa.ROOT}/{{document}}", part)):
        for method, body, parameter in (("GET", None, asked), ("POST", "OpaInput", _SENT_AGAIN)):
            says = {**described(summary, "OpaResult", body, tag="opa"), "parameters": [parameter]}
            name = f"opa_{handle.__name__}_{method.lower()}"
            app.add_api_route(
                path, handle, methods=[method], response_model=None, openapi_extra=says, operation_id=name
            )
    app.add_api_route(
        "/v1/data/{path:path}", other, methods=["GET", "POST"], response_model=None, include_in_schema=False
    )


def _add_own(app: FastAPI, service: Service) -> None:
    public = partial(described, answer="Any", tag="operation", public=True)

    @app.get("/.well-known/authzen-configuration", response_model=None, openapi_extra=public("AuthZEN: metadata"))
    async def authzen_configuration(request: Request) -> Response:
        base = (service.settings.public_url or str(request.base_url)).rstrip("/")
        return _json(authzen.configuration(service, base))

    @app.post(
        "/v1/reload", response_model=None, openapi_extra=described("Read the packs again", "Any", tag="operation")
    )
    async def reload_packs(request: Request) -> Response:
        def door(_: Visit) -> Response:
            found = reload(service)
            if not found["reloaded"]:
                why = "the new packs cannot be used, so those before them judge on"
                raise Refusal(500, "not-reloaded", why, str(found["failure"]), further=found)
            return _json(found)

        return await service.serve(request, Scope.RELOAD, door)

    @app.get("/healthz", response_model=None, openapi_extra=public("Whether the process answers"))
    async def health() -> Response:
        return _json({"status": "ok", "version": __version__})

    ready_says = public("Whether it judges and records")
    ready_says["responses"]["429"] = {"description": "Too many requests."}
    ready_says["responses"]["503"] = {
        "description": "It does not.",
        "content": ready_says["responses"]["200"]["content"],
    }

    @app.get("/readyz", response_model=None, openapi_extra=ready_says)
    async def ready(request: Request) -> Response:
        try:
            service.count(request, "readiness")  # which asks the database
        except Refusal as refusal:
            return refusal.response()
        return await anyio.to_thread.run_sync(partial(_readiness, service))

    @app.get("/openapi.json", response_model=None, include_in_schema=False)
    async def own_document() -> Response:
        return Response(app.state.document, media_type="application/json")


def _readiness(service: Service) -> Response:
    """Return whether the service judges and records, and by which packs. Why it does not stands in its log."""
    gates = service.gates
    found: dict[str, object] = {
        "packs": [{"pack": name, "version": version, "digest": digest} for name, version, digest in gates.packs],
        "records": "none" if service.settings.db is None else "ok",
        "reload": "ok" if gates.failure is None else "failed, the packs before it judge on",
    }
    try:
        service.records.check()
    except Unrecorded as error:
        _LOG.error("not ready", extra={"said": {"reason": str(error)}})
        return _json({"status": "not ready", **found, "records": "away"}, 503)
    return _json({"status": "ready", **found})


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, media_type="application/json")


async def _no_such_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods_at(request))  # the framework names those of the first route alone
    titles = {404: "there is no such address", 405: "there is no such method here"}
    title = titles.get(error.status_code, str(error.detail))
    return Refusal(error.status_code, "no-such-address", title, headers=headers).response()


def _methods_at(request: Request) -> list[str]:
    """Return the methods that the address of a request has."""
    at = [
        route
        for route in request.app.routes
        if isinstance(route, APIRoute) and route.include_in_schema and route.matches(request.scope)[0] is not Match.NONE
    ]
    return sorted({method for route in at for method in route.methods or ()})


async def _no_such_query(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, RequestValidationError)
    faults = [Fault(pointer(each["loc"]), str(each["msg"])) for each in error.errors()]
    return Refusal(422, "invalid-request", "the query cannot be used", faults=faults).response()


async def _failed(request: Request, error: Exception) -> Response:
    del request, error
    return Refusal(500, "internal", "internal error, no decision made", "the log of the service says more").response()
