"""Contacts, surveys, evaluations and working times: what is refused, their order, what is told twice, their records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import inf, nan
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import NaiveDatetimeError, UnknownNameError
from servicekit.events import (
    Answer,
    Contact,
    Evaluation,
    Invitation,
    Leg,
    Mark,
    Opened,
    Scale,
    ServiceEvent,
    WorkTime,
    day_of,
    order_service,
    service_event_from_record,
    service_event_to_record,
)
from servicekit.rules import Value
from servicekit.testing import strategies as sks
from servicekit.timeline import Interval

DAY = date(2026, 1, 5)
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
NAIVE = datetime(2026, 1, 5, 9)
TEN = Scale(0, 10)
SECONDS = timedelta(seconds=1)

events = st.one_of(sks.contacts(), sks.invitations(), sks.answers(), sks.evaluations(), sks.work_times())
logs = st.lists(events, max_size=12)


def wrong(value: object) -> timedelta:
    """A value of another type than a checker would let through."""
    return cast("timedelta", value)


@given(events)
def test_an_event_is_the_same_when_its_record_is_read_back(event: ServiceEvent) -> None:
    assert service_event_from_record(json.loads(json.dumps(service_event_to_record(event)))) == event


def test_facts_keep_their_types_when_a_record_is_read_back() -> None:
    facts: dict[str, Value] = {"amount": Decimal("1.50"), "seen_at": NINE, "day": DAY, "n": 3, "vip": True}
    for event in (Contact("K", NINE, "callback", facts=facts), WorkTime("li", Interval(NINE, NINE), facts=facts)):
        read = service_event_from_record(json.loads(json.dumps(service_event_to_record(event))))
        assert [(name, type(value)) for name, value in read.facts.items()] == [
            (name, type(value)) for name, value in facts.items()
        ]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"event": "call"}, UnknownNameError),
        ({"at": "2026-01-05T09:00:00"}, NaiveDatetimeError),
        ({"at": "2026-01-05"}, ValueError),
        ({"legs": [{"wait": "-20s"}]}, ValueError),
        ({"legs": [{"wait": 20}]}, ValueError),
        ({"legs": [{"wait": "2bd"}]}, ValueError),
        ({"legs": [{"mood": "good"}]}, ValueError),
        ({"outcome": "lost"}, ValueError),
        ({"facts": {"n": [1]}}, ValueError),
        ({"contact_id": 5}, ValueError),
        ({"mood": "good"}, ValueError),
    ],
)
def test_a_record_that_tells_no_contact_is_refused(changed: dict[str, object], error: type[Exception]) -> None:
    record = {"event": "contact", "contact_id": "K", "at": "2026-01-05T09:00:00Z", "outcome": "answered", **changed}
    with pytest.raises(error):
        service_event_from_record(record)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Contact("K", NAIVE, "answered"), NaiveDatetimeError),
        (lambda: Contact("K", cast("datetime", DAY), "answered"), TypeError),
        (lambda: Contact("K", datetime.max.replace(tzinfo=UTC), "answered"), ValueError),
        (lambda: Contact("K", NINE, "lost"), ValueError),  # type: ignore[arg-type]
        (lambda: Contact("K", NINE, "answered", [Leg()]), TypeError),  # type: ignore[arg-type]
        (lambda: Leg(-SECONDS), ValueError),
        (lambda: Leg(talk=wrong(20)), TypeError),
        (lambda: Leg(wrap=wrong(inf)), TypeError),
        (lambda: Scale(5, 1), ValueError),
        (lambda: Scale(1, 5, 3), ValueError),
        (lambda: Scale(1, 5, 0), ValueError),
        (lambda: Scale(1, Decimal("Infinity")), ValueError),
        (lambda: Scale(1, cast("int", 5.0)), TypeError),
        (lambda: Invitation("i", NAIVE), NaiveDatetimeError),
        (lambda: Answer("a", NAIVE, "nps"), NaiveDatetimeError),
        (lambda: Answer("a", DAY, "nps", 11, TEN), ValueError),
        (lambda: Answer("a", DAY, "nps", -1, TEN), ValueError),
        (lambda: Answer("a", DAY, "nps", Decimal("8.5"), TEN), ValueError),
        (lambda: Answer("a", DAY, "nps", Decimal("NaN"), TEN), ValueError),
        (lambda: Answer("a", DAY, "nps", cast("int", 9.0), TEN), TypeError),
        (lambda: Answer("a", DAY, "nps", cast("int", nan), TEN), TypeError),
        (lambda: Answer("a", DAY, "nps", True, TEN), TypeError),
        (lambda: Answer("a", DAY, "nps", 9), ValueError),
        (lambda: Answer("a", DAY, "nps", 9, cast("Scale", (0, 10))), TypeError),
        (lambda: Mark("greeting", 11, 10), ValueError),
        (lambda: Mark("greeting", -1, 10), ValueError),
        (lambda: Mark("greeting", 0, 0), ValueError),
        (lambda: Evaluation("q", DAY, "li", "calls", 101, Scale(0, 100)), ValueError),
        (lambda: Evaluation("q", DAY, "li", "calls", marks=(Mark("a", 1), Mark("a", 0))), ValueError),
        (lambda: Evaluation("q", DAY, "li", "calls", critical_failures=cast("tuple[str, ...]", "a")), TypeError),
        (lambda: WorkTime("li", cast("date", NINE)), TypeError),
        (lambda: WorkTime("li", DAY, idle=-SECONDS), ValueError),
        (lambda: WorkTime("li", DAY, paid=wrong(Decimal(8))), TypeError),
    ],
)
def test_what_cannot_be_is_refused_at_birth(make: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_half_marks_stand_on_a_scale_that_declares_them() -> None:
    halves = Scale(0, 10, Decimal("0.5"))
    assert Answer("a", DAY, "nps", Decimal("6.5"), halves).score == Decimal("6.5")
    assert [score in halves for score in (0, 10, Decimal("9.75"), Decimal("10.5"))] == [True, True, False, False]


def test_a_blank_is_not_zero() -> None:
    blank, zero = Answer("a", DAY, "nps", None, TEN), Answer("a", DAY, "nps", 0, TEN)
    assert (blank.score, zero.score) == (None, 0)
    assert blank != zero


def test_what_is_not_recorded_is_not_zero() -> None:
    assert Contact("K", NINE, "answered", (Leg(20 * SECONDS, agent="li"),)).handled is None
    assert Contact("K", NINE, "answered", (Leg(talk=timedelta()),)).handled == timedelta()
    assert Contact("K", NINE, "abandoned").wait is None


def test_the_wait_ends_at_the_first_answer() -> None:
    flowed, taken, moved = Leg(30 * SECONDS), Leg(20 * SECONDS, 60 * SECONDS, agent="li"), Leg(50 * SECONDS, SECONDS)
    contact = Contact("K", NINE, "answered", (flowed, taken, moved))
    assert (contact.wait, contact.handled, contact.transfers) == (50 * SECONDS, 61 * SECONDS, 1)
    gave_up = Contact("K", NINE, "abandoned", (flowed, flowed))
    assert (gave_up.wait, gave_up.handled, gave_up.transfers, gave_up.agent) == (60 * SECONDS, None, 0, None)


@given(logs)
def test_an_order_keeps_each_event_once_and_goes_forwards(log: list[ServiceEvent]) -> None:
    tz = ZoneInfo("Asia/Shanghai")
    ordered = order_service(log, tz)
    days = [day_of(event.at, tz) for event in ordered.events]
    assert days == sorted(days)
    told = Counter(problem.code for problem in ordered.problems)
    assert len(log) - len(ordered.events) == told["events.duplicate"] + told["events.id-conflict"]
    assert told["events.mixed-scales"] == 0
    again = order_service(ordered.events, tz)
    assert (again.events, again.problems) == (ordered.events, ())


@given(logs)
def test_nothing_but_warnings_comes_of_a_log_that_is_told_twice(log: list[ServiceEvent]) -> None:
    once = order_service(log)
    twice = order_service([*once.events, *once.events])
    assert twice.events == once.events
    assert {problem.code for problem in twice.problems} <= {"events.duplicate"}
    assert len(twice.problems) == len(once.events)


def test_the_first_counts_when_a_number_comes_again_with_other_content() -> None:
    early, late = Contact("K-1", NINE, "answered"), Contact("K-1", NINE + SECONDS, "abandoned")
    log = order_service([late, early])
    assert log.events == (early,)
    assert [(problem.code, problem.path) for problem in log.problems] == [("events.id-conflict", "contact K-1")]


def test_two_answers_to_one_invitation_are_two_and_two_instruments_share_a_number() -> None:
    """sourcegraph-43884: which of them counts is a definition of the measure."""
    told = [
        Answer("a-1", NINE, "csat", 2, Scale(1, 5), invitation_id="i-1"),
        Answer("a-1", NINE, "nps", 2, TEN, invitation_id="i-1"),
        Answer("a-2", NINE + SECONDS, "csat", 4, Scale(1, 5), invitation_id="i-1"),
    ]
    assert (order_service(told).events, order_service(told).problems) == (tuple(told), ())


def test_one_instrument_on_two_scales_is_told() -> None:
    log = order_service([Answer("a-1", DAY, "csat", 5, Scale(1, 5)), Answer("a-2", DAY, "csat", 5, TEN)])
    assert len(log.events) == 2
    assert [(problem.code, problem.path) for problem in log.problems] == [("events.mixed-scales", "instrument csat")]


def test_working_times_of_one_day_are_two_when_their_facts_differ() -> None:
    hour = timedelta(hours=1)
    told = [WorkTime("li", DAY, handling=hour, facts={"queue": queue}) for queue in ("it", "sales", "it")]
    log = order_service(told)
    assert (len(log.events), [problem.code for problem in log.problems]) == (2, ["events.duplicate"])


def test_days_are_those_of_the_zone() -> None:
    """zammad-5865: an instant late in October in UTC is in November in Vilnius."""
    evening = Contact("K", datetime(2025, 10, 31, 22, 30, tzinfo=UTC), "answered")
    work = WorkTime("li", date(2025, 11, 1))
    told: list[ServiceEvent] = [evening, work]
    assert order_service(told, ZoneInfo("Europe/Vilnius")).events == (work, evening)
    assert order_service(told, UTC).events == (evening, work)


def test_an_event_of_a_case_has_no_place_among_them() -> None:
    with pytest.raises(TypeError):
        order_service([cast("Contact", Opened("C-1", NINE))])
