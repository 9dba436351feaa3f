"""How often customers come back who may leave unseen after any purchase: BG/NBD."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from servicekit.errors import Problem
from servicekit.kpi.clv.error import ClvError
from servicekit.kpi.clv.fit import Fit, check_parameters
from servicekit.kpi.clv.models.bg_nbd_likelihood import BgNbdLikelihood, Point, log_odds_of_loss
from servicekit.kpi.clv.models.future_purchases import future_purchases
from servicekit.kpi.clv.models.likelihood_peak import find_peak
from servicekit.kpi.clv.models.purchase_histories import Floats, PurchaseHistories


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Customers buy at a rate of their own, and after each purchase leave for good with a probability of their own.

    A gamma distribution (``r``, ``alpha``) spreads the rates and a beta distribution (``a``, ``b``) the probabilities.
    Of Fader, Hardie and Lee, *"Counting Your Customers" the Easy Way* (2005), whose names these are. Times are in the
    weeks of the histories.

    >>> model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> seen = PurchaseHistories([2, 1, 0], [30.43, 1.71, 0], [38.86, 38.86, 38.86])
    >>> model.expected_purchases(seen, within=39).round(3).tolist()
    [1.226, 0.203, 0.195]
    >>> model.p_alive(seen).round(3).tolist()
    [0.727, 0.212, 1.0]

    Raises:
        ValueError: a parameter is not a positive number.
    """

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        check_parameters(self)

    @classmethod
    def fit(cls, histories: PurchaseHistories) -> Fit[BgNbd]:
        """Learn from customers, by maximum likelihood.

        Raises:
            ClvError: nobody came back, or the likelihood has no peak.
        """
        if not histories.repeat_buyers.any():
            words, hint = "nobody bought again", "look at a longer time"
            raise ClvError([Problem("clv.no-repeat-buyers", "frequency", words, hint)])
        likelihood = BgNbdLikelihood(histories)
        peak = find_peak("BgNbd", likelihood, likelihood.start)
        return Fit(cls(*peak.parameters.tolist()), peak.log_likelihood, len(histories), peak.covariance)

    def log_likelihood(self, histories: PurchaseHistories) -> float:
        """The logarithm of the likelihood of what happened."""
        return BgNbdLikelihood(histories)(np.array(self._point))[0]

    def p_alive(self, histories: PurchaseHistories) -> Floats:
        """The probability that each customer has not left; 1 for who never came back, as nobody leaves before that."""
        seen = histories
        return np.asarray(expit(-log_odds_of_loss(self._point, seen.frequency, seen.recency, seen.age)))

    def expected_purchases(self, histories: PurchaseHistories, *, within: npt.ArrayLike) -> Floats:
        """How often each customer will buy within so many weeks from now; one number, or one for each customer.

        Raises:
            ValueError: a time is negative or not finite, or they are not as many as the customers.
        """
        times = _times(within)
        if times.ndim and len(times) != len(histories):
            raise ValueError(f"{len(times)} times for {len(histories)} customers; give one, or one for each")
        later = future_purchases(self._point, histories.frequency, histories.age, times)
        return later * self.p_alive(histories)

    def purchases_of_newcomers(self, within: npt.ArrayLike) -> Floats:
        """How often a customer of whom nothing is known will buy in the first weeks after the first purchase.

        >>> BgNbd(0.242593, 4.413532, 0.792886, 2.425752).purchases_of_newcomers([1, 3, 32]).round(4).tolist()
        [0.0532, 0.1506, 1.0437]

        Raises:
            ValueError: a time is negative or not finite.
        """
        times = np.atleast_1d(_times(within))
        return future_purchases(self._point, np.zeros_like(times), np.zeros_like(times), times)

    @property
    def _point(self) -> Point:
        return self.r, self.alpha, self.a, self.b


def _times(within: npt.ArrayLike) -> Floats:
    times = np.asarray(within, dtype=np.float64)
    if times.ndim > 1 or not np.all((times >= 0) & np.isfinite(times)):
        raise ValueError("a time ahead is a number of weeks, 0 or more")
    return times
