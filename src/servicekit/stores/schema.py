"""The tables of a ledger as SQLAlchemy knows them, and what makes them or brings them up to date."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from servicekit._extras import require
from servicekit.stores import tables
from servicekit.stores.postgres import error_of
from servicekit.stores.sqlite import upgrade_sqlite
from servicekit.stores.tables import StoredColumn, StoredTable

if TYPE_CHECKING:
    import sqlalchemy

_REFUSE = """CREATE OR REPLACE FUNCTION points_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is never changed: book a reversal' USING ERRCODE = 'integrity_constraint_violation';
END $$"""
_REFUSED = """CREATE OR REPLACE TRIGGER {0}_final BEFORE UPDATE OR DELETE OR TRUNCATE ON {0}
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse()"""
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('points_ledger'))"
_VERSION = "INSERT INTO points_ledger VALUES (1, {}, NULL) ON CONFLICT DO NOTHING"


@lru_cache(maxsize=1)
def metadata() -> sqlalchemy.MetaData:
    """The tables for SQLAlchemy and for Alembic, as ``target_metadata`` of an ``env.py``, alone or beside your own.

    A migration that Alembic writes knows tables; let it call :func:`upgrade` as well, which adds the triggers.

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
    for statement in (_REFUSE, *journal, _VERSION.format(tables.VERSION)):
        sql.event.listen(made, "after_create", sql.DDL(statement).execute_if(dialect="postgresql"))
    return made  # type: ignore[no-any-return]  # what require() gives has no types


def upgrade(connection: sqlite3.Connection | sqlalchemy.Connection) -> None:
    """Make the tables of a ledger, or what of them is missing; safe to repeat, and while others do the same.

    In PostgreSQL the caller commits; in SQLite it is a transaction of its own unless one is open.

    >>> connection = sqlite3.connect(":memory:")
    >>> upgrade(connection)
    >>> connection.execute("SELECT schema_version FROM points_ledger").fetchone()
    (1,)

    Raises:
        StoreError: the database refuses; see its subclasses.
    """
    if isinstance(connection, sqlite3.Connection):
        upgrade_sqlite(connection)
        return
    made = metadata()
    try:
        connection.exec_driver_sql(_ALONE)
        made.create_all(connection)
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
    kinds = {"integer": sql.BigInteger, "text": sql.Text, "day": sql.Date, "boolean": sql.Boolean}
    if column.kind == "position":
        return sql.Column(column.name, sql.BigInteger, sql.Identity(), nullable=False)  # type: ignore[no-any-return]  # as above
    return sql.Column(column.name, kinds[column.kind], nullable=column.nullable, autoincrement=False)  # type: ignore[no-any-return]  # as above
