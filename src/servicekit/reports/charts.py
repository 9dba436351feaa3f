"""Charts by Altair: drawn in notebooks, or saved as SVG and PNG without a network.

What is shown is computed here, in Python; Vega only draws it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeAlias, TypedDict, overload

from servicekit._extras import require
from servicekit.calendars import AnyCalendar, CompiledCalendar
from servicekit.calendars.picture import PictureRow
from servicekit.loyalty import ExpiringPoints, Liability, Statement
from servicekit.reports.chart_text import decoded, encoded
from servicekit.reports.clock_chart import chart_of_clocks
from servicekit.reports.customers.heat_maps import chart_of_flows, chart_of_rfm
from servicekit.reports.customers.points_charts import PointsSubject, chart_of_points
from servicekit.reports.customers.tier_chart import chart_of_status
from servicekit.segments import RfmTable
from servicekit.sla import CaseView, ClockView
from servicekit.tiers import TierStatus
from servicekit.whatif import TierComparison

if TYPE_CHECKING:
    from altair import LayerChart


_Other: TypeAlias = ClockView | CaseView | TierStatus | TierComparison | RfmTable | PointsSubject
_Subject: TypeAlias = CompiledCalendar | AnyCalendar | _Other

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOSED, _OPEN, _EXCEPTION = "#eef0f2", "#2f7d5b", "#d98e04"


class _Cell(TypedDict):
    """One date of the heat map, as it stands in the chart's data."""

    date: str
    week: str
    weekday: str
    hours: float
    open: str
    reason: str
    exception: bool


@overload
def chart(subject: CompiledCalendar | AnyCalendar, *, year: int) -> LayerChart: ...
@overload
def chart(subject: _Other) -> LayerChart: ...
def chart(subject: _Subject, *, year: int | None = None) -> LayerChart:
    """A calendar's year as a heat map of open hours, the spans of clocks or tiers as bars, customers as a heat map,
    points as what they are about.

    A :class:`~servicekit.tiers.TierStatus` is drawn as the spans of its history, a row for each tier. A
    :class:`~servicekit.whatif.TierComparison` shows who moves from which tier to which, and a
    :class:`~servicekit.segments.RfmTable` how many customers have which scores of recency and frequency.

    A :class:`~servicekit.loyalty.Statement` of points is a waterfall from the opening balance to the closing one. What
    ``Ledger.expiring`` gives is a calendar of the months in which points can last be used; what ``Ledger.liability``
    gives, a bar for each day: the points expected to be redeemed, and on top of them the breakage.

    A clock, or a case with all its clocks, is drawn span by span, with a red tick at each due moment. A year goes by
    ISO weeks from left to right, Monday to Sunday from top to bottom. A date's hours are what its clock shows from
    midnight to midnight, so the tail of a night shift counts on the date it falls on, and the dates add up to the open
    time of the year. A dot marks dates that something else decides than weekly hours and seasons. Reasons show under
    the pointer. ``chart.save("year.svg")`` and ``"year.png"`` need no network and no browser. In the chart's data a
    reason or a name stands as in HTML (``&lt;`` for ``<``), for the page that it may be written into.

    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": "09:00-18:00"}, holidays=["CN"])
    >>> cell = chart(desk, year=2026).to_dict()["data"]["values"][272]
    >>> cell["date"], cell["hours"], cell["open"]
    ('2026-09-30', 9.0, '09:00-18:00')

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        TypeError: the year of a calendar is left out.
        ValueError: there is nothing in the list of what expires or is owed.
        CalendarHorizonError: the year is outside the calendar's horizon.
        HolidaysUnknownError: its holidays are not announced yet, and the calendar says ``unannounced: raise``.
    """
    if not isinstance(subject, CompiledCalendar | AnyCalendar):
        return _chart_of(subject)
    if year is None:
        raise TypeError("a calendar is drawn year by year: chart(calendar, year=2026)")
    return _year(subject.compile() if isinstance(subject, AnyCalendar) else subject, year)


