"""DuckDB's intervals and whole numbers of 128 bits as amounts, instants and ids (fault F2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from servicekit import ServicePolicy, frames
from servicekit.calendars import Calendar
from servicekit.errors import CalendarHorizonError
from tests.frames.libraries import LIBRARIES, Library

DESK = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)  # a Monday
POLICY = ServicePolicy.parse("""
name: desk
vocabulary: {fields: {seats: {type: integer}}}
sla: {targets: [{resolution: 2h}, {when: {field: seats, op: ge, value: 10}, resolution: 1h}]}
""")


def due(amounts: str, *, kind: str = "interval") -> list[datetime | None]:
    """The due moments of amounts that are written in SQL."""
    log = duckdb.sql(f"SELECT '{TEN}'::timestamptz AS at, n FROM (VALUES {amounts}) AS log(n)")
    assert str(log.types[1]) == kind.upper()
    answer = frames.due(log, "at", "n", calendar=DESK)
    assert str(answer.types[1]) == ("BIGINT" if kind == "hugeint" else kind.upper())
    return [row[0].astimezone(UTC) if row[0] else None for row in answer.project("due_at").fetchall()]


def test_intervals_are_lengths_whose_days_have_24_hours() -> None:
    found = due("(interval 2 hours), (NULL), (interval 1 day), (interval '-90 minutes'), (interval 5 microseconds)")
    three_days = TEN + timedelta(days=3)
    assert found == [
        TEN.replace(hour=12),
        None,
        three_days,
        datetime(2026, 1, 2, 16, 30, tzinfo=UTC),
        TEN.replace(microsecond=5),
    ]


def test_what_lies_between_two_instants_is_an_amount() -> None:
    log = duckdb.sql(
        f"SELECT '{TEN}'::timestamptz AS at, timestamptz '2026-01-05 20:00+00' - timestamptz '2026-01-03 10:00+00' AS n"
    )
    assert str(log.project("n").fetchall()[0][0]) == "2 days, 10:00:00"  # 58 hours: seven days of eight, and two hours
    assert frames.due(log, "at", "n", calendar=DESK).project("epoch(due_at)").fetchall() == [
        (datetime(2026, 1, 14, 12, tzinfo=UTC).timestamp(),)
    ]


@pytest.mark.parametrize("interval", ["interval 1 month", "interval '1 year 2 hours'"])
def test_months_are_refused_for_they_have_no_fixed_length(interval: str) -> None:
    with pytest.raises(TypeError, match=r"row 1 of 'n' holds months.*give days"):
        due(f"(interval 2 hours), ({interval})")
    log = duckdb.sql(f"SELECT '{TEN}'::timestamptz AS at, {interval} AS other")
    assert len(frames.due(log, "at", "2h", calendar=DESK).fetchall()) == 1


@pytest.mark.parametrize("make", [pa.table, lambda columns: pa.table(columns).slice(1)], ids=["whole", "slice"])
def test_intervals_of_arrow_are_read_too(make: Any) -> None:
    lengths = pa.array([(0, 0, 1_000), None, (0, 1, 3_600_000_000_000)], pa.month_day_nano_interval())
    frame = make({"at": pa.array([TEN] * 3, pa.timestamp("us", "UTC")), "n": lengths})
    found = frames.due(frame, "at", "n", calendar=DESK)["due_at"].to_pylist()
    assert found[-2:] == [None, datetime(2026, 1, 8, 11, tzinfo=UTC)]


def test_sums_are_amounts() -> None:
    hour = 3_600_000_000
    assert due(f"({hour}::hugeint), (NULL), (-{hour}::hugeint)", kind="hugeint") == [
        TEN.replace(hour=11),
        None,
        TEN.replace(hour=9),
    ]
    with pytest.raises(CalendarHorizonError, match="row 1 of 'n'"):
        due(f"(5::hugeint), ({2**100}::hugeint)", kind="hugeint")


def test_sums_are_instants() -> None:
    log = duckdb.sql("SELECT sum(n) AS first, sum(n + 5) AS last FROM range(4) AS log(n)")
    assert frames.elapsed(log, "first", "last", calendar=Calendar.always().compile()).fetchall() == [(6, 26, 20)]


def test_large_numbers_that_nobody_asks_about_stay_as_they_are() -> None:
    log = duckdb.sql(f'SELECT 0::bigint AS at, {2**100}::hugeint AS wide, 7::hugeint AS "a ""quoted"" name"')
    assert frames.is_open(log, "at", calendar=DESK).fetchall() == [(0, 2**100, 7, False)]
    with pytest.raises(duckdb.ConversionException):  # as Arrow's decimal it would be negative
        frames.is_open(duckdb.sql(f"SELECT 0 AS at, {2**128 - 1}::uhugeint AS wide"), "at", calendar=DESK)


@pytest.mark.parametrize("kind", ["hugeint", "uhugeint"])
def test_sums_are_ids_and_facts_of_cases(kind: str) -> None:
    large, opened = 2**126 + 1, f"'{TEN}'::timestamptz"
    log = duckdb.sql(
        f"SELECT * REPLACE (id::{kind} AS id, seats::{kind} AS seats) FROM (VALUES"
        f" ({large}::hugeint, {opened}, 'opened', 20), ({large}, {opened} + interval 90 minutes,"
        f" 'resolved', NULL), (7, {opened}, 'opened', 3)) AS log(id, \"at\", event, seats)"
    )
    columns = frames.EventColumns(case_id="id")
    found = frames.outcomes(POLICY, log, as_of=TEN + timedelta(minutes=100), columns=columns)
    expected = [(str(large), "met_late"), ("7", "open")]
    assert found.filter("metric = 'resolution'").project("case_id, outcome").fetchall() == expected


@pytest.mark.parametrize("library", [each for each in LIBRARIES if each.name != "pandas"], ids=str)
def test_ids_may_be_whole_decimals_as_arrow_has_them_of_sums(library: Library) -> None:
    """Fault F2; pandas has no such type."""
    ids = pa.array([10**30, 7, 10**30], pa.decimal128(38, 0))
    at = pa.array([TEN, TEN, TEN + timedelta(hours=1)], pa.timestamp("us", "UTC"))
    log = library.frame(case_id=ids, at=at, event=pa.array(["opened", "opened", "resolved"]))
    found = frames.outcomes(POLICY, log, as_of=TEN + timedelta(hours=1))
    assert library.values(found, "case_id") == [str(10**30), "7"]
