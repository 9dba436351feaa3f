"""What customers buy and give back.

Amounts are net of tax; the tax stands beside them. A moment is an aware datetime, or a day alone where that is all the
source knows: nothing invents a clock time. What a purchase is worth to a tier or in points is the business of those
rooms, and said there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from servicekit.events.exact_values import check_moment
from servicekit.quantity import CurrencyMismatchError, Money

if TYPE_CHECKING:
    from collections.abc import Iterable

Moment: TypeAlias = datetime | date
"""When something happened: an aware datetime, or a day where the source knows no more."""


def day_of(moment: Moment, tz: tzinfo) -> date:
    """The day of a moment in a time zone; a day is itself in every zone.

    >>> from datetime import UTC
    >>> from zoneinfo import ZoneInfo
    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> day_of(datetime(2026, 1, 5, 20, tzinfo=UTC), shanghai), day_of(date(2026, 1, 5), shanghai)
    (datetime.date(2026, 1, 6), datetime.date(2026, 1, 5))
    """
    return moment.astimezone(tz).date() if isinstance(moment, datetime) else moment


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """One line of a purchase: what it costs after its own discounts and without ``tax``, which comes on top.

    >>> PurchaseLine(Money.parse("12.50 CNY"), category="books").quantity
    1

    Raises:
        CurrencyMismatchError: the tax is in another currency.
        TypeError: an amount is not Money, or the quantity is a float.
        ValueError: the quantity is not a positive number.
    """

    amount: Money
    tax: Money | None = None
    quantity: int | Decimal = 1
    sku: str | None = None
    category: str | None = None

    def __post_init__(self) -> None:
        if self.tax is not None or type(self.amount) is not Money:
            same_currency((self.amount,) if self.tax is None else (self.amount, self.tax))
        if type(self.quantity) is not int or self.quantity <= 0:
            _check_quantity(self.quantity)


def _check_quantity(quantity: object) -> None:
    if isinstance(quantity, bool) or not isinstance(quantity, int | Decimal):
        raise TypeError(f"a quantity is an int or a Decimal, not {quantity!r}")
    if not (Decimal(quantity).is_finite() and quantity > 0):
        raise ValueError(f"a quantity is positive, not {quantity}; what comes back is a Refund")


def same_currency(amounts: Iterable[Money]) -> str:
    """The one currency of some amounts.

    Raises:
        CurrencyMismatchError: there are two.
        TypeError: one is not Money.
    """
    currency = ""
    for amount in amounts:
        if not isinstance(amount, Money):
            raise TypeError(f"an amount is Money, such as Money.parse('12.50 CNY'), not {amount!r}")
        if currency and amount.currency != currency:
            raise CurrencyMismatchError(currency, amount.currency)
        currency = amount.currency
    return currency


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order that was paid: its lines, a discount on the whole of it, and the part that was paid with points.

    ``order_id`` is its name in the shop: the same purchase told twice has the same one. ``discount`` and
    ``paid_with_points`` are amounts of money; the discount is shared over the lines by their amounts, in whole minor
    units (:attr:`net_lines`).

    >>> lines = (PurchaseLine(Money.parse("80 CNY")), PurchaseLine(Money.parse("20 CNY")))
    >>> order = Purchase("m-1", date(2026, 1, 5), "o-1", lines, discount=Money.parse("5 CNY"))
    >>> str(order.net), [str(line.amount) for line in order.net_lines]
    ('95 CNY', ['76.00 CNY', '19.00 CNY'])

    Raises:
        CurrencyMismatchError: amounts are in two currencies.
        NaiveDatetimeError: ``at`` is a datetime without a time zone.
        TypeError: ``at`` is no date, an amount is not Money, or the lines are not a tuple.
        ValueError: there is no line, the lines or a part are negative, or the discount is above the lines or is not
            whole minor units.
    """

    customer_id: str
    at: Moment
    order_id: str
    lines: tuple[PurchaseLine, ...]
    discount: Money | None = None
    paid_with_points: Money | None = None
    channel: str | None = None

    def __post_init__(self) -> None:
        check_moment(self.at)
        _check_lines(self.lines)
        if not self.lines:
            raise ValueError(f"order {self.order_id!r} has no line")
        if len(self.lines) > 1 or self.discount is not None or self.paid_with_points is not None:
            _check_amounts(self)
        elif self.lines[0].amount.amount < 0:
            raise ValueError(f"order {self.order_id!r} is negative; what comes back is a Refund")

    @property
    def currency(self) -> str:
        """The currency of all its amounts."""
        return self.lines[0].amount.currency

    @property
    def net(self) -> Money:
        """What it costs after all discounts and without tax."""
        gross = total(line.amount for line in self.lines)
        return gross if self.discount is None else gross - self.discount

    @property
    def tax(self) -> Money:
        """The tax of all lines."""
        return total((Money(Decimal(0), self.currency), *(line.tax for line in self.lines if line.tax is not None)))

    @property
    def net_lines(self) -> tuple[PurchaseLine, ...]:
        """The lines, each less its share of the discount."""
        if not self.discount:
            return self.lines
        shares = self.discount.shares([max(line.amount.amount, Decimal(0)) for line in self.lines])
        return tuple(replace(line, amount=line.amount - part) for line, part in zip(self.lines, shares, strict=True))


