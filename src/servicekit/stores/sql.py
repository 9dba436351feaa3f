"""A store in PostgreSQL, by SQLAlchemy and psycopg: for many writers at once, and beside a shop's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.loyalty.terms import BookingRules
from servicekit.stores.database_store import DatabaseStore
from servicekit.stores.error import StoreUnavailableError
from servicekit.stores.postgres.database import PostgresDatabase, typed_errors
from servicekit.stores.postgres.redemption import PostgresRedemption

if TYPE_CHECKING:
    import psycopg
    import sqlalchemy


class SqlStore(DatabaseStore):
    """A ledger in a database of PostgreSQL, by an engine of SQLAlchemy or the address of one; :func:`upgrade` makes it.

    A transaction locks the rows of its accounts in sorted order before it reads anything else of them, at READ
    COMMITTED, and takes two round trips; a plain redemption takes one. Processes that fork make an engine each. The
    journal of an account has no gaps at any time; that of all accounts lacks what other writers are about to commit,
    and what they commit later may stand before what was read: follow it by account, or when nobody writes.

    >>> SqlStore("sqlite:///points.db")
    Traceback (most recent call last):
    ValueError: a SqlStore needs PostgreSQL with psycopg (postgresql+psycopg://...), not sqlite; see SqliteStore

    Raises:
        MissingExtraError: SQLAlchemy or psycopg is not installed.
        ValueError: it is another database or driver.
    """

    __slots__ = ("_engine",)

    def __init__(self, engine: sqlalchemy.Engine | str) -> None:
        require("psycopg", extra="postgres")
        sql = require("sqlalchemy", extra="sql")
        made: sqlalchemy.Engine = sql.create_engine(_address(engine)) if isinstance(engine, str) else engine
        if (made.dialect.name, made.dialect.driver) != ("postgresql", "psycopg"):
            raise ValueError(
                "a SqlStore needs PostgreSQL with psycopg (postgresql+psycopg://...), "
                f"not {made.dialect.name}; see SqliteStore"
            )
        self._engine = made.execution_options(isolation_level="READ COMMITTED")

    def __repr__(self) -> str:
        return f"SqlStore({self._engine.url!r})"

    @staticmethod
    def within(connection: sqlalchemy.Connection) -> DatabaseStore:
        """The ledger in the caller's own database and transaction, whose commit makes it last.

        A command that is refused is undone alone; what the caller wrote before it stays.
        """
        return _CallersPostgres(connection)

    def shortcut(self, rules: BookingRules) -> PostgresRedemption:
        """What books plain redemptions in one round trip."""
        return PostgresRedemption(self._statement_by_statement, rules)

    @contextmanager
    def _statement_by_statement(self) -> Iterator[PostgresDatabase]:
        """A database in which each statement is a transaction."""
        with typed_errors():
            pooled = self._engine.raw_connection()
        try:
            driver = _driver(pooled)
            driver.autocommit = True
            yield PostgresDatabase(driver)
            driver.autocommit = False
        except StoreUnavailableError:
            pooled.invalidate()
            self._engine.dispose()  # the others of the pool were to the same server
            raise
        except BaseException:
            pooled.invalidate()
            raise
        finally:
            pooled.close()

    @contextmanager
    def _writing(self) -> Iterator[PostgresDatabase]:
        with self._database() as database:
            try:
                yield database
                database.commit()
            except BaseException:
                database.roll_back()
                raise

    @contextmanager
    def _reading(self) -> Iterator[PostgresDatabase]:
        with self._database() as database:
            yield database

    @contextmanager
    def _database(self) -> Iterator[PostgresDatabase]:
        sql = require("sqlalchemy", extra="sql")
        try:
            connection = self._engine.connect()
        except sql.exc.OperationalError as error:
            raise StoreUnavailableError(f"PostgreSQL cannot be reached: {error.orig}") from error
        with connection:
            try:
                yield PostgresDatabase(_driver(connection.connection))
            except StoreUnavailableError:
                connection.invalidate()
                self._engine.dispose()  # the others of the pool were to the same server
                raise


class _CallersPostgres(DatabaseStore):
    __slots__ = ("_connection",)

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection

    @contextmanager
    def _writing(self) -> Iterator[PostgresDatabase]:
        if not self._connection.in_transaction():
            self._connection.begin()
        database = PostgresDatabase(_driver(self._connection.connection))
        database.write([("SAVEPOINT points", [()])])
        try:
            yield database
            database.write([("RELEASE SAVEPOINT points", [()])])
            database.flush()
        except BaseException:
            database.roll_back("points")
            raise

    @contextmanager
    def _reading(self) -> Iterator[PostgresDatabase]:
        yield PostgresDatabase(_driver(self._connection.connection))


def _driver(pooled: sqlalchemy.PoolProxiedConnection) -> psycopg.Connection[tuple[object, ...]]:
    return pooled.driver_connection  # type: ignore[return-value]  # SQLAlchemy's type is that of all


def _address(text: str) -> str:
    """The address with the driver that is used here, where it names none.

    >>> _address("postgresql://shop@db/points")
    'postgresql+psycopg://shop@db/points'
    """
    return f"postgresql+psycopg{text.removeprefix('postgresql')}" if text.startswith("postgresql:") else text
