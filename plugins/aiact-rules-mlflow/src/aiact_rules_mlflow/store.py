"""The store: MLflow's SQL model registry, with a gate before the three acts that release a model.

It subclasses a store that MLflow does not document as public, so the tests run it in a real server.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlparse

import mlflow.environment_variables as mlflow_environment
from aiact_rules import Decision, InputError, Override, OverrideRefused
from aiact_rules.core.problems import ProblemsError
from aiact_rules.decision_log.acts import Outcome
from mlflow.entities.model_registry import ModelVersionTag
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, PERMISSION_DENIED
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

from aiact_rules_mlflow.acts import Kind, RegistryAct
from aiact_rules_mlflow.callers import caller
from aiact_rules_mlflow.current import Current
from aiact_rules_mlflow.describing import description
from aiact_rules_mlflow.journal import Journal, make_lines_visible, without_password
from aiact_rules_mlflow.judging import ModelVersion, ReleaseJudge, descriptions, strictest
from aiact_rules_mlflow.names import PLAIN_ALIAS, folded, is_plain_alias
from aiact_rules_mlflow.opening import SCHEME
from aiact_rules_mlflow.overriding import override_in
from aiact_rules_mlflow.reasons import problems_listed, reasons
from aiact_rules_mlflow.rows import PROMPT_MARK, PROMPT_SOURCES, VersionRow, read_aliases, read_version, write_tags
from aiact_rules_mlflow.tags import (
    PROBE,
    decision_tags,
    is_look_alike,
    is_own,
    is_reserved,
    released_tags,
    undecided_tags,
)
from aiact_rules_mlflow.transactions import Sessions, again_after_collision

_log = logging.getLogger(__name__)


class GateMixin:
    """Guards registration, aliases and stages; every client of the server meets it, since all of them end here."""

    current: Current
    ManagedSessionMaker: Sessions

    def create_model_version(
        self, name: str, source: str, run_id: str | None = None, tags: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Register a version unless its verdict is at or above `AIACT_MLFLOW_REGISTRATION`."""
        given = [tag for tag in tags or [] if not is_reserved(tag.key)]
        for tag in given:
            _refuse_look_alike(tag.key)
        store: Any = super()
        model = store.get_registered_model(name)
        if source in PROMPT_SOURCES and model._is_prompt():
            return store.create_model_version(model.name, source, run_id, given, *args, **kwargs)
        judge, journal = self._now(f"registration of `{model.name}`")
        threshold = judge.settings.registration
        if threshold is not None:
            act, at = RegistryAct(Kind.REGISTRATION, model.name, actor=caller()), datetime.now(UTC)

            def version_found() -> ModelVersion:
                stated = {tag.key: tag.value for tag in given}
                texts = descriptions(kwargs.get("description"), model.description)
                return ModelVersion(model.name, None, stated, self._location(source), texts, dict(model.tags))

            decisions = _decided(judge, journal, act, version_found, at)
            decision = strictest(decisions)
            if decision.effective_verdict.severity >= threshold.severity:
                _refuse(journal, act, decisions, at)
            _recorded(journal, act, Outcome.ALLOWED, decisions, at)
            written = decision_tags(decision).items()
            given += [ModelVersionTag(key, value) for key, value in written if value is not None]
        return store.create_model_version(model.name, source, run_id, given, *args, **kwargs)

    def set_registered_model_alias(self, name: str, alias: str, version: Any) -> Any:
        """Set an alias; a guarded one, by whatever spelling the database takes for it, only for what may be released."""
        judge, _ = now = self._now(f"alias `{alias}` for `{name}`")
        settings = judge.settings
        store: Any = super()
        if settings.aliases and not is_plain_alias(alias):
            raise MlflowException(f"the alias `{alias}` is refused: {PLAIN_ALIAS}", error_code=INVALID_PARAMETER_VALUE)

        def setting(found: str) -> Any:
            return store.set_registered_model_alias(found, alias, version)

        if settings.guards_alias(alias):
            return self._guard(now, Kind.ALIAS, alias, name, version, setting)
        with self.ManagedSessionMaker.together() as session:
            before = read_aliases(self, session, name, settings.aliases)
            setting(name)
            for guarded, leads_to in read_aliases(self, session, name, settings.aliases).items():
                if leads_to == int(version) and before.get(guarded) != leads_to:
                    # The database took one alias for the other. What was done in this block does not happen.
                    raise _refusal(f"alias `{alias}` is refused: to this database it is `{guarded}`, which is guarded")
        return None

    def transition_model_version_stage(
        self, name: str, version: Any, stage: str, archive_existing_versions: bool
    ) -> Any:
        """Move a version to a stage; to a guarded one only where it may be released."""
        now = self._now(f"stage `{stage}` for `{name}`")
        store: Any = super()

        def moving(found: str) -> Any:
            return store.transition_model_version_stage(found, version, stage, archive_existing_versions)

        if now[0].settings.guards_stage(stage):
            return self._guard(now, Kind.STAGE, stage, name, version, moving)
        return moving(name)

    def set_model_version_tag(self, name: str, version: Any, tag: Any) -> Any:
        """Set a tag, but none of those in which the gate writes its decisions, and none that looks like them."""
        if tag.key == PROBE:
            raise _refusal(f"this registry is guarded: {json.dumps(description(self.current.judge))}")
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

    def _guard(
        self,
        now: tuple[ReleaseJudge, Journal],
        kind: Kind,
        target: str,
        name: str,
        version: Any,
        release: Callable[[str], Any],
    ) -> Any:
        """Judge a registered version and release it where it may be, with the decision in its tags; or refuse.

        `release` does it, given the name of the model as it was registered, which a database may find by another spelling.
        """
        judge, journal = now
        with self.ManagedSessionMaker() as session:
            row = read_version(self, session, name, version)
        if row.is_prompt:
            return release(row.name)
        act, at = RegistryAct(kind, row.name, str(row.version), target, caller()), datetime.now(UTC)
        try:
            decisions = _decided(judge, journal, act, lambda: ModelVersion.of_row(row), at)
        except MlflowException:
            self._write(row, undecided_tags(at))
            raise
        decision, override = strictest(decisions), None
        if not decision.passes:
            override = override_in(journal.decision_log, row)
            why_not = _why_not(judge, override, decisions, at)
            if override is None or why_not is not None:
                self._write(row, decision_tags(decision))
                _refuse(journal, act, decisions, at, override, why_not)
        _recorded(journal, act, Outcome.ALLOWED if override is None else Outcome.OVERRIDDEN, decisions, at, override)
        tags = decision_tags(decision) | released_tags(f"{kind.value} {target}", decision, act.actor)
        return self._write(row, tags, lambda: release(row.name))

    def _now(self, what: str) -> tuple[ReleaseJudge, Journal]:
        """Return the judge and the journal of this moment. Refuses where the settings cannot be used any more."""
        try:
            return self.current.now()
        except ProblemsError as error:
            _log.error("%s is refused, since the settings of the gate cannot be used: %s", what, error)
            said = problems_listed(error)
            raise _refusal(f"{what} is refused, since the settings of the gate cannot be used:\n{said}") from error

    def _write(self, row: VersionRow, tags: Mapping[str, str | None], act: Callable[[], Any] = lambda: None) -> Any:
        """Write tags of a version and do what rests on them, both or neither."""

        def together() -> Any:
            with self.ManagedSessionMaker.together() as session:
                write_tags(self, session, row, tags)
                return act()

        return again_after_collision(together)

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

    Raises MlflowException where the settings, the packs or the decision log cannot be used: then the server does not start.
    """
    make_lines_visible()
    store = _store_class()(without_scheme(store_uri))
    try:
        store.current = Current(without_password(store_uri))
    except ProblemsError as error:
        raise MlflowException(f"the gate cannot be set up:\n{error}", error_code=INVALID_PARAMETER_VALUE) from error
    store.ManagedSessionMaker = Sessions(store.ManagedSessionMaker)
    return store


def without_scheme(store_uri: str) -> str:
    """Return the address of the database behind a registry's."""
    scheme, separator, rest = store_uri.partition(":")
    return scheme.lower().removeprefix(SCHEME) + separator + rest


