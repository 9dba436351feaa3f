"""A period told the slow way: every figure by a loop of its own over all cases, each judged anew for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import Carried
from servicekit.desk.service_period.breakdown_line import BreakdownLine
from servicekit.desk.service_period.period_trend import TrendPoint
from servicekit.events import Cancelled, Case, Closed, Imported, MergedInto, Opened, Reopened, Resolved
from servicekit.kpi import Backlog
from servicekit.sla import Attainment, Outcome
from servicekit.timeline import Period

EDGES = [timedelta(days=days) for days in (1, 3, 7, 14, 30)]
DIMENSIONS = ("channel", "tier", "issue_type")
GONE = (Resolved, Closed, Cancelled, MergedInto)


def in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


@dataclass
class SlowPeriod:
    """The period ``[start, end)`` of some records, as of ``as_of``."""

    desk: ServiceDesk
    records: Sequence[Imported[Case]]
    period: Period
    given: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.desk.policy.timezone)

    @property
    def start(self) -> datetime:
        return in_utc(self.period.interval(self.zone).start)

    @property
    def end(self) -> datetime:
        return in_utc(self.period.interval(self.zone).end)

    @property
    def known(self) -> datetime | None:
        if self.given is not None:
            return in_utc(self.given)
        moments = [in_utc(event.at) for each in self.records if each.value for event in each.value.events]
        return max(moments, default=None)

    @property
    def as_of(self) -> datetime | None:
        return None if self.known is None else min(self.known, self.end)

    def opened(self, start: datetime, end: datetime) -> Iterator[Case]:
        """The cases that count, opened in a stretch of time."""
        for record in self.records:
            case = record.value
            if case is None or record.unjudged is not None or case.opened is None:
                continue
            if start <= in_utc(case.opened.at) < end:
                yield case

    @property
    def outcomes(self) -> list[Outcome]:
        return [o for case in self.opened(self.start, self.end) for o in self.verdicts(case, self.as_of)]

    def verdicts(self, case: Case, as_of: datetime | None) -> tuple[Outcome, ...]:
        return () if as_of is None else self.desk.judge(case, as_of).outcomes

    @property
    def older(self) -> list[Case]:
        return list(self.opened(datetime.min.replace(tzinfo=UTC), self.start))

    @property
    def metrics(self) -> Sequence[str]:
        assert self.desk.policy.sla is not None
        return list(self.desk.policy.sla.metrics)

    @property
    def breakdown(self) -> set[BreakdownLine]:
        found = set()
        for name in DIMENSIONS:
            for metric in self.metrics:
                for value in {getattr(o, name) or "" for o in self.outcomes if o.metric == metric}:
                    mine = [o for o in self.outcomes if o.metric == metric and (getattr(o, name) or "") == value]
                    found.add(BreakdownLine(metric, name, value, Attainment.of(mine)))  # type: ignore[arg-type]
        return found

    def changes(self) -> Iterator[tuple[Case, Outcome, str | None]]:
        """The promises of older cases whose verdict is another one than at the start, and what it was then."""
        for case in self.older if self.as_of else ():
            then = {(o.metric, o.instance): o.outcome for o in self.verdicts(case, min(self.start, self.as_of))}
            for outcome in self.verdicts(case, self.as_of):
                was = then.get((outcome.metric, outcome.instance))
                if outcome.outcome in ("met", "met_late", "missed") and was != outcome.outcome:
                    yield case, outcome, was

    @property
    def carried(self) -> list[Carried]:
        found = []
        for metric in self.metrics:
            mine = [(o, was) for _, o, was in self.changes() if o.metric == metric]
            settled = [o for o, was in mine if was == "missed" and o.outcome == "met_late"]
            fresh = [o for o, was in mine if not (was == "missed" and o.outcome == "met_late")]
            if mine:
                found.append(Carried(metric, Attainment.of(fresh), len(settled)))
        return found

    @property
    def worst(self) -> list[tuple[timedelta, str, str, int]]:
        """All breaches, the worst first: how late, and of which clock."""
        fresh = [o for _, o, was in self.changes() if was != "missed" or o.outcome == "met"]
        broken = [o for o in (*self.outcomes, *fresh) if o.outcome in ("met_late", "missed")]
        lasted = [((o.stopped_at or self.as_of) - o.due_at, o.case_id, o.metric, o.instance) for o in broken]  # type: ignore[operator]
        return sorted(lasted, key=lambda each: (-each[0], *each[1:]))

    @property
    def backlog(self) -> Backlog:
        flows = Counter[str]()
        opening = 0
        for case in self.older + list(self.opened(self.start, self.end)):
            is_open = False
            for event in self.happened(case):
                at, was_open = in_utc(event.at), is_open
                is_open = self.after(is_open, event)
                if is_open == was_open:
                    continue
                if at < self.start:
                    opening += 1 if is_open else -1
                else:
                    flows[self.flow(event)] += 1
        return Backlog(opening, **flows)

    def happened(self, case: Case) -> list[object]:
        """What is known to have happened before the end, in order."""
        known = [event for event in case.events if in_utc(event.at) <= self.as_of and in_utc(event.at) < self.end]
        return sorted(known, key=lambda event: in_utc(event.at))

    @staticmethod
    def after(is_open: bool, event: object) -> bool:
        return True if isinstance(event, Opened | Reopened) else is_open and not isinstance(event, GONE)

    @staticmethod
    def flow(event: object) -> str:
        if isinstance(event, Opened | Reopened):
            return "created" if isinstance(event, Opened) else "reopened"
        return "resolved" if isinstance(event, Resolved | Closed) else "cancelled"

    @property
    def ages(self) -> list[tuple[timedelta | None, int]]:
        found: dict[timedelta | None, int] = dict.fromkeys([*EDGES, None], 0)
        for case in self.older + list(self.opened(self.start, self.end)):
            is_open = False
            for event in self.happened(case):
                is_open = self.after(is_open, event)
            if is_open:
                first = next(e for e in self.happened(case) if isinstance(e, Opened | Reopened))
                age = self.as_of - in_utc(first.at)
                found[next((edge for edge in EDGES if age <= edge), None)] += 1
        return list(found.items())

    @property
    def by_hour(self) -> list[list[int]]:
        cases = list(self.opened(self.start, self.end))
        judged = [case.opened.at.astimezone(self.zone) for case in cases if self.verdicts(case, self.as_of)]
        places = Counter((local.isoweekday(), local.hour) for local in judged)
        return [[places[day, hour] for hour in range(24)] for day in range(1, 8)]

    def trend_point(self, period: Period, metric: str) -> TrendPoint:
        """The attainment of cases opened in another period, as of its end."""
        span = period.interval(self.zone)
        start, end = in_utc(span.start), in_utc(span.end)
        as_of = None if self.known is None else min(self.known, end)
        outcomes = [o for case in self.opened(start, end) for o in self.verdicts(case, as_of)]
        return TrendPoint(period, metric, Attainment.of(o for o in outcomes if o.metric == metric))
