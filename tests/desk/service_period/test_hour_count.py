"""Instants are counted by the clock of a zone, whether its offset stays the same in the span or changes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk.service_period.hour_count import HourCount
from servicekit.timeline import Interval, Period

ZONES = ["UTC", "Asia/Shanghai", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "Africa/Monrovia"]
MONTHS = ["1971-12", "1972-01", "2026-02", "2026-03", "2026-04", "2026-10", "2026-11", "2026-Q1", "2025"]


@given(st.sampled_from(ZONES), st.sampled_from(MONTHS), st.lists(st.floats(0, 1, exclude_max=True)))
def test_hours_are_those_of_the_clock(name: str, month: str, shares: list[float]) -> None:
    tz = ZoneInfo(name)
    span = Period.parse(month).interval(tz)
    instants = [span.start + (span.end - span.start) * share for share in shares]
    count = HourCount(span, tz)
    for at in instants:
        count.add(at)
    local = Counter((each.weekday(), each.hour) for each in (at.astimezone(tz) for at in instants))
    assert count.told() == tuple(tuple(local[day, hour] for hour in range(24)) for day in range(7))


@pytest.mark.parametrize(("hours", "place"), [(0, (5, 19)), (7, (6, 3))])
def test_an_hour_that_the_clock_skips_has_no_instant(hours: int, place: tuple[int, int]) -> None:
    midnight = datetime(2026, 3, 8, tzinfo=UTC)  # in New York the clock skips from 2 to 3 at 7 in UTC
    count = HourCount(Interval(midnight, midnight + timedelta(days=1)), ZoneInfo("America/New_York"))
    count.add(midnight + timedelta(hours=hours))
    day, hour = place
    assert count.told()[day][hour] == 1
