"""Scores of whole columns, by rank or by edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from servicekit.frames.array_chunks import Ints
from servicekit.frames.customers.tier_kernels.purchase_part import is_first

if TYPE_CHECKING:
    from servicekit.segments.rank_scores import Ties


def ranked(values: Ints, bins: int, ties: Ties) -> Ints:
    """Scores from 1 to ``bins``, more being better; ``ntile`` takes customers of one value in the order they stand in.

    >>> [ranked(np.array([1, 1, 3, 8, 12]), 5, ties).tolist() for ties in ("share", "midrank", "ntile")]
    [[1, 1, 3, 4, 5], [2, 2, 3, 4, 5], [1, 2, 3, 4, 5]]
    """
    return _RANKS[ties](values, bins)


def banded(values: Ints, edges: Sequence[int]) -> Ints:
    """Scores from 1 to one more than there are edges; a value on an edge belongs to the band above it.

    >>> banded(np.array([29, 30, 90]), [30, 90]).tolist()
    [1, 2, 3]
    """
    return np.searchsorted(np.array(edges, np.int64), values, "right") + 1


def _share(values: Ints, bins: int) -> Ints:
    worse, _ = _places(values)
    return 1 + bins * worse // max(len(values), 1)


def _midrank(values: Ints, bins: int) -> Ints:
    worse, not_better = _places(values)
    return 1 + bins * (worse + not_better) // max(2 * len(values), 1)


def _places(values: Ints) -> tuple[Ints, Ints]:
    """How many values are less than each, and how many are not greater."""
    order = np.argsort(values, kind="stable")
    begins = np.flatnonzero(is_first(values[order]))
    ends = np.append(begins, len(values))[1:]
    worse, not_better = np.empty((2, len(values)), np.int64)
    worse[order], not_better[order] = np.repeat((begins, ends), ends - begins, axis=1)
    return worse, not_better


def _ntile(values: Ints, bins: int) -> Ints:
    size, larger = divmod(len(values), bins)
    sizes = np.where(np.arange(bins) < larger, size + 1, size)
    scores = np.empty(len(values), np.int64)
    scores[np.argsort(values, kind="stable")] = np.repeat(np.arange(1, bins + 1), sizes)
    return scores


_RANKS: Mapping[Ties, Callable[[Ints, int], Ints]] = {"share": _share, "midrank": _midrank, "ntile": _ntile}
