"""Purchases into a ledger: the tier before them, points that count for tiers, and what was told before."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from servicekit.desk import earn_points
from servicekit.errors import NaiveDatetimeError, PolicyError
from servicekit.events import CustomerEvent, Enrolled, HouseholdJoined, Purchase, PurchaseLine, Refund, TierGranted
from servicekit.loyalty import EarnPurchase, Ledger, Reverse
from servicekit.policy import PolicyEngine, ServicePolicy
from servicekit.quantity import Money

SHOP = """
name: shop
vocabulary: {tiers: [normal, vip]}
tiers:
  currency: CNY
  enrolment: automatic
  window: rolling 12 months
  downgrade: immediate
  levels: {normal: {}, vip: {qualify: {spend: 100 CNY}, benefits: {points_multiplier: 2}}}
loyalty: {currency: CNY, earn: {base: {rate: {points: 1, per: 1 CNY}}}}
"""
BY_STATUS = """
name: shop
vocabulary: {tiers: [normal, vip]}
tiers:
  currency: CNY
  enrolment: automatic
  window: rolling 12 months
  downgrade: immediate
  activities: [status]
  levels: {normal: {}, vip: {qualify: {status: 10}, benefits: {points_multiplier: 3}}}
loyalty:
  currency: CNY
  currencies: {points: {}, status: {kind: qualifying}}
  earn:
    base: {rate: {points: 1, per: 1 CNY}}
    status: {currency: status, rate: {points: 1, per: 10 CNY}, tier_multiplier: ignore}
