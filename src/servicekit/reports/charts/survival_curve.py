"""Durations of which some are not over, as an Altair chart: the Kaplan-Meier curve with its limits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.reports.charts.value_axis import BLUE, FAINT, INK, Row, number, values_axis
from servicekit.statistics import Estimate, KaplanMeier

if TYPE_CHECKING:
    from altair import Chart, LayerChart

_CENSORED = "M0,-1L0,1"
_MANY = 60


def chart_of_survival(curve: KaplanMeier) -> LayerChart:
    """The share that lasts longer than a time, as steps, with a band of its limits and a mark where somebody was last
    seen; a dotted line leads to the time by which half have ended.

    The band reaches to 0 or 1 where a limit is missing. Times are in the unit of the durations.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no duration.
    """
    if not curve.n:
        raise ValueError("there is nothing to draw: the curve has no duration")
    alt = require("altair", extra="charts")
    last = max((*curve.events, *curve.censored))
    y = values_axis(alt, "share", "share", (0.0, 1.04))
    layers = alt.layer(*_steps(alt, curve, y, last), *_censored(alt, curve, y), *_median(alt, curve, y))
    told = _summary(curve)
    title = alt.Title("Share that lasts longer", subtitle=told, anchor="start")
    chart: LayerChart = layers.properties(
        width=560, height=280, title=title, description=f"Kaplan-Meier curve: {told}."
    )
    return chart


def _steps(alt: ModuleType, curve: KaplanMeier, y: object, last: float) -> Iterator[Chart]:
    rows = [
        _row(0, curve.survival(0)) if 0 not in curve.events else {},
        *(_row(step.time, curve.survival(step.time), step.at_risk, step.events) for step in curve.steps),
    ]
    rows = [row for row in rows if row]
    rows.append({**rows[-1], "time": number(last)})
    x = alt.X("time:Q", title="time", scale=alt.Scale(domain=[0, last or 1], nice=False), axis=alt.Axis(format=",.6~g"))
    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    names = ("time", "share", "low", "high", "at_risk", "ended")
    tips = [alt.Tooltip(f"{name}:Q", format=".1%" if name in {"share", "low", "high"} else ",") for name in names]
    yield base.mark_area(interpolate="step-after", opacity=0.2, color=BLUE).encode(y=alt.Y("low:Q"), y2="high:Q")
    yield base.mark_line(interpolate="step-after", color=BLUE).encode(y=y)
    yield base.mark_point(filled=True, opacity=0, size=60).encode(y=y, tooltip=tips)


def _row(time: float, found: Estimate | None, at_risk: int = 0, ended: int = 0) -> Row:
    assert found is not None
    low, high = (0.0 if found.low is None else found.low), (1.0 if found.high is None else found.high)
    return {
        "time": number(time),
        "share": number(found.value),
        "low": number(low),
        "high": number(high),
        "at_risk": at_risk,
        "ended": ended,
    }


def _censored(alt: ModuleType, curve: KaplanMeier, y: object) -> Iterator[Chart]:
    times = [step.time for step in curve.steps]
    rows = []
    for time, n in curve.censored.items():
        passed = bisect_right(times, time)
        rows.append(
            {"time": number(time), "share": number(curve.steps[passed - 1].survival if passed else 1.0), "not_over": n}
        )
    if rows:
        tips = [alt.Tooltip(f"{name}:Q", format=",") for name in ("time", "not_over")]
        base = alt.Chart(alt.Data(values=rows))
        look = {"shape": _CENSORED, "size": 90, "stroke": INK, "strokeWidth": 1.2}
        yield base.mark_point(opacity=0.9 if len(rows) <= _MANY else 0.25, **look).encode(x="time:Q", y=y, tooltip=tips)


def _median(alt: ModuleType, curve: KaplanMeier, y: object) -> Iterator[Chart]:
    half = curve.quantile(0.5)
    if half is not None:
        rows = [
            {"time": 0, "share": 0.5},
            {"time": number(half.value), "share": 0.5},
            {"time": number(half.value), "share": 0},
        ]
        line = alt.Chart(alt.Data(values=rows)).mark_line(strokeDash=[2, 3], color=FAINT, strokeWidth=1.5)
        yield line.encode(x="time:Q", y=y, order=alt.value(0))


def _summary(curve: KaplanMeier) -> str:
    over, open_ = sum(curve.events.values()), sum(curve.censored.values())
    return f"{curve.n:,} durations, {over:,} ended and {open_:,} not over; {_half(curve.quantile(0.5))}"


def _half(half: Estimate | None) -> str:
    if half is None:
        return "fewer than half have ended"
    ends = ["?" if each is None else f"{each:,.6g}" for each in (half.low, half.high)]
    return f"half have ended by {half.value:,.6g} ({' to '.join(ends)})"
