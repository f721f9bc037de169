"""A log on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiact_rules.decision_log.log import Log
from aiact_rules.decision_log.opening import open_log
from tests.databases import address_of, postgres_schema

DATABASES = ("sqlite", "postgresql")


@pytest.fixture
def schema() -> Iterator[str]:
    with postgres_schema() as name:
        yield name


@pytest.fixture(params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a log that is not there yet, on one database after the other."""
    if request.param == "sqlite":
        yield str(tmp_path / "kept.db")
        return
    with postgres_schema() as name:
        yield address_of(name)


@pytest.fixture
def kept(address: str) -> Log:
    return open_log(address)
