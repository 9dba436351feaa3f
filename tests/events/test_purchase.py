"""Purchases, refunds and what else customers do: what they may be, and what is refused at birth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from servicekit.errors import NaiveDatetimeError
from servicekit.events import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    HouseholdLeft,
    Purchase,
    PurchaseLine,
    Refund,
    TierGranted,
    TierRevoked,
)
from servicekit.quantity import CurrencyMismatchError, Money
from servicekit.testing import strategies as sks

DAY = date(2026, 1, 5)


def yuan(text: str) -> Money:
    return Money.parse(f"{text} CNY")


def line(text: str, **more: Any) -> PurchaseLine:
    return PurchaseLine(yuan(text), **more)


def order(*lines: PurchaseLine, **more: Any) -> Purchase:
    return Purchase("m-1", DAY, "o-1", lines, **more)


@given(sks.purchases())
def test_the_shares_of_the_discount_add_up_and_no_line_falls_below_zero(purchase: Purchase) -> None:
    net = [part.amount for part in purchase.net_lines]
    assert sum(net[1:], start=net[0]) == purchase.net
    assert min(net) >= Money(Decimal(0), "CNY")
    assert [part.tax for part in purchase.net_lines] == [part.tax for part in purchase.lines]


def test_a_purchase_sums_its_lines_less_its_discount_and_keeps_the_tax_apart() -> None:
    bought = order(line("80", tax=yuan("8")), line("20.50"), discount=yuan("0.50"))
    assert (bought.net, bought.tax, bought.currency) == (yuan("100"), yuan("8"), "CNY")
    assert order(line("80")).tax == yuan("0")


def test_a_line_may_be_negative_where_the_order_is_not() -> None:
    assert order(line("80"), line("-80")).net == yuan("0")
    with pytest.raises(ValueError, match="Refund"):
        order(line("80"), line("-80.01"))


Made = Callable[[], object]
VALUES: dict[str, Made] = {
    "no line": order,
    "negative order": lambda: order(line("-1")),
    "discount above the lines": lambda: order(line("10"), discount=yuan("10.01")),
    "negative discount": lambda: order(line("10"), discount=yuan("-1")),
    "discount of half a fen": lambda: order(line("10"), discount=yuan("0.005")),
    "negative points": lambda: order(line("10"), paid_with_points=yuan("-1")),
    "no quantity": lambda: line("1", quantity=0),
    "negative quantity": lambda: line("1", quantity=-1),
    "quantity that is no number": lambda: line("1", quantity=Decimal("NaN")),
    "endless quantity": lambda: line("1", quantity=Decimal("Infinity")),
    "endless activity": lambda: Activity("m-1", DAY, "nights", Decimal("Infinity")),
    "negative refund": lambda: Refund("m-1", DAY, "r-1", "o-1", yuan("-1")),
    "negative lines of a refund": lambda: Refund("m-1", DAY, "r-1", "o-1", lines=(line("1"), line("-2"))),
    "refund of nothing said": lambda: Refund("m-1", DAY, "r-1", "o-1"),
    "refund said twice": lambda: Refund("m-1", DAY, "r-1", "o-1", yuan("1"), (line("1"),)),
    "grant that ends before it begins": lambda: TierGranted("m-1", DAY, "gold", "gift", date(2026, 1, 1), DAY),
    "the last year": lambda: Enrolled("m-1", datetime(9999, 12, 31, 23, tzinfo=UTC)),
    "the first year": lambda: Enrolled("m-1", datetime(1, 1, 1, tzinfo=UTC)),
}
TYPES: dict[str, Made] = {
    "float amount": lambda: PurchaseLine(9.99),  # type: ignore[arg-type]
    "float quantity": lambda: line("1", quantity=1.5),
    "true quantity": lambda: line("1", quantity=True),
    "float refund": lambda: Refund("m-1", DAY, "r-1", "o-1", 5.0),  # type: ignore[arg-type]
    "float activity": lambda: Activity("m-1", DAY, "nights", 0.5),  # type: ignore[arg-type]
    "true activity": lambda: Activity("m-1", DAY, "nights", True),
    "list of lines": lambda: Purchase("m-1", DAY, "o-1", [line("1")]),  # type: ignore[arg-type]
    "list of refunded lines": lambda: Refund("m-1", DAY, "r-1", "o-1", lines=[line("1")]),  # type: ignore[arg-type]
    "text for a day": lambda: Enrolled("m-1", "2026-01-05"),  # type: ignore[arg-type]
    "text for a birthday": lambda: Enrolled("m-1", DAY, birthday="2000-01-01"),  # type: ignore[arg-type]
    "instant for a birthday": lambda: Enrolled("m-1", DAY, birthday=datetime(2000, 1, 1, tzinfo=UTC)),
    "instant for a last day": lambda: TierGranted("m-1", DAY, "gold", "gift", datetime(2026, 2, 1, tzinfo=UTC)),
    "instant for a first day": lambda: TierRevoked("m-1", DAY, "gone", None, datetime(2026, 2, 1, tzinfo=UTC)),
}
CURRENCIES: dict[str, Made] = {
    "tax": lambda: line("1", tax=Money.parse("1 USD")),
    "line": lambda: order(line("1"), PurchaseLine(Money.parse("1 USD"))),
    "discount": lambda: order(line("1"), discount=Money.parse("1 USD")),
    "points": lambda: order(line("1"), paid_with_points=Money.parse("1 USD")),
    "refund": lambda: Refund("m-1", DAY, "r-1", "o-1", lines=(line("1"), PurchaseLine(Money.parse("1 USD")))),
}


@pytest.mark.parametrize("fault", VALUES)
def test_a_value_is_refused_at_birth_when_it_cannot_be(fault: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        VALUES[fault]()


@pytest.mark.parametrize("fault", TYPES)
def test_a_type_is_refused_at_birth_when_it_would_lose_something(fault: str) -> None:
    with pytest.raises(TypeError):
        TYPES[fault]()


@pytest.mark.parametrize("part", CURRENCIES)
def test_one_event_has_one_currency(part: str) -> None:
    with pytest.raises(CurrencyMismatchError):
        CURRENCIES[part]()


MAKERS: dict[str, Callable[[datetime], CustomerEvent]] = {
    "purchase": lambda at: Purchase("m-1", at, "o-1", (line("1"),)),
    "refund": lambda at: Refund("m-1", at, "r-1", "o-1", yuan("1")),
    "enrolled": lambda at: Enrolled("m-1", at),
    "activity": lambda at: Activity("m-1", at, "nights", 1),
    "granted": lambda at: TierGranted("m-1", at, "gold", "gift"),
    "revoked": lambda at: TierRevoked("m-1", at, "gone"),
    "joined": lambda at: HouseholdJoined("m-1", at, "h-1"),
    "left": lambda at: HouseholdLeft("m-1", at),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_an_instant_without_a_time_zone_is_refused(kind: str) -> None:
    assert MAKERS[kind](datetime(2026, 1, 5, tzinfo=UTC)).customer_id == "m-1"
    with pytest.raises(NaiveDatetimeError):
        MAKERS[kind](datetime(2026, 1, 5))
