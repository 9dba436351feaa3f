"""The backlog: how many cases were open when a period began and when it ended, what came and what went meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from servicekit.events import Cancelled, Case, Closed, MergedInto, Opened, Reopened, Resolved
from servicekit.timeline import Interval


@dataclass(frozen=True, slots=True)
class Backlog:
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
        changes = [change for case in cases for change in _changes(case)]
        return tuple(_backlog(changes, period) for period in periods)

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


def _backlog(changes: Iterable[tuple[datetime, str]], period: Interval) -> Backlog:
    before, within = Counter[str](), Counter[str]()
    for at, name in changes:
        if at < period.end:
            (before if at < period.start else within)[name] += 1
    return Backlog(Backlog(0, **before).closing, **within)


def _changes(case: Case) -> Iterator[tuple[datetime, str]]:
    """What changes the number of open cases, and when."""
    is_open = False
    for event in case.events:
        name = _NAMES.get(type(event))
        if name is not None and is_open != (name in _COMES):
            is_open = name in _COMES
            yield event.at, name


_COMES = ("created", "reopened")
_NAMES = {
    Opened: "created",
    Reopened: "reopened",
    Resolved: "resolved",
    Closed: "resolved",
    Cancelled: "cancelled",
    MergedInto: "cancelled",
}


def ages(
    cases: Iterable[Case], as_of: datetime, edges: Sequence[timedelta]
) -> tuple[tuple[timedelta | None, int], ...]:
    """How old the open cases are: how many up to each age, an exact one included, and how many are older.

    An age counts from the opening; the last number, of those older than every edge, stands under ``None``.

    >>> from datetime import UTC
    >>> nine, day = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=1)
    >>> ages([Case("C-1", (Opened("C-1", nine),))], nine + 3 * day, [day, 7 * day])
    ((datetime.timedelta(days=1), 0), (datetime.timedelta(days=7), 1), (None, 0))
    """
    limits: list[timedelta | None] = [*sorted(edges), None]
    counts = dict.fromkeys(limits, 0)
    for case in cases:
        changes = [(at, name) for at, name in _changes(case) if at <= as_of]
        if changes and changes[-1][1] in _COMES:
            age = as_of - changes[0][0]
            counts[next(each for each in limits if each is None or age <= each)] += 1
    return tuple(counts.items())
