"""The calendar as a table: PostgreSQL and Spark SQL give the scalar calendar's answers from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from servicekit.calendars import Calendar
from servicekit.frames import GridTable
from servicekit.timeline import to_us

if TYPE_CHECKING:
    import psycopg
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]

LOW, HIGH = datetime(1969, 6, 1, tzinfo=UTC), datetime(1971, 2, 1, tzinfo=UTC)
HOURS = Calendar.model_validate(
    {"timezone": "America/New_York", "weekly": {"mon-fri": ["09:00-10:00:59", "10:15:59-12:00", "13:00-17:00"]}}
).compile(first_year=1960)
PAIRS: list[list[int]] = np.random.default_rng(1).integers(to_us(LOW), to_us(HIGH), (300, 2)).tolist()
EXPECTED = {(a, b): HOURS.elapsed_us(a, b) for a, b in PAIRS} | {(None, 0): None}


@pytest.fixture(scope="module")
def grid() -> GridTable:
    return GridTable(HOURS, LOW, HIGH)


def test_postgres_gives_the_answers_of_the_calendar(postgres: psycopg.Connection, grid: GridTable) -> None:
    postgres.execute(f"CREATE TEMP TABLE desk ({', '.join(f'{name} bigint' for name in grid.columns)})")
    postgres.execute("CREATE TEMP TABLE tickets (a bigint, b bigint)")
    with postgres.cursor() as cursor:
        cursor.executemany("INSERT INTO desk VALUES (%s, %s, %s, %s)", grid.rows())
        cursor.executemany("INSERT INTO tickets VALUES (%s, %s)", [*PAIRS, (None, 0)])
        rows = cursor.execute(grid.elapsed("tickets", "a", "b", grid="desk").encode()).fetchall()
    assert {(a, b): us for a, b, us in rows} == EXPECTED


def test_spark_sql_gives_the_answers_of_the_calendar(spark: SparkSession, grid: GridTable) -> None:
    schema = ", ".join(f"{name} BIGINT" for name in grid.columns)
    spark.createDataFrame(list(grid.rows()), schema).createOrReplaceTempView("desk")
    spark.createDataFrame([*map(tuple, PAIRS), (None, 0)], "a BIGINT, b BIGINT").createOrReplaceTempView("tickets")
    rows = spark.sql(grid.elapsed("tickets", "a", "b", grid="desk")).collect()
    assert {(row.a, row.b): row.elapsed_us for row in rows} == EXPECTED
