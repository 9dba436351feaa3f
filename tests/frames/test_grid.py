"""The calendar as a table: plain SQL gives the scalar calendar's answers in DuckDB and in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from servicekit.calendars import Calendar
from servicekit.errors import CalendarError
from servicekit.frames import GridTable
from servicekit.timeline import to_us

LOW, HIGH = datetime(1969, 6, 1, tzinfo=UTC), datetime(1971, 2, 1, tzinfo=UTC)
HOURS = Calendar.model_validate(
    {"timezone": "America/New_York", "weekly": {"mon-fri": ["09:00-10:00:59", "10:15:59-12:00", "13:00-17:00"]}}
).compile(first_year=1960)
Row = tuple[int, int | None, int | None]


@pytest.fixture(scope="module")
def grid() -> GridTable:
    return GridTable(HOURS, LOW, HIGH)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Pairs of random instants, some of them null, and one on each side of the table."""
    low, high = to_us(LOW), to_us(HIGH)
    pairs = np.random.default_rng(1).integers(low, high, (500, 2)).tolist()
    odd = [(None, low), (low, None), (low - 1, low), (low, high + 1), (low, high), (high, low)]
    return [(n, a, b) for n, (a, b) in enumerate([*pairs, *odd])]


@pytest.fixture(scope="module")
def expected(rows: list[Row]) -> dict[int, int | None]:
    low, high = to_us(LOW), to_us(HIGH)
    inside = {n: None not in (a, b) and low <= min(a or 0, b or 0) and max(a or 0, b or 0) <= high for n, a, b in rows}
    return {n: HOURS.elapsed_us(a or 0, b or 0) if inside[n] else None for n, a, b in rows}


def in_duckdb(grid: GridTable, rows: list[Row], query: str) -> list[tuple[int, ...]]:
    with duckdb.connect() as connection:
        connection.register("desk", grid.arrow())
        connection.register("tickets", pa.table(dict(zip("nab", map(pa.array, zip(*rows, strict=True)), strict=True))))
        return connection.sql(query).fetchall()


def in_sqlite(grid: GridTable, rows: list[Row], query: str) -> list[tuple[int, ...]]:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE desk ({', '.join(grid.columns)}, PRIMARY KEY (cell))")
    connection.executemany("INSERT INTO desk VALUES (?, ?, ?, ?)", grid.rows())
    connection.execute("CREATE TABLE tickets (n, a, b)")
    connection.executemany("INSERT INTO tickets VALUES (?, ?, ?)", rows)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


engines = pytest.mark.parametrize("run", [in_duckdb, in_sqlite])
Run = Callable[[GridTable, list[Row], str], list[tuple[int, ...]]]


@engines
def test_sql_gives_the_answers_of_the_calendar(
    run: Run, grid: GridTable, rows: list[Row], expected: dict[int, int | None]
) -> None:
    query = f"SELECT n, elapsed_us FROM ({grid.elapsed('tickets', 'a', 'b', grid='desk')}) AS answer"
    assert dict(run(grid, rows, query)) == expected


@engines
def test_the_expressions_serve_in_queries_of_one_s_own(
    run: Run, grid: GridTable, rows: list[Row], expected: dict[int, int | None]
) -> None:
    first, last = grid.open_before("a", "x"), grid.open_before("b", "y")
    query = (
        f"SELECT n, {last} - ({first}) FROM tickets LEFT JOIN desk AS x ON x.cell = {grid.cell('a')} "
        f"LEFT JOIN desk AS y ON y.cell = {grid.cell('b')}"
    )
    assert dict(run(grid, rows, query)) == expected


def test_rows_and_arrow_hold_the_same(grid: GridTable) -> None:
    assert [tuple(row.values()) for row in grid.arrow().to_pylist()] == list(grid.rows())
    assert len(grid) == len(list(grid.rows()))


def test_a_table_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        GridTable(HOURS, HIGH, LOW)


def test_a_calendar_with_runs_too_close_has_no_table() -> None:
    weekly = {"mon-fri": ["09:00:00-11:59:59", "12:00:00-17:00:00"]}
    hours = Calendar.model_validate({"timezone": "UTC", "weekly": weekly}).compile()
    with pytest.raises(CalendarError):
        GridTable(hours, datetime(2016, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
