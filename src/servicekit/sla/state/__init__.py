"""Cases taken event by event, for applications that keep their state.

What lives here. :func:`step` and :class:`CaseState` (``case_state.py``); the effects of an event (``effect_types.py``),
and how they are found from a history before and after it (``effects.py``); states written as JSON with a digest
(``to_json.py``) and read back where it fits (``from_json.py``). :func:`~servicekit.sla.fold` and an iterated
:func:`step` agree on every arranged list of events.
"""

from servicekit.sla.state.case_state import CaseState, start, step
from servicekit.sla.state.effect_types import (
    BreachDue,
    ClockCancelled,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Effect,
    TargetChanged,
)
from servicekit.sla.state.to_json import StateError

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
    "start",
    "step",
]
