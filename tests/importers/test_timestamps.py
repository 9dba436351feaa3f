"""Local readings become exact instants, also on the days when a clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import UnknownZoneError
from servicekit.importers.timestamps import Localiser, names_a_missing_day, parser, stamp_reader

ZONES = [
    "America/New_York", "Europe/Paris", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia",
    "America/Sao_Paulo", "America/Havana", "Asia/Shanghai", "Asia/Kathmandu", "UTC",
]  # fmt: skip
READINGS = st.datetimes(datetime(1971, 1, 1), datetime(2036, 12, 31))


@given(READINGS, st.sampled_from(ZONES))
def test_a_reading_means_what_datetime_says_with_fold_0(reading: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    stamp = Localiser(name)(reading)
    assert stamp.at == reading.replace(tzinfo=zone).astimezone(UTC)
    assert stamp.at.tzinfo is UTC
    assert stamp.skipped == (stamp.at.astimezone(zone).replace(tzinfo=None, fold=0) != reading)


@pytest.mark.parametrize("name", ZONES)
def test_every_half_hour_of_a_year_agrees_when_offsets_are_remembered(name: str) -> None:
    localise, zone = Localiser(name), ZoneInfo(name)
    readings = [datetime(2011, 1, 1) + timedelta(minutes=30 * step) for step in range(366 * 48)]
    assert all(localise(reading).at == reading.replace(tzinfo=zone).astimezone(UTC) for reading in readings)


def test_a_reading_is_marked_when_the_clock_skipped_it() -> None:
    localise = Localiser("America/New_York")
    assert [localise(datetime(2011, 3, 13, hour, 30)).skipped for hour in (1, 2, 3)] == [False, True, False]


def test_a_whole_day_is_marked_when_the_zone_skipped_it() -> None:
    assert Localiser("Pacific/Apia")(datetime(2011, 12, 30, 12)).skipped


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))
def test_a_stamp_keeps_its_own_offset_when_it_has_one(moment: datetime) -> None:
    assert Localiser("Asia/Shanghai")(moment).at == moment.astimezone(UTC)


@pytest.mark.parametrize(("zone", "year"), [("Asia/Shanghai", 1), ("America/New_York", 9999)])
def test_an_instant_outside_the_years_is_a_value_error(zone: str, year: int) -> None:
    reading = datetime.combine(date(year, 1 if year == 1 else 12, 1 if year == 1 else 31), datetime.max.time())
    with pytest.raises(ValueError):
        Localiser(zone)(reading.replace(hour=0) if year == 1 else reading)


def test_the_formats_are_tried_in_turn_when_there_are_several() -> None:
    read = stamp_reader(["iso", "%d/%m/%Y %H:%M", "%m/%d/%Y"], Localiser("UTC"))
    texts = ("2026-01-31 09:00:01", "31/01/2026 09:00", "01/31/2026")
    assert [read(text).at.isoformat() for text in texts] == [
        "2026-01-31T09:00:01+00:00", "2026-01-31T09:00:00+00:00", "2026-01-31T00:00:00+00:00",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-02-30T09:00", "25:00", "9" * 1000, "\0"])
def test_a_text_that_is_no_instant_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        stamp_reader(["iso", "%d/%m/%Y"], Localiser("UTC"))(text)


FORMATS = ["iso", "%d/%m/%Y %H:%M", "%m/%d/%y", "%Y年%m月%d日"]


@given(READINGS, st.sampled_from(FORMATS))
def test_a_day_that_exists_is_never_said_to_be_missing(reading: datetime, pattern: str) -> None:
    text = reading.isoformat(" ") if pattern == "iso" else reading.strftime(pattern)
    for other in FORMATS:
        assert not names_a_missing_day(text, parser(other)), other


@given(st.integers(1971, 2036), st.sampled_from([(2, 30), (2, 31), (4, 31), (6, 31), (9, 31), (11, 31)]))
def test_a_day_that_is_missing_from_its_month_is_told_from_a_wrong_format(year: int, day: tuple[int, int]) -> None:
    month, of_month = day
    texts = {
        "iso": f"{year}-{month:02}-{of_month} 10:30",
        "%d/%m/%Y %H:%M": f"{of_month}/{month:02}/{year} 10:30",
        "%m/%d/%y": f"{month}/{of_month}/{year % 100:02}",
        "%Y年%m月%d日": f"{year}年{month}月{of_month}日",
    }
    assert [names_a_missing_day(text, parser(pattern)) for pattern, text in texts.items()] == [True] * 4


@pytest.mark.parametrize("text", ["20260230T1030", "2026-02-30T10:30:31.5+08:00", "2025-02-29"])
def test_a_missing_day_is_seen_in_every_iso_form(text: str) -> None:
    assert names_a_missing_day(text, parser("iso"))


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "30/02/2026", "2026-02-30x", "2026-02-28 29:00", "30" * 50])
def test_what_is_no_date_at_all_is_not_said_to_be_a_missing_day(text: str) -> None:
    assert not names_a_missing_day(text, parser("iso"))


def test_a_zone_must_exist() -> None:
    with pytest.raises(UnknownZoneError):
        Localiser("Mars/Olympus")
