"""Tests of significance, the size of a sample that can have one, and whether a split is as it was planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, sqrt

from servicekit.statistics.distributions.beta import binomial_below
from servicekit.statistics.distributions.gamma import chi_square_tail
from servicekit.statistics.distributions.normal import normal_tail, z_of
from servicekit.statistics.estimate import count, part
from servicekit.statistics.proportion import Counted


@dataclass(frozen=True, slots=True)
class Significance:
    """What a test says: its statistic, and how often chance alone would give one as far out, on either side.

    >>> Significance(1.96, 0.05).p_value
    0.05
    """

    statistic: float
    p_value: float


def two_proportions(first: Counted, second: Counted) -> Significance | None:
    """Whether two shares differ, by the z of the pooled share; None where one has no cases, or all cases are alike.

    >>> weeks = two_proportions((8279, 45489), (8502, 44700))
    >>> round(weeks.statistic, 3), round(weeks.p_value, 6)
    (-3.164, 0.001554)

    Raises:
        TypeError: a count is not whole.
        ValueError: a count is negative, or there are more successes than cases.
    """
    (hits, n), (others, m) = part(*first), part(*second)
    pooled = (hits + others) / (n + m) if n and m else 0.0
    if not 0 < pooled < 1:
        return None
    z = (hits / n - others / m) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return Significance(z, 2 * normal_tail(abs(z)))


def mcnemar(only_first: int, only_second: int, *, exact: bool = True) -> Significance | None:
    """Whether two judgements of the same cases differ, by the cases on which they do; None where there are none.

    Exact, the statistic is the smaller count and the test is binomial; else it is chi-square without a correction.
    Q. McNemar, Psychometrika 12 (1947), 153-157.

    >>> round(mcnemar(12, 2).p_value, 6), round(mcnemar(12, 2, exact=False).statistic, 6)
    (0.012939, 7.142857)

    Raises:
        TypeError: a count is not whole.
        ValueError: a count is negative.
    """
    one, other = count(only_first, "cases"), count(only_second, "cases")
    if not one + other:
        return None
    if exact:
        fewer = min(one, other)
        return Significance(float(fewer), min(1.0, 2 * binomial_below(fewer, one + other, 0.5)))
    statistic = (one - other) ** 2 / (one + other)
    return Significance(statistic, chi_square_tail(statistic, 1))


def sample_ratio(seen: Sequence[int], planned: Sequence[float]) -> Significance | None:
    """Whether cases were split as planned, by chi-square; None of no cases.

    A small p-value says that something loses or adds cases on one side, so that no comparison of the sides is a proof.
    ``planned`` are shares or weights, such as ``(80, 20)``.

    >>> split = sample_ratio((4072, 2035), (80, 20))
    >>> round(split.statistic, 2), f"{split.p_value:.1e}"
    (677.44, '2.4e-149')

    Raises:
        TypeError: a count is not whole.
        ValueError: there are fewer than two sides, not as many plans as counts, or a share is not above 0.
    """
    counts = [count(each, "cases") for each in seen]
    if len(counts) != len(planned) or len(counts) < 2:
        raise ValueError(f"a split has two sides or more and a share of each, not {len(counts)} and {len(planned)}")
    if not all(0 < share < inf for share in planned):
        raise ValueError(f"every planned share is above 0, unlike one of {tuple(planned)!r}")
    total, whole = sum(counts), sum(planned)
    if not total:
        return None
    expected = [total * share / whole for share in planned]
    statistic = sum((each - mean) ** 2 / mean for each, mean in zip(counts, expected, strict=True))
    return Significance(statistic, chi_square_tail(statistic, len(counts) - 1))


def statistical_power(first: float, second: float, sizes: tuple[int, int], *, significance: float = 0.05) -> float:
    """How probably samples of these sizes show that two shares differ, by the z of the pooled share, on either side.

    >>> round(statistical_power(0.10, 0.12, (3841, 3841)), 6)
    0.800017

    Raises:
        TypeError: a size is not whole.
        ValueError: a share, or the significance, is not between 0 and 1, or a sample is empty.
    """
    n, m = (count(size, "cases") for size in sizes)
    if not all(0 < share < 1 for share in (first, second, significance)) or not (n and m):
        raise ValueError(
            f"shares and a significance lie between 0 and 1 and samples are not empty, unlike {first!r}, {second!r}, "
            f"{significance!r} and {sizes!r}"
        )
    pooled = (n * first + m * second) / (n + m)
    same = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    apart = sqrt(first * (1 - first) / n + second * (1 - second) / m)
    limit, gap = z_of(significance) * same, abs(first - second)
    return normal_tail((limit - gap) / apart) + normal_tail((limit + gap) / apart)


def sample_size(
    first: float, second: float, *, power: float = 0.8, significance: float = 0.05, ratio: float = 1.0
) -> int:
    """How many cases the first sample needs, the second ``ratio`` times as many, to show that two shares differ.

    >>> sample_size(0.10, 0.12), sample_size(0.80, 0.85, power=0.9)
    (3841, 1212)

    Raises:
        ValueError: the shares are equal, or a share, the power or the significance is not between 0 and 1.
    """
    if first == second or not significance < power < 1 or not 0 < ratio < inf:
        raise ValueError(
            f"shares that differ, a power above the significance and below 1 and a ratio above 0 have a size, unlike "
            f"{first!r} and {second!r}, {power!r}, {ratio!r}"
        )
    few, many = 0, 1
    while statistical_power(first, second, (many, ceil(many * ratio)), significance=significance) < power:
        few, many = many, 2 * many
    while many - few > 1:
        n = (few + many) // 2
        if statistical_power(first, second, (n, ceil(n * ratio)), significance=significance) < power:
            few = n
        else:
            many = n
    return many
