"""Laws of segments: what scores, states and lists may depend on, and what must change nothing.

Draw the events from :mod:`servicekit.testing.strategies`, or take real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from servicekit.events import CustomerEvent, day_of
from servicekit.segments import (
    RfmScore,
    RfmScoring,
    RfmValues,
    SegmentsEngine,
    TriggerSources,
    life_cycle_state,
    score_rfm,
)
from servicekit.testing.laws.law_broken import demand
from servicekit.timeline import Period

_METRICS: Mapping[str, Callable[[RfmScore], tuple[object, int]]] = {
    "recency": lambda score: (-score.values.recency_days, score.r),
    "frequency": lambda score: (score.values.frequency, score.f),
    "monetary": lambda score: (score.values.monetary.amount, score.m),
}


def check_rfm(values: Mapping[str, RfmValues], scoring: RfmScoring) -> None:
    """Scores lie in their range, rise with their metric, and do not change with the order of the rows.

    >>> from servicekit.quantity import Money
    >>> spent = Money.parse("80 CNY")
    >>> check_rfm({"ann": RfmValues(3, 2, spent), "bob": RfmValues(9, 1, spent)}, RfmScoring())

    Raises:
        LawBroken: the first that does not hold.
    """
    table = score_rfm(values, scoring)
    demand(table.keys() == values.keys(), "everybody with values has a score", scored=list(table))
    for metric, of in _METRICS.items():
        edges = getattr(scoring.edges, metric)
        highest = scoring.bins if edges is None else len(edges) + 1
        rows = sorted(map(of, table.values()))
        demand(all(1 <= score <= highest for _, score in rows), "scores are in range", metric=metric, rows=rows)
        rising = all(low[1] <= high[1] for low, high in pairwise(rows))
        demand(rising, "a better value has no lower score", metric=metric, rows=rows)
        shares = scoring.ties != "ntile" or edges is not None
        demand(not shares or len(dict(rows)) == len(set(rows)), "equal values have equal scores", rows=rows)
    backwards = score_rfm(dict(reversed([*values.items()])), scoring)
    demand(dict(backwards) == dict(table), "the order of the rows changes nothing", scores=table, backwards=backwards)
    counted = [sum(band.customers for band in table.bands if band.metric == metric) for metric in _METRICS]
    demand(set(counted) <= {len(table)}, "the bands of a metric hold everybody once", bands=table.bands)


def check_segments(engine: SegmentsEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """Where customers stand depends on what happened until the day, and on nothing else.

    >>> from servicekit.events import Enrolled
    >>> from servicekit.segments import SegmentsPolicy
    >>> policy = SegmentsPolicy.parse("{currency: CNY, rfm: {}, life_cycle: {at_risk: 90cd, dormant: 180cd}}")
    >>> check_segments(policy.compile(), [Enrolled("m-1", date(2026, 1, 5))], date(2026, 6, 30))

    Raises:
        LawBroken: the first that does not hold.
    """
    run, known = dict(engine.fold(events, as_of)), [event for event in events if day_of(event.at, engine.tz) <= as_of]
    for law, others in (
        ("later events change nothing", known),
        ("the order of arrival changes nothing", list(reversed(events))),
        ("what is told twice counts once", [*events, *(event for event in events if hasattr(event, "order_id"))]),
    ):
        demand(dict(engine.fold(others, as_of)) == run, law, run=run, others=others)
    stages = engine.policy.life_cycle
    for name, customer in run.items():
        days = customer.summary.active_on
        state = None if stages is None else life_cycle_state(stages, days, as_of)
        demand(customer.state == state, "a state is that of the active days", customer=name, days=days)
        bought, active = set(customer.summary.bought_on), set(days)
        demand(bought <= active, "who bought was active", customer=name, bought=bought, active=active)


def check_triggers(
    engine: SegmentsEngine, events: Sequence[CustomerEvent], period: Period, sources: TriggerSources
) -> None:
    """A plan names nobody twice for one occasion and day, and the plans of two adjoining periods make that of both.

    >>> from servicekit.events import Enrolled
    >>> from servicekit.segments import SegmentsPolicy
    >>> from servicekit.timeline import year
    >>> policy = SegmentsPolicy.parse("{currency: CNY, triggers: {x: {kind: anniversary, channel: email, offer: hi}}}")
    >>> check_triggers(policy.compile(), [Enrolled("m-1", date(2025, 3, 5))], year(date(2026, 1, 1)), TriggerSources())

    Raises:
        LawBroken: the first that does not hold.
    """
    whole = engine.plan(events, period, sources).outreach
    demand(len(set(whole)) == len(whole), "nobody is named twice for one occasion", whole=whole)
    demand(all(each.on in period for each in whole), "a plan stays in its period", whole=whole, period=period)
    for on in {each.on for each in whole} | {each.on + timedelta(days=1) for each in whole}:
        if not period.start < on < period.end:
            continue
        parts = Period(period.start, on, "before"), Period(on, period.end, "after")
        split = [each for part in parts for each in engine.plan(events, part, sources).outreach]
        demand(tuple(split) == whole, "two adjoining periods give what one gives", split=split, whole=whole, on=on)
