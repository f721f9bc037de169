"""Rows: a version as the registry holds it, and tags written to it in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy
from mlflow.entities.model_registry.model_version_stages import STAGE_DELETED_INTERNAL
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST
from mlflow.store.model_registry.dbmodels.models import (
    SqlModelVersion,
    SqlModelVersionTag,
    SqlRegisteredModel,
    SqlRegisteredModelAlias,
    SqlRegisteredModelTag,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite

PROMPT_MARK = "mlflow.prompt.is_prompt"
PROMPT_SOURCES = ("prompt-template", "dummy-source")
"""What stands for a location in the version of a prompt. A prompt is text, so nothing lies there."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version and its model. `name` is the model's as it was registered, however it was asked for."""

    name: str
    version: int
    source: str | None
    location: str | None
    tags: Mapping[str, str]
    description: str | None
    model_tags: Mapping[str, str]
    model_description: str | None

    @property
    def is_prompt(self) -> bool:
        """Return whether it is a prompt's: of an entry created as one, and with nothing where a model would lie."""
        return self.source in PROMPT_SOURCES and self.model_tags.get(PROMPT_MARK, "false").lower() == "true"


def read_version(store: Any, session: Any, name: str, version: Any) -> VersionRow:
    """Return a version that was not deleted. Raises as MLflow does where there is none."""
    asked = _named(store, name, version)
    found = None if asked is None else session.execute(_version(), asked).one_or_none()
    if asked is None or found is None:
        store.get_model_version(name, version)  # which says what is wrong with the name or the number
        raise MlflowException(f"version {version} of `{name}` was there a moment ago", RESOURCE_DOES_NOT_EXIST)
    whose = {**asked, "name": found.name}
    tags: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for of_model, key, value in session.execute(_tags(), whose):
        tags[of_model][key] = value
    return VersionRow(
        name=found.name,
        version=int(found.version),
        source=found.source,
        location=found.storage_location or found.source,
        tags=tags[False],
        description=found.description,
        model_tags=tags[True],
        model_description=found.model_description,
    )


def _named(store: Any, name: str, version: Any) -> dict[str, Any] | None:
    """Return the values by which a version is found, or None where what is asked for can name none."""
    try:
        return {"name": name, "version": int(version), **_workspace(store, SqlModelVersion)}
    except (TypeError, ValueError):
        return None


@cache
def _version() -> Any:
    """Return the statement that finds a version and its model."""
    version, model = SqlModelVersion.__table__, SqlRegisteredModel.__table__
    same = [version.c.name == model.c.name]
    same += [version.c.workspace == model.c.workspace] if "workspace" in model.c else []
    columns = (version.c.version, version.c.source, version.c.storage_location, version.c.description)
    chosen = sqlalchemy.select(model.c.name, *columns, model.c.description.label("model_description"))
    chosen = chosen.select_from(version.join(model, sqlalchemy.and_(*same)))
    there = version.c.current_stage != STAGE_DELETED_INTERNAL
    return chosen.where(*_asked_for(version, "name", "version"), there)


@cache
def _tags() -> Any:
    """Return the statement that finds the tags of a version, and those of its model, which it marks."""
    version, model = SqlModelVersionTag.__table__, SqlRegisteredModelTag.__table__
    no: Any = sqlalchemy.literal_column("0").label("of_model")
    yes: Any = sqlalchemy.literal_column("1").label("of_model")
    of_version = sqlalchemy.select(no, version.c.key, version.c.value).where(*_asked_for(version, "name", "version"))
    of_model = sqlalchemy.select(yes, model.c.key, model.c.value).where(*_asked_for(model, "name"))
    return sqlalchemy.union_all(of_version, of_model)


def _asked_for(table: Any, *columns: str) -> list[Any]:
    """Return that columns are what is asked for, the workspace among them where this MLflow keeps one."""
    every = (*columns, "workspace") if "workspace" in table.c else columns
    return [table.c[each] == sqlalchemy.bindparam(each) for each in every]


def write_tags(store: Any, session: Any, row: VersionRow, tags: Mapping[str, str | None]) -> None:
    """Set tags of a version, and remove those that have no value."""
    whose = {"name": row.name, "version": row.version, **_workspace(store, SqlModelVersionTag)}
    gone = [key for key, value in tags.items() if value is None]
    # In one order, so that two workers wait for each other and do not lock each other out.
    kept = [{**whose, "key": key, "value": value} for key, value in sorted(tags.items()) if value is not None]
    if gone:
        table = SqlModelVersionTag.__table__
        of_this = [table.c[column] == value for column, value in whose.items()]
        session.execute(table.delete().where(*of_this, table.c.key.in_(gone)))
    upsert = _upsert(session.get_bind().dialect.name)
    if upsert is not None:
        session.execute(upsert, kept)
        return
    for values in kept:
        session.merge(SqlModelVersionTag(**values))
    session.flush()


@cache
def _upsert(dialect: str) -> Any | None:
    """Return the statement that sets a tag whether or not it is there, or None where this dialect has none."""
    table = SqlModelVersionTag.__table__
    if dialect in ("mysql", "mariadb"):
        added = mysql.insert(table)
        return added.on_duplicate_key_update(value=added.inserted.value)
    if dialect not in ("postgresql", "sqlite"):
        return None
    insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    keys = list(table.primary_key.columns)
    return insert.on_conflict_do_update(index_elements=keys, set_={"value": insert.excluded.value})


def read_aliases(store: Any, session: Any, name: str, aliases: Iterable[str]) -> dict[str, int]:
    """Return to which version each of these aliases of a model leads, found as the database itself compares names."""
    table = SqlRegisteredModelAlias.__table__
    workspace = _workspace(store, SqlRegisteredModelAlias)
    whose = [table.c.name == name, *(table.c[column] == value for column, value in workspace.items())]
    every = sorted(aliases)
    asked = [
        sqlalchemy.select(sqlalchemy.literal(number).label("number"), table.c.version).where(
            *whose, table.c.alias == each
        )
        for number, each in enumerate(every)
    ]
    found = session.execute(sqlalchemy.union_all(*asked)) if asked else ()
    return {every[number]: int(version) for number, version in found}


def all_aliases(session: Any) -> list[tuple[str | None, str, str, int]]:
    """Return the workspace (None: this registry knows none), model, alias and version of every alias."""
    table = SqlRegisteredModelAlias.__table__
    return _named_in(session, table, table.c.alias)


def all_stages(session: Any) -> list[tuple[str | None, str, str, int]]:
    """Return the workspace (None: this registry knows none), model, stage and version of every version in a stage."""
    table = SqlModelVersion.__table__
    return _named_in(
        session, table, table.c.current_stage, table.c.current_stage.not_in(["None", STAGE_DELETED_INTERNAL])
    )


def _named_in(session: Any, table: Any, name: Any, *where: Any) -> list[tuple[str | None, str, str, int]]:
    workspace = table.c.workspace if "workspace" in table.c else sqlalchemy.null()
    chosen = sqlalchemy.select(workspace, table.c.name, name, table.c.version).where(*where)
    rows = session.execute(chosen.order_by(table.c.name, name, table.c.version))
    return [(each[0], each[1], each[2], int(each[3])) for each in rows if each[2]]


def _workspace(store: Any, model: Any) -> dict[str, Any]:
    """Return the workspace of this request as a column, where this MLflow keeps one."""
    return {"workspace": store._get_active_workspace()} if "workspace" in model.__table__.c else {}
