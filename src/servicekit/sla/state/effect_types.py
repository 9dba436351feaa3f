"""What an event did to a case's clocks, and what is to be expected of them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from servicekit.sla.history.clock import ClockId
from servicekit.sla.outcome import OutcomeName
from servicekit.sla.view.ladder_alerts import ThresholdDue


@dataclass(frozen=True, slots=True)
class _OfClock:
    clock: ClockId
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockStarted(_OfClock):
    """A clock began; ``target`` is what it is to reach, ``None`` where nothing is promised.

    >>> ClockStarted(ClockId("C-1", "resolution", 0), datetime(2026, 1, 5, 9), "8h").target
    '8h'
    """

    target: str | None


@dataclass(frozen=True, slots=True)
class ClockStopped(_OfClock):
    """A clock was stopped, with this verdict; nothing that was announced for it will come.

    >>> ClockStopped(ClockId("C-1", "resolution", 0), datetime(2026, 1, 5, 9), "met").outcome
    'met'
    """

    outcome: OutcomeName


@dataclass(frozen=True, slots=True)
class ClockCancelled(_OfClock):
    """A clock was called off; nothing that was announced for it will come.

    >>> ClockCancelled(ClockId("C-1", "resolution", 0), datetime(2026, 1, 5, 9)).clock.metric
    'resolution'
    """


@dataclass(frozen=True, slots=True)
class ClockPaused(_OfClock):
    """A clock stands still, for a reason; nothing that was announced for it before will come until it resumes.

    What comes in spite of the pause is announced anew behind it: a due moment that was set by hand or reached already,
    or one that is known because a limit ends the pause; ``next_wake_up`` knows when that is.

    >>> ClockPaused(ClockId("C-1", "resolution", 0), datetime(2026, 1, 5, 9), "waiting for the customer").reason
    'waiting for the customer'
    """

    reason: str


@dataclass(frozen=True, slots=True)
class ClockResumed(_OfClock):
    """A clock runs on: a pause is over, or the case was reopened. Its moments are announced anew.

    >>> ClockResumed(ClockId("C-1", "resolution", 0), datetime(2026, 1, 5, 9)).clock.instance
    0
    """


@dataclass(frozen=True, slots=True)
class TargetChanged(_OfClock):
    """A running clock is to reach something else. Its moments are announced anew; the old ones will not come.

    >>> TargetChanged(ClockId("C-1", "resolution", 0), datetime(2026, 1, 5, 9), "2h").target
    '2h'
    """

    target: str | None


@dataclass(frozen=True, slots=True)
class BreachDue(_OfClock):
    """At ``at`` the promise is due: from then on it is broken, if the clock still runs and nothing else happens.

    >>> BreachDue(ClockId("C-1", "resolution", 0), datetime(2026, 1, 5, 17)).key
    'C-1/resolution/0/broken/2026-01-05T17:00:00'
    """

    @property
    def key(self) -> str:
        """What tells it from every other alert, and is the same whenever it is announced again."""
        return f"{'/'.join(map(str, self.clock))}/broken/{self.at.isoformat()}"


Effect: TypeAlias = (
    ClockStarted | ClockStopped | ClockCancelled | ClockPaused | ClockResumed | TargetChanged | BreachDue | ThresholdDue
)
"""Anything that an event can bring about; match it exhaustively, with ``assert_never`` at the end."""
