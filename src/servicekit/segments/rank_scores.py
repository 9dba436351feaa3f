"""Scores 1 to k by rank: where each value stands among all, however ties are to be settled."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias

Ties: TypeAlias = Literal["share", "midrank", "ntile"]
"""How equal values are scored. ``share``: equal scores, by the share of values that are strictly worse. ``midrank``:
equal scores, by the rank in the middle of the equal ones; if all are equal, everybody has the middle score. ``ntile``:
k parts as equal in size as can be, the larger ones first; equal values may fall into two of them, by customer id."""

Number: TypeAlias = int | Decimal


def rank_scores(values: Mapping[str, Number], bins: int, ties: Ties) -> dict[str, int]:
    """The score of each customer, from 1 for the worst to ``bins``; greater values are better.

    >>> spent = {"a": 1, "b": 1, "c": 3, "d": 8, "e": 12}
    >>> [list(rank_scores(spent, 5, ties).values()) for ties in ("share", "midrank", "ntile")]
    [[1, 1, 3, 4, 5], [2, 2, 3, 4, 5], [1, 2, 3, 4, 5]]
    """
    if ties == "ntile":
        return _ntiles(values, bins)
    ordered, twice = sorted(values.values()), 2 * len(values)
    score_of: dict[Number, int] = {}
    for value in set(ordered):
        worse, not_better = bisect_left(ordered, value), bisect_right(ordered, value)
        score_of[value] = 1 + bins * (2 * worse if ties == "share" else worse + not_better) // twice
    return {customer_id: score_of[value] for customer_id, value in values.items()}


def _ntiles(values: Mapping[str, Number], bins: int) -> dict[str, int]:
    size, larger = divmod(len(values), bins)
    ordered = sorted(values, key=lambda customer_id: (values[customer_id], customer_id))
    ends = [size * part + min(part, larger) for part in range(1, bins + 1)]
    return {customer_id: 1 + bisect_right(ends, place) for place, customer_id in enumerate(ordered)}


def edge_score(value: Number, edges: Sequence[Number]) -> int:
    """The band of a value, from 1 below the first edge; k edges make k + 1 bands, and an edge begins the band above.

    >>> [edge_score(value, (4, 5, 6, 8)) for value in (1, 4, 5, 6, 8, 20)]
    [1, 2, 3, 4, 5, 5]
    """
    return 1 + bisect_right(edges, value)
