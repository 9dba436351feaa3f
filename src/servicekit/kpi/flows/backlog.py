"""The backlog: how many cases were open when a period began and when it ended, what came and what went meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from operator import itemgetter
from typing import TypeAlias

from servicekit.events import Cancelled, Case, Closed, MergedInto, Opened, Reopened, Resolved
from servicekit.layout import Result, Table
from servicekit.quantity import percent_text
from servicekit.timeline import Interval
from servicekit.timeline.instant import EPOCH


@dataclass(frozen=True, slots=True)
class Backlog(Result):
    """Open cases at both ends of a period, and the flows between; what closes is what opens the next one.

    >>> january = Backlog(opening=120, created=80, resolved=90, reopened=5, cancelled=3)
    >>> january.closing, january.net_flow, january.clearance_rate
    (112, -8, Fraction(9, 8))
    """

    opening: int = 0
    created: int = 0
    resolved: int = 0
    reopened: int = 0
    cancelled: int = 0

    @classmethod
    def of(cls, cases: Iterable[Case], periods: Sequence[Interval]) -> tuple[Backlog, ...]:
        """The backlog of each period, from the lives of cases; an instant belongs to the period that begins with it.

        A case that is closed after it was resolved is resolved once; one that is reopened comes back.

        >>> from datetime import UTC
        >>> nine, day = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=1)
        >>> case = Case("C-1", (Opened("C-1", nine), Resolved("C-1", nine + 2 * day)))
        >>> days = Interval(nine, nine + day), Interval(nine + day, nine + 5 * day)
        >>> [each.closing for each in Backlog.of([case], days)]
        [1, 0]
        """
        counts = [BacklogCount(period) for period in periods]
        for case in cases:
            for count in counts:
                count.add(case)
        return tuple(count.backlog for count in counts)

    @staticmethod
    def ages(
        cases: Iterable[Case], as_of: datetime, edges: Sequence[timedelta]
    ) -> tuple[tuple[timedelta | None, int], ...]:
        """How old the open cases are: how many up to each age, an exact one included, and how many are older.

        An age counts from the opening; the last number, of those older than every edge, stands under ``None``.

        >>> from datetime import UTC
        >>> nine, day = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=1)
        >>> Backlog.ages([Case("C-1", (Opened("C-1", nine),))], nine + 3 * day, [day, 7 * day])
        ((datetime.timedelta(days=1), 0), (datetime.timedelta(days=7), 1), (None, 0))
        """
        limits: list[timedelta | None] = [*sorted(edges), None]
        counts = dict.fromkeys(limits, 0)
        until = as_of - EPOCH
        for case in cases:
            changes = _changes(_told(case), until)
            if changes and changes[-1][1] in _COMES:
                counts[_edge(until - changes[0][0], limits)] += 1
        return tuple(counts.items())

    @property
    def closing(self) -> int:
        """How many are open at the end."""
        return self.opening + self.net_flow

    @property
    def net_flow(self) -> int:
        """By how many the backlog grows."""
        return self.created + self.reopened - self.resolved - self.cancelled

    @property
    def clearance_rate(self) -> Fraction | None:
        """How many are resolved for each one that is created; ``None`` where none is."""
        return Fraction(self.resolved, self.created) if self.created else None

    def rows(self) -> Sequence[Mapping[str, object]]:
        """One row: the open cases at both ends, and the flows between."""
        return [{**asdict(self), "closing": self.closing, "clearance_rate": self.clearance_rate}]

    def table(self) -> Table:
        """The open cases at both ends, and the flows between."""
        [row] = self.rows()
        cells = (*(f"{each:,}" for each in list(row.values())[:-1]), percent_text(self.clearance_rate))
        return Table([name.replace("_", " ") for name in row], [cells], labels=0)


class BacklogCount:
    """The backlog of one period, counted case by case, and how old what is open at its end is.

    Nothing is kept of a case but counts. What happened after ``as_of`` is not known yet.

    >>> from datetime import UTC
    >>> nine, day = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=1)
    >>> count = BacklogCount(Interval(nine, nine + 4 * day), [day, 7 * day])
    >>> count.add(Case("C-1", (Opened("C-1", nine + day),)), as_of=nine + 9 * day)
    >>> count.backlog.closing, count.ages
    (1, ((datetime.timedelta(days=1), 0), (datetime.timedelta(days=7), 1), (None, 0)))
    """

    __slots__ = ("_ages", "_before", "_done", "_end", "_last", "_over", "_since", "_start", "_within")

    def __init__(self, period: Interval, edges: Sequence[timedelta] = ()) -> None:
        self._since, self._over = period.start.astimezone(UTC), period.end.astimezone(UTC)
        self._start, self._end = period.start - EPOCH, period.end - EPOCH
        self._last = self._end - timedelta.resolution
        self._before: Counter[str] = Counter()
        self._within: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._ages: dict[timedelta | None, int] = dict.fromkeys([*sorted(edges), None], 0)

    def add(self, case: Case, as_of: datetime | None = None) -> None:
        """Count what a case changes, as it is known ``as_of``; by default at the end of the period."""
        if as_of is None and self._is_done(case):
            return
        end = self._end if as_of is None else min(as_of - EPOCH, self._end)
        changes = _changes(_told(case), end if end < self._end else self._last)
        for at, name in changes:
            (self._before if at < self._start else self._within)[name] += 1
        if changes and changes[-1][1] in _COMES:
            self._ages[_edge(end - changes[0][0], self._ages)] += 1

    def _is_done(self, case: Case) -> bool:
        """Count a case that came first and went last, in the period and by instants in UTC, as most do; whether it is
        one of these."""
        events = case.events
        if len(events) < 2 or type(events[0]) is not Opened or (name := _GOES.get(type(events[-1]))) is None:
            return False
        came, went = events[0].at, events[-1].at
        is_plain = came.tzinfo is went.tzinfo is UTC and self._since <= came <= went < self._over
        if not is_plain or not _CHANGING.isdisjoint(map(type, events[1:-1])):
            return False
        self._done[name] += 1
        return True

    @property
    def backlog(self) -> Backlog:
        """What came and went in the period, and what was there before."""
        within = Counter(created=self._done.total()) + self._done + self._within
        return Backlog(Backlog(0, **self._before).closing, **within)

    @property
    def ages(self) -> tuple[tuple[timedelta | None, int], ...]:
        """How old the open cases are at the end, as :meth:`Backlog.ages` says; they add up to what it closes with."""
        return tuple(self._ages.items())


def _edge(age: timedelta, edges: Iterable[timedelta | None]) -> timedelta | None:
    return next(each for each in edges if each is None or age <= each)


def is_open(case: Case) -> bool:
    """Whether a case is open after all of its events.

    >>> is_open(Case("C-1", ()))
    False
    """
    changes = _changes(_told(case), timedelta.max)
    return bool(changes) and changes[-1][1] in _COMES


def _told(case: Case) -> list[_Change]:
    """What may have changed the number of open cases, and when, since 1970; in the order of the events."""
    return [(event.at - EPOCH, name) for event in case.events if (name := _NAMES.get(type(event))) is not None]


def _changes(told: list[_Change], last: timedelta) -> list[_Change]:
    """What did change it, up to an instant and with it: what comes while it is not open, what goes while it is."""
    changes: list[_Change] = []
    is_open = False
    for at, name in sorted(told, key=_first):
        if is_open is not (name in _COMES) and at <= last:
            is_open = not is_open
            changes.append((at, name))
    return changes


_Change: TypeAlias = tuple[timedelta, str]
_first = itemgetter(0)
_COMES = ("created", "reopened")
_NAMES = {
    Opened: "created",
    Reopened: "reopened",
    Resolved: "resolved",
    Closed: "resolved",
    Cancelled: "cancelled",
    MergedInto: "cancelled",
}
_CHANGING = frozenset(_NAMES)
_GOES = {kind: name for kind, name in _NAMES.items() if name not in _COMES}
