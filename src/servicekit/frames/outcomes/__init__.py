"""Outcomes by the frame: logs of events, or tables of tickets, judged by whole columns.

What lives here. The verbs (``verbs.py``) and how each library is asked (``asking.py``). Reading: which columns say what
(``columns.py``), read with everything that is wrong with them (``intake.py``, ``texts.py``, ``facts.py``) into one log
(``log.py``) from events (``events.py``) or tickets (``tickets.py``). Judging: which cases are plain (``plain.py``); those
by columns of signals, clocks, pauses and lengths (``signals.py``, ``clocks.py``, ``pauses.py``, ``measure.py``,
``reckoned.py``), all others event by event (``folded.py``); both into one frame (``result.py``).

The judge is :meth:`SlaEngine.judge <servicekit.sla.SlaEngine.judge>`: what is done to columns here may be quicker, never
different. A new kind of event is sent to ``folded.py`` until ``signals.py`` knows it.
"""

from servicekit.frames.outcomes.columns import AnyColumns, EventColumns, TicketPause, WideColumns
from servicekit.frames.outcomes.verbs import AnyPolicy, outcome_problems, outcomes, outcomes_wide

__all__ = [
    "AnyColumns",
    "AnyPolicy",
    "EventColumns",
    "TicketPause",
    "WideColumns",
    "outcome_problems",
    "outcomes",
    "outcomes_wide",
]
