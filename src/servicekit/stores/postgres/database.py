"""A connection to PostgreSQL as transactions use it: statements of a step go out together, in one round trip."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import lru_cache
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from servicekit._extras import require
from servicekit.stores.error import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreSchemaError,
    StoreUnavailableError,
)
from servicekit.stores.journal_tables import Row
from servicekit.stores.row_reader import Cells

if TYPE_CHECKING:
    import psycopg


class PostgresDatabase:
    """A connection of psycopg, below SQLAlchemy; what is written waits for the next question or the end."""

    __slots__ = ("_connection", "_locking", "_waiting")

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._waiting: list[tuple[str, Sequence[Sequence[object]]]] = []
        self._locking: psycopg.Cursor[Any] | None = None

    @staticmethod
    def day(value: date) -> date:
        """A date, which psycopg gives as one."""
        return value

    def lock(self, names: Sequence[str]) -> None:
        """Lock the rows of accounts: what is read of them is read afterwards, and is the newest."""
        self._waiting.append((_LOCK, [(list(names),)]))

    def locked(self, names: Sequence[str]) -> set[str]:
        """The accounts that the lock found; one that is opened by another writer meanwhile is not among them."""
        assert self._locking is not None
        return {name for (name,) in self._locking.fetchall()}

    def ask(self, sql: str, *values: str | int | Sequence[str]) -> list[Cells]:
        """The rows of a query."""
        with self._together():
            self._run()
            cursor = self._execute(*(each if isinstance(each, str | int) else list(each) for each in values), sql=sql)
        return cursor.fetchall()

    def run(self, sql: bytes, *values: str | int | date | None) -> list[Cells]:
        """The rows of a statement with numbered marks, by itself and at once."""
        with typed_errors():
            return self._cursor().execute(sql, values, prepare=True).fetchall()

    def stream(self, sql: str, *values: str | int) -> Generator[Cells, None, None]:
        """The rows of a query, some thousands at a time."""
        with typed_errors(), self._connection.cursor(name="points") as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            yield from cursor.execute(sql.replace("?", "%s").encode(), values)

    def write(self, statements: Iterable[tuple[str, Iterable[Row]]]) -> None:
        """Run each statement for each of its rows, together with the next question or the end."""
        self._waiting += (*((sql, list(rows)) for sql, rows in statements), _APART)

    def stop_others(self) -> None:
        """Wait for every transaction that has read the row of the ledger, as all writers do."""
        self._waiting.append(("LOCK TABLE points_ledger IN ACCESS EXCLUSIVE MODE", [()]))

    def commit(self) -> None:
        """Run what waits and commit, in one round trip."""
        with self._together():
            self._run()
            self._connection.commit()

    def flush(self) -> None:
        """Run what waits."""
        with self._together():
            self._run()

    def roll_back(self, savepoint: str | None = None) -> None:
        """Undo what was run; a connection that is lost has undone it by itself."""
        psycopg = require("psycopg", extra="postgres")
        was_run, self._waiting = not self._waiting or self._waiting[0][0] != f"SAVEPOINT {savepoint}", []
        with suppress(psycopg.Error):
            if savepoint is None:
                self._connection.rollback()
            elif was_run:
                self._execute(sql=f"ROLLBACK TO SAVEPOINT {savepoint}")

    @contextmanager
    def _together(self) -> Iterator[None]:
        """One round trip for all that is run within."""
        psycopg = require("psycopg", extra="postgres")
        with typed_errors(), self._connection.pipeline() as pipeline:
            try:
                yield
            except psycopg.Error:
                with suppress(psycopg.Error):
                    pipeline.sync()  # or psycopg warns of what was still under way
                raise

    def _run(self) -> None:
        waiting, self._waiting = self._waiting, []
        for sql, rows in _merged(waiting):
            if sql == _LOCK:
                self._locking = self._execute(*rows[0], sql=sql)
            elif len(rows) == 1:
                self._execute(*rows[0], sql=sql)
            else:
                self._cursor().executemany(_numbered(sql), rows)

    def _execute(self, *values: object, sql: str) -> psycopg.Cursor[Any]:
        return self._cursor().execute(_numbered(sql, *(_is_one(each) for each in values)), _given(values))

    def _cursor(self) -> psycopg.Cursor[Any]:
        psycopg = require("psycopg", extra="postgres")
        cursor = psycopg.RawCursor(self._connection)
        cursor.adapters.register_dumper(int, psycopg.types.numeric.Int8Dumper)  # or each size is prepared anew
        return cursor  # type: ignore[no-any-return]  # what require() gives has no types


_LOCK = "SELECT account FROM points_accounts WHERE account IN (?1) ORDER BY account FOR UPDATE"
_ROWS_AT_ONCE = 2000
_APART: tuple[str, Sequence[Sequence[object]]] = ("", ())
"""Stands between what is written at different times, which may touch the same rows."""

_MOST_MERGED = 24
_MARK = re.compile(r"IN \(\?(\d)\)|\?")


def _merged(
    waiting: Iterable[tuple[str, Sequence[Sequence[object]]]],
) -> Iterator[tuple[str, Sequence[Sequence[object]]]]:
    """Neighbours that insert and update few rows as one statement, which costs the server and us a fraction of many.

    No two of them touch the same row, and keys are checked at the end of the statement. Inserts into one table stay
    apart: within a statement their order is not known, and that of the entries counts.
    """
    few: list[tuple[str, Sequence[Sequence[object]]]] = []
    size = 0
    for sql, rows in (*waiting, _APART):
        size += len(rows)
        may_merge = rows and sql.startswith(("INSERT", "UPDATE")) and size <= _MOST_MERGED
        if few and not (may_merge and _start(sql) != _start(few[-1][0])):
            values = tuple(chain.from_iterable(row for _, rows in few for row in rows))
            yield _one_statement(tuple((each, len(rows)) for each, rows in few)), [values]
            few, size = [], len(rows) if may_merge else 0
        if may_merge:
            few.append((sql, rows))
        elif rows:
            yield sql, rows


def _start(sql: str) -> str:
    """What a statement begins with, up to the names of its columns."""
    return sql.partition(" (")[0]


@lru_cache(maxsize=256)
def _one_statement(statements: tuple[tuple[str, int], ...]) -> str:
    *first, last = chain.from_iterable(_repeated(sql, rows) for sql, rows in statements)
    return f"WITH {', '.join(f'w{place} AS ({each})' for place, each in enumerate(first))} {last}" if first else last


def _repeated(sql: str, rows: int) -> list[str]:
    """An insert of several rows, which keeps their order; or as many updates."""
    if not sql.startswith("INSERT"):
        return [sql] * rows
    row = sql[sql.index("VALUES (") + 7 : sql.index(")", sql.index("VALUES (")) + 1]
    return [sql.replace(row, ", ".join([row] * rows))]


@lru_cache(maxsize=256)
def _numbered(sql: str, *are_one: bool) -> bytes:
    """A statement with numbered marks; a list of one value is compared with it, whose plan PostgreSQL can keep."""
    numbers = count(1)

    def mark(found: re.Match[str]) -> str:
        if found[1] is None:
            return f"${next(numbers)}"
        return f"= ${found[1]}" if are_one[int(found[1]) - 1] else f"= ANY(${found[1]}::text[])"

    return _MARK.sub(mark, sql).encode()


def _is_one(value: object) -> bool:
    return isinstance(value, list) and len(value) == 1


def _given(values: Sequence[object]) -> list[object]:
    return [each[0] if _is_one(each) else each for each in values]  # type: ignore[index]  # a list


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
    "42883": StoreSchemaError,  # no such function
    "42703": StoreSchemaError,
    "08": StoreUnavailableError,
    "25": StoreUnavailableError,  # read only, or a transaction that was idle for too long
    "53": StoreUnavailableError,  # no room on the disk, too many connections
    "57P": StoreUnavailableError,  # the server goes down
}
"""Kinds of error by how the SQLSTATE begins; none is given where the connection is lost."""
