"""`aiact-rules serve`: the gate as a service, in the dialects that platforms speak."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import click

from aiact_rules.core.problems import InputError, Place, Problem

Command = TypeVar("Command", bound=Callable[..., Any])
_NEEDED = ("fastapi", "uvicorn")


def _own(*names: str, **given: Any) -> Callable[[Command], Command]:
    # The service has variables of its own, which a server under gunicorn reads too.
    return click.option(*names, default=None, allow_from_autoenv=False, **given)


@click.command("serve")
@_own("--host", metavar="ADDRESS", help="Address to listen on (default: 127.0.0.1).")
@_own("--port", type=int, help="Port to listen on (default: 8080).")
@_own("--db", metavar="ADDRESS", help="Decision log: a path, sqlite:///PATH or postgresql://...")
@_own("--tokens", type=click.Path(path_type=Path), help="File with the tokens of callers and what each may do.")
@_own("--organisation", type=click.Path(path_type=Path), help="The aiact.toml that counts for every release.")
@_own(
    "--settings", "file", type=click.Path(path_type=Path), help="File with settings (default: aiact-server.toml here)."
)
@click.option("--check", is_flag=True, allow_from_autoenv=False, help="Print the settings with their origin, and stop.")
def command(file: Path | None, check: bool, **flags: object) -> None:
    """Answer over HTTP whether releases may go ahead, until it is told to stop.

    Settings come from flags, else from variables AIACT_SERVER_..., else from aiact-server.toml. An address that others can
    reach needs tokens. SIGHUP reads the packs again; SIGTERM answers what is in hand, and stops.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        names = " and ".join(f"`{name}`" for name in missing)
        problem = f"the service needs {names}, which {'is' if len(missing) == 1 else 'are'} not installed"
        raise InputError([Problem(problem, hint="pip install 'aiact-rules[server]'")])
    from aiact_rules.server.settings import (
        read_settings,
        without_password,
    )  # needs nothing further, but no other command does either

    told = read_settings(flags, file=file)
    if not check:
        from aiact_rules.server.running import run

        run(told.settings)
        return
    for line in told.lines():
        click.echo(line)
    from aiact_rules.server.app import application
    from aiact_rules.server.records import Unrecorded

    try:
        application(told.settings).state.service.records.check()
    except Unrecorded as error:
        place = Place(told.origins["db"])
        raise InputError(
            [Problem("nothing can be recorded at present", place, without_password(str(error)))]
        ) from error
    click.echo("these settings can be used")
