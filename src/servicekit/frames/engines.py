"""Whatever the frame, the same work: eager frames at once, lazy ones by batches, relations through Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

import narwhals as nw

from servicekit.frames.columns import put
from servicekit.frames.questions import Question

if TYPE_CHECKING:
    import duckdb
    import polars as pl
    import pyarrow as pa
    from narwhals.typing import IntoFrame
    from pyspark.sql import DataFrame as SparkFrame

__all__ = ["answered"]

F = TypeVar("F")


def answered(data: F, question: Question, name: str) -> F:
    """``data`` with the column ``name`` that answers the question, as the type of frame it came as.

    Raises:
        TypeError: it is no frame of a supported library.
    """
    frame = nw.from_native(cast("IntoFrame", data))
    if isinstance(frame, nw.DataFrame):
        return cast(F, put(frame, name, question(frame)).to_native())
    lazy = _LAZY.get(frame.implementation)
    if lazy is None:
        raise TypeError(f"frames of {frame.implementation} are not supported; collect them first")
    question.check(frame.collect_schema())
    return cast(F, lazy(data, question, name))


def _polars(data: object, question: Question, name: str) -> object:
    import polars as pl

    lazy = cast("pl.LazyFrame", data)

    def batch(part: pl.DataFrame) -> pl.DataFrame:
        return answered(part, question, name)

    # What is asked of the answer must not be asked of the frame instead; older releases of Polars do so by default.
    return lazy.map_batches(
        batch,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
        schema=batch(pl.DataFrame(schema=lazy.collect_schema())).schema,
    )


def _duckdb(data: object, question: Question, name: str) -> object:
    import duckdb

    # A relation does not tell its connection. One made from Arrow lives in the default connection and can be read
    # from any thread; its rows are the Arrow table's, not a copy.
    table = cast("duckdb.DuckDBPyRelation", data).to_arrow_table()
    return duckdb.from_arrow(answered(table, question, name))


def _spark(data: object, question: Question, name: str) -> object:
    from pyspark.sql import types

    frame = cast("SparkFrame", data)
    kinds = {"integer": types.LongType(), "boolean": types.BooleanType(), "instant": types.TimestampType()}
    fields = {field.name: field for field in frame.schema.fields} | {
        name: types.StructField(name, kinds[question.kind])
    }
    shared = frame.sparkSession.sparkContext.broadcast(question)

    def batches(parts: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for part in parts:
            yield from answered(pa.Table.from_batches([part]), shared.value, name).to_batches()

    return frame.mapInArrow(batches, types.StructType(list(fields.values())))


_Lazy: TypeAlias = Callable[[object, Question, str], object]
_LAZY: Mapping[nw.Implementation, _Lazy] = {
    nw.Implementation.POLARS: _polars,
    nw.Implementation.DUCKDB: _duckdb,
    nw.Implementation.PYSPARK: _spark,
}
