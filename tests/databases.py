"""Databases for tests: a schema of their own on a PostgreSQL that answers, and what happens where none does."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from urllib.parse import quote

import pytest

POSTGRES = os.environ.get("AIACT_TEST_POSTGRES_URL") or "postgresql://root@127.0.0.1:5432/postgres"
REQUIRED = os.environ.get("AIACT_TEST_REQUIRE_DATABASES") == "1"


def address_of(schema: str, *options: str) -> str:
    """Return the address of a schema of the PostgreSQL that the tests use, with further options of the session."""
    said = quote(" ".join([f"-csearch_path={schema}", *options]))
    return f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options={said}"


@contextmanager
def postgres_schema() -> Iterator[str]:
    """Yield the name of a new schema, which is removed afterwards. The test is skipped where no PostgreSQL answers."""
    try:
        import psycopg
    except ImportError:
        _missing("psycopg is not installed")
    try:
        connection = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        _missing(f"no PostgreSQL answers (AIACT_TEST_POSTGRES_URL): {error}")
    schema = f"aiact_test_{uuid.uuid4().hex}"
    with connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        try:
            yield schema
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


def _missing(why: str) -> NoReturn:
    if REQUIRED:
        pytest.fail(f"{why}, and AIACT_TEST_REQUIRE_DATABASES=1 wants it")
    pytest.skip(why)
