"""All metrics: the seven kinds that are written out, and those of the field by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias, get_args

from pydantic import BeforeValidator, Field

from servicekit.document import DocumentValueError, did_you_mean
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


def _no_other_name(value: object) -> object:
    """Refuse a kind that is another name of a metric: it would stand far from the name that is meant."""
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if isinstance(kind, str) and kind not in STANDARD and (meant := _OTHER_NAMES.get(_folded(kind))) is not None:
        hint = f"did you mean {meant!r}?"
        raise DocumentValueError("document.unknown-kind", f"no kind {kind!r} is known", hint, path="kind")
    return value


MetricField = Annotated[AnyMetric, Field(discriminator="kind"), BeforeValidator(_no_other_name)]
"""A document field that holds a metric."""

STANDARD: Mapping[str, type[StandardMetric]] = {
    str(each.model_fields["kind"].default): each for each in get_args(AnyMetric) if issubclass(each, StandardMetric)
}
"""The metrics of the field by name."""

_OTHER_NAMES: Mapping[str, str] = {
    other: name
    for name, others in {
        "csat": "customer_satisfaction customer_satisfaction_score survey_pass",
        "nps": "net_promoter_score",
        "ces": "customer_effort_score",
        "first_response": "frt first_response_time first_reply first_reply_time",
        "next_response": "nrt next_response_time next_reply next_reply_time",
        "resolution_time": "mttr ttr trt time_to_resolution time_to_resolve full_resolution_time",
        "first_contact_resolution": "fcr first_call_resolution",
        "open_cases": "backlog open_tickets",
        "promises_kept": "attainment sla_attainment sla",
        "service_level": "sl tsf asl telephone_service_factor grade_of_service",
        "answer_speed": "asa average_speed_of_answer average_speed_to_answer speed_of_answer",
        "handling_time": "aht average_handle_time average_handling_time handle_time",
        "abandonment": "abandon_rate abandonment_rate abandoned_rate",
        "utilisation": "utilization",
        "quality_score": "qa qa_score",
        "cost_per_contact": "cpc cost_per_call",
        "cases_per_agent_day": "tickets_per_agent_day tickets_per_agent",
    }.items()
    for other in others.split()
}
"""Other names of the field for metrics, none of which is a kind."""


def _folded(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_")


def meant_by(name: str) -> str | None:
    """The hint for a name that no metric of the field bears: the metric that has it as another name, or a near one.

    >>> meant_by("ASA"), meant_by("csta"), meant_by("weather")
    ("did you mean 'answer_speed'?", "did you mean 'csat'?", None)
    """
    other = _OTHER_NAMES.get(_folded(name))
    return did_you_mean(name, STANDARD) if other is None else f"did you mean {other!r}?"
