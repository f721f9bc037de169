"""PostgreSQL storage: the rows of a decision log in two tables of one schema. Needs the extra `postgres` (psycopg 3).

Writers take turns by an advisory lock, so that a role needs no more than SELECT and INSERT. What is committed is on disk
(`synchronous_commit`), and triggers refuse to change, remove or empty, also in a session that replicates.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aiact_rules.decision_log.postgres_address import PostgresAddress
from aiact_rules.decision_log.storage import (
    CLOSED,
    NEVER_CHANGED,
    NEVER_REMOVED,
    WAIT_SECONDS,
    NewRow,
    Row,
    StorageError,
)

if TYPE_CHECKING:
    import psycopg

_TABLE, _PART = "aiact_decision_log", "aiact_decision_log_part"
_GUARDS = ("aiact_log_is_never_changed", "aiact_log_is_never_removed", "aiact_log_is_never_emptied")
_CLOSED = "aiact_log_is_closed"
# What an operator set to be more careful stays. A writer that stopped in the middle is ended before those who wait give up.
_BEGIN = f"""
BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE;
SET LOCAL lock_timeout = '{WAIT_SECONDS}s';
SET LOCAL idle_in_transaction_session_timeout = '{WAIT_SECONDS - 5}s';
SET LOCAL statement_timeout = '{2 * WAIT_SECONDS}s';
SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'
"""
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s || current_schema(), 0))"
_STATE = """
SELECT quote_ident(current_schema()), c.oid IS NOT NULL,
  (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = ANY(%s) AND t.tgenabled = 'A')
FROM (SELECT 1) one LEFT JOIN pg_class c ON c.relname = %s AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))
"""


def _refusing(schema: str, name: str, acts: str, table: str, why: str) -> str:
    """Return the statements that make a table refuse what is done to it, whoever does it and in whatever session."""
    return f"""
CREATE OR REPLACE FUNCTION {schema}.{name}() RETURNS trigger LANGUAGE plpgsql AS
  $refusing$ BEGIN RAISE EXCEPTION '{why}' USING ERRCODE = 'restrict_violation'; END $refusing$;
CREATE OR REPLACE TRIGGER {name} BEFORE {acts} ON {schema}.{table} FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{name}();
ALTER TABLE {schema}.{table} ENABLE ALWAYS TRIGGER {name};
"""


def _tables(schema: str) -> str:
    changed, removed, emptied = _GUARDS
    return f"""
