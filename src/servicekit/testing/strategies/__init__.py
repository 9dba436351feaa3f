"""Hypothesis strategies for everything that this library takes: draw them in your own property tests.

Named and shaped as Hypothesis' own: plural nouns, keyword-only options, ``min_`` and ``max_`` for bounds.

* ``time``: instants (some near a change of the clocks), intervals, interval sets, spans, durations, windows, zones.
* ``weeks``: windows, hours of a day, hours and breaks of a week.
* ``layers``: seasons, half days, recurrences, absolute intervals, validity of sources.
* ``calendars``: sources of holidays, calendar documents.
* ``forms``: calendars of every form, made of calendars or not.
* ``streams``: facts, events, cases, tidy streams of one case, and logs of cases as systems write them.
* ``minutes``: policies and lives on whole minutes, for a judge that walks.
* ``policies``: targets, pauses, ladders, SLA policies without ties, whole service policies.
* ``loosened``: pairs of policies of which the second allows more time for one thing.
* ``availability``: outages, maintenance, shares, promises on uptime, SLOs, credit tables.
* ``documents``: words, texts, money, vocabularies, and broken texts that must not hurt.

To add a strategy, add a function to the file of its subject and name it here; its example draws with
``hypothesis.find``, which shows the simplest value.
"""

from servicekit.testing.strategies.availability import (
    MONTH,
    burn_alerts,
    credit_tables,
    maintenance_windows,
    outages,
    shares,
    slos,
    uptime_slas,
)
from servicekit.testing.strategies.calendars import calendars, day_sources, open_calendars
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
from servicekit.testing.strategies.forms import calendar_forms
from servicekit.testing.strategies.layers import (
    absolutes,
    half_days,
    recurrences,
    rules,
    seasons,
    validities,
)
from servicekit.testing.strategies.loosened import loosened_policies
from servicekit.testing.strategies.minutes import minute_lives, minute_policies
from servicekit.testing.strategies.policies import (
    ladder_steps,
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
    ticket_streams,
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
    time_windows,
    zone_names,
    zones,
)
from servicekit.testing.strategies.weeks import (
    Weekly,
    hours,
    weekly_breaks,
    weekly_hours,
    windows,
)

__all__ = [
    "FACTS",
    "METRICS",
    "MONTH",
    "STATUSES",
    "ZONES",
    "Weekly",
    "absolutes",
    "broken_texts",
    "burn_alerts",
    "business_days",
    "calendar_days",
    "calendar_forms",
    "calendars",
    "case_events",
    "cases",
    "credit_tables",
    "day_rules",
    "day_sources",
    "decimals",
    "durations",
    "event_logs",
    "facts",
    "half_days",
    "hours",
    "instants",
    "instants_near_changes",
    "interval_sets",
    "intervals",
    "keys",
    "ladder_steps",
    "loosened_policies",
    "maintenance_windows",
    "minute_lives",
    "minute_policies",
    "money",
    "open_calendars",
    "outages",
    "pauses",
    "plain_data",
    "ratios",
    "recurrences",
    "rules",
    "seasons",
    "service_policies",
    "shares",
    "sla_policies",
    "slos",
    "spans",
    "target_rows",
    "targets",
    "texts",
    "ticket_streams",
    "time_windows",
    "uptime_slas",
    "validities",
    "vocabularies",
    "weekly_breaks",
    "weekly_hours",
    "windows",
    "words",
    "zone_names",
    "zones",
]
