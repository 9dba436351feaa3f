"""What nobody should write into the layers of a calendar, and that no answer about it takes long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from dateutil.rrule import rrulestr

from servicekit.calendars import (
    AllOf,
    AnyCalendar,
    AnyOf,
    Calendar,
    CompiledCalendar,
    Complement,
    Difference,
    Recurrence,
    Shifted,
)
from servicekit.document import Document, read
from servicekit.errors import CalendarHorizonError, NeverOpenError
from servicekit.timeline import BusinessDays, CalendarDays

OPEN = "timezone: UTC\nweekly: 24x7\n"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUICK = 5.0
"""Seconds; what is measured takes a tenth of them at most, on a machine that does nothing else."""


@contextmanager
def quickly() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < QUICK


def told(text: str, model: type[Document] = Calendar) -> list[tuple[str, str]]:
    with quickly():
        return [(problem.code, problem.path) for problem in read(model, text).problems]


def recurring(rule: str, more: str = "") -> str:
    return f"{OPEN}recurring: [{{name: fair, start_on: 2026-01-05, rule: '{rule}'{more}}}]"


REFUSED_RULES = [
    "",
    "DAILY",
    "FREQ=",
    "FREQ=DAILY;",
    "FREQ=DAILY;FREQ=DAILY",
    "FREQ=HOURLY",
    "FREQ=MINUTELY",
    "FREQ=SECONDLY",
    "FREQ=DAILY;BYHOUR=9",
    "FREQ=DAILY;UNTIL=20270101",
    "FREQ=DAILY;DTSTART=20260101",
    "FREQ=YEARLY;RSCALE=CHINESE",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=DAILY;INTERVAL=99999999999999999999",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=-5",
    "FREQ=DAILY;COUNT=99999999999999999999",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=YEARLY;BYMONTH=13",
    "FREQ=YEARLY;BYMONTH=0",
    "FREQ=YEARLY;BYMONTH=-1",
    "FREQ=DAILY;BYYEARDAY=400",
    "FREQ=YEARLY;BYWEEKNO=54",
    "FREQ=WEEKLY;BYDAY=XX",
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=0MO",
    "FREQ=DAILY;WKST=XX",
    "FREQ=MONTHLY;BYSETPOS=0;BYDAY=MO",
    "FREQ=MONTHLY;BYSETPOS=400;BYDAY=MO",
    "RRULE:FREQ=DAILY EXDATE:20260101",
]

NEVER = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYDAY=6MO",
    "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=30",
]


@pytest.mark.parametrize("rule", REFUSED_RULES)
def test_a_rule_is_refused_when_it_names_no_dates_within_bounds(rule: str) -> None:
    assert told(recurring(rule)) == [("calendar.recurrence", "recurring[0].rule")]


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_no_date_fits_is_a_suspicion_and_costs_little(rule: str) -> None:
    text = recurring(rule)
    assert told(text) == [("calendar.empty-recurrence", "recurring[0].rule")]
    assert not any(problem.is_error for problem in read(Calendar, text).problems)
    with quickly():
        assert Calendar.parse(text).compile().add(NOW, 40 * 365 * 24 * HOUR) == NOW + 40 * 365 * 24 * HOUR


def test_a_rule_that_comes_every_day_costs_little() -> None:
    with quickly():
        hours = Calendar.parse(recurring("FREQ=DAILY", ", hours: ['09:00-12:00']")).compile()
        assert hours.business_days_between(date(2026, 1, 5), date(2096, 1, 5)) == 25_567
        assert hours.day(date(2095, 7, 1)).layer == "recurrence"


@pytest.mark.parametrize(("start_on", "year"), [("0001-01-01", 4), ("1890-06-01", 1988), ("9990-01-01", 9999)])
@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;INTERVAL=4;BYDAY=MO", "FREQ=DAILY;INTERVAL=3", "FREQ=MONTHLY;BYDAY=-1FR"]
)
def test_a_rule_keeps_its_rhythm_in_any_century(rule: str, start_on: str, year: int) -> None:
    fair = Recurrence(name="fair", rule=rule, start_on=start_on)
    start = datetime.combine(fair.start_on, datetime.min.time())
    expected = rrulestr(rule, dtstart=start).between(datetime(year, 1, 1), datetime(year, 12, 31), inc=True)
    assert fair.dates(year) == tuple(moment.date() for moment in expected)
    assert len(expected) >= 11


def test_a_rule_recurs_for_200_years_at_most() -> None:
    yearly = Recurrence(name="founding day", rule="FREQ=YEARLY", start_on="1800-03-01")
    assert (yearly.dates(2000), yearly.dates(2001)) == ((date(2000, 3, 1),), ())


def test_a_count_is_of_dates_that_exist() -> None:
    leap = Recurrence(name="leap day", rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2", start_on="2026-01-01")
    assert [len(leap.dates(year)) for year in (2028, 2032, 2036)] == [1, 1, 0]


FAULTS = [
    (recurring("FREQ=DAILY", ", last_on: 2025-01-01"), [("calendar.recurrence", "recurring[0].last_on")]),
    (recurring("FREQ=DAILY", ", hours: ['9-17']"), [("calendar.hours", "recurring[0].hours[0]")]),
    (
        recurring("FREQ=DAILY", ", hours: ['09:00-12:00', '11:00-13:00']"),
        [("calendar.overlapping-hours", "recurring[0].hours")],
    ),
]

SEASONS = [
    ("{start_on: 2026-06-01, last_on: 2026-05-01, weekly: 24x7}", "calendar.season", ""),
    ("{start_on: 06-01, last_on: 2026-07-01, weekly: 24x7}", "calendar.season", ""),
    ("{start_on: 06-01, weekly: 24x7}", "calendar.season", ""),
    ("{start_on: 13-01, last_on: 03-01, weekly: 24x7}", "calendar.season", ".start_on"),
    ("{start_on: 02-30, last_on: 03-01, weekly: 24x7}", "calendar.season", ".start_on"),
    ("{start_on: 01-01, last_on: 04-31, weekly: 24x7}", "calendar.season", ".last_on"),
    ("{start_on: 2026-02-30, weekly: 24x7}", "calendar.season", ".start_on"),
    ("{start_on: 5, weekly: 24x7}", "calendar.season", ".start_on"),
    ("{start_on: 2026-06-01T10:00, weekly: 24x7}", "calendar.season", ".start_on"),
    ("{start_on: 2026-06-01}", "document.missing-key", ".weekly"),
    ("{weekly: {mon: ['09:00-12:00', '11:00-13:00']}}", "calendar.overlapping-hours", ".weekly.mon"),
    ("{weekly: {mon: '22:00-06:00', tue: '05:00-09:00'}}", "calendar.overlapping-hours", ".weekly"),
    (
        "{weekly: {}, breaks: {mon: ['12:00-13:00', '12:30-14:00']}}",
        "calendar.overlapping-hours",
        ".breaks.mon",
    ),
]
FAULTS += [
    (f"{OPEN}seasons: [{{name: summer, {text[1:]}]", [(code, f"seasons[0]{path}")]) for text, code, path in SEASONS
]

INTERVALS = [
    ("start: 2026-03-02 14:00, end: 2026-03-02T15:00Z", "calendar.interval", ""),
    ("start: 2026-03-02 14:00, end: 2026-03-02 14:00", "calendar.interval", ""),
    ("start: 2026-03-02 14:00, end: 2026-03-01 14:00", "calendar.interval", ""),
    ("start: '2026-03-02T14:00+08:00', end: 2026-03-02T06:00Z", "calendar.interval", ""),
    ("start: 0001-01-01 00:00, end: 2026-03-01 14:00", "calendar.interval", ""),
    ("start: 2026-03-01 14:00, end: 9999-12-31 23:59", "calendar.interval", ""),
    ("start: '0001-01-01T00:00+14:00', end: '9999-12-31T23:59-12:00'", "calendar.interval", ""),
    ("start: 1772460000, end: 2026-03-03", "calendar.interval", ".start"),
    ("start: noon, end: 2026-03-03", "document.value", ".start"),
]
FAULTS += [
    (f"{OPEN}{layer}: [{{reason: drill, {text}}}]", [(code, f"{layer}[0]{path}")])
    for layer in ("closures", "openings")
    for text, code, path in INTERVALS
]

MARKET = f"{OPEN}holidays: [{{market: XNYS, categories: [public, half_day]}}]\n"
FAULTS += [
    (f"{OPEN}closures: [{{start: 2026-03-02, end: 2026-03-03}}]", [("document.missing-key", "closures[0].reason")]),
    (MARKET, [("calendar.half-day", "holidays[0].categories")]),
    (f"{OPEN}half_days: [{{hours: '09:00-12:00'}}]", [("calendar.half-day", "half_days[0]")]),
    (f"{OPEN}half_days: [{{hours: '09:00-12:00', names: ''}}]", [("calendar.half-day", "half_days[0].names")]),
    (
        f"{MARKET}half_days: [{{hours: '09:00-12:00', categories: half_dya}}]",
        [("calendar.half-day", "half_days[0].categories[0]")],
    ),
    (
        f"{OPEN}half_days: [{{hours: ['09:00-12:00', '11:00-13:00'], names: Eve}}]",
        [("calendar.overlapping-hours", "half_days[0].hours")],
    ),
    ("timezone: UTC\nseasons: [{name: shut, weekly: {}}]", [("calendar.never-open", "weekly")]),
]


@pytest.mark.parametrize(("text", "problems"), FAULTS)
def test_a_faulty_layer_is_told_at_its_place(text: str, problems: list[tuple[str, str]]) -> None:
    assert told(text) == problems


@pytest.mark.parametrize(
    ("model", "text", "code", "path"),
    [
        (AnyOf, "any_of: []", "document.value", "any_of"),
        (AllOf, "all_of: [{timezone: Mars}]", "zone.unknown", "all_of[0].timezone"),
        (AnyOf, "any_of: [{weekly: 24x7}]\nminus: {weekly: 24x7}", "document.unknown-key", "minus"),
        (Difference, "of: {weekly: 24x7}", "document.missing-key", "minus"),
        (Complement, "complement: {complement: {weekly: 24x8}}", "calendar.hours", "complement.complement.weekly"),
        (Shifted, "shifted: {weekly: 24x7}\nby: 9000h", "calendar.shift", "by"),
        (Shifted, "shifted: {weekly: 24x7}\nby: 2bd", "duration.text", "by"),
    ],
)
def test_a_faulty_calendar_of_calendars_is_told(model: type[AnyCalendar], text: str, code: str, path: str) -> None:
    assert (code, path) in told(text, model)


def test_a_shift_is_a_year_at_most() -> None:
    always = Calendar.always()
    for by in (timedelta(days=366), timedelta(days=-366), timedelta.max, timedelta.min):
        with pytest.raises(ValueError):
            always.shift(by)
    assert always.shift(timedelta(days=-365)).compile().is_open(NOW)


def test_10000_dates_are_compiled_and_asked_quickly() -> None:
    days = {date(2000, 1, 1) + timedelta(days=n): "09:00-12:00" for n in range(10_000)}
    with quickly():
        calendar = Calendar(timezone="America/New_York", weekly="24x7", dates=days)
        hours = calendar.compile()
        assert calendar.problems() == ()
        assert hours.hours_on(date(2020, 2, 29)).total == 3 * HOUR
        assert hours.elapsed(NOW, NOW + timedelta(days=300)) == 300 * 3 * HOUR
        assert hours.add(NOW, 10_000 * HOUR) > NOW


SHUT = {"start": "1960-01-01T00:00Z", "end": "2110-01-01T00:00Z", "reason": "moved away"}
MONDAYS, TUESDAYS = (Calendar(timezone="UTC", weekly={day: "09:00-17:00"}) for day in ("mon", "tue"))
NEVER_OPEN: dict[str, AnyCalendar] = {
    "no hours": Calendar(timezone="UTC"),
    "breaks all day": Calendar(timezone="UTC", weekly="24x7", breaks="24x7"),
    "a closure of everything": Calendar(timezone="UTC", weekly="24x7", closures=[SHUT]),
    "an opening within a closure": Calendar(timezone="UTC", openings=[SHUT], closures=[SHUT]),
    "every date closed": Calendar(
        timezone="UTC", weekly="24x7", recurring=[{"name": "shut", "rule": "FREQ=DAILY", "start_on": "1960-01-01"}]
    ),
    "nothing in common": MONDAYS & TUESDAYS,
    "all taken off": MONDAYS - MONDAYS,
    "never of always": ~Calendar.always(),
    "shifted": Calendar(timezone="UTC").shift(HOUR),
}
QUESTIONS: dict[str, Callable[[CompiledCalendar], object]] = {
    "add": lambda hours: hours.add(NOW, HOUR),
    "add back": lambda hours: hours.add(NOW, -HOUR),
    "next_open": lambda hours: hours.next_open(NOW),
    "previous_close": lambda hours: hours.previous_close(NOW),
    "business day": lambda hours: hours.due(NOW, BusinessDays(1)),
    "huge": lambda hours: hours.add(NOW, timedelta.max),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("calendar", NEVER_OPEN.values(), ids=NEVER_OPEN)
def test_a_calendar_that_never_opens_says_so_quickly(
    calendar: AnyCalendar, question: Callable[[CompiledCalendar], object]
) -> None:
    hours = calendar.compile(first_year=2000, last_year=2050)
    with quickly(), pytest.raises((NeverOpenError, CalendarHorizonError)):
        question(hours)
    assert hours.elapsed(NOW, NOW + timedelta(days=30)) == timedelta(0)
    assert not hours.is_open(NOW)


LAYERED = Calendar.model_validate(
    {
        "timezone": "America/New_York",
        "weekly": {"mon-fri": "22:00-06:00"},
        "seasons": [{"name": "summer", "start_on": "12-30", "last_on": "01-02", "weekly": "24x7"}],
        "recurring": [{"name": "fair", "rule": "FREQ=MONTHLY;BYMONTHDAY=-1", "start_on": "0001-01-01"}],
        "openings": [{"start": "0003-01-01 00:00", "end": "0003-01-03 00:00", "reason": "first"}],
        "closures": [{"start": "9997-12-01 00:00", "end": "9997-12-30 00:00", "reason": "last"}],
    }
)
FORMS: dict[str, AnyCalendar] = {
    "layers": LAYERED,
    "any": LAYERED | MONDAYS,
    "all": LAYERED & MONDAYS,
    "difference": MONDAYS - LAYERED,
    "complement": ~LAYERED,
    "shift": LAYERED.shift(timedelta(days=365)),
    "shift back": LAYERED.shift(timedelta(days=-365)).shift(timedelta(days=-365)),
}
EDGES = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(2, 1, 1, tzinfo=UTC),
    datetime(9998, 12, 31, 23, 59, tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))),
]
ASKED: list[Callable[[CompiledCalendar, datetime], object]] = [
    lambda hours, at: hours.is_open(at),
    lambda hours, at: hours.explain(at),
    lambda hours, at: hours.add(at, HOUR),
    lambda hours, at: hours.add(at, -HOUR),
    lambda hours, at: hours.due(at, BusinessDays(1)),
    lambda hours, at: hours.due(at, CalendarDays(1)),
    lambda hours, at: hours.next_close(at),
    lambda hours, at: hours.previous_start(at),
    lambda hours, at: hours.day(at.date()),
    lambda hours, at: hours.is_business_day(at.date()),
    lambda hours, at: hours.local(at),
    lambda hours, at: next(hours.open_after(at)),
    lambda hours, at: next(hours.open_before(at)),
]


@pytest.mark.parametrize("at", EDGES, ids=str)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_ends_of_time_are_answered_or_refused(form: AnyCalendar, at: datetime) -> None:
    hours = form.compile(first_year=2, last_year=9998)
    with quickly():
        for ask in ASKED:
            try:
                ask(hours, at)
            except (CalendarHorizonError, NeverOpenError):
                continue


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    "amount",
    [timedelta.max, timedelta.min, BusinessDays(10**9), BusinessDays(10**30), CalendarDays(10**30)],
    ids=["longest", "longest back", "10^9 days", "10^30 days", "10^30 dates"],
)
def test_a_huge_amount_is_past_the_horizon(form: AnyCalendar, amount: timedelta | BusinessDays | CalendarDays) -> None:
    with quickly(), pytest.raises(CalendarHorizonError):
        form.compile(first_year=2000, last_year=2050).due(NOW, amount)


def test_contradictory_layers_have_an_order() -> None:
    on = date(2026, 3, 2)
    layers: list[tuple[str, dict[str, object]]] = [
        ("season", {"seasons": [{"name": "spring", "weekly": {"mon": "08:00-10:00"}}]}),
        ("holiday", {"holidays": [{"dates": {on: "strike"}}]}),
        ("recurrence", {"recurring": [{"name": "fair", "rule": "FREQ=DAILY", "start_on": on, "hours": "10:00-11:00"}]}),
        ("holiday", {"extra_holidays": {on: "strike of our own"}}),
        ("date", {"dates": {on: "12:00-13:00"}}),
    ]
    fields: dict[str, object] = {"timezone": "UTC", "weekly": {"mon": "09:00-17:00"}}
    for layer, more in layers:
        fields |= more
        assert Calendar.model_validate(fields).compile().day(on).layer == layer
    both = {"start": "2026-03-02 12:00", "end": "2026-03-02 13:00", "reason": "both"}
    hours = Calendar.model_validate(fields | {"openings": [both], "closures": [both]}).compile()
    assert hours.hours_on(on).total == timedelta(0)
    assert hours.explain(datetime(2026, 3, 2, 12, 30, tzinfo=UTC)).layer == "closure"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('extra_holidays: [["2026-01-01"]]', "extra_holidays[0]"),
        ("extra_holidays: [2026-01-01, {a: 1}]", "extra_holidays[1]"),
        ("holidays: [{dates: [{a: 1}]}]", "holidays[0].dates[0]"),
        ("holidays: [{dates: [2026-01-01], working: [[1]]}]", "holidays[0].working[0]"),
        ("holidays: [{dates: [2026-02-30]}]", "holidays[0].dates[0]"),
        ("not_holidays: [[1]]", "not_holidays[0]"),
    ],
)
def test_what_is_not_a_date_is_told_at_its_place_in_the_list(text: str, path: str) -> None:
    """Fault D1: a list in place of a date raised, and a date that does not exist was told at the list."""
    assert [(each.code, each.path) for each in read(Calendar, OPEN + text).problems] == [("document.value", path)]