CREATE TABLE IF NOT EXISTS {schema}.{_TABLE} (seq bigint PRIMARY KEY, hash text NOT NULL UNIQUE, text text NOT NULL);
CREATE TABLE IF NOT EXISTS {schema}.{_PART} (text text NOT NULL);
{_refusing(schema, changed, "UPDATE", _TABLE, NEVER_CHANGED)}
{_refusing(schema, removed, "DELETE", _TABLE, NEVER_REMOVED)}
{_refusing(schema, emptied, "TRUNCATE", _TABLE, NEVER_REMOVED)}
{_refusing(schema, "aiact_log_part_stays", "UPDATE OR DELETE OR TRUNCATE", _PART, NEVER_CHANGED)}
"""


class PostgresStorage:
    """The rows in the schema that the address chooses. One connection is kept for writing; readers open their own."""

    beside: Path | None = None

    def __init__(self, address: PostgresAddress) -> None:
        self._address = address
        self._turn = threading.Lock()
        self._process = os.getpid()
        self._kept: psycopg.Connection[Any] | None = None

    @property
    def name(self) -> str:
        """Return the address without its password."""
        return self._address.shown

    def append(self, make: Callable[[Row | None], NewRow], *, keep: bool = True, close: bool = False) -> None:
        """Write the row that `make` returns for the last one. When this returns, it is on disk."""
        with self._writing() as (connection, schema):
            last = connection.execute(f"{_select(schema)} ORDER BY seq DESC LIMIT 1").fetchone()
            if not keep:
                connection.execute("SAVEPOINT before")
            connection.execute(f"INSERT INTO {schema}.{_TABLE} VALUES (%s, %s, %s)", make(cast("Row | None", last)))
            if close:
                connection.execute(_refusing(schema, _CLOSED, "INSERT", _TABLE, CLOSED))
            connection.execute("COMMIT" if keep else "ROLLBACK TO before; COMMIT")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Do nothing: the connection for writing is kept anyway."""
        yield

    def fill(self, rows: Iterable[NewRow], part: str, *, close: bool = False) -> None:
        """Write the rows of a whole log that has none yet, and what it says of itself: all or none."""
        with self._writing() as (connection, schema):
            if connection.execute(f"{_select(schema)} LIMIT 1").fetchone() is not None:
                raise StorageError("this log holds entries already")
            connection.execute(f"INSERT INTO {schema}.{_PART} VALUES (%s)", (part,))
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY {schema}.{_TABLE} (seq, hash, text) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            if close:
                connection.execute(_refusing(schema, _CLOSED, "INSERT", _TABLE, CLOSED))
            connection.execute("COMMIT")

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Return the rows in order, as they stood together at one moment."""
        where = f"WHERE seq > {after:d} " if after else ""
        with (
            self._reading() as (connection, schema),
            connection.transaction(),
            connection.cursor(name="rows") as cursor,
        ):
            cursor.itersize = 64
            for row in cursor.execute(f"{_select(schema)} {where}ORDER BY seq"):
                yield cast("Row", row)

    def row(self, seq: int) -> Row | None:
        """Return one row by its number, or the last one for 0; None where there is none."""
        which = "WHERE seq = %s" if seq else "ORDER BY seq DESC LIMIT 1"
        with self._reading() as (connection, schema):
            found = connection.execute(f"{_select(schema)} {which}", (seq,) if seq else ()).fetchone()
            return cast("Row | None", found)

    def part(self) -> str | None:
        """Return what the log says of itself as part of a longer one, None where it is no part."""
        with self._reading() as (connection, schema):
            row = connection.execute(f"SELECT text FROM {schema}.{_PART}").fetchone()
            return None if row is None else str(row[0])

    @contextmanager
    def _reading(self) -> Iterator[tuple[psycopg.Connection[Any], str]]:
        import psycopg

        try:
            with self._connected() as connection:
                schema, exists, _ = _state(connection)
                if not exists:
                    raise StorageError("there is no decision log here", f"schema {schema} has no table {_TABLE}")
                yield connection, schema
        except psycopg.Error as error:
            raise StorageError("this decision log cannot be read", _said(error)) from error

    @contextmanager
    def _writing(self) -> Iterator[tuple[psycopg.Connection[Any], str]]:
        """Hand out a transaction in which nobody else writes; it is rolled back where the block does not end it."""
        import psycopg

        if os.getpid() != self._process:  # a fork has its parent's socket and lock, neither of which is its own
            self._turn, self._kept, self._process = threading.Lock(), None, os.getpid()
        with self._turn:
            try:
                connection = self._begun()
                schema = self._made(connection)
                yield connection, schema
                if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                    raise psycopg.OperationalError("the transaction did not end")
            except psycopg.Error as error:
                self._drop()
                raise StorageError("this decision log cannot be written", _said(error)) from error
            except BaseException:
                self._drop()
                raise

    def _begun(self) -> psycopg.Connection[Any]:
        """Return the connection that is kept, in a transaction that has the turn; a new one where the server left it."""
        import psycopg

        if self._kept is not None:
            try:
                return _in_turn(self._kept)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if not self._kept.closed:
                    raise
                self._drop()
        self._kept = self._connected()
        self._closing = weakref.finalize(self, _close, self._kept, self._process)
        return _in_turn(self._kept)

    def _made(self, connection: psycopg.Connection[Any]) -> str:
        """Return the schema, quoted, in which the log and its guards stand, made now where they did not."""
        from psycopg.errors import InsufficientPrivilege

        schema, exists, guards = _state(connection)
        if not exists or guards < len(_GUARDS):
            try:
                connection.execute(_tables(schema))
            except InsufficientPrivilege as error:
                makes = f"a role that may create tables in schema {schema} makes the log with its first entry"
                why = f"{_said(error)}; {'the owner has to put back what refuses changes' if exists else makes}"
                raise StorageError("this decision log cannot be written", why) from error
        return schema

    def _drop(self) -> None:
        if self._kept is not None:
            self._closing.detach()
            self._kept.close()
        self._kept = None

    def _connected(self) -> psycopg.Connection[Any]:
        import psycopg

        return psycopg.connect(self._address.conninfo, autocommit=True)


def _in_turn(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    connection.execute(_BEGIN)
    connection.execute(_TURN, (_TABLE,))
    return connection


def _state(connection: psycopg.Connection[Any]) -> tuple[str, bool, int]:
    """Return the schema, quoted, whether the log is there, and how many of its guards stand."""
    found = connection.execute(_STATE, (list(_GUARDS), _TABLE)).fetchone()
    assert found is not None
    schema, exists, guards = found
    if schema is None:
        raise StorageError("the schema of this address does not exist", "make it, or name another `search_path`")
    return str(schema), bool(exists), int(guards)


def _select(schema: str) -> str:
    return f"SELECT seq, hash, text FROM {schema}.{_TABLE}"


def _close(connection: psycopg.Connection[Any], process: int) -> None:
    if os.getpid() == process:
        connection.close()


def _said(error: Exception) -> str:
    """Return what the server or the driver says on one line. Neither quotes a password once an address could be read."""
    return " ".join(str(error).split())
