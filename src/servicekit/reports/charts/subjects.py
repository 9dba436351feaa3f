"""Charts by Altair: drawn in notebooks, or saved as SVG and PNG without a network.

What is shown is computed here, in Python; Vega only draws it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, overload

from servicekit._extras import require
from servicekit.calendars import AnyCalendar, CompiledCalendar
from servicekit.desk import DeskReport
from servicekit.desk.service_period import ServicePeriod
from servicekit.kpi import CohortTable, Results, StageFunnel
from servicekit.kpi.display.distribution import Distribution
from servicekit.kpi.display.trend import Trend
from servicekit.loyalty import ExpiringPoints, Liability, Statement
from servicekit.reports.charts.calendar_year import chart_of_year
from servicekit.reports.charts.chart_text import in_other_words
from servicekit.reports.charts.clock_chart import chart_of_clocks
from servicekit.reports.charts.figures.cohort_triangle import chart_of_cohorts
from servicekit.reports.charts.figures.control_chart import chart_of_control
from servicekit.reports.charts.figures.distribution_chart import chart_of_distribution
from servicekit.reports.charts.figures.funnel_chart import chart_of_funnel
from servicekit.reports.charts.figures.results_chart import chart_of_results
from servicekit.reports.charts.figures.staffing_chart import chart_of_staffing
from servicekit.reports.charts.figures.survival_curve import chart_of_survival
from servicekit.reports.charts.figures.trend_chart import chart_of_trend
from servicekit.reports.charts.period_chart import chart_of_comparison, chart_of_desk, chart_of_period
from servicekit.reports.customers.heat_maps import chart_of_flows, chart_of_rfm
from servicekit.reports.customers.points_charts import PointsSubject, chart_of_points
from servicekit.reports.customers.tier_chart import chart_of_status
from servicekit.reports.words.languages import one_language
from servicekit.reports.words.report_words import ReportWords
from servicekit.segments import RfmTable
from servicekit.sla import CaseView, ClockView
from servicekit.statistics import ControlChart, KaplanMeier
from servicekit.statistics.erlang import Staffing
from servicekit.tiers import TierStatus
from servicekit.whatif import Comparison, TierComparison

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart


_Stack: TypeAlias = Results | DeskReport | ServicePeriod | Comparison
_Figures: TypeAlias = Trend | Distribution | ControlChart | CohortTable | StageFunnel | KaplanMeier | Staffing
_Other: TypeAlias = ClockView | CaseView | TierStatus | TierComparison | RfmTable | PointsSubject | _Figures
_Subject: TypeAlias = CompiledCalendar | AnyCalendar | _Other | _Stack
_Language: TypeAlias = Literal["en", "zh"] | ReportWords


@overload
def chart(subject: CompiledCalendar | AnyCalendar, *, year: int, language: _Language = "en") -> LayerChart: ...
@overload
def chart(subject: _Other, *, language: _Language = "en") -> LayerChart: ...
@overload
def chart(subject: _Stack, *, language: _Language = "en") -> VConcatChart: ...
def chart(subject: _Subject, *, year: int | None = None, language: _Language = "en") -> LayerChart | VConcatChart:
    """A calendar's year as a heat map of open hours, the spans of clocks or tiers as bars, customers as a heat map,
    points as what they are about, key figures over time.

    A :class:`~servicekit.tiers.TierStatus` is drawn as the spans of its history, a row for each tier. A
    :class:`~servicekit.whatif.TierComparison` shows who moves from which tier to which, and a
    :class:`~servicekit.segments.RfmTable` how many customers have which scores of recency and frequency.

    A :class:`~servicekit.loyalty.Statement` of points is a waterfall from the opening balance to the closing one. What
    ``Ledger.expiring`` gives is a calendar of the months in which points can last be used; what ``Ledger.liability``
    gives, a bar for each day: the points expected to be redeemed, and on top of them the breakage.

    :class:`~servicekit.kpi.Results` are drawn metric by metric, a row for each group with its value, its limits, its
    number of rows, and the target through all; a :class:`~servicekit.desk.DeskReport` by channel; and a period of a
    service by channel, tier and type of issue, over time, and by hour and weekday; a
    :class:`~servicekit.whatif.Comparison` of two policies before and after. These are charts one below another.

    Of key figures: a metric over time (``results.trend("csat")``) with its limits and its target; the values that one
    is taken of (``engine.distribution``) beside the target; a :class:`~servicekit.statistics.ControlChart`, with the
    points that complete a signal; a :class:`~servicekit.kpi.CohortTable`, as a triangle of shares; a
    :class:`~servicekit.kpi.StageFunnel`, as bars; the curve of a :class:`~servicekit.statistics.KaplanMeier`; and how
    many agents a queue takes (``ErlangC(...).staffing(0.8, within=20)``).

    A chart speaks English, Chinese (``language="zh"``), or the words of a :class:`ReportWords`: in titles, axes,
    legends, under the pointer and in what is told to whoever cannot see it. Names stay as they are. A chart speaks one
    language, so that ``both`` is refused.

    A clock, or a case with all its clocks, is drawn span by span, with a tick at each due moment. A year goes by
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
        ValueError: there is nothing to draw, such as an empty list of what expires or is owed; the language is unknown,
            or both.
        CalendarHorizonError: the year is outside the calendar's horizon.
        HolidaysUnknownError: its holidays are not announced yet, and the calendar says ``unannounced: raise``.
    """
    words = one_language(language)
    if isinstance(subject, _Stack):
        return _written(_charts_of(subject, words), words)
    if not isinstance(subject, CompiledCalendar | AnyCalendar):
        return _written(_chart_of(subject, words), words)
    if year is None:
        raise TypeError("a calendar is drawn year by year: chart(calendar, year=2026)")
    compiled = subject.compile() if isinstance(subject, AnyCalendar) else subject
    return _written(chart_of_year(compiled, year, words), words)


_Chart = TypeVar("_Chart", "LayerChart", "VConcatChart")


def _written(drawn: _Chart, words: ReportWords) -> _Chart:
    """With numbers on axes and under the pointer as the language writes them, and by fonts that have its characters."""
    alt = require("altair", extra="charts")
    if words.tag.partition("-")[0] != "en":
        in_other_words(alt, drawn, words)
    if (words.thousands, words.decimal) == (",", "."):
        return drawn
    number = {"decimal": words.decimal, "thousands": words.thousands, "grouping": [3], "currency": ["", ""]}
    drawn.config = alt.Config(locale=alt.Locale(number=alt.NumberLocale(**number)))
    return drawn


def _charts_of(subject: _Stack, words: ReportWords) -> VConcatChart:
    match subject:
        case Results():
            return chart_of_results(subject, words)
        case DeskReport():
            return chart_of_desk(subject, words)
        case ServicePeriod():
            return chart_of_period(subject, words)
        case Comparison():
            return chart_of_comparison(subject, words)


def _chart_of(subject: _Other, words: ReportWords) -> LayerChart:
    match subject:
        case Trend() | Distribution() | ControlChart() | CohortTable() | StageFunnel() | KaplanMeier() | Staffing():
            return _chart_of_figures(subject, words)
        case Statement() | [] | [ExpiringPoints(), *_] | [Liability(), *_]:
            return chart_of_points(subject, words)
        case ClockView() | CaseView():
            return chart_of_clocks(subject, words)
        case TierStatus():
            return chart_of_status(subject, words)
        case TierComparison():
            return chart_of_flows(subject, words)
        case RfmTable():
            return chart_of_rfm(subject, words)
        case _:
            told = f"there is no chart of a {type(subject).__name__}"
            raise TypeError(
                f"{told}; of results a trend can be drawn, of a run of tiers one status, of segments the rfm"
            )


def _chart_of_figures(subject: _Figures, words: ReportWords) -> LayerChart:
    match subject:
        case Trend():
            return chart_of_trend(subject, words)
        case Distribution():
            return chart_of_distribution(subject, words)
        case ControlChart():
            return chart_of_control(subject, words)
        case CohortTable():
            return chart_of_cohorts(subject, words)
        case StageFunnel():
            return chart_of_funnel(subject, words)
        case KaplanMeier():
            return chart_of_survival(subject, words)
        case Staffing():
            return chart_of_staffing(subject, words)
