"""From states to measurements: sums are divided at the end, once, and limits are put around what they come to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import Any, cast

from servicekit.kpi.engine.collect import MINUS, MISSING, OF, PLUS, ROWS, SQUARES, TOTAL, N
from servicekit.kpi.engine.followed import followed
from servicekit.kpi.engine.metric_state import Group, State
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
from servicekit.statistics import (
    Estimate,
    KaplanMeier,
    garwood,
    nps_interval,
    quantile_interval,
    t_interval,
    wilson,
)
from servicekit.statistics.quantiles import Values, exact_quantile


@dataclass(frozen=True, slots=True)
class SharedStates:
    """What metrics share that have the same states: all of them together, and their values in order.

    They are found by identity, so that the states themselves are kept, too.
    """

    wholes: dict[tuple[int, ...], tuple[State, Sequence[State]]] = field(default_factory=dict)
    ordered: dict[int, Values] = field(default_factory=dict)

    def whole(self, states: Collection[State]) -> State:
        """All of some states together."""
        place = tuple(map(id, states))
        if place not in self.wholes:
            self.wholes[place] = State.all_of(states), list(states)
        return self.wholes[place][0]

    def values(self, state: State) -> Values:
        """The values of a state in order, with their counts where some are there more than once."""
        if id(state) not in self.ordered:
            bag = cast(Mapping[float, int], state.bag)
            found = sorted(bag)
            self.ordered[id(state)] = found if sum(bag.values()) == len(bag) else {each: bag[each] for each in found}
        return self.ordered[id(state)]


@dataclass(frozen=True, slots=True)
class Finish:
    """How states are finished: under which name, how sure the limits are, as of when, and what other metrics share."""

    name: str
    confidence: float = 0.95
    as_of: datetime | None = None
    shared: SharedStates = field(default_factory=SharedStates)


def finished(
    metric: Metric, states: Mapping[Group, State], finish: Finish
) -> tuple[Measurement, dict[Group, Measurement]]:
    """What a metric comes to for all rows together, and by group; of fewer rows than ``min_n`` no value is shown.

    Raises:
        ValueError: numbers are beyond the range of floats, or a metric looks ahead and it is not said as of when.

    >>> whole, groups = finished(SumMetric(table="case"), {("chat",): State({"n": 3, "total": 3})}, Finish("cases"))
    >>> whole.value, groups["chat",].value
    (3.0, 3.0)
    """
    if isinstance(metric, WithinMetric):
        states = followed(metric, states, finish.as_of)
    groups = {group: replace(_one(metric, state, finish), group=group) for group, state in states.items()}
    return groups.get(()) or _one(metric, finish.shared.whole(states.values()), finish), groups


def _one(metric: Metric, state: State, finish: Finish) -> Measurement:
    try:
        measured = _FINISH[type(metric)](metric, state, finish)
    except OverflowError:
        raise ValueError(f"{finish.name}: the numbers are too large to be measured") from None
    measured = _blank(measured) if _is_few(measured, metric) else measured
    return replace(measured, left_out=state.left_out)


def _is_few(measured: Measurement, metric: Metric) -> bool:
    """Whether there are fewer rows than the metric asks for; it asks for more than one, or for none."""
    return measured.n < metric.min_n and metric.min_n > 1


def _blank(measured: Measurement) -> Measurement:
    return replace(measured, exact=None, numerator=None, denominator=None, low=None, high=None)


def _measured(metric: Metric, finish: Finish, n: int) -> Measurement:
    return Measurement(finish.name, metric.unit, n, confidence=finish.confidence)


def _ratio(metric: RatioMetric, state: State, finish: Finish) -> Measurement:
    of = state.sums.get(OF, 0) if metric.distinct is None else len(state.bag)
    below = state.sums.get(N, 0)
    rows = int(state.sums.get(ROWS, below))
    measured = replace(_measured(metric, finish, rows), numerator=of, denominator=below)
    if not below:
        return measured
    factor = metric.scale / Fraction(below)
    measured = replace(measured, exact=Fraction(of) * factor)
    if metric.per is None:
        return _limited(measured, wilson(int(of), int(below), finish.confidence))
    if metric.column is None and metric.unit == "share" and metric.scale == 1 and of <= below:
        return _limited(measured, wilson(int(of), int(below), finish.confidence))
    if metric.column is None:
        return _limited(measured, garwood(int(of), float(1 / factor), finish.confidence))
    return measured


def _mean(metric: MeanMetric, state: State, finish: Finish) -> Measurement:
    n, total, squares = (state.sums.get(name, 0) for name in (N, TOTAL, SQUARES))
    measured = replace(_measured(metric, finish, int(n)), numerator=total, denominator=n)
    if not n:
        return measured
    mean, count = Fraction(total) / Fraction(n), int(n)
    variance = (Fraction(squares) - mean * Fraction(total)) / (count - 1) if count > 1 else Fraction(0)
    limits = t_interval(count, float(mean), float(variance), finish.confidence, _scale(metric, float(mean)))
    measured = _limited(replace(measured, exact=mean), limits)
    is_part = metric.unit == "share" and metric.low is not None and metric.high is not None
    return _on_the_way(measured, cast(Decimal, metric.low), cast(Decimal, metric.high)) if is_part else measured


def _scale(metric: MeanMetric, mean: float) -> tuple[float, float]:
    """What limits of a mean do not leave; a length is never less than nothing."""
    least = 0.0 if metric.column.endswith("_us") else -inf
    low, high = (end if told is None else float(told) for told, end in ((metric.low, least), (metric.high, inf)))
    return min(low, mean), max(high, mean)


def _on_the_way(measured: Measurement, low: Decimal | int, high: Decimal | int) -> Measurement:
    """A mean as a part of the way from one end of a scale to the other; so are its limits."""
    first, span = Fraction(low), Fraction(high) - Fraction(low)
    assert measured.exact is not None
    limits = [
        None if each is None else min(max(float((Fraction(each) - first) / span), 0.0), 1.0)
        for each in (measured.low, measured.high)
    ]
    low_limit, high_limit = limits
    return replace(measured, exact=(measured.exact - first) / span, low=low_limit, high=high_limit)


def _net(metric: NetMetric, state: State, finish: Finish) -> Measurement:
    n, plus, minus = (int(state.sums.get(name, 0)) for name in (N, PLUS, MINUS))
    measured = replace(_measured(metric, finish, n), numerator=plus - minus, denominator=n)
    if not n:
        return measured
    limits = nps_interval(plus, n - plus - minus, minus, method=metric.method, confidence=finish.confidence)
    return _limited(replace(measured, exact=Fraction(100 * (plus - minus), n)), limits)


def _sum(metric: SumMetric, state: State, finish: Finish) -> Measurement:
    n, total = int(state.sums.get(N, 0)), state.sums.get(TOTAL, 0)
    is_unknown = not n and MISSING in state.left_out
    return replace(_measured(metric, finish, n), exact=None if is_unknown else Fraction(total), numerator=total)


def _quantile(metric: QuantileMetric, state: State, finish: Finish) -> Measurement:
    measured = _measured(metric, finish, sum(state.bag.values()))
    values = finish.shared.values(state)
    q, method = float(metric.q), metric.method
    found = quantile_interval(values, q, method, confidence=finish.confidence)
    return _limited(replace(measured, exact=exact_quantile(values, q, method)), found)


def _duration(metric: DurationMetric, state: State, finish: Finish) -> Measurement:
    ended: dict[bool, dict[float, int]] = {True: {}, False: {}}
    for (length, is_over), count in cast(Mapping[tuple[float, bool], int], state.bag).items():
        ended[bool(is_over)][length] = count
    curve = KaplanMeier(ended[True], ended[False])
    measured = replace(_measured(metric, finish, curve.n), censored=sum(ended[False].values()))
    return _at(measured, curve.quantile(float(metric.q), finish.confidence))


def _at(measured: Measurement, found: Estimate | None) -> Measurement:
    return measured if found is None else _limited(replace(measured, exact=Fraction(found.value)), found)


def _within(metric: WithinMetric, state: State, finish: Finish) -> Measurement:
    of, n = int(state.sums.get(OF, 0)), int(state.sums.get(N, 0))
    measured = replace(_measured(metric, finish, n), numerator=of, denominator=n)
    if not n:
        return measured
    return _limited(replace(measured, exact=Fraction(of, n)), wilson(of, n, finish.confidence))


def _limited(measured: Measurement, found: Estimate | None) -> Measurement:
    if found is None:
        return measured
    low, high = (each if each is None or isinstance(each, int) else float(each) for each in (found.low, found.high))
    return replace(measured, low=low, high=high, is_sampled=True)


_FINISH: Mapping[type, Callable[[Any, State, Finish], Measurement]] = {
    RatioMetric: _ratio,
    MeanMetric: _mean,
    NetMetric: _net,
    SumMetric: _sum,
    QuantileMetric: _quantile,
    DurationMetric: _duration,
    WithinMetric: _within,
}
