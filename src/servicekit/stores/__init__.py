"""Stores: where a ledger of points lasts."""

from servicekit.stores.error import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreSchemaError,
    StoreUnavailableError,
)
from servicekit.stores.sql import SqlStore
from servicekit.stores.sql_schema import metadata
from servicekit.stores.sqlite import SqliteStore
from servicekit.stores.upgrade import upgrade

__all__ = [
    "SqlStore",
    "SqliteStore",
    "StoreBusyError",
    "StoreCorruptError",
    "StoreError",
    "StoreSchemaError",
    "StoreUnavailableError",
    "metadata",
    "upgrade",
]
