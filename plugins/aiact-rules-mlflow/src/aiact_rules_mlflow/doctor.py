"""Doctor: what is guarded, and what could walk round, of this machine, of a database or of a running server."""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
import uuid
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from aiact_rules import InputError
from aiact_rules.core.problems import Place, Problem

from aiact_rules_mlflow.current import settings_file
from aiact_rules_mlflow.describing import description, said_of
from aiact_rules_mlflow.judging import ReleaseJudge
from aiact_rules_mlflow.opening import SCHEME, unguarded_registry
from aiact_rules_mlflow.registries import DatabaseRegistry, Named, Registry, ServerRegistry, guarded_by
from aiact_rules_mlflow.settings import Settings, read_settings
from aiact_rules_mlflow.tags import PROBE, released_tag

PROBES = 4
"""How often a server is asked: its workers take turns, and each must answer."""
_ANSWER = re.compile(r"this registry is guarded: (?P<json>\{.*\})", re.DOTALL)
_VARIABLES = ("MLFLOW_REGISTRY_STORE_URI", "MLFLOW_BACKEND_STORE_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_TRACKING_URI")
_ELSEWHERE = {
    "endpoints": "endpoints of the AI Gateway, which serve models and are not judged",
    "mcp_servers": "MCP servers in the registry of MLflow, whose versions and aliases are not judged",
    "logged_models": "logged models, each of which can be loaded as models:/m-… without a version or an alias",
}


class Level(Enum):
    """How much a remark weighs: something is guarded, could walk round, or is not guarded at all."""

    OK = "ok"
    NOTE = "note"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a doctor says."""

    level: Level
    text: str


@dataclass(frozen=True)
class Diagnosis:
    """Everything that a doctor says of one place."""

    place: str
    remarks: tuple[Remark, ...]
    gate: dict[str, Any] | None = None

    @property
    def exit_code(self) -> int:
        """Return 1 where something is not guarded, else 0."""
        return 1 if any(each.level is Level.OPEN for each in self.remarks) else 0

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        remarks = [{"level": each.level.value, "text": each.text} for each in self.remarks]
        return {"place": self.place, "gate": self.gate, "remarks": remarks}


def look_here(environment: dict[str, str] | None = None) -> Diagnosis:
    """Return what the settings of this folder and environment guard. Raises ProblemsError where they cannot be used."""
    said = dict(os.environ) if environment is None else environment
    settings = read_settings(said)
    gate = description(ReleaseJudge(settings))
    return Diagnosis("this folder and environment", (*_of_settings(gate), *_of_variables(said), *_of_files()), gate)


def look_at_server(url: str) -> Diagnosis:
    """Return whether a running server refuses, and what could walk round it. Nothing is changed there.

    Raises InputError where it does not answer, or not to this caller.
    """
    answers = [_probe(url) for _ in range(PROBES)]
    if any(answer is None for answer in answers):
        every = "no gate stands before its registry" if not any(answers) else "some of its workers have no gate"
        remarks: list[Remark] = [Remark(Level.OPEN, f"{every}: start it with --registry-store-uri {SCHEME}…")]
        return Diagnosis(url, (*remarks, *_elsewhere_of_server(url)))
    gate = answers[0]
    assert gate is not None, "all of them answered"
    remarks = [Remark(Level.OK, "a running server refuses what only the gate may write"), *_of_settings(gate)]
    if any(answer != gate for answer in answers):
        remarks.append(Remark(Level.OPEN, "its workers judge by different settings: restart it"))
    registry = ServerRegistry(url)
    remarks += _of_names(registry, _guards(gate))
    return Diagnosis(url, (*remarks, *_elsewhere_of_server(url), *_always()), gate)


def look_at_database(address: str) -> Diagnosis:
    """Return what lies in a registry's database beside what is guarded. Raises ProblemsError where it cannot be read."""
    registry = DatabaseRegistry(address, None)
    settings = read_settings()
    gate = description(ReleaseJudge(settings))
    remarks = list(_of_settings(gate))
    if not address.lower().startswith(SCHEME):
        text = f"a server that is started with this address has no gate: write `{SCHEME}` before it"
        remarks.insert(0, Remark(Level.OPEN, text))
    remarks += _of_names(registry, settings)
    remarks += [
        Remark(Level.NOTE, f"{n} {_ELSEWHERE[table]}") for table, n in registry.counts(*_ELSEWHERE).items() if n
    ]
    return Diagnosis(registry.name, (*remarks, *_always()), gate)


def text_of(found: Diagnosis) -> str:
    """Return a diagnosis as text, one remark a line."""
    return "\n".join([found.place, *(f"  {each.level.value:<4}  {each.text}" for each in found.remarks)]) + "\n"


def _of_settings(gate: dict[str, Any]) -> Iterator[Remark]:
    for said in said_of(gate):
        yield Remark(Level.OK, said)
    if gate["as_of"] is not None:
        yield Remark(Level.OPEN, f"releases are judged as of {gate['as_of']} and not as of today")
    if gate["registration_refused_from"] == "never":
        yield Remark(Level.NOTE, "versions are registered unjudged")
    if gate["decision_log"] is None:
        yield Remark(Level.NOTE, "no decision log: refusals and releases stand in the server's log and in tags alone")


