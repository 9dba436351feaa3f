"""The store of a ledger, by the path or the address that was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.cli.arguments import UsageError
from servicekit.stores import SqliteStore, SqlStore, StoreUnavailableError, upgrade

if TYPE_CHECKING:
    import sqlalchemy

    from servicekit.stores.database_store import DatabaseStore

_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")


@contextmanager
def open_store(given: str, *, is_new_allowed: bool) -> Iterator[DatabaseStore]:
    """A store in a file of SQLite, or in PostgreSQL by its address; made where it may be new, closed at the end.

    Raises:
        MissingExtraError: PostgreSQL is asked for, and SQLAlchemy or psycopg is not installed.
        StoreError: the store cannot be reached, or is none of ours.
        UsageError: there is no such file, and the verb only asks; or it is another database.
    """
    if "://" in given:
        with _postgres(given) as engine:
            if is_new_allowed:
                _make_tables(engine)
            yield SqlStore(engine)
        return
    if given in ("", ":memory:"):
        raise UsageError(f"--store: expected a file such as points.db, not {given!r}")
    if not is_new_allowed and not Path(given).exists():
        raise UsageError(f"--store: there is no file {given!r}; `servicekit points earn` makes one")
    with SqliteStore(given) as store:
        yield store


@contextmanager
def _postgres(given: str) -> Iterator[sqlalchemy.Engine]:
    """An engine; no message repeats the address, which may hold a password."""
    kind, _, rest = given.partition("://")
    if kind not in _POSTGRES:
        raise UsageError("--store: expected a file such as points.db, or postgresql://user@host/database")
    sql = require("sqlalchemy", extra="sql")
    require("psycopg", extra="postgres")
    try:
        engine: sqlalchemy.Engine = sql.create_engine(f"postgresql+psycopg://{rest}")
    except (ValueError, sql.exc.ArgumentError):
        raise UsageError("--store: the address cannot be read; write postgresql://user@host/database") from None
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
