"""Laws that calendars and interval sets keep, as functions to call on your own objects.

Each takes the object and the values to try it with, returns nothing where it holds and raises
:class:`~servicekit.testing.LawBroken` where it does not, with the values that show it. Draw the values from
:mod:`servicekit.testing.strategies`, or name them.

* ``elapsed``: open time is additive, signed and bounded; adding it is the inverse.
* ``openings``: next, previous, snap and is_open agree with the open intervals.
* ``calendars``: :func:`check_open_hours`, all of the above at once; ``open_hours`` says what they ask of an object.
* ``sets``: the measure of unions, intersections, differences and complements of interval sets.
* ``sources``: :func:`check_day_source`, for a source of holidays of your own.

To add a law, add a function to the file of its subject, name it here, and let :func:`check_open_hours` call it.
"""

from servicekit.testing.laws.broken import LawBroken
from servicekit.testing.laws.calendars import check_open_hours
from servicekit.testing.laws.elapsed import (
    add_is_nearest_or_farthest,
    add_undoes_elapsed,
    adds_compose,
    elapsed_is_additive,
    elapsed_is_bounded,
    elapsed_is_signed,
    is_open_agrees_with_elapsed,
    zero_adds_nothing,
)
from servicekit.testing.laws.open_hours import OpenHours
from servicekit.testing.laws.openings import (
    neighbours_agree_with_open_between,
    open_between_agrees_with_elapsed,
    open_between_is_orderly,
    open_between_mirrors,
    snap_lands_on_business,
)
from servicekit.testing.laws.sets import (
    complement_fills_the_rest,
    membership_is_half_open,
    operations_are_those_of_sets,
    totals_merge,
)
from servicekit.testing.laws.sources import check_day_source

__all__ = [
    "LawBroken",
    "OpenHours",
    "add_is_nearest_or_farthest",
    "add_undoes_elapsed",
    "adds_compose",
    "check_day_source",
    "check_open_hours",
    "complement_fills_the_rest",
    "elapsed_is_additive",
    "elapsed_is_bounded",
    "elapsed_is_signed",
    "is_open_agrees_with_elapsed",
    "membership_is_half_open",
    "neighbours_agree_with_open_between",
    "open_between_agrees_with_elapsed",
    "open_between_is_orderly",
    "open_between_mirrors",
    "operations_are_those_of_sets",
    "snap_lands_on_business",
    "totals_merge",
    "zero_adds_nothing",
]
