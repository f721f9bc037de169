"""Callers: who asks for an act, as far as the server knows."""

from __future__ import annotations

import sys
from typing import Any

BASIC = "mlflow.server.auth:authenticate_request_basic_auth"


def caller() -> str | None:
    """Return the user whom MLflow's own authentication let in, or None where nobody is authenticated.

    A name that a request merely claims, such as one in a header that nothing checks, does not count.
    """
    flask = sys.modules.get("flask")
    auth = sys.modules.get("mlflow.server.auth")
    if flask is None or not flask.has_request_context():
        return None
    known = getattr(flask.g, "mlflow_authenticated_user", None)
    if known is not None:
        return str(known)
    if auth is None or not _is_checked_here(flask.current_app, auth):
        return None
    # Older versions of MLflow keep the user nowhere.
    if getattr(auth.auth_config, "authorization_function", None) == BASIC:
        authorization = flask.request.authorization
    else:
        authorization = auth.authenticate_request()
    name = getattr(authorization, "username", None)
    return str(name) if name else None


def _is_checked_here(app: Any, auth: Any) -> bool:
    """Return whether MLflow's authentication stands before the requests of this application."""
    before = app.before_request_funcs.get(None, ())
    return any(each is auth._before_request for each in before)
