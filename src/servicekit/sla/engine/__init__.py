"""The engine of SLA clocks: a compiled policy, the histories of cases, and clocks read at an instant.

What lives here, in the order in which a case passes through::

    SlaPolicy    --compile--> SlaEngine     engine.py; compiled.py, edition.py, table.py, goal.py, pausing.py
    events       --take-----> CaseHistory   case_events.py, case_clocks.py, target_change.py; case_history.py, clock.py
    CaseHistory  --read-----> ClockReading  clock_reading.py: elapsed, paused, due moment and verdict, in integers
    ClockReading --show-----> ClockView     sla/view: the same in datetimes, with explanations and drawings
    ClockReading --row------> Outcome       sla/outcome.py: one row of the schema for results

A history holds no amounts: what a clock comes to is computed only when it is read. What a kind of event says to clocks
stands in ``sla/signal.py``, what else it does to a case in ``case_events.py``.
"""

from servicekit.sla.engine.edition import Edition
from servicekit.sla.engine.engine import CaseVerdict, Promise, SlaEngine

__all__ = ["CaseVerdict", "Edition", "Promise", "SlaEngine"]
