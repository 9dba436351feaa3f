"""Adding, opening, closing, snapping: each decision by example."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal

import pytest

from servicekit.calendars import Bias, Calendar
from servicekit.errors import NaiveDatetimeError
from servicekit.timeline import BusinessDays, CalendarDays, Interval

HOUR = timedelta(hours=1)
DESK = Calendar(timezone="UTC", weekly={"mon-fri": ["09:00-12:00", "13:00-17:00"]}).compile()


def at(day: int, clock: str) -> datetime:
    """A moment of January 2026; the 5th is a Monday."""
    return datetime.fromisoformat(f"2026-01-{day:02d}T{clock}+00:00")


@pytest.mark.parametrize(
    ("start", "hours", "close", "opening"),
    [
        (at(5, "09:00"), 7, at(5, "17:00"), at(6, "09:00")),
        (at(5, "09:00"), 3, at(5, "12:00"), at(5, "13:00")),
        (at(5, "09:00"), 4, at(5, "14:00"), at(5, "14:00")),
        (at(9, "16:00"), 2, at(12, "10:00"), at(12, "10:00")),
        (at(10, "11:00"), 0, at(10, "11:00"), at(12, "09:00")),
        (at(5, "10:00"), 0, at(5, "10:00"), at(5, "10:00")),
        (at(6, "09:00"), -7, at(5, "09:00"), at(2, "17:00")),
        (at(6, "10:00"), -1, at(6, "09:00"), at(5, "17:00")),
        (at(12, "10:00"), -2, at(9, "16:00"), at(9, "16:00")),
        (at(5, "12:00"), -3, at(5, "09:00"), at(2, "17:00")),
    ],
)
def test_bias_chooses_between_closing_and_opening(
    start: datetime, hours: int, close: datetime, opening: datetime
) -> None:
    assert (DESK.add(start, hours * HOUR), DESK.add(start, hours * HOUR, bias="open")) == (close, opening)


def test_adding_is_exact_to_the_microsecond() -> None:
    tick = timedelta(microseconds=1)
    assert DESK.add(at(5, "09:00"), 3 * HOUR + tick) == at(5, "13:00") + tick
    assert DESK.elapsed(at(5, "09:00") - tick, at(5, "12:00") + tick) == 3 * HOUR


def test_answers_are_in_utc_and_local_shows_the_calendars_clock() -> None:
    shanghai = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": "09:00-17:00"}).compile()
    opening = shanghai.next_open(at(5, "12:00"))
    assert (opening.tzinfo, opening) == (UTC, at(6, "01:00"))
    assert shanghai.local(opening).isoformat() == "2026-01-06T09:00:00+08:00"


@pytest.mark.parametrize(
    ("verb", "moment", "expected"),
    [
        ("next_open", at(5, "09:00"), at(5, "09:00")),
        ("next_open", at(5, "11:59"), at(5, "11:59")),
        ("next_open", at(5, "12:00"), at(5, "13:00")),
        ("next_start", at(5, "09:00"), at(5, "13:00")),
        ("next_start", at(5, "08:59"), at(5, "09:00")),
        ("next_close", at(5, "12:00"), at(5, "17:00")),
        ("next_close", at(5, "11:59"), at(5, "12:00")),
        ("next_close", at(9, "17:00"), at(12, "12:00")),
        ("previous_start", at(5, "13:00"), at(5, "09:00")),
        ("previous_start", at(5, "13:01"), at(5, "13:00")),
        ("previous_close", at(5, "12:00"), at(5, "12:00")),
        ("previous_close", at(5, "11:59"), at(2, "17:00")),
        ("previous_close", at(5, "14:00"), at(5, "12:00")),
    ],
)
def test_neighbours_are_strict_where_they_say_so(verb: str, moment: datetime, expected: datetime) -> None:
    assert getattr(DESK, verb)(moment) == expected


@pytest.mark.parametrize(
    ("moment", "direction", "expected"),
    [
        (at(5, "09:00"), "forward", at(5, "09:00")),
        (at(5, "12:00"), "forward", at(5, "13:00")),
        (at(5, "12:00"), "backward", at(5, "12:00")),
        (at(5, "12:30"), "backward", at(5, "12:00")),
        (at(5, "09:00"), "backward", at(2, "17:00")),
        (at(5, "09:01"), "backward", at(5, "09:01")),
    ],
)
def test_snap_backward_keeps_what_lies_after_an_open_instant(
    moment: datetime, direction: Literal["forward", "backward"], expected: datetime
) -> None:
    assert DESK.snap(moment, direction) == expected


def test_snap_refuses_a_direction_it_does_not_know() -> None:
    with pytest.raises(ValueError):
        DESK.snap(at(5, "09:00"), "sideways")  # type: ignore[arg-type]


def test_open_intervals_are_clipped_and_reversed() -> None:
    found = [Interval(at(5, "10:00"), at(5, "12:00")), Interval(at(5, "13:00"), at(5, "14:00"))]
    assert list(DESK.open_between(at(5, "10:00"), at(5, "14:00"))) == found
    assert list(DESK.open_between(at(5, "14:00"), at(5, "10:00"))) == found[::-1]
    assert list(DESK.open_between(at(5, "10:00"), at(5, "10:00"))) == []


def test_open_after_and_before_go_on_as_long_as_they_are_asked() -> None:
    after = list(islice(DESK.open_after(at(9, "14:00")), 2))
    assert after == [Interval(at(9, "14:00"), at(9, "17:00")), Interval(at(12, "09:00"), at(12, "12:00"))]
    before = list(islice(DESK.open_before(at(5, "10:00")), 2))
    assert before == [Interval(at(5, "09:00"), at(5, "10:00")), Interval(at(2, "13:00"), at(2, "17:00"))]
    assert len(list(islice(DESK.open_after(at(5, "00:00")), 1000))) == 1000


def test_due_reads_each_kind_of_duration() -> None:
    friday = at(9, "16:00")
    dues = [DESK.due(friday, amount) for amount in (2 * HOUR, BusinessDays(2), CalendarDays(2))]
    assert dues == [at(12, "10:00"), at(13, "16:00"), at(11, "16:00")]


VERBS = ("is_open", "next_open", "next_start", "next_close", "previous_start", "previous_close", "local")


@pytest.mark.parametrize("verb", VERBS)
def test_naive_moments_are_refused(verb: str) -> None:
    with pytest.raises(NaiveDatetimeError):
        getattr(DESK, verb)(datetime(2026, 1, 5, 9))


def test_naive_moments_are_refused_by_verbs_of_two_arguments() -> None:
    naive, aware = datetime(2026, 1, 5, 9), at(5, "09:00")
    questions = (
        lambda: DESK.elapsed(naive, aware),
        lambda: DESK.elapsed(aware, naive),
        lambda: DESK.add(naive, HOUR),
        lambda: DESK.due(naive, HOUR),
        lambda: DESK.add_days(naive, CalendarDays(1)),
        lambda: DESK.snap(naive, "backward"),
        lambda: DESK.open_between(naive, aware),
        lambda: DESK.open_after(naive),
        lambda: DESK.open_before(naive),
    )
    for question in questions:
        with pytest.raises(NaiveDatetimeError):
            question()


@pytest.mark.parametrize("bias", ["close", "open"])
def test_integers_answer_as_datetimes_do(bias: Bias) -> None:
    start = at(9, "16:00")
    us = round(start.timestamp()) * 10**6
    assert DESK.add_us(us, 7200 * 10**6, bias=bias) == round(DESK.add(start, 2 * HOUR, bias=bias).timestamp()) * 10**6
    assert DESK.due_us(us, BusinessDays(1)) == round(at(12, "16:00").timestamp()) * 10**6
    assert DESK.elapsed_us(us, us + 7200 * 10**6) == 3600 * 10**6
