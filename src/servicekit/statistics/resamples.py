"""The bootstrap: how a statistic scatters when the data are drawn anew, row by row or cluster by cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from random import Random
from typing import TypeVar

from servicekit.statistics.distributions.normal import alpha_of
from servicekit.statistics.estimate import Estimate, bounded
from servicekit.statistics.quantiles import quantile

Row = TypeVar("Row")


def bootstrap(
    rows: Sequence[Row],
    statistic: Callable[[Sequence[Row]], float | None],
    *,
    seed: int,
    confidence: float = 0.95,
    resamples: int = 2000,
) -> Estimate | None:
    """A statistic of some rows with its percentile interval; None where it has no value of them.

    As many rows as there are, are drawn with replacement, ``resamples`` times. The same seed draws the same rows. Draws
    of which the statistic has no value are left out. A single row sets no limits: it can only be drawn again.

    >>> handled = [(100, 1), (700, 2), (300, 1), (900, 3), (250, 1)]
    >>> aht = bootstrap(handled, lambda rows: sum(s for s, _ in rows) / sum(n for _, n in rows), seed=7)
    >>> aht.value, aht.low < 281.25 < aht.high
    (281.25, True)

    Raises:
        ValueError: there are no resamples, or the confidence is not one.
    """
    tail = alpha_of(confidence) / 2
    if resamples < 1:
        raise ValueError(f"a bootstrap draws once or more, not {resamples!r} times")
    value = statistic(rows) if rows else None
    if value is None or len(rows) == 1:
        return None if value is None else Estimate(value, None, None, confidence)
    dice = Random(seed)
    drawn = (statistic(dice.choices(rows, k=len(rows))) for _ in range(resamples))
    found = sorted(each for each in drawn if each is not None)
    low, high = quantile(found, tail), quantile(found, 1 - tail)
    return (
        Estimate(value, None, None, confidence)
        if low is None or high is None
        else bounded(value, (low, high), confidence)
    )


def bootstrap_clusters(
    clusters: Sequence[Sequence[Row]],
    statistic: Callable[[Sequence[Row]], float | None],
    *,
    seed: int,
    confidence: float = 0.95,
    resamples: int = 2000,
) -> Estimate | None:
    """As :func:`bootstrap`, where rows belong together: whole clusters are drawn, such as all contacts of a customer.

    The statistic sees the rows of the clusters that were drawn. Rows that resemble each other make the interval wider
    than the number of rows suggests.

    >>> solved = [[1, 1, 1, 1], [0, 0, 0], [1], [1, 1], [0]]
    >>> share = bootstrap_clusters(solved, lambda rows: sum(rows) / len(rows), seed=7)
    >>> alone = bootstrap([row for rows in solved for row in rows], lambda rows: sum(rows) / len(rows), seed=7)
    >>> share.value == alone.value, share.width > alone.width
    (True, True)

    Raises:
        ValueError: there are no resamples, or the confidence is not one.
    """

    def of_clusters(drawn: Sequence[Sequence[Row]]) -> float | None:
        rows = list(chain.from_iterable(drawn))
        return statistic(rows) if rows else None

    return bootstrap(clusters, of_clusters, seed=seed, confidence=confidence, resamples=resamples)
