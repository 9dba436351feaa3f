"""The sections that a report template is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from annotated_types import Ge, Le, MinLen
from pydantic import Field

from servicekit.document import Document
from servicekit.sla import Convention

Text: TypeAlias = Annotated[Mapping[str, str], MinLen(1)]
"""A text by language: ``{en: ..., zh: ...}``; a language that has none is told the first one."""

Dimension: TypeAlias = Literal["channel", "tier", "issue_type"]


class ReportSection(Document):
    """A part of a report, under a title of its own or the usual one of its kind.

    >>> ReportSection(title={"en": "At a glance", "zh": "概览"}).title["zh"]
    '概览'
    """

    title: Text | None = None
    """The title by language; left out, the usual one of the kind."""


class HeadlineSection(ReportSection):
    """The share of promises that were kept, by metric, and key figures, beside their targets and the period before.

    >>> HeadlineSection.parse("{kind: headline, metrics: [csat]}").metrics
    ('csat',)
    """

    kind: Literal["headline"] = "headline"
    """The word ``headline``."""
    convention: Convention = "promised"
    """The denominator of attainment."""
    metrics: tuple[str, ...] = ()
    """Key figures of the policy's section ``kpi`` besides."""


class AttainmentSection(ReportSection):
    """How many promises were kept, in counts and in shares by all three denominators.

    >>> AttainmentSection(by="tier").by
    'tier'
    """

    kind: Literal["attainment"] = "attainment"
    """The word ``attainment``."""
    by: Dimension = "channel"
    """By what they are told apart: ``channel``, ``tier`` or ``issue_type``."""


class CarriedSection(ReportSection):
    """What became of promises of cases that were opened before the period.

    >>> CarriedSection().kind
    'carried'
    """

    kind: Literal["carried"] = "carried"
    """The word ``carried``."""


class BacklogSection(ReportSection):
    """What was open at both ends of the period, what came and went, and how old the open cases are.

    >>> BacklogSection().kind
    'backlog'
    """

    kind: Literal["backlog"] = "backlog"
    """The word ``backlog``."""


class BreachSection(ReportSection):
    """The promises that were broken for longest, each explained by its clock.

    >>> BreachSection(most=3).most
    3
    """

    kind: Literal["breaches"] = "breaches"
    """The word ``breaches``."""
    most: Annotated[int, Ge(0), Le(50)] = 5
    """How many."""


class ArrivalSection(ReportSection):
    """When cases are opened: by weekday and hour.

    >>> ArrivalSection().kind
    'arrivals'
    """

    kind: Literal["arrivals"] = "arrivals"
    """The word ``arrivals``."""


class TrendSection(ReportSection):
    """Attainment over time with its limits, and a control chart where there are periods enough.

    >>> TrendSection(convention="stopped").convention
    'stopped'
    """

    kind: Literal["trend"] = "trend"
    """The word ``trend``."""
    convention: Convention = "promised"
    """The denominator of attainment."""


class MetricSection(ReportSection):
    """Key figures of the policy's section ``kpi``, with their limits, targets and benchmarks.

    >>> MetricSection(metrics=("csat", "nps")).metrics
    ('csat', 'nps')
    """

    kind: Literal["metrics"] = "metrics"
    """The word ``metrics``."""
    metrics: Annotated[tuple[str, ...], MinLen(1)]
    """Their names; those that the policy does not measure are named as missing."""


class ChangeSection(ReportSection):
    """What another version of the policy would have decided: the comparison that a replay makes.

    >>> ChangeSection().kind
    'policy_changes'
    """

    kind: Literal["policy_changes"] = "policy_changes"
    """The word ``policy_changes``."""


class UptimeSection(ReportSection):
    """The uptime of services against their targets: downtime, error budgets and credits, days, the longest outages.

    >>> UptimeSection(most=3).kind
    'availability'
    """

    kind: Literal["availability"] = "availability"
    """The word ``availability``."""
    most: Annotated[int, Ge(0), Le(50)] = 5
    """How many of the outages that lasted longest are told."""


class TextSection(ReportSection):
    """A text of one's own, a paragraph by language.

    >>> TextSection(title={"en": "Next steps"}, text={"en": "To be agreed."}).text["en"]
    'To be agreed.'
    """

    kind: Literal["text"] = "text"
    """The word ``text``."""
    text: Text
    """What it says, by language."""


class NoSourceSection(ReportSection):
    """A section that a report of this kind has, for which there is no source of data yet; it says so.

    >>> NoSourceSection(title={"en": "Training"}).kind
    'no_source'
    """

    kind: Literal["no_source"] = "no_source"
    """The word ``no_source``."""


class DataQualitySection(ReportSection):
    """What is not in the figures and why, and the problems of the data.

    >>> DataQualitySection().kind
    'data_quality'
    """

    kind: Literal["data_quality"] = "data_quality"
    """The word ``data_quality``."""


AnySection: TypeAlias = Annotated[
    HeadlineSection
    | AttainmentSection
    | CarriedSection
    | BacklogSection
    | BreachSection
    | ArrivalSection
    | TrendSection
    | MetricSection
    | ChangeSection
    | UptimeSection
    | TextSection
    | NoSourceSection
    | DataQualitySection,
    Field(discriminator="kind"),
]
"""A section of any kind."""
