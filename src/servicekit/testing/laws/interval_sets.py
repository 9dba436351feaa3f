"""Laws of interval sets: the measure of unions, intersections, differences and complements."""

from __future__ import annotations

from datetime import datetime

from servicekit.testing.laws.law_broken import demand
from servicekit.timeline import Interval, IntervalSet, from_us


def totals_merge(first: IntervalSet, second: IntervalSet) -> None:
    """``|A| + |B| == |A | B| + |A & B|``, and ``|A - B| == |A| - |A & B|``.

    >>> hour = 3_600_000_000
    >>> totals_merge(IntervalSet.from_us([(0, 2 * hour)]), IntervalSet.from_us([(hour, 3 * hour)]))

    Raises:
        LawBroken: they are not equal.
    """
    shared = (first & second).total
    apart, together = first.total + second.total, (first | second).total + shared
    demand(apart == together, "|A| + |B| == |A | B| + |A & B|", A=first, B=second, apart=apart, together=together)
    left, expected = (first - second).total, first.total - shared
    demand(left == expected, "|A - B| == |A| - |A & B|", A=first, B=second, left=left, expected=expected)


def operations_are_those_of_sets(first: IntervalSet, second: IntervalSet, moment: datetime) -> None:
    """An instant is in a union when it is in either set, in an intersection when in both, and so on.

    Raises:
        LawBroken: it is not.
    """
    in_first, in_second = moment in first, moment in second
    seen = {"A": first, "B": second, "t": moment}
    demand((moment in first | second) == (in_first or in_second), "t in A | B == (t in A or t in B)", **seen)
    demand((moment in first & second) == (in_first and in_second), "t in A & B == (t in A and t in B)", **seen)
    demand((moment in first - second) == (in_first and not in_second), "t in A - B == (t in A and not in B)", **seen)


def complement_fills_the_rest(intervals: IntervalSet, within: Interval) -> None:
    """A set and its complement share nothing, fill the span together, and the complement's complement is the set.

    Raises:
        LawBroken: they do not.
    """
    rest, span = intervals.complement(within), IntervalSet([within])
    seen = {"set": intervals, "within": within, "complement": rest}
    demand(not (rest & intervals), "a set and its complement share nothing", **seen)
    demand(rest | (intervals & span) == span, "a set and its complement fill the span", **seen)
    demand(rest.complement(within) == intervals.within(within), "the complement's complement is the set", **seen)


def membership_is_half_open(intervals: IntervalSet) -> None:
    """Every interval contains its start and not its end; its neighbours do not touch it.

    Raises:
        LawBroken: one does not.
    """
    for start, end in intervals.spans_us:
        demand(from_us(start) in intervals, "a start is inside", start=from_us(start))
        demand(from_us(end) not in intervals, "an end is outside", end=from_us(end))
        demand(from_us(end - 1) in intervals, "the last microsecond is inside", end=from_us(end))
