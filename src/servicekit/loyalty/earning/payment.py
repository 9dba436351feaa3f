"""How the price of a purchase goes back: what was paid with points as points, and the rest as money."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from servicekit.events import Purchase
from servicekit.quantity import Money


class PaymentBack(NamedTuple):
    """What a refund gives back: ``money``, tax included, and what was paid with points, as their worth and as points.

    ``points`` is None where the programme gives a point no value, or several currencies of points can be spent.

    >>> PaymentBack(Money.parse("35.21 CNY"), Money.parse("0.88 CNY"), 176).points
    176
    """

    money: Money
    paid_with_points: Money
    points: int | None


def payment_back(purchase: Purchase, before: Decimal, after: Decimal, value: Fraction | None) -> PaymentBack:
    """What goes back when the price without tax falls from ``before`` to ``after``; ``value`` is that of a point.

    The same share of the part that was paid with points goes back as points. Parts of a cent, or of a point, stay until
    later refunds complete them, so that several refunds give back what one would. A purchase that cost nothing gives
    nothing back.
    """
    currency, net = purchase.currency, Fraction(purchase.net.amount)
    paid = purchase.paid_with_points or Money(Decimal(0), currency)
    gone = tuple(1 - Fraction(left) / net if net else Fraction(1) for left in (before, after))
    worth, tax = (_difference(part, gone) for part in (paid, purchase.tax))
    refunded = Money(before - after, currency) + tax
    money = max(refunded - worth, Money(Decimal(0), currency))
    if value is None:
        return PaymentBack(money, worth, None if paid else 0)
    earlier, now = (int(Fraction(paid.amount) / value * share) for share in gone)
    return PaymentBack(money, worth, now - earlier)


def _difference(part: Money, shares: tuple[Fraction, ...]) -> Money:
    before, after = (part.times(share, "floor") if share < 1 else part for share in shares)
    return after - before
