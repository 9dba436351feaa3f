"""Local time of columns of instants, as expressions: what a zone's clock shows, its day, and parts of dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

import narwhals as nw

from servicekit.frames.metrics.columns.literals import whole
from servicekit.rules import DatePart
from servicekit.rules.date_part import WEEKDAYS
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, HOUR_US
from servicekit.timeline.zone import offset_segments

YEAR_1_US = EPOCH_ORDINAL * DAY_US
"""How long 1970 began after the day whose ordinal is 0."""

Bounds = tuple[int, int]
"""The least and the greatest value of a column."""


def local_us(at_us: nw.Expr, bounds: Bounds | None, tz: ZoneInfo | None) -> nw.Expr:
    """What the clock of a zone shows, in microseconds since the day of ordinal 0; never negative."""
    shown = at_us + whole(YEAR_1_US)
    if tz is None or tz.key == "UTC" or bounds is None:
        return shown
    first, last = (date.fromordinal(each // DAY_US + EPOCH_ORDINAL).year for each in bounds)
    segments = [each for year in range(first, last + 1) for each in offset_segments(year, tz)]
    offset, before = whole(segments[0][2]), segments[0][2]
    for start, _, ahead in segments[1:]:
        if ahead != before:
            offset, before = nw.when(at_us >= start).then(whole(ahead)).otherwise(offset), ahead
    return shown + offset


def day_us(shown: nw.Expr) -> nw.Expr:
    """When the day began that a clock shows."""
    return shown - shown % DAY_US


def has_part(asked: DatePart, shown: nw.Expr, keep: Callable[[nw.Expr], nw.Expr]) -> nw.Expr:
    """Whether a clock shows one of the parts that are asked for; ``keep`` makes a column of a step.

    Some libraries write every operand twice or more, so that steps within steps would not end.
    """
    if asked.op == "hour":
        starts = [each * HOUR_US for each in asked.one_of if isinstance(each, int)]
        return _any(shown % DAY_US, [(each, each + HOUR_US) for each in starts])
    if asked.op == "weekday":  # the day of ordinal 1 was a Monday
        starts = [(WEEKDAYS.index(str(each)) + 1) % 7 * DAY_US for each in asked.one_of]
        return _any(shown % (7 * DAY_US), [(each, each + DAY_US) for each in starts])
    day_of_year = _from_march(keep(keep(day_us(shown)) // DAY_US), keep)
    month = keep((day_of_year * 5 + 2) // 153)  # from 0, which is March
    if asked.op == "month":
        return _any(month, [((each + 9) % 12, (each + 9) % 12 + 1) for each in asked.one_of if isinstance(each, int)])
    day = keep(day_of_year - (month * 153 + 2) // 5 + 1)
    return _any(day, [(each, each + 1) for each in asked.one_of if isinstance(each, int)])


def _from_march(ordinal: nw.Expr, keep: Callable[[nw.Expr], nw.Expr]) -> nw.Expr:
    """The days since the last first of March: years that begin in March have their leap day last."""
    day_of_era = keep((ordinal + 305) % _ERA)
    leap_days = day_of_era // 1_460 - day_of_era // 36_524 + day_of_era // (_ERA - 1)
    year = keep(keep(day_of_era - leap_days) // 365)
    return keep(day_of_era - (year * 365 + year // 4 - year // 100))


_ERA = 146_097
"""The days of 400 years."""


def _any(value: nw.Expr, runs: Iterable[Bounds]) -> nw.Expr:
    inside = [(value >= start) & (value < end) for start, end in runs]
    return reduce(or_, inside) if inside else nw.lit(value=False)


def zone_asked(asked: DatePart) -> ZoneInfo | None:
    """The zone in which a part is asked for."""
    return None if asked.timezone is None else ZoneInfo(asked.timezone)


def midnight_us(day: date) -> int:
    """A day as microseconds of its midnight in UTC."""
    assert not isinstance(day, datetime)
    return (day.toordinal() - EPOCH_ORDINAL) * DAY_US
