"""Running: the service as a process of its own, until it is told to stop; requests in hand are answered first."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from typing import Any

from aiact_rules.core.problems import InputError, Problem
from aiact_rules.server.app import application
from aiact_rules.server.logs import configuration
from aiact_rules.server.settings import ServerSettings


def run(settings: ServerSettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises ProblemsError, before it listens, where it cannot judge or may not listen there."""
    import uvicorn

    _try_to_listen(settings.host, settings.port)
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


def _try_to_listen(host: str, port: int) -> None:
    """Raise InputError where nothing can listen at an address: uvicorn would say so in its log, and end the process."""
    failed: list[OSError] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, address in found:
            try:
                with socket.socket(family, kind, protocol) as tried:
                    if os.name == "posix":  # as asyncio does; elsewhere it would let two servers share a port
                        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    if family == socket.AF_INET6:
                        tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                    tried.bind(address)
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    raise
                failed.append(error)  # such as a name with an IPv6 address where there is no IPv6
        if len(failed) == len(found):
            raise failed[0]
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        hint = "choose another address with --host and --port, or stop what listens there"
        raise InputError([Problem(f"the service cannot listen on {host}, port {port}: {why}", hint=hint)]) from error


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
