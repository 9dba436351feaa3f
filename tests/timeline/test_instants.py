"""Instants are exact integers of UTC; datetimes are their clothes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from datetime import timezone as fixed_offset

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import NaiveDatetimeError
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.time import instants_near_changes
from servicekit.timeline import from_us, to_us, zone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ANY = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))


@given(ANY, sks.zones())
def test_an_instant_survives_the_way_there_and_back_in_any_zone(moment: datetime, zone: fixed_offset) -> None:
    shown = from_us(to_us(moment), zone)
    assert to_us(shown) == to_us(moment)
    assert shown.astimezone(UTC) == moment


@given(ANY, st.timedeltas(-timedelta(days=300), timedelta(days=300)))
def test_differences_are_exact_to_the_microsecond(moment: datetime, length: timedelta) -> None:
    assert to_us(moment + length) - to_us(moment) == length // timedelta(microseconds=1)


@given(st.integers(-(10**16), 10**16))
def test_an_integer_survives_the_way_there_and_back(moment_us: int) -> None:
    assert to_us(from_us(moment_us)) == moment_us


def test_fold_tells_two_readings_apart() -> None:
    first = datetime(2026, 11, 1, 1, 30, tzinfo=zone("America/New_York"))
    assert to_us(first.replace(fold=1)) - to_us(first) == 3600 * 10**6


def test_instants_before_1970_are_negative() -> None:
    assert to_us(EPOCH - timedelta(microseconds=1)) == -1


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(NaiveDatetimeError) as raised:
        to_us(datetime(2026, 1, 5))
    assert (raised.value.code, raised.value.value) == ("instant.naive", datetime(2026, 1, 5))


@pytest.mark.parametrize("value", [date(2026, 1, 5), "2026-01-05", 5, None])
def test_what_is_no_datetime_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        to_us(value)  # type: ignore[arg-type]


def test_a_moment_past_the_year_9999_overflows() -> None:
    with pytest.raises(OverflowError):
        from_us(10**18)


@given(sks.instants(zones=sks.zones()))
def test_strategies_draw_readings_that_exist(moment: datetime) -> None:
    assert moment.astimezone(UTC).astimezone(moment.tzinfo) == moment
    assert from_us(to_us(moment), moment.tzinfo).fold == moment.fold  # type: ignore[arg-type]


@given(instants_near_changes(zone=zone("Europe/Paris"), years=range(2026, 2027)))
def test_strategies_draw_close_to_changes(moment: datetime) -> None:
    changes = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
    assert min(abs(moment.astimezone(UTC) - change) for change in changes) <= timedelta(days=2)
