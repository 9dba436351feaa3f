"""What was promised, and whether it was kept: targets, clocks, verdicts, outcomes.

What lives here. Documents: :class:`SlaPolicy` with its :class:`TargetRow` table (``policy.py``), :class:`Target`,
:class:`Pause`, and their faults (``lint/``). Engine: :class:`SlaEngine` (``engine.py``) asks the
compiled table (``table.py``) what a case is promised, folds its events into a history (``history.py``) and judges each
clock (``fold.py``, by the arithmetic of ``clock.py``). Records: :class:`Outcome`, the one schema for results
(``outcome.py``), and :class:`Attainment`, their tally (``attainment.py``). Promises about services instead of cases,
:class:`UptimeSla` and :class:`Slo`, live in ``availability/``.

It may import ``calendars``, ``events``, ``rules``, ``timeline`` and below; it knows no other subject. To add a metric,
add it to ``metric.py`` and a field of that name to :class:`TargetRow`. What an event does to a clock is decided in
``history.py`` alone.
"""

from servicekit.sla.attainment import Attainment, Convention
from servicekit.sla.availability import (
    SRE_ALERTS,
    BudgetWindow,
    BurnAlert,
    CompiledAlert,
    CompiledCredits,
    CreditBand,
    CreditTable,
    ErrorBudget,
    KOfN,
    Maintenance,
    Objective,
    OpenSlo,
    Outage,
    Parallel,
    Serial,
    Slo,
    SloEngine,
    SloVerdict,
    Uptime,
    UptimeMeter,
    UptimeSla,
    UptimeVerdict,
    allowed_downtime,
    allowed_slices,
    burn_factor,
    burn_rate,
    exhaustion,
    from_openslo,
    share,
    share_text,
    to_openslo,
)
from servicekit.sla.engine import CaseVerdict, Edition, Promise, SlaEngine
from servicekit.sla.lint import reference_problems
from servicekit.sla.ladder import LadderStep, Rung
from servicekit.sla.measure import Agreement, Measure
from servicekit.sla.metric import METRICS, Metric, reach_stage
from servicekit.sla.outcome import OUTCOME_COLUMNS, Outcome, OutcomeName, Phase, from_row, to_row
from servicekit.sla.pause import Pause
from servicekit.sla.policy import ALWAYS, STANDARD_FIELDS, Reopening, SlaPolicy
from servicekit.sla.row import ChangeMode, TargetRow
from servicekit.sla.target import Target, TargetField

__all__ = [
    "ALWAYS",
    "METRICS",
    "OUTCOME_COLUMNS",
    "SRE_ALERTS",
    "STANDARD_FIELDS",
    "Agreement",
    "Attainment",
    "BudgetWindow",
    "BurnAlert",
    "CaseVerdict",
    "ChangeMode",
    "CompiledAlert",
    "CompiledCredits",
    "Convention",
    "CreditBand",
    "CreditTable",
    "Edition",
    "ErrorBudget",
    "KOfN",
    "LadderStep",
    "Maintenance",
    "Measure",
    "Metric",
    "Objective",
    "OpenSlo",
    "Outage",
    "Outcome",
    "OutcomeName",
    "Parallel",
    "Pause",
    "Phase",
    "Promise",
    "Reopening",
    "Rung",
    "Serial",
    "SlaEngine",
    "SlaPolicy",
    "Slo",
    "SloEngine",
    "SloVerdict",
    "Target",
    "TargetField",
    "TargetRow",
    "Uptime",
    "UptimeMeter",
    "UptimeSla",
    "UptimeVerdict",
    "allowed_downtime",
    "allowed_slices",
    "burn_factor",
    "burn_rate",
    "exhaustion",
    "from_openslo",
    "from_row",
    "reach_stage",
    "reference_problems",
    "share",
    "share_text",
    "to_openslo",
    "to_row",
]
