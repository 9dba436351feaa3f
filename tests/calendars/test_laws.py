"""The laws of open time, over every calendar that can be drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from datetime import timezone as fixed_offset
from itertools import islice, permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from servicekit.calendars import Calendar, CompiledCalendar
from servicekit.document import read
from servicekit.testing import laws
from servicekit.testing import strategies as sks
from servicekit.testing.laws.calendars.elapsed import (
    add_is_nearest_or_farthest,
    add_undoes_elapsed,
    adds_compose,
    elapsed_is_additive,
    elapsed_is_bounded,
    elapsed_is_signed,
    is_open_agrees_with_elapsed,
    zero_adds_nothing,
)
from servicekit.testing.laws.calendars.openings import (
    neighbours_agree_with_open_between,
    open_between_is_orderly,
    open_between_mirrors,
    snap_lands_on_business,
)
from servicekit.testing.laws.interval_sets import complement_fills_the_rest
from servicekit.testing.strategies.time import ZONES, day_rules
from servicekit.timeline import BusinessDays, DayRule, Interval, IntervalSet, from_us, local_at, to_us

FIRST, LAST = date(2026, 2, 20), date(2026, 4, 20)
CALENDARS = sks.open_calendars(min_date=FIRST, max_date=LAST)
MOMENTS = sks.instants(min_value=datetime(2026, 2, 25, tzinfo=UTC), max_value=datetime(2026, 4, 10, tzinfo=UTC))
POSITIVE = sks.spans(min_value=timedelta(microseconds=1), max_value=timedelta(hours=40))


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_elapsed_is_additive_signed_and_bounded(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    hours = calendar.compile()
    for first, middle, last in permutations((a, b, c)):
        elapsed_is_additive(hours, first, middle, last)
    elapsed_is_signed(hours, a, b)
    elapsed_is_bounded(hours, a, b)


@given(CALENDARS, MOMENTS)
def test_time_elapses_exactly_while_it_is_open(calendar: Calendar, moment: datetime) -> None:
    is_open_agrees_with_elapsed(calendar.compile(), moment)


@given(CALENDARS, MOMENTS, POSITIVE, st.sampled_from((1, -1)))
def test_adding_is_the_inverse_of_elapsed(calendar: Calendar, moment: datetime, amount: timedelta, sign: int) -> None:
    hours = calendar.compile()
    add_undoes_elapsed(hours, moment, sign * amount)
    add_is_nearest_or_farthest(hours, moment, sign * amount)
    zero_adds_nothing(hours, moment)


@given(CALENDARS, MOMENTS, POSITIVE, POSITIVE, st.sampled_from((1, -1)))
def test_adding_twice_is_adding_the_sum(
    calendar: Calendar, moment: datetime, first: timedelta, second: timedelta, sign: int
) -> None:
    adds_compose(calendar.compile(), moment, sign * first, sign * second)


@given(CALENDARS, MOMENTS, MOMENTS)
def test_open_intervals_are_orderly_and_add_up(calendar: Calendar, start: datetime, end: datetime) -> None:
    hours = calendar.compile()
    open_between_is_orderly(hours, start, end)
    laws.open_between_agrees_with_elapsed(hours, start, end)
    open_between_mirrors(hours, start, end)


@given(CALENDARS, MOMENTS)
def test_openings_and_closings_are_the_ends_of_open_intervals(calendar: Calendar, moment: datetime) -> None:
    hours = calendar.compile()
    neighbours_agree_with_open_between(hours, moment)
    snap_lands_on_business(hours, moment)


@given(CALENDARS, MOMENTS)
def test_open_after_and_before_begin_where_they_are_asked(calendar: Calendar, moment: datetime) -> None:
    hours, month = calendar.compile(), timedelta(days=30)
    for verb, end in (("open_after", moment + month), ("open_before", moment - month)):
        whole = list(hours.open_between(moment, end))[:3]
        complete = whole[:-1]  # the last may be cut by the end of the month
        assert list(islice(getattr(hours, verb)(moment), len(complete))) == complete


@given(CALENDARS, MOMENTS)
def test_what_is_closed_and_what_is_open_make_up_the_wall(calendar: Calendar, moment: datetime) -> None:
    span = Interval(moment, moment + timedelta(days=10))
    open_set = IntervalSet(calendar.compile().open_between(span.start, span.end))
    complement_fills_the_rest(open_set, span)
    assert open_set.total + open_set.complement(span).total == span.length


@given(CALENDARS, MOMENTS, st.timedeltas(-timedelta(hours=14), timedelta(hours=14)))
def test_the_zone_of_a_question_does_not_change_the_answer(
    calendar: Calendar, moment: datetime, shift: timedelta
) -> None:
    hours, shown = calendar.compile(), from_us(to_us(moment), fixed_offset(shift))
    later = shown + timedelta(hours=5)
    assert hours.is_open(shown) == hours.is_open(moment)
    assert hours.elapsed(shown, later) == hours.elapsed(moment, moment + timedelta(hours=5))
    assert hours.next_open(shown) == hours.next_open(moment)


@given(CALENDARS, st.dates(FIRST, LAST), st.dates(FIRST, LAST))
def test_business_days_between_counts_business_days(calendar: Calendar, start: date, end: date) -> None:
    hours = calendar.compile()
    low, high = sorted((start, end))
    counted = sum(hours.is_business_day(low + timedelta(days=n)) for n in range((high - low).days))
    assert hours.business_days_between(low, high) == counted
    assert hours.business_days_between(high, low) == -counted


@given(CALENDARS, st.dates(FIRST, LAST))
def test_hours_of_dates_are_open_and_make_up_open_time(calendar: Calendar, start: date) -> None:
    hours = calendar.compile()
    days = [start + timedelta(days=n) for n in range(-2, 8)]
    united = IntervalSet(interval for on in days for interval in hours.hours_on(on))
    week = Interval(*(local_at(day, 0, hours.timezone) for day in (start, start + timedelta(days=5))))
    assert united.within(week) == IntervalSet(hours.open_between(week.start, week.end))


@example(
    Calendar(timezone="UTC", weekly={"tue": "21:00-06:00", "thu": "09:00-17:00"}),
    datetime(2026, 2, 25, tzinfo=UTC),  # the midnight within Tuesday's night, and of Thursday the one at its end
    BusinessDays(1),
    DayRule(start="as_is", landing="keep", end="same_clock"),
)
@example(
    Calendar(timezone="UTC", weekly={"fri": "21:00-07:00"}),
    datetime(2026, 3, 7, 4, tzinfo=UTC),  # Friday's night holds no 07:30, so that this one is of Friday morning
    BusinessDays(0, end=time(7, 30)),
    DayRule(landing="after_close"),
)
@given(CALENDARS, MOMENTS, sks.business_days(max_days=15), day_rules())
def test_business_days_land_by_their_rule(
    calendar: Calendar, moment: datetime, amount: BusinessDays, rule: DayRule
) -> None:
    hours = calendar.compile()
    due = hours.add_days(moment, amount, rule=rule)
    chosen = amount.rule(rule)
    if chosen.landing == "next_open" and chosen.end != "close":
        assert hours.is_open(due)
    if amount.days and chosen.end == "same_clock" and chosen.landing == "keep":
        start = hours.next_open(moment) if chosen.start == "next_open" else moment
        last = hours.local(due).date() - (hours.local(start).date() - shift_on(hours, start))
        assert hours.is_business_day(last) or skipped_reading(hours, due)
    if chosen.end == "same_clock" or chosen.landing != "keep" or amount.days:
        # No days by a time of day may be over: of the night around the moment, as of the date.
        assert hours.local(due).date() >= (hours.local(moment).date() if amount.days else shift_on(hours, moment))


def shift_on(hours: CompiledCalendar, moment: datetime) -> date:
    """The date on which the shift around a moment begins; the clock's where there is none."""
    today = hours.local(moment).date()
    shifts = {on: list(hours.hours_on(on)) for on in (today, today - timedelta(days=1))}
    held = [on for on, shift in shifts.items() if any(moment in each for each in shift)]
    around = [on for on, shift in shifts.items() if shift and shift[0].start <= moment < shift[-1].end]
    return next(iter(held + around), today)


def skipped_reading(hours: CompiledCalendar, due: datetime) -> bool:
    """Whether the clock skips something within the day before: a reading kept may then slip to the next date."""
    return hours.local(due).utcoffset() != hours.local(due - timedelta(days=1)).utcoffset()


@given(sks.calendars(min_date=FIRST, max_date=LAST))
def test_a_calendar_reads_back_as_itself(calendar: Calendar) -> None:
    for text, form in ((calendar.to_yaml(), "yaml"), (calendar.to_json(), "json")):
        loaded = read(Calendar, text, format=form)
        assert loaded.value == calendar
        assert not any(problem.is_error for problem in loaded.problems)


@pytest.mark.parametrize("zone", ZONES)
def test_the_calendar_that_is_always_open_measures_wall_time(zone: str) -> None:
    hours = Calendar.always(zone).compile()
    start, end = datetime(2011, 12, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    assert hours.elapsed(start, end) == end - start
    assert list(hours.open_between(start, end)) == [Interval(start, end)]
