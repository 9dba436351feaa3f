"""The document: OpenSLO v1's ``kind: SLO``, every field of it, with what breaks the specification."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from servicekit.document import Document, DocumentValueError
from servicekit.errors import Problem
from servicekit.timeline import LocalDatetimeField, WindowLengthField, ZoneName

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LENGTH = re.compile(r"[1-9][0-9]{0,4}[mhdwMQY]")
_MOST_MINUTES = 10**8


def _length(value: str | int) -> str | int:
    if isinstance(value, int) and value > _MOST_MINUTES:
        raise DocumentValueError("openslo.duration", f"more than {_MOST_MINUTES} minutes", hint="write 5m, 1h or 1d")
    if isinstance(value, str) and not _LENGTH.fullmatch(value):
        raise DocumentValueError(
            "openslo.duration", f"{value[:60]!r} is not a duration", hint="write 5m, 1h, 28d, 4w, 1M"
        )
    return value


Length = Annotated[str, AfterValidator(_length)]
Slice = Annotated[str | int, AfterValidator(_length)]
Plain = dict[str, object]
"""A part that OpenSLO leaves to others, such as the query of a data source: kept as it is."""


class _Part(Document):
    """A mapping of OpenSLO, whose keys are written in camel case."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)


class Metadata(_Part):
    name: Annotated[str, MinLen(1)]
    display_name: str = ""
    labels: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)


class WindowCalendar(_Part):
    start_time: LocalDatetimeField
    time_zone: ZoneName


class SpecTimeWindow(_Part):
    duration: Annotated[WindowLengthField, BeforeValidator(_length)]
    is_rolling: bool = False
    calendar: WindowCalendar | None = None

    def own_problems(self) -> Iterator[Problem]:
        if self.is_rolling == (self.calendar is not None):
            message = "a window is either rolling or has a calendar"
            yield Problem("openslo.time-window", "calendar", message, "give isRolling: true, or calendar")


class SpecObjective(_Part):
    display_name: str = ""
    op: Literal["lte", "gte", "lt", "gt"] | None = None
    value: Decimal | None = None
    target: Annotated[Decimal, Ge(0), Lt(1)] | None = None
    target_percent: Annotated[Decimal, Ge(0), Lt(100)] | None = None
    time_slice_target: Annotated[Decimal, Gt(0), Le(1)] | None = None
    time_slice_window: Slice | None = None
    indicator: Plain | None = None
    indicator_ref: str | None = None
    composite_weight: Annotated[Decimal, Gt(0)] | None = None

    @property
    def is_composite(self) -> bool:
        return self.indicator is not None or self.indicator_ref is not None

    def own_problems(self) -> Iterator[Problem]:
        if (self.target is None) == (self.target_percent is None):
            yield Problem("openslo.target", "target", "an objective has either a target or a targetPercent")
        yield from _slice_faults(self.time_slice_window)


class Condition(_Part):
    kind: Literal["burnrate"] = "burnrate"
    op: Literal["lte", "gte", "lt", "gt"]
    threshold: Annotated[Decimal, Ge(0)]
    lookback_window: Length
    alert_after: Length | Literal["0m"] = "0m"


class AlertConditionSpec(_Part):
    description: str = ""
    severity: str
    condition: Condition


class AlertCondition(_Part):
    kind: Literal["AlertCondition"] | None = None
    metadata: Metadata | None = None
    spec: AlertConditionSpec | None = None
    condition_ref: str | None = None


class AlertPolicySpec(_Part):
    description: str = ""
    alert_when_no_data: bool = False
    alert_when_resolved: bool = False
    alert_when_breaching: bool = False
    conditions: Annotated[tuple[AlertCondition, ...], MinLen(1)]
    notification_targets: tuple[Plain, ...] = ()


class AlertPolicy(_Part):
    kind: Literal["AlertPolicy"] | None = None
    metadata: Metadata | None = None
    spec: AlertPolicySpec | None = None
    alert_policy_ref: str | None = None


class Spec(_Part):
    description: str = ""
    service: str = ""
    indicator: Plain | None = None
    indicator_ref: str | None = None
    time_window: tuple[SpecTimeWindow, ...] = ()
    budgeting_method: Literal["Occurrences", "Timeslices", "RatioTimeslices"]
    objectives: Annotated[tuple[SpecObjective, ...], MinLen(1)]
    alert_policies: tuple[AlertPolicy, ...] = ()

    def own_problems(self) -> Iterator[Problem]:
        if not self.service:
            yield Problem("openslo.service", "service", "an SLO is about a service", "name it")
        if len(self.time_window) > 1:
            yield Problem("openslo.time-window", "timeWindow[1]", "an SLO has one time window")
        yield from self._indicator_faults()
        for index, objective in enumerate(self.objectives):
            yield from _missing_slices(self.budgeting_method, objective, f"objectives[{index}]")

    def _indicator_faults(self) -> Iterator[Problem]:
        of_all = (self.indicator is not None) + (self.indicator_ref is not None)
        composite = any(objective.is_composite for objective in self.objectives)
        if of_all + composite != 1:
            message = "an SLO has one indicator, or each of its objectives has"
            yield Problem("openslo.indicator", "indicator", message, "give indicator or indicatorRef, once")
        for index, objective in enumerate(self.objectives if composite else ()):
            if (objective.indicator is None) == (objective.indicator_ref is None):
                path = f"objectives[{index}].indicator"
                yield Problem("openslo.indicator", path, "each objective of a composite has one indicator")


class OpenSlo(_Part):
    """An SLO as OpenSLO v1 writes it: every field of the specification is read, kept and written again.

    ``problems()`` lists what breaks the specification. :func:`from_openslo` makes the SLO that this library can judge
    of it, :func:`to_openslo` goes the other way. Queries and notification targets are for the systems that run them:
    they stay in this document.

    >>> document = OpenSlo.parse('''
    ... apiVersion: openslo/v1
    ... kind: SLO
    ... metadata: {name: search, displayName: Search}
    ... spec:
    ...   service: web
    ...   indicatorRef: good-searches
    ...   timeWindow: [{duration: 28d, isRolling: true}]
    ...   budgetingMethod: Occurrences
    ...   objectives: [{targetPercent: 99.9}]
    ... ''')
    >>> document.spec.objectives[0].target_percent
    Decimal('99.9')
    """

    api_version: Literal["openslo/v1"]
    """The version of the specification."""
    kind: Literal["SLO"]
    """What the document describes; other kinds are not read."""
    metadata: Metadata
    """Name, title, labels and annotations."""
    spec: Spec
    """The SLO itself."""


def span_of(length: str | int | None) -> timedelta | None:
    """The exact length, if it has one: months have not. A bare number is minutes."""
    if isinstance(length, int):
        return timedelta(minutes=length)
    exact = length is not None and length[-1] in UNITS
    return int(length[:-1]) * UNITS[length[-1]] if exact and length is not None else None


def _slice_faults(window: str | int | None) -> Iterator[Problem]:
    if window is not None and not (span_of(window) or timedelta(0)) > timedelta(0):
        message = f"slices of {window} have no exact length"
        yield Problem("openslo.time-slice", "timeSliceWindow", message, "use minutes, hours, days or weeks")


def _missing_slices(method: str, objective: SpecObjective, path: str) -> Iterator[Problem]:
    if method != "Occurrences" and objective.time_slice_window is None:
        yield Problem("openslo.time-slice", f"{path}.timeSliceWindow", f"{method} needs the length of a slice")
    if method == "Timeslices" and objective.time_slice_target is None:
        yield Problem("openslo.time-slice", f"{path}.timeSliceTarget", f"{method} needs the target of a slice")