def _chart_of(subject: _Other) -> LayerChart:
    match subject:
        case Statement() | [] | [ExpiringPoints(), *_] | [Liability(), *_]:
            return chart_of_points(subject)
        case ClockView() | CaseView():
            return chart_of_clocks(subject)
        case TierStatus():
            return chart_of_status(subject)
        case TierComparison():
            return chart_of_flows(subject)
        case RfmTable():
            return chart_of_rfm(subject)
        case _:
            words = f"there is no chart of a {type(subject).__name__}"
            raise TypeError(f"{words}; of a run of tiers one status can be drawn, of one of segments its rfm")


def _year(compiled: CompiledCalendar, year: int) -> LayerChart:
    alt = require("altair", extra="charts")
    picture = compiled.picture(date(year, 1, 1), date(year, 12, 31))
    cells = [_cell(date(year, 1, 1).toordinal() + n, row) for n, row in enumerate(picture.rows)]
    shades = alt.Scale(domain=_domain(cells), range=[_CLOSED, _OPEN], interpolate="rgb")
    weeks = alt.Axis(labelExpr=_months(year), labelAngle=0, labelAlign="left", labelOverlap=False, **_BARE)
    grid = alt.Chart().encode(
        x=alt.X("week:O", title=None, axis=weeks),
        y=alt.Y("weekday:O", title=None, sort=_DAYS, axis=alt.Axis(**_BARE)),
        tooltip=[alt.Tooltip(f"{name}:{kind}") for name, kind in _TOOLTIP],
    )
    squares = grid.mark_rect(stroke="white").encode(color=alt.Color("hours:Q", title="open hours", scale=shades))
    dots = grid.mark_circle(size=16, color=_EXCEPTION, opacity=1).transform_filter("datum.exception")
    title = alt.Title(f"{year}, {compiled.timezone.key}", subtitle=_summary(cells), anchor="start")
    heat_map: LayerChart = alt.layer(squares, dots, data=alt.Data(values=cells), title=title)
    heat_map = heat_map.transform_calculate(reason=decoded("datum.reason"))
    return heat_map.properties(width=alt.Step(15), height=alt.Step(15))


_BARE = {"ticks": False, "domain": False}
_TOOLTIP = (("date", "N"), ("weekday", "N"), ("week", "N"), ("hours", "Q"), ("open", "N"), ("reason", "N"))


def _cell(ordinal: int, row: PictureRow) -> _Cell:
    on = date.fromordinal(ordinal)
    return {
        "date": on.isoformat(),
        "week": _week(on),
        "weekday": _DAYS[on.weekday()],
        "hours": round(row.hours, 6),
        "open": row.hours_text,
        "reason": encoded(row.note),
        # A season has its reason too, for months; it would hide the days that stand out.
        "exception": row.note != "" and (";" in row.note or not row.note.startswith("season: ")),
    }


def _week(on: date) -> str:
    """The ISO week with its year: at New Year a date may lie in a week of the year beside its own."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02d}"


def _domain(cells: Sequence[_Cell]) -> list[float]:
    return [0, max(cell["hours"] for cell in cells) or 24]


def _summary(cells: Sequence[_Cell]) -> str:
    hours, dates = sum(cell["hours"] for cell in cells), sum(cell["hours"] > 0 for cell in cells)
    return f"open {hours:,.10g} hours on {dates} dates; dots: holidays and other exceptions"


def _months(year: int) -> str:
    """A Vega expression for the label of a week: its month and number where a month begins in it, else nothing."""
    firsts = ((_week(date(year, month, 1)), name) for month, name in enumerate(_MONTHS, 1))
    return f"{{{', '.join(_labels(firsts))}}}[datum.label] || ''"


def _labels(firsts: Iterator[tuple[str, str]]) -> Iterator[str]:
    return (f"'{week}': ['{name}', '{week[5:]}']" for week, name in firsts)
