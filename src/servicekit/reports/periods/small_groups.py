"""Which groups are too small to be told apart, and which others hide them."""

from __future__ import annotations

from collections.abc import Sequence


def too_small(sizes: Sequence[int], least: int) -> frozenset[int]:
    """The places of groups that are blanked beside a total: those smaller than ``least``, and as many others, the
    smallest first, as it takes that what is blanked together is ``least`` and more than one in each group. Empty groups
    hide nobody, unless all others are blanked: then they are, too.

    >>> sorted(too_small([40, 3, 25, 9], 5)), too_small([40, 25], 5), sorted(too_small([3, 0], 5))
    ([1, 3], frozenset(), [0, 1])
    """
    ranked = sorted((size, place) for place, size in enumerate(sizes) if size)
    blanked = [each for each in ranked if each[0] < least]
    for each in ranked[len(blanked) :]:
        if not blanked or _is_hidden([size for size, _ in blanked], least):
            break
        blanked.append(each)
    if blanked and len(blanked) == len(ranked):
        return frozenset(range(len(sizes)))
    return frozenset(place for _, place in blanked)


def _is_hidden(sizes: Sequence[int], least: int) -> bool:
    """Whether the sizes cannot be told from their sum."""
    return len(sizes) > 1 and sum(sizes) >= least and sum(sizes) > len(sizes)
