"""Running: the service as a process of its own, until it is told to stop; requests in hand are answered first."""

from __future__ import annotations

import ssl
from typing import Any

from aiact_rules.server.app import application
from aiact_rules.server.logs import configuration
from aiact_rules.server.settings import ServerSettings


def run(settings: ServerSettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises ProblemsError where it cannot judge or record, before it listens."""
    import uvicorn

    # Before uvicorn takes over: what is wrong is then told like everything else that is wrong on the command line.
    app = application(settings)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=configuration(),
        access_log=False,
        proxy_headers=False,  # who is at the other end decides who may ask, and no header may say otherwise
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=settings.stop_seconds,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=64 * 1024,
        **_tls(settings),
    )


def _tls(settings: ServerSettings) -> dict[str, Any]:
    if settings.tls_certificate is None:
        return {}
    found: dict[str, Any] = {
        "ssl_certfile": str(settings.tls_certificate),
        "ssl_keyfile": str(settings.tls_key),
    }
    if settings.tls_client_ca is not None:
        found |= {"ssl_ca_certs": str(settings.tls_client_ca), "ssl_cert_reqs": ssl.CERT_REQUIRED}
    return found
