"""The fast path: eligible cases judged by whole columns, to the same outcomes as event by event.

What lives here: which cases are eligible (``eligible_cases.py``); the signals of events (``event_signals.py``), the
clocks that they start and stop (``clocks.py``), their pauses (``pauses.py``) and targets (``clock_targets.py``);
elapsed time and due moments (``elapsed_and_due.py``) by a calendar (``calendar_range.py``); and the outcomes
(``fast_outcomes.py``). To widen the fast path, admit more in ``eligible_cases.py`` and more kinds of events in
``event_signals.py``; the tests hold every outcome against the engine's.
"""
