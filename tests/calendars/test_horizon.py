"""How far a calendar answers: years, announced holidays, calendars that never open, the ends of time."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from servicekit.calendars import Calendar, CompiledCalendar, FixedDays, Unannounced
from servicekit.errors import CalendarError, CalendarHorizonError, HolidaysUnknownError, HorizonWarning, NeverOpenError
from servicekit.timeline import BusinessDays, CalendarDays, Interval

DAY = timedelta(days=1)
UNTIL_2026 = FixedDays(dates=["2026-12-31"], known_until=2026)


def desk(unannounced: Unannounced = "raise", **fields: Any) -> CompiledCalendar:
    """A calendar whose holidays are known until the end of 2026."""
    given = {"timezone": "UTC", "weekly": {"mon-fri": "09:00-17:00"}, "holidays": [UNTIL_2026], **fields}
    return Calendar.model_validate({**given, "unannounced": unannounced}).compile()


LAST_KNOWN = datetime(2026, 12, 30, 12, tzinfo=UTC)
UNKNOWN = datetime(2027, 1, 4, 12, tzinfo=UTC)

PAST: list[Callable[[CompiledCalendar], object]] = [
    lambda hours: hours.is_open(UNKNOWN),
    lambda hours: hours.elapsed(LAST_KNOWN, UNKNOWN),
    lambda hours: hours.elapsed(UNKNOWN, LAST_KNOWN),
    lambda hours: hours.add(LAST_KNOWN, timedelta(hours=6)),
    lambda hours: hours.add(LAST_KNOWN, timedelta(hours=5), bias="open"),
    lambda hours: hours.add(UNKNOWN, -timedelta(hours=1)),
    lambda hours: hours.next_open(LAST_KNOWN + timedelta(hours=6)),
    lambda hours: hours.next_start(LAST_KNOWN),
    lambda hours: hours.next_close(LAST_KNOWN + timedelta(hours=6)),
    lambda hours: hours.previous_close(UNKNOWN),
    lambda hours: hours.snap(UNKNOWN, "backward"),
    lambda hours: list(hours.open_between(LAST_KNOWN, UNKNOWN)),
    lambda hours: list(hours.open_between(UNKNOWN, LAST_KNOWN)),
    lambda hours: hours.is_business_day(UNKNOWN.date()),
    lambda hours: hours.business_days_between(LAST_KNOWN.date(), UNKNOWN.date()),
    lambda hours: hours.hours_on(UNKNOWN.date()),
    lambda hours: hours.add_days(LAST_KNOWN, BusinessDays(1)),
]


@pytest.mark.parametrize("question", PAST)
def test_a_question_past_the_announced_holidays_raises_by_default(question: Callable[..., object]) -> None:
    with pytest.raises(HolidaysUnknownError) as raised:
        question(desk())
    assert (raised.value.code, raised.value.known_until) == ("calendar.holidays-unknown", 2026)


@pytest.mark.parametrize("question", PAST)
def test_it_warns_and_answers_when_the_calendar_says_so(question: Callable[..., object]) -> None:
    with pytest.warns(HorizonWarning):
        warned = question(desk("warn"))
    assert warned == question(desk("assume"))


@pytest.mark.parametrize("question", PAST)
def test_it_answers_in_silence_when_the_calendar_assumes(question: Callable[..., object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        question(desk("assume"))
        question(desk(known_until=2027))


def test_everything_up_to_the_end_of_the_known_year_is_answered() -> None:
    hours, end = desk(), datetime(2027, 1, 1, tzinfo=UTC)
    assert hours.elapsed(LAST_KNOWN, end) == timedelta(hours=5)
    assert hours.add(LAST_KNOWN, timedelta(hours=5)) == LAST_KNOWN.replace(hour=17)
    assert list(hours.open_between(LAST_KNOWN, end)) == [Interval(LAST_KNOWN, LAST_KNOWN.replace(hour=17))]
    assert hours.business_days_between(date(2026, 12, 30), date(2027, 1, 1)) == 1
    assert hours.add_days(LAST_KNOWN, CalendarDays(10)) == LAST_KNOWN + 10 * DAY


def test_the_known_year_ends_at_the_calendars_own_midnight() -> None:
    hours = desk(timezone="Asia/Shanghai", weekly="24x7")
    midnight = datetime(2027, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert hours.elapsed(midnight - 3 * DAY, midnight) == 2 * DAY
    assert not hours.is_open(midnight - timedelta(microseconds=1))
    with pytest.raises(HolidaysUnknownError):
        hours.is_open(midnight)


def test_an_opening_at_the_very_end_of_the_known_year_is_not_known() -> None:
    hours = desk(weekly="24x7")
    eve = datetime(2026, 12, 31, 12, tzinfo=UTC)
    for question in (hours.next_open, hours.next_start, lambda at: hours.add(at, timedelta(0), bias="open")):
        with pytest.raises(HolidaysUnknownError):
            question(eve)


@pytest.mark.parametrize(
    ("sources", "own", "known_until"),
    [
        ([], None, None),
        (["US"], None, None),
        (["CN"], None, 2026),
        (["CN", UNTIL_2026.replace(known_until=2025)], None, 2025),
        (["CN"], 2030, 2030),
        (["US"], 2020, 2020),
        ([{"market": "XNYS"}], None, None),
    ],
)
def test_known_until_is_the_earliest_of_the_sources_unless_the_document_says(
    sources: list[object], own: int | None, known_until: int | None
) -> None:
    calendar = Calendar.model_validate({"timezone": "UTC", "holidays": sources, "known_until": own})
    assert (calendar.holidays_known_until, calendar.compile().known_until) == (known_until, known_until)


def test_years_outside_the_horizon_are_refused() -> None:
    hours = Calendar(timezone="UTC", weekly="24x7").compile(first_year=2020, last_year=2030)  # type: ignore[arg-type]
    inside = datetime(2025, 1, 1, tzinfo=UTC)
    for outside in (datetime(2019, 12, 31, 23, tzinfo=UTC), datetime(2031, 1, 1, 1, tzinfo=UTC)):
        for question in (hours.is_open, hours.next_open, hours.next_close, lambda at: hours.elapsed(inside, at)):
            with pytest.raises(CalendarHorizonError) as raised:
                question(outside)
            assert raised.value.code == "calendar.horizon"
    with pytest.raises(CalendarHorizonError):
        hours.next_close(inside)
    with pytest.raises(CalendarHorizonError):
        hours.add(inside, timedelta(days=365 * 7))
    with pytest.raises(CalendarHorizonError):
        hours.add(inside, -timedelta(days=365 * 7))


def test_the_first_and_last_instants_of_the_horizon_are_inside() -> None:
    hours = Calendar.always().compile(first_year=2020, last_year=2030)
    first, last = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    assert hours.elapsed(first, last) == last - first
    assert hours.add(first, last - first) == last
    assert hours.add(last - DAY, first + DAY - last) == first
    assert list(hours.open_between(first, last)) == [Interval(first, last)]


def test_open_before_reaches_down_to_the_first_day() -> None:
    hours = Calendar(timezone="UTC", weekly={"thu": "09:00-17:00"}).compile()  # type: ignore[dict-item]
    found = hours.open_before(datetime(1970, 1, 20, tzinfo=UTC))
    assert [next(found).start.day for _ in range(3)] == [15, 8, 1]
    with pytest.raises(CalendarHorizonError):
        next(found)


EXTREMES = [
    edge.replace(tzinfo=tz)
    for edge in (datetime.min, datetime.max)
    for tz in (UTC, ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai"))
]


@pytest.mark.parametrize("moment", EXTREMES, ids=str)
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai"])
@pytest.mark.parametrize("holidays", [[], ["CN"]])
def test_the_ends_of_time_are_beyond_every_horizon(moment: datetime, zone: str, holidays: list[str]) -> None:
    calendar = Calendar.model_validate({"timezone": zone, "weekly": {"mon-fri": "09:00-17:00"}, "holidays": holidays})
    hours, now = calendar.compile(first_year=2, last_year=9998), datetime(2026, 1, 5, tzinfo=UTC)
    questions: list[Callable[[], object]] = [
        lambda: hours.is_open(moment),
        lambda: hours.elapsed(moment, now),
        lambda: hours.add(moment, DAY),
        lambda: hours.next_open(moment),
        lambda: hours.previous_close(moment),
        lambda: hours.add_days(moment, BusinessDays(1)),
        lambda: next(hours.open_after(moment)),
        lambda: next(hours.open_before(moment)),
    ]
    for question in questions:
        with pytest.raises(CalendarHorizonError):
            question()


def test_an_amount_beyond_all_time_is_refused() -> None:
    hours, now = Calendar.always().compile(), datetime(2026, 1, 5, tzinfo=UTC)
    for amount in (timedelta.max, timedelta.min):
        with pytest.raises(CalendarHorizonError):
            hours.add(now, amount)
    for days in (CalendarDays(10**9), BusinessDays(10**9)):
        with pytest.raises(CalendarHorizonError):
            hours.add_days(now, days)


def test_local_refuses_what_its_clock_cannot_show() -> None:
    with pytest.raises(CalendarHorizonError):
        Calendar.always("America/New_York").compile().local(datetime.min.replace(tzinfo=UTC))


@pytest.mark.parametrize(("first", "last"), [(2030, 2020), (1, 2000), (2000, 9999)])
def test_a_horizon_that_cannot_be_is_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError):
        Calendar.always().compile(first_year=first, last_year=last)


NEVER = [
    {},
    {"weekly": {"mon": []}},
    {"dates": {"2026-01-05": []}},
    {"weekly": "24x7", "breaks": "24x7"},
    {"weekly": {"mon-fri": "12:00-13:00"}, "breaks": {"mon-sun": ["11:00-12:30", "12:30-14:00"]}},
    {"dates": {"2026-01-05": "09:00-10:00"}, "date_breaks": {"2026-01-05": "08:00-11:00"}},
]


@pytest.mark.parametrize("fields", NEVER)
def test_a_calendar_that_never_opens_says_so_at_once(fields: dict[str, object]) -> None:
    calendar = Calendar.model_validate({"timezone": "UTC", **fields})
    hours, now = calendar.compile(), datetime(2026, 1, 5, tzinfo=UTC)
    assert hours.never_opens
    assert [problem.code for problem in calendar.problems()] == ["calendar.never-open"]
    assert hours.elapsed(now, now + 1000 * DAY) == timedelta(0)
    assert not hours.is_open(now)
    assert hours.add(now, timedelta(0)) == now
    verbs = (hours.next_open, hours.next_start, hours.next_close, hours.previous_start, hours.previous_close)
    for verb in verbs:
        with pytest.raises(NeverOpenError):
            verb(now)
    with pytest.raises(NeverOpenError):
        hours.add(now, DAY)
    with pytest.raises(NeverOpenError):
        hours.snap(now, "backward")


def test_a_calendar_that_opens_on_one_date_opens() -> None:
    hours = Calendar.model_validate({"timezone": "UTC", "dates": {"2026-01-05": "09:00-10:00"}}).compile()
    assert not hours.never_opens
    assert hours.next_open(datetime(2020, 1, 1, tzinfo=UTC)) == datetime(2026, 1, 5, 9, tzinfo=UTC)
    with pytest.raises(CalendarHorizonError):
        hours.next_open(datetime(2026, 1, 6, tzinfo=UTC))


def test_a_calendar_without_a_zone_needs_one_to_compile() -> None:
    with pytest.raises(CalendarError):
        Calendar().compile()
    assert Calendar().compile(timezone="Asia/Shanghai").timezone.key == "Asia/Shanghai"
    assert Calendar(timezone="UTC").compile(timezone="Asia/Shanghai").timezone.key == "UTC"


def test_a_calendar_can_be_pickled() -> None:
    calendar = Calendar.model_validate({"timezone": "UTC", "weekly": "24x7", "holidays": ["CN"]})
    assert pickle.loads(pickle.dumps(calendar)) == calendar
