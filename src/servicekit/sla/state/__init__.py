"""Cases taken event by event, for applications that keep their state.

What lives here. :func:`step` and :class:`CaseState` (``state.py``); the effects of an event (``effect.py``), and how
they are told from a life before and after (``told.py``); states as JSON (``saved.py``), and what is checked when they
are read back (``restored.py``). :func:`~servicekit.sla.fold` and an iterated :func:`step` agree on every arranged list
of events.
"""

from servicekit.sla.state.effect import (
    BreachDue,
    ClockCancelled,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Effect,
    TargetChanged,
    ThresholdDue,
)
from servicekit.sla.state.saved import StateError
from servicekit.sla.state.state import CaseState, start, step

__all__ = [
    "BreachDue",
    "CaseState",
    "ClockCancelled",
    "ClockPaused",
    "ClockResumed",
    "ClockStarted",
    "ClockStopped",
    "Effect",
    "StateError",
    "TargetChanged",
    "ThresholdDue",
    "start",
    "step",
]
