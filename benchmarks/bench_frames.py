"""Open time over whole columns: the kernel beside a subtraction and a search, each engine beside its own copies."""

from __future__ import annotations

import os
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from benchmarks.questions import Ask
from servicekit import Calendar, CompiledCalendar, frames
from servicekit.frames.array_chunks import Ints
from servicekit.frames.open_time_kernel import Kernel
from servicekit.timeline import to_us

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from benchmarks.conftest import Stopwatch

FIRST = to_us(datetime(2021, 1, 1, tzinfo=UTC))
YEAR = int(365.25 * 86_400_000_000)
CHUNK = 1 << 16
CALENDARS = {
    "mornings and afternoons, New York": ["09:00-12:00", "13:00-17:00"],
    "breaks of 15 minutes, odd seconds": ["09:00-10:00:59", "10:15:59-12:00:01", "13:00:13-14:59:17", "15:15:17-17:00"],
}
LUNCH = "mornings and afternoons, New York"


@cache
def hours(name: str = LUNCH) -> CompiledCalendar:
    """The desk, its years compiled: what is timed is the columns."""
    document = {"timezone": "America/New_York", "weekly": {"mon-fri": CALENDARS[name]}, "holidays": ["US"]}
    compiled = Calendar.model_validate(document).compile()
    compiled.elapsed_us(FIRST, FIRST + 60 * YEAR)
    return compiled


@cache
def pairs(rows: int, years: int = 5) -> tuple[Ints, Ints]:
    """Random instants, in no order."""
    start, end = np.random.default_rng(rows).integers(FIRST, FIRST + years * YEAR, (2, rows))
    return start, end


def searched(start: Ints, end: Ints, chunk: int) -> Ints:
    """What one writes first: the sorted edges, searched."""
    spans = np.array([(FIRST, FIRST), *hours().open_spans_us(FIRST, FIRST + 5 * YEAR)])
    starts, ends = spans[:, 0].copy(), spans[:, 1].copy()
    before = np.concatenate(([0], np.cumsum(ends - starts)))[:-1]

    def open_before(at: Ints) -> Ints:
        run = np.searchsorted(starts, at, "right") - 1
        answer: Ints = before[run] + np.minimum(at, ends[run]) - starts[run]
        return answer

    parts = (slice(n, n + chunk) for n in range(0, len(start), chunk))
    return np.concatenate([open_before(end[part]) - open_before(start[part]) for part in parts])


def ours(start: Ints, end: Ints, name: str = LUNCH) -> Ints:
    """The public call: it finds the bounds, builds the kernel and makes room for the answer, each time."""
    return frames.elapsed_array(start, end, calendar=hours(name)).view("int64")


@pytest.mark.parametrize("name", CALENDARS)
@pytest.mark.parametrize("threads", [1, 2])
def bench_random_pairs(stopwatch: Stopwatch, monkeypatch: pytest.MonkeyPatch, name: str, threads: int) -> None:
    start, end = pairs(10_000_000)
    monkeypatch.setattr(os, "cpu_count", lambda: threads)
    found = ours(start, end, name)
    some = zip(start[:500].tolist(), end[:500].tolist(), strict=True)
    assert found[:500].tolist() == [hours(name).elapsed_us(a, b) for a, b in some]
    stopwatch.time("10 M random pairs, 5 years", f"{name}, {threads} threads", Ask(ours, (start, end, name)))


def bench_floor(stopwatch: Stopwatch) -> None:
    start, end = pairs(10_000_000)
    room = np.zeros_like(end)
    stopwatch.time("10 M random pairs, 5 years", "floor: np.subtract", Ask(np.subtract, (end, start, room)))


@pytest.mark.parametrize("chunk", [CHUNK, 10_000_000], ids=["chunks", "whole"])
def bench_searchsorted(stopwatch: Stopwatch, chunk: int) -> None:
    start, end = pairs(10_000_000)
    assert (searched(start[:9999], end[:9999], chunk) == ours(start[:9999], end[:9999])).all()
    who = f"searchsorted, {'chunks of 64 k' if chunk == CHUNK else 'whole arrays'}"
    stopwatch.time("10 M random pairs, 5 years", who, Ask(searched, (start, end, chunk)))


def peak(ask: Callable[[], object]) -> float:
    """The most memory that a call holds beyond what was there, in MB."""
    tracemalloc.start()
    ask()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found / 1e6


@pytest.mark.parametrize("rows", [1_000, 100_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000])
def bench_growth_with_rows(stopwatch: Stopwatch, rows: int) -> None:
    start, end = pairs(rows)
    memory = peak(lambda: ours(start, end))
    stopwatch.time("growth with rows, 5 years", f"{rows:,} rows, {memory:.1f} MB at most", Ask(ours, (start, end)))


@pytest.mark.parametrize("years", [1, 5, 20, 60])
def bench_growth_with_horizon(stopwatch: Stopwatch, years: int) -> None:
    start, end = pairs(1_000_000, years)
    memory = peak(lambda: ours(start, end))
    stopwatch.time("growth with horizon, 1 M rows", f"{years} years, {memory:.1f} MB at most", Ask(ours, (start, end)))


