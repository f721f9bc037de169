"""Opening: what MLflow loads when it looks for stores, in every process of every server and client.

So it imports next to nothing, and it is the one place from which a server can be told that its registry has no gate.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any, NoReturn

SCHEME = "aiact-"
BACKEND = "_MLFLOW_SERVER_FILE_STORE"
REGISTRY = "_MLFLOW_SERVER_REGISTRY_STORE"
"""What `mlflow server` tells its workers in the environment."""
_TOLD = "_AIACT_MLFLOW_TOLD"

_log = logging.getLogger("aiact_rules_mlflow")


def build_store(store_uri: str) -> Any:
    """Open the registry at `aiact-sqlite:///...` and the like, with the gate before it. Raises MlflowException as the store does."""
    from aiact_rules_mlflow.store import build_store as build

    return build(store_uri)


def refuse_tracking_store(store_uri: str, artifact_uri: str | None = None) -> NoReturn:  # noqa: ARG001 (MLflow gives both)
    """Raise MlflowException that says where the prefix belongs: runs and experiments have no gate."""
    from mlflow.exceptions import MlflowException
    from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE

    scheme = store_uri.partition(":")[0]
    plain = scheme.lower().removeprefix(SCHEME)
    raise MlflowException(
        f"`{scheme}` is no store for runs: write --backend-store-uri {plain}:… as ever, and beside it "
        f"--registry-store-uri {SCHEME}{plain}:… with the same address",
        error_code=INVALID_PARAMETER_VALUE,
    )


def unguarded_registry(environment: Mapping[str, str]) -> str | None:
    """Return the address of the registry that this server uses without a gate; None where it has one, or is no server."""
    found = environment.get(REGISTRY) or environment.get(BACKEND) or _asked_on_the_command_line()
    return None if found is None or found.lower().startswith(SCHEME) else found


def _asked_on_the_command_line() -> str | None:
    """Return the registry of the `mlflow server` command that is running, before it starts its workers."""
    import click

    context = click.get_current_context(silent=True)
    if context is None or context.info_name not in ("server", "ui"):
        return None
    asked = context.params.get("registry_store_uri") or context.params.get("backend_store_uri")
    return str(asked) if asked else "the default store"


def warn_where_unguarded() -> None:
    """Write a warning to the log of a server whose registry has no gate, once for all its workers."""
    if os.environ.get(_TOLD):
        return
    found = unguarded_registry(os.environ)
    if found is None:
        return
    os.environ[_TOLD] = "1"
    _log.warning(
        "aiact-rules-mlflow is installed, but no gate stands before the registry %s: nothing is refused. "
        "Start the server with --registry-store-uri and `%s` before the address; `aiact-rules-mlflow doctor` says more",
        _without_password(found),
        SCHEME,
    )


def _without_password(uri: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(uri)
    if parts.password is None:
        return uri.partition("?")[0]
    return uri.partition("?")[0].replace(f":{parts.password}@", ":***@", 1)


warn_where_unguarded()
