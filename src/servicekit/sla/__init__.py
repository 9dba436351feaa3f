"""What was promised, and whether it was kept: targets, clocks, verdicts, outcomes.

What lives here. Documents: :class:`SlaPolicy` (``policy.py``) with its :class:`TargetRow` table (``target_row.py``),
:class:`Target`, :class:`Pause`, :class:`Measure` and :class:`Agreement` (``custom_clocks.py``), :class:`LadderStep`,
and their faults (``lint/``). Metrics, which are data (``metric.py``), and signals of events (``signal.py``). Engine:
:class:`SlaEngine` (``engine.py``). Views: :func:`fold`, clocks and their explanations (``view/``). Cases event by
event: :func:`step` and stored states (``state/``). Records: :class:`Outcome`, the one schema for results
(``outcome.py``), and :class:`Attainment`, their tally (``attainment.py``).

The way of a case through the room, each step a sub-package that knows those before it::

    SlaPolicy    --compile--> CompiledSla   compiled/: the target table, targets, pauses, editions by date
    events       --take-----> CaseHistory   history/: clocks started, stopped, given other targets; no amounts
    CaseHistory  --read-----> ClockReading  history/clock_reading.py: elapsed, paused, due moment, verdict, in integers
    ClockReading --show-----> ClockView     view/: the same in datetimes, with explanations and drawings
    ClockReading --row------> Outcome       outcome.py: one row of the schema for results

It may import ``calendars``, ``events``, ``rules``, ``timeline`` and below; it knows no other subject. To add a metric,
add it to ``metric.py`` and a field of that name to :class:`TargetRow`. What a kind of event says to clocks stands
in ``signal.py``, what else it does to a case in ``history/event_handlers.py``.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.sla.custom_clocks import Agreement, Measure
from servicekit.sla.ladder import LadderStep, Rung
from servicekit.sla.metric import METRICS, Metric, reach_stage
from servicekit.sla.pause import Pause
from servicekit.sla.policy import STANDARD_FIELDS, Reopening, SlaPolicy
from servicekit.sla.target import Target, TargetField
from servicekit.sla.target_row import ChangeMode, TargetRow

if TYPE_CHECKING:
    from servicekit.sla.attainment import Attainment, Convention
    from servicekit.sla.compiled.edition import Edition
    from servicekit.sla.engine import CaseVerdict, Promise, SlaEngine
    from servicekit.sla.history.clock import ClockId
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
            "compiled.edition": "Edition",
            "engine": "CaseVerdict Promise SlaEngine",
            "history.clock": "ClockId",
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
