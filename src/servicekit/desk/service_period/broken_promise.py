"""The worst breaches of a period: the promises that were broken for longest."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TypeAlias

from servicekit.events import Case
from servicekit.sla import ClockView, Outcome
from servicekit.timeline import to_us


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A promise that was kept late or is overdue, with its case as it stood at the end of the report.

    ``late`` is real time, nights and pauses included, from the due moment until the promise was kept, or until the
    report; ``clock`` tells the same on its own hours (``overdue``) and why (``explain()``).

    >>> from datetime import UTC
    >>> from servicekit.events import Opened
    >>> from servicekit.sla import SlaPolicy, fold
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> case = Case("C-1", (Opened("C-1", nine),))
    >>> clock = fold(SlaPolicy(targets=[{"resolution": "8h"}]).compile({}), case, nine + timedelta(hours=9)).clocks[0]
    >>> broken = BrokenPromise(case, clock.row, timedelta(hours=1), clock)
    >>> broken.clock.due_at == broken.outcome.due_at, str(broken.clock.overdue)
    (True, '1:00:00')
    """

    case: Case
    outcome: Outcome
    late: timedelta
    clock: ClockView = field(compare=False, repr=False)


class WorstBreaches:
    """The breaches that lasted longest, so many and no more; of equals those of the first cases by name.

    >>> WorstBreaches(5).told(lambda case, outcome, as_of: None, datetime(2026, 4, 1))
    ()
    """

    __slots__ = ("_kept", "_least", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[_Place, Case, Outcome]] = []
        self._least = timedelta.max if most else timedelta.min

    def add(self, case: Case, outcomes: Iterable[Outcome], as_of: datetime) -> None:
        """Keep the breaches that are among the worst; what is not done yet has lasted until ``as_of``."""
        for outcome in outcomes:
            if outcome.outcome in _BREACHES and outcome.due_at is not None:
                early = outcome.due_at - (outcome.stopped_at or as_of)
                if early <= self._least:
                    self._keep((early, outcome.case_id, outcome.metric, outcome.instance), case, outcome)

    def _keep(self, place: _Place, case: Case, outcome: Outcome) -> None:
        insort(self._kept, (place, case, outcome), key=itemgetter(0))
        del self._kept[self._most :]
        if len(self._kept) == self._most:
            self._least = self._kept[-1][0][0]

    def told(self, clock_of: ClockOf, as_of: datetime) -> tuple[BrokenPromise, ...]:
        """The breaches, the worst first, each with its case as it was known and its clock as it stood at an instant."""
        known = ((place[0], _known(case, as_of), outcome) for place, case, outcome in self._kept)
        return tuple(
            BrokenPromise(case, outcome, -early, clock_of(case, outcome, as_of)) for early, case, outcome in known
        )


def _known(case: Case, as_of: datetime) -> Case:
    until_us = to_us(as_of)
    known = tuple([event for event in case.events if to_us(event.at) <= until_us])
    return case if len(known) == len(case.events) else Case(case.case_id, known)


_BREACHES = ("met_late", "missed")

ClockOf: TypeAlias = Callable[[Case, Outcome, datetime], ClockView]
"""What finds the clock behind an outcome of a case as of an instant."""

_Place: TypeAlias = tuple[timedelta, str, str, int]
"""Where a breach stands among others: by how much it was early, which is less than nothing, and what it is called."""
