"""Periods: months, quarters, weeks, years and rolling windows as runs of dates."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.testing import strategies as sks
from servicekit.timeline import Period, half_year, iso_week, month, quarter, rolling, year
from servicekit.timeline.period import day

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
DAY = timedelta(days=1)
KINDS = st.sampled_from((month, quarter, half_year, year, iso_week))


@given(DAYS, KINDS)
def test_a_period_holds_the_day_it_was_asked_for(day: date, kind) -> None:
    period = kind(day)
    assert day in period
    assert all(kind(other) == period for other in (period.start, period.end - DAY))
    assert kind(period.end).start == period.end


@given(DAYS, KINDS, sks.zones())
def test_neighbouring_periods_meet_in_every_zone(day: date, kind, zone: ZoneInfo) -> None:
    period = kind(day)
    assert period.interval(zone).end == kind(period.end).interval(zone).start


@pytest.mark.parametrize(("part_of", "letter", "count"), [(quarter, "Q", 4), (half_year, "H", 2)])
@given(DAYS, st.integers(1, 12))
def test_parts_make_up_the_fiscal_year(part_of, letter: str, count: int, day: date, first_month: int) -> None:
    whole = year(day, first_month=first_month)
    parts, start = [], whole.start
    while start < whole.end:
        parts.append(part_of(start, first_month=first_month))
        start = parts[-1].end
    assert [part.name for part in parts] == [f"{whole.name}-{letter}{n}" for n in range(1, count + 1)]
    assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
    assert all(a.end == b.start for a, b in pairwise(parts))


@given(DAYS)
def test_an_iso_week_is_named_as_the_standard_does(day: date) -> None:
    week = iso_week(day)
    assert (week.days, week.start.weekday()) == (7, 0)
    assert week.name == f"{day.isocalendar().year}-W{day.isocalendar().week:02d}"


@given(DAYS, st.integers(1, 400))
def test_a_rolling_window_ends_with_its_last_day(last: date, days: int) -> None:
    window = rolling(last, days=days)
    assert (window.days, window.end) == (days, last + DAY)
    assert list(window) == [window.start + n * DAY for n in range(days)]


@pytest.mark.parametrize(
    ("last", "months", "start"),
    [
        (date(2026, 2, 28), 1, date(2026, 1, 29)),
        (date(2026, 3, 30), 1, date(2026, 3, 1)),
        (date(2026, 12, 31), 12, date(2026, 1, 1)),
        (date(2024, 2, 27), 12, date(2023, 2, 28)),
        (date(2024, 2, 28), 12, date(2023, 3, 1)),
        (date(2024, 2, 29), 12, date(2023, 3, 1)),
        (date(2024, 3, 1), 12, date(2023, 3, 2)),
    ],
)
def test_rolling_months_hold_the_days_after_the_same_day_months_ago(last: date, months: int, start: date) -> None:
    assert rolling(last, months=months).start == start


@pytest.mark.parametrize(
    "amounts", [{}, {"days": 0}, {"days": -1}, {"days": 5, "months": 1}, {"months": -2, "days": 3}]
)
def test_a_rolling_window_needs_one_positive_amount(amounts: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        rolling(date(2026, 1, 5), **amounts)


@pytest.mark.parametrize("first_month", [0, 13])
def test_a_month_that_is_none_is_refused(first_month: int) -> None:
    for kind in (year, quarter):
        with pytest.raises(ValueError):
            kind(date(2026, 1, 5), first_month=first_month)


def test_a_period_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError):
        Period(date(2026, 1, 5), date(2026, 1, 5), "nothing")


def test_a_month_lasts_as_long_as_its_clock_says() -> None:
    march = month(date(2026, 3, 15)).interval(ZoneInfo("America/New_York"))
    assert march.length == timedelta(days=31) - timedelta(hours=1)


@given(DAYS, KINDS)
def test_a_period_is_read_by_its_name(on: date, kind) -> None:
    assert Period.parse(kind(on).name) == kind(on)
    assert Period.parse(on.isoformat()) == day(on)


@given(DAYS, st.sampled_from((half_year, quarter, year)), st.integers(1, 12))
def test_a_part_of_a_fiscal_year_is_read_by_its_name(on: date, kind, first_month: int) -> None:
    period = kind(on, first_month=first_month)
    assert Period.parse(period.name, first_month=first_month) == period
    assert period.previous == kind(period.start - DAY, first_month=first_month)
    assert period.year_before == Period.parse(f"{int(period.name[:4]) - 1}{period.name[4:]}", first_month=first_month)


@given(DAYS, st.sampled_from((month, quarter, half_year, year, iso_week, day)))
def test_the_previous_period_is_the_one_around_the_day_before(on: date, kind) -> None:
    assert kind(on).previous == kind(kind(on).start - DAY)


@given(DAYS, st.sampled_from((month, quarter, half_year, year)))
def test_the_period_a_year_before_has_the_same_dates(on: date, kind) -> None:
    period = kind(on)
    assert period.year_before == kind(period.start.replace(year=period.start.year - 1))


@given(DAYS)
def test_the_week_a_year_before_has_the_same_number_where_there_is_one(on: date) -> None:
    week, before = iso_week(on), iso_week(on).year_before
    assert int(before.name[:4]) == int(week.name[:4]) - 1
    assert before.name[6:] == week.name[6:] or (week.name[6:], before.name[6:]) == ("53", "52")


@given(DAYS, st.integers(1, 400))
def test_a_rolling_window_moves_with_its_days(last: date, days: int) -> None:
    window = rolling(last, days=days)
    assert window.previous == rolling(window.start - DAY, days=days)
    assert abs(window.year_before.days - days) <= 1
    assert window.year_before.end in (d for n in (365, 366) for d in [window.end - n * DAY])


NO_NAMES = """
2026-Q5 2026-Q0 2026-H3 2026-3 2026-13 2026-00 2026-W54 2025-W53 2026-W00 2026-02-30 0000 0001 9999 9999-12-31 26
２０２６ 2026-q1 March
"""


@pytest.mark.parametrize("name", ["", " 2026", "2026\n", "x" * 10_000, *NO_NAMES.split()])
def test_what_is_no_name_of_a_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"no period '|expected one written like") as refused:
        Period.parse(name)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("name", ["0001", "0001-H1", "0001-Q1", "0001-01", "0001-W01", "0001-01-01", "the first day"])
def test_before_the_first_period_there_is_none(name: str) -> None:
    first = Period(date(1, 1, 1), date(1, 1, 2), name)
    for ask in ("previous", "year_before"):
        with pytest.raises(ValueError, match="year 1"):
            getattr(first, ask)
