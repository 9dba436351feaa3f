"""The parameters under which what happened is likeliest, how well the data tells them, and whether there are any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from scipy.optimize import minimize

from servicekit.kpi.clv.error import not_converged
from servicekit.kpi.clv.models.purchase_histories import Floats

Likelihood: TypeAlias = Callable[[Floats], tuple[float, Floats]]
"""The log-likelihood of parameters, all positive, and its gradient."""

_FURTHEST = 12.0  # on the logarithm, from where the search starts
_WIDTH = 1e-4  # of the differences between gradients, on the logarithm
_MOST_STEPS = 20
_NEGLIGIBLE = 1e-10  # in the units of the log-likelihood: a hundred-thousandth of a standard error


class Peak(NamedTuple):
    """The likeliest parameters."""

    parameters: Floats
    log_likelihood: float
    covariance: tuple[tuple[float, ...], ...]


def find_peak(model: str, likelihood: Likelihood, start: Sequence[float]) -> Peak:
    """Climb by BFGS and the last way by Newton's steps, all on the logarithms of the parameters.

    The peak is one only if the log-likelihood bends down in every direction there; its bend, the observed information,
    gives the covariance. ``model`` is whose refusal it is.

    >>> def one_rate(point):  # 20 events in 10 weeks
    ...     return 20 * np.log(point[0]) - 10 * point[0], 20 / point - 10
    >>> peak = find_peak("Poisson", one_rate, [1.0])
    >>> f"{peak.parameters[0]:.6f} +- {peak.covariance[0][0] ** 0.5:.6f}"
    '2.000000 +- 0.447214'

    Raises:
        ClvError: there is no peak (``clv.not-converged``).
    """
    at = np.log(np.asarray(start, dtype=np.float64))
    low, high = at - _FURTHEST, at + _FURTHEST

    def fall(point: Floats) -> tuple[float, Floats]:
        theta = np.exp(np.clip(point, low, high))
        height, slope = likelihood(theta)
        return -height, -slope * theta

    point = np.asarray(minimize(fall, at, jac=True, method="BFGS", options={"gtol": 1e-4}).x, dtype=np.float64)
    for _ in range(_MOST_STEPS):
        depth, slope = fall(point)
        covariance = _inverse(_information(fall, point))
        if covariance is None or np.any((point <= low) | (point >= high)):
            break
        step = covariance @ slope
        if slope @ step < _NEGLIGIBLE:
            theta = np.exp(point)
            return Peak(theta, -depth, tuple(map(tuple, (covariance * np.outer(theta, theta)).tolist())))
        point = point - np.clip(step, -1.0, 1.0)
    raise not_converged(model, "the likelihood has no peak: it rises without end, or is flat in some direction")


def _information(fall: Likelihood, point: Floats) -> Floats:
    """The bend of the log-likelihood, with its sign turned: differences between gradients on either side."""
    sides = np.eye(len(point)) * _WIDTH
    rows = [(fall(point + side)[1] - fall(point - side)[1]) / (2 * _WIDTH) for side in sides]
    found = np.array(rows)
    return np.asarray((found + found.T) / 2, dtype=np.float64)


def _inverse(information: Floats) -> Floats | None:
    """The inverse of a symmetric matrix; None where it is not positive definite."""
    try:
        half = np.linalg.inv(np.linalg.cholesky(information))
    except np.linalg.LinAlgError:
        return None
    return np.asarray(half.T @ half, dtype=np.float64)
