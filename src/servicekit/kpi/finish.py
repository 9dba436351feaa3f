"""From states to measurements: sums are divided at the end, once, and limits are put around what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from servicekit.kpi.collect import MINUS, N, OF, PLUS, SQUARES, TOTAL
from servicekit.kpi.followed import followed
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.metric import (
    DurationMetric,
    MeanMetric,
    Metric,
    NetMetric,
    QuantileMetric,
    RatioMetric,
    SumMetric,
    WithinMetric,
)
from servicekit.kpi.state import Group, State


@dataclass(frozen=True, slots=True)
class Finish:
    """How states are finished: under which name, how sure the limits are, and as of when."""

    name: str
    confidence: float = 0.95
    as_of: datetime | None = None


def finished(metric: Metric, states: Mapping[Group, State], finish: Finish) -> dict[Group, Measurement]:
    """What a metric comes to, by group; of fewer rows than ``min_n`` no value is shown.

    >>> finished(SumMetric(table="case"), {(): State({"n": 3, "total": 3})}, Finish("cases"))[()].value
    3.0
    """
    if isinstance(metric, WithinMetric):
        states = followed(metric, states, finish.as_of)
    found = {group: _FINISH[type(metric)](metric, state, finish) for group, state in states.items()}
    return {
        group: replace(_blank(each) if each.n < metric.min_n else each, group=group, left_out=states[group].left_out)
        for group, each in found.items()
    }


def _blank(measured: Measurement) -> Measurement:
    return replace(measured, exact=None, numerator=None, denominator=None, low=None, high=None)


def _measured(metric: Metric, finish: Finish, n: int) -> Measurement:
    return Measurement(finish.name, metric.unit, n, confidence=finish.confidence)


def _ratio(metric: RatioMetric, state: State, finish: Finish) -> Measurement:
    of, below = state.sums.get(OF, 0), state.sums.get(N, 0)
    measured = replace(_measured(metric, finish, int(below)), numerator=of, denominator=below)
    if not below:
        return measured
    factor = metric.scale / Fraction(below)
    measured = replace(measured, exact=Fraction(of) * factor)
    if metric.per is None:
        return _between(measured, wilson(int(of), int(below), finish.confidence))
    if metric.column is None:
        return _between(measured, garwood(int(of), finish.confidence), factor)
    return measured


def _mean(metric: MeanMetric, state: State, finish: Finish) -> Measurement:
    n, total, squares = (state.sums.get(name, 0) for name in (N, TOTAL, SQUARES))
    measured = replace(_measured(metric, finish, int(n)), numerator=total, denominator=n)
    if not n:
        return measured
    mean = Fraction(total) / Fraction(n)
    measured = _between(
        replace(measured, exact=mean), mean_interval(int(n), Fraction(total), Fraction(squares), finish.confidence)
    )
    if metric.low is None or metric.high is None:
        return measured
    low, span = Fraction(metric.low), Fraction(metric.high) - Fraction(metric.low)
    ends = (None if each is None else (each - float(low)) / float(span) for each in (measured.low, measured.high))
    return replace(measured, exact=(mean - low) / span, **dict(zip(("low", "high"), ends, strict=True)))


def _net(metric: NetMetric, state: State, finish: Finish) -> Measurement:
    n, plus, minus = (int(state.sums.get(name, 0)) for name in (N, PLUS, MINUS))
    measured = replace(_measured(metric, finish, n), numerator=plus - minus, denominator=n)
    if not n:
        return measured
    limits = (adjusted_wald if metric.method == "adjusted_wald" else mover)(plus, n - plus - minus, minus, finish.confidence)
    return _between(replace(measured, exact=Fraction(100 * (plus - minus), n)), limits)


def _sum(metric: SumMetric, state: State, finish: Finish) -> Measurement:
    n, total = int(state.sums.get(N, 0)), state.sums.get(TOTAL, 0)
    return replace(_measured(metric, finish, n), exact=Fraction(total), numerator=total)


def _quantile(metric: QuantileMetric, state: State, finish: Finish) -> Measurement:
    values = sorted(value for (value,), count in state.bag.items() for _ in range(count))
    measured = _measured(metric, finish, len(values))
    if not values:
        return measured
    low, high = quantile_limits(values, metric.q, finish.confidence)
    return replace(measured, exact=Fraction(quantile(values, metric.q, metric.method)), low=low, high=high)


def _duration(metric: DurationMetric, state: State, finish: Finish) -> Measurement:
    curve = KaplanMeier.of(state.bag)
    measured = replace(_measured(metric, finish, curve.n), censored=curve.censored)
    estimate = curve.quantile(metric.q, finish.confidence)
    if estimate.value is None:
        return replace(measured, low=estimate.low, high=estimate.high)
    return replace(measured, exact=Fraction(estimate.value), low=estimate.low, high=estimate.high)


def _within(metric: WithinMetric, state: State, finish: Finish) -> Measurement:
    of, n = int(state.sums.get(OF, 0)), int(state.sums.get(N, 0))
    measured = replace(_measured(metric, finish, n), numerator=of, denominator=n)
    return _between(replace(measured, exact=Fraction(of, n)), wilson(of, n, finish.confidence)) if n else measured


def _between(measured: Measurement, limits: Estimate, factor: Fraction = Fraction(1)) -> Measurement:
    return replace(measured, low=limits.low * float(factor), high=limits.high * float(factor))


_FINISH: Mapping[type, Callable[[Any, State, Finish], Measurement]] = {
    RatioMetric: _ratio,
    MeanMetric: _mean,
    NetMetric: _net,
    SumMetric: _sum,
    QuantileMetric: _quantile,
    DurationMetric: _duration,
    WithinMetric: _within,
}
