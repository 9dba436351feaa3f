"""Windows of time: which one holds a moment, and how documents name them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from pydantic import TypeAdapter

from servicekit.testing.strategies import instants, zones
from servicekit.testing.strategies.time import time_windows
from servicekit.timeline import Interval, TimeWindow, TimeWindowField

PARIS = ZoneInfo("Europe/Paris")
WINDOW: TypeAdapter[TimeWindow] = TypeAdapter(TimeWindowField)
MOMENTS = instants(min_value=datetime(1999, 1, 1, tzinfo=PARIS), max_value=datetime(2060, 1, 1, tzinfo=PARIS))


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ("day", "2026-03-18T00:00+01:00", "2026-03-19T00:00+01:00"),
        ("week", "2026-03-16T00:00+01:00", "2026-03-23T00:00+01:00"),
        ("quarter", "2026-01-01T00:00+01:00", "2026-04-01T00:00+02:00"),
        ("year", "2026-01-01T00:00+01:00", "2027-01-01T00:00+01:00"),
        ("rolling 28d", "2026-02-18T12:00+01:00", "2026-03-18T12:00+01:00"),
        ("rolling 1M", "2026-02-18T12:00+01:00", "2026-03-18T12:00+01:00"),
        ({"length": "1M", "start": "2025-01-31 00:00:00"}, "2026-02-28T00:00+01:00", "2026-03-31T00:00+02:00"),
        ({"length": "2w", "start": "2026-03-16 12:00"}, "2026-03-16T12:00+01:00", "2026-03-30T12:00+02:00"),
        ({"length": "6h", "start": "2026-03-16 12:00"}, "2026-03-18T12:00+01:00", "2026-03-18T18:00+01:00"),
    ],
)
def test_window_begins_and_ends_on_the_clock_of_the_zone_when_it_is_asked(window: Any, start: str, end: str) -> None:
    around = WINDOW.validate_python(window).around(datetime(2026, 3, 18, 12, tzinfo=PARIS), PARIS)
    assert around == Interval(datetime.fromisoformat(start), datetime.fromisoformat(end))


@given(time_windows(), MOMENTS, zones())
def test_window_holds_its_moment_and_follows_the_last_when_aligned(
    window: TimeWindow, moment: datetime, tz: ZoneInfo
) -> None:
    around = window.around(moment, tz)
    if window.rolling:
        assert around.end == moment
    else:
        assert around.start <= moment < around.end
        assert window.around(around.end, tz).start == around.end
        assert window.around(around.start, tz) == around


@given(time_windows())
def test_window_is_read_back_as_itself_when_it_was_written(window: TimeWindow) -> None:
    assert WINDOW.validate_python(WINDOW.dump_python(window, mode="json")) == window
