"""Zones: names, offsets as segments, and readings that a clock skips or repeats."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.document import Document, read
from servicekit.errors import UnknownZoneError
from servicekit.testing import strategies as sks
from servicekit.timeline import ZoneName, from_us, local_at, to_us, zone
from servicekit.timeline.spans import merge
from servicekit.timeline.zone import offset_segments, to_utc

HOUR_US = 3600 * 10**6
DAY_US = 24 * HOUR_US
EPOCH = date(1970, 1, 1)
YEARS = st.integers(1972, 2037)


@given(sks.zones(), YEARS)
def test_segments_partition_the_year(tz: ZoneInfo, year: int) -> None:
    segments = offset_segments(year, tz)
    assert segments[0][0] == to_us(datetime(year, 1, 1, tzinfo=UTC))
    assert segments[-1][1] == to_us(datetime(year + 1, 1, 1, tzinfo=UTC))
    assert all(a[1] == b[0] and a[2] != b[2] for a, b in pairwise(segments))


@given(sks.zones(), YEARS, st.data())
def test_a_segment_has_the_offset_of_its_instants(tz: ZoneInfo, year: int, data: st.DataObject) -> None:
    start, end, offset = data.draw(st.sampled_from(offset_segments(year, tz)))
    moment = data.draw(st.sampled_from((start, end - 1)) | st.integers(start, end - 1))
    assert from_us(moment, tz).utcoffset() == timedelta(microseconds=offset)


@given(sks.zones(), YEARS, st.lists(st.tuples(st.integers(0, 366 * 24), st.integers(1, 30)), max_size=6), st.data())
def test_an_instant_is_found_exactly_when_its_reading_is_wanted(
    tz: ZoneInfo, year: int, hours: list[tuple[int, int]], data: st.DataObject
) -> None:
    begin = (date(year, 1, 1) - EPOCH).days * DAY_US
    readings = merge((begin + start * HOUR_US, begin + (start + length) * HOUR_US) for start, length in hours)
    segments = offset_segments(year, tz)
    found = to_utc(readings, segments)
    assert all(a[1] < b[0] for a, b in pairwise(found))
    changes = [moment for start, end, _ in segments for moment in (start, end - 1)]
    near = data.draw(st.sampled_from(changes)) + data.draw(st.integers(-3 * HOUR_US, 3 * HOUR_US))
    moment = min(max(near, segments[0][0]), segments[-1][1] - 1)
    reading = moment + from_us(moment, tz).utcoffset() // timedelta(microseconds=1)  # type: ignore[operator]
    wanted = any(start <= reading < end for start, end in readings)
    assert any(start <= moment < end for start, end in found) == wanted


@pytest.mark.parametrize(
    ("name", "on", "clock", "expected"),
    [
        ("America/New_York", date(2026, 3, 8), 2.5, "2026-03-08T03:30:00-04:00"),
        ("America/New_York", date(2026, 11, 1), 1.5, "2026-11-01T01:30:00-04:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 2.25, "2026-10-04T02:45:00+11:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), 0, "2018-11-04T01:00:00-02:00"),
        ("America/Havana", date(2026, 11, 1), 0.5, "2026-11-01T00:30:00-04:00"),
        ("Pacific/Apia", date(2011, 12, 30), 12, "2011-12-31T12:00:00+14:00"),
        ("Asia/Shanghai", date(2026, 1, 5), 33, "2026-01-06T09:00:00+08:00"),
    ],
)
def test_a_skipped_reading_is_read_with_the_offset_before_and_a_repeated_one_as_the_first(
    name: str, on: date, clock: float, expected: str
) -> None:
    assert local_at(on, round(clock * HOUR_US), zone(name)).isoformat() == expected


@given(sks.zones(), st.dates(date(2010, 1, 1), date(2030, 1, 1)), st.integers(0, DAY_US - 1))
def test_a_reading_that_exists_is_found(tz: ZoneInfo, on: date, clock: int) -> None:
    moment = local_at(on, clock, tz)
    shown = moment.replace(tzinfo=None)
    wanted = datetime(on.year, on.month, on.day) + timedelta(microseconds=clock)
    exists = wanted.replace(tzinfo=tz).astimezone(UTC).astimezone(tz).replace(tzinfo=None) == wanted
    assert (shown == wanted) == exists


@pytest.mark.parametrize(
    "name", ["Mars/Base", "", "Asia/Shanghay", "../UTC", "America", "/etc/localtime", "utc+8", "a\0b"]
)
def test_a_zone_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(UnknownZoneError) as raised:
        zone(name)
    assert raised.value.code == "zone.unknown"


def test_a_misspelt_zone_is_answered_with_the_one_meant() -> None:
    class Desk(Document):
        timezone: ZoneName

    (problem,) = read(Desk, "timezone: Asia/Shangai").problems
    assert (problem.code, problem.path) == ("zone.unknown", "timezone")
    assert "Asia/Shanghai" in (problem.hint or "")
    assert read(Desk, "timezone: Europe/Paris").unwrap().timezone == "Europe/Paris"
