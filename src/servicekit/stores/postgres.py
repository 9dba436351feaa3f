"""A connection to PostgreSQL as transactions use it: statements of a step go out together, in one round trip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from servicekit._extras import require
from servicekit.stores.batch import Row
from servicekit.stores.error import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreSchemaError,
    StoreUnavailableError,
)
from servicekit.stores.row_reader import Rows
from servicekit.stores.transaction import Query

if TYPE_CHECKING:
    import psycopg

_FEW = 4
_ROWS_AT_ONCE = 2000


class PostgresDatabase:
    """A connection of psycopg, below SQLAlchemy; what is written waits for the next question or the end."""

    __slots__ = ("_connection", "_waiting")

    lock_clause = " FOR UPDATE"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._waiting: list[tuple[str, Sequence[Row]]] = []

    @staticmethod
    def day(value: date) -> date:
        """A date, which psycopg gives as one."""
        return value

    def ask(self, queries: Sequence[Query]) -> list[Rows]:
        """The rows of several queries, in one round trip."""
        with typed_errors(), self._connection.pipeline():
            self._run()
            cursors = [self._cursor().execute(_dialect(sql), _values(values)) for sql, values in queries]
        return [cursor.fetchall() for cursor in cursors]

    def rows(self, query: Query) -> Iterator[Sequence[Any]]:
        """The rows of one query, some thousands at a time."""
        sql, values = query
        with typed_errors(), self._connection.cursor(name="points") as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            yield from cursor.execute(_dialect(sql), _values(values))

    def write(self, statements: Iterable[tuple[str, Sequence[Row]]]) -> None:
        """Run each statement for each of its rows, together with the next question or the end."""
        self._waiting += statements

    def stop_others(self) -> None:
        """Wait for every transaction that has read the row of the ledger, as all writers do."""
        self.write([("LOCK TABLE points_ledger IN ACCESS EXCLUSIVE MODE", [()])])

    def commit(self) -> None:
        """Run what waits and commit, in one round trip."""
        with typed_errors(), self._connection.pipeline():
            self._run()
            self._connection.commit()

    def flush(self) -> None:
        """Run what waits."""
        self.ask(())

    def roll_back(self, savepoint: str | None = None) -> None:
        """Undo what was run; a connection that is lost has undone it by itself."""
        psycopg = require("psycopg", extra="postgres")
        was_run, self._waiting = not self._waiting or self._waiting[0][0] != f"SAVEPOINT {savepoint}", []
        with suppress(psycopg.Error):
            if savepoint is None:
                self._connection.rollback()
            elif was_run:
                self._connection.execute(f"ROLLBACK TO SAVEPOINT {savepoint}")

    def _run(self) -> None:
        for sql, rows in self._waiting:
            if len(rows) > _FEW:
                self._cursor().executemany(_dialect(sql), rows)
            else:
                for row in rows:
                    self._cursor().execute(_dialect(sql), row)
        self._waiting = []

    def _cursor(self) -> psycopg.Cursor[Any]:
        numeric = require("psycopg.types.numeric", extra="postgres")
        rows = require("psycopg.rows", extra="postgres")
        cursor = self._connection.cursor(row_factory=rows.tuple_row)
        cursor.adapters.register_dumper(int, numeric.Int8Dumper)  # one type for all sizes, or each is prepared anew
        return cursor


@lru_cache(maxsize=64)
def _dialect(sql: str) -> Any:
    return sql.replace("IN (?)", "= ANY(?)").replace("?", "%s")


def _values(values: Sequence[object]) -> tuple[object, ...]:
    return tuple(each if isinstance(each, str | int) else list(each) for each in values)  # type: ignore[call-overload]


@contextmanager
def typed_errors() -> Iterator[None]:
    """Errors of psycopg as errors of stores."""
    psycopg = require("psycopg", extra="postgres")
    try:
        yield
    except psycopg.Error as error:
        raise error_of(error)(f"PostgreSQL says: {error}") from error


def error_of(error: psycopg.Error) -> type[StoreError]:
    """The kind of store error that an error of psycopg is."""
    state = error.sqlstate or ""
    if state == "23505" and error.diag.table_name == "points_bookings":
        return StoreBusyError  # another writer has booked the key on another account; the answer is one of his
    for start, kind in _BY_STATE.items():
        if state.startswith(start):
            return kind
    return StoreUnavailableError if not state else StoreError


_BY_STATE: dict[str, type[StoreError]] = {
    "40": StoreBusyError,  # deadlock, serialization failure
    "55P03": StoreBusyError,  # lock timeout
    "57014": StoreBusyError,  # statement timeout
    "23": StoreCorruptError,  # a check, a unique key or a foreign key
    "42P01": StoreSchemaError,
    "42703": StoreSchemaError,
    "08": StoreUnavailableError,
    "25": StoreUnavailableError,  # read only, or a transaction that was idle for too long
    "53": StoreUnavailableError,  # no room on the disk, too many connections
    "57P": StoreUnavailableError,  # the server goes down
}
"""Kinds of error by how the SQLSTATE begins; none is given where the connection is lost."""
