"""The outages of the services of a policy: read once, then measured by one period after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING

from servicekit.availability import Maintenance, Outage
from servicekit.desk.intake import Intake
from servicekit.desk.report import Counted
from servicekit.desk.service_period.uptime.measured_uptime import Downtime, MeasuredUptime
from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.events import Imported
from servicekit.timeline import Period, to_us

if TYPE_CHECKING:
    from servicekit.availability import UptimeMeter
    from servicekit.errors import ProblemGroup

UNPROMISED, UNREADABLE = "unpromised", "unreadable"
"""Why a record is in no figure: its service is not promised anything, or it could not be read."""


class OutageLog:
    """Records of outages and maintenance by service; those of a service that the policy does not promise are told.

    >>> from datetime import UTC
    >>> from servicekit.policy import ServicePolicy
    >>> policy = ServicePolicy.parse("{name: x, availability: {shop: {target: 99.9%}}}")
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> outages = [Outage(nine, service="shpo"), Outage(nine, service="shop")]
    >>> log = OutageLog(policy.compile().need_availability(), outages)
    >>> [(group.code, group.examples[0].hint) for group in log.problems]
    [('availability.unknown-service', "did you mean 'shop'?")]
    >>> march = Period.parse("2026-03")
    >>> [(each.service, len(each.outages)) for each in log.measured(march, nine.replace(hour=10), [])]
    [('shop', 1)]
    """

    def __init__(self, meters: Mapping[str, UptimeMeter], records: Iterable[Imported[Downtime] | Downtime]) -> None:
        self._meters = meters
        self._records: dict[str, list[Downtime]] = {}
        self._intake = Intake(map(self._promised, records))
        for record in self._intake:
            self._records.setdefault(record.service, []).append(record)

    def _promised(self, record: Imported[Downtime] | Downtime) -> Imported[Downtime]:
        imported: Imported[Downtime] = record if isinstance(record, Imported) else Imported(record)
        value = imported.value
        if value is None or imported.left_out is not None or value.service in self._meters:
            return imported
        hint = did_you_mean(value.service, self._meters) or f"promised: {', '.join(self._meters)}"
        place = "record" if imported.row is None else f"row {imported.row}.service"
        message = f"the policy promises nothing of a service {value.service!r}"
        problem = Problem.warning("availability.unknown-service", place, message, hint)
        return Imported(None, (*imported.problems, problem), UNPROMISED, row=imported.row)

    @property
    def problems(self) -> tuple[ProblemGroup, ...]:
        """The problems of the records."""
        return self._intake.problems

    @property
    def left_out(self) -> tuple[Counted, ...]:
        """How many records are in no figure, by reason."""
        unreadable = self._intake.unreadable
        return (*self._intake.left_out, *((Counted(UNREADABLE, unreadable),) if unreadable else ()))

    @property
    def latest(self) -> datetime | None:
        """The latest instant that is told of as past; maintenance may lie ahead."""
        outages = (each for records in self._records.values() for each in records if isinstance(each, Outage))
        return max((each.end or each.start for each in outages), default=None)

    def measured(self, period: Period, known_until: datetime, points: Sequence[Period]) -> tuple[MeasuredUptime, ...]:
        """Each service in a period, as far as is known, in the order of the policy; the trend has the ``points``."""
        first = min((each.start for records in self._records.values() for each in records), default=None)
        return tuple(
            _Service(name, meter, self._records.get(name, ()), known_until).measured(period, points, first)
            for name, meter in self._meters.items()
        )


class _Service:
    """The records of one service."""

    def __init__(self, name: str, meter: UptimeMeter, records: Sequence[Downtime], known_until: datetime) -> None:
        self._name, self._meter, self._records, self._known_until = name, meter, records, known_until
        self._outages = [each for each in records if isinstance(each, Outage)]
        self._maintenance = [each for each in records if isinstance(each, Maintenance)]

    def measured(self, period: Period, points: Sequence[Period], first: datetime | None) -> MeasuredUptime:
        trend = tuple(map(self._measured, self._told(period, points, first)))
        return replace(self._measured(period), trend=trend)

    def _measured(self, period: Period) -> MeasuredUptime:
        verdict = self._meter.judge(self._outages, self._maintenance, over=period, as_of=self._known_until)
        over = verdict.uptime.over
        outages = [each for each in self._outages if each.until(over.end) & over is not None]
        is_recorded = any(each.start < over.end for each in self._records)
        window, tz = self._meter.sla.window, self._meter.timezone
        return MeasuredUptime(
            self._name,
            period,
            tz.key,
            verdict,
            tuple(sorted(outages, key=_place)),
            is_recorded,
            not window.rolling and window.around(over.start, tz) == period.interval(tz),
        )

    def _told(self, period: Period, points: Sequence[Period], first: datetime | None) -> Iterator[Period]:
        """The points from the first record to what is known, and the period itself where it is not divided."""
        for point in points:
            span = point.interval(self._meter.timezone)
            if first is not None and first < span.end and span.start < self._known_until:
                yield point
        if not points or points[-1].end != period.end:
            yield period


def _place(outage: Outage) -> tuple[int, float, str]:
    return to_us(outage.start), inf if outage.end is None else to_us(outage.end), outage.reason
