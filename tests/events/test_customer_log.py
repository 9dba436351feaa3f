"""Logs of customers' events: their order, what they tell twice, and their records."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from servicekit.document.json_values import JsonValue
from servicekit.errors import NaiveDatetimeError, UnknownNameError
from servicekit.events import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    HouseholdLeft,
    Opened,
    Purchase,
    PurchaseLine,
    Refund,
    TierGranted,
    customer_event_from_record,
    customer_event_to_record,
    day_of,
    order_customers,
)
from servicekit.quantity import Money
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.loyalty.customers import moments

DAY = date(2026, 1, 5)
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
ONE, TWO = Money.parse("1 CNY"), Money.parse("2 CNY")


def bought(order_id: str, at: date = DAY, amount: Money = ONE, customer_id: str = "m-1") -> Purchase:
    return Purchase(customer_id, at, order_id, (PurchaseLine(amount),))


def is_named(event: CustomerEvent) -> bool:
    return not (isinstance(event, Activity) and event.key is None)


@given(sks.customer_histories())
def test_an_order_is_a_permutation_without_repeats(log: tuple[CustomerEvent, ...]) -> None:
    ordered = order_customers(log)
    given_, kept = Counter(log), Counter(ordered.events)
    assert kept <= given_
    assert len(log) - len(ordered.events) == len(ordered.problems)
    told = Counter(problem.code for problem in ordered.problems)
    assert told["events.duplicate"] + told["events.id-conflict"] == len(ordered.problems)
    assert all(kept[event] for event in given_ if not isinstance(event, Activity))


@given(sks.customer_histories())
def test_days_and_instants_never_go_back(log: tuple[CustomerEvent, ...]) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    events = order_customers(log, zone).events
    days = [day_of(event.at, zone) for event in events]
    assert days == sorted(days)
    for kind in (Purchase, Refund, Activity):
        instants = [event.at for event in events if isinstance(event, kind) and isinstance(event.at, datetime)]
        assert instants == sorted(instants)


@given(sks.customer_histories(at=moments(DAY, DAY), customer_ids=("m-1", "m-2")) | sks.customer_histories())
def test_arrival_is_of_no_matter_when_ids_differ(log: tuple[CustomerEvent, ...]) -> None:
    named = [event for event in log if is_named(event)]
    assert order_customers(named).events == order_customers(named[::-1]).events
    assert order_customers(sorted(named, key=repr)).events == order_customers(named).events


@given(sks.customer_histories())
def test_nothing_changes_when_a_log_is_told_twice_but_for_activities_without_a_key(
    log: tuple[CustomerEvent, ...],
) -> None:
    once = [event for event in log if is_named(event)]
    again = [customer_event_from_record(customer_event_to_record(event)) for event in once]
    expected = order_customers(once)
    assert order_customers([*once, *again]).events == expected.events
    assert order_customers([*once, *once]).events == expected.events
    assert order_customers(expected.events) == type(expected)(expected.events, ())


@given(sks.customer_histories())
def test_an_event_is_the_same_when_its_record_is_read_back(log: tuple[CustomerEvent, ...]) -> None:
    for event in log:
        text = json.dumps(customer_event_to_record(event), allow_nan=False)
        assert customer_event_from_record(json.loads(text)) == event


def test_the_very_object_again_is_a_repeat() -> None:
    order = bought("o-1")
    log = order_customers([order, order])
    assert log.events == (order,)
    assert [(p.code, p.path, p.severity) for p in log.problems] == [("events.duplicate", "customer m-1", "warning")]


def test_of_two_contents_with_one_id_the_first_in_order_counts_and_the_other_is_an_error() -> None:
    early, late = bought("o-1", DAY), bought("o-1", DAY + timedelta(days=1), TWO, "m-2")
    log = order_customers([late, early])
    assert log.events == (early,)
    assert [(p.code, p.path, p.severity) for p in log.problems] == [("events.id-conflict", "customer m-2", "error")]


def test_one_id_may_name_an_order_and_a_refund_and_activities_of_two_customers() -> None:
    events = (
        bought("1"),
        Activity("m-1", DAY, "nights", 1, "1"),
        Activity("m-2", DAY, "nights", 1, "1"),
        Refund("m-1", DAY, "1", "1", ONE),
    )
    log = order_customers(events)
    assert (set(log.events), log.problems) == (set(events), ())


def test_activities_without_a_key_are_as_many_as_they_are() -> None:
    night = Activity("m-1", DAY, "nights", 1)
    assert order_customers([night, night]).events == (night, night)


@pytest.mark.parametrize(
    "events",
    [
        [Enrolled("m-1", DAY, birthday=date(2000, 2, 29)), Enrolled("m-1", DAY)],
        [Enrolled("m-1", NINE, birthday=date(1999, 1, 1)), Enrolled("m-1", NINE, birthday=date(2000, 2, 29))],
        [Activity("m-1", DAY, "nights", 1, "k-1"), Activity("m-1", DAY, "nights", 2, "k-1")],
        [TierGranted("m-1", DAY, "gold", "gift", date(2026, 3, 1)), TierGranted("m-1", DAY, "gold", "gift")],
    ],
)
def test_what_two_events_of_one_moment_say_decides_which_comes_first(events: list[CustomerEvent]) -> None:
    first = order_customers(events).events[0]
    assert order_customers(events[::-1]).events[0] == first == events[0]


def test_a_day_is_a_whole_when_its_events_have_hours() -> None:
    refund, grant = Refund("m-1", DAY, "r-1", "o-2", ONE), TierGranted("m-1", DAY, "gold", "gift")
    enrolled, moved = (
        Enrolled("m-1", NINE.replace(hour=17)),
        (HouseholdLeft("m-1", DAY), HouseholdJoined("m-1", DAY, "h")),
    )
    expected = (enrolled, *moved, bought("o-1"), bought("o-2", NINE), refund, grant)
    assert order_customers(expected[::-1]).events == expected


def test_the_day_of_an_instant_is_that_of_the_zone() -> None:
    night = bought("o-1", datetime(2026, 1, 5, 20, tzinfo=UTC))
    day = bought("o-2", date(2026, 1, 6))
    assert order_customers([day, night]).events == (night, day)
    assert order_customers([night, day], ZoneInfo("Asia/Shanghai")).events == (day, night)


def test_one_instant_in_two_zones_is_one_moment() -> None:
    east = NINE.astimezone(timezone(timedelta(hours=8)))
    log = order_customers([bought("o-1", NINE), bought("o-1", east)])
    assert [problem.code for problem in log.problems] == ["events.duplicate"]


PURCHASE: dict[str, JsonValue] = {
    "event": "purchase", "customer_id": "m-1", "at": "2026-01-05", "order_id": "o-1", "lines": [{"amount": "1 CNY"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("customer_id", 5), ("at", "yesterday"), ("at", "2026-02-30"), ("at", 5), ("order_id", None), ("lines", []),
        ("lines", "1 CNY"), ("lines", [{"amount": 9.99}]), ("lines", [{"amount": "9.99"}]), ("lines", [{}]),
        ("lines", [{"amount": "1 CNY", "quantity": 1.5}]), ("channel", 5),
        ("lines", [{"amount": "1 CNY", "colour": "red"}]), ("lines", [{"amount": "1 CNY"}, {"amount": "1 USD"}]),
        ("discount", "2 CNY"), ("paid_with_points", 3), ("channel", ["web"]), ("colour", "red"),
    ],
)  # fmt: skip
def test_a_record_is_refused_when_a_value_is_not_what_its_place_holds(key: str, value: JsonValue) -> None:
    assert customer_event_from_record(PURCHASE) == bought("o-1")
    with pytest.raises(ValueError, match=r"\w"):
        customer_event_from_record({**PURCHASE, key: value})


@pytest.mark.parametrize("key", ["customer_id", "at", "order_id", "lines"])
def test_a_record_is_refused_when_a_value_is_missing(key: str) -> None:
    with pytest.raises(ValueError, match=key):
        customer_event_from_record({name: value for name, value in PURCHASE.items() if name != key})


@pytest.mark.parametrize("stranger", [Opened("c-1", datetime(2026, 1, 5, tzinfo=UTC)), "purchase"])
def test_a_log_is_refused_when_something_else_is_in_it(stranger: CustomerEvent) -> None:
    with pytest.raises(TypeError, match=f"such as Purchase, not {type(stranger).__name__}"):
        order_customers([bought("o-1"), stranger])


@pytest.mark.parametrize("name", [None, 5, "opened", ["purchase"]])
def test_a_record_is_refused_when_its_event_is_unknown(name: JsonValue) -> None:
    with pytest.raises(UnknownNameError):
        customer_event_from_record({**PURCHASE, "event": name})


def test_a_record_is_refused_when_its_instant_has_no_offset() -> None:
    with pytest.raises(NaiveDatetimeError):
        customer_event_from_record({**PURCHASE, "at": "2026-01-05T09:00:00"})
