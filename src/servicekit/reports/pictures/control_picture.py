"""A control chart: the points, the line around which they scatter, and the limits of chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servicekit.layout import svg
from servicekit.reports.blocks.told import say
from servicekit.reports.pictures.picture import BLUE, ORANGE, picture, text
from servicekit.reports.words.report_words import ReportWords
from servicekit.statistics import ChartPoint, ControlChart

_WIDTH, _HEIGHT = 620, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 70, 14, 28


class _Scale:
    """Where points and values stand."""

    def __init__(self, points: Sequence[ChartPoint]) -> None:
        ends = [each for point in points for each in (point.value, point.low, point.high, point.centre)]
        values = [each for each in ends if each is not None]
        low, high = min(values), max(values)
        room = (high - low or 1.0) * 0.08
        self.low, self.high = low - room, high + room
        self._step = (_WIDTH - _LEFT - _RIGHT) / max(len(points) - 1, 1)

    def x(self, place: int) -> float:
        return _LEFT + place * self._step

    def y(self, value: float) -> float:
        return _TOP + (self.high - value) / (self.high - self.low) * (_HEIGHT - _TOP - _BOTTOM)


def control_picture(chart: ControlChart, words: ReportWords) -> str:
    """The chart; points that chance does not explain are larger, and of another colour. Limits bear their values.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> from servicekit.statistics import c_chart
    >>> drawn = control_picture(c_chart([4, 5, 3, 4, 19]), ENGLISH)
    >>> drawn.count("<circle"), drawn.count('r="5"')
    (5, 1)
    """
    scale = _Scale(chart.points)
    parts = [*_limits(chart.points, scale), *_line(chart.points, scale), *_points(chart, scale), *_names(chart, scale)]
    return picture(
        chart.title or words.tell(say("trend.axis")), "", (_WIDTH, _HEIGHT), [*parts, *_values(chart, scale)]
    )


def _limits(points: Sequence[ChartPoint], scale: _Scale) -> Iterator[str]:
    """Lines through the limits of each period, which differ where counts do."""
    lows, highs = [point.low for point in points], [point.high for point in points]
    centres: list[float | None] = [point.centre for point in points]
    for values, dashes in ((lows, "4 3"), (highs, "4 3"), (centres, "none")):
        look = {"stroke": "currentColor", "stroke_opacity": "0.55", "stroke_dasharray": dashes}
        yield svg.element("path", d=_path(values, scale), fill="none", **look)


def _line(points: Sequence[ChartPoint], scale: _Scale) -> Iterator[str]:
    yield svg.element(
        "path", d=_path([point.value for point in points], scale), fill="none", stroke=BLUE, stroke_width=1.5
    )


def _points(chart: ControlChart, scale: _Scale) -> Iterator[str]:
    for place, point in enumerate(chart.points):
        if point.value is None:
            continue
        look: dict[str, float | str] = {"r": 5, "fill": ORANGE} if point.signals else {"r": 3, "fill": BLUE}
        title = f"{chart.name(place)}: {_number(point.value, chart)}"
        yield svg.element("circle", title=title, cx=scale.x(place), cy=scale.y(point.value), **look)


def _names(chart: ControlChart, scale: _Scale) -> Iterator[str]:
    """So many that none touches another."""
    every = max(1, -(-len(chart.points) * 56 // (_WIDTH - _LEFT - _RIGHT)))
    for place in range(0, len(chart.points), every):
        yield text(scale.x(place), _HEIGHT - 8, chart.name(place), anchor="middle")


def _values(chart: ControlChart, scale: _Scale) -> Iterator[str]:
    """The values of the lines, those of the limits where they end."""
    last = next((point for point in reversed(chart.points) if point.value is not None), chart.points[-1])
    centre = scale.y(last.centre)
    yield _value(last.centre, centre, chart)
    if last.high is not None:
        yield _value(last.high, min(scale.y(last.high), centre - 12), chart)
    if last.low is not None:
        yield _value(last.low, max(scale.y(last.low), centre + 12), chart)


def _value(value: float, top: float, chart: ControlChart) -> str:
    return text(_WIDTH - _RIGHT + 8, top + 4, _number(value, chart))


def _number(value: float, chart: ControlChart) -> str:
    return f"{value * 100:.1f} %" if chart.kind == "p" else f"{value:.4f}".rstrip("0").rstrip(".")


def _path(values: Sequence[float | None], scale: _Scale) -> str:
    """A line through the values; it breaks where there is none."""
    told, is_begun = [], False
    for place, value in enumerate(values):
        if value is not None:
            told.append(f"{'L' if is_begun else 'M'}{scale.x(place):.1f} {scale.y(value):.1f}")
        is_begun = value is not None
    return "".join(told)
