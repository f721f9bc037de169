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
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, ProblemsError
from aiact_rules.core.statuses import Verdict
from mlflow.entities.model_registry import ModelVersionTag
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, PERMISSION_DENIED
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

from aiact_rules_mlflow.judging import ModelVersion, ReleaseJudge, reasons
from aiact_rules_mlflow.settings import read_settings
from aiact_rules_mlflow.tags import decision_tags, is_reserved, undecided_tags

SCHEME = "aiact-"
PROMPT_SOURCES = ("prompt-template", "dummy-source")
"""What stands for a location in the version of a prompt. A prompt is text, so nothing lies there."""

_log = logging.getLogger(__name__)


class GateMixin:
    """Guards registration, aliases and stages; every client of the server meets it, since all of them end here."""

    judge: ReleaseJudge
    _writing: threading.Lock

    def create_model_version(
        self, name: str, source: str, run_id: str | None = None, tags: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Register a version unless its verdict is at or above `AIACT_MLFLOW_REGISTRATION`."""
        given = [tag for tag in tags or [] if not is_reserved(tag.key)]
        threshold = self.judge.settings.registration
        store: Any = super()
        if threshold is not None and not self._is_prompt(name, source):
            decision = self._decided(
                f"registration of `{name}`",
                lambda: ModelVersion(
                    name,
                    None,
                    {tag.key: tag.value for tag in given},
                    self._location(source),
                    self._descriptions(name, kwargs.get("description")),
                ),
            )
            self._enforce(f"registration of `{name}`", decision, threshold)
            given += [ModelVersionTag(key, value) for key, value in decision_tags(decision).items()]
        return store.create_model_version(name, source, run_id, given, *args, **kwargs)

    def set_registered_model_alias(self, name: str, alias: str, version: Any) -> Any:
        """Set an alias; a guarded one only where the version may be released."""
        if self.judge.settings.guards_alias(alias):
            self._guard(f"alias `{alias}`", name, version)
        store: Any = super()
        return store.set_registered_model_alias(name, alias, version)

    def transition_model_version_stage(
        self, name: str, version: Any, stage: str, archive_existing_versions: bool
    ) -> Any:
        """Move a version to a stage; to a guarded one only where it may be released."""
        if self.judge.settings.guards_stage(stage):
            self._guard(f"stage `{stage}`", name, version)
        store: Any = super()
        return store.transition_model_version_stage(name, version, stage, archive_existing_versions)

    def set_model_version_tag(self, name: str, version: Any, tag: Any) -> Any:
        """Set a tag, but none of those in which the gate writes its decisions."""
        _refuse_reserved(tag.key)
        store: Any = super()
        return store.set_model_version_tag(name, version, tag)

    def delete_model_version_tag(self, name: str, version: Any, key: str) -> Any:
        """Delete a tag, but none of those in which the gate writes its decisions."""
        _refuse_reserved(key)
        store: Any = super()
        return store.delete_model_version_tag(name, version, key)

    def _guard(self, act: str, name: str, version: Any) -> None:
        """Judge a registered version, write the decision into its tags, and refuse where it must not be released."""
        store: Any = self
        found = store.get_model_version(name, version)
        if self._is_prompt(name, found.source):
            return
        what = f"{act} for `{name}` version {found.version}"

        def version_found() -> ModelVersion:
            location = store.get_model_version_download_uri(name, found.version)
            texts = self._descriptions(name, found.description)
            return ModelVersion(name, str(found.version), dict(found.tags), location, texts)

        try:
            decision = self._decided(what, version_found)
        except MlflowException:
            self._write(name, found.version, undecided_tags(datetime.now(UTC)))
            raise
        self._write(name, found.version, decision_tags(decision))
        self._enforce(what, decision, self.judge.settings.fail_on)

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

    def _enforce(self, what: str, decision: Decision, threshold: Verdict) -> None:
        if decision.verdict.severity >= threshold.severity:
            raise _refusal(f"{what} is refused: {reasons(decision)}")

    def _write(self, name: str, version: Any, tags: Mapping[str, str | None]) -> None:
        """Write tags, and remove those that have no value."""
        store: Any = super()
        # Two writes of one tag at the same moment would collide in the database.
        with self._writing:
            for key, value in tags.items():
                if value is None:
                    store.delete_model_version_tag(name, version, key)
                else:
                    store.set_model_version_tag(name, version, ModelVersionTag(key, value))

    def _is_prompt(self, name: str, source: str | None) -> bool:
        """Say whether a version is a prompt's: named so, and with nothing where a model would lie.

        The mark alone is a tag that every client may set and remove, so it frees nobody.
        """
        store: Any = self
        return source in PROMPT_SOURCES and bool(store.get_registered_model(name)._is_prompt())

    def _descriptions(self, name: str, own: str | None) -> dict[str, str]:
        """Give what people wrote about a version and its model."""
        store: Any = self
        texts = {
            "description of the version": own,
            "description of the model": store.get_registered_model(name).description,
        }
        return {place: text for place, text in texts.items() if text}

    def _location(self, source: str) -> str:
        """Give where the artifacts of a version to be registered lie, as the store itself will find it."""
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
    """Give the gated store, of the kind that knows workspaces where the server has them."""
    base: Any = SqlAlchemyStore
    enabled = getattr(mlflow_environment, "MLFLOW_ENABLE_WORKSPACES", None)
    if enabled is not None and enabled.get():
        from mlflow.store.model_registry.sqlalchemy_workspace_store import WorkspaceAwareSqlAlchemyStore

        base = WorkspaceAwareSqlAlchemyStore
    return type("GatedStore", (GateMixin, base), {"__doc__": "The SQL registry with a gate before releases."})


def _refuse_reserved(key: str) -> None:
    if is_reserved(key):
        raise _refusal(f"the tag `{key}` is written by the gate alone")


def _refusal(message: str) -> MlflowException:
    return MlflowException(message, error_code=PERMISSION_DENIED)
