"""The part of a price that customers paid for points, and when it becomes revenue: IFRS 15, ASC 606."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from servicekit.quantity import CurrencyMismatchError, Money


class AllocatedPrice(NamedTuple):
    """What of a price belongs to the points that came with it, exactly; it is revenue as they are redeemed.

    The example is that of IFRS 15 (IE267 to IE270): goods of 100,000 with points worth 9,500, of which 9,500 and later
    9,700 are expected to be redeemed.

    >>> points = AllocatedPrice.of(Money.parse("100000 EUR"), Money.parse("100000 EUR"), Money.parse("9500 EUR"))
    >>> print(*points.booked(4_500, 9_500), *points.booked(8_500, 9_700))
    4109.59 EUR 4566.21 EUR 7602.50 EUR 1073.30 EUR
    """

    amount: Fraction
    currency: str

    @classmethod
    def of(cls, price: Money, goods: Money, points: Money) -> AllocatedPrice:
        """Divide a price in proportion to the stand-alone prices of the goods and of the points that come with them.

        The stand-alone price of points takes into account how many of them will be redeemed.

        Raises:
            CurrencyMismatchError: the amounts are in two currencies.
            ValueError: an amount is negative, or neither goods nor points have a price.
        """
        for other in (goods, points):
            if other.currency != price.currency:
                raise CurrencyMismatchError(price.currency, other.currency)
        together = Fraction(goods.amount) + Fraction(points.amount)
        if min(price.amount, goods.amount, points.amount) < 0 or not together:
            raise ValueError(f"a price of {price} cannot be divided between goods of {goods} and points of {points}")
        return cls(Fraction(price.amount) * Fraction(points.amount) / together, price.currency)

    def revenue(self, redeemed: int, expected: int | Decimal | Fraction) -> Fraction:
        """What is revenue to date, of all points: as large a part as were redeemed of those expected to be, in all.

        Where none is expected to be redeemed any more, all of it is.

        Raises:
            ValueError: fewer than no points were redeemed or are expected.
        """
        if redeemed < 0 or expected < 0:
            raise ValueError(f"{redeemed} points redeemed of {expected} expected are less than none")
        return self.amount if redeemed >= expected else self.amount * redeemed / Fraction(expected)

    def liability(self, redeemed: int, expected: int | Decimal | Fraction) -> Fraction:
        """What is not revenue yet; together with the revenue to date it is the amount."""
        return self.amount - self.revenue(redeemed, expected)

    def booked(self, redeemed: int, expected: int | Decimal | Fraction) -> tuple[Money, Money]:
        """Revenue to date and liability in whole minor units, which add up to the amount as it is rounded."""
        whole, revenue = self._rounded(self.amount), self._rounded(self.revenue(redeemed, expected))
        return revenue, whole - revenue

    def _rounded(self, amount: Fraction) -> Money:
        return Money(Decimal(1), self.currency).times(amount, "half_even")
