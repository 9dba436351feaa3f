"""Key figures: what a number means, measured with its evidence, beside what it should be.

What lives here. A metric says which rows of a declared table count (``table_schema.py``, ``case_columns.py``) and what
is taken of them: in full, by one of seven kinds (``metric.py``), or by a name of the field (``families/``, listed in
``catalogue.py``), which writes itself out. A :class:`Scorecard` (``scorecard.py``; its faults: ``column_problems.py``)
names metrics, targets and benchmarks (``target.py``); compiled (``scorecard_engine.py``) it turns rows into
:class:`States` that add up, and those into :class:`Results` (``results.py``) of :class:`Measurement`
(``measurement.py``), shown by ``value_text.py`` and ``display/``, where a trend over time is, too.
Open cases, kept customers and how far cases come, which are counted and not sampled, are in ``flows/``. How rows are
counted is in ``engine/``; customer lifetime value by models of buying is in ``clv/``.

It may import ``sla``, ``calendars``, ``events``, ``statistics`` and below. To add a metric of the field, write its
class in a family and name it in ``catalogue.py``; to add a table, add it to ``table_schema.py``; to add
a kind, see ``metric.py``, and ``collect.py`` and ``finish.py`` of the engine.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names

if TYPE_CHECKING:
    from servicekit.kpi.case_columns import case_row
    from servicekit.kpi.catalogue import STANDARD, AnyMetric
    from servicekit.kpi.engine.metric_state import State, States
    from servicekit.kpi.families.contact_centre import (
        Abandonment,
        AnswerSpeed,
        Deflection,
        HandlingTime,
        Occupancy,
        Patience,
        SelfService,
        ServiceLevel,
        Utilisation,
    )
    from servicekit.kpi.families.customers import CasesPerAgentDay, ComplaintRate, CostPerContact, Repurchase
    from servicekit.kpi.families.quality import QualityCoverage, QualityScore, TrainingPass
    from servicekit.kpi.families.resolution import (
        EscalationRate,
        FirstContactResolution,
        FirstResponse,
        NextResponse,
        OpenCases,
        PromisesKept,
        ReopenRate,
        ResolutionRate,
        ResolutionTime,
        TransferRate,
    )
    from servicekit.kpi.families.satisfaction import Ces, Csat, Nps, ResponseRate
    from servicekit.kpi.flows.backlog import Backlog
    from servicekit.kpi.flows.retention import CohortTable, Retention
    from servicekit.kpi.flows.stage_funnel import StageFunnel
    from servicekit.kpi.measurement import Measurement
    from servicekit.kpi.metric import (
        DurationMetric,
        MeanMetric,
        Metric,
        NetMetric,
        Population,
        QuantileMetric,
        RatioMetric,
        StandardMetric,
        SumMetric,
        Term,
        WithinMetric,
    )
    from servicekit.kpi.results import Results
    from servicekit.kpi.scorecard import Scorecard
    from servicekit.kpi.scorecard_engine import ScorecardEngine
    from servicekit.kpi.table_schema import TABLES, TableSchema
    from servicekit.kpi.target import Benchmark, MetricTarget, Status

__all__ = [
    "STANDARD",
    "TABLES",
    "Abandonment",
    "AnswerSpeed",
    "AnyMetric",
    "Backlog",
    "Benchmark",
    "CasesPerAgentDay",
    "Ces",
    "CohortTable",
    "ComplaintRate",
    "CostPerContact",
    "Csat",
    "Deflection",
    "DurationMetric",
    "EscalationRate",
    "FirstContactResolution",
    "FirstResponse",
    "HandlingTime",
    "MeanMetric",
    "Measurement",
    "Metric",
    "MetricTarget",
    "NetMetric",
    "NextResponse",
    "Nps",
    "Occupancy",
    "OpenCases",
    "Patience",
    "Population",
    "PromisesKept",
    "QualityCoverage",
    "QualityScore",
    "QuantileMetric",
    "RatioMetric",
    "ReopenRate",
    "Repurchase",
    "ResolutionRate",
    "ResolutionTime",
    "ResponseRate",
    "Results",
    "Retention",
    "Scorecard",
    "ScorecardEngine",
    "SelfService",
    "ServiceLevel",
    "StageFunnel",
    "StandardMetric",
    "State",
    "States",
    "Status",
    "SumMetric",
    "TableSchema",
    "Term",
    "TrainingPass",
    "TransferRate",
    "Utilisation",
    "WithinMetric",
    "case_row",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "case_columns": "case_row",
            "catalogue": "STANDARD AnyMetric",
            "engine.metric_state": "State States",
            "families.contact_centre": (
                "Abandonment AnswerSpeed Deflection HandlingTime Occupancy Patience"
                " SelfService ServiceLevel Utilisation"
            ),
            "families.customers": "CasesPerAgentDay ComplaintRate CostPerContact Repurchase",
            "families.quality": "QualityCoverage QualityScore TrainingPass",
            "families.resolution": (
                "EscalationRate FirstContactResolution FirstResponse NextResponse"
                " OpenCases PromisesKept ReopenRate ResolutionRate ResolutionTime TransferRate"
            ),
            "families.satisfaction": "Ces Csat Nps ResponseRate",
            "flows.backlog": "Backlog",
            "flows.retention": "CohortTable Retention",
            "flows.stage_funnel": "StageFunnel",
            "measurement": "Measurement",
            "metric": (
                "Population DurationMetric MeanMetric Metric NetMetric QuantileMetric"
                " RatioMetric StandardMetric SumMetric Term WithinMetric"
            ),
            "results": "Results",
            "scorecard": "Scorecard",
            "scorecard_engine": "ScorecardEngine",
            "table_schema": "TABLES TableSchema",
            "target": "Benchmark Status MetricTarget",
        },
    )
