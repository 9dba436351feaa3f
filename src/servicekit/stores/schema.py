"""The tables of a ledger as SQLAlchemy knows them, and what makes them or brings them up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOENT
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servicekit._extras import require
from servicekit.stores import tables
from servicekit.stores.error import StoreUnavailableError
from servicekit.stores.postgres.database import error_of
from servicekit.stores.postgres.redemption import FUNCTION
from servicekit.stores.sql import SqlStore
from servicekit.stores.sqlite import SqliteStore, upgrade_sqlite
from servicekit.stores.tables import StoredColumn, StoredTable
from servicekit.stores.transaction import check_version

if TYPE_CHECKING:
    import sqlalchemy

    from servicekit.stores.database_store import DatabaseStore

_REFUSE = """CREATE OR REPLACE FUNCTION points_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is never changed: book a reversal' USING ERRCODE = 'integrity_constraint_violation';
END $$"""
_REFUSED = """CREATE OR REPLACE TRIGGER {0}_final BEFORE UPDATE OR DELETE OR TRUNCATE ON {0}
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse()"""
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('points_ledger'))"
_FOUND = "SELECT max(schema_version) FROM points_ledger"
_VERSION = "INSERT INTO points_ledger VALUES (1, {}, NULL) ON CONFLICT DO NOTHING"


@lru_cache(maxsize=1)
def metadata() -> sqlalchemy.MetaData:
    """The tables for SQLAlchemy and for Alembic, as ``target_metadata`` of an ``env.py``, alone or beside your own.

    A migration that Alembic writes knows tables; let it call :func:`upgrade` as well, which adds triggers and
    a function.

    >>> len(metadata().tables["points_bookings"].primary_key.columns)
    1

    Raises:
        MissingExtraError: SQLAlchemy is not installed.
    """
    sql = require("sqlalchemy", extra="sql")
    made = sql.MetaData()
    for table in tables.TABLES:
        _add_table(sql, made, table)
    journal = (_REFUSED.format(table.name) for table in tables.TABLES if table.is_journal)
    for statement in (_REFUSE, *journal, FUNCTION, _VERSION.format(tables.VERSION)):
        sql.event.listen(made, "after_create", sql.DDL(statement).execute_if(dialect="postgresql"))
    return made  # type: ignore[no-any-return]  # what require() gives has no types


@contextmanager
def open_store(address: str, *, make: bool = False) -> Iterator[DatabaseStore]:
    """The store in a file of SQLite, or in PostgreSQL by its address, closed at the end of the block.

    With ``make`` its tables are made where there are none. No message repeats an address, which may hold a password.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, open_store(f"{folder}/points.db", make=True) as store:
    ...     list(store.accounts())
    []

    Raises:
        FileNotFoundError: there is no such file, and none is to be made.
        MissingExtraError: PostgreSQL is asked for, and SQLAlchemy or psycopg is not installed.
        StoreError: the store cannot be reached, or is none of ours.
        ValueError: it is no address that can be read, or that of another database.
    """
    if "://" in address:
        with _postgres(address) as engine:
            database = SqlStore(engine)
            if make:
                _make_tables(engine)
            yield database
        return
    if address in ("", ":memory:"):
        raise ValueError(f"expected a file such as points.db, not {address!r}")
    if not make and not Path(address).exists():
        raise FileNotFoundError(ENOENT, "no such ledger", address)
    with SqliteStore(address) as store:
        yield store


@contextmanager
def _postgres(address: str) -> Iterator[sqlalchemy.Engine]:
    kind, _, rest = address.partition("://")
    if kind not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError("expected a file such as points.db, or postgresql://user@host/database")
    sql = require("sqlalchemy", extra="sql")
    require("psycopg", extra="postgres")
    try:
        engine: sqlalchemy.Engine = sql.create_engine(f"postgresql+psycopg://{rest}")
    except (ValueError, sql.exc.ArgumentError):
        raise ValueError("the address cannot be read; write postgresql://user@host/database") from None
    try:
        yield engine
    finally:
        engine.dispose()


def _make_tables(engine: sqlalchemy.Engine) -> None:
    sql = require("sqlalchemy", extra="sql")
    try:
        with engine.begin() as connection:
            upgrade(connection)
    except sql.exc.DBAPIError as error:
        raise StoreUnavailableError(f"PostgreSQL cannot be reached: {error.orig}") from error


def upgrade(connection: sqlite3.Connection | sqlalchemy.Connection) -> None:
    """Make the tables of a ledger, or what of them is missing; safe to repeat, and while others do the same.

    In PostgreSQL the caller commits; in SQLite it is a transaction of its own unless one is open.

    >>> connection = sqlite3.connect(":memory:")
    >>> upgrade(connection)
    >>> connection.execute("SELECT schema_version FROM points_ledger").fetchone()
    (1,)

    Raises:
        StoreError: the database refuses; see its subclasses.
        StoreSchemaError: the tables are newer than this library.
    """
    if isinstance(connection, sqlite3.Connection):
        upgrade_sqlite(connection)
        check_version(connection.execute(_FOUND).fetchone()[0])
        return
    made = metadata()
    try:
        connection.exec_driver_sql(_ALONE)
        made.create_all(connection)
        check_version(connection.exec_driver_sql(_FOUND).scalar())
    except require("sqlalchemy", extra="sql").exc.DBAPIError as error:
        raise error_of(error.orig)(f"PostgreSQL says: {error.orig}") from error


def _add_table(sql: Any, made: sqlalchemy.MetaData, table: StoredTable) -> None:
    constraints = [
        sql.PrimaryKeyConstraint(*table.key),
        *(sql.UniqueConstraint(name) for name in table.unique),
        *(sql.CheckConstraint(check, name=f"{table.name}_{place}") for place, check in enumerate(table.checks)),
    ]
    for each in table.references:
        targets = [f"{each.table}.{name}" for name in each.of]
        cascade = "CASCADE" if each.cascades else None
        constraints.append(sql.ForeignKeyConstraint(each.columns, targets, ondelete=cascade))
    indexes = [
        sql.Index(f"{table.name}_open_{place}", *index.columns, postgresql_where=sql.text(index.where))
        for place, index in enumerate(table.indexes)
    ]
    sql.Table(table.name, made, *(_column(sql, each) for each in table.columns), *constraints, *indexes)


def _column(sql: Any, column: StoredColumn) -> sqlalchemy.Column[Any]:
    text = sql.Text().with_variant(sql.Text(collation="C"), "postgresql")  # sorts as Python does
    kinds = {"integer": sql.BigInteger, "text": text, "day": sql.Date, "boolean": sql.Boolean}
    if column.kind == "position":
        return sql.Column(column.name, sql.BigInteger, sql.Identity(), nullable=False)  # type: ignore[no-any-return]  # as above
    return sql.Column(column.name, kinds[column.kind], nullable=column.nullable, autoincrement=False)  # type: ignore[no-any-return]  # as above
