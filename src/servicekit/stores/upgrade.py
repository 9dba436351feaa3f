"""The tables, brought to the schema of this version of the library."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.stores.postgres import error_of
from servicekit.stores.sql_schema import metadata
from servicekit.stores.sqlite import upgrade_sqlite

if TYPE_CHECKING:
    import sqlalchemy

_ALONE = "SELECT pg_advisory_xact_lock(hashtext('points_ledger'))"


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
