"""What a calendar document may cost: what is read is answered soon, what would not be is refused (faults C7, C8)."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.easter import easter

from servicekit.calendars import AnyCalendar, Calendar, FixedDays, Recurrence
from servicekit.document import read
from servicekit.timeline import BusinessDays

WEEK = {"mon-fri": "09:00-17:00"}
MONDAY = datetime(2026, 1, 5, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
DEEPEST = 31
"""How many calendars may lie around a calendar."""


def desk(**fields: object) -> Calendar:
    return Calendar.model_validate({"timezone": "UTC", "weekly": WEEK, **fields})


def seconds(form: AnyCalendar) -> float:
    """How long it takes to compile a calendar and to ask it twice; the best of three."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        hours = form.compile()
        hours.due(MONDAY, 5 * HOUR)
        hours.due(MONDAY, BusinessDays(2, end="close"))
        taken.append(time.process_time() - start)
    return min(taken)


def nested(depth: int, *, turned: bool = False) -> AnyCalendar:
    form: AnyCalendar = desk()
    for number in range(depth):
        form = ~form if turned and number % 2 else form.shift(timedelta(minutes=30))
    return form


def doubled(times: int) -> AnyCalendar:
    """One calendar in all of it, twice as often each time."""
    form: AnyCalendar = desk()
    for number in range(times):
        form = form.shift(timedelta(minutes=1 << number)) | form.shift(-timedelta(minutes=3 << number))
    return form


def test_a_deep_calendar_costs_as_much_as_it_is_deep() -> None:
    """Fault C7."""
    one = seconds(desk())
    assert seconds(nested(10)) < 10 * 10 * one
    assert seconds(nested(DEEPEST)) < 5  # no benchmark: it took minutes
    assert seconds(nested(DEEPEST - 1, turned=True)) < 5  # no benchmark: it took minutes
    assert seconds(doubled(7)) < 5  # no benchmark: it took minutes


def test_shifts_of_shifts_are_one_shift() -> None:
    """Fault C7: what is cheap is still right."""
    hours, once = nested(10).compile(), desk().shift(10 * timedelta(minutes=30)).compile()
    week = (MONDAY, MONDAY + timedelta(days=400))
    assert list(hours.open_between(*week)) == list(once.open_between(*week))
    assert hours.hours_on(MONDAY.date()) == once.hours_on(MONDAY.date())


def written(depth: int) -> str:
    return "{shifted: " * depth + "{timezone: UTC, weekly: {mon-fri: '09:00-17:00'}}" + ", by: 30m}" * depth


@pytest.mark.parametrize("depth", [DEEPEST + 1, 50, 60])
def test_what_is_too_deep_is_a_problem(depth: int) -> None:
    """Fault C7: so is what is too wide."""
    assert read(AnyCalendar, written(DEEPEST)).problems == ()  # type: ignore[type-abstract]
    [problem] = read(AnyCalendar, written(depth)).problems  # type: ignore[type-abstract]
    assert (problem.code, problem.hint is None) == ("calendar.too-many", False)
    assert problem.path == ".".join(["shifted"] * (depth - DEEPEST - 1))


def test_many_calendars_are_a_problem_however_they_are_put_together() -> None:
    """Fault C7: a calendar that is in itself twice, ten times over, would be read a thousand times."""
    with pytest.raises(ValueError, match="at most 1000"):
        doubled(20)
    many = "{any_of: [" + "{timezone: UTC}, " * 1000 + "]}"
    assert [problem.code for problem in read(AnyCalendar, many).problems] == ["calendar.too-many"]  # type: ignore[type-abstract]


NO_DATE_FITS = [
    "FREQ=DAILY;BYEASTER=0;BYMONTH=12",
    "FREQ=WEEKLY;BYEASTER=-2;BYMONTH=11",
    "FREQ=MONTHLY;BYEASTER=1;BYMONTHDAY=1;BYMONTH=6",
    "FREQ=YEARLY;BYEASTER=0;BYDAY=MO",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=7;BYDAY=SU;COUNT=100000",
]


