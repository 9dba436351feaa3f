"""Slices of time: downtime rounded to whole slices, and events counted by slice."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal, TypeAlias, assert_never

from servicekit.quantity import Ratio
from servicekit.timeline import Interval, IntervalSet, to_us

BadSlice: TypeAlias = Literal["any", "all"]
"""When a slice of time is down: if it was for ``any`` instant of it, or only if for ``all`` of its counted time."""

EmptySlices: TypeAlias = Literal["excluded", "good", "bad"]
"""What a slice without a single event is."""


def in_slices(down: IntervalSet, counted: IntervalSet, *, over: Interval, unit_us: int, bad: BadSlice) -> IntervalSet:
    """Downtime by whole slices of ``unit_us`` from the start of ``over``: in a bad slice, all counted time is down.

    The last slice may be shorter. Time that does not count stays out of every slice.

    >>> from servicekit.timeline import from_us
    >>> hour, down = Interval(from_us(0), from_us(60)), IntervalSet.from_us([(5, 30)])
    >>> for bad in ("any", "all"):
    ...     print(in_slices(down, IntervalSet([hour]), over=hour, unit_us=10, bad=bad).spans_us)
    ((0, 30),)
    ((10, 30),)
    """
    match bad:
        case "any":
            return _widened(down & counted, to_us(over.start), unit_us) & counted
        case "all":
            return counted - _widened(counted - down, to_us(over.start), unit_us)
        case _:
            assert_never(bad)


def _widened(spans: IntervalSet, zero: int, unit_us: int) -> IntervalSet:
    """The whole slices that ``spans`` touches."""
    return IntervalSet.from_us(
        (zero + (start - zero) // unit_us * unit_us, zero - (zero - end) // unit_us * unit_us)
        for start, end in spans.spans_us
    )


def slice_shares(slices: Iterable[Ratio], empty: EmptySlices) -> list[Fraction | None]:
    """The share of good events in each slice; None for a slice that is left out.

    >>> slice_shares([Ratio(9, 10), Ratio(0, 0)], "excluded"), slice_shares([Ratio(0, 0)], "good")
    ([Fraction(9, 10), None], [Fraction(1, 1)])
    """
    instead = {"excluded": None, "good": Fraction(1), "bad": Fraction(0)}[empty]
    return [instead if each.value is None else each.value for each in slices]


def average(shares: Iterable[Fraction | None]) -> Fraction | None:
    """The mean of the shares that are not None; None without any.

    >>> average([Fraction(1), None, Fraction(1, 2)])
    Fraction(3, 4)
    """
    known = [each for each in shares if each is not None]
    return sum(known, Fraction(0)) / len(known) if known else None
