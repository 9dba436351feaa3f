"""How many agents a queue takes, as an Altair chart: what is reached with a few agents fewer and a few more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.reports.blocks.told import Listed, NamedTerm, Told, say
from servicekit.reports.charts.chart_text import described, in_turn, tips
from servicekit.reports.charts.figures.value_axis import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PADDING,
    VERMILION,
    Row,
    number,
    values_axis,
    width_of,
)
from servicekit.reports.words.report_words import ReportWords
from servicekit.statistics import ErlangA, ErlangC
from servicekit.statistics.erlang import Staffing

if TYPE_CHECKING:
    from altair import Chart, LayerChart, Y

_MEASURES = {
    "service_level": (BLUE, "circle", [1, 0]),
    "occupancy": (ORANGE, "square", [6, 3]),
    "abandonment": (VERMILION, "triangle-up", [2, 3]),
}
"""The colour, the sign and the dashes of each line."""
_BESIDE = 4


def chart_of_staffing(staffing: Staffing, words: ReportWords) -> LayerChart:
    """The service level, the occupancy and, of callers who give up, the abandonment by the number of agents: the fewest
    that keep the target, which are marked, and a few fewer and more. The target is a dashed line.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    queues = staffing.around(_BESIDE)
    rows, order = list(_rows(staffing, queues, words)), [words.tell(int(queue.agents)) for queue in queues]
    axis = alt.Axis(labelAngle=0, ticks=False)
    name = words.tell(NamedTerm("tip", "agents"))
    base = alt.Chart().encode(x=alt.X("agents:O", title=name, sort=order, scale=alt.Scale(domain=order), axis=axis))
    y = values_axis(alt, "share", "share", (0.0, 1.08))
    marks = (*_goal_marks(alt, staffing, y, words), *_marks(alt, base, y, words, list(_figures(queues[0], 0))))
    layers = alt.layer(*marks, data=alt.Data(values=rows))
    told = _summary(staffing, words)
    title = alt.Title(words.tell(say("staffing.title")), subtitle=told, anchor="start")
    layers = layers.properties(width=width_of(len(queues)), height=260, title=title, padding=PADDING)
    return described(alt, layers, _description(told, rows, words))


def _figures(queue: ErlangC | ErlangA, within: float) -> dict[str, float]:
    found = {"service_level": queue.service_level(within), "occupancy": queue.occupancy or 0.0}
    return found | ({"abandonment": queue.p_abandon} if isinstance(queue, ErlangA) else {})


def _rows(staffing: Staffing, queues: Sequence[ErlangC | ErlangA], words: ReportWords) -> Iterator[Row]:
    for queue in queues:
        for measure, share in _figures(queue, staffing.within).items():
            yield {
                "agents": words.tell(int(queue.agents)),
                "measure": words.tell(NamedTerm("staffing_measure", measure)),
                "share": number(share),
                "figure": words.figure(Fraction(share), "share"),
                "is_level": measure == "service_level",
                "is_chosen": queue.agents == staffing.agents,
            }


def _marks(alt: ModuleType, base: Chart, y: Y, words: ReportWords, measures: Sequence[str]) -> Iterator[Chart]:
    chosen = base.transform_filter("datum.is_chosen && datum.is_level")
    yield chosen.mark_rule(color=FAINT, strokeWidth=16, opacity=0.25)
    names = [words.tell(NamedTerm("staffing_measure", measure)) for measure in measures]
    looks = [_MEASURES[measure] for measure in measures]
    colours, signs, dashes = (alt.Scale(domain=names, range=[look[place] for look in looks]) for place in range(3))
    legend = alt.Legend(orient="bottom")
    colour = alt.Color("measure:N", title=None, scale=colours, legend=legend)
    dash = alt.StrokeDash("measure:N", title=None, scale=dashes, legend=None)
    yield base.mark_line().encode(y=y, color=colour, strokeDash=dash)
    shape = alt.Shape("measure:N", title=None, scale=signs, legend=legend)
    pointer = tips(alt, words, "agents", "measure", "figure")
    yield base.mark_point(filled=True, opacity=1, size=55).encode(y=y, color=colour, shape=shape, tooltip=pointer)
    levels = base.transform_filter("datum.is_level").encode(y=y, text="figure:N")
    yield levels.mark_text(dy=-11, stroke="white", strokeWidth=3)
    yield levels.mark_text(dy=-11, color=INK)


def _goal_marks(alt: ModuleType, staffing: Staffing, y: Y, words: ReportWords) -> Iterator[Chart]:
    ends = {"≥": staffing.share} | ({"≤": staffing.max_occupancy} if staffing.max_occupancy < 1 else {})
    goals = [{"share": number(end), "goal": f"{sign} {_percent(end, words)}"} for sign, end in ends.items()]
    yield alt.Chart(alt.Data(values=goals)).mark_rule(strokeDash=[5, 3], color=INK).encode(y=y)
    for goal in goals:
        above = 0 if len(goals) == 1 else 6 if goal["share"] == number(max(ends.values())) else -6
        base = alt.Chart(alt.Data(values=[goal])).encode(y=y, x=alt.value("width"), text="goal:N")
        yield base.mark_text(align="left", dx=4, dy=-above, color=INK)


def _percent(share: float, words: ReportWords) -> str:
    return words.figure(Fraction(share), "share")


def _summary(staffing: Staffing, words: ReportWords) -> list[str]:
    """What was asked and how many it takes; then what they reach."""
    time, share = words.digits(f"{staffing.within:,.6g}"), _percent(staffing.share, words)
    asked = say("staffing.asked", agents=staffing.agents, share=share, time=time)
    erlangs = say("staffing.traffic", erlangs=words.digits(f"{staffing.queue.traffic:,.6g}"))
    found = _figures(staffing.queue, staffing.within).items()
    reached: tuple[Told, ...] = tuple(
        say("staffing.figure", measure=NamedTerm("staffing_measure", measure), value=_percent(share, words))
        for measure, share in found
    )
    return [words.tell(asked), words.tell(Listed((erlangs, *reached)))]


def _description(told: Sequence[str], rows: Sequence[Row], words: ReportWords) -> str:
    figures: dict[str, list[Told]] = {}
    for row in rows:
        one = say("staffing.figure", measure=str(row["measure"]), value=str(row["figure"]))
        figures.setdefault(str(row["agents"]), []).append(one)
    lines = (
        words.tell(say("staffing.line", agents=agents, figures=Listed(tuple(each)))) for agents, each in figures.items()
    )
    title, summary = say("staffing.title"), in_turn(words, told)
    return words.tell(say("staffing.told", title=title, summary=summary, lines=in_turn(words, lines)))
