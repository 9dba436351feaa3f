"""Whatever the frame, the same work: eager frames at once, lazy ones by batches, relations through Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, cast

import narwhals as nw

from servicekit.frames.columns import Column, with_column

if TYPE_CHECKING:
    import duckdb
    import polars as pl
    import pyarrow as pa
    from pyspark.sql import DataFrame as SparkFrame

__all__ = ["Kind", "Work", "applied"]

F = TypeVar("F")
Kind: TypeAlias = Literal["integer", "boolean", "instant"]
Work: TypeAlias = Callable[["nw.DataFrame[object]"], Column]
"""What makes a column of a batch of rows."""


def applied(data: F, work: Work, *, name: str, kind: Kind) -> F:
    """``data`` with the column ``name`` that ``work`` makes, as the type of frame it came as.

    Raises:
        TypeError: it is no frame of a supported library.
    """
    frame = nw.from_native(data, pass_through=False)
    if isinstance(frame, nw.DataFrame):
        return cast(F, with_column(frame, name, work(frame)).to_native())
    lazy = _LAZY.get(frame.implementation)
    if lazy is None:
        raise TypeError(f"frames of {frame.implementation} are not supported; collect them first")
    return cast(F, lazy(data, work, name, kind))


def _polars(data: object, work: Work, name: str, kind: Kind) -> object:
    import polars as pl

    lazy = cast("pl.LazyFrame", data)
    dtype = {"integer": pl.Int64(), "boolean": pl.Boolean(), "instant": pl.Datetime("us", "UTC")}[kind]

    def batch(part: pl.DataFrame) -> pl.DataFrame:
        return applied(part, work, name=name, kind=kind)

    return lazy.map_batches(batch, schema={**lazy.collect_schema(), name: dtype})


def _duckdb(data: object, work: Work, name: str, kind: Kind) -> object:
    import duckdb

    # A relation does not tell its connection; one made from Arrow lives in the default one and needs none to be read.
    table = cast("duckdb.DuckDBPyRelation", data).to_arrow_table()
    return duckdb.from_arrow(applied(table, work, name=name, kind=kind))


def _spark(data: object, work: Work, name: str, kind: Kind) -> object:
    from pyspark.sql import types

    frame = cast("SparkFrame", data)
    kinds = {"integer": types.LongType(), "boolean": types.BooleanType(), "instant": types.TimestampType()}
    fields = [field for field in frame.schema.fields if field.name != name]
    shared = frame.sparkSession.sparkContext.broadcast(work)

    def batches(parts: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for part in parts:
            table = applied(pa.Table.from_batches([part]), shared.value, name=name, kind=kind)
            yield from table.select([*(field.name for field in fields), name]).to_batches()

    return frame.mapInArrow(batches, types.StructType([*fields, types.StructField(name, kinds[kind])]))


_LAZY: dict[nw.Implementation, Callable[[object, Work, str, Kind], object]] = {
    nw.Implementation.POLARS: _polars,
    nw.Implementation.DUCKDB: _duckdb,
    nw.Implementation.PYSPARK: _spark,
}
