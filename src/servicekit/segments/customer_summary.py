"""What is known of each customer on a day: what they spent, on which days they bought, on which they did anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

from servicekit.errors import Problem, ProblemGroup, ProblemLog
from servicekit.events import Activity, CustomerEvent, Enrolled, Purchase, Refund, day_of, order_customers
from servicekit.events.exact_values import check_day
from servicekit.quantity import Money
from servicekit.quantity.exact import EXACT


@dataclass(frozen=True, slots=True)
class CustomerSummary:
    """One customer as of a day.

    ``bought_on`` holds the days of the orders that count, ``active_on`` all days with a purchase or an activity: an
    order that was refunded in full is no order any more, but the customer was there. Both are sorted, without repeats.

    >>> week = CustomerSummary("m-1", Money.parse("80 CNY"), 3, (date(2026, 1, 5), date(2026, 1, 12)))
    >>> week.orders, week.days, week.repeat_days, week.span_days, week.age_days(date(2026, 2, 4))
    (3, 2, 1, 7, 30)
    """

    customer_id: str
    spend: Money
    """Net of discounts, tax, refunds and the part that was paid with points."""
    orders: int = 0
    bought_on: tuple[date, ...] = ()
    active_on: tuple[date, ...] = ()
    enrolled_on: date | None = None
    birthday: date | None = None

    @property
    def days(self) -> int:
        """On how many days they bought."""
        return len(self.bought_on)

    @property
    def repeat_days(self) -> int:
        """On how many days after the first they bought: *frequency* in the models of Fader and Hardie."""
        return max(self.days - 1, 0)

    @property
    def span_days(self) -> int:
        """Days from the first purchase to the last: *recency* in the models of Fader and Hardie."""
        return (self.bought_on[-1] - self.bought_on[0]).days if self.bought_on else 0

    def age_days(self, as_of: date) -> int | None:
        """Days since the first purchase: *T* in the models of Fader and Hardie; None for who never bought."""
        return (as_of - self.bought_on[0]).days if self.bought_on else None

    def recency_days(self, as_of: date) -> int | None:
        """Days since the last purchase: *recency* in RFM; None for who never bought."""
        return (as_of - self.bought_on[-1]).days if self.bought_on else None

    def silent_days(self, as_of: date) -> int | None:
        """Days since the last purchase or activity; None for who was never active."""
        return (as_of - self.active_on[-1]).days if self.active_on else None


class CustomerSummaries(Mapping[str, CustomerSummary]):
    """The summary of every customer that any event is of, by id; ``problems`` says what was odd about the events.

    >>> summarise([], date(2026, 6, 30), currency="CNY")
    CustomerSummaries(as_of=2026-06-30, customers=0, problems=0)
    """

    __slots__ = ("_summaries", "as_of", "problems")

    def __init__(
        self, summaries: Mapping[str, CustomerSummary], as_of: date, problems: tuple[ProblemGroup, ...] = ()
    ) -> None:
        self._summaries, self.as_of, self.problems = summaries, as_of, problems

    def __getitem__(self, customer_id: str) -> CustomerSummary:
        return self._summaries[customer_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._summaries)

    def __len__(self) -> int:
        return len(self._summaries)

    def __repr__(self) -> str:
        return f"CustomerSummaries(as_of={self.as_of}, customers={len(self)}, problems={len(self.problems)})"


def summarise(events: Iterable[CustomerEvent], as_of: date, *, currency: str, tz: tzinfo = UTC) -> CustomerSummaries:
    """What the events through the day ``as_of`` say of each customer; days are those of ``tz``.

    Events may come in any order, and customers need not have enrolled. A refund reduces the order that it is of; one
    of which nothing is left does not count. Problems, with the path ``customer <id>``: those of
    :func:`~servicekit.events.order_customers`, and

    * ``segments.currency``: a purchase or refund in another currency than ``currency``; its money does not count.
    * ``segments.unknown-order``: a refund of an order that is not known; it takes nothing back.
    * ``segments.over-refund``: a refund above what is left of its order, all of which is taken back.
    * ``segments.enrolled-twice`` (a warning): a second enrolment; the first counts.
    * ``segments.after-as-of`` (a warning): an event after ``as_of``, which does not count.

    >>> from servicekit.events import PurchaseLine
    >>> lines = (PurchaseLine(Money.parse("80 CNY")),)
    >>> found = summarise([Purchase("m-1", date(2026, 1, 5), "o-1", lines)], date(2026, 2, 1), currency="CNY")
    >>> str(found["m-1"].spend), found["m-1"].recency_days(found.as_of)
    ('80 CNY', 27)

    Raises:
        TypeError: ``as_of`` is not a day.
    """
    check_day(as_of)
    log, problems, tally = order_customers(events, tz), ProblemLog(), _Tally(currency)
    problems.add(log.problems)
    for event in log.events:
        day = day_of(event.at, tz)
        if day > as_of:
            problems.add([_warning("segments.after-as-of", event, f"lies after {as_of}; it does not count")])
        else:
            problems.add(tally.take(event, day))
    return CustomerSummaries(tally.summaries(), as_of, problems.groups())


@dataclass(slots=True)
class _Order:
    """An order and what is left of it: of its net amount, and of the part of that which is spend."""

    customer_id: str
    day: date
    net: Decimal
    spend: Decimal
    net_left: Decimal
    counts: bool = True

    def spend_left(self, currency: str) -> Decimal:
        """The spend less its share of what was refunded."""
        if self.net_left == self.net:
            return self.spend
        if self.spend == self.net:
            return self.net_left
        share = Fraction(self.net_left) / Fraction(self.net)
        return Money(self.spend, currency).times(share, "half_even").amount


@dataclass(slots=True)
class _Known:
    """What is known of one customer so far."""

    orders: list[_Order] = field(default_factory=list)
    active_on: set[date] = field(default_factory=set)
    enrolled: Enrolled | None = None
    enrolled_on: date | None = None


class _Tally:
    """Takes events in order, and sums up."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._known: dict[str, _Known] = {}
        self._orders: dict[str, _Order] = {}
        self._handlers: Mapping[type[CustomerEvent], Callable[[_Known, Any, date], Iterator[Problem]]] = {
            Purchase: self._purchase,
            Refund: self._refund,
            Activity: self._activity,
            Enrolled: self._enrolled,
        }

    def take(self, event: CustomerEvent, day: date) -> Iterator[Problem]:
        """Count an event; what is odd about it. Tiers and households are none of our business."""
        known = self._known.setdefault(event.customer_id, _Known())
        handler = self._handlers.get(type(event))
        return handler(known, event, day) if handler else iter(())

    def summaries(self) -> dict[str, CustomerSummary]:
        return {customer_id: self._summary(customer_id, known) for customer_id, known in self._known.items()}

    def _summary(self, customer_id: str, known: _Known) -> CustomerSummary:
        orders = [order for order in known.orders if order.counts]
        spend = reduce(EXACT.add, (order.spend_left(self._currency) for order in orders), Decimal(0))
        return CustomerSummary(
            customer_id,
            Money(spend, self._currency),
            len(orders),
            tuple(sorted({order.day for order in orders})),
            tuple(sorted(known.active_on)),
            known.enrolled_on,
            known.enrolled.birthday if known.enrolled else None,
        )

    def _purchase(self, known: _Known, purchase: Purchase, day: date) -> Iterator[Problem]:
        known.active_on.add(day)
        if purchase.currency != self._currency:
            words = f"is in {purchase.currency}, not in {self._currency}; its money does not count"
            yield _problem("segments.currency", purchase, words, "convert it first")
            return
        net = purchase.net
        spend = net if purchase.paid_with_points is None else max(net - purchase.paid_with_points, net - net)
        order = _Order(purchase.customer_id, day, net.amount, spend.amount, net.amount)
        self._orders[purchase.order_id] = order
        known.orders.append(order)

    def _refund(self, known: _Known, refund: Refund, day: date) -> Iterator[Problem]:
        order, net = self._orders.get(refund.order_id), refund.net
        if net.currency != self._currency:
            words = f"is in {net.currency}, not in {self._currency}; it takes nothing back"
            yield _problem("segments.currency", refund, words, "convert it first")
        elif order is None or order.customer_id != refund.customer_id:
            words = f"is of the order {refund.order_id!r}, which is not known; it takes nothing back"
            yield _problem("segments.unknown-order", refund, words, "give the purchase as well")
        else:
            if net.amount > order.net_left:
                words = f"gives back {net}, more than the {order.net_left} that are left; what is left is taken back"
                yield _problem("segments.over-refund", refund, words, "check both amounts")
            order.net_left = max(EXACT.subtract(order.net_left, net.amount), Decimal(0))
            order.counts = bool(order.net_left)

    def _activity(self, known: _Known, activity: Activity, day: date) -> Iterator[Problem]:
        if activity.delta > 0:
            known.active_on.add(day)
        return iter(())

    def _enrolled(self, known: _Known, enrolled: Enrolled, day: date) -> Iterator[Problem]:
        if known.enrolled is None:
            known.enrolled, known.enrolled_on = enrolled, day
        else:
            words = f"comes after an enrolment on {known.enrolled_on}, which counts"
            yield _warning("segments.enrolled-twice", enrolled, words)


def _problem(code: str, event: CustomerEvent, words: str, hint: str) -> Problem:
    return Problem(code, f"customer {event.customer_id}", f"{_what(event)} {words}", hint=hint)


def _warning(code: str, event: CustomerEvent, words: str) -> Problem:
    return Problem.warning(code, f"customer {event.customer_id}", f"{_what(event)} {words}")


def _what(event: CustomerEvent) -> str:
    return f"{type(event).__name__} at {event.at.isoformat()}"
