"""Stores: where a ledger of points lasts.

What lives here. :class:`SqliteStore` (``sqlite.py``), a file; :class:`SqlStore` (``sql.py``), PostgreSQL by
SQLAlchemy, with its round trips (``postgres/``). Both are a ``DatabaseStore`` (``database_store.py``): a transaction
(``transaction.py``) reads states (``row_reader.py``) and writes rows (``batch.py``, those of the journal by
``journal_tables.py``) over what a database can do, its ``Database``. The tables are told once (``tables.py``) and made
from that by :func:`upgrade` (``schema.py``, ``sqlite_schema.py``); :func:`metadata` is for Alembic. What goes wrong has
a class in ``error.py``.

It may import ``loyalty`` and below. To add a database, write a ``Database`` for it and run the laws of
``servicekit.testing.laws`` over it. To change a table, raise ``VERSION`` in ``tables.py`` and let :func:`upgrade` bring
the old tables there.
"""

from servicekit.stores.error import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreSchemaError,
    StoreUnavailableError,
)
from servicekit.stores.schema import metadata, open_store, upgrade
from servicekit.stores.sql import SqlStore
from servicekit.stores.sqlite import SqliteStore

__all__ = [
    "SqlStore",
    "SqliteStore",
    "StoreBusyError",
    "StoreCorruptError",
    "StoreError",
    "StoreSchemaError",
    "StoreUnavailableError",
    "metadata",
    "open_store",
    "upgrade",
]
