"""Aliases and tags on databases that see neither case nor accents, and on one that sees both."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from mlflow.entities.model_registry import ModelVersionTag, RegisteredModelTag
from mlflow.exceptions import MlflowException

from aiact_rules_mlflow.rows import PROMPT_MARK
from aiact_rules_mlflow.store import GateMixin, build_store
from aiact_rules_mlflow.tags import DECISION_TAGS
from conftest import MINIMAL, tags_of

SERVERS = {
    "mariadb": ("AIACT_TEST_MARIADB_URL", "mysql+pymysql://root@127.0.0.1:3306"),
    "postgresql": ("AIACT_TEST_POSTGRES_URL", "postgresql+psycopg2://postgres@127.0.0.1:5432/postgres"),
}
OPTIONS = {"mariadb": " CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", "postgresql": ""}


@pytest.fixture(scope="module", params=["sqlite", *SERVERS])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of each kind that answers here; it is dropped afterwards."""
    kind: str = request.param
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/mlflow.db"
        return
    variable, usual = SERVERS[kind]
    url = sqlalchemy.engine.make_url(os.environ.get(variable, usual))
    name = f"aiact_test_{uuid.uuid4().hex[:12]}"
    try:
        engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
        connection = engine.connect()
    except (ImportError, sqlalchemy.exc.OperationalError) as error:
        missing = f"no {kind} for tests at {url} ({variable}): {str(error).splitlines()[0]}"
        if os.environ.get("AIACT_TEST_REQUIRE_DATABASES"):
            pytest.fail(missing)
        pytest.skip(missing)
    with closing(connection):
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}{OPTIONS[kind]}"))
        yield url.set(database=name).render_as_string(hide_password=False)
        force = " WITH (FORCE)" if kind == "postgresql" else ""
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name}{force}"))


