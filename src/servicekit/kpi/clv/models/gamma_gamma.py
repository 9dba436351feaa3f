"""What customers spend on a purchase: Gamma-Gamma."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from servicekit.errors import Problem
from servicekit.kpi.clv.error import ClvError
from servicekit.kpi.clv.fit import Fit, check_parameters
from servicekit.kpi.clv.models.likelihood_peak import find_peak
from servicekit.kpi.clv.models.purchase_histories import Floats, PurchaseHistories

_MOST_CORRELATION = 0.3


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Every customer's purchases vary around a mean of their own, and the means vary between customers.

    Both are gamma distributed: the purchases with shape ``p``, the rates of the means with ``q`` and ``v``. Of Fader
    and Hardie, *The Gamma-Gamma Model of Monetary Value* (note 025, 2013), whose names these are. It assumes that
    those who come often do not spend more or less at a time. Amounts are floats in the unit of ``mean_spend``:
    estimates, not money.

    >>> model = GammaGamma(p=6.25, q=3.74, v=15.44)
    >>> seen = PurchaseHistories([2, 1, 0], [30.43, 1.71, 0], [38.86, 38.86, 38.86], [22.35, 11.77, 0])
    >>> model.expected_spend(seen).round(2).tolist()
    [24.66, 18.92, 35.22]

    Raises:
        ValueError: a parameter is not a positive number.
    """

    p: float
    q: float
    v: float

    def __post_init__(self) -> None:
        check_parameters(self)

    @classmethod
    def fit(cls, histories: PurchaseHistories) -> Fit[GammaGamma]:
        """Learn from those who came back, by maximum likelihood.

        ``clv.correlated`` among the problems warns that frequency and spend go together: their correlation is above
        0.3 or below -0.3, and the model assumes none.

        Raises:
            ClvError: nobody came back, or the likelihood has no peak.
            ValueError: the histories have no ``mean_spend``.
        """
        back, spend = histories.repeat_buyers, spend_of(histories)
        if not back.any():
            words, hint = "nobody bought again", "look at a longer time"
            raise ClvError([Problem("clv.no-repeat-buyers", "frequency", words, hint)])
        x, mean = histories.frequency[back], spend[back]
        peak = find_peak("GammaGamma", GammaGammaLikelihood(x, mean), (1.0, 2.0, float(mean.mean())))
        problems = tuple(_correlation(x, mean))
        return Fit(cls(*peak.parameters.tolist()), peak.log_likelihood, len(x), peak.covariance, problems)

    @property
    def mean_spend(self) -> float | None:
        """What all customers spend on average; None where that is infinite, with a q of 1 or less.

        >>> f"{GammaGamma(6.25, 3.74, 15.44).mean_spend:.3f}"
        '35.219'
        """
        return self.p * self.v / (self.q - 1) if self.q > 1 else None

    def expected_spend(self, histories: PurchaseHistories) -> Floats:
        """What each customer will spend on a purchase: between what they did spend and what all do on average.

        Raises:
            ValueError: the histories have no ``mean_spend``; or the mean of all is infinite, and somebody never came
                back.
        """
        x, spend = histories.frequency, np.where(histories.repeat_buyers, spend_of(histories), 0.0)
        shape = self.p * x + self.q - 1
        if np.any(shape <= 0):
            raise ValueError(
                f"with q = {self.q:.3g} the mean is infinite; ask about customers who came back more often"
            )
        return np.asarray(self.p * (self.v + x * spend) / shape, dtype=np.float64)


def spend_of(histories: PurchaseHistories) -> Floats:
    """The mean spend.

    Raises:
        ValueError: it was not given.
    """
    if histories.mean_spend is None:
        raise ValueError("the histories have no mean_spend; give what a purchase after the first brought on average")
    return histories.mean_spend


class GammaGammaLikelihood:
    """The log-likelihood of ``(p, q, v)``, equation 1a of the note, over those who came back, and its gradient.

    >>> likelihood = GammaGammaLikelihood(np.array([2.0, 1.0]), np.array([22.35, 11.77]))
    >>> height, slope = likelihood(np.array([6.25, 3.74, 15.44]))
    >>> f"{height:.4f}", len(slope)
    ('-7.2890', 3)
    """

    def __init__(self, x: Floats, mean: Floats) -> None:
        self._x, self._log_means, self._sums = x, np.log(mean).sum(), x * mean
        self._log_sums = np.log(self._sums)
        self._levels, place = np.unique(x, return_inverse=True)
        self._of_level = np.bincount(place).astype(np.float64)

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        p, q, v = parameters.tolist()
        shapes, count = p * self._levels, len(self._x)
        log_all = np.log(v + self._sums)
        mine, rest = self._log_sums - log_all, np.log(v) - log_all
        beta = gammaln(shapes + q) - gammaln(shapes) - gammaln(q)
        height = self._of_level @ beta + p * (self._x @ mine) + q * rest.sum() - self._log_means
        both = digamma(shapes + q)
        slope = (
            (self._of_level * self._levels) @ (both - digamma(shapes)) + self._x @ mine,
            self._of_level @ both - count * digamma(q) + rest.sum(),
            count * q / v - ((q + p * self._x) / (v + self._sums)).sum(),
        )
        return float(height), np.array(slope)


def _correlation(x: Floats, mean: Floats) -> Iterator[Problem]:
    if np.ptp(x) and np.ptp(mean):
        found = float(np.corrcoef(x, mean)[0, 1])
        if abs(found) > _MOST_CORRELATION:
            words = f"frequency and mean spend correlate by {found:.2f}, and the model assumes that they do not"
            yield Problem.warning("clv.correlated", "mean_spend", words, "model kinds of customers on their own")