def _check_lines(lines: object) -> None:
    if not isinstance(lines, tuple):
        raise TypeError(
            f"lines are a tuple such as (PurchaseLine(Money.parse('5 CNY')),), not of type {type(lines).__name__}"
        )


def total(amounts: Iterable[Money]) -> Money:
    """The sum of one or more amounts of one currency.

    >>> str(total([Money.parse("1 CNY"), Money.parse("0.50 CNY")]))
    '1.50 CNY'
    """
    first, *others = amounts
    for amount in others:
        first = first + amount
    return first


def _check_amounts(order: Purchase) -> None:
    parts = [part for part in (order.discount, order.paid_with_points) if part is not None]
    same_currency((*(line.amount for line in order.lines), *parts))
    if any(part.amount < 0 for part in parts):
        raise ValueError(f"order {order.order_id!r}: the discount and the part paid with points are zero or more")
    if order.discount is not None:
        order.discount.to_minor()  # or it could not be shared
    if order.net.amount < 0:
        hint = "what comes back is a Refund" if not order.discount else "the discount is above what it is for"
        raise ValueError(f"order {order.order_id!r} is negative; {hint}")


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back for the order ``order_id``: an ``amount`` net of tax, or the ``lines`` that came back.

    >>> Refund("m-1", date(2026, 1, 9), "r-1", "o-1", amount=Money.parse("20 CNY")).net.currency
    'CNY'

    Raises:
        CurrencyMismatchError: lines are in two currencies.
        NaiveDatetimeError: ``at`` is a datetime without a time zone.
        TypeError: ``at`` is no date, an amount is not Money, or the lines are not a tuple.
        ValueError: not exactly one of the amount and the lines is given, or it is negative.
    """

    customer_id: str
    at: Moment
    refund_id: str
    order_id: str
    amount: Money | None = None
    lines: tuple[PurchaseLine, ...] = ()

    def __post_init__(self) -> None:
        check_moment(self.at)
        _check_lines(self.lines)
        if (self.amount is None) == (not self.lines):
            raise ValueError(f"refund {self.refund_id!r} has an amount or lines, and not both")
        same_currency((self.amount,) if self.amount is not None else (line.amount for line in self.lines))
        if self.net.amount < 0:
            raise ValueError(f"refund {self.refund_id!r} is negative")

    @property
    def net(self) -> Money:
        """What was given back, without tax."""
        return self.amount if self.amount is not None else total(line.amount for line in self.lines)
