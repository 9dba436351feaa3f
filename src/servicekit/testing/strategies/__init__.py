"""Hypothesis strategies for everything that this library takes: draw them in your own property tests.

Named and shaped as Hypothesis' own: plural nouns, keyword-only options, ``min_`` and ``max_`` for bounds.

* ``time``: instants (also those near a change of the clocks), intervals, interval sets, spans, durations, zones.
* ``calendars``: windows, weekly hours, sources of holidays, calendar documents.
* ``streams``: facts, events, cases, and logs of cases as systems write them.
* ``policies``: targets, pauses, SLA policies without ties, whole service policies.
* ``documents``: words, texts, money, vocabularies, and broken texts that must not hurt.

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
from servicekit.testing.strategies.documents import (
    broken_texts,
    decimals,
    keys,
    money,
    plain_data,
    ratios,
    texts,
    vocabularies,
    words,
)
from servicekit.testing.strategies.policies import (
    pauses,
    service_policies,
    sla_policies,
    target_rows,
    targets,
)
from servicekit.testing.strategies.streams import (
    FACTS,
    METRICS,
    STATUSES,
    case_events,
    cases,
    event_logs,
    facts,
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
    "FACTS",
    "METRICS",
    "STATUSES",
    "ZONES",
    "Weekly",
    "broken_texts",
    "business_days",
    "calendar_days",
    "calendars",
    "case_events",
    "cases",
    "day_rules",
    "day_sources",
    "decimals",
    "durations",
    "event_logs",
    "facts",
    "hours",
    "instants",
    "instants_near_changes",
    "interval_sets",
    "intervals",
    "keys",
    "money",
    "open_calendars",
    "pauses",
    "plain_data",
    "ratios",
    "service_policies",
    "sla_policies",
    "spans",
    "target_rows",
    "targets",
    "texts",
    "vocabularies",
    "weekly_breaks",
    "weekly_hours",
    "windows",
    "words",
    "zone_names",
    "zones",
]
