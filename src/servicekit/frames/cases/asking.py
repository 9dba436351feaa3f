"""Whatever the frame, the same judging: eager frames at once, relations through Arrow, Spark by whole cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

import narwhals as nw
import numpy as np

from servicekit.frames.cases.columns import AnyColumns, EventColumns
from servicekit.frames.cases.judging.folded import judged
from servicekit.frames.cases.judging.plain import Setting, is_unpromised
from servicekit.frames.cases.judging.reckoned import reckoned
from servicekit.frames.cases.reading.events import check_events, events_log
from servicekit.frames.cases.reading.intake import Schema
from servicekit.frames.cases.reading.tickets import check_tickets, tickets_log
from servicekit.frames.cases.result import PROBLEM_COLUMNS, Columns, framed, outcome_columns, problem_columns
from servicekit.sla import OUTCOME_COLUMNS, SlaEngine
from servicekit.timeline import from_us

if TYPE_CHECKING:
    import duckdb
    import polars as pl
    import pyarrow as pa
    from narwhals.dtypes import DType
    from narwhals.typing import IntoFrame
    from pyspark.sql import DataFrame as SparkFrame

    from servicekit.frames.columns import Frame

__all__ = ["Judging", "answered"]

F = TypeVar("F")

_ROWS_AT_ONCE = 1 << 19
_INSTANTS = frozenset({"started_at", "due_at", "stopped_at", "breached_at"})
_NUMBERS = frozenset({"instance", "elapsed_us", "paused_us"})


@dataclass(frozen=True, slots=True)
class Judging:
    """What is asked: by which engine, as of when, of which columns; and whether for outcomes or for problems."""

    engine: SlaEngine
    now: int
    columns: AnyColumns
    problems: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the answer."""
        return PROBLEM_COLUMNS if self.problems else OUTCOME_COLUMNS

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or of the wrong type, before any row is seen."""
        schema = Schema(dict(dtypes))
        if isinstance(self.columns, EventColumns):
            check_events(self.columns, schema)
        else:
            check_tickets(self.columns, schema)

    def __call__(self, frame: Frame) -> Columns:
        """The columns of the answer, for a frame that holds all rows of its cases."""
        policies = [edition.policy for edition in self.engine.compiled.editions]
        if isinstance(self.columns, EventColumns):
            log = events_log(frame, self.columns, policies)
        else:
            log = tickets_log(frame, self.columns, policies)
        setting = Setting(self.engine, log)
        blocks, targets, rest = reckoned(setting, self.now)
        if self.problems:
            rest |= is_unpromised(setting)
        verdicts = list(judged(self.engine, log, np.flatnonzero(rest), from_us(self.now)))
        if self.problems:
            return problem_columns(setting, verdicts)
        return outcome_columns(setting, blocks, targets, verdicts)


def answered(data: F, ask: Judging) -> F:
    """The answer as the type of frame the data came as.

    Raises:
        TypeError: it is no frame of a supported library.
    """
    frame = nw.from_native(cast("IntoFrame", data))
    if isinstance(frame, nw.DataFrame):
        if not (
            frame.implementation.is_polars() or frame.implementation.is_pandas() or frame.implementation.is_pyarrow()
        ):
            raise TypeError(f"frames of {frame.implementation} are not supported; convert them to Arrow first")
        return cast(F, framed(ask(frame), frame.implementation))
    lazy = _LAZY.get(frame.implementation)
    if lazy is None:
        raise TypeError(f"frames of {frame.implementation} are not supported; collect them first")
    ask.check(frame.collect_schema())
    return cast(F, lazy(data, ask))


def _polars(data: object, ask: Judging) -> object:
    import polars as pl

    def kind(name: str) -> pl.DataType | type[pl.DataType]:
        return pl.Datetime("us", "UTC") if name in _INSTANTS else pl.Int64 if name in _NUMBERS else pl.String

    lazy, schema = cast("pl.LazyFrame", data), {name: kind(name) for name in ask.names}
    # A filter of the answer must not become one of the frame; older releases of Polars take it for one by default.
    return lazy.map_batches(
        lambda part: answered(part, ask),
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
        schema=schema,
    )


def _duckdb(data: object, ask: Judging) -> object:
    import duckdb

    # A relation does not tell its connection; what is made of Arrow lives in the default one.
    relation = cast("duckdb.DuckDBPyRelation", data)
    table = nw.from_native(relation.to_arrow_table(), eager_only=True)
    return duckdb.from_arrow(framed(ask(table), table.implementation, dictionaries=True))


def _spark(data: object, ask: Judging) -> object:
    frame, case_id = cast("SparkFrame", data), ask.columns.case_id
    kinds = {
        name: "TIMESTAMP" if name in _INSTANTS else "BIGINT" if name in _NUMBERS else "STRING" for name in ask.names
    }
    by_case = frame.repartition(case_id).sortWithinPartitions(case_id)

    def batches(parts: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in _whole_cases(parts, case_id):
            yield from answered(table, ask).to_batches()

    return by_case.mapInArrow(batches, ", ".join(f"{name} {kind}" for name, kind in kinds.items()))


def _whole_cases(parts: Iterable[pa.RecordBatch], case_id: str) -> Iterator[pa.Table]:
    """Batches of sorted rows as tables that no case crosses."""
    import pyarrow as pa

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


_Lazy: TypeAlias = Callable[[object, Judging], object]
_LAZY: Mapping[nw.Implementation, _Lazy] = {
    nw.Implementation.POLARS: _polars,
    nw.Implementation.DUCKDB: _duckdb,
    nw.Implementation.PYSPARK: _spark,
}