def bench_due(stopwatch: Stopwatch) -> None:
    start, _ = pairs(1_000_000)

    def due() -> object:
        return frames.due_array(start, timedelta(hours=8), calendar=hours())

    stopwatch.time("other questions, 1 M rows", "due, 8 h", Ask(due, ()))


def bench_is_open(stopwatch: Stopwatch) -> None:
    start, _ = pairs(1_000_000)

    def is_open() -> object:
        return frames.is_open_array(start, calendar=hours())

    stopwatch.time("other questions, 1 M rows", "is_open", Ask(is_open, ()))


ROWS = 5_000_000
ENGINES = "5 M rows in and out"
OWN = "kernel and own copies"


def kernel() -> Kernel:
    """A kernel built beforehand, as good as free, for those who only copy."""
    built = Kernel.over(hours(), FIRST, FIRST + 5 * YEAR)
    built.elapsed(*pairs(1_000_000))
    return built


def table() -> pa.Table:
    """Two columns of instants in New York's time, as frames hold them."""
    zoned = pa.timestamp("us", "America/New_York")
    return pa.table({name: pa.array(values).cast(zoned) for name, values in zip("ab", pairs(ROWS), strict=True)})


@pytest.mark.parametrize("who", [OWN, "servicekit"])
def bench_polars(stopwatch: Stopwatch, who: str) -> None:
    zoned = pl.DataFrame(pl.from_arrow(table()))
    plain, built = zoned.cast(pl.Int64), kernel()

    def own() -> pl.DataFrame:
        a, b = (plain[name].to_numpy(writable=True) for name in "ab")
        return plain.with_columns(elapsed_us=pl.Series(built.elapsed(a, b)))

    def asked() -> pl.DataFrame:
        return frames.elapsed(zoned, "a", "b", calendar=hours())

    assert asked()["elapsed_us"].equals(own()["elapsed_us"])
    stopwatch.time(ENGINES, f"Polars: {who}", Ask(own if who == OWN else asked, ()))


def sum_of(relation: duckdb.DuckDBPyRelation) -> object:
    """Every value of the new column is needed for it."""
    return relation.aggregate("sum(elapsed_us)").fetchall()[0][0]


@pytest.mark.parametrize("who", [OWN, "servicekit"])
def bench_duckdb(stopwatch: Stopwatch, who: str) -> None:
    log, built = table(), kernel()
    duckdb.sql("CREATE OR REPLACE TABLE zoned AS SELECT * FROM log")
    duckdb.sql("CREATE OR REPLACE TABLE plain AS SELECT epoch_us(a) AS a, epoch_us(b) AS b FROM log")
    assert log.num_rows == ROWS

    def own() -> object:
        copied = duckdb.table("plain").to_arrow_table()
        answer = built.elapsed(copied["a"].to_numpy(), copied["b"].to_numpy())
        return sum_of(duckdb.from_arrow(pa.table({"elapsed_us": answer})))

    def asked() -> object:
        return sum_of(frames.elapsed(duckdb.table("zoned"), "a", "b", calendar=hours()))

    assert own() == asked()
    stopwatch.time(ENGINES, f"DuckDB: {who}", Ask(own if who == OWN else asked, ()))


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A Spark of two threads on this machine."""
    from pyspark.sql import SparkSession

    os.environ.update(PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    builder = SparkSession.builder.master("local[2]").config("spark.driver.host", "127.0.0.1")
    builder = builder.config("spark.driver.memory", "2g").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
    session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def spark_rows(spark: SparkSession) -> DataFrame:
    """Whole numbers in memory, made by Spark itself."""
    random = (f"CAST({FIRST} + rand({seed}) * {5 * YEAR} AS BIGINT) AS {name}" for seed, name in enumerate("ab"))
    rows = spark.range(0, ROWS, 1, 2).selectExpr(*random).cache()
    rows.count()
    return rows


@pytest.mark.parametrize("who", [OWN, "servicekit"])
def bench_spark(stopwatch: Stopwatch, spark_rows: DataFrame, who: str) -> None:
    shared = spark_rows.sparkSession.sparkContext.broadcast(kernel())
    zoned = spark_rows.selectExpr("timestamp_micros(a) AS a", "timestamp_micros(b) AS b").cache()
    zoned.count()

    def batches(parts: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part in parts:
            answer = shared.value.elapsed(part["a"].to_numpy(), part["b"].to_numpy())
            yield pa.RecordBatch.from_pydict({"elapsed_us": pa.array(answer)})

    def own() -> object:
        return spark_rows.mapInArrow(batches, "elapsed_us BIGINT").selectExpr("sum(elapsed_us)").first()

    def asked() -> object:
        answer = frames.elapsed(zoned, "a", "b", calendar=hours())
        return answer.selectExpr("sum(elapsed_us)").first()

    assert own() == asked()
    stopwatch.time(ENGINES, f"PySpark: {who}", Ask(own if who == OWN else asked, ()))
