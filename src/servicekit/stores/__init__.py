"""Stores: where a ledger of points lasts."""

from servicekit.stores.error import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreSchemaError,
    StoreUnavailableError,
)
from servicekit.stores.sqlite import SqliteStore

__all__ = [
    "SqliteStore",
    "StoreBusyError",
    "StoreCorruptError",
    "StoreError",
    "StoreSchemaError",
    "StoreUnavailableError",
]
