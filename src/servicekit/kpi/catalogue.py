"""All metrics: the seven kinds that are written out, and those of the field by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias, get_args

from pydantic import Field

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
from servicekit.kpi.metric import (
    DurationMetric,
    MeanMetric,
    NetMetric,
    QuantileMetric,
    RatioMetric,
    StandardMetric,
    SumMetric,
    WithinMetric,
)

AnyMetric: TypeAlias = (
    RatioMetric
    | MeanMetric
    | NetMetric
    | SumMetric
    | QuantileMetric
    | DurationMetric
    | WithinMetric
    | Csat
    | Nps
    | Ces
    | ResponseRate
    | FirstResponse
    | NextResponse
    | ResolutionTime
    | FirstContactResolution
    | ResolutionRate
    | OpenCases
    | ReopenRate
    | TransferRate
    | EscalationRate
    | PromisesKept
    | ServiceLevel
    | AnswerSpeed
    | HandlingTime
    | Abandonment
    | Patience
    | Occupancy
    | Utilisation
    | Deflection
    | SelfService
    | ComplaintRate
    | CostPerContact
    | Repurchase
    | CasesPerAgentDay
    | QualityScore
    | QualityCoverage
    | TrainingPass
)
"""Any metric, in full or by its name."""

MetricField = Annotated[AnyMetric, Field(discriminator="kind")]
"""A document field that holds a metric."""

STANDARD: Mapping[str, type[StandardMetric]] = {
    str(each.model_fields["kind"].default): each for each in get_args(AnyMetric) if issubclass(each, StandardMetric)
}
"""The metrics of the field by name."""
