"""What the lines of an order cost without taxes, and the discount on the whole of it, by the totals of the export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from servicekit.quantity import Money


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of an order as the export gives them."""

    subtotal: Money
    shipping: Money
    taxes: Money
    other: Money
    total: Money

    def taxes_are(self) -> Literal["on_top", "included"] | None:
        """Whether the total holds the taxes beside the subtotal or in it; None where it is neither.

        >>> Totals(*map(Money.parse, ("100 EUR", "5 EUR", "20 EUR", "0 EUR", "105 EUR"))).taxes_are()
        'included'
        """
        without = self.subtotal + self.shipping + self.other
        if self.total == without + self.taxes:
            return "on_top"
        return "included" if self.total == without else None


@dataclass(frozen=True, slots=True)
class NetAmounts:
    """The lines of an order without taxes, the tax on each, and the discount on all of them."""

    lines: tuple[Money, ...]
    taxes: tuple[Money, ...]
    discount: Money


def net_amounts(gross: Sequence[Money], totals: Totals, *, included: bool) -> NetAmounts:
    """What the lines cost of which ``gross`` are the prices; what is above the subtotal is the discount.

    The export has one amount of taxes: it is shared over lines and delivery by what they cost, in whole minor units.

    >>> prices = [Money.parse("80 EUR"), Money.parse("70 EUR")]
    >>> totals = Totals(*map(Money.parse, ("120 EUR", "0 EUR", "20 EUR", "0 EUR", "120 EUR")))
    >>> net = net_amounts(prices, totals, included=True)
    >>> [*map(str, net.lines)], [*map(str, net.taxes)], str(net.discount)
    (['66.67 EUR', '58.33 EUR'], ['10.67 EUR', '9.33 EUR'], '25.00 EUR')
    """
    nothing = Money(Decimal(0), totals.subtotal.currency)
    above = sum(gross, start=nothing) - totals.subtotal
    goods = _shares(totals.taxes, [totals.subtotal, totals.shipping])[0]
    taxes = _shares(goods, gross)
    if not included or not goods:
        return NetAmounts(tuple(gross), tuple(taxes), above)
    part = Fraction(above.amount) / Fraction(totals.subtotal.amount)
    of_discount = goods.times(part, "half_even")
    held = _shares(goods + of_discount, gross)
    return NetAmounts(
        tuple(price - tax for price, tax in zip(gross, held, strict=True)), tuple(taxes), above - of_discount
    )


def _shares(amount: Money, parts: Sequence[Money]) -> Sequence[Money]:
    """An amount shared by what its parts cost; where they cost nothing, none of it falls on them."""
    weights = [max(part.amount, Decimal(0)) for part in parts]
    return amount.shares(weights) if any(weights) else [Money(Decimal(0), amount.currency) for _ in parts]
