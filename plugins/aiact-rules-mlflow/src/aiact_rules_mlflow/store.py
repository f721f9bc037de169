"""The store: MLflow's SQL model registry, with a gate before the three acts that release a model.

It subclasses a store that MLflow does not document as public, so the tests run it in a real server.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlparse

import mlflow.environment_variables as mlflow_environment
from aiact_rules import Decision, InputError
from aiact_rules.core.problems import ProblemsError
from mlflow.entities.model_registry import ModelVersionTag
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import (
    INVALID_PARAMETER_VALUE,
    PERMISSION_DENIED,
    RESOURCE_DOES_NOT_EXIST,
    ErrorCode,
)
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from aiact_rules_mlflow.judging import ModelVersion, ReleaseJudge, reasons
from aiact_rules_mlflow.names import PLAIN_ALIAS, folded, is_plain_alias
from aiact_rules_mlflow.settings import read_settings
from aiact_rules_mlflow.tags import decision_tags, is_look_alike, is_own, is_reserved, undecided_tags

SCHEME = "aiact-"
PROMPT_SOURCES = ("prompt-template", "dummy-source")
"""What stands for a location in the version of a prompt. A prompt is text, so nothing lies there."""

PROMPT_MARK = "mlflow.prompt.is_prompt"
MOST_COLLISIONS = 3
_NO_SUCH_ALIAS = tuple(ErrorCode.Name(code) for code in (INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST))

_log = logging.getLogger(__name__)


class GateMixin:
    """Guards registration, aliases and stages; every client of the server meets it, since all of them end here."""

    judge: ReleaseJudge
    _writing: threading.Lock

    def create_model_version(
        self, name: str, source: str, run_id: str | None = None, tags: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Register a version unless its verdict is at or above `AIACT_MLFLOW_REGISTRATION`."""
        for tag in tags or []:
            _refuse_look_alike(tag.key)
        given = [tag for tag in tags or [] if not is_reserved(tag.key)]
        threshold = self.judge.settings.registration
        store: Any = super()
        model = store.get_registered_model(name)
        if threshold is not None and not _is_prompt(model, source):
            decision = self._decided(
                f"registration of `{model.name}`",
                lambda: ModelVersion(
                    model.name,
                    None,
                    {tag.key: tag.value for tag in given},
                    self._location(source),
                    _descriptions(model, kwargs.get("description")),
                    dict(model.tags),
                ),
            )
            if decision.effective_verdict.severity >= threshold.severity:
                raise _refusal(f"registration of `{model.name}` is refused: {reasons(decision)}")
            written = decision_tags(decision).items()
            given += [ModelVersionTag(key, value) for key, value in written if value is not None]
        return store.create_model_version(model.name, source, run_id, given, *args, **kwargs)

    def set_registered_model_alias(self, name: str, alias: str, version: Any) -> Any:
        """Set an alias; a guarded one, by whatever spelling the database takes for it, only for what may be released."""
        settings = self.judge.settings
        if settings.aliases and not is_plain_alias(alias):
            raise MlflowException(f"the alias `{alias}` is refused: {PLAIN_ALIAS}", error_code=INVALID_PARAMETER_VALUE)
        store: Any = super()
        if settings.guards_alias(alias):
            name = self._guard(f"alias `{alias}`", name, version)
            return store.set_registered_model_alias(name, alias, version)
        before = self._guarded_aliases(name)
        store.set_registered_model_alias(name, alias, version)
        for guarded, now in self._guarded_aliases(name).items():
            earlier = before.get(guarded)
            if now == earlier or now != int(version):
                continue
            # The database took one alias for the other, so that the guarded one has moved without a decision.
            store.delete_registered_model_alias(name, guarded)
            if earlier is not None:
                store.set_registered_model_alias(name, guarded, earlier)
            raise _refusal(f"alias `{alias}` is refused: to this database it is `{guarded}`, which is guarded")

    def transition_model_version_stage(
        self, name: str, version: Any, stage: str, archive_existing_versions: bool
    ) -> Any:
        """Move a version to a stage; to a guarded one only where it may be released."""
        if self.judge.settings.guards_stage(stage):
            name = self._guard(f"stage `{stage}`", name, version)
        store: Any = super()
        return store.transition_model_version_stage(name, version, stage, archive_existing_versions)

    def set_model_version_tag(self, name: str, version: Any, tag: Any) -> Any:
        """Set a tag, but none of those in which the gate writes its decisions, and none that looks like them."""
        _refuse_reserved(tag.key)
        _refuse_look_alike(tag.key)
        store: Any = super()
        if is_own(tag.key):
            # Under another spelling of the name, some databases would keep the fact where it is not read.
            name = store.get_registered_model(name).name
        return store.set_model_version_tag(name, version, tag)

    def delete_model_version_tag(self, name: str, version: Any, key: str) -> Any:
        """Delete a tag, but none of those in which the gate writes its decisions."""
        _refuse_reserved(key)
        store: Any = super()
        # A tag that is no more than a look-alike may go, where it is really there and not found for another.
        if is_look_alike(key) and key not in store.get_model_version(name, version).tags:
            _refuse_look_alike(key)
        return store.delete_model_version_tag(name, version, key)

    def create_registered_model(self, name: str, tags: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Create an entry for a model or a prompt, without tags that would look like a decision or a fact."""
        for tag in tags or []:
            _refuse_own(tag.key)
        store: Any = super()
        return store.create_registered_model(name, tags, *args, **kwargs)

    def set_registered_model_tag(self, name: str, tag: Any) -> Any:
        """Set a tag of a model: facts and decisions belong to its versions, and a prompt is one from the beginning."""
        _refuse_own(tag.key)
        _refuse_mark(tag.key)
        store: Any = super()
        return store.set_registered_model_tag(name, tag)

    def delete_registered_model_tag(self, name: str, key: str) -> Any:
        """Delete a tag of a model, but not the mark of a prompt, which is one until its end."""
        _refuse_mark(key)
        store: Any = super()
        return store.delete_registered_model_tag(name, key)

    def _guard(self, act: str, name: str, version: Any) -> str:
        """Judge a registered version, write the decision into its tags, and refuse where it must not be released.

        Return the name of the model as it was registered, which a database may find by another spelling.
        """
        store: Any = self
        found, model = store.get_model_version(name, version), store.get_registered_model(name)
        if _is_prompt(model, found.source):
            return str(model.name)
        what = f"{act} for `{model.name}` version {found.version}"

        def version_found() -> ModelVersion:
            location = store.get_model_version_download_uri(model.name, found.version)
            texts = _descriptions(model, found.description)
            tags = dict(found.tags)
            return ModelVersion(model.name, str(found.version), tags, location, texts, dict(model.tags))

        try:
            decision = self._decided(what, version_found)
        except MlflowException:
            self._write(model.name, found.version, undecided_tags(datetime.now(UTC)))
            raise
        self._write(model.name, found.version, decision_tags(decision))
        if not decision.passes:
            raise _refusal(f"{what} is refused: {reasons(decision)}")
        return str(model.name)

    def _guarded_aliases(self, name: str) -> dict[str, int]:
        """Return the versions to which the guarded aliases of a model lead, as the database finds them."""
        store: Any = self
        found = {}
        for alias in self.judge.settings.aliases:
            try:
                found[alias] = int(store.get_model_version_by_alias(name, alias).version)
            except MlflowException as error:
                if error.error_code not in _NO_SUCH_ALIAS:
                    raise
        return found

    def _decided(self, what: str, version: Callable[[], ModelVersion]) -> Decision:
        """Judge, or refuse: whatever goes wrong, nothing is released."""
        try:
            return self.judge.judge(version())
        except InputError as error:
            raise _refusal(f"{what} is refused, since what is stated cannot be used:\n{error}") from error
        except ProblemsError as error:
            _log.exception("%s could not be judged", what)
            raise _refusal(f"{what} is refused, since it could not be judged:\n{error}") from error
        except Exception as error:
            _log.exception("%s could not be judged", what)
            kind = type(error).__name__
            raise _refusal(
                f"{what} is refused, since it could not be judged ({kind}); the server's log says more"
            ) from error

    def _write(self, name: str, version: Any, tags: Mapping[str, str | None]) -> None:
        """Write tags, and remove those that have no value."""
        store: Any = super()
        # Two writes of one tag at the same moment would collide in the database.
        with self._writing:
            for key, value in tags.items():
                if value is None:
                    _again_after_collision(store.delete_model_version_tag, name, version, key)
                else:
                    _again_after_collision(store.set_model_version_tag, name, version, ModelVersionTag(key, value))

    def _location(self, source: str) -> str:
        """Return where the artifacts of a version to be registered lie, as the store itself will find it."""
        if urlparse(source).scheme != "models":
            return source
        from mlflow import MlflowClient
        from mlflow.store.artifact.utils.models import _parse_model_uri

        parsed = _parse_model_uri(source)
        if parsed.model_id is not None:
            return str(MlflowClient().get_logged_model(parsed.model_id).artifact_location)
        store: Any = self
        return str(store.get_model_version_download_uri(parsed.name, parsed.version))


def build_store(store_uri: str) -> Any:
    """Open the registry at `aiact-sqlite:///...` and the like, with the gate before it.

    Raises MlflowException where the settings or the packs cannot be used: then the server does not start.
    """
    scheme, separator, rest = store_uri.partition(":")
    store = _store_class()(scheme.lower().removeprefix(SCHEME) + separator + rest)
    try:
        settings = read_settings()
        store.judge = ReleaseJudge(settings)
    except ProblemsError as error:
        raise MlflowException(f"the gate cannot be set up:\n{error}", error_code=INVALID_PARAMETER_VALUE) from error
    store._writing = threading.Lock()
    if settings.as_of is not None:
        _log.warning("releases are judged as of %s and not as of today", settings.as_of)
    return store


@cache
def _store_class() -> Any:
    """Return the gated store, of the kind that knows workspaces where the server has them."""
    base: Any = SqlAlchemyStore
    enabled = getattr(mlflow_environment, "MLFLOW_ENABLE_WORKSPACES", None)
    if enabled is not None and enabled.get():
        from mlflow.store.model_registry.sqlalchemy_workspace_store import WorkspaceAwareSqlAlchemyStore

        base = WorkspaceAwareSqlAlchemyStore
    return type("GatedStore", (GateMixin, base), {"__doc__": "The SQL registry with a gate before releases."})


def _is_prompt(model: Any, source: str | None) -> bool:
    """Return whether a version is a prompt's: of an entry created as one, and with nothing where a model would lie."""
    return source in PROMPT_SOURCES and bool(model._is_prompt())


def _descriptions(model: Any, own: str | None) -> dict[str, str]:
    """Return what people wrote about a version and its model."""
    texts = {"description of the version": own, "description of the model": model.description}
    return {place: text for place, text in texts.items() if text}


def _again_after_collision(act: Callable[..., None], *args: Any) -> None:
    """Write once more where another worker wrote the same tag at the same moment: now it is there to be changed."""
    for _ in range(MOST_COLLISIONS):
        try:
            return act(*args)
        except MlflowException as error:
            if not isinstance(error.__cause__, (IntegrityError, StaleDataError)):
                raise
    return act(*args)


def _refuse_reserved(key: str) -> None:
    if is_reserved(key):
        raise _refusal(f"the tag `{key}` is written by the gate alone")


def _refuse_look_alike(key: str) -> None:
    if is_look_alike(key):
        raise _refusal(f"the tag `{key}` is refused: it could be taken for one that the gate reads or writes")


def _refuse_own(key: str) -> None:
    if is_own(key):
        raise _refusal(f"the tag `{key}` is refused for a model: facts and decisions belong to its versions")


def _refuse_mark(key: str) -> None:
    if folded(key) == PROMPT_MARK:
        raise _refusal(f"the tag `{key}` is refused: an entry is a prompt from its creation or never")


def _refusal(message: str) -> MlflowException:
    return MlflowException(message, error_code=PERMISSION_DENIED)
