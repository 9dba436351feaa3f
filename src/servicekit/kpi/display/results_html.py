"""Results as HTML for a notebook: no script, no font, and colours that can be read on light and on dark pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from servicekit.kpi.display.interval_bar import interval_bar
from servicekit.kpi.display.reach import Reach, goals_of
from servicekit.kpi.display.sparkline import change_sign, spark_svg
from servicekit.kpi.display.trend import Trend
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.target import MetricTarget, Status
from servicekit.kpi.value_text import limits_told, number_text, value_text
from servicekit.layout.width import printable

_POINT = Reach(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A measurement with what stands beside it; ``places`` are its group, for people, and empty of all rows."""

    label: str
    places: tuple[str, ...]
    measured: Measurement
    target: MetricTarget | None = None
    trend: Trend | None = None
    reach: Reach = _POINT

    @property
    def status(self) -> Status | None:
        """Whether the target is met."""
        return None if self.target is None else self.target.status(self.measured)


_FEW, _MANY, _ROOM = 24, 200, 1.15
_OPEN = '<div style="overflow-x:auto" tabindex="0" role="group" aria-label="key figures">'
_HEADS = ("status", "value", "n", "limits", "target", "trend", "left out")
_RIGHT = {"value", "n", "left out", "target"}
_SIGNS: Mapping[Status, tuple[str, str]] = {
    "met": ("✓", "#009e73"),
    "met_not_proven": ("✓?", "#009e73"),
    "missed_not_proven": ("✗?", "#d55e00"),
    "missed": ("✗", "#d55e00"),
}
"""A sign and its ground, a colour of Okabe and Ito's, for each status, beside the word."""


def results_html(by: Sequence[str], rows: Iterable[ShownRow], notes: Iterable[str] = ()) -> str:
    """The rows as a table; where they are many, one of the metrics, and below it what folds out; notes come last.

    >>> results_html((), [ShownRow("csat", (), Measurement("csat", "share", 0))]).count("<tr>")
    2
    """
    metrics = [_with_reach(list(metric)) for _, metric in groupby(rows, lambda row: row.measured.metric)]
    known = [row for metric in metrics for row in metric]
    told = "".join(f"<p>{_text(note)}</p>" for note in notes)
    if len(known) <= _FEW:
        return f"{_OPEN}{_table(by, known)}{told}</div>"
    folded = "".join(_folded(by, [row for row in metric if row.places]) for metric in metrics)
    return f"{_OPEN}{_table((), [row for row in known if not row.places])}{folded}{told}</div>"


def _with_reach(metric: Sequence[ShownRow]) -> Sequence[ShownRow]:
    """Rows of one metric, drawn on one line from zero: shares to the whole, other values beyond the greatest."""
    goals = [goal for row in metric for goal in goals_of(row.target) if goal is not None]
    reach = Reach.around((row.measured for row in metric), [0.0, *goals])
    is_share = metric[0].measured.unit == "share"
    reach = Reach(reach.least, 1.0) if is_share else Reach(*(end * _ROOM for end in reach))
    return [replace(row, reach=reach) for row in metric]


def _folded(by: Sequence[str], rows: Sequence[ShownRow]) -> str:
    if not rows:
        return ""
    told = f"{rows[0].label} by {' and '.join(by)}: {len(rows):,} rows"
    more = "" if len(rows) <= _MANY else f"<p>The first {_MANY} of {len(rows):,}; rows() has all.</p>"
    table = _table(by, rows[:_MANY], is_one_metric=True)
    return f"<details><summary>{_text(told)}</summary>{table}{more}</details>"


def _table(by: Sequence[str], rows: Sequence[ShownRow], *, is_one_metric: bool = False) -> str:
    """The rows under their heads, without columns that are empty."""
    names = by if is_one_metric else ("metric", *by)
    cells = [_cells(row) for row in rows]
    kept = [place for place in range(len(_HEADS)) if any(line[place] for line in cells)]
    heads = "".join(_cell("th", _text(head), head) for head in (*names, *(_HEADS[place] for place in kept)))
    lines = []
    for row, line in zip(rows, cells, strict=True):
        labels = row.places if is_one_metric else (row.label, *(row.places or ["all"] * len(by)))
        told = "".join(_cell("th" if place == 0 else "td", _text(each), "") for place, each in enumerate(labels))
        lines.append(f"<tr>{told}{''.join(_cell('td', line[place], _HEADS[place]) for place in kept)}</tr>")
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _cell(tag: str, inner: str, head: str) -> str:
    side = "right" if head in _RIGHT else "left"
    return f'<{tag} style="text-align:{side};padding:2px 8px;white-space:nowrap">{inner}</{tag}>'


def _cells(row: ShownRow) -> Sequence[str]:
    measured = row.measured
    told, goal = limits_told(measured), _goal(row)
    title = ", ".join(filter(None, (f"{row.label} {value_text(measured)}", told, goal and f"target {goal}")))
    has_bar = measured.exact is not None and bool(told or goal)
    bar = interval_bar(measured, row.target, row.reach, title) if has_bar else ""
    return (
        _status(row.status),
        _text(value_text(measured)),
        f"{measured.n:,}",
        f"{bar} {_text(told)}" if bar else "",
        goal,
        "" if row.trend is None else f"{spark_svg(row.trend)} {_change(row.trend)}",
        _left_out(measured),
    )


def _status(status: Status | None) -> str:
    if status is None:
        return ""
    sign, colour = _SIGNS[status]
    look = f"background:{colour};color:#000000;padding:0 3px;border-radius:3px"
    return f'<b style="{look}" aria-hidden="true">{sign}</b> {status.replace("_", " ")}'


def _change(trend: Trend) -> str:
    sign = change_sign(trend)
    return f'<b title="{_text(trend.summary)}">{sign}</b>' if sign else ""


def _left_out(measured: Measurement) -> str:
    if not measured.left_out:
        return ""
    reasons = "; ".join(f"{times:,} {reason}" for reason, times in measured.left_out.items())
    return f'<span title="{_text(reasons)}">{sum(measured.left_out.values()):,}</span>'


def _goal(row: ShownRow) -> str:
    if row.target is None:
        return ""
    ends = (("≥", row.target.at_least), ("≤", row.target.at_most))
    return ", ".join(f"{sign} {number_text(end, row.measured.unit)}" for sign, end in ends if end is not None)


def _text(text: str) -> str:
    return escape(printable(text))
