"""The frame libraries that run in this process: how each makes a frame, and how its values are read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa

__all__ = ["IBIS", "LIBRARIES", "Library", "Table"]

Table = Mapping[str, Sequence[datetime | int | str | None]]


@dataclass(frozen=True)
class Library:
    """One kind of frame."""

    name: str
    make: Callable[[pa.Table], Any]
    native: type
    read: Callable[[Any], pa.Table]

    def frame(self, **columns: pa.Array) -> Any:
        """A frame of columns given as Arrow arrays."""
        return self.make(pa.table(columns))

    def values(self, frame: Any, column: str) -> list[Any]:
        """What a column holds; instants as aware datetimes, nulls as None."""
        return list(self.read(frame)[column].to_pylist())

    def __str__(self) -> str:
        return self.name


def from_duckdb(table: pa.Table) -> duckdb.DuckDBPyRelation:
    return duckdb.from_arrow(table)


# Without this, pandas makes floats of whole numbers as soon as one of them is missing.
NULLABLE = {pa.int64(): pd.Int64Dtype()}
LIBRARIES = (
    Library("Polars", pl.from_arrow, pl.DataFrame, lambda frame: frame.to_arrow()),
    Library(
        "lazy Polars",
        lambda table: nw.from_native(pl.from_arrow(table)).lazy().to_native(),
        pl.LazyFrame,
        lambda frame: frame.collect().to_arrow(),
    ),
    Library("pandas", lambda table: table.to_pandas(types_mapper=NULLABLE.get), pd.DataFrame, pa.Table.from_pandas),
    Library(
        "pandas on Arrow",
        lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
        pd.DataFrame,
        pa.Table.from_pandas,
    ),
    Library("PyArrow", lambda table: table, pa.Table, lambda frame: frame),
    Library("DuckDB", from_duckdb, duckdb.DuckDBPyRelation, lambda frame: frame.to_arrow_table()),
)
"""Spark has a test of its own, which needs Java."""


def from_ibis(table: pa.Table) -> Any:
    import ibis

    return ibis.memtable(table)


IBIS = (Library("Ibis", from_ibis, object, lambda table: table.to_pyarrow()),) if find_spec("ibis") else ()
"""Key figures alone are measured of tables of Ibis; it comes with the extra ``check``."""
