"""Strategies for availability: outages, announced maintenance, shares, promises on uptime, SLOs, credit tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from servicekit.availability import (
    BurnAlert,
    CreditBand,
    CreditTable,
    Maintenance,
    Objective,
    Outage,
    Slo,
    UptimeSla,
)
from servicekit.availability.slo import Budgeting
from servicekit.testing.strategies.time import time_windows, zone_names
from servicekit.timeline import Interval

MONTH = Interval(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
"""Where outages happen unless told otherwise."""


_BUDGETING: tuple[Budgeting, ...] = ("occurrences", "timeslices", "ratio_timeslices")


@st.composite
def _spans(draw: st.DrawFn, within: Interval, step: timedelta) -> tuple[datetime, datetime]:
    steps = within.length // step
    first = draw(st.integers(-(steps // 20), steps))
    length = draw(st.integers(0, max(steps // 4, 1)))
    return within.start + first * step, within.start + (first + length) * step


def outages(
    *, within: Interval = MONTH, step: timedelta = timedelta(seconds=1), max_size: int = 6, open_ended: bool = False
) -> st.SearchStrategy[list[Outage]]:
    """Outages in any order, overlapping, touching, empty, and reaching over the ends of ``within``.

    With ``open_ended`` some are not over.

    >>> from hypothesis import find
    >>> len(find(outages(), lambda found: len(found) == 2 and found[0].end > found[1].start))
    2
    """
    over = _spans(within, step).map(lambda span: Outage(*span))
    lasting = _spans(within, step).map(lambda span: Outage(span[0]))
    return st.lists(over | lasting if open_ended else over, max_size=max_size)


def maintenance_windows(
    *, within: Interval = MONTH, step: timedelta = timedelta(minutes=1), max_size: int = 4
) -> st.SearchStrategy[list[Maintenance]]:
    """Announced maintenance, as :func:`outages`.

    >>> from hypothesis import find
    >>> len(find(maintenance_windows(max_size=1), lambda found: found))
    1
    """
    return st.lists(_spans(within, step).map(lambda span: Maintenance(*span)), max_size=max_size)


def shares(*, min_value: Fraction = Fraction(0), max_value: Fraction = Fraction(1)) -> st.SearchStrategy[Fraction]:
    """Exact shares of one: those that people promise, percentages with a few digits, and any others.

    >>> from hypothesis import find
    >>> 0 < find(shares(), lambda part: 0 < part < 1) < 1
    True
    """
    promised = ("0", "1", "0.5", "0.9", "0.95", "0.99", "0.995", "0.999", "0.9995", "0.9999")
    likely = [each for each in map(Fraction, promised) if min_value <= each <= max_value]
    any_other = st.fractions(min_value, max_value, max_denominator=10_000)
    return st.sampled_from(likely) | any_other if likely else any_other


@st.composite
def burn_alerts(draw: st.DrawFn) -> BurnAlert:
    """Alerts on a burn rate or on a share of the budget, with and without a short window.

    >>> from hypothesis import find
    >>> find(burn_alerts(), lambda alert: alert.short is not None).long > timedelta(minutes=1)
    True
    """
    long = draw(st.integers(2, 72 * 60))
    short = draw(st.none() | st.integers(1, long - 1))
    rate = draw(st.integers(1, 200))
    given = {"factor": Fraction(rate, 10)} if draw(st.booleans()) else {"budget": Fraction(rate, 200)}
    return BurnAlert(
        long=timedelta(minutes=long),
        short=None if short is None else timedelta(minutes=short),
        severity=draw(st.sampled_from(("", "page", "ticket"))),
        **given,
    )


@st.composite
def credit_tables(draw: st.DrawFn) -> CreditTable:
    """Tables without gaps or overlaps, their rows in any order, the credit rising as the availability falls.

    >>> from hypothesis import find
    >>> find(credit_tables(), lambda table: len(table.bands) > 1).problems()
    ()
    """
    positive = shares(min_value=Fraction(1, 10_000))
    edges = sorted(draw(st.sets(positive, min_size=1, max_size=5)))
    starts = [Fraction(0), *edges[:-1]]
    credits = sorted(draw(st.lists(shares(), min_size=len(starts), max_size=len(starts))), reverse=True)
    named = draw(st.booleans())
    bands = [
        CreditBand(at_least=start, below=end if named else None, credit=credit)
        for start, end, credit in zip(starts, edges, credits, strict=True)
    ]
    return CreditTable(committed=edges[-1], bands=tuple(draw(st.permutations(bands))))


def uptime_slas() -> st.SearchStrategy[UptimeSla]:
    """Promises on uptime by day and night, exact or in units of measurement.

    >>> from hypothesis import find
    >>> find(uptime_slas(), lambda sla: sla.unit is not None).unit > timedelta(0)
    True
    """
    return st.builds(
        UptimeSla,
        target=shares(),
        window=time_windows(),
        timezone=zone_names(),
        maintenance=st.sampled_from(("window", "overlap", "counted")),
        unit=st.none() | st.integers(1, 7200).map(lambda seconds: timedelta(seconds=seconds)),
        bad_slice=st.sampled_from(("any", "all")),
        credits=st.none() | credit_tables(),
    )


@st.composite
def slos(draw: st.DrawFn) -> Slo:
    """SLOs that say nothing which OpenSLO v1 cannot say.

    >>> from hypothesis import find
    >>> find(slos(), lambda slo: slo.budgeting == "timeslices").problems()
    ()
    """
    budgeting = draw(st.sampled_from(_BUDGETING))
    composite = draw(st.booleans())
    window = draw(time_windows())
    objective = st.builds(
        Objective,
        name=st.sampled_from(("", "good", "very good")),
        target=st.integers(0, 99_999).map(lambda target: Fraction(target, 100_000)),
        slice=st.none() if budgeting == "occurrences" else st.integers(1, 90).map(lambda n: timedelta(minutes=n)),
        slice_target=st.integers(1, 100).map(lambda n: Fraction(n, 100)) if budgeting == "timeslices" else st.none(),
        weight=st.integers(1, 40).map(lambda weight: Fraction(weight, 8)),
        indicator=st.just("measured") if composite else st.just(""),
    )
    alert = burn_alerts().filter(lambda alert: alert.factor is not None and alert.short is None)
    return Slo(
        name=draw(st.sampled_from(("search", "main-page"))),
        title=draw(st.sampled_from(("", "Search"))),
        service="web",
        indicator="" if composite else "good-events",
        budgeting=budgeting,
        window=window,
        timezone="UTC" if window.rolling else draw(zone_names()),
        objectives=tuple(draw(st.lists(objective, min_size=1, max_size=3))),
        alerts=tuple(draw(st.lists(alert, max_size=2))),
    )