@cache
def _store_class() -> Any:
    """Return the gated store, of the kind that knows workspaces where the server has them."""
    base: Any = SqlAlchemyStore
    enabled = getattr(mlflow_environment, "MLFLOW_ENABLE_WORKSPACES", None)
    if enabled is not None and enabled.get():
        from mlflow.store.model_registry.sqlalchemy_workspace_store import WorkspaceAwareSqlAlchemyStore

        base = WorkspaceAwareSqlAlchemyStore
    return type("GatedStore", (GateMixin, base), {"__doc__": "The SQL registry with a gate before releases."})


def _decided(
    judge: ReleaseJudge, journal: Journal, act: RegistryAct, version: Callable[[], ModelVersion], at: datetime
) -> tuple[Decision, ...]:
    """Judge, or refuse: whatever goes wrong, nothing is released."""
    problems: Exception
    try:
        decisions = judge.decisions(version(), at)
        judge.record(decisions)
        return decisions
    except InputError as error:
        problems, said = error, f"{act} is refused, since what is stated cannot be used:\n{problems_listed(error)}"
    except ProblemsError as error:
        _log.exception("%s could not be judged", act)
        problems, said = error, f"{act} is refused, since it could not be judged:\n{problems_listed(error)}"
    except Exception as error:
        _log.exception("%s could not be judged", act)
        kind = type(error).__name__
        problems, said = error, f"{act} is refused, since it could not be judged ({kind}); the server's log says more"
    texts = [str(p) for p in problems.problems] if isinstance(problems, ProblemsError) else [type(problems).__name__]
    try:
        journal.record_undecided(act, texts, at=at)
    except InputError as error:
        said += f"\n{problems_listed(error)}"
    raise _refusal(said) from problems


def _recorded(
    journal: Journal,
    act: RegistryAct,
    outcome: Outcome,
    decisions: tuple[Decision, ...],
    at: datetime,
    override: Override | None = None,
) -> None:
    """Record an act before it is done, or refuse it."""
    try:
        journal.record(act, outcome, decisions, at=at, override=override)
    except InputError as error:
        raise _refusal(f"{act} is refused:\n{problems_listed(error)}") from error


def _refuse(
    journal: Journal,
    act: RegistryAct,
    decisions: tuple[Decision, ...],
    at: datetime,
    override: Override | None = None,
    why_not: str | None = None,
) -> None:
    """Refuse an act with its reasons, on record. Where that cannot be recorded, it is refused all the same and says so."""
    said = f"{act} is refused: {reasons(strictest(decisions))}"
    if why_not is not None:
        said += f"\nThe override that was given does not count: {why_not}."
    try:
        journal.record(act, Outcome.REFUSED, decisions, at=at, override=override)
    except InputError as error:
        said += f"\n{problems_listed(error)}"
    raise _refusal(said)


def _why_not(
    judge: ReleaseJudge, override: Override | None, decisions: tuple[Decision, ...], at: datetime
) -> str | None:
    """Return why an override lets a refused version not pass, or None where it does or where there is none."""
    if override is None:
        return None
    refused = [each for each in decisions if not each.passes]
    if len(refused) > 1:
        return "several operators of this release are refused, and an override speaks of one decision"
    try:
        judge.pass_by(override, refused[0], at)
    except OverrideRefused as error:
        return error.why
    return None


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
