"""A period reviewed: records in, one pass, a :class:`ServicePeriod` out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

from servicekit.desk.desk import ServiceDesk
from servicekit.desk.measured_tables import Happening
from servicekit.desk.service_period.customer_periods import CustomerPeriods
from servicekit.desk.service_period.judging.case_queue import CaseQueue
from servicekit.desk.service_period.judging.report_instant import ReportInstant
from servicekit.desk.service_period.measured_period import MeasuredPeriod
from servicekit.desk.service_period.period_count import AskedPeriod, PeriodCount, told_beside
from servicekit.desk.service_period.period_trend import points_until
from servicekit.desk.service_period.service_period import ServicePeriod
from servicekit.errors import NaiveDatetimeError
from servicekit.events import Case, CustomerEvent, Imported
from servicekit.timeline import Period, zone
from servicekit.timeline.period import PeriodUnit

Comparing: TypeAlias = Literal["previous", "year"]
"""What a period is compared with: the one before, or the same a year before."""


class PeriodReview:
    """A question about a period, to be asked of the records of a service: what to compare it with, how to show its
    trend, and how many of the worst breaches to tell.

    The period is cut in the policy's zone. Cases are judged at its end, whenever that is asked: what happened later is
    not known to the review. Where the data end earlier, they are judged then: at ``as_of``, if it was given, or else at
    the latest instant of the data, as by :meth:`ServiceDesk.run`.

    ``compare`` is ``"previous"`` for the period before, ``"year"`` for the same a year before. The trend has the
    period behind at most twelve before it; or, with ``trend_by``, the months (weeks, days) of it behind twelve.

    >>> from datetime import UTC, timedelta
    >>> from servicekit.events import Opened, Resolved
    >>> from servicekit.policy import ServicePolicy
    >>> policy = ServicePolicy.parse('{name: Hotline, timezone: UTC, sla: {targets: [{resolution: 2h}]}}')
    >>> nine = datetime(2026, 3, 5, 9, tzinfo=UTC)
    >>> cases = [
    ...     Case("C-1", (Opened("C-1", nine, {"channel": "chat"}), Resolved("C-1", nine + timedelta(hours=5)))),
    ...     Case("C-2", (Opened("C-2", nine - timedelta(days=30)), Resolved("C-2", nine))),
    ... ]
    >>> march = PeriodReview(ServiceDesk(policy), Period.parse("2026-03"), compare="previous").of(cases)
    >>> march.report.total("resolution").attainment, march.backlog.opening, march.is_whole
    (Attainment(met=0, met_late=1, missed=0, open=0, cancelled=0, no_target=0), 1, False)
    >>> march.before.report.total("resolution").attainment.missed, march.carried[0].settled
    (1, 1)
    >>> print(march.worst[0].clock.explain())
    resolution of case C-1: done, but late
    target 2h, due 2026-03-05 11:00 UTC, elapsed 5h
    from                  what     why  length  elapsed so far
    Thu 2026-03-05 09:00  counted       5h      5h

    Raises:
        ValueError: ``compare`` is neither word, nothing lies before the period, ``worst`` is negative, or the period is
            not made of whole ``trend_by``.
    """

    def __init__(
        self,
        desk: ServiceDesk,
        period: Period,
        *,
        compare: Comparing | None = None,
        trend_by: PeriodUnit | None = None,
        worst: int = 5,
    ) -> None:
        if worst < 0:
            raise ValueError(f"the worst breaches are zero or more, not {worst}")
        self.desk, self.period = desk, period
        self.before = None if compare is None else _compared(period, compare)
        self._zone = zone(desk.policy.timezone)
        self._asked = [AskedPeriod.of(period, points_until(period, trend_by, MOST_BEFORE), worst, self._zone)]
        if self.before is not None:
            self._asked.append(AskedPeriod.of(self.before, (), worst, self._zone))

    def of(
        self,
        records: Iterable[Imported[Case] | Case],
        *,
        as_of: datetime | None = None,
        customers: Iterable[CustomerEvent] | None = None,
        happened: Iterable[Happening] = (),
    ) -> ServicePeriod:
        """The review of some records, in one pass; ``as_of`` and ``customers`` as in :meth:`ServiceDesk.run`.

        ``happened`` is what the metrics of the policy's section ``kpi`` read besides cases: contacts, answers and the
        like. Where they read cases and no ``as_of`` is given, cases are kept until it shows.

        Raises:
            NaiveDatetimeError: ``as_of`` has no time zone.
            PolicyError: there are ``customers``, and the policy has no section ``tiers`` (``policy.no-tiers``).
        """
        measured, counts = MeasuredPeriod(self.desk.compiled, self.period, self._zone), self._counts()
        queue = self._queue(records, as_of, customers, all_wait=measured.reads_cases)
        _count(queue, lambda _: counts, measured if measured.reads_cases else None)
        now = queue.instant.as_of(queue.instant.end)
        measured.take_all(happened, now or queue.instant.end)
        return replace(
            told_beside(counts, queue.instant, waited=queue.waited), measured=measured.told(now or queue.instant.end)
        )

    def by_customer(
        self,
        records: Iterable[Imported[Case] | Case],
        *,
        as_of: datetime | None = None,
        customers: Iterable[CustomerEvent] | None = None,
    ) -> Mapping[str | None, ServicePeriod]:
        """The review of each customer who had a case in the period, in one pass.

        Each counts the cases that name the customer, and equals the review of these alone as of the same instant. Under
        ``None`` stands what names nobody: cases without a customer, and records that brought no case. A review is made
        when it is asked for, so that a thousand reports hold one of them at a time.

        >>> from servicekit.policy import ServicePolicy
        >>> policy = ServicePolicy.parse('{name: Hotline, sla: {targets: [{resolution: 2h}]}}')
        >>> dict(PeriodReview(ServiceDesk(policy), Period.parse("2026-03")).by_customer([]))
        {}

        Raises:
            NaiveDatetimeError: ``as_of`` has no time zone.
            PolicyError: there are ``customers``, and the policy has no section ``tiers`` (``policy.no-tiers``).
        """
        queue, by_customer = self._queue(records, as_of, customers), dict[str | None, Sequence[PeriodCount]]()

        def counts_of(case: Case | None) -> Sequence[PeriodCount]:
            opened = None if case is None else case.opened
            customer_id = None if opened is None else opened.customer_id
            if customer_id not in by_customer:
                by_customer[customer_id] = self._counts()
            return by_customer[customer_id]

        _count(queue, counts_of)
        return CustomerPeriods(by_customer, queue.instant)

    def _counts(self) -> Sequence[PeriodCount]:
        return [PeriodCount(self.desk, asked, self._zone) for asked in self._asked]

    def _queue(
        self,
        records: Iterable[Imported[Case] | Case],
        as_of: datetime | None,
        customers: Iterable[CustomerEvent] | None,
        *,
        all_wait: bool = False,
    ) -> CaseQueue:
        if as_of is not None and as_of.tzinfo is None:
            raise NaiveDatetimeError(as_of)
        instant = ReportInstant(self.period.interval(self._zone).end, as_of)
        last = (instant.now or instant.end) - _JUST_BEFORE
        tiers = None if customers is None else self.desk.tiers(customers, last)
        return CaseQueue(self.desk, records, instant, tiers, all_wait=all_wait)


def _count(
    queue: CaseQueue,
    counts_of: Callable[[Case | None], Sequence[PeriodCount]],
    measured: MeasuredPeriod | None = None,
) -> None:
    """Count each record of the queue in all that it matters to."""
    for groups in queue.problems:
        for each in counts_of(None):
            each.add_groups([groups])
    for record, judged, as_of in queue:
        for each in counts_of(record.value):
            if judged is None:
                each.arrive(record)
            else:
                each.take(record, judged, as_of)
        if measured is not None and judged is not None and record.unjudged is None:
            measured.take(judged, as_of)


def _compared(period: Period, compare: Comparing) -> Period:
    if compare not in get_args(Comparing):
        raise ValueError(f"compare is one of {', '.join(map(repr, get_args(Comparing)))}, not {compare!r}")
    return period.previous if compare == "previous" else period.year_before


MOST_BEFORE = 12
"""How many earlier periods a trend has at most."""

_JUST_BEFORE = timedelta(microseconds=1)
