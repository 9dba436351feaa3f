"""Outcomes by the frame: logs of events, or tables of tickets, judged by whole columns.

What lives here. The verbs (``verbs.py``) and how each library is asked (``asking.py``); which columns say what
(``columns.py``); ``reading/`` makes a log of them, ``judging/`` judges its cases, and ``result.py`` makes a frame of
the outcomes.

The judge is :meth:`SlaEngine.judge <servicekit.sla.SlaEngine.judge>`: what is done to columns may be quicker, never
different. A new kind of event needs its number and rank in ``reading/log.py``, and is told event by event until
``judging/signals.py`` knows it.
"""

from servicekit.frames.cases.columns import AnyColumns, EventColumns, TicketPause, WideColumns
from servicekit.frames.cases.verbs import AnyPolicy, outcome_problems, outcomes, outcomes_wide

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
