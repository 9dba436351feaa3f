"""What customers will bring within some months, in money of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from servicekit.kpi.clv.models.bg_nbd import BgNbd
from servicekit.kpi.clv.models.gamma_gamma import GammaGamma
from servicekit.kpi.clv.models.purchase_histories import Floats, PurchaseHistories


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far to look ahead, how long a month is in weeks, and what a month of waiting takes off.

    Nothing is assumed: houses count months of 4 weeks and of 4.345 (a twelfth of a year), and values differ by as much.

    >>> Outlook(months=12, weeks_per_month=4, monthly_discount=0.01)
    Outlook(months=12, weeks_per_month=4, monthly_discount=0.01)

    Raises:
        ValueError: there is no month, a month has no length, or the discount is negative.
    """

    months: int
    weeks_per_month: float
    monthly_discount: float

    def __post_init__(self) -> None:
        if self.months < 1 or self.months != int(self.months):
            raise ValueError(f"an outlook is a whole number of months, 1 or more; not {self.months!r}")
        if not 0 < self.weeks_per_month < float("inf"):
            raise ValueError(f"a month has some weeks, such as 4 or 4.345; not {self.weeks_per_month!r}")
        if not 0 <= self.monthly_discount < float("inf"):
            raise ValueError(f"a discount is not negative, such as 0.01; not {self.monthly_discount!r}")

    def discounted(self, cumulated: Iterable[npt.ArrayLike]) -> Floats:
        """What is expected up to the end of month 1, 2, ... as a sum of today: each month adds its increment.

        >>> float(Outlook(months=2, weeks_per_month=4, monthly_discount=0.25).discounted([1.0, 1.5]))
        1.12

        Raises:
            ValueError: they are not as many as the months.
        """
        total, before = np.zeros(()), np.zeros(())
        for month, upto in zip(range(1, self.months + 1), cumulated, strict=True):
            now = np.asarray(upto, dtype=np.float64)
            total = total + (now - before) / (1 + self.monthly_discount) ** month
            before = now
        return total


def lifetime_value(histories: PurchaseHistories, outlook: Outlook, *, purchases: BgNbd, spend: GammaGamma) -> Floats:
    """What each customer is worth over the months of the outlook: expected purchases times expected spend, discounted.

    What comes within a month counts at its end. It is spend; times a margin, it is profit.

    >>> seen = PurchaseHistories([2], [30.43], [38.86], [22.35])
    >>> purchases, spend = BgNbd(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 15.44)
    >>> lifetime_value(seen, Outlook(12, 4, 0.01), purchases=purchases, spend=spend).round(4).tolist()
    [33.8922]

    Raises:
        ValueError: the histories have no ``mean_spend``, or it is infinite.
    """
    ends = (month * outlook.weeks_per_month for month in range(1, outlook.months + 1))
    bought = outlook.discounted(purchases.expected_purchases(histories, within=end) for end in ends)
    return np.asarray(bought * spend.expected_spend(histories), dtype=np.float64)
