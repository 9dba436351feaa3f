"""A store in one SQLite file, by the standard library: for a shop on one machine, and for whoever starts."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Self

from servicekit.stores import sqlite_schema, tables
from servicekit.stores.database_store import DatabaseStore
from servicekit.stores.error import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreSchemaError,
    StoreUnavailableError,
)
from servicekit.stores.journal_tables import Row
from servicekit.stores.row_reader import Cells, ToDay
from servicekit.stores.transaction import check_version

_LIST = re.compile(r"IN \(\?(\d)\)")
_MOST_VALUES = 500  # SQLite refuses more than 999 in builds of before 2020
_ROWS_AT_ONCE = 64  # of up to 12 values each
_NOT_TOGETHER = f"INSERT INTO {tables.ENTRIES.name} "
"""Of a statement of several rows SQLite keeps the pages that it changes, to undo it alone: a page for each of the
entries, which come in the order of time, and one for many rows of the tables that are written in the order of keys."""


class SqliteDatabase:
    """A connection to SQLite as transactions use it; SQLite locks the file as a whole."""

    __slots__ = ("_connection",)

    day: ToDay = staticmethod(date.fromisoformat)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def lock(self, names: Sequence[str]) -> None:
        """Nothing to do: a transaction that writes has the file alone."""

    def locked(self, names: Sequence[str]) -> Sequence[str]:
        """All of them."""
        return names

    def ask(self, sql: str, *values: str | int | Sequence[str]) -> list[Cells]:
        """The rows of a query."""
        if not values or isinstance(values[0], str | int):
            return list(self.stream(sql, *values))  # type: ignore[arg-type]  # a query has values or lists of them
        names, *others = (list(each) for each in values)  # type: ignore[arg-type]  # as above
        found: list[Cells] = []
        for start in range(0, max(len(names), 1), _MOST_VALUES):
            found += self.stream(*_with_lists(sql, names[start : start + _MOST_VALUES], *others))
        return found

    def stream(self, sql: str, *values: str | int) -> Generator[Cells, None, None]:
        """The rows of a query one by one."""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        with closing(cursor), typed_errors():
            yield from cursor.execute(sql, values)

    def write(self, statements: Iterable[tuple[str, Iterable[Row]]]) -> None:
        """Run each statement for each of its rows."""
        with typed_errors():
            for sql, rows in statements:
                for each, some in _in_bulk(sql, iter(rows)):
                    self._connection.executemany(each, some)

    def stop_others(self) -> None:
        """Nothing to do: a transaction that writes has the file alone."""

    def execute(self, sql: str) -> None:
        """Run a statement that begins or ends something."""
        with typed_errors():
            self._connection.execute(sql)


class SqliteStore(DatabaseStore):
    """A ledger in a file; it is made where there is none. Threads and processes may share it; one writes at a time.

    What is acknowledged is on the disk (WAL, ``synchronous=FULL``); with ``durable=False`` the last commands may be
    lost when the machine loses power, never when the process dies, and writing is faster. ``wait`` is how long a writer
    waits for the others.

    >>> from datetime import UTC, datetime
    >>> from tempfile import TemporaryDirectory
    >>> from servicekit.loyalty import Earn, FixedTerms, Ledger, Terms
    >>> with TemporaryDirectory() as folder, SqliteStore(Path(folder) / "points.db") as store:
    ...     ledger = Ledger(FixedTerms(Terms("points")), store)
    ...     ledger.apply(Earn("m-1", 120, at=datetime(2026, 1, 5, 9, tzinfo=UTC), key="order:o-1")).points
    120

    Raises:
        StoreCorruptError: the file is not a whole database.
        StoreSchemaError: its tables are older than this library, and wait for :func:`upgrade`, or newer.
        StoreUnavailableError: it cannot be opened or written.
    """

    __slots__ = ("_abandoned", "_idle", "_path", "_process", "_synchronous", "_wait")

    def __init__(self, path: str | Path, *, durable: bool = True, wait: timedelta = timedelta(seconds=30)) -> None:
        if str(path) in ("", ":memory:"):
            raise ValueError("a store in memory is a MemoryStore; a SqliteStore needs the name of a file")
        self._path, self._wait = str(path), wait
        self._synchronous = "FULL" if durable else "NORMAL"
        self._process = os.getpid()
        self._idle: list[sqlite3.Connection] = []
        self._abandoned: list[sqlite3.Connection] = []
        with self._connection() as connection:
            _make_tables_in(connection)

    def __repr__(self) -> str:
        return f"SqliteStore({self._path!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._idle.pop().close()

    @staticmethod
    def within(connection: sqlite3.Connection) -> DatabaseStore:
        """The ledger in the caller's own database and transaction, whose commit makes it last.

        Where no transaction is open, one is begun. A command that is refused is undone alone; what the caller wrote
        before it stays. The tables must be there (:func:`upgrade`).

        >>> SqliteStore.within(sqlite3.connect(":memory:")).accounts()
        Traceback (most recent call last):
        servicekit.stores.error.StoreSchemaError: SQLite says: no such table: points_accounts
        """
        return _CallersSqlite(connection)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses."""
        if self._process != os.getpid():  # SQLite forbids to use or close the connections of a parent process
            self._abandoned, self._idle, self._process = self._idle, [], os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        try:
            yield connection
        except StoreError:
            connection.close()
            raise
        except BaseException:
            self._idle.append(connection)
            raise
        self._idle.append(connection)

    def _open(self) -> sqlite3.Connection:
        with typed_errors():
            seconds = self._wait.total_seconds()
            connection = sqlite3.connect(self._path, seconds, isolation_level=None, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA synchronous = {self._synchronous}")
                connection.execute("PRAGMA foreign_keys = ON")
            except BaseException:
                connection.close()
                raise
        return connection

    @contextmanager
    def _writing(self) -> Iterator[SqliteDatabase]:
        with self._connection() as connection:
            database = SqliteDatabase(connection)
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise

    @contextmanager
    def _reading(self) -> Iterator[SqliteDatabase]:
        with self._connection() as connection:
            database = SqliteDatabase(connection)
            database.execute("BEGIN")
            try:
                yield database
            finally:
                connection.rollback()


class _CallersSqlite(DatabaseStore):
    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @contextmanager
    def _writing(self) -> Iterator[SqliteDatabase]:
        database = SqliteDatabase(self._connection)
        if not self._connection.in_transaction:
            database.execute("BEGIN IMMEDIATE")
        database.execute("SAVEPOINT points")
        try:
            yield database
        except BaseException:
            if self._connection.in_transaction:
                database.execute("ROLLBACK TO points")
                database.execute("RELEASE points")
            raise
        database.execute("RELEASE points")

    @contextmanager
    def _reading(self) -> Iterator[SqliteDatabase]:
        yield SqliteDatabase(self._connection)


def _make_tables_in(connection: sqlite3.Connection) -> None:
    with typed_errors():
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'points_ledger'").fetchone()
        if not there:
            upgrade_sqlite(connection)
        (version,) = connection.execute("SELECT schema_version FROM points_ledger").fetchone() or (None,)
    check_version(version)


def upgrade_sqlite(connection: sqlite3.Connection) -> None:
    """Make the tables in a transaction of its own, or in the caller's."""
    with typed_errors():
        is_own = not connection.in_transaction
        if is_own:
            connection.execute("BEGIN IMMEDIATE")
        for statement in sqlite_schema.statements():
            connection.execute(statement)
        if is_own:
            connection.commit()


def _in_bulk(sql: str, rows: Iterator[Row]) -> Iterator[tuple[str, Iterable[Row]]]:
    """An insert of many rows as one that takes several at a time, and one for those that are left."""
    rest = list(islice(rows, _ROWS_AT_ONCE))
    if len(rest) == _ROWS_AT_ONCE and sql.startswith("INSERT") and not sql.startswith(_NOT_TOGETHER):
        before, _, row = sql.partition(" VALUES ")
        row, end, behind = row.partition(")")
        yield f"{before} VALUES {', '.join([row + end] * _ROWS_AT_ONCE)}{behind}", _several(rest, rows)
    yield sql, chain(rest, rows)


def _several(rest: list[Row], rows: Iterator[Row]) -> Iterator[Row]:
    """The values of several rows at a time; ``rest`` is what is left in the end."""
    while len(rest) == _ROWS_AT_ONCE:
        yield tuple(chain.from_iterable(rest))
        rest[:] = islice(rows, _ROWS_AT_ONCE)


def _with_lists(sql: str, *lists: list[str]) -> tuple[str, ...]:
    """A query with a mark for each value of its lists, and the values in the order of the marks."""
    values: list[str] = []

    def marks(found: re.Match[str]) -> str:
        some = lists[int(found[1]) - 1]
        values.extend(some)
        return f"IN ({', '.join('?' * len(some))})"

    return _LIST.sub(marks, sql), *values


@contextmanager
def typed_errors() -> Iterator[None]:
    """Errors of SQLite as errors of stores."""
    try:
        yield
    except sqlite3.Error as error:
        raise _error_of(error)(f"SQLite says: {error}") from error


def _error_of(error: sqlite3.Error) -> type[StoreError]:
    code = getattr(error, "sqlite_errorcode", None) or 0
    if "no such table" in str(error) or "no such column" in str(error):
        return StoreSchemaError
    if isinstance(error, sqlite3.IntegrityError):
        return StoreCorruptError
    return _BY_CODE.get(
        code & 0xFF, StoreUnavailableError if isinstance(error, sqlite3.OperationalError) else StoreError
    )


_BY_CODE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: StoreBusyError,
    sqlite3.SQLITE_LOCKED: StoreBusyError,
    sqlite3.SQLITE_CORRUPT: StoreCorruptError,
    sqlite3.SQLITE_NOTADB: StoreCorruptError,
}
