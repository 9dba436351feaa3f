"""Arithmetic on sorted, disjoint half-open integer spans: the floor under interval sets and calendars.

A span list is a ``list[tuple[int, int]]`` in order, each ``start < end``, no two touching. The functions are linear.
"""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]


def merge(spans: Iterable[Span]) -> list[Span]:
    """Any spans, in any order, as a span list: empty ones dropped, touching and overlapping ones joined.

    >>> merge([(5, 9), (1, 3), (3, 4), (8, 8)])
    [(1, 4), (5, 9)]
    """
    merged: list[Span] = []
    last = None
    for start, end in sorted(spans):
        if start >= end:
            continue
        if last is not None and start <= last:
            if end > last:
                merged[-1] = (merged[-1][0], end)
                last = end
        else:
            merged.append((start, end))
            last = end
    return merged


def intersect(first: list[Span], second: list[Span]) -> list[Span]:
    """What lies in both span lists.

    >>> intersect([(0, 10), (20, 30)], [(5, 25)])
    [(5, 10), (20, 25)]
    """
    shared: list[Span] = []
    i = j = 0
    while i < len(first) and j < len(second):
        start, end = max(first[i][0], second[j][0]), min(first[i][1], second[j][1])
        if start < end:
            shared.append((start, end))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return shared


def subtract(first: list[Span], second: list[Span]) -> list[Span]:
    """What lies in the first span list and not in the second.

    >>> subtract([(0, 10), (20, 30)], [(5, 25)])
    [(0, 5), (25, 30)]
    """
    left: list[Span] = []
    j = 0
    for start, end in first:
        while j < len(second) and second[j][1] <= start:
            j += 1
        k = j
        while k < len(second) and second[k][0] < end:
            if start < second[k][0]:
                left.append((start, second[k][0]))
            start = max(start, second[k][1])
            k += 1
        if start < end:
            left.append((start, end))
    return left


def clip(spans: list[Span], start: int, end: int) -> list[Span]:
    """The part of a span list within ``[start, end)``.

    >>> clip([(0, 10), (20, 30)], 5, 25)
    [(5, 10), (20, 25)]
    """
    return intersect(spans, [(start, end)]) if start < end else []
