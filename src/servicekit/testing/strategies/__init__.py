"""Hypothesis strategies for everything that this library takes: draw them in your own property tests.

Named and shaped as Hypothesis' own: plural nouns, keyword-only options, ``min_`` and ``max_`` for bounds.

The door offers what a test of your own policy, calendar or importer would draw; every file offers more.

* ``time``: instants (some near a change of the clocks), intervals, interval sets, spans, durations, windows, periods,
  zones.
* ``weeks``: windows, hours of a day, hours and breaks of a week.
* ``layers``: seasons, half days, recurrences, absolute intervals, validity of sources.
* ``calendars``: sources of holidays, calendar documents.
* ``calendar_algebra``: calendars of every form, made of calendars or not.
* ``streams``: facts, events, cases, tidy streams of one case, and logs of cases as systems write them.
* ``policies``: targets, pauses, ladders, SLA policies without ties, whole service policies, and pairs of them, of which
  the second allows more time for one thing.
* ``whole_minutes``: policies and cases on whole minutes, for a judge that walks.
* ``service_events``: contacts with their legs, invitations, answers on their scales, evaluations, working times.
* ``loyalty``: purchases, logs of customers, tier programmes of every shape, and what customers do under them.
* ``kpi``: rows of the tables that metrics read, and metrics of every kind and name.
* ``availability``: outages, maintenance, shares, promises on uptime, SLOs, credit tables.
* ``desk``: records as importers give them, and periods as a desk tells them.
* ``documents``: words, texts, money, vocabularies, and broken texts that must not hurt.

To add a strategy, add a function to the file of its subject, and name it in ``__all__`` here if users should draw it;
its example draws with ``hypothesis.find``, which shows the simplest value.
"""

from servicekit.testing.strategies.availability import credit_tables, maintenance_windows, outages, slos, uptime_slas
from servicekit.testing.strategies.calendar_algebra import any_calendars
from servicekit.testing.strategies.calendars import calendars, day_sources, open_calendars
from servicekit.testing.strategies.desk.service_periods import case_records, service_periods
from servicekit.testing.strategies.documents import money
from servicekit.testing.strategies.loyalty.customers import customer_histories, purchases
from servicekit.testing.strategies.loyalty.tier_programs import tier_histories, tier_programs
from servicekit.testing.strategies.policies import pauses, policy_pairs, service_policies, sla_policies, targets
from servicekit.testing.strategies.service_events import answers, contacts, evaluations, invitations, work_times
from servicekit.testing.strategies.streams import case_events, cases, event_logs, facts, ticket_streams
from servicekit.testing.strategies.time import (
    business_days,
    calendar_days,
    durations,
    instants,
    interval_sets,
    intervals,
    periods,
    spans,
    zones,
)
from servicekit.testing.strategies.whole_minutes import minute_cases, minute_policies

__all__ = [
    "answers",
    "any_calendars",
    "business_days",
    "calendar_days",
    "calendars",
    "case_events",
    "case_records",
    "cases",
    "contacts",
    "credit_tables",
    "customer_histories",
    "day_sources",
    "durations",
    "evaluations",
    "event_logs",
    "facts",
    "instants",
    "interval_sets",
    "intervals",
    "invitations",
    "maintenance_windows",
    "minute_cases",
    "minute_policies",
    "money",
    "open_calendars",
    "outages",
    "pauses",
    "periods",
    "policy_pairs",
    "purchases",
    "service_periods",
    "service_policies",
    "sla_policies",
    "slos",
    "spans",
    "targets",
    "ticket_streams",
    "tier_histories",
    "tier_programs",
    "uptime_slas",
    "work_times",
    "zones",
]


def __dir__() -> list[str]:
    return list(__all__)
