"""Openings and closures: stretches of time that beat the hours of all dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit.calendars import Absolute, Calendar, CompiledCalendar
from servicekit.testing import SlowCalendar
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.layers import absolutes
from servicekit.timeline import Interval, IntervalSet, zone
from tests.calendars.samples import CHANGES, DAY, HOUR, STEP, at, desk, open_hours

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


def stretch(start: str, end: str, reason: str = "drill") -> dict[str, str]:
    return {"start": start, "end": end, "reason": reason}


def monday(**fields: object) -> list[str]:
    return open_hours(desk(**fields).compile(), MONDAY, TUESDAY)


def test_a_closure_takes_its_time_off() -> None:
    drill = stretch("2026-01-05 10:00", "2026-01-05 11:30")
    assert monday(closures=[drill]) == ["01-05 09:00-01-05 10:00", "01-05 11:30-01-05 17:00"]


def test_moments_with_an_offset_are_instants() -> None:
    utc = stretch("2026-01-05T02:00Z", "2026-01-05T03:30Z")
    assert monday(closures=[utc]) == ["01-05 09:00-01-05 10:00", "01-05 11:30-01-05 17:00"]
    tokyo = stretch("2026-01-05T11:00+09:00", "2026-01-05T12:30+09:00")
    assert monday(closures=[tokyo]) == monday(closures=[utc])


def test_the_ends_of_a_stretch_may_have_offsets_of_their_own() -> None:
    night = stretch("2027-01-01T00:30+09:00", "2026-12-31T23:00Z")
    assert Absolute.model_validate(night).spans(zone("UTC"))[0][1] == 1_798_758_000_000_000


def test_a_closure_beats_everything_that_opens() -> None:
    drill = stretch("2026-01-05 10:00", "2026-01-05 11:00")
    duty = stretch("2026-01-05 08:00", "2026-01-05 20:00", "duty")
    expected = ["01-05 08:00-01-05 10:00", "01-05 11:00-01-05 20:00"]
    assert monday(closures=[drill], openings=[duty]) == expected
    assert monday(closures=[drill], dates={MONDAY: "08:00-20:00"}) == expected


def test_an_opening_beats_breaks_and_closed_dates() -> None:
    duty = stretch("2026-01-05 12:00", "2026-01-05 14:00", "duty")
    for closed in ({"dates": {MONDAY: []}}, {"extra_holidays": [MONDAY]}, {"weekly": {}}):
        assert monday(openings=[duty], **closed) == ["01-05 12:00-01-05 14:00"]
    assert monday(openings=[duty], breaks={"mon": "11:00-15:00"}) == [
        "01-05 09:00-01-05 11:00",
        "01-05 12:00-01-05 14:00",
        "01-05 15:00-01-05 17:00",
    ]


def days_of(hours: CompiledCalendar, *days: int) -> list[timedelta]:
    """The open time that belongs to days of January 2026; none where they are no business days."""
    dates = [date(2026, 1, day) for day in days]
    assert [hours.is_business_day(on) for on in dates] == [bool(hours.hours_on(on)) for on in dates]
    return [hours.hours_on(on).total for on in dates]


def test_an_opening_belongs_to_the_date_on_which_it_begins() -> None:
    """Fault C3."""
    duty = stretch("2026-01-03 22:00", "2026-01-04 06:00", "duty")  # from Saturday to Sunday
    assert days_of(desk(openings=[duty]).compile(), 3, 4) == [8 * HOUR, 0 * HOUR]
    instants = stretch("2026-01-03T14:00Z", "2026-01-03T22:00Z", "duty")  # the same in Shanghai
    assert days_of(desk(openings=[instants]).compile(), 3, 4) == [8 * HOUR, 0 * HOUR]
    two = [duty, stretch("2026-01-04 06:00", "2026-01-04 07:00", "handover")]  # which does begin on Sunday
    assert days_of(desk(openings=two).compile(), 3, 4) == [8 * HOUR, HOUR]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-01-02 18:00", "2026-01-05 00:00", [6, 24, 24, 8]),
        ("2026-01-02 18:00", "2026-01-04 23:59", [6, 47 + 59 / 60, 0, 8]),
        ("2026-01-03 00:00", "2026-01-04 00:00", [0, 24, 0, 8]),
        ("2026-01-03 00:00", "2026-01-05 07:00", [0, 24, 31, 8]),
    ],
)
def test_an_opening_begins_anew_on_each_date_that_it_covers_whole(start: str, end: str, expected: list[float]) -> None:
    """Fault C3: on call from Friday on; what is left of it at its end belongs to the date before."""
    hours = desk(weekly={"mon": "09:00-17:00"}, openings=[stretch(start, end, "duty")]).compile()
    assert days_of(hours, 2, 3, 4, 5) == [some * HOUR for some in expected]


def test_a_date_that_closures_swallow_is_no_business_day() -> None:
    strike = stretch("2026-01-05 09:00", "2026-01-06 17:00", "strike")
    hours = desk(closures=[strike]).compile()
    assert hours.business_day(date(2026, 1, 4), 1) == date(2026, 1, 7)
    assert hours.add(at("02 16:00"), 2 * HOUR) == at("07 10:00")


def test_a_closure_cuts_a_night_wherever_it_falls() -> None:
    late = stretch("2026-01-06 01:00", "2026-01-06 02:00")
    hours = desk(weekly={"mon": "22:00-06:00"}, closures=[late]).compile()
    assert hours.hours_on(MONDAY).total == 7 * HOUR
    assert not hours.is_business_day(TUESDAY)


def test_readings_follow_the_clock_where_it_changes() -> None:
    paris = {"timezone": "Europe/Paris", "weekly": "24x7"}
    night = (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
    twice = Calendar.model_validate({**paris, "closures": [stretch("2026-10-25 02:00", "2026-10-25 03:00")]})
    assert twice.compile().elapsed(*night) == 23 * HOUR
    skipped = Calendar.model_validate({**paris, "closures": [stretch("2026-03-29 02:00", "2026-03-29 03:00")]})
    assert skipped.compile().elapsed(datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)) == (
        23 * HOUR
    )


def test_a_stretch_given_in_a_zone_ends_after_it_starts_where_the_clock_goes_back() -> None:
    paris = zone("Europe/Paris")
    first, second = (datetime(2026, 10, 25, 2, 30 - 15 * fold, fold=fold, tzinfo=paris) for fold in (0, 1))
    assert Absolute(start=first, end=second, reason="drill").spans(paris)[0][1] > 0
    with pytest.raises(ValueError):
        Absolute(start=second, end=first.replace(minute=45), reason="drill")


def test_a_date_that_the_clock_skips_has_no_opening() -> None:
    duty = stretch("2011-12-29 12:00", "2011-12-31 12:00", "duty")
    hours = Calendar(timezone="Pacific/Apia", openings=[duty]).compile()
    days = [hours.hours_on(date(2011, 12, day)).total for day in (29, 30, 31)]
    assert days == [24 * HOUR, 0 * HOUR, 0 * HOUR]  # Saturday is what is left of Thursday's duty
    assert not hours.is_business_day(date(2011, 12, 30))


@pytest.mark.parametrize(
    ("zone_name", "start", "end", "first", "expected"),
    [
        # The clock goes back over the end, which comes twice: closed in between, and yet one opening.
        ("Europe/Paris", "2026-10-24 00:00", "2026-10-25 02:30", date(2026, 10, 24), [27, 0]),
        ("America/Havana", "2026-10-31 22:00", "2026-11-01 00:30", date(2026, 10, 31), [3, 0]),
        ("America/Sao_Paulo", "2018-02-16 22:00", "2018-02-17 23:30", date(2018, 2, 16), [26, 0]),
        ("America/Havana", "2026-11-01 00:30", "2026-11-02 00:30", date(2026, 11, 1), [24.5, 0]),
        # It begins at a reading that no clock shows: with the first instant after it.
        ("Pacific/Apia", "2011-12-30 00:00", "2011-12-31 00:15", date(2011, 12, 30), [0, 0.25]),
        ("America/Havana", "2026-03-08 00:15", "2026-03-08 03:00", date(2026, 3, 7), [0, 2]),
    ],
)
def test_an_opening_begins_once_where_the_clock_changes(
    zone_name: str, start: str, end: str, first: date, expected: list[float]
) -> None:
    calendar = Calendar.model_validate({"timezone": zone_name, "openings": [stretch(start, end)]})
    hours, slow, days = calendar.compile(), SlowCalendar(calendar, step=STEP), [first, first + DAY]
    assert [hours.hours_on(on).total for on in days] == [some * HOUR for some in expected]
    for on in days:
        assert hours.is_business_day(on) == slow.is_business_day(on) == bool(hours.hours_on(on))


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=10)
@given(
    away=sks.spans(min_value=-3 * HOUR, max_value=3 * HOUR, step=STEP),
    length=sks.spans(min_value=STEP, max_value=2 * DAY, step=STEP),
    ends=st.booleans(),
)
def test_openings_with_an_end_near_a_change_belong_to_their_dates(
    name: str, change: datetime, away: timedelta, length: timedelta, ends: bool
) -> None:
    start = change.astimezone(zone(name)).replace(tzinfo=None) + away - ends * length
    opening = Absolute(start=start, end=start + length, reason="duty")
    calendar = Calendar(timezone=name, openings=[opening])
    hours, slow = calendar.compile(), SlowCalendar(calendar, step=STEP)
    days = [change.date() + n * DAY for n in range(-4, 4)]
    assert [hours.is_business_day(day) for day in days] == [slow.is_business_day(day) for day in days]


def test_openings_alone_open_a_calendar() -> None:
    calendar = desk(weekly={}, openings=[stretch("2026-01-05 10:00", "2026-01-05 11:00")])
    assert not calendar.compile().never_opens
    assert "calendar.never-open" not in {problem.code for problem in calendar.problems()}


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=5)
@given(data=st.data())
def test_openings_join_and_closures_leave(name: str, change: datetime, data: st.DataObject) -> None:
    on = change.date()
    some = st.lists(absolutes(dates=st.dates(on - 2 * DAY, on + 2 * DAY)), max_size=3).map(tuple)
    plain = data.draw(sks.calendars(zones=st.just(name), min_date=on - 2 * DAY, max_date=on + 2 * DAY, max_layers=0))
    openings, closures = data.draw(some), data.draw(some)
    span = Interval(change - 3 * DAY, change + 3 * DAY)

    def of(stretches: tuple[Absolute, ...]) -> IntervalSet:
        return IntervalSet.from_us(span for each in stretches for span in each.spans(zone(name))).within(span)

    hours = plain.replace(openings=openings, closures=closures).compile()
    expected = (IntervalSet(plain.compile().open_between(span.start, span.end)) | of(openings)) - of(closures)
    assert IntervalSet(hours.open_between(span.start, span.end)) == expected
    days = [on + timedelta(days=n) for n in range(-2, 3)]
    assert all(hours.is_business_day(day) == bool(hours.hours_on(day)) for day in days)
