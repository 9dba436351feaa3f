"""Attainment over time: the periods before the one that is reported, each as its own report told it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from servicekit.desk.service_period.judging.judged_case import JudgedCase
from servicekit.sla import Attainment, OutcomeName
from servicekit.timeline import Interval, Period
from servicekit.timeline.period import PeriodUnit, periods


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """How many promises of a metric were kept on the cases opened in a period, as of that period's end.

    >>> TrendPoint(Period.parse("2026-03"), "resolution", Attainment(met=9, missed=1)).attainment.total
    10
    """

    period: Period
    metric: str
    attainment: Attainment


def points_until(period: Period, unit: PeriodUnit | None, most: int) -> tuple[Period, ...]:
    """The periods of a trend beside the one given: at most so many before it; or the parts of it that are a shorter
    ``unit``, behind so many before.

    >>> [each.name for each in points_until(Period.parse("2026-Q1"), None, 2)]
    ['2025-Q3', '2025-Q4']
    >>> [each.name for each in points_until(Period.parse("2026-Q1"), "month", 2)]
    ['2025-11', '2025-12', '2026-01', '2026-02', '2026-03']

    Raises:
        ValueError: there is no such unit, or the period is not made of whole ones.
    """
    parts = _parts(period, unit)
    earlier = [parts[0] if parts else period]
    while len(earlier) <= most and earlier[-1].start.year > _FIRST_YEAR:
        earlier.append(earlier[-1].previous)
    return (*reversed(earlier[1:]), *parts)


def _parts(period: Period, unit: PeriodUnit | None) -> tuple[Period, ...]:
    if unit is None or unit == period.unit:
        return ()
    parts = periods(unit, period.start, period.end - timedelta(days=1))
    if (parts[0].start, parts[-1].end) != (period.start, period.end):
        raise ValueError(f"{period.name} does not begin and end with a {unit}, so a trend by {unit} cannot tell of it")
    return parts


_FIRST_YEAR = 2
"""Before it no period has its midnights in every zone."""


class TrendCount:
    """Counts the verdicts of cases by the period in which they were opened, as of the end of that period.

    ``points`` are periods before the one given, and perhaps the parts that make it up, ``spans`` when they are. The end
    of the last is ``end``: cases that were opened later are not counted here.

    >>> from datetime import UTC
    >>> march = Period.parse("2026-03")
    >>> count = TrendCount(march, [march.previous], [march.previous.interval(UTC)])
    >>> [point.period.name for point in count.told(["resolution"], {"resolution": Attainment(met=9)})]
    ['2026-03']
    """

    __slots__ = ("_own", "_points", "_spans", "_times", "end")

    def __init__(self, period: Period, points: Sequence[Period], spans: Sequence[Interval]) -> None:
        self._points, self._spans = points, spans
        self._times: Counter[tuple[int, str, OutcomeName]] = Counter()
        self._own = None if points and points[-1].end == period.end else period
        self.end = spans[-1].end if spans else None

    def add(self, judged: JudgedCase, opened_at: datetime, as_of: datetime) -> None:
        """Count the verdicts of a case that was opened before the end of the last period."""
        place = bisect_right(self._spans, opened_at, key=_start) - 1
        if place >= 0:
            for outcome in judged.at(min(as_of, self._spans[place].end)).outcomes:
                self._times[place, outcome.metric, outcome.outcome] += 1

    def told(self, metrics: Iterable[str], own: Mapping[str, Attainment]) -> tuple[TrendPoint, ...]:
        """The points by metric, in the order given, from the first period that has a case; later ones may have none.

        ``own`` is the attainment of the period itself, the last point of all where it is not divided.
        """
        known = own.keys() | {metric for _, metric, _ in self._times}
        return tuple(point for metric in metrics if metric in known for point in self._of(metric, own.get(metric)))

    def _of(self, metric: str, own: Attainment | None) -> Iterator[TrendPoint]:
        first = min((place for place, *_ in self._times), default=len(self._points))
        for place in range(first, len(self._points)):
            counts = {name: n for (at, of, name), n in self._times.items() if (at, of) == (place, metric)}
            yield TrendPoint(self._points[place], metric, Attainment(**counts))
        if self._own is not None:
            yield TrendPoint(self._own, metric, own or Attainment())


_start = attrgetter("start")
