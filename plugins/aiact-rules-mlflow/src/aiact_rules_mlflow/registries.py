"""Registries from outside: what a registry holds, read from its database or through its server, for those who look back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import sqlalchemy
from aiact_rules import InputError
from aiact_rules.core.problems import Place, Problem
from sqlalchemy.orm import Session

from aiact_rules_mlflow.artifacts import RepositoryOf, repository_of_server
from aiact_rules_mlflow.journal import without_password
from aiact_rules_mlflow.opening import SCHEME
from aiact_rules_mlflow.rows import VersionRow, all_aliases, all_stages, read_version
from aiact_rules_mlflow.settings import Settings

_DESTINATION = "_MLFLOW_SERVER_ARTIFACT_DESTINATION"
_SERVED = "_MLFLOW_SERVER_SERVE_ARTIFACTS"
USUAL_DESTINATION = "mlartifacts"
_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class Named:
    """An alias or a stage, and the version it leads to. `workspace` is None where the registry knows none."""

    act: str
    model: str
    version: int
    workspace: str | None = None


class Registry(Protocol):
    """What a registry is asked from outside."""

    name: str
    repository_of: RepositoryOf

    def named(self) -> tuple[Named, ...]:
        """Return every alias and every stage in use, prompts among them."""

    def version(self, named: Named) -> VersionRow:
        """Return a version with its tags."""


def open_registry(address: str, artifacts: str | None) -> Registry:
    """Return the registry behind the address of a server or of a database, with `aiact-` before it or without.

    `artifacts` is where the server keeps what it serves, if it is not in its own folder. Raises InputError where there is none.
    """
    if urlsplit(address).scheme.lower() in ("http", "https"):
        return ServerRegistry(address)
    return DatabaseRegistry(address, artifacts)


def guarded_by(settings: Settings, named: Iterable[Named]) -> tuple[Named, ...]:
    """Return those aliases and stages that the gate guards."""
    guards: dict[str, Callable[[str], bool]] = {"alias": settings.guards_alias, "stage": settings.guards_stage}
    return tuple(each for each in named if guards[each.act.partition(" ")[0]](each.act.partition(" ")[2]))


class DatabaseRegistry:
    """A registry in its database. Nothing is made or changed there, save by `writing`."""

    def __init__(self, address: str, artifacts: str | None) -> None:
        """Raises InputError where there is no registry."""
        scheme, separator, rest = address.partition(":")
        uri = scheme.lower().removeprefix(SCHEME) + separator + rest
        self.name = without_password(address)
        self._workspace: str | None = None
        try:
            url = sqlalchemy.engine.make_url(uri)
            if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
                raise InputError([Problem("there is no such database", Place(self.name))])
            self.engine = sqlalchemy.create_engine(uri)
            self.tables = frozenset(sqlalchemy.inspect(self.engine).get_table_names())
        except (sqlalchemy.exc.SQLAlchemyError, ImportError, ValueError) as error:
            raise InputError([Problem("this registry cannot be opened", Place(self.name), _line(error))]) from error
        if "model_versions" not in self.tables:
            raise InputError([Problem("there is no model registry here", Place(self.name), "name its database")])
        self.repository_of: RepositoryOf = repository_of_server
        self._serve(artifacts)

    def _serve(self, artifacts: str | None) -> None:
        """Let artifacts that the server serves be found where it keeps them."""
        if artifacts is None and Path(USUAL_DESTINATION).is_dir():
            artifacts = USUAL_DESTINATION
        if artifacts is None:
            self.repository_of = _nowhere
            return
        if "://" not in artifacts and not Path(artifacts).is_dir():
            raise InputError([Problem("there is no such folder", Place("--artifacts-destination"), artifacts)])
        os.environ[_DESTINATION], os.environ[_SERVED] = artifacts, "true"

    def named(self) -> tuple[Named, ...]:
        """Return every alias and every stage in use."""
        with Session(self.engine) as session:
            found = [Named(f"alias {a}", model, v, w) for w, model, a, v in all_aliases(session)]
            found += [Named(f"stage {s}", model, v, w) for w, model, s, v in all_stages(session)]
        return tuple(found)

    def version(self, named: Named) -> VersionRow:
        """Return a version with its tags."""
        with self._in(named.workspace), Session(self.engine) as session:
            return read_version(self, session, named.model, named.version)

    @contextmanager
    def writing(self, named: Named) -> Iterator[Session]:
        """Return a session in which everything is written at the end of the block, or nothing."""
        with self._in(named.workspace), Session(self.engine) as session, session.begin():
            yield session

    def counts(self, *tables: str) -> dict[str, int]:
        """Return how many rows there are in those of these tables that exist."""
        with self.engine.connect() as connection:
            return {
                table: int(
                    connection.execute(
                        sqlalchemy.select(sqlalchemy.func.count()).select_from(_table(table))
                    ).scalar_one()
                )
                for table in tables
                if table in self.tables
            }

    @contextmanager
    def _in(self, workspace: str | None) -> Iterator[None]:
        self._workspace = workspace
        yield

    def _get_active_workspace(self) -> str:
        return self._workspace or "default"

    def get_model_version(self, name: str, version: Any) -> None:
        """Raise InputError: the version that was asked for is not there."""
        raise InputError([Problem(f"there is no version {version} of `{name}`", Place(self.name))])


class ServerRegistry:
    """A registry through its server, with MLflow's own client: its environment variables hold who asks."""

    def __init__(self, url: str) -> None:
        """Raises InputError where no server answers."""
        import mlflow

        self.name, self._url = without_password(url), url
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
        self._client = mlflow.MlflowClient(url, url)
        self.repository_of: RepositoryOf = self._repository_of
        self._asked("reached", lambda: self._client.search_registered_models(max_results=1))

    def named(self) -> tuple[Named, ...]:
        """Return every alias and every stage in use."""
        found: list[Named] = []
        for model in self._every(self._client.search_registered_models):
            found += [Named(f"alias {alias}", model.name, int(v)) for alias, v in model.aliases.items()]
        found += [
            Named(f"stage {each.current_stage}", each.name, int(each.version))
            for each in self._every(self._client.search_model_versions)
            if each.current_stage not in (None, "", "None")
        ]
        return tuple(found)

    def _every(self, search: Callable[..., Any]) -> Iterator[Any]:
        token: str | None = None
        while True:
            asked = partial(search, max_results=_PER_PAGE, page_token=token)
            page = self._asked("read", asked)
            yield from page
            token = page.token
            if not token:
                return

    def version(self, named: Named) -> VersionRow:
        """Return a version with its tags."""
        number = str(named.version)
        found = self._asked("read", lambda: self._client.get_model_version(named.model, number))
        model = self._asked("read", lambda: self._client.get_registered_model(named.model))
        location = self._asked("read", lambda: self._client.get_model_version_download_uri(named.model, number))
        return VersionRow(
            model.name,
            int(found.version),
            found.source,
            location,
            dict(found.tags),
            found.description,
            dict(model.tags),
            model.description,
        )

    def _repository_of(self, uri: str) -> tuple[Any, str]:
        """Return the repository of a URI as any client of this server finds it."""
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        return get_artifact_repository(uri, tracking_uri=self._url), ""

    def _asked(self, what: str, ask: Callable[[], Any]) -> Any:
        from mlflow.exceptions import MlflowException

        try:
            return ask()
        except (MlflowException, OSError) as error:
            raise InputError([Problem(f"this registry cannot be {what}", Place(self.name), _line(error))]) from error


def _nowhere(uri: str) -> tuple[Any, str]:
    """Return the repository of a URI that leads there by itself. Raises InputError for artifacts of a server."""
    if urlsplit(uri).scheme.lower() in ("http", "https", "mlflow-artifacts"):
        hint = "say --artifacts-destination as for `mlflow server`, or run this in the server's folder"
        raise InputError([Problem("these artifacts are served by a server", Place(uri), hint)])
    return repository_of_server(uri)


def _table(name: str) -> Any:
    return sqlalchemy.table(name)


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
