"""What of a purchase can earn: its lines after all discounts, as exact fractions, and what refunds leave of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from servicekit.events import Purchase, PurchaseLine, Refund
from servicekit.loyalty.rejected import ExceedsOriginalError
from servicekit.quantity import CurrencyMismatchError
from servicekit.quantity.exact import EXACT

_ZERO = Fraction(0)


class BasketLine(NamedTuple):
    """A line that costs something, less its share of all discounts."""

    amount: Fraction
    tax: Fraction
    quantity: Fraction
    sku: str | None
    category: str | None

    def less(self, share: Fraction, share_of_units: Fraction) -> BasketLine:
        """What is left of it when a share of the price and one of the units are taken off."""
        kept = 1 - share
        units = self.quantity * (1 - share_of_units)
        return BasketLine(self.amount * kept, self.tax * kept, units, self.sku, self.category)


class Basket(NamedTuple):
    """The lines of a purchase, the part of its price that was paid with points, and its price without tax."""

    lines: tuple[BasketLine, ...]
    paid_with_points: Fraction
    net: Decimal


def basket_of(purchase: Purchase, currency: str) -> Basket:
    """What of a purchase can earn in a programme of that currency.

    Discounts, on the order or as lines below zero, are shared over the other lines in proportion and not rounded, so
    that more spend never earns less.

    >>> from datetime import date
    >>> from servicekit.quantity import Money
    >>> lines = tuple(PurchaseLine(Money.parse(text)) for text in ("80 CNY", "20 CNY", "-10 CNY"))
    >>> [int(line.amount) for line in basket_of(Purchase("m-1", date(2026, 1, 5), "o-1", lines), "CNY").lines]
    [72, 18]

    Raises:
        CurrencyMismatchError: the purchase is in another currency.
    """
    if purchase.currency != currency:
        raise CurrencyMismatchError(purchase.currency, currency)
    points, net = purchase.paid_with_points, purchase.net.amount
    lines = tuple(_line_of(line) for line in purchase.lines if line.amount.amount > 0)
    if purchase.discount or len(lines) < len(purchase.lines):
        lines = _lowered(lines, Fraction(net), Fraction(purchase.tax.amount))
    return Basket(lines, _ZERO if points is None else Fraction(points.amount), net)


def _line_of(line: PurchaseLine) -> BasketLine:
    tax = _ZERO if line.tax is None else Fraction(line.tax.amount)
    return BasketLine(Fraction(line.amount.amount), tax, Fraction(line.quantity), line.sku, line.category)


def _lowered(lines: Sequence[BasketLine], net: Fraction, tax: Fraction) -> tuple[BasketLine, ...]:
    """The lines, brought down in proportion to what the order costs."""
    amounts, taxes = sum((line.amount for line in lines), _ZERO), sum((line.tax for line in lines), _ZERO)
    of_amount, of_tax = (part / whole if whole else _ZERO for part, whole in ((net, amounts), (tax, taxes)))
    return tuple(line._replace(amount=line.amount * of_amount, tax=line.tax * of_tax) for line in lines)


def after_refunds(basket: Basket, refunds: Iterable[Refund]) -> Basket:
    """What is left of a purchase.

    An amount comes off all lines in proportion, and leaves their units until all of it is gone. A line that came back
    comes off the lines of its article, else of its category, else of all. Of what was paid with points the same share
    goes back.

    Raises:
        ExceedsOriginalError: more is refunded than is left.
    """
    for refund in refunds:
        if refund.net.amount > basket.net:
            raise ExceedsOriginalError(f"refund {refund.refund_id!r} is of {refund.net}, and {basket.net:f} are left")
        share = Fraction(refund.net.amount) / Fraction(basket.net) if basket.net else _ZERO
        lines = basket.lines
        if refund.amount is not None:
            lines = tuple(line.less(share, Fraction(share == 1)) for line in lines)
        for returned in sorted(refund.lines, key=lambda line: line.amount.amount):
            lines = _without(lines, returned)
        net = EXACT.subtract(basket.net, refund.net.amount)
        basket = Basket(lines, basket.paid_with_points * (1 - share), net)
    return basket


def _without(lines: tuple[BasketLine, ...], returned: PurchaseLine) -> tuple[BasketLine, ...]:
    amount, quantity = Fraction(returned.amount.amount), Fraction(returned.quantity)
    tests: tuple[Callable[[BasketLine], bool], ...] = (
        lambda line: returned.sku is not None and line.sku == returned.sku and line.category == returned.category,
        lambda line: line.category == returned.category,
        lambda line: True,
    )
    for is_meant in tests:
        meant = [line for line in lines if is_meant(line)]
        worth, units = sum((line.amount for line in meant), _ZERO), sum((line.quantity for line in meant), _ZERO)
        if worth and worth >= amount:
            share = amount / worth
            of_units = min(quantity / units, Fraction(1)) if units else _ZERO
            return tuple(line.less(share, of_units) if is_meant(line) else line for line in lines)
    return lines
