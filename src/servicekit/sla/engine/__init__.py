"""The engine of SLA clocks: a compiled policy, the lives of cases, readings.

What lives here. Made ready once: :class:`SlaEngine` (``engine.py``) with its :class:`Edition` s (``plan.py``), the
target table (``table.py``), goals (``goal.py``) and pauses (``pausing.py``). Lived per case: events make a life
(``life.py``), which drives the case's clocks (``clockwork.py``, ``clock.py``, ``facts.py``, ``change.py``). Read at an
instant: elapsed time, due moments and verdicts (``reading.py``).

What an event means is decided in ``life.py`` alone, what it does to which metric in ``sla/metric.py``.
"""

from servicekit.sla.engine.engine import CaseVerdict, Promise, SlaEngine
from servicekit.sla.engine.plan import Edition

__all__ = ["CaseVerdict", "Edition", "Promise", "SlaEngine"]
