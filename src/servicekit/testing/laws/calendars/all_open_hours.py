"""All laws of open hours at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise, permutations

from servicekit.testing.laws.calendars import elapsed, openings
from servicekit.testing.laws.calendars.open_hours import TICK, OpenHours


def check_open_hours(
    hours: OpenHours,
    *moments: datetime,
    amounts: tuple[timedelta, ...] = (timedelta(hours=7),),
    step: timedelta = TICK,
) -> None:
    """Every law of this package that holds for open hours, at the given moments and for the given amounts.

    ``hours`` must have open time within a few days of each moment. ``step`` is the smallest step that it knows.

    >>> from datetime import UTC
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="Europe/Paris", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> check_open_hours(desk, datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 31, 9, 30, tzinfo=UTC))

    Raises:
        LawBroken: the first that does not hold.
    """
    for moment in moments:
        elapsed.is_open_agrees_with_elapsed(hours, moment, step=step)
        elapsed.zero_adds_nothing(hours, moment)
        openings.neighbours_agree_with_open_between(hours, moment)
        openings.snap_lands_on_business(hours, moment, step=step)
        for amount in amounts:
            _check_amount(hours, moment, amount, step)
    for start, end in pairwise(moments):
        elapsed.elapsed_is_signed(hours, start, end)
        elapsed.elapsed_is_bounded(hours, start, end)
        openings.open_between_is_orderly(hours, start, end)
        openings.open_between_agrees_with_elapsed(hours, start, end)
        openings.open_between_mirrors(hours, start, end)
    for first, middle, last in permutations(moments[:3], 3):
        elapsed.elapsed_is_additive(hours, first, middle, last)


def _check_amount(hours: OpenHours, moment: datetime, amount: timedelta, step: timedelta) -> None:
    for signed in (amount, -amount):
        elapsed.add_undoes_elapsed(hours, moment, signed)
        elapsed.add_is_nearest_or_farthest(hours, moment, signed, step=step)
        if signed:
            elapsed.adds_compose(hours, moment, signed, signed)
