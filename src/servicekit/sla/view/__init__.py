"""Cases and clocks as they stand at an instant, with explanations and drawings.

What lives here. Views: :class:`CaseView` and :func:`fold` (``case.py``), :class:`ClockView` (``clock.py``), with the
moments of ladders (:class:`ThresholdDue`, ``alert.py``) and time by owner (``attribution.py``). Explanations: the spans
of a clock (``span.py``) in two languages (``explanation.py``, ``language.py``) and as a drawing (``gantt.py``).

Views read, they decide nothing: verdicts come from ``engine/clock_reading.py``.
"""

from servicekit.sla.view.alert import ThresholdDue
from servicekit.sla.view.case import Breach, CaseError, CaseView, fold, next_breach
from servicekit.sla.view.clock import ClockView
from servicekit.sla.view.explanation import ClockExplanation
from servicekit.sla.view.span import ClockSpan, SpanKind

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
