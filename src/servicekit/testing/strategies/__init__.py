"""Hypothesis strategies for everything that this library takes: draw them in your own property tests.

Named and shaped as Hypothesis' own: plural nouns, keyword-only options, ``min_`` and ``max_`` for bounds.

* ``time``: instants (also those near a change of the clocks), intervals, interval sets, spans, durations, zones.
* ``calendars``: windows, weekly hours, sources of holidays, calendar documents.

To add a strategy, add a function to the file of its subject and name it here; its example draws with
``hypothesis.find``, which shows the simplest value.
"""

from servicekit.testing.strategies.calendars import (
    Weekly,
    calendars,
    day_sources,
    hours,
    open_calendars,
    weekly_breaks,
    weekly_hours,
    windows,
)
from servicekit.testing.strategies.time import (
    ZONES,
    business_days,
    calendar_days,
    day_rules,
    durations,
    instants,
    instants_near_changes,
    interval_sets,
    intervals,
    spans,
    zone_names,
    zones,
)

__all__ = [
    "ZONES",
    "Weekly",
    "business_days",
    "calendar_days",
    "calendars",
    "day_rules",
    "day_sources",
    "durations",
    "hours",
    "instants",
    "instants_near_changes",
    "interval_sets",
    "intervals",
    "open_calendars",
    "spans",
    "weekly_breaks",
    "weekly_hours",
    "windows",
    "zone_names",
    "zones",
]
