"""The laws hold for the slow calendar, and break for calendars that lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings

from servicekit.calendars import Calendar, Explanation, FixedDays, Recurrence, Shifted
from servicekit.errors import CalendarHorizonError
from servicekit.testing import LawBroken, SlowCalendar, laws
from servicekit.testing import strategies as sks
from servicekit.testing.laws.calendars.algebra import (
    combining_is_that_of_sets,
    measures_add_up,
    shifting_moves_open_time,
)
from servicekit.testing.laws.calendars.days import business_day_agrees_with_counting, business_days_between_counts
from servicekit.testing.laws.calendars.documents import form_reads_back, pickles_answer_alike, resolved_answers_alike
from servicekit.testing.laws.calendars.elapsed import (
    add_is_nearest_or_farthest,
    add_undoes_elapsed,
    adds_compose,
    elapsed_is_additive,
    is_open_agrees_with_elapsed,
    zero_adds_nothing,
)
from servicekit.testing.laws.calendars.explanations import explanation_agrees_with_is_open
from servicekit.testing.laws.calendars.openings import open_between_mirrors
from servicekit.testing.laws.interval_sets import totals_merge
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
    is_open_agrees_with_elapsed(slow, moment, step=MINUTE)
    laws.open_between_agrees_with_elapsed(slow, moment, moment + 2 * DAY)
    open_between_mirrors(slow, moment, moment + DAY)
    elapsed_is_additive(slow, moment, moment + HOUR, moment + 7 * HOUR)
    zero_adds_nothing(slow, moment)
    add_undoes_elapsed(slow, moment, MINUTE)
    add_is_nearest_or_farthest(slow, moment, -MINUTE, step=MINUTE)


def test_a_slow_walk_ends() -> None:
    slow = SlowCalendar(Calendar(timezone="UTC"))
    for question in (slow.next_open, slow.next_start, slow.previous_close, lambda at: slow.add(at, HOUR)):
        with pytest.raises(CalendarHorizonError):
            question(NOON)


class Explains(Honest):
    """A calendar whose explanations a test may bend."""

    def __init__(self, **changes: object) -> None:
        super().__init__()
        self.changes = changes

    def explain(self, moment: datetime) -> Explanation:
        return replace(self.inner.explain(moment), **self.changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"is_open": False}, {"layer": "closure"}, {"parts": ("some",)}])
def test_explanations_that_lie_are_found_out(changes: dict[str, object]) -> None:
    explanation_agrees_with_is_open(CALENDAR.compile(), OPEN)
    parts = tuple(CALENDAR.compile().explain(OPEN) for _ in changes.get("parts", ()))  # type: ignore[attr-defined]
    with pytest.raises(LawBroken):
        explanation_agrees_with_is_open(Explains(**changes | {"parts": parts}), OPEN)  # type: ignore[arg-type]


def test_an_explanation_of_the_wrong_layer_is_found_out() -> None:
    laws.explanation_names_the_layer(CALENDAR.compile(), SlowCalendar(CALENDAR), OPEN)
    with pytest.raises(LawBroken):
        laws.explanation_names_the_layer(Explains(layer="season"), SlowCalendar(CALENDAR), OPEN)  # type: ignore[arg-type]


class CountsFromZero(Honest):
    def business_day(self, on: date, count: int) -> date:
        return self.inner.business_day(on - DAY, count)


class NeverCounts(Honest):
    def business_days_between(self, start: date, end: date) -> int:
        return 0


def test_business_days_that_are_miscounted_are_found_out() -> None:
    monday = date(2026, 1, 5)
    for count in (-3, 0, 1, 7):
        business_day_agrees_with_counting(CALENDAR.compile(), monday, count)
    with pytest.raises(LawBroken):
        business_day_agrees_with_counting(CountsFromZero(), monday, 1)
    business_days_between_counts(CALENDAR.compile(), monday, monday + 9 * DAY)
    with pytest.raises(LawBroken):
        business_days_between_counts(NeverCounts(), monday, monday + 9 * DAY)


def test_an_algebra_that_is_not_that_of_sets_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    week = Interval(NOON, NOON + 7 * DAY)
    laws.check_algebra(CALENDAR, ~CALENDAR, week)
    with monkeypatch.context() as patch:
        patch.setattr(Calendar, "__or__", Calendar.__and__)
        with pytest.raises(LawBroken):
            combining_is_that_of_sets(CALENDAR, ~CALENDAR, week)
        with pytest.raises(LawBroken):
            measures_add_up(CALENDAR, ~CALENDAR, week)
    with monkeypatch.context() as patch:
        patch.setattr(Calendar, "shift", lambda calendar, by: Shifted(shifted=calendar, by=-by))
        with pytest.raises(LawBroken):
            shifting_moves_open_time(CALENDAR, HOUR, week)


def test_a_document_that_does_not_read_back_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    form_reads_back(CALENDAR)
    monkeypatch.setattr(Calendar, "to_json", lambda calendar: "{}")
    with pytest.raises(LawBroken):
        form_reads_back(CALENDAR)


def test_a_resolved_calendar_that_forgets_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    american, month = CALENDAR.replace(holidays=["US"]), Interval(NOON, NOON + 30 * DAY)
    resolved_answers_alike(american, 2026, 2026, month)
    monkeypatch.setattr(Calendar, "resolved", lambda calendar, first, last: calendar.replace(holidays=()))
    with pytest.raises(LawBroken):
        resolved_answers_alike(american, 2026, 2026, month)


def test_a_pickle_that_forgets_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    pickles_answer_alike(CALENDAR.compile(), [OPEN, CLOSED])
    other = Calendar.always().compile()
    monkeypatch.setattr("pickle.loads", lambda data: other)
    with pytest.raises(LawBroken):
        pickles_answer_alike(CALENDAR.compile(), [OPEN, CLOSED])


def test_the_slow_calendar_knows_sources_and_zones_given_to_it() -> None:
    plain = Calendar.model_validate({"weekly": {"mon-fri": "09:00-17:00"}})
    fair = FixedDays(dates=[date(2026, 1, 5)])
    slow = SlowCalendar(plain | ~plain, timezone="Asia/Shanghai", sources=[fair])
    assert slow.timezone.key == "Asia/Shanghai"
    assert SlowCalendar(plain, sources=[fair]).layer(OPEN) == "holiday"
    assert SlowCalendar(plain).business_day(date(2026, 1, 3), -2) == date(2026, 1, 1)
    with pytest.raises(CalendarHorizonError):
        SlowCalendar(Calendar(timezone="UTC"), step=HOUR, reach=3 * DAY).business_day(date(2026, 1, 5), 1)


def test_the_slow_calendar_asks_the_document_about_rules_that_it_does_not_walk() -> None:
    last = Recurrence(name="last", rule="FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", start_on=date(2026, 1, 1))
    assert SlowCalendar(CALENDAR.replace(recurring=(last,))).layer(OPEN.replace(day=30)) == "recurrence"


def test_adding_amounts_of_two_signs_is_no_law() -> None:
    for first, second in ((HOUR, -HOUR), (HOUR, 0 * HOUR)):
        with pytest.raises(ValueError):
            adds_compose(CALENDAR.compile(), NOON, first, second)


def test_set_laws_find_a_set_that_miscounts() -> None:
    class Miscounting(IntervalSet):
        @property
        def total(self) -> timedelta:
            return super().total + HOUR

    hours = Miscounting([Interval(NOON, NOON + HOUR)])
    with pytest.raises(LawBroken):
        totals_merge(hours, IntervalSet())