@pytest.fixture(scope="module")
def open_store(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Any]]:
    """Open the gated store once more, as a further worker of the server does."""
    folder: Path = tmp_path_factory.mktemp("store")
    (folder / "artifacts").mkdir()
    (folder / "aiact.toml").write_text('roles = ["provider"]\nmarkets = ["EU"]\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield lambda: build_store(f"aiact-{database}")


@pytest.fixture(scope="module")
def store(open_store: Callable[[], Any]) -> Any:
    return open_store()


@pytest.fixture
def model(store: Any) -> str:
    """A model with a version that may be released and one that says nothing; the first is its champion."""
    name = f"scorer-{uuid.uuid4().hex[:8]}"
    store.create_registered_model(name)
    tags = [ModelVersionTag(key, value) for key, value in tags_of(MINIMAL).items()]
    store.create_model_version(name, Path("artifacts").absolute().as_uri(), tags=tags)
    store.create_model_version(name, Path("artifacts").absolute().as_uri())
    store.set_registered_model_alias(name, "champion", "1")
    return name


def ungated(store: Any) -> Any:
    """The registry without its gate, as it was before there was one."""
    return super(GateMixin, store)


def champion(store: Any, name: str) -> int:
    return int(store.get_model_version_by_alias(name, "champion").version)


def refused(status: int, act: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(MlflowException) as caught:
        act(*args, **kwargs)
    assert caught.value.get_http_status_code() == status, caught.value.message
    return str(caught.value.message)


@pytest.mark.parametrize(
    "alias",
    [
        "chámpion",
        "champıon",
        "CHÅMPION",
        "ｃｈａｍｐｉｏｎ",
        "champion\n",
        "champion ",
        " champion",
        "сhampion",
        "läuft",
        "",
    ],  # noqa: RUF001
)
def test_an_alias_that_a_database_may_take_for_another_is_refused(store: Any, model: str, alias: str) -> None:
    said = refused(400, store.set_registered_model_alias, model, alias, "2")
    assert "a to z" in said
    assert champion(store, model) == 1


@pytest.mark.parametrize("alias", ["champion", "CHAMPION", "Production"])
def test_a_guarded_alias_is_guarded_in_any_case(store: Any, model: str, alias: str) -> None:
    refused(403, store.set_registered_model_alias, model, alias, "2")
    assert champion(store, model) == 1


def test_an_alias_that_is_not_guarded_moves_freely(store: Any, model: str) -> None:
    store.set_registered_model_alias(model, "candidate-2_b", "2")
    store.set_registered_model_alias(model, "candidate-2_b", "1")
    assert champion(store, model) == 1


LITHUANIAN = {
    "sqlite": (
        "CREATE TRIGGER lithuanian AFTER INSERT ON registered_model_aliases WHEN NEW.alias = 'champyon' BEGIN "
        "UPDATE OR REPLACE registered_model_aliases SET alias = 'champion' WHERE name = NEW.name; END",
    ),
    "mysql": ("ALTER TABLE registered_model_aliases MODIFY alias VARCHAR(256) COLLATE utf8mb4_lithuanian_ci NOT NULL",),
    "postgresql": (
        "CREATE COLLATION lithuanian (provider = icu, locale = 'lt-u-ks-level1', deterministic = false)",
        "ALTER TABLE registered_model_aliases ALTER COLUMN alias TYPE VARCHAR(256) COLLATE lithuanian",
    ),
}
"""How each database is made to take `y` for `i`, as it may in Lithuanian."""


@pytest.fixture(scope="module")
def lithuanian(store: Any) -> Any:
    """The store on a database that from now on takes `champyon` for `champion`."""
    with store.engine.begin() as connection:
        for statement in LITHUANIAN[store.engine.dialect.name]:
            connection.execute(sqlalchemy.text(statement))
    return store


@pytest.mark.parametrize("released", [True, False])
def test_whatever_the_database_takes_for_a_guarded_alias_is_undone(lithuanian: Any, model: str, released: bool) -> None:
    store = lithuanian
    if not released:
        store.delete_registered_model_alias(model, "champion")
    said = refused(403, store.set_registered_model_alias, model, "champyon", "2")
    assert "to this database it is `champion`" in said
    assert store.get_registered_model(model).aliases == ({"champion": 1} if released else {})


def test_a_model_found_by_another_spelling_is_judged_and_released_under_its_own(store: Any, model: str) -> None:
    try:
        store.get_registered_model(model.upper())
    except MlflowException:
        pytest.skip("this database tells the two spellings apart")
    refused(403, store.set_registered_model_alias, model.upper(), "champion", "2")
    for key, value in tags_of(MINIMAL).items():
        store.set_model_version_tag(model.upper(), "2", ModelVersionTag(key, value))
    store.set_registered_model_alias(model.upper(), "champion", "2")
    assert store.get_registered_model(model).aliases == {"champion": 2}
    assert store.get_model_version(model, "2").tags["aiact_decision"] == "allow"


LOOK_ALIKES = [
    " aiact_decision",
    "aiact_decision ",
    "aiact_decision\n",
    "aiact_decısion",
    "aiact_décision",
    "aiact_dec\u0131s\u0131on",
    "\u0430iact_decision",
    "ａｉａｃｔ＿ｄｅｃｉｓｉｏｎ",
    "aiact-decision",
    "aiact decision",
    "äiact_system_practices",
    " aiact_system_practices",
]


@pytest.mark.parametrize("key", [*LOOK_ALIKES, "AIACT_DECISION", "aiact_decision", "aiact.decision", "aiact_Pac\u212a"])
def test_nobody_writes_a_tag_that_is_taken_for_a_decision_or_a_fact(store: Any, model: str, key: str) -> None:
    before = store.get_model_version(model, "2").tags
    assert before["aiact_decision"] == "hold"
    refused(403, store.set_model_version_tag, model, "2", ModelVersionTag(key, "allow"))
    refused(403, store.delete_model_version_tag, model, "2", key)
    assert store.get_model_version(model, "2").tags == before
    refused(403, store.set_registered_model_tag, model, RegisteredModelTag(key, "allow"))
    refused(403, store.create_registered_model, f"{model}-b", [RegisteredModelTag(key, "allow")])
    assert store.get_registered_model(model).tags == {}


@pytest.mark.parametrize("key", LOOK_ALIKES)
def test_nobody_registers_a_version_with_such_a_tag(store: Any, model: str, key: str) -> None:
    source = Path("artifacts").absolute().as_uri()
    refused(403, store.create_model_version, model, source, tags=[ModelVersionTag(key, "allow")])


@pytest.mark.parametrize("key", ["team", "größe", "モデル名称_製品番号", "аудит_дата", "mlflow.source", "id aiact"])
def test_other_tags_are_left_alone(store: Any, model: str, key: str) -> None:
    store.set_model_version_tag(model, "2", ModelVersionTag(key, "x"))
    store.set_registered_model_tag(model, RegisteredModelTag(key, "x"))
    assert store.get_model_version(model, "2").tags[key] == "x"
    store.delete_model_version_tag(model, "2", key)
    store.delete_registered_model_tag(model, key)


def test_a_look_alike_from_before_the_gate_is_named_and_may_be_deleted(store: Any, model: str) -> None:
    ungated(store).set_model_version_tag(model, "1", ModelVersionTag("äiact_system", "x"))
    said = refused(403, store.set_registered_model_alias, model, "champion", "1")
    assert "tag äiact_system: this tag only looks like one that is read" in said
    store.delete_model_version_tag(model, "1", "äiact_system")
    store.set_registered_model_alias(model, "champion", "1")


def test_facts_stated_for_the_model_as_a_whole_are_refused(store: Any, model: str) -> None:
    ungated(store).set_registered_model_tag(model, RegisteredModelTag("aiact_system_practices", "infers_emotions"))
    said = refused(403, store.set_registered_model_alias, model, "champion", "1")
    assert "tag aiact_system_practices of the model" in said
    store.delete_registered_model_tag(model, "aiact_system_practices")
    store.set_registered_model_alias(model, "champion", "1")


@pytest.mark.parametrize("key", [PROMPT_MARK, PROMPT_MARK.upper(), f"{PROMPT_MARK} ", "mlflow.prömpt.is_prompt"])
def test_a_model_does_not_become_a_prompt_nor_a_prompt_a_model(store: Any, model: str, key: str) -> None:
    refused(403, store.set_registered_model_tag, model, RegisteredModelTag(key, "true"))
    prompt = f"{model}-prompt"
    store.create_registered_model(prompt, [RegisteredModelTag(PROMPT_MARK, "true")])
    store.create_model_version(prompt, "dummy-source")
    store.set_registered_model_alias(prompt, "champion", "1")
    refused(403, store.set_registered_model_tag, prompt, RegisteredModelTag(key, "false"))
    refused(403, store.delete_registered_model_tag, prompt, key)
    assert store.get_registered_model(prompt)._is_prompt()
    assert not store.get_registered_model(model)._is_prompt()
    assert champion(store, prompt) == 1


def test_workers_that_release_one_version_at_once_all_succeed(open_store: Callable[[], Any], model: str) -> None:
    workers = [open_store() for _ in range(4)]
    assert len({id(worker.ManagedSessionMaker) for worker in workers}) == 4

    def release(worker: Any) -> None:
        worker.set_registered_model_alias(model, "champion", "1")

    with ThreadPoolExecutor(len(workers)) as pool:
        for _ in range(8):
            for key in DECISION_TAGS:
                ungated(workers[0]).delete_model_version_tag(model, "1", key)
            list(pool.map(release, workers))
    assert workers[0].get_model_version(model, "1").tags["aiact_decision"] == "allow"