def _of_variables(environment: dict[str, str]) -> Iterator[Remark]:
    for name in _VARIABLES[:2]:
        address = environment.get(name)
        if address and name == _VARIABLES[0]:
            level = Level.OK if address.lower().startswith(SCHEME) else Level.OPEN
            yield Remark(level, f"{name} {'has' if level is Level.OK else 'has no'} `{SCHEME}`")
        elif address and not environment.get(_VARIABLES[0]):
            text = f"{name} is set and {_VARIABLES[0]} is not: a server started so has a registry without a gate"
            yield Remark(Level.OPEN, text)
    for name in _VARIABLES[2:]:
        address = environment.get(name, "")
        if "://" in address and not address.lower().startswith(("http", SCHEME)):
            yield Remark(Level.NOTE, f"{name} opens a database directly: such a client meets no gate")
    if unguarded_registry(environment) is not None:
        yield Remark(Level.OPEN, "this is the environment of a server whose registry has no gate")


def _of_files() -> Iterator[Remark]:
    if settings_file() is not None and os.path.isdir("mlruns"):
        yield Remark(
            Level.NOTE, "a file store `mlruns` lies here: a client without a server writes there and meets no gate"
        )


def _of_names(registry: Registry, settings: Settings) -> list[Remark]:
    """Return which aliases in use nobody guards, and which guarded ones no gate has set."""
    named = registry.named()
    guarded = guarded_by(settings, named)
    others = sorted({each.act for each in named} - {each.act for each in guarded})
    remarks = []
    if others:
        free = ", ".join(others[:10]) + (f" and {len(others) - 10} more" if len(others) > 10 else "")
        remarks.append(Remark(Level.NOTE, f"in use and not guarded: {free}"))
    unreleased = [each for each in guarded if not _was_released(registry, each)]
    for each in unreleased[:10]:
        remarks.append(
            Remark(Level.NOTE, f"{each.act} of {each.model} version {each.version} was set without this gate")
        )
    if len(unreleased) > 10:
        remarks.append(Remark(Level.NOTE, f"and {len(unreleased) - 10} more were set without this gate"))
    remarks.append(
        Remark(Level.OK, f"{len(guarded) - len(unreleased)} of {len(guarded)} guarded names were set through the gate")
    )
    return remarks


def _was_released(registry: Registry, named: Named) -> bool:
    row = registry.version(named)
    return row.is_prompt or released_tag(named.act) in row.tags


def _elsewhere_of_server(url: str) -> Iterator[Remark]:
    """Return what else a server lets out, as far as it has it and this caller may see it."""
    for path, key, table in (
        ("api/3.0/mlflow/gateway/endpoints/list", "endpoints", "endpoints"),
        ("api/3.0/mlflow/mcp-servers", "mcp_servers", "mcp_servers"),
    ):
        status, answer = _get(url, path)
        found = answer.get(key) if isinstance(answer, dict) else None
        if status == 200 and found:
            yield Remark(Level.NOTE, f"{len(found)} {_ELSEWHERE[table]}")


def _always() -> Iterator[Remark]:
    yield Remark(Level.NOTE, "whoever can write to the database, or reads artifacts from their store, meets no gate")
    yield Remark(Level.NOTE, "a version can be loaded by its number, whatever its aliases: guard the deployment itself")


def _guards(gate: dict[str, Any]) -> Settings:
    return Settings(aliases=frozenset(gate["aliases"]), stages=frozenset(gate["stages"]))


def _probe(url: str) -> dict[str, Any] | None:
    """Ask for a tag that only the gate refuses, of a model that does not exist: nothing can come of it either way.

    Return what the gate says of itself, or None where there is none.
    """
    body = {"name": f"aiact-doctor-{uuid.uuid4().hex}", "version": "1", "key": PROBE, "value": "?"}
    status, answer = _send(url, "api/2.0/mlflow/model-versions/set-tag", "POST", body)
    message = str(answer.get("message", "")) if isinstance(answer, dict) else ""
    if said := _ANSWER.search(message):
        found: dict[str, Any] = json.loads(said["json"])
        return found
    if status == 404 and isinstance(answer, dict) and answer.get("error_code") == "RESOURCE_DOES_NOT_EXIST":
        return None
    hint = "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD to those of an administrator"
    raise InputError([Problem(f"the server did not say whether it is guarded ({status})", Place(url), hint)])


def _get(url: str, path: str) -> tuple[int, Any]:
    return _send(url, path, "GET", None)


def _send(url: str, path: str, method: str, body: dict[str, Any] | None) -> tuple[int, Any]:
    """Send a request as the user that MLflow's own variables name. Raises InputError where no server answers."""
    headers = {"Content-Type": "application/json"}
    user, password = os.environ.get("MLFLOW_TRACKING_USERNAME"), os.environ.get("MLFLOW_TRACKING_PASSWORD")
    if token := os.environ.get("MLFLOW_TRACKING_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    elif user and password:
        headers["Authorization"] = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url.rstrip('/')}/{path}", data, headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, _json(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _json(error.read())
    except (OSError, ValueError) as error:
        raise InputError([Problem("no server answers", Place(url), str(error))]) from error


def _json(data: bytes) -> Any:
    try:
        return json.loads(data or b"null")
    except ValueError:
        return None
