"""A trend small enough for the cell of a table: as a line of signs, and as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import isfinite

from servicekit.kpi.display.reach import Reach, goals_of
from servicekit.kpi.display.trend import Trend
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.value_text import value_text
from servicekit.layout import svg

_SIGNS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"
_HEIGHT, _EDGE = 22, 3


def spark_text(trend: Trend, names: Sequence[str] | None = None) -> str:
    """A sign for each period, from the least limit to the greatest one; a dot where there is no value.

    ``names`` are the periods that have a sign, so that those of several trends stand below one another.

    >>> from fractions import Fraction
    >>> values = enumerate((Fraction(1), Fraction(5), None, Fraction(9)))
    >>> spark_text(Trend(tuple((f"{place}", Measurement("m", "count", 1, value)) for place, value in values)))
    '▁▅·█'
    """
    reach = Reach.around(each for _, each in trend.dated)
    known = dict(trend.dated)
    return "".join(_sign(reach, known.get(name)) for name in names or known)


def change_sign(trend: Trend) -> str:
    """An arrow where the last change is more than chance: up or down, which need not be good or bad.

    >>> change_sign(Trend(()))
    ''
    """
    change = trend.change
    return ("▲" if change.value > 0 else "▼") if change is not None and trend.is_change_proven else ""


def _sign(reach: Reach, measured: Measurement | None) -> str:
    share = None if measured is None else reach.share(measured.value)
    return _NOTHING if share is None else _SIGNS[min(int(share * len(_SIGNS)), len(_SIGNS) - 1)]


def spark_svg(trend: Trend) -> str:
    """A line through the periods over the band of their limits, with a dashed line for the target.

    >>> spark_svg(Trend(())).count("<path")
    0
    """
    goals = [each for each in goals_of(trend.target) if each is not None]
    reach = Reach.around((each for _, each in trend.dated), goals)
    step = max(2, min(20, 110 // max(len(trend.dated) - 1, 1)))
    width = step * max(len(trend.dated) - 1, 1) + 2 * _EDGE
    points = [(_EDGE + step * place, each) for place, (_, each) in enumerate(trend.dated)]
    parts = [*_target(reach, goals, width), *_band(reach, points), *_line(reach, points)]
    return svg.inline(_told(trend), (width, _HEIGHT), parts)


_Points = Sequence[tuple[int, Measurement]]


def _told(trend: Trend) -> str:
    values = "; ".join(f"{name} {value_text(each)}" for name, each in trend.dated)
    return f"{trend.label}: {values}. {trend.summary}"


def _runs(points: _Points) -> Iterator[_Points]:
    """Neighbours that have a value; a period without one breaks the line."""
    for has_value, run in groupby(points, lambda point: point[1].value is not None and isfinite(point[1].value)):
        if has_value:
            yield list(run)


def _line(reach: Reach, points: _Points) -> Iterator[str]:
    for run in _runs(points):
        path = _path((x, _y(reach, each.value)) for x, each in run)
        yield svg.element("path", d=path, fill="none", stroke="currentColor", stroke_width=1.5)
        if len(run) == 1 or run[-1] == points[-1]:
            x, last = run[-1]
            yield svg.element("circle", cx=x, cy=_y(reach, last.value), r=2.5, fill="currentColor")


def _band(reach: Reach, points: _Points) -> Iterator[str]:
    for run in _runs(points):
        limited = [(x, each.low, each.high) for x, each in run if each.low is not None and each.high is not None]
        if len(limited) > 1:
            there = [(x, _y(reach, high)) for x, _, high in limited]
            back = [(x, _y(reach, low)) for x, low, _ in reversed(limited)]
            yield svg.element("path", d=f"{_path([*there, *back])}Z", fill="currentColor", fill_opacity="0.16")


def _target(reach: Reach, goals: Iterable[float], width: int) -> Iterator[str]:
    for goal in goals:
        y = _y(reach, goal)
        path = _path([(0, y), (width, y)])
        yield svg.element("path", d=path, stroke="currentColor", stroke_opacity="0.6", stroke_dasharray="3 2")


def _y(reach: Reach, value: float | None) -> float:
    return _HEIGHT - _EDGE - (reach.share(value) or 0.0) * (_HEIGHT - 2 * _EDGE)


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.0f} {y:.1f}" for x, y in points)
