"""Calendars made of calendars: open as the sets of their open times, and documents again."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit.calendars import AnyCalendar, AnyOf, Calendar, Complement, FixedDays, Shifted
from servicekit.document import read
from servicekit.errors import (
    CalendarError,
    CalendarHorizonError,
    HolidaysUnknownError,
    HorizonWarning,
    NeverOpenError,
)
from servicekit.testing import SlowCalendar, laws
from servicekit.testing import strategies as sks
from servicekit.testing.laws.calendars.days import business_day_agrees_with_counting, business_days_between_counts
from servicekit.testing.laws.calendars.documents import form_reads_back, pickles_answer_alike
from servicekit.testing.strategies.time import zone_names
from servicekit.timeline import BusinessDays, Interval
from tests.calendars.samples import CHANGES, DAY, HOUR, STEP, at, calendars_around, desk, forms_around, open_hours

MONDAY, SATURDAY = date(2026, 1, 5), date(2026, 1, 10)
DUTY = desk(weekly={"sat": "10:00-14:00", "mon": "16:00-20:00"})
WEEK = Interval(at("05 00:00"), at("12 00:00"))
SHIFTS = sks.spans(min_value=-3 * DAY, max_value=3 * DAY)
FEW = settings(max_examples=10)


@FEW
@given(st.sampled_from(CHANGES), SHIFTS, st.data())
def test_calendars_combine_as_sets_do(change: tuple[str, datetime], by: timedelta, data: st.DataObject) -> None:
    first = data.draw(forms_around(*change))
    second = data.draw(calendars_around(change[1], zones=zone_names() | st.none()))
    laws.check_algebra(first, second, Interval(change[1] - 3 * DAY, change[1] + 3 * DAY), by=by)


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=4)
@given(data=st.data())
def test_every_form_is_open_as_the_slow_calendar_finds(name: str, change: datetime, data: st.DataObject) -> None:
    form = data.draw(forms_around(name, change))
    compiled, slow = form.compile(timezone="UTC"), SlowCalendar(form, timezone="UTC", step=STEP)
    start, end = change - DAY, change + DAY
    assert list(compiled.open_between(start, end)) == list(slow.open_between(start, end))
    assert compiled.elapsed(start, end) == slow.elapsed(start, end)
    days = [change.date() + n * DAY for n in range(-1, 2)]
    assert [compiled.is_business_day(on) for on in days] == [slow.is_business_day(on) for on in days]


@FEW
@given(st.sampled_from(CHANGES), st.data())
def test_every_form_keeps_the_laws_of_open_hours(change: tuple[str, datetime], data: st.DataObject) -> None:
    form = data.draw(forms_around(*change))
    hours = (form | Calendar(timezone="UTC", weekly={"wed": "10:00-11:00"})).compile(timezone="UTC")
    hours = (hours.calendar - Calendar(timezone="UTC", weekly={"thu": "10:00-11:00"})).compile(timezone="UTC")
    moments = [change[1] + data.draw(SHIFTS) for _ in range(3)]
    laws.check_open_hours(hours, *moments)


@FEW
@given(sks.any_calendars(max_depth=3, calendars=sks.calendars(zones=zone_names() | st.none())))
def test_every_form_reads_back_as_itself(form: AnyCalendar) -> None:
    form_reads_back(form)


@FEW
@given(st.sampled_from(CHANGES), st.data())
def test_every_form_answers_as_its_pickle(change: tuple[str, datetime], data: st.DataObject) -> None:
    hours = data.draw(forms_around(*change)).compile(
        timezone="Asia/Tokyo", sources=[FixedDays(dates=[change[1].date()])]
    )
    pickles_answer_alike(hours, [change[1] + data.draw(SHIFTS) for _ in range(3)])


@FEW
@given(st.sampled_from(CHANGES), st.integers(-6, 6), st.integers(-40, 40), st.data())
def test_business_days_of_every_form_are_counted_alike(
    change: tuple[str, datetime], away: int, many: int, data: st.DataObject
) -> None:
    form = data.draw(forms_around(*change)) | Calendar(timezone="UTC", weekly={"wed": "10:00-11:00"})
    hours, on = form.compile(timezone="UTC"), change[1].date() + away * DAY
    business_day_agrees_with_counting(hours, on, many)
    business_days_between_counts(hours, on, on + many * DAY)


def test_on_call_duty_is_a_union_or_an_opening() -> None:
    united = (desk() | DUTY).compile()
    assert open_hours(united, MONDAY, date(2026, 1, 6)) == ["01-05 09:00-01-05 20:00"]
    openings = [
        {"start": "2026-01-05 16:00", "end": "2026-01-05 20:00", "reason": "duty"},
        {"start": "2026-01-10 10:00", "end": "2026-01-10 14:00", "reason": "duty"},
    ]
    opened = desk(openings=openings).compile()
    assert list(opened.open_between(WEEK.start, WEEK.end)) == list(united.open_between(WEEK.start, WEEK.end))
    assert [hours.is_business_day(SATURDAY) for hours in (opened, united)] == [True, True]


def test_holidays_of_one_part_do_not_close_another() -> None:
    hours = (desk(extra_holidays=[MONDAY]) | DUTY).compile()
    assert open_hours(hours, MONDAY, date(2026, 1, 6)) == ["01-05 16:00-01-05 20:00"]


def test_dates_of_an_intersection_and_a_difference_are_those_of_the_first() -> None:
    for form, total in ((desk() & DUTY, HOUR), (desk() - DUTY, 7 * HOUR), (DUTY - desk(), 3 * HOUR)):
        assert form.compile().hours_on(MONDAY).total == total
    assert [(desk() & DUTY).compile().business_day(MONDAY, 1), (DUTY - desk()).compile().business_day(MONDAY, 1)] == [
        date(2026, 1, 12),
        SATURDAY,
    ]


def test_a_complement_has_a_business_day_wherever_it_is_open() -> None:
    closed = (~desk()).compile()
    assert closed.hours_on(MONDAY).total == 16 * HOUR
    assert closed.business_day(MONDAY, 2) == date(2026, 1, 7)
    assert (~desk(weekly={"mon": "00:00-24:00"})).compile().business_day(date(2026, 1, 4), 1) == date(2026, 1, 6)


def test_a_shift_keeps_its_dates() -> None:
    moved = desk(weekly={"mon": "20:00-24:00"}).shift(6 * HOUR).compile()
    assert [moved.is_business_day(date(2026, 1, day)) for day in (5, 6)] == [True, False]
    assert open_hours(moved, MONDAY, date(2026, 1, 7)) == ["01-06 02:00-01-06 06:00"]
    assert moved.hours_on(MONDAY).total == 4 * HOUR


def test_the_zone_of_a_combination_is_that_of_its_calendars_without_one() -> None:
    plain = Calendar(weekly={"mon-fri": "09:00-17:00"})
    shanghai = plain.replace(timezone="Asia/Shanghai")
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert (plain & plain).compile(timezone="UTC").is_open(noon)
    by_itself = AnyOf(timezone="Asia/Shanghai", any_of=(plain,))
    assert not by_itself.compile(timezone="UTC").is_open(noon)
    assert not (Calendar(timezone="UTC") | by_itself).compile().is_open(noon)
    assert (shanghai | plain).compile(timezone="UTC").is_open(noon)  # the caller's zone, before the first calendar's
    assert not (shanghai | plain).compile().is_open(noon)
    copy = pickle.loads(pickle.dumps((shanghai | plain).compile(timezone="UTC")))
    assert (copy.is_open(noon), copy.timezone.key) == (True, "Asia/Shanghai")


def test_dates_are_those_of_the_first_zone_unless_one_is_named() -> None:
    both = (Calendar.always("Asia/Tokyo") & Calendar.always("UTC")).compile()
    assert both.timezone.key == "Asia/Tokyo"
    named = AnyOf(timezone="Europe/Paris", any_of=both.calendar.all_of)  # type: ignore[attr-defined]
    assert named.compile().timezone.key == "Europe/Paris"


CHINA = desk(holidays=["CN"])  # announced until the end of 2026


def test_a_combination_knows_holidays_as_long_as_all_its_calendars() -> None:
    for form in (CHINA | DUTY, DUTY & CHINA, DUTY - CHINA, ~CHINA):
        hours = form.compile()
        hours.is_open(at("05 10:00").replace(year=2026, month=12))
        assert hours.known_until == 2026
        with pytest.raises(HolidaysUnknownError):
            hours.is_open(datetime(2027, 1, 5, tzinfo=UTC))


def test_a_year_ends_by_the_clock_of_the_calendar_whose_holidays_they_are() -> None:
    hours = (Calendar.always("America/New_York") & CHINA).compile()
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai, eleven o'clock in New York
    hours.elapsed(new_year - DAY, new_year)
    with pytest.raises(HolidaysUnknownError):
        hours.elapsed(new_year - DAY, new_year + HOUR)


def test_a_calendar_moved_back_needs_the_holidays_of_later_dates() -> None:
    month = timedelta(days=30)
    earlier, later = CHINA.shift(-month).compile(), CHINA.shift(month).compile()
    with pytest.raises(HolidaysUnknownError):
        earlier.elapsed(datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 15, tzinfo=UTC))
    assert later.elapsed(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 15, tzinfo=UTC)) > timedelta(0)
    with pytest.raises(HolidaysUnknownError):
        later.is_open(datetime(2027, 2, 15, tzinfo=UTC))
    with pytest.warns(HorizonWarning):
        CHINA.replace(unannounced="warn").shift(-month).compile().is_open(datetime(2026, 12, 15, tzinfo=UTC))


def test_what_is_never_open_is_found_out_soon() -> None:
    nothing = desk() & ~desk()
    assert nothing.compile().elapsed(WEEK.start, WEEK.end) == timedelta(0)
    for form in (nothing, ~Calendar.always()):
        with pytest.raises(NeverOpenError):
            form.compile().next_open(WEEK.start)
    assert (Calendar() | Calendar()).compile(timezone="UTC").never_opens
    assert (desk() & Calendar()).compile().never_opens


@pytest.mark.parametrize("backward", [False, True])
def test_an_algebra_that_never_opens_says_so(backward: bool) -> None:
    """Fault C9: whatever is asked that looks for open time."""
    mondays, tuesdays = desk(weekly={"mon": "09:00-17:00"}), desk(weekly={"tue": "09:00-17:00"})
    hours, start = (mondays & tuesdays).compile(), WEEK.start
    days = -1 if backward else 1
    for ask in (
        lambda: hours.add(start, days * HOUR),
        lambda: hours.previous_start(start) if backward else hours.next_open(start),
        lambda: hours.business_day(MONDAY, days),
        lambda: hours.due(start, BusinessDays(1)),
        lambda: hours.due(start, BusinessDays(0, end="close")),
    ):
        with pytest.raises(NeverOpenError):
            ask()
    assert hours.elapsed(WEEK.start, WEEK.end) == timedelta(0)


def test_what_has_opened_once_is_past_its_horizon() -> None:
    """Fault C9."""
    once = desk(weekly={}, dates={MONDAY: "09:00-17:00"}) & desk()
    with pytest.raises(CalendarHorizonError) as caught:
        once.compile().next_open(WEEK.end)
    assert not isinstance(caught.value, NeverOpenError)


@pytest.mark.parametrize(
    ("model", "text", "reader"),
    [
        (Calendar, "all_of: [{timezone: UTC, weekly: 24x7}]", "AllOf.parse"),
        (Calendar, "{of: {timezone: UTC}, minus: {timezone: UTC}}", "Difference.parse"),
        (Calendar, "{shifted: {timezone: UTC}, by: 30m}", "Shifted.parse"),
        (AnyOf, "{timezone: UTC, weekly: 24x7}", "Calendar.parse"),
        (AnyOf, "complement: {timezone: UTC}", "Complement.parse"),
    ],
)
def test_a_text_of_another_form_is_refused_with_the_class_that_reads_it(
    model: type[AnyCalendar], text: str, reader: str
) -> None:
    """Fault C11."""
    [problem] = read(model, text).problems
    assert problem.code == "document.unknown-key"
    assert reader in (problem.hint or "")
    assert type(AnyCalendar.parse(text)).__name__ == reader.split(".")[0]


def test_names_of_other_calendars_are_kept_and_wait_for_their_policy() -> None:
    """Fault C11."""
    form = AnyOf.parse("any_of: [desk, {complement: duty}]")
    assert form.names == ("desk", "duty")
    form_reads_back(form)
    assert form.to_dict() == {"any_of": ["desk", {"complement": "duty"}]}
    assert "desk" in form.picture().title
    with pytest.raises(CalendarError):
        form.compile(timezone="UTC")


def test_a_form_is_told_by_its_keys_wherever_a_calendar_may_stand() -> None:
    text = """
    any_of:
      - {timezone: Asia/Shanghai, weekly: {mon-fri: ["09:00-17:00"]}}
      - {shifted: {complement: {timezone: UTC, weekly: 24x7}}, by: -30m}
      - {of: {timezone: UTC}, minus: {all_of: [{timezone: UTC}]}}
    """
    form = AnyOf.parse(text)
    shifted = form.any_of[1]
    assert isinstance(shifted, Shifted)
    assert isinstance(shifted.shifted, Complement)
    assert form.compile().elapsed(WEEK.start, WEEK.end) == 40 * HOUR
