"""The frame libraries: eager frames at once, lazy Polars by batches, DuckDB through Arrow, Spark by partitions.

A :class:`FrameQuery` makes one frame of another and knows no library. To add an eager library, add the maker of its
columns to ``frame_columns.py``; a lazy one gets a function here that runs a query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar, cast

import narwhals as nw

from servicekit.frames.frame_columns import check_library

if TYPE_CHECKING:
    import duckdb
    import polars as pl
    import pyarrow as pa
    from narwhals.dtypes import DType
    from narwhals.typing import IntoFrame
    from pyspark.sql import DataFrame as SparkFrame

    from servicekit.frames.frame_columns import ColumnKind, Frame


F = TypeVar("F")

_ROWS_AT_ONCE = 1 << 19
_HOURS_AS_DAYS = (
    "CASE WHEN abs(datepart('hour', {0})) > 2562046"  # as nanoseconds these do not fit 64 bits
    " THEN {0} - to_hours(datepart('hour', {0}) // 24 * 24) + to_days((datepart('hour', {0}) // 24)::INTEGER)"
    " ELSE {0} END"
)


class FrameQuery(Protocol):
    """A question about the rows of a frame; it is sent to other processes, so it can be pickled."""

    @property
    def schema(self) -> Mapping[str, ColumnKind]:
        """The columns that the answer has, or gains, and what they hold."""

    @property
    def case_id(self) -> str | None:
        """The column of cases that must be asked about as a whole; the answer then has the columns of ``schema`` only.

        ``None`` for a question about each row by itself; its answer has the columns of the frame, too.
        """

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or of the wrong type, before any row is seen."""

    def __call__(self, frame: Frame, *, dictionaries: bool = False) -> object:
        """The answer as a frame of the same library; ``dictionaries`` allows Arrow's texts to be dictionaries."""


def answer(data: F, query: FrameQuery) -> F:
    """The answer to a query, as the type of frame that ``data`` is.

    Raises:
        TypeError: ``data`` is not a frame of a supported library.
    """
    frame = nw.from_native(cast("IntoFrame", data))
    if isinstance(frame, nw.DataFrame):
        check_library(frame.implementation)
        return cast(F, query(frame))
    lazy = _LAZY.get(frame.implementation)
    if lazy is None:
        raise TypeError(f"frames of {frame.implementation} are not supported; collect them first")
    query.check(frame.collect_schema())
    return cast(F, lazy(data, query))


def _polars(data: object, query: FrameQuery) -> object:
    import polars as pl

    lazy = cast("pl.LazyFrame", data)

    def batch(part: pl.DataFrame) -> pl.DataFrame:
        return answer(part, query)

    # A filter of the answer must not become a filter of the frame; older releases of Polars push it down by default.
    return lazy.map_batches(
        batch,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
        schema=batch(pl.DataFrame(schema=lazy.collect_schema())).schema,
    )


def _duckdb(data: object, query: FrameQuery) -> object:
    import duckdb

    # A relation does not name its connection. One made from Arrow lives in the default connection and can be read
    # from any thread; its rows are the Arrow table's, not a copy.
    table = nw.from_native(_exported(cast("duckdb.DuckDBPyRelation", data), query.case_id), eager_only=True)
    return duckdb.from_arrow(query(table, dictionaries=True))


def _exported(relation: duckdb.DuckDBPyRelation, case_id: str | None) -> pa.Table:
    """The rows as Arrow, on whose way DuckDB lets long hours and large numbers wrap."""
    import pyarrow as pa

    forms, wide = [], []
    for name, kind in zip(relation.columns, map(str, relation.types), strict=True):
        column = '"{}"'.format(name.replace('"', '""'))
        if kind == "INTERVAL":
            forms.append(f"{_HOURS_AS_DAYS.format(column)} AS {column}")
        elif kind in ("HUGEINT", "UHUGEINT"):
            wide.append(name)
            forms.append(f"{column}::{'VARCHAR' if name == case_id else 'HUGEINT'} AS {column}")
    table = (relation.project(f"* REPLACE ({', '.join(forms)})") if forms else relation).to_arrow_table()
    for name in wide:
        with suppress(pa.ArrowInvalid):  # what 64 bits cannot hold stays a decimal
            table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.int64()))
    return table


def _spark(data: object, query: FrameQuery) -> object:
    from pyspark.sql import types

    frame, case_id = cast("SparkFrame", data), query.case_id
    kinds = {
        "integer": types.LongType(),
        "boolean": types.BooleanType(),
        "instant": types.TimestampType(),
        "day": types.DateType(),
        "text": types.StringType(),
    }
    fields = {} if case_id is not None else {field.name: field for field in frame.schema.fields}
    fields |= {name: types.StructField(name, kinds[kind]) for name, kind in query.schema.items()}
    if case_id is not None:
        frame = frame.repartition(case_id).sortWithinPartitions(case_id)
    shared = frame.sparkSession.sparkContext.broadcast(query)

    def batches(parts: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in _tables(parts, case_id):
            yield from answer(table, shared.value).to_batches()

    return frame.mapInArrow(batches, types.StructType(list(fields.values())))


def _tables(parts: Iterable[pa.RecordBatch], case_id: str | None) -> Iterator[pa.Table]:
    """Batches as tables; where there is a column of cases, the rows are sorted by it and no case is cut in two."""
    import pyarrow as pa

    if case_id is None:
        yield from (pa.Table.from_batches([part]) for part in parts)
        return
    held: list[pa.RecordBatch] = []
    for part in parts:
        held.append(part)
        if sum(each.num_rows for each in held) >= _ROWS_AT_ONCE:
            table = pa.Table.from_batches(held)
            cut = _last_start(table.column(case_id))
            yield table.slice(0, cut)
            held = table.slice(cut).to_batches()
    if held:
        yield pa.Table.from_batches(held)


def _last_start(ids: pa.ChunkedArray) -> int:
    """The row in which the last case begins."""
    last, row = ids[-1], len(ids) - 1
    while row and ids[row - 1] == last:
        row -= 1
    return row


_Lazy: TypeAlias = Callable[[object, FrameQuery], object]
_LAZY: Mapping[nw.Implementation, _Lazy] = {
    nw.Implementation.POLARS: _polars,
    nw.Implementation.DUCKDB: _duckdb,
    nw.Implementation.PYSPARK: _spark,
}
