"""A value between its limits, beside its target, on a line that begins at zero."""

from __future__ import annotations

from collections.abc import Iterator

from servicekit.kpi.display.reach import Reach, goals_of
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.target import MetricTarget
from servicekit.layout import svg

_WIDTH, _HEIGHT, _EDGE, _MIDDLE = 110, 18, 5, 9


def interval_bar(measured: Measurement, target: MetricTarget | None, reach: Reach, title: str) -> str:
    """The limits as a bar, the value as a dot, the target as a tick. A limit that is missing leaves the bar open.

    >>> half = Measurement("csat", "share", 4, low=0.1, high=0.9)
    >>> interval_bar(half, None, Reach(0.0, 1.0), "csat").count("<rect")
    1
    """
    parts = [_stroke((_EDGE, _WIDTH - _EDGE), 1, "0.35"), *_limits(measured, reach), *_target(target, reach)]
    share = reach.share(measured.value)
    if share is not None:
        parts.append(svg.element("circle", cx=_x(share), cy=_MIDDLE, r=3, fill="currentColor"))
    return svg.inline(title, (_WIDTH, _HEIGHT), parts)


def _limits(measured: Measurement, reach: Reach) -> Iterator[str]:
    if measured.low is None and measured.high is None:
        return
    low, high = reach.share(measured.low), reach.share(measured.high)
    left = _EDGE if low is None else _x(low)
    right = _WIDTH - _EDGE if high is None else _x(high)
    yield svg.bar(left, max(right - left, 1.0), (_MIDDLE - 3, 6), fill="currentColor", fill_opacity="0.5")


def _target(target: MetricTarget | None, reach: Reach) -> Iterator[str]:
    """A tick, with an arrow to the side that is good."""
    for goal, way in zip(goals_of(target), (4, -4), strict=True):
        share = reach.share(goal)
        if share is not None:
            x = _x(share)
            path = f"M{x:.1f} {_HEIGHT}V0L{x + way:.1f} 2.5L{x:.1f} 5"
            yield svg.element("path", d=path, fill="none", stroke="currentColor", stroke_width=1.5)


def _stroke(ends: tuple[float, float], width: float, opacity: str) -> str:
    path = f"M{ends[0]:.1f} {_MIDDLE}H{ends[1]:.1f}"
    return svg.element("path", d=path, stroke="currentColor", stroke_width=width, stroke_opacity=opacity)


def _x(share: float) -> float:
    return _EDGE + share * (_WIDTH - 2 * _EDGE)
