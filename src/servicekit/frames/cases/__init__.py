"""Outcomes by the frame: logs of events, or tables of tickets, judged by whole columns.

What lives here: the functions (``outcomes.py``) and the query that they send to each library (``outcome_query.py``);
which columns hold what (``column_names.py``); ``event_log/`` makes a log of them, ``fast/`` judges the eligible cases
of a log by whole columns, ``fallback.py`` judges all others event by event, both in one ``judging_context.py``; and
``outcome_frame.py`` makes a frame of the outcomes.

:meth:`SlaEngine.judge <servicekit.sla.SlaEngine.judge>` has the last word: what is done by columns may be quicker,
never different. A new kind of event needs its row in ``events/kind.py`` and nothing here: its number, its rank and its
fields are derived, and cases that have it go to the fallback, until ``fast/event_signals.py`` lists the kind.
"""

from servicekit.frames.cases.column_names import AnyColumns, EventColumns, TicketPause, WideColumns
from servicekit.frames.cases.outcomes import AnyPolicy, outcome_problems, outcomes, outcomes_wide

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
