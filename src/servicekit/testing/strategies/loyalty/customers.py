"""Strategies for what customers buy and do, and for logs of it as shops write them: late, twice and out of order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from servicekit.events import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    HouseholdLeft,
    Moment,
    Purchase,
    PurchaseLine,
    Refund,
    TierGranted,
    TierRevoked,
)
from servicekit.quantity import Money

TIERS = ("silver", "gold")
"""The tiers that are granted and revoked here."""
METRICS = ("nights", "visits")
"""What the activities drawn here count towards."""

_CURRENCY = "CNY"
_FIRST, _LAST = date(2025, 1, 1), date(2026, 12, 31)
_CUSTOMERS = ("m-1", "m-2", "m-3")
_HOUSEHOLDS = ("h-1", "h-2")
_ZONES = (UTC, timezone(timedelta(hours=8)))


def moments(min_value: date = _FIRST, max_value: date = _LAST) -> st.SearchStrategy[Moment]:
    """Days, and instants at a full quarter of an hour, in UTC or eight hours east of it.

    >>> from hypothesis import find
    >>> find(moments(), lambda moment: True)
    datetime.date(2025, 1, 1)
    """
    days, quarters = st.dates(min_value, max_value), st.integers(0, 95)
    clocks = quarters.map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
    instants = st.tuples(days, clocks, st.sampled_from(_ZONES)).map(lambda parts: datetime.combine(*parts))
    return days | instants


def purchases(
    *,
    customer_ids: Sequence[str] = _CUSTOMERS,
    at: st.SearchStrategy[Moment] = moments(),  # noqa: B008 - a value
    order_ids: st.SearchStrategy[str] | None = None,
    max_lines: int = 3,
    max_cents: int = 200_000,
) -> st.SearchStrategy[Purchase]:
    """Orders of one currency: some of nothing, some with discounts, taxes, parts paid with points.

    >>> from hypothesis import find
    >>> find(purchases(), lambda order: len(order.lines) > 1).currency
    'CNY'
    """
    ids = st.integers(0, 10**9).map("o-{}".format) if order_ids is None else order_ids
    lines = st.lists(_lines(max_cents), min_size=1, max_size=max_lines)
    return st.tuples(st.sampled_from(customer_ids), at, ids, lines).flatmap(lambda parts: _order(*parts))


def _order(customer_id: str, at: Moment, order_id: str, lines: list[PurchaseLine]) -> st.SearchStrategy[Purchase]:
    gross = sum(line.amount.to_minor() for line in lines)
    part = st.none() | st.integers(0, gross).map(_cents)
    channels = st.sampled_from((None, "web", "store"))
    return st.builds(
        Purchase, st.just(customer_id), st.just(at), st.just(order_id), st.just(tuple(lines)), part, part, channels
    )


def _lines(max_cents: int) -> st.SearchStrategy[PurchaseLine]:
    amounts, quantities = st.integers(0, max_cents).map(_cents), st.sampled_from((1, 2, Decimal("0.750")))
    categories = st.sampled_from((None, "books", "music"))
    return st.builds(PurchaseLine, amounts, st.none() | amounts, quantities, st.sampled_from((None, "s-1")), categories)


def _cents(cents: int) -> Money:
    return Money.from_minor(cents, _CURRENCY)


@st.composite
def customer_histories(
    draw: st.DrawFn,
    *,
    customer_ids: Sequence[str] = _CUSTOMERS,
    at: st.SearchStrategy[Moment] = moments(),  # noqa: B008 - a value
    max_events: int = 10,
) -> tuple[CustomerEvent, ...]:
    """Logs of some customers, in any order: everything that can happen to them, at any time of their lives.

    No two orders share an id, and refunds are of orders of the log, of at most what they cost.

    >>> from hypothesis import find
    >>> refunded = find(customer_histories(), lambda log: any(isinstance(event, Refund) for event in log))
    >>> sorted(type(event).__name__ for event in refunded)
    ['Purchase', 'Refund']
    """
    bought = purchases(customer_ids=customer_ids, at=at)
    orders = draw(st.lists(bought, max_size=max_events, unique_by=lambda order: order.order_id))
    others = draw(st.lists(_others(customer_ids, at), max_size=max_events))
    refunds = [] if not orders else draw(st.lists(_refunds(orders), max_size=2, unique_by=lambda each: each.order_id))
    return tuple(draw(st.permutations([*orders, *refunds, *others])))


def _refunds(orders: Sequence[Purchase]) -> st.SearchStrategy[Refund]:
    """Refunds of a part of an order, or of all of it, up to three months later."""

    def of(order: Purchase) -> st.SearchStrategy[Refund]:
        later = st.integers(0, 90).map(lambda days: order.at + timedelta(days=days))
        parts = st.integers(0, order.net.to_minor()).map(_cents)
        name = order.order_id.replace("o", "r", 1)
        return st.builds(Refund, st.just(order.customer_id), later, st.just(name), st.just(order.order_id), parts)

    return st.sampled_from(orders).flatmap(of)


def _others(customer_ids: Sequence[str], at: st.SearchStrategy[Moment]) -> st.SearchStrategy[CustomerEvent]:
    who, tiers, homes = st.sampled_from(customer_ids), st.sampled_from(TIERS), st.sampled_from(_HOUSEHOLDS)
    days = st.dates(_FIRST, _LAST)
    keys = st.none() | st.integers(0, 9).map("k-{}".format)
    return st.one_of(
        st.builds(Enrolled, who, at, st.none() | days, st.none() | homes),
        st.builds(Activity, who, at, st.sampled_from(METRICS), st.integers(-3, 30) | st.just(Decimal("0.5")), keys),
        st.builds(TierGranted, who, at, tiers, st.just("status match"), st.none() | st.just(_LAST), st.none() | days),
        st.builds(TierRevoked, who, at, st.just("asked for it"), st.none() | tiers, st.none() | days),
        st.builds(HouseholdJoined, who, at, homes),
        st.builds(HouseholdLeft, who, at),
    )
