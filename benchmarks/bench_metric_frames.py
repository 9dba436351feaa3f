"""Seven key figures of 10 M tickets by 72 groups, from a Parquet file: each library beside what one writes for it.

Each run has a process of its own, so that the memory is that of one answer. ``python -m
benchmarks.bench_metric_frames WHO FILE`` is such a run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from math import isclose
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pytest

from benchmarks.conftest import OtherClock
from benchmarks.memory import peak_mb
from benchmarks.seven_figures import AS_OF, CHANNELS, FIRST, seven_figures

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

ROWS = int(os.environ.get("TICKETS", "10000000"))
PAIRS = 5
WEEK_US, AS_OF_US = 7 * 86_400_000_000, int(AS_OF.timestamp()) * 1_000_000
QUESTION = f"7 KPIs by 72 groups, {ROWS:,} rows"
NAMES = ("tickets", "csat", "nps", "p50", "p90", "sla", "first_contact")
ELSEWHERE = OtherClock()

_Told: TypeAlias = Mapping[str, list[float]]
"""The seven figures by month and channel."""


class _Run(NamedTuple):
    """Seconds of the processor and of the clock, and megabytes at most."""

    processor: float
    clock: float
    memory: float


@cache
def tickets() -> Path:
    """A year of tickets, made once by a process of its own: what a process has needed, those that it starts inherit."""
    path = Path(mkdtemp()) / "tickets.parquet"
    subprocess.run([sys.executable, "-m", "benchmarks.bench_metric_frames", "", str(path)], check=True)
    return path


def write_tickets(path: str) -> None:
    """A year of tickets of a quarter as many customers, in no order."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    dice = np.random.default_rng(7)
    at_us = int(FIRST.timestamp()) * 1_000_000 + dice.integers(0, 365 * 86_400_000_000, ROWS)

    def some(values: Any, missing: float) -> pa.Array:
        return pa.array(values, mask=dice.random(ROWS) < missing)

    def words(codes: Any, names: tuple[str, ...]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype("i1")), list(names)).cast(pa.string())

    customers = np.char.add("C-", dice.integers(0, ROWS // 4, ROWS).astype("U8"))
    table = pa.table(
        {
            "customer_id": pa.array(customers),
            "issue_type": words(dice.integers(0, 5, ROWS), ("address", "bill", "fault", "order", "other")),
            "channel": words(dice.integers(0, 6, ROWS), CHANNELS),
            "opened_at": pa.array(at_us, pa.timestamp("us", "UTC")),
            "csat": some(dice.integers(1, 6, ROWS), 0.3),
            "nps": some(dice.integers(0, 11, ROWS), 0.4),
            "wait_us": some((dice.lognormal(6, 1.2, ROWS) * 1e6).astype("i8"), 0.05),
            "sla": words(dice.choice(3, ROWS, p=[0.8, 0.15, 0.05]), ("met", "missed", "open")),
            "resolved": pa.array(dice.random(ROWS) < 0.9),
        }
    )
    parquet.write_table(table, path, compression="zstd")


def duckdb_frame(path: str) -> object:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'")
    return connection.read_parquet(path)


def polars_frame(path: str) -> object:
    import polars as pl

    return pl.scan_parquet(path)


def ours(frame: Callable[[str], object]) -> Callable[[str], _Told]:
    """The scorecard, measured of a library's frame; it gives totals, limits and reasons besides."""
    from servicekit.frames import metrics

    engine = seven_figures()

    def measure(path: str) -> _Told:
        found = metrics.measure(engine, {"case": frame(path)}, by=["channel"], period="month", as_of=AS_OF)
        groups = {group for _, group in found.of if group}
        return {
            " ".join(map(str, group)): [float(found.of[name, group].exact or 0) for name in NAMES] for group in groups
        }

    return measure


def duckdb_by_hand(path: str) -> _Told:
    """One query, as one writes it."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'")
    rows = connection.execute(
        f"""
        SELECT strftime(date_trunc('month', opened_at), '%Y-%m'), channel,
            count(*),
            sum(CASE WHEN csat >= 4 THEN 1 ELSE 0 END) / count(csat),
            100 * sum(CASE WHEN nps >= 9 THEN 1 WHEN nps <= 6 THEN -1 ELSE 0 END) / count(nps),
            quantile_cont(wait_us, [0.5, 0.9]),
            sum(CASE WHEN sla = 'met' THEN 1 ELSE 0 END) / sum(CASE WHEN sla IN ('met', 'missed') THEN 1 ELSE 0 END),
            count(*) FILTER (is_old AND resolved AND NOT is_followed) / nullif(count(*) FILTER (is_old), 0)
        FROM (
            SELECT *, opened_at + INTERVAL 7 DAY <= TIMESTAMPTZ '{AS_OF.isoformat()}' AS is_old,
                coalesce(lead(opened_at) OVER (PARTITION BY customer_id, issue_type ORDER BY opened_at)
                    <= opened_at + INTERVAL 7 DAY, false) AS is_followed
            FROM read_parquet('{path}')
        )
        GROUP BY ALL
        """
    ).fetchall()
    return {
        f"{month} {channel}": [n, csat, nps, *waits, sla, first]
        for month, channel, n, csat, nps, waits, sla, first in rows
    }


def polars_by_hand(path: str) -> _Told:
    """One grouping for what is counted, and one sort for who is followed."""
    import polars as pl

    tickets, group = pl.scan_parquet(path), ["month", "channel"]
    begun = pl.col("opened_at").dt.truncate("1mo").alias("month")
    counted = (
        tickets.group_by(begun, "channel")
        .agg(
            pl.len(),
            (pl.col("csat") >= 4).sum() / pl.col("csat").count(),
            100 * ((pl.col("nps") >= 9).sum().cast(pl.Int64) - (pl.col("nps") <= 6).sum()) / pl.col("nps").count(),
            pl.col("wait_us").quantile(0.5, "linear").alias("p50"),
            pl.col("wait_us").quantile(0.9, "linear").alias("p90"),
            (pl.col("sla") == "met").sum() / pl.col("sla").is_in(["met", "missed"]).sum(),
        )
        .collect()
    )
    key = ["customer_id", "issue_type"]
    at, week = pl.col("opened_at"), pl.duration(days=7)
    is_same = pl.all_horizontal(*(pl.col(name) == pl.col(name).shift(-1) for name in key))
    is_old = at + week <= AS_OF
    is_followed = (is_same & (at.shift(-1) - at <= week)).fill_null(value=False)
    first = (
        tickets.select(*key, "opened_at", begun, "channel", "resolved")
        .sort(*key, "opened_at")
        .select(*group, is_old.alias("old"), (is_old & pl.col("resolved") & ~is_followed).alias("first"))
        .group_by(*group)
        .agg(pl.col("old", "first").sum())
        .collect()
    )
    share = {(when, channel): kept / old if old else 0 for when, channel, old, kept in first.rows()}
    return {f"{when:%Y-%m} {channel}": [*told, share[when, channel]] for when, channel, *told in counted.rows()}


CONTENDERS: Mapping[str, Callable[[], Callable[[str], _Told]]] = {
    "servicekit on DuckDB": lambda: ours(duckdb_frame),
    "DuckDB by hand": lambda: duckdb_by_hand,
    "servicekit on Polars": lambda: ours(polars_frame),
    "Polars by hand": lambda: polars_by_hand,
}


def run(who: str, path: str) -> Mapping[str, object]:
    """One answer, with what it took; what is imported is not counted, but for its memory."""
    ask = CONTENDERS[who]()
    clock, processor = perf_counter(), process_time()
    told = ask(path)
    cost = _Run(process_time() - processor, perf_counter() - clock, peak_mb())
    return {"cost": cost, "told": told}


@cache
def runs() -> Mapping[str, list[_Run]]:
    """The costs of all, in turns; the figures of each run are those of the others."""
    found: dict[str, list[_Run]] = {who: [] for who in CONTENDERS}
    agreed: _Told = {}
    for _ in range(PAIRS):
        for who, costs in found.items():
            asked = [sys.executable, "-m", "benchmarks.bench_metric_frames", who, str(tickets())]
            answer = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
            agreed = agreed or answer["told"]
            _check(who, agreed, answer["told"])
            costs.append(_Run(*answer["cost"]))
    return found


def _check(who: str, agreed: _Told, told: _Told) -> None:
    assert len(agreed) == 72
    assert agreed.keys() == told.keys(), who
    for group, figures in agreed.items():
        for name, wanted, found in zip(NAMES, figures, told[group], strict=True):
            assert isclose(wanted, found or 0, rel_tol=1e-9), (who, group, name)


@pytest.mark.parametrize("who", CONTENDERS)
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_frames(stopwatch: Stopwatch, who: str) -> None:
    stopwatch.replay(QUESTION, who, ELSEWHERE, [each.processor for each in runs()[who]])


@pytest.mark.parametrize("who", CONTENDERS)
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_frames_by_the_clock(stopwatch: Stopwatch, who: str) -> None:
    stopwatch.replay(f"{QUESTION}, wall", who, ELSEWHERE, [each.clock for each in runs()[who]])


@pytest.mark.parametrize("who", CONTENDERS)
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_memory(stopwatch: Stopwatch, who: str) -> None:
    stopwatch.replay(f"{QUESTION}, peak MB", who, ELSEWHERE, [each.memory for each in runs()[who]])


if __name__ == "__main__":
    if sys.argv[1]:
        print(json.dumps(run(*sys.argv[1:])))
    else:
        write_tickets(sys.argv[2])
