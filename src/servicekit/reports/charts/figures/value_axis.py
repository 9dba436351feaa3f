"""The axis of values by their unit, and the colours of charts of key figures."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Literal, TypeAlias

from servicekit.reports.charts.chart_text import decoded, encoded

if TYPE_CHECKING:
    from altair import X, Y

BLUE, ORANGE, VERMILION, INK, FAINT = "#0072b2", "#e69f00", "#d55e00", "#202428", "#5d646a"
"""Colours that stay apart for colour-blind people (M. Okabe, K. Ito, 2008), and those of texts and lines."""

AxisUnit: TypeAlias = Literal["share", "duration", "number", "count"]
"""How an axis tells its numbers: in per cent, as minutes and seconds, as they are, or as whole ones."""

Row: TypeAlias = dict[str, object]
"""One point or cell in the data of a chart."""

PADDING = {"left": 5, "top": 5, "right": 40, "bottom": 5}
"""Room around a chart: the font of a browser may be wider than the one that was measured."""

FEW = 12
"""So many points have room for their figures."""

STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
"""Round lengths of time in seconds, up to a day."""

_TICKS = 6
_NARROWEST, _WIDEST, _ROOM = 360, 780, 62
_CLOCK = (
    "(datum.value >= 3600 ? floor(datum.value / 3600) + ':' + format(floor(datum.value % 3600 / 60), '02d')"
    " : floor(datum.value / 60)) + ':' + format(datum.value % 60, '02d')"
)


def number(value: float | None) -> float | None:
    """A number as it stands in a chart, to six digits.

    >>> number(55.80408), number(None)
    (55.8041, None)
    """
    return None if value is None else float(f"{value:.6g}")


def values_axis(alt: ModuleType, field: str, unit: AxisUnit, ends: tuple[float, float]) -> Y:
    """The upright axis of a field, from one end to another.

    >>> import altair
    >>> values_axis(altair, "value", "share", (0, 0.5)).to_dict()["axis"]["format"]
    '.3~p'
    """
    axis: Y = alt.Y(f"{field}:Q", **_look(alt, unit, ends))
    return axis


def level_axis(alt: ModuleType, field: str, unit: AxisUnit, ends: tuple[float, float]) -> X:
    """The same along the ground.

    >>> import altair
    >>> level_axis(altair, "value", "duration", (0, 90)).to_dict()["axis"]["values"]
    [0, 15, 30, 45, 60, 75, 90]
    """
    axis: X = alt.X(f"{field}:Q", **_look(alt, unit, ends))
    return axis


def _look(alt: ModuleType, unit: AxisUnit, ends: tuple[float, float]) -> dict[str, object]:
    formats = {"share": ".3~p", "number": ",.6~g", "count": ",d"}
    told: dict[str, object] = _clock(ends) if unit == "duration" else {"format": formats[unit]}
    if unit == "count" and ends[1] < _TICKS:
        told["values"] = list(range(int(ends[1]) + 1))
    scale = alt.Scale(domain=list(ends), nice=False, zero=False)
    return {"title": None, "scale": scale, "axis": alt.Axis(tickCount=_TICKS, **told)}


def names_axis(alt: ModuleType, names: Sequence[str]) -> X:
    """The axis of points by their names, such as periods, in their order."""
    labels = alt.Axis(
        labelExpr=decoded("datum.label"),
        labelAngle=0 if len(names) <= FEW else -45,
        labelOverlap=True,
        labelLimit=0,
        ticks=False,
    )
    order = [encoded(name) for name in names]
    axis: X = alt.X("name:O", title=None, axis=labels, sort=order, scale=alt.Scale(domain=order))
    return axis


def width_of(points: int) -> int:
    """The width of so many points, each with room for its figures where they are few.

    >>> width_of(3), width_of(10), width_of(365)
    (360, 620, 780)
    """
    return min(max(_ROOM * points, _NARROWEST), _WIDEST)


def _clock(ends: tuple[float, float]) -> dict[str, object]:
    """Ticks at whole seconds, minutes or hours."""
    low, high = ends
    step = next((each for each in STEPS if (high - low) / each <= _TICKS), STEPS[-1])
    first = -int(-low // step) if low > 0 else int(low // step)
    return {"values": [step * each for each in range(first, int(high // step) + 1)], "labelExpr": _CLOCK}


def ends_of(numbers: Sequence[float | None], *, from_zero: bool) -> tuple[float, float]:
    """From where to where an axis goes, with some room above the greatest number.

    >>> ends_of([0.25, None, 0.5], from_zero=True)
    (0.0, 0.56)
    """
    known = [each for each in numbers if each is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    low, high = (min(low, 0.0), max(high, 0.0)) if from_zero else (low, high)
    room = (high - low or abs(high) or 1.0) * 0.12
    return low if from_zero and not low else low - room, high + room
