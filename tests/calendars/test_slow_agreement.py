"""The compiled calendar gives the answers that a walk along the clock gives, minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from servicekit.calendars import Calendar, CompiledCalendar
from servicekit.testing import SlowCalendar
from servicekit.testing import strategies as sks
from servicekit.timeline import zone
from tests.calendars.samples import CHANGES

MINUTE = timedelta(minutes=1)
STEP = timedelta(minutes=5)
DAY = timedelta(days=1)

AROUND = 2 * DAY


def of(name: str, change: datetime) -> st.SearchStrategy[Calendar]:
    """Calendars whose exceptions fall on the days around a change."""
    on = change.date()
    return sks.open_calendars(zones=st.just(name), min_date=on - 3 * DAY, max_date=on + 3 * DAY, step=STEP)


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_the_zones_change_their_offsets_where_these_tests_look(name: str, change: datetime) -> None:
    before, after = ((change + by).astimezone(zone(name)).utcoffset() for by in (-MINUTE, timedelta(0)))
    assert (before != after) == (name != "Asia/Shanghai")


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=6)
@given(data=st.data())
def test_open_intervals_and_elapsed_agree_around_a_change(name: str, change: datetime, data: st.DataObject) -> None:
    calendar = data.draw(of(name, change))
    compiled, slow = calendar.compile(), SlowCalendar(calendar, step=STEP)
    start, end = change - AROUND, change + AROUND
    assert list(compiled.open_between(start, end)) == list(slow.open_between(start, end))
    assert compiled.elapsed(start, end) == slow.elapsed(start, end)


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=6)
@given(data=st.data())
def test_neighbours_agree_around_a_change(name: str, change: datetime, data: st.DataObject) -> None:
    calendar = data.draw(of(name, change))
    moment = data.draw(sks.instants(min_value=change - AROUND, max_value=change + AROUND, step=STEP))
    compiled, slow = calendar.compile(), SlowCalendar(calendar, step=STEP)
    assert compiled.is_open(moment) == slow.is_open(moment)
    assert compiled.next_open(moment) == slow.next_open(moment)
    verb = data.draw(st.sampled_from(("next_start", "next_close", "previous_start", "previous_close")))
    if is_within_a_walk(compiled, moment):
        assert getattr(compiled, verb)(moment) == getattr(slow, verb)(moment)


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=6)
@given(data=st.data())
def test_adding_agrees_around_a_change(name: str, change: datetime, data: st.DataObject) -> None:
    calendar = data.draw(of(name, change))
    moment = data.draw(sks.instants(min_value=change - AROUND, max_value=change + AROUND, step=STEP))
    amount = data.draw(sks.spans(min_value=-timedelta(hours=9), max_value=timedelta(hours=9), step=STEP))
    bias = data.draw(st.sampled_from(("close", "open")))
    reached = calendar.compile().add(moment, amount, bias=bias)
    assume(abs(reached - moment) < 20 * DAY)  # a walk is slow where a minute a week is open
    assert reached == SlowCalendar(calendar, step=STEP).add(moment, amount, bias=bias)


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=6)
@given(data=st.data())
def test_business_days_agree_around_a_change(name: str, change: datetime, data: st.DataObject) -> None:
    calendar = data.draw(of(name, change))
    compiled, slow = calendar.compile(), SlowCalendar(calendar, step=STEP)
    days = [change.date() + n * DAY for n in range(-2, 3)]
    assert [compiled.is_business_day(on) for on in days] == [slow.is_business_day(on) for on in days]


def is_within_a_walk(hours: CompiledCalendar, moment: datetime) -> bool:
    """Whether an opening and a closing lie on both sides of a moment, near enough to be walked to."""
    low, high = moment - 20 * DAY, moment + 20 * DAY
    edges = [edge for interval in hours.open_between(low, high) for edge in (interval.start, interval.end)]
    return all(sum(a < edge < b for edge in edges) >= 2 for a, b in ((low, moment), (moment, high)))


def test_the_walk_reads_the_document_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calendar, "compile", None)
    slow = SlowCalendar(Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}))
    assert slow.elapsed(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)) == timedelta(hours=8)
    assert slow.is_business_day(date(2026, 1, 5))
