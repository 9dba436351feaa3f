"""Cases and clocks as they stand at an instant, and what they can tell of themselves.

What lives here. Views: :class:`CaseView` and :func:`fold` (``case.py``), :class:`ClockView` (``clock.py``), with the
moments of ladders (``alert.py``) and time by owner (``share.py``). Explanations: the spans of a life (``span.py``),
told in two languages (``explanation.py``, ``words.py``) and drawn (``gantt.py``).

Views read, they decide nothing: verdicts come from ``engine/reading.py``.
"""

from servicekit.sla.view.case import Breach, CaseError, CaseView, fold, next_breach
from servicekit.sla.view.clock import Alert, ClockId, ClockView
from servicekit.sla.view.explanation import ClockExplanation
from servicekit.sla.view.span import ClockSpan, SpanKind

__all__ = [
    "Alert",
    "Breach",
    "CaseError",
    "CaseView",
    "ClockExplanation",
    "ClockId",
    "ClockSpan",
    "ClockView",
    "SpanKind",
    "fold",
    "next_breach",
]
