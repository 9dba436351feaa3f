"""The histories of cases, and clocks read off them.

What lives here. The record (:class:`CaseHistory`, ``case_history.py``) with its clocks (``clock.py``) and facts
(``case_facts.py``); what events do to it: ``event_handlers.py``, on ``case_clocks.py`` (start and stop) and
``target_change.py`` (other targets for running clocks); and one clock read at an instant (``clock_reading.py``).

A history holds no amounts: what a clock comes to is computed only when it is read. What a kind of event says to clocks
stands in ``sla/signal.py``, what else it does to a case in ``event_handlers.py``.
"""