@pytest.mark.parametrize("rule", NO_DATE_FITS)
def test_a_rule_that_no_date_fits_is_found_out_soon(rule: str) -> None:
    """Fault C8: also where there are many of them."""
    start = date(2026, 1, 5)
    rules = [Recurrence(name=str(n), rule=rule, start_on=start + timedelta(days=7 * n)) for n in range(20)]
    begun = time.process_time()
    calendar = desk(recurring=rules)
    assert {problem.code for problem in calendar.problems()} == {"calendar.empty-recurrence"}
    assert calendar.compile().add(MONDAY, 5 * HOUR) == MONDAY + 5 * HOUR
    assert time.process_time() - begun < 5  # no benchmark: it took minutes


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, range(1, 32)))])
def test_many_rules_that_name_every_day_are_cheap_and_more_are_refused(rule: str) -> None:
    """Fault C8."""
    starts = [date(1990, 1, 1) + timedelta(days=37 * n) for n in range(201)]
    rules = [{"name": str(on), "rule": rule, "start_on": str(on), "hours": "09:00-10:00"} for on in starts]
    begun = time.process_time()
    hours = desk(recurring=rules[:200]).compile()
    assert hours.day(MONDAY.date()).reason == str(starts[199])
    assert time.process_time() - begun < 5  # no benchmark: it took minutes
    [problem] = read(Calendar, f"recurring: {rules}").problems
    assert (problem.code, problem.path, problem.hint is None) == ("calendar.too-many", "recurring", False)


STRETCH = {"start": "2026-01-05 10:00", "end": "2026-01-05 11:00", "reason": "duty"}
LISTS = {
    "seasons": (200, {"name": "fair", "weekly": {}}),
    "half_days": (200, {"names": "eve", "hours": []}),
    "openings": (10_000, STRETCH),
    "closures": (10_000, STRETCH),
}


@pytest.mark.parametrize("field", LISTS)
def test_lists_of_rules_and_stretches_are_bounded(field: str) -> None:
    """Fault C8."""
    most, entry = LISTS[field]
    assert desk(**{field: [entry] * most})
    begun = time.process_time()
    with pytest.raises(ValueError, match=f"at most {most} may be"):
        desk(**{field: [entry] * (most + 1)})
    assert time.process_time() - begun < 5  # no benchmark: it took minutes


@pytest.mark.parametrize("field", ["weekly", "breaks"])
def test_a_day_has_no_thousands_of_windows(field: str) -> None:
    """Fault C8."""
    day = [f"{n // 60:02}:{n % 60:02}:00-{n // 60:02}:{n % 60:02}:30" for n in range(1440)]
    [problem] = [each for each in read(Calendar, f"{field}: {{mon: {day}}}").problems if each.is_error]
    assert (problem.code, problem.path, problem.hint is None) == ("calendar.too-many", f"{field}.mon", False)
    every_five_minutes = Calendar.model_validate({"timezone": "UTC", "weekly": {"mon-sun": day[::5]}})
    assert seconds(every_five_minutes) < 2


def test_dates_are_looked_up_by_their_year() -> None:
    """Fault C8: 100,000 of them, of which only those of the years in question cost anything."""
    days = [date(1900, 1, 1) + timedelta(days=n) for n in range(100_000)]
    del days[(MONDAY.date() - days[0]).days]
    for calendar in (
        desk(extra_holidays=days),
        desk(dates=dict.fromkeys(days, ())),
        desk(holidays=[FixedDays(dates=days)]),
    ):
        begun = time.process_time()
        assert calendar.compile().elapsed(MONDAY - 30 * HOUR, MONDAY + 30 * HOUR) == 8 * HOUR
        assert time.process_time() - begun < 5  # no benchmark: it took minutes


def test_a_day_near_easter_may_lie_in_another_year() -> None:
    recurrence = Recurrence(name="far", rule="FREQ=YEARLY;BYEASTER=300,-100", start_on="2020-01-01")
    expected = [easter(y) + timedelta(days=d) for y in range(2019, 2032) for d in (300, -100)]
    found = [on for year in range(2020, 2031) for on in recurrence.dates(year)]
    assert found == sorted(on for on in expected if 2020 <= on.year <= 2030)
