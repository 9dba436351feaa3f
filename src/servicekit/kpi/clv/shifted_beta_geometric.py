"""Contracts that are renewed or not: the shifted beta-geometric model of Fader and Hardie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, exp, log, log1p, prod, sqrt
from operator import index
from typing import NamedTuple, TypeAlias

from servicekit.errors import Problem
from servicekit.kpi.clv.error import ClvError, not_converged
from servicekit.kpi.clv.fit import Fit, check_parameters

_Matrix: TypeAlias = tuple[float, float, float]
"""A symmetric matrix of two rows."""

_MOST_STEPS = 200
_NEGLIGIBLE = 1e-12  # in the units of the log-likelihood: a millionth of a standard error
_ROUNDING = 1e-13
_LEAST_DISCOUNT = 1e-9
_FURTHEST = 12.0  # on the logarithm; beyond, customers who differ a little cannot be told from such who are alike


@dataclass(frozen=True, slots=True)
class ShiftedBetaGeometric:
    """Every customer leaves at each renewal with a probability of their own, which a beta distribution spreads.

    The cohort's retention rises over time although nobody changes: those likely to leave leave first. Of Fader and
    Hardie, *How to Project Customer Retention* (2007); ``alpha`` and ``beta`` are theirs.

    >>> model = ShiftedBetaGeometric(0.668, 3.806)
    >>> [f"{model.survival(renewals):.3f}" for renewals in (0, 1, 7, 12)]
    ['1.000', '0.851', '0.489', '0.378']

    Raises:
        ValueError: a parameter is not a positive number.
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        check_parameters(self)

    @classmethod
    def fit(cls, active: Sequence[int]) -> Fit[ShiftedBetaGeometric]:
        """Learn from a cohort: how many customers there were, and how many were left after each renewal.

        Those left at the end are censored; two renewals are the least.

        >>> fit = ShiftedBetaGeometric.fit([1000, 631, 468, 382, 326, 289, 262, 241])
        >>> f"{fit.model.alpha:.3f} {fit.model.beta:.3f} {fit.log_likelihood:.1f}"
        '0.704 1.182 -1680.3'

        Raises:
            ClvError: the counts rise, are too few, show no loss, or fit no such model (customers who all leave alike).
        """
        counts = [index(count) for count in active]
        if problems := list(_problems(counts)):
            raise ClvError(problems)
        peak, (aa, ab, bb) = _peak(_Cohort(counts))
        alpha, beta = exp(peak.at[0]), exp(peak.at[1])
        covariance = ((aa * alpha * alpha, ab * alpha * beta), (ab * alpha * beta, bb * beta * beta))
        return Fit(cls(alpha, beta), peak.height, counts[0], covariance)

    def retention(self, renewal: int) -> float:
        """The share that stays at a renewal, of those who are there before it; the first is renewal 1.

        >>> f"{ShiftedBetaGeometric(0.668, 3.806).retention(8):.4f}"
        '0.9418'

        Raises:
            ValueError: the renewal is before the first.
        """
        if renewal < 1:
            raise ValueError(f"renewals are counted from 1; not {renewal!r}")
        stays = self.beta + renewal - 1
        return stays / (self.alpha + stays)

    def survival(self, renewals: int) -> float:
        """The share that is left after so many renewals.

        Raises:
            ValueError: the number is negative.
        """
        if renewals < 0:
            raise ValueError(f"a number of renewals is not negative; not {renewals!r}")
        return prod(map(self.retention, range(1, renewals + 1)))

    def after(self, renewals: int) -> ShiftedBetaGeometric:
        """The model of the customers who are left after so many renewals: they are the more faithful ones.

        >>> model = ShiftedBetaGeometric(0.5, 2.0)
        >>> model.after(3).retention(1) == model.retention(4)
        True
        """
        return ShiftedBetaGeometric(self.alpha, self.beta + renewals)

    def discounted_lifetime(self, discount: float) -> float | None:
        """How many payments of today a customer will make: one now, and one after each renewal, discounted.

        Times a margin, the lifetime value. None where it is infinite: without a discount, with an alpha of 1 or less.

        >>> model = ShiftedBetaGeometric(1.5, 2.0)
        >>> f"{model.discounted_lifetime(0.1):.4f}", model.discounted_lifetime(0)
        ('2.6961', 5.0)

        Raises:
            ValueError: the discount is negative, not finite, or above 0 and below a billionth.
        """
        if discount and not _LEAST_DISCOUNT <= discount < float("inf"):
            raise ValueError(f"a discount is 0, or a number such as 0.01; not {discount!r}")
        if discount == 0:
            return (self.alpha + self.beta - 1) / (self.alpha - 1) if self.alpha > 1 else None
        return _hypergeometric(self.beta, self.alpha + self.beta, discount)


