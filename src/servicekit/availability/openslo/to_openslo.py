"""To OpenSLO: the document that describes an SLO, and the properties that OpenSLO has no field for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from servicekit.availability.burn import BurnAlert
from servicekit.availability.openslo.document import UNITS, OpenSlo
from servicekit.availability.slo import Budgeting, Objective, Slo
from servicekit.document import Loaded
from servicekit.errors import Problem
from servicekit.quantity import decimal_text

BUDGETING: dict[str, Budgeting] = {
    "Occurrences": "occurrences",
    "Timeslices": "timeslices",
    "RatioTimeslices": "ratio_timeslices",
}
_METHODS = {ours: theirs for theirs, ours in BUDGETING.items()}
SINCE = "2001-01-01 00:00:00"
"""The start of a window that names none; the specification requires one."""


def to_openslo(slo: Slo) -> Loaded[OpenSlo]:
    """The document that describes an SLO, with a problem for each thing that OpenSLO v1 cannot say.

    >>> slo = Slo(name="search", service="web", indicator="good-searches", objectives=[{"target": "99.9%"}])
    >>> print(to_openslo(slo).unwrap().spec.to_yaml(), end="")
    service: web
    indicatorRef: good-searches
    timeWindow:
    - duration: 28d
      isRolling: true
    budgetingMethod: Occurrences
    objectives:
    - target: 0.999
    """
    losses = tuple(_losses(slo))
    if not slo.name:
        return Loaded(None, losses)
    made = OpenSlo.model_validate(_described(slo), by_alias=False, by_name=True)
    return Loaded(made, (*made.problems(), *losses))


def _losses(slo: Slo) -> Iterator[Problem]:
    """The properties of an SLO that the specification has no field for; paths are paths in the SLO."""
    yield from _loss("name", not slo.name, "error")
    yield from _loss("indicator", bool(slo.indicator) and _is_composite(slo))
    yield from _loss("timezone", slo.window.rolling and slo.timezone != "UTC")
    yield from _loss("empty_slices", slo.empty_slices != "excluded")
    yield from _loss("min_events", slo.min_events > 0)
    for index, objective in enumerate(slo.objectives):
        path = f"objectives[{index}]"
        yield from _loss(f"{path}.target", _decimal(objective.target) is None or objective.target == 1, "error")
        for key in ("slice_target", "weight"):
            value: Fraction | None = getattr(objective, key)
            yield from _loss(f"{path}.{key}", value is not None and _positive(value) is None, "error")
        yield from _loss(f"{path}.slice", objective.slice is not None and not _shorthand(objective.slice), "error")
    for index, alert in enumerate(slo.alerts):
        yield from _loss(f"alerts[{index}]", _condition(alert) is None)


def _loss(path: str, is_given: bool, severity: Literal["error", "warning"] = "warning") -> Iterator[Problem]:
    if is_given:
        yield Problem("openslo.not-expressible", path, "OpenSLO v1 cannot say this", severity=severity)


def _is_composite(slo: Slo) -> bool:
    return any(objective.indicator for objective in slo.objectives)


def _described(slo: Slo) -> dict[str, object]:
    conditions = [condition for condition in map(_condition, slo.alerts) if condition is not None]
    return {
        "api_version": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": slo.name, "display_name": slo.title},
        "spec": {
            "description": slo.description,
            "service": slo.service,
            "indicator_ref": None if _is_composite(slo) else slo.indicator or None,
            "time_window": [_time_window(slo)],
            "budgeting_method": _METHODS[slo.budgeting],
            "objectives": [_described_objective(objective) for objective in slo.objectives],
            "alert_policies": [_policy(f"{slo.name}-{n}", one) for n, one in enumerate(conditions, start=1)],
        },
    }


def _time_window(slo: Slo) -> dict[str, object]:
    if slo.window.rolling:
        return {"duration": slo.window.length, "is_rolling": True}
    calendar = {"start_time": slo.window.start or SINCE, "time_zone": slo.timezone}
    return {"duration": slo.window.length, "calendar": calendar}


def _described_objective(objective: Objective) -> dict[str, object]:
    target = _decimal(objective.target)
    return {
        "display_name": objective.name,
        "target": None if objective.target == 1 else target,
        "time_slice_target": None if objective.slice_target is None else _positive(objective.slice_target),
        "time_slice_window": None if objective.slice is None else _shorthand(objective.slice),
        "indicator_ref": objective.indicator or None,
        "composite_weight": None if objective.weight == 1 else _positive(objective.weight),
    }


def _policy(name: str, condition: dict[str, object]) -> dict[str, object]:
    named = {"kind": "AlertCondition", "metadata": {"name": name}, "spec": condition}
    return {
        "kind": "AlertPolicy",
        "metadata": {"name": name},
        "spec": {"alert_when_breaching": True, "conditions": [named]},
    }


def _condition(alert: BurnAlert) -> dict[str, object] | None:
    threshold = None if alert.factor is None else _decimal(alert.factor)
    lookback = _shorthand(alert.long)
    if threshold is None or lookback is None or alert.short is not None:
        return None
    condition = {"op": "gt", "threshold": threshold, "lookback_window": lookback}
    return {"severity": alert.severity, "condition": condition}


def _decimal(value: Fraction) -> Decimal | None:
    text = decimal_text(value)
    return None if text is None else Decimal(text)


def _positive(value: Fraction) -> Decimal | None:
    return _decimal(value) if value else None


def _shorthand(length: timedelta) -> str | None:
    """The length in OpenSLO's shorthand, in the largest unit that divides it; None if it is not whole minutes."""
    fitting = (unit for unit in ("w", "d", "h", "m") if length and not length % UNITS[unit])
    unit = next(fitting, None)
    return None if unit is None else f"{length // UNITS[unit]}{unit}"
