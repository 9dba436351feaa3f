"""Frames in Spark: the values of the scalar calendar, nulls kept, errors before any job runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from servicekit import frames
from servicekit.calendars import Calendar
from servicekit.errors import NaiveColumnError
from servicekit.frames import By
from servicekit.timeline import BusinessDays, from_us, to_us

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]

DESK = Calendar.model_validate(
    {"timezone": "America/New_York", "weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}, "holidays": ["US"]}
).compile()
ALWAYS = Calendar.always().compile()
FIRST = to_us(datetime(2021, 1, 1, tzinfo=UTC))
YEARS = 5 * 365 * 86_400_000_000
Row = tuple[int, datetime | None, datetime | None, str | None]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Random tickets over five years; one in ten lacks a start, an end or a team."""
    random = np.random.default_rng(1)
    moments = [[from_us(FIRST + us) for us in pair] for pair in random.integers(0, YEARS, (600, 2)).tolist()]
    missing = random.integers(0, 30, 600).tolist()
    teams: list[str | None] = ["desk", "always"]
    return [
        (n, None if gap == 0 else a, None if gap == 1 else b, None if gap == 2 else teams[n % 2])
        for n, ((a, b), gap) in enumerate(zip(moments, missing, strict=True))
    ]


@pytest.fixture(scope="module")
def tickets(spark: SparkSession, rows: list[Row]) -> DataFrame:
    """The same in Spark, in several partitions."""
    schema = "n BIGINT, opened_at TIMESTAMP, closed_at TIMESTAMP, team STRING"
    return spark.createDataFrame(rows, schema).repartition(3)


def test_elapsed_is_what_the_scalar_calendar_says(tickets: DataFrame, rows: list[Row]) -> None:
    answer = frames.elapsed(tickets, "opened_at", "closed_at", calendar=DESK)
    assert type(answer) is type(tickets)
    expected = {n: None if a is None or b is None else DESK.elapsed_us(to_us(a), to_us(b)) for n, a, b, _ in rows}
    assert {row.n: row.elapsed_us for row in answer.collect()} == expected
    assert answer.columns == ["n", "opened_at", "closed_at", "team", "elapsed_us"]


def test_each_row_has_the_calendar_of_its_key(tickets: DataFrame, rows: list[Row]) -> None:
    calendars = {"desk": DESK, "always": ALWAYS}
    answer = frames.is_open(tickets, "opened_at", calendar=By("team", calendars))
    expected = {n: None if a is None or team is None else calendars[team].is_open(a) for n, a, _, team in rows}
    assert {row.n: row.is_open for row in answer.collect()} == expected


@pytest.mark.parametrize("amount", [timedelta(hours=30), -timedelta(hours=30), BusinessDays(2)], ids=str)
def test_due_is_what_the_scalar_calendar_says(
    tickets: DataFrame, rows: list[Row], amount: timedelta | BusinessDays
) -> None:
    answer = frames.due(tickets, "opened_at", amount, calendar=DESK, name="closed_at")
    answer = answer.selectExpr("n", "unix_micros(closed_at) AS us")
    expected = {n: None if a is None else DESK.due_us(to_us(a), amount) for n, a, _, _ in rows}
    assert {row.n: row.us for row in answer.collect()} == expected


def test_an_empty_frame_stays_empty(tickets: DataFrame) -> None:
    assert frames.elapsed(tickets.limit(0), "opened_at", "closed_at", calendar=DESK).collect() == []


def test_a_column_that_holds_no_instants_is_refused_before_any_job_runs(spark: SparkSession) -> None:
    naive = spark.createDataFrame([(datetime(2026, 3, 3), "x")], "at TIMESTAMP_NTZ, text STRING")
    with pytest.raises(NaiveColumnError) as refused:
        frames.is_open(naive, "at", calendar=DESK)
    assert refused.value.column == "at"
    with pytest.raises(TypeError, match="'text'"):
        frames.is_open(naive, "text", calendar=DESK)
    with pytest.raises(KeyError, match="did you mean 'text'"):
        frames.is_open(naive, "texts", calendar=DESK)


def test_the_page_shows_what_runs(spark: SparkSession, root: Path) -> None:
    page = (root / "docs/how-to/business-hours-in-data-frames.md").read_text("utf-8")
    [block] = re.findall(r"^```py\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {"spark": spark}
    exec(block, names)  # the page's own example
    assert names["minutes"] == [90.0, 45.0, None]
