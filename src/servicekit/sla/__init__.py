"""What was promised, and whether it was kept: targets, clocks, verdicts, outcomes.

What lives here. Documents: :class:`SlaPolicy` (``policy.py``) with its :class:`TargetRow` table (``row.py``),
:class:`Target`, :class:`Pause`, :class:`Measure` and :class:`Agreement` (``measure.py``), :class:`LadderStep`, and
their faults (``lint/``). Metrics, which are data (``metric.py``). Engine: :class:`SlaEngine`, the lives of cases and
what is read off them (``engine/``). Views: :func:`fold`, clocks and their explanations (``view/``). Cases event by
event: :func:`step` and stored states (``state/``). Records: :class:`Outcome`, the one schema for results
(``outcome.py``), and :class:`Attainment`, their tally (``attainment.py``). Promises about services instead of cases
are the room ``availability``.

It may import ``calendars``, ``events``, ``rules``, ``timeline`` and below; it knows no other subject. To add a metric,
add it to ``metric.py`` and a field of that name to :class:`TargetRow`. What a kind of event says to clocks stands
in ``signal.py``, what else it does to a case in ``engine/case_events.py``.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.sla.ladder import LadderStep, Rung
from servicekit.sla.measure import Agreement, Measure
from servicekit.sla.metric import METRICS, Metric, reach_stage
from servicekit.sla.pause import Pause
from servicekit.sla.policy import ALWAYS, STANDARD_FIELDS, Reopening, SlaPolicy
from servicekit.sla.row import ChangeMode, TargetRow
from servicekit.sla.target import Target, TargetField

if TYPE_CHECKING:
    from servicekit.sla.attainment import Attainment, Convention
    from servicekit.sla.engine import CaseVerdict, Edition, Promise, SlaEngine
    from servicekit.sla.engine.clock import ClockId
    from servicekit.sla.outcome import OUTCOME_COLUMNS, Outcome, OutcomeName, Phase, from_row, to_row
    from servicekit.sla.state import (
        BreachDue,
        CaseState,
        ClockCancelled,
        ClockPaused,
        ClockResumed,
        ClockStarted,
        ClockStopped,
        Effect,
        StateError,
        TargetChanged,
        start,
        step,
    )
    from servicekit.sla.view import (
        Breach,
        CaseError,
        CaseView,
        ClockExplanation,
        ClockSpan,
        ClockView,
        SpanKind,
        ThresholdDue,
        fold,
        next_breach,
    )

__all__ = [
    "ALWAYS",
    "METRICS",
    "OUTCOME_COLUMNS",
    "STANDARD_FIELDS",
    "Agreement",
    "Attainment",
    "Breach",
    "BreachDue",
    "CaseError",
    "CaseState",
    "CaseVerdict",
    "CaseView",
    "ChangeMode",
    "ClockCancelled",
    "ClockExplanation",
    "ClockId",
    "ClockPaused",
    "ClockResumed",
    "ClockSpan",
    "ClockStarted",
    "ClockStopped",
    "ClockView",
    "Convention",
    "Edition",
    "Effect",
    "LadderStep",
    "Measure",
    "Metric",
    "Outcome",
    "OutcomeName",
    "Pause",
    "Phase",
    "Promise",
    "Reopening",
    "Rung",
    "SlaEngine",
    "SlaPolicy",
    "SpanKind",
    "StateError",
    "Target",
    "TargetChanged",
    "TargetField",
    "TargetRow",
    "ThresholdDue",
    "fold",
    "from_row",
    "next_breach",
    "reach_stage",
    "start",
    "step",
    "to_row",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "attainment": "Attainment Convention",
            "engine": "CaseVerdict Edition Promise SlaEngine",
            "engine.clock": "ClockId",
            "outcome": "OUTCOME_COLUMNS Outcome OutcomeName Phase from_row to_row",
            "state": (
                "BreachDue CaseState ClockCancelled ClockPaused ClockResumed ClockStarted ClockStopped "
                "Effect StateError TargetChanged start step"
            ),
            "view": (
                "Breach CaseError CaseView ClockExplanation ClockSpan ClockView SpanKind ThresholdDue fold next_breach"
            ),
        },
    )
