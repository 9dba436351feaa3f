"""Time without calendars: instants, intervals, durations, zones and periods.

What lives here: instants as exact integer microseconds (:func:`to_us`), stretches of time
(:class:`Interval`, :class:`IntervalSet`), amounts of time as people write them (:func:`parse_duration`),
IANA zones with their gaps and overlaps (:func:`zone`), calendar periods (:class:`Period`), windows as documents
name them (:class:`TimeWindow`), and values that have an effective date (:class:`Dated`).

The integer arithmetic under all of this, ``instant.py`` and ``spans.py``, is used by other rooms of this library and
is not public: engines count in microseconds, users ask with datetimes.

It may import ``errors``, ``document``, ``quantity`` and ``vocabulary``; it knows no opening hours.
To add a period, add a function to ``period.py``; to add a way of writing durations, see ``duration.py``.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.timeline.duration import (
    BusinessDays,
    CalendarDays,
    DayRule,
    Duration,
    End,
    Landing,
    Start,
    format_duration,
    format_span,
    parse_duration,
    parse_span,
)
from servicekit.timeline.field import ClockTimeField, DayRuleField, DurationField, SpanField
from servicekit.timeline.instant import from_us, to_us
from servicekit.timeline.zone import ZoneName, local_at, zone

if TYPE_CHECKING:
    from servicekit.timeline.dated import Dated
    from servicekit.timeline.interval import Interval
    from servicekit.timeline.interval_set import IntervalSet
    from servicekit.timeline.period import Period, half_year, iso_week, month, quarter, rolling, year
    from servicekit.timeline.window import LocalDatetimeField, TimeWindow, TimeWindowField, WindowLengthField

__all__ = [
    "BusinessDays",
    "CalendarDays",
    "ClockTimeField",
    "Dated",
    "DayRule",
    "DayRuleField",
    "Duration",
    "DurationField",
    "End",
    "Interval",
    "IntervalSet",
    "Landing",
    "LocalDatetimeField",
    "Period",
    "SpanField",
    "Start",
    "TimeWindow",
    "TimeWindowField",
    "WindowLengthField",
    "ZoneName",
    "format_duration",
    "format_span",
    "from_us",
    "half_year",
    "iso_week",
    "local_at",
    "month",
    "parse_duration",
    "parse_span",
    "quarter",
    "rolling",
    "to_us",
    "year",
    "zone",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "dated": "Dated",
            "interval": "Interval",
            "interval_set": "IntervalSet",
            "period": "Period half_year iso_week month quarter rolling year",
            "window": "LocalDatetimeField TimeWindow TimeWindowField WindowLengthField",
        },
    )
