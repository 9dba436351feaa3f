"""The laws hold for the slow calendar, and break for calendars that lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings

from servicekit.calendars import Calendar
from servicekit.errors import CalendarHorizonError
from servicekit.testing import LawBroken, SlowCalendar, laws
from servicekit.testing import strategies as sks
from servicekit.timeline import Interval, IntervalSet

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CALENDAR = Calendar.model_validate({"timezone": "UTC", "weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}})
OPEN, CLOSED, CLOSING = (datetime(2026, 1, 5, hour, 30, tzinfo=UTC) for hour in (10, 20, 12))
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Honest:
    """A compiled calendar that a test may bend in one place."""

    def __init__(self) -> None:
        self.inner = CALENDAR.compile()

    def __getattr__(self, verb: str) -> Callable[..., object]:
        return getattr(self.inner, verb)


class WallClock(Honest):
    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        return end - start


class Unsigned(Honest):
    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        return abs(self.inner.elapsed(start, end))


class Truncated(Honest):
    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        return self.inner.elapsed(start, end) // HOUR * HOUR


class Late(Honest):
    def add(self, moment: datetime, amount: timedelta, *, bias: str = "close") -> datetime:
        return self.inner.add(moment, amount, bias="open")


class ClosedAtNoonTwice(Honest):
    def is_open(self, moment: datetime) -> bool:
        return self.inner.is_open(moment) or moment == NOON


class Clipped(Honest):
    def open_between(self, start: datetime, end: datetime) -> Iterator[Interval]:
        return (Interval(i.start, i.end - MINUTE) for i in self.inner.open_between(start, end))


class NeverReversed(Honest):
    def open_between(self, start: datetime, end: datetime) -> Iterator[Interval]:
        return self.inner.open_between(*sorted((start, end)))


class NextStartKeepsItsPlace(Honest):
    def next_start(self, moment: datetime) -> datetime:
        return self.inner.next_open(moment)


class SnapsForward(Honest):
    def snap(self, moment: datetime, direction: str) -> datetime:
        return self.inner.next_open(moment)


LIARS = [
    WallClock,
    Unsigned,
    Truncated,
    Late,
    ClosedAtNoonTwice,
    Clipped,
    NeverReversed,
    NextStartKeepsItsPlace,
    SnapsForward,
]


def test_an_honest_calendar_keeps_every_law() -> None:
    laws.check_open_hours(Honest(), OPEN, CLOSED, CLOSING, NOON, NOON + 3 * DAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("liar", LIARS)
def test_a_calendar_that_lies_is_found_out(liar: type[Honest]) -> None:
    with pytest.raises(LawBroken) as broken:
        laws.check_open_hours(liar(), NOON, OPEN, CLOSED, CLOSING, NOON + 3 * DAY)  # type: ignore[arg-type]
    assert broken.value.seen
    assert broken.value.code == "testing.law-broken"


@settings(max_examples=15)
@given(
    sks.open_calendars(min_date=date(2026, 3, 20), max_date=date(2026, 4, 5)).filter(
        lambda c: "mon-sun" not in c.weekly
    ),
    sks.instants(min_value=datetime(2026, 3, 27, tzinfo=UTC), max_value=datetime(2026, 3, 31, tzinfo=UTC), step=MINUTE),
)
def test_the_slow_calendar_keeps_the_laws_too(calendar: Calendar, moment: datetime) -> None:
    slow = SlowCalendar(calendar)
    laws.is_open_agrees_with_elapsed(slow, moment, step=MINUTE)
    laws.open_between_agrees_with_elapsed(slow, moment, moment + 2 * DAY)
    laws.open_between_mirrors(slow, moment, moment + DAY)
    laws.elapsed_is_additive(slow, moment, moment + HOUR, moment + 7 * HOUR)
    laws.zero_adds_nothing(slow, moment)
    laws.add_undoes_elapsed(slow, moment, MINUTE)
    laws.add_is_nearest_or_farthest(slow, moment, -MINUTE, step=MINUTE)


def test_a_slow_walk_ends() -> None:
    slow = SlowCalendar(Calendar(timezone="UTC"))
    for question in (slow.next_open, slow.next_start, slow.previous_close, lambda at: slow.add(at, HOUR)):
        with pytest.raises(CalendarHorizonError):
            question(NOON)


def test_adding_amounts_of_two_signs_is_no_law() -> None:
    for first, second in ((HOUR, -HOUR), (HOUR, 0 * HOUR)):
        with pytest.raises(ValueError):
            laws.adds_compose(CALENDAR.compile(), NOON, first, second)


def test_set_laws_find_a_set_that_miscounts() -> None:
    class Miscounting(IntervalSet):
        @property
        def total(self) -> timedelta:
            return super().total + HOUR

    hours = Miscounting([Interval(NOON, NOON + HOUR)])
    with pytest.raises(LawBroken):
        laws.totals_merge(hours, IntervalSet())