def _problems(counts: list[int]) -> list[Problem]:
    found = []
    if len(counts) < 3:
        hint = "give the cohort's size, and how many were left after each of two renewals or more"
        found.append(Problem("clv.too-few-renewals", "active", f"{len(counts)} counts are too few", hint))
    rises = [n for n, (before, now) in enumerate(pairwise(counts), 1) if now > before]
    if rises or min(counts, default=0) < 0:
        hint = "follow one cohort: who has left does not come back, and nobody joins"
        found.append(Problem("clv.cohort", f"active[{(rises or [0])[0]}]", "a cohort rises, or is negative", hint))
    if counts and counts[0] == counts[-1]:
        found.append(Problem("clv.no-losses", "active", "nobody has left", "wait until some have"))
    return found


class _Point(NamedTuple):
    """A place ``(ln alpha, ln beta)``, the log-likelihood there, its slope, and the information ``(aa, ab, bb)``."""

    at: tuple[float, float]
    height: float
    slope: tuple[float, float]
    information: _Matrix

    def step(self, damping: float) -> tuple[float, float] | None:
        """Newton's step, damped; None where it does not lead to a peak."""
        aa, ab, bb = self.information
        inverse = _inverse((aa + damping, ab, bb + damping))
        if inverse is None:
            return None
        a, b = self.slope
        return inverse[0] * a + inverse[1] * b, inverse[1] * a + inverse[2] * b


class _Cohort:
    """The log-likelihood, which is a sum of logarithms over the renewals, and its derivatives."""

    def __init__(self, counts: list[int]) -> None:
        self._rows = [(n, before, left) for n, (before, left) in enumerate(pairwise(counts))]
        self._lost = counts[0] - counts[-1]

    def point(self, at: tuple[float, float]) -> _Point:
        a, b = exp(at[0]), exp(at[1])
        terms = (left * log(b + n) - before * log(a + b + n) for n, before, left in self._rows)
        all_1 = sum(before / (a + b + n) for n, before, _ in self._rows)
        all_2 = sum(before / (a + b + n) ** 2 for n, before, _ in self._rows)
        left_1 = sum(left / (b + n) for n, _, left in self._rows)
        left_2 = sum(left / (b + n) ** 2 for n, _, left in self._rows)
        slope = (self._lost - a * all_1, b * (left_1 - all_1))
        information = (a * all_1 - a * a * all_2, -a * b * all_2, b * b * (left_2 - all_2) - slope[1])
        return _Point(at, self._lost * at[0] + sum(terms), slope, information)


def _peak(cohort: _Cohort) -> tuple[_Point, _Matrix]:
    """The highest point and the covariance there, by Levenberg's way up: Newton's steps, damped the more the worse."""
    here, damping = cohort.point((0.0, 0.0)), 1.0
    for _ in range(_MOST_STEPS):
        newton, covariance = here.step(0.0), _inverse(here.information)
        if newton and covariance and newton[0] * here.slope[0] + newton[1] * here.slope[1] < _NEGLIGIBLE:
            return here, covariance
        step = here.step(damping)
        there = here if step is None else cohort.point((here.at[0] + _short(step[0]), here.at[1] + _short(step[1])))
        rises = step is not None and there.height >= here.height - _ROUNDING * abs(here.height)
        here, damping = (there, damping / 10) if rises else (here, max(damping, 1e-6) * 10)
        if max(map(abs, here.at)) > _FURTHEST:
            break
    raise not_converged("ShiftedBetaGeometric", "the likelihood has no peak: the customers leave as if all were alike")


def _short(step: float) -> float:
    return max(-2.0, min(step, 2.0))


def _inverse(matrix: _Matrix) -> _Matrix | None:
    """The inverse of a symmetric matrix; None where it is not positive definite."""
    aa, ab, bb = matrix
    determinant = aa * bb - ab * ab
    return (bb / determinant, -ab / determinant, aa / determinant) if aa > 0 and determinant > 0 else None


def _hypergeometric(b: float, c: float, discount: float) -> float:
    """``2F1(1, b; c; 1 / (1 + discount))`` by the continued fraction of Gauss, from its end.

    Each term takes off the error a factor that its limit tells, so it is known how many are enough.
    """
    z, root = 1 / (1 + discount), sqrt(discount / (1 + discount))
    terms = 20 + ceil(40 / log1p(2 * root / (1 - root)))
    value = 1.0
    for n in range(terms, 0, -1):
        value = 1 - _coefficient(n, b, c) * z / value
    return 1 / value


def _coefficient(n: int, b: float, c: float) -> float:
    if n == 1:
        return b / c
    k = n // 2
    top = (b + k) * (c + k - 1) if n % 2 else k * (c - b + k - 1)
    return top / ((c + n - 2) * (c + n - 1))