"""


def compiled(text: str) -> PolicyEngine:
    return ServicePolicy.parse(text).compile()


def bought(order: str, day: int, amount: str = "100", customer: str = "m-1", month: int = 1) -> Purchase:
    lines = (PurchaseLine(Money.parse(f"{amount} CNY")),)
    return Purchase(customer, datetime(2026, month, day, 9, tzinfo=UTC), order, lines)


def points_of(ledger: Ledger, currency: str = "points") -> dict[str, int]:
    return {each.key: each.points for each in ledger.entries() if each.kind == "earn" and each.currency == currency}


def test_a_purchase_earns_with_the_tier_before_its_day_and_moves_it_afterwards() -> None:
    engine = compiled(SHOP)
    ledger = Ledger(engine.need_loyalty())
    events: list[CustomerEvent] = [bought("c", 6), bought("b", 5, "20"), bought("a", 5), bought("d", 7, customer="m-2")]
    run = earn_points(engine, ledger, events)
    assert points_of(ledger) == {"order:a": 100, "order:b": 20, "order:c": 200, "order:d": 100}
    assert (run.booked, run.points, run.problems) == (4, {"points": 420}, ())
    assert run.tiers is not None
    assert run.tiers.counts() == {"normal": 0, "vip": 2}


def test_what_is_decided_on_the_day_counts_and_a_refund_lowers_the_tier() -> None:
    engine = compiled(SHOP)
    ledger = Ledger(engine.need_loyalty())
    events: list[CustomerEvent] = [
        bought("a", 5, customer="granted"),
        TierGranted("granted", date(2026, 1, 5), "vip", last_on=date(2026, 1, 31), reason="a match"),
        bought("b", 5),
        Refund("m-1", date(2026, 1, 6), "r", "b", Money.parse("50 CNY")),
        bought("c", 7),
    ]
    run = earn_points(engine, ledger, events)
    assert points_of(ledger) == {"order:a": 200, "order:b": 100, "order:c": 100}
    assert run.points == {"points": 350}


def test_a_household_earns_with_its_tier() -> None:
    engine = compiled(SHOP.replace("window:", "members: household\n  window:"))
    ledger = Ledger(engine.need_loyalty())
    home: list[CustomerEvent] = [HouseholdJoined(each, date(2026, 1, 2), "home") for each in ("m-1", "m-2")]
    enrolled: list[CustomerEvent] = [Enrolled(each, date(2026, 1, 1)) for each in ("m-1", "m-2")]
    earn_points(engine, ledger, [*enrolled, *home, bought("a", 5), bought("b", 6, customer="m-2")])
    assert points_of(ledger) == {"order:a": 100, "order:b": 200}


def test_those_who_are_not_enrolled_earn_without_a_tier() -> None:
    engine = compiled(SHOP.replace("enrolment: automatic", "enrolment: required"))
    ledger = Ledger(engine.need_loyalty())
    run = earn_points(engine, ledger, [bought("a", 5), bought("b", 6)])
    assert points_of(ledger) == {"order:a": 100, "order:b": 100}
    assert [each.code for each in run.problems] == []


def test_points_that_qualify_move_the_tier_and_come_off_it_when_they_are_reversed() -> None:
    engine = compiled(BY_STATUS)
    ledger = Ledger(engine.need_loyalty())
    earn_points(engine, ledger, [bought("a", 5), bought("b", 6)])
    assert points_of(ledger) == {"order:a": 100, "order:b": 300}
    assert points_of(ledger, "status") == {"order:a": 10, "order:b": 10}
    for key in ("order:a", "order:b"):
        ledger.apply(Reverse(key, at=datetime(2026, 1, 8, tzinfo=UTC), on=date(2026, 1, 8)))
    run = earn_points(engine, ledger, [bought("c", 9)])
    assert run.points == {"points": 100, "status": 10}


def test_days_one_by_one_come_to_the_same_as_all_at_once() -> None:
    engine = compiled(BY_STATUS)
    events = [bought(f"{customer}{day}", day, "30", customer) for day in range(1, 29) for customer in ("m-1", "m-2")]
    whole, daily = Ledger(engine.need_loyalty()), Ledger(engine.need_loyalty())
    at_once = earn_points(engine, whole, events)
    runs = [
        earn_points(engine, daily, [each for each in events if each.order_id in (f"m-1{day}", f"m-2{day}")])
        for day in range(1, 29)
    ]
    last = runs[-1]
    assert points_of(daily) == points_of(whole)
    assert last.tiers is not None
    assert at_once.tiers is not None
    assert dict(last.tiers) == dict(at_once.tiers)


def test_a_purchase_that_was_booked_keeps_its_tier_when_an_earlier_one_comes_late() -> None:
    engine = compiled(SHOP)
    ledger = Ledger(engine.need_loyalty())
    earn_points(engine, ledger, [bought("b", 6)])
    run = earn_points(engine, ledger, [bought("a", 5), bought("b", 6), bought("c", 7, "10")])
    assert (run.booked, run.replayed, run.refused) == (2, 1, 0)
    assert points_of(ledger) == {"order:b": 100, "order:a": 100, "order:c": 20}


def test_a_refund_of_nothing_and_an_order_told_otherwise_are_problems() -> None:
    engine = compiled(SHOP)
    ledger = Ledger(engine.need_loyalty())
    earn_points(engine, ledger, [bought("a", 5)])
    refund = Refund("m-1", date(2026, 1, 6), "r", "none", Money.parse("50 CNY"))
    run = earn_points(engine, ledger, [bought("a", 5, "90"), refund])
    assert [(each.code, each.times) for each in run.problems] == [
        ("ledger.idempotency-conflict", 1),
        ("ledger.unknown-entry", 1),
    ]
    assert (run.booked, run.refused, run.points) == (0, 2, {})


def test_an_instant_for_all_is_when_they_are_booked_and_the_tier_is_that_of_their_days() -> None:
    engine = compiled(SHOP)
    ledger, at = Ledger(engine.need_loyalty()), datetime(2026, 2, 1, tzinfo=UTC)
    earn_points(engine, ledger, [bought("a", 5), bought("b", 6)], at=at)
    assert [(each.recorded_at, each.on) for each in ledger.entries()] == [
        (at, date(2026, 1, 5)),
        (at, date(2026, 1, 6)),
    ]
    assert points_of(ledger) == {"order:a": 100, "order:b": 200}
    with pytest.raises(NaiveDatetimeError):
        earn_points(engine, ledger, [bought("c", 7)], at=datetime(2026, 2, 1))


def test_without_tiers_the_commands_are_booked_as_they_are() -> None:
    engine = compiled("name: shop\nloyalty: {currency: CNY, earn: {base: {rate: {points: 1, per: 1 CNY}}}}")
    ledger = Ledger(engine.need_loyalty())
    run = earn_points(engine, ledger, [bought("a", 5), bought("b", 6, "0.40")])
    assert (run.tiers, run.entries, run.of_nothing, run.points) == (None, 2, 1, {"points": 100})
    assert ledger.apply(EarnPurchase("m-1", bought("a", 5), at=datetime(2026, 3, 1, tzinfo=UTC))).replayed


def test_a_policy_without_points_is_refused() -> None:
    engine = compiled("name: shop")
    with pytest.raises(PolicyError, match=r"policy\.no-loyalty"):
        earn_points(engine, Ledger(compiled(SHOP).need_loyalty()), [])
