"""The store of a ledger, by the path or the address that was given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.stores import SqliteStore, SqlStore, upgrade

if TYPE_CHECKING:
    from servicekit.stores.database_store import DatabaseStore

_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def open_store(given: str, *, is_new_allowed: bool) -> DatabaseStore:
    """A store in a file of SQLite, or in PostgreSQL by its address; made where it may be new.

    Raises:
        UsageError: there is no such file, and the verb only asks.
        StoreError: the store cannot be reached, or is none of ours.
    """
    if given.startswith(_POSTGRES):
        return _postgres(given, is_new_allowed=is_new_allowed)
    if not is_new_allowed and not Path(given).exists():
        raise UsageError(f"--store: there is no file {given!r}; `servicekit points earn` makes one")
    return SqliteStore(given)


def _postgres(given: str, *, is_new_allowed: bool) -> DatabaseStore:
    import sqlalchemy

    engine = sqlalchemy.create_engine(f"postgresql+psycopg://{given.partition('://')[2]}")
    store = SqlStore(engine)
    if is_new_allowed:
        with engine.begin() as connection:
            upgrade(connection)
    return store
