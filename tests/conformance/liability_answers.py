"""What the cases of kind ``liability`` ask: the part of a price that is for points, and when it is revenue."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from servicekit.loyalty import AllocatedPrice
from servicekit.quantity import Money


def liability(given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of exact amounts, each rounded by itself as the file does."""
    if "allocated" in given:
        price = AllocatedPrice(Fraction(given["allocated"]), "EUR")
    else:
        amounts = (given[name] for name in ("transaction_price", "goods_ssp", "points_ssp"))
        price = AllocatedPrice.of(*(Money(Decimal(amount), "EUR") for amount in amounts))
    redeemed, before, years = 0, Fraction(0), []
    for year in given.get("years", []):
        redeemed, expected = redeemed + year["redeemed"], Fraction(year["expected_total"])
        revenue = price.revenue(redeemed, expected)
        years.append({"revenue": cents(revenue - before), "liability": cents(price.liability(redeemed, expected))})
        before = revenue
    return {"allocated_to_points": cents(price.amount), "years": years}


def cents(amount: Fraction) -> str:
    return str(Money(Decimal(1), "EUR").times(amount, "half_even").amount)
