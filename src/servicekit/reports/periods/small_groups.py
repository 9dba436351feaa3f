"""Which groups are too small to be told apart, and which others hide them."""

from __future__ import annotations

from collections.abc import Sequence


def too_small(sizes: Sequence[int], least: int) -> frozenset[int]:
    """The places of groups that are blanked beside a total: those smaller than ``least``, and as many others, the
    smallest first, as it takes that what is blanked is two groups and ``least`` together. Empty groups hide nobody.

    >>> sorted(too_small([40, 3, 25, 9], 5)), too_small([40, 25], 5)
    ([1, 3], frozenset())
    """
    ranked = sorted((size, place) for place, size in enumerate(sizes) if size)
    blanked = [each for each in ranked if each[0] < least]
    for each in ranked[len(blanked) :]:
        if not blanked or (len(blanked) > 1 and sum(size for size, _ in blanked) >= least):
            break
        blanked.append(each)
    return frozenset(place for _, place in blanked)
