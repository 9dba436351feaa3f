"""Cases and clocks as they stand at an instant, with explanations and drawings.

What lives here. Views: :class:`CaseView` and :func:`fold` (``case_view.py``), :class:`ClockView` (``clock_view.py``),
with the moments of ladders (:class:`ThresholdDue`, ``ladder_alerts.py``) and time by owner (``attribution.py``).
Explanations: the spans of a clock (``clock_span.py``) in two languages (``explanation.py``, ``language.py``) and as a
drawing (``gantt.py``).

Views read, they decide nothing: verdicts come from ``engine/clock_reading.py``.
"""

from servicekit.sla.view.case_view import Breach, CaseError, CaseView, fold, next_breach
from servicekit.sla.view.clock_span import ClockSpan, SpanKind
from servicekit.sla.view.clock_view import ClockView
from servicekit.sla.view.explanation import ClockExplanation
from servicekit.sla.view.ladder_alerts import ThresholdDue

__all__ = [
    "Breach",
    "CaseError",
    "CaseView",
    "ClockExplanation",
    "ClockSpan",
    "ClockView",
    "SpanKind",
    "ThresholdDue",
    "fold",
    "next_breach",
]
