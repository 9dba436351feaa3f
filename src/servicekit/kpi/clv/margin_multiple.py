"""Lifetime value by formula: a steady margin, a steady retention or churn, and no more; exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from servicekit.quantity import Share, exact_number, share

Exact: TypeAlias = int | Decimal | Fraction


def cltv_by_retention(
    margin: Exact, *, retention: Share, discount: Share, first_margin: Literal["now", "after_one_period"]
) -> Fraction | None:
    """What a customer is worth who brings ``margin`` a period and stays with the same probability each time.

    ``m * r / (1 + i - r)`` where the first margin comes after one period, if the customer stays (Gupta and Lehmann
    2003); one margin more where the first comes ``now``. Houses differ, so it is always said. With a margin of 1 this
    is their margin multiple. None where nothing ever ends, with all retained and no discount. Money takes the answer
    by :meth:`~servicekit.quantity.Money.times`.

    >>> cltv_by_retention(100, retention="60%", discount="10%", first_margin="after_one_period")
    Fraction(120, 1)
    >>> cltv_by_retention(100, retention="60%", discount="10%", first_margin="now")
    Fraction(220, 1)

    Raises:
        DocumentValueError: the retention is not a share, or the discount is negative; or one of them is a float.
        TypeError: the margin is a float.
        ValueError: ``first_margin`` is another word.
    """
    if first_margin not in ("now", "after_one_period"):
        raise ValueError(f"unknown first_margin {first_margin!r}; expected 'now' or 'after_one_period'")
    amount, stays, interest = _exact(margin), share(retention), exact_number(discount)
    leak = 1 + interest - stays
    if not leak:
        return None
    return amount * (stays / leak + (first_margin == "now"))


def cltv_by_churn(revenue: Exact, *, margin: Share, churn: Share) -> Fraction | None:
    """What a customer is worth who brings ``revenue`` a period, a share of which is margin: ``ARPU * margin / churn``.

    The first margin comes now, and nothing is discounted. None where nobody churns: there is no end to add up to.

    >>> cltv_by_churn(Decimal("49.90"), margin="40%", churn="2.5%")
    Fraction(3992, 5)
    >>> cltv_by_churn(100, margin="40%", churn=0) is None
    True

    Raises:
        DocumentValueError: the margin or the churn is not a share, or is a float.
        TypeError: the revenue is a float.
    """
    amount, kept, leaves = _exact(revenue), share(margin), share(churn)
    return amount * kept / leaves if leaves else None


def _exact(amount: Exact) -> Fraction:
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal | Fraction):
        raise TypeError(f"{amount!r} is not an exact amount; give an int, a Decimal or a Fraction")
    return Fraction(amount)
