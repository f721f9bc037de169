"""Transactions: several acts of a store in one, and once more where another worker was quicker."""

from __future__ import annotations

import inspect
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from mlflow.exceptions import MlflowException
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

Answer = TypeVar("Answer")

MOST_TRIES = 8
_TRANSIENT_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization failure, deadlock, lock not available."""
_TRANSIENT_NUMBERS = frozenset({1020, 1205, 1213})
"""MariaDB, MySQL and SQL Server: record has changed, lock wait timeout or deadlock victim, deadlock."""


class Sessions:
    """The sessions of a store, of which those that one thread opens within `together` are one.

    It stands in the place of a store's own maker of sessions, so that MLflow's methods take part. Safe to share between
    threads.
    """

    def __init__(self, make: Callable[..., AbstractContextManager[Any]]) -> None:
        """`make` is the store's own: it commits at the end, and rolls back where something is raised."""
        self._make = make
        # Older versions of MLflow know no sessions that only read.
        self._writing = {"read_only": False} if "read_only" in inspect.signature(make).parameters else {}
        self._here = threading.local()

    @contextmanager
    def __call__(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Return the session of this thread's transaction, or a new one."""
        session = getattr(self._here, "session", None)
        if session is None:
            with self._make(*args, **kwargs) as session:
                yield session
        else:
            yield session
            session.flush()

    @contextmanager
    def together(self) -> Iterator[Any]:
        """Let everything that this thread does in the block happen, or nothing of it."""
        with self._make(**self._writing) as session:
            self._here.session = session
            try:
                yield session
                session.flush()
            finally:
                self._here.session = None


def again_after_collision(act: Callable[[], Answer]) -> Answer:
    """Return what an act returns, tried again from its beginning where another worker wrote the same rows meanwhile."""
    for number in range(1, MOST_TRIES):
        try:
            return act()
        except MlflowException as error:
            if not _is_collision(error.__cause__):
                raise
        # Two that collided would collide again if both waited equally long.
        time.sleep(random.uniform(0, 0.01 * number))  # noqa: S311
    return act()


def _is_collision(error: BaseException | None) -> bool:
    if isinstance(error, IntegrityError | StaleDataError):
        return True
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    if getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None):
        state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
        return state in _TRANSIENT_SQLSTATES
    first = error.orig.args[0] if error.orig.args else None
    return first in _TRANSIENT_NUMBERS or "database is locked" in str(first)
