"""What counts of what customers bought and gave back, and what is said of what does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from servicekit.events import Activity, CustomerEvent, Enrolled, Purchase, PurchaseLine, Refund
from servicekit.quantity import Money
from servicekit.segments import CustomerSummary, summarise

JAN, FEB, MAR = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)
END = date(2026, 6, 30)


def bought(order_id: str, on: date | datetime, amount: str, points: str | None = None) -> Purchase:
    part = None if points is None else Money.parse(points)
    return Purchase("ann", on, order_id, (PurchaseLine(Money.parse(amount)),), paid_with_points=part)


def returned(refund_id: str, on: date, order_id: str, amount: str, who: str = "ann") -> Refund:
    return Refund(who, on, refund_id, order_id, amount=Money.parse(amount))


def summary(*events: CustomerEvent) -> CustomerSummary:
    found = summarise(events, END, currency="CNY")
    assert found.problems == ()
    return found["ann"]


def codes(*events: CustomerEvent, as_of: date = END) -> Mapping[str, int]:
    return {group.code: group.times for group in summarise(events, as_of, currency="CNY").problems}


def test_a_refund_takes_its_amount_off_the_order_and_the_day_stays() -> None:
    ann = summary(bought("o-1", JAN, "100 CNY"), bought("o-2", FEB, "50 CNY"), returned("r-1", MAR, "o-2", "20 CNY"))
    assert (str(ann.spend), ann.orders, ann.bought_on) == ("130 CNY", 2, (JAN, FEB))


def test_an_order_that_was_refunded_in_full_counts_nowhere_but_among_the_active_days() -> None:
    parts = returned("r-1", MAR, "o-2", "20 CNY"), returned("r-2", END, "o-2", "30 CNY")
    ann = summary(bought("o-1", JAN, "100 CNY"), bought("o-2", FEB, "50 CNY"), *parts)
    assert (str(ann.spend), ann.orders, ann.bought_on, ann.active_on) == ("100 CNY", 1, (JAN,), (JAN, FEB))
    assert (ann.recency_days(END), ann.silent_days(END)) == (176, 145)


def test_an_order_of_nothing_is_an_order() -> None:
    assert summary(bought("o-1", JAN, "0 CNY")).orders == 1


def test_what_was_paid_with_points_is_not_spend_and_comes_back_in_proportion() -> None:
    order = bought("o-1", JAN, "100.00 CNY", points="30.00 CNY")
    assert str(summary(order).spend) == "70.00 CNY"
    assert str(summary(order, returned("r-1", FEB, "o-1", "33.33 CNY")).spend) == "46.67 CNY"


def test_a_refund_after_the_day_that_is_asked_about_has_not_happened() -> None:
    events = bought("o-1", JAN, "100 CNY"), returned("r-1", MAR, "o-1", "100 CNY")
    assert summarise(events, FEB, currency="CNY")["ann"].orders == 1
    assert codes(*events, as_of=FEB) == {"segments.after-as-of": 1}


def test_a_refund_of_an_order_in_another_currency_is_told_as_that() -> None:
    assert codes(bought("o-1", JAN, "9 USD"), returned("r-1", FEB, "o-1", "9 USD")) == {"segments.currency": 2}


def test_one_asks_about_a_day_and_not_about_an_instant() -> None:
    with pytest.raises(TypeError, match="a day is a date"):
        summarise([], datetime(2026, 6, 30, tzinfo=UTC), currency="CNY")


def test_days_are_those_of_the_time_zone() -> None:
    late = bought("o-1", datetime(2026, 1, 5, 20, tzinfo=UTC), "5 CNY")
    found = summarise([late], END, currency="CNY", tz=ZoneInfo("Asia/Shanghai"))
    assert found["ann"].bought_on == (date(2026, 1, 6),)


def test_an_activity_keeps_a_customer_awake_and_a_correction_does_not() -> None:
    visits = Activity("ann", JAN, "visits", 1), Activity("ann", MAR, "visits", Decimal(-1))
    ann = summary(*visits)
    assert (ann.active_on, ann.orders, ann.recency_days(END), ann.age_days(END)) == ((JAN,), 0, None, None)


def test_who_only_enrolled_is_known_and_was_never_active() -> None:
    ann = summary(Enrolled("ann", JAN, birthday=date(2000, 2, 29)))
    assert (ann.enrolled_on, ann.birthday, ann.active_on) == (JAN, date(2000, 2, 29), ())


@pytest.mark.parametrize(
    ("events", "code", "spend"),
    [
        ([bought("o-2", FEB, "9 USD")], "segments.currency", "100 CNY"),
        ([returned("r-1", FEB, "o-1", "9 USD")], "segments.currency", "100 CNY"),
        ([returned("r-1", FEB, "o-7", "9 CNY")], "segments.unknown-order", "100 CNY"),
        ([returned("r-1", date(2026, 1, 4), "o-1", "9 CNY")], "segments.unknown-order", "100 CNY"),
        ([returned("r-1", FEB, "o-1", "9 CNY", who="bob")], "segments.unknown-order", "100 CNY"),
        ([returned("r-1", FEB, "o-1", "101 CNY")], "segments.over-refund", "0 CNY"),
        ([bought("o-1", JAN, "100 CNY")], "events.duplicate", "100 CNY"),
        ([bought("o-1", FEB, "7 CNY")], "events.id-conflict", "100 CNY"),
        ([Enrolled("ann", JAN), Enrolled("ann", FEB)], "segments.enrolled-twice", "100 CNY"),
    ],
)
def test_what_is_odd_is_told_and_the_rest_counts(events: list[CustomerEvent], code: str, spend: str) -> None:
    given = [bought("o-1", JAN, "100 CNY"), *events]
    found = summarise(given, END, currency="CNY")
    assert [(group.code, group.times) for group in found.problems] == [(code, 1)]
    assert str(found["ann"].spend) == spend
    who = events[-1].customer_id
    assert found.problems[0].examples[0].path == f"customer {who}"
