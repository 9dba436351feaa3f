"""From OpenSLO: the SLO that a document describes, and the fields that an SLO cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

from servicekit.availability.burn import BurnAlert
from servicekit.availability.openslo.document import (
    AlertCondition,
    AlertPolicy,
    Metadata,
    OpenSlo,
    Spec,
    SpecObjective,
    span_of,
)
from servicekit.availability.openslo.to_openslo import BUDGETING, SINCE
from servicekit.availability.slo import Objective, Slo
from servicekit.document import Loaded
from servicekit.errors import Problem
from servicekit.timeline import TimeWindow

_ROLLING = TimeWindow(length="28d", rolling=True)


def from_openslo(document: OpenSlo) -> Loaded[Slo]:
    """The SLO that a document describes, with the document's problems and a warning for each field that is lost.

    The value is None where the document breaks the specification.

    >>> document = OpenSlo.parse('''
    ... apiVersion: openslo/v1
    ... kind: SLO
    ... metadata: {name: search}
    ... spec:
    ...   service: web
    ...   indicatorRef: good-searches
    ...   timeWindow: [{duration: 28d, isRolling: true}]
    ...   budgetingMethod: Occurrences
    ...   objectives: [{targetPercent: 99.9, op: gt}]
    ... ''')
    >>> read = from_openslo(document)
    >>> read.unwrap().window.text, read.unwrap().objectives[0].target
    ('rolling 28d', Fraction(999, 1000))
    >>> [(problem.code, problem.path) for problem in read.problems]
    [('openslo.not-carried', 'spec.objectives[0].op')]
    """
    found = (*document.problems(), *_losses(document))
    if any(problem.is_error for problem in found):
        return Loaded(None, found)
    return Loaded(_slo(document), found)


def _losses(document: OpenSlo) -> Iterator[Problem]:
    """The fields of the document that an :class:`Slo` cannot hold."""
    meta, spec = document.metadata, document.spec
    yield from _lost("metadata.labels", bool(meta.labels))
    yield from _lost("metadata.annotations", bool(meta.annotations))
    yield from _lost("spec.indicator", spec.indicator is not None)
    if not spec.time_window:
        message = f"the document names no time window; {_ROLLING.text} is taken"
        yield Problem.warning("openslo.time-window", "spec.timeWindow", message)
    for index, objective in enumerate(spec.objectives):
        for key in ("op", "value", "indicator"):
            yield from _lost(f"spec.objectives[{index}].{key}", getattr(objective, key) is not None)
    for index, policy in enumerate(spec.alert_policies):
        yield from _policy_losses(policy, f"spec.alertPolicies[{index}]", f"{meta.name}-{index + 1}")


def _lost(path: str, is_given: bool) -> Iterator[Problem]:
    if is_given:
        message = "stays in the OpenSLO document; the objects made from it leave it out"
        yield Problem.warning("openslo.not-carried", path, message)


def _policy_losses(policy: AlertPolicy, path: str, name: str) -> Iterator[Problem]:
    if policy.spec is None:
        yield from _lost(path, True)
        return
    yield from _metadata_losses(policy.metadata, f"{path}.metadata", name)
    given = policy.spec.to_dict().keys() - {"conditions", "alertWhenBreaching"}
    yield from chain.from_iterable(_lost(f"{path}.spec.{key}", True) for key in sorted(given))
    for index, condition in enumerate(policy.spec.conditions):
        place = f"{path}.spec.conditions[{index}]"
        if not policy.spec.alert_when_breaching or _alert(condition) is None:
            yield from _lost(place, True)
        else:
            yield from _metadata_losses(condition.metadata, f"{place}.metadata", name)
            yield from _lost(f"{place}.spec.description", bool(condition.spec and condition.spec.description))


def _metadata_losses(metadata: Metadata | None, path: str, name: str) -> Iterator[Problem]:
    """Our alerts have no names. The names that ``to_openslo`` invents for them are not counted as a loss."""
    yield from _lost(path, metadata is not None and metadata != Metadata(name=name))


def _slo(document: OpenSlo) -> Slo:
    meta, spec = document.metadata, document.spec
    window, timezone = _window(spec)
    policies = [policy.spec for policy in spec.alert_policies if policy.spec and policy.spec.alert_when_breaching]
    alerts = [_alert(condition) for policy in policies for condition in policy.conditions]
    return Slo(
        name=meta.name,
        title=meta.display_name,
        description=spec.description,
        service=spec.service,
        indicator=_indicator(spec),
        budgeting=BUDGETING[spec.budgeting_method],
        window=window,
        timezone=timezone,
        objectives=tuple(map(_objective, spec.objectives)),
        alerts=tuple(alert for alert in alerts if alert is not None),
    )


def _window(spec: Spec) -> tuple[TimeWindow, str]:
    if not spec.time_window:
        return _ROLLING, "UTC"
    [given] = spec.time_window
    if given.calendar is None:
        return TimeWindow(length=given.duration, rolling=True), "UTC"
    start = given.calendar.start_time
    window = TimeWindow(length=given.duration, start=None if start == SINCE else start)
    return window, given.calendar.time_zone


def _objective(given: SpecObjective) -> Objective:
    target = Fraction(given.target or 0) if given.target_percent is None else Fraction(given.target_percent) / 100
    return Objective(
        name=given.display_name,
        target=target,
        slice=span_of(given.time_slice_window),
        slice_target=None if given.time_slice_target is None else Fraction(given.time_slice_target),
        weight=Fraction(1 if given.composite_weight is None else given.composite_weight),
        indicator=_indicator(given),
    )


def _indicator(given: Spec | SpecObjective) -> str:
    """The name of the indicator that is measured."""
    if given.indicator is None:
        return given.indicator_ref or ""
    metadata = given.indicator.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, dict) else ""


def _alert(given: AlertCondition) -> BurnAlert | None:
    """The alert that a condition describes; None unless it fires at once above a rate, as ours do."""
    if given.spec is None:
        return None
    condition = given.spec.condition
    long = span_of(condition.lookback_window)
    if condition.op != "gt" or condition.alert_after != "0m" or not long:
        return None
    return BurnAlert(long=long, factor=Fraction(condition.threshold), severity=given.spec.severity)
