"""The uptime of services in a period: outages in, a :class:`ServicePeriod` out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from servicekit.desk.report import DeskReport
from servicekit.desk.service_period.period_review import MOST_BEFORE
from servicekit.desk.service_period.period_trend import points_until
from servicekit.desk.service_period.service_period import ServicePeriod
from servicekit.desk.service_period.uptime.measured_uptime import Downtime
from servicekit.desk.service_period.uptime.outage_log import OutageLog
from servicekit.errors import NaiveDatetimeError, Problem, ProblemLog
from servicekit.events import Imported
from servicekit.timeline import Period, zone
from servicekit.timeline.period import PeriodUnit

if TYPE_CHECKING:
    from servicekit.policy import PolicyEngine


class UptimeReview:
    """A question about the uptime of services in a period, to be asked of the records of their outages.

    Uptime is measured to the end of the period, or to the moment until which outages are known, where that is earlier;
    what happened later is not known to the review. ``trend_by`` is as of a :class:`PeriodReview`.

    >>> from datetime import timedelta
    >>> from servicekit.availability import Outage
    >>> from servicekit.policy import ServicePolicy
    >>> policy = ServicePolicy.parse("{name: Hotline, availability: {shop: {target: 99.9%}}}")
    >>> review = UptimeReview(policy.compile(), Period.parse("2026-04"))
    >>> nine = datetime(2026, 4, 2, 9, tzinfo=UTC)
    >>> outages = [Outage(nine, nine + timedelta(minutes=54), "disk full", "shop")]
    >>> [shop] = review.of(outages, as_of=nine + timedelta(days=60)).uptime
    >>> shop.verdict.uptime.value, shop.verdict.is_kept
    (Fraction(799, 800), False)

    Raises:
        PolicyError: the policy has no section ``availability`` (``policy.no-availability``).
        ValueError: the period is not made of whole ``trend_by``.
    """

    def __init__(self, engine: PolicyEngine, period: Period, *, trend_by: PeriodUnit | None = None) -> None:
        self._meters, self._policy, self.period = engine.need_availability(), engine.policy, period
        self._points = points_until(period, trend_by, MOST_BEFORE)

    def of(
        self,
        outages: Iterable[Imported[Downtime] | Downtime],
        *,
        as_of: datetime | None = None,
        cases: ServicePeriod | None = None,
    ) -> ServicePeriod:
        """The review of some outages and announced maintenance; beside that of the ``cases`` of the same period, if
        there is one.

        ``as_of`` says until when outages are known. If it is not given, that is as far as the cases are known, or the
        latest instant of the outages, whichever is later; with a warning where it lies within the period and nothing
        else said so. Where nothing tells, nothing is measured.

        Raises:
            NaiveDatetimeError: ``as_of`` has no time zone.
        """
        if as_of is not None and as_of.tzinfo is None:
            raise NaiveDatetimeError(as_of)
        log, service = OutageLog(self._meters, outages), self._without_cases() if cases is None else cases
        known = as_of or max(filter(None, (service.known_until, log.latest)), default=None)
        problems, end = ProblemLog(), self.period.interval(zone(self._policy.timezone)).end
        problems.add_groups((*service.report.problems, *log.problems))
        if as_of is None and service.as_of is None and (known is None or known < end):
            problems.add([_assumed(known)])
        if service.as_of is None and known is not None:
            report = replace(service.report, as_of=min(known, end).astimezone(UTC))
            service = replace(service, report=report, is_whole=known >= end, known_until=known)
        return replace(
            service,
            report=replace(service.report, problems=problems.groups()),
            uptime=() if known is None else log.measured(self.period, known, self._points),
            unmeasured=log.left_out,
        )

    def _without_cases(self) -> ServicePeriod:
        policy = self._policy
        none = DeskReport(
            policy.name, policy.version, policy.timezone, "computed", None, records=0, cases=0, unreadable=0, lines=()
        )
        return ServicePeriod(self.period, none)


def _assumed(known: datetime | None) -> Problem:
    """The warning that nobody said until when outages are known."""
    told = "uptime is not measured" if known is None else "uptime is measured until the latest instant of the outages"
    hint = "say until when outages are recorded (as_of in the mapping of their table, or --as-of)"
    return Problem.warning("desk.as-of-from-data", "as_of", f"not given: {told}", hint)
