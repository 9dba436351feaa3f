"""The worst breaches of a period: the promises that were broken for longest."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TypeAlias

from servicekit.events import Case
from servicekit.sla import CaseView, ClockView, Outcome
from servicekit.timeline import to_us


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A promise that was kept late or is overdue, with its case as it stood at the end of the report.

    ``late`` is real time, nights and pauses included, from the due moment until the promise was kept, or until the
    report; :attr:`clock` tells the same on its own hours (``overdue``) and why (``explain()``).

    >>> from datetime import UTC
    >>> from servicekit.events import Opened
    >>> from servicekit.sla import SlaPolicy, fold
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> case = Case("C-1", (Opened("C-1", nine),))
    >>> view = fold(SlaPolicy(targets=[{"resolution": "8h"}]).compile({}), case, nine + timedelta(hours=9))
    >>> broken = BrokenPromise(case, view.outcomes[0], timedelta(hours=1), view)
    >>> broken.clock.due_at == broken.outcome.due_at, str(broken.clock.overdue)
    (True, '1:00:00')
    """

    case: Case
    outcome: Outcome
    late: timedelta
    view: CaseView = field(compare=False, repr=False)

    @property
    def clock(self) -> ClockView:
        """The clock of the promise."""
        place = self.outcome.metric, self.outcome.instance
        return next(clock for clock in self.view.clocks if (clock.metric, clock.instance) == place)


class WorstBreaches:
    """The breaches that lasted longest, so many and no more; of equals those of the first cases by name.

    >>> WorstBreaches(5).told(lambda case, as_of: None, datetime(2026, 4, 1))
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

    def told(self, view: Callable[[Case, datetime], CaseView], as_of: datetime) -> tuple[BrokenPromise, ...]:
        """The breaches, the worst first, each with its case as it was known and seen at an instant."""
        known = ((place[0], _known(case, as_of), outcome) for place, case, outcome in self._kept)
        return tuple(BrokenPromise(case, outcome, -early, view(case, as_of)) for early, case, outcome in known)


def _known(case: Case, as_of: datetime) -> Case:
    until_us = to_us(as_of)
    return Case(case.case_id, tuple(event for event in case.events if to_us(event.at) <= until_us))


_BREACHES = ("met_late", "missed")

_Place: TypeAlias = tuple[timedelta, str, str, int]
"""Where a breach stands among others: by how much it was early, which is less than nothing, and what it is called."""
