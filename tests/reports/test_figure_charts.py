"""Charts of key figures hold the figures of what they show, say them in words, and are drawn without a network."""

from __future__ import annotations

import html
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import vl_convert

from servicekit.kpi import CohortTable, MetricTarget, Results, Scorecard, StageFunnel
from servicekit.kpi.display.trend import Trend
from servicekit.reports import chart
from servicekit.statistics import (
    ControlChart,
    ErlangA,
    ErlangC,
    KaplanMeier,
    c_chart,
    individuals_chart,
    p_chart,
    u_chart,
    wilson,
)
from tests.browser.shown import funnel

CARD = Scorecard.parse("""
metrics:
  kept: {kind: ratio, table: contact, of: {outcome: answered}, label: 接通率}
  asa: {kind: answer_speed}
  nps: {kind: nps}
targets: {kept: {at_least: 80%}, asa: {at_most: 30s}}
""").compile()
SECOND = 1_000_000
FLOW = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
"""Flow rates of NIST/SEMATECH, section 6.3.2.2, which has the limits of their chart of individuals."""
CENSORED = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
PATIENCE = KaplanMeier({6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}, CENSORED)


def measured(months: int = 6) -> Results:
    kept = [(80, 100), (82, 100), (0, 0), (79, 100), (81, 100), (97, 100)]
    calls = [
        {
            "at": datetime(2025 + place // 12, 1 + place % 12, 9, tzinfo=UTC),
            "outcome": "answered" if call < kept[place % 6][0] else "abandoned",
            "wait_us": call % 50 * SECOND,
        }
        for place in range(months)
        for call in range(kept[place % 6][1])
    ]
    answers = [{"at": call["at"], "instrument": "nps", "score": 10 - number % 3} for number, call in enumerate(calls)]
    return CARD.measure({"contact": calls, "answer": answers}, period="month")


def cohorts() -> CohortTable:
    visits = [
        (f"c-{who}", date(2026, month, 1 + who % 28))
        for who in range(60)
        for month in range(1 + who % 4, 6)
        if month == 1 + who % 4 or (who * month) % 3
    ]
    return CohortTable.of(visits, "month")


SUBJECTS: dict[str, Any] = {
    "trend": measured().trend("kept"),
    "duration": measured().trend("asa"),
    "long": measured(40).trend("kept"),
    "p": measured().trend("kept").control_chart(),
    "u": u_chart([(4, 2.0), (0, 0.0), (6, 2.0), (2, 1.0)]),
    "c": c_chart([4, 5, 3, 4, 19]),
    "individuals": individuals_chart(FLOW),
    "cohorts": cohorts(),
    "survival": PATIENCE,
    "funnel": funnel(),
    "staffing": ErlangC(100, 1800, 180, 0).staffing(0.8, 20),
}


def rows_with(subject: Any, name: str) -> list[dict[str, Any]]:
    """The rows of a chart's data that have such a field."""
    told = chart(subject).to_dict()
    found: list[list[dict[str, Any]]] = []
    for each in (told, *told["layer"]):
        if (rows := each.get("data", {}).get("values", [])) not in found:
            found.append(rows)
    return [row for rows in found for row in rows if name in row]


def near(numbers: Sequence[float | None], others: Sequence[float | None]) -> bool:
    """Whether numbers are others to six digits, and missing where those are."""
    pairs = list(zip(numbers, others, strict=True))
    return all((a is None) == (b is None) and (a is None or a == pytest.approx(b, rel=1e-5)) for a, b in pairs)


def ends_of(subject: Any) -> list[float]:
    """From where to where the upright axis goes."""
    layers = chart(subject).to_dict()["layer"]
    return next(y["scale"]["domain"] for each in layers if "scale" in (y := each["encoding"].get("y", {})))


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_chart_is_saved_without_a_network_and_describes_itself(name: str, tmp_path: Path) -> None:
    drawn = chart(SUBJECTS[name])
    drawn.save(str(tmp_path / "chart.svg"))
    root = ElementTree.parse(tmp_path / "chart.svg").getroot()
    assert root.tag.endswith("svg")
    labels = {node.get("aria-label", "") for node in root.iter()}
    assert any(label.startswith("Title text") for label in labels)
    assert len(drawn.to_dict()["description"]) > 40
    assert vl_convert.vegalite_to_png(drawn.to_json()).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_chart_is_the_same_every_time(name: str) -> None:
    assert chart(SUBJECTS[name]).to_json() == chart(SUBJECTS[name]).to_json()


def test_limits_of_nist_stand_in_the_document() -> None:
    flow = individuals_chart(FLOW)
    rows = rows_with(flow, "centre")
    assert {(row["centre"], row["high"], row["low"]) for row in rows} == {(50.81, 55.8041, 45.8159)}
    assert [row["value"] for row in rows] == list(FLOW)
    told = chart(flow).to_dict()
    assert told["title"]["subtitle"][0] == "chart of individuals, centre 50.81, limits 45.8159 and 55.8041"
    assert "centre 50.81, limits 45.8159 and 55.8041; no signal" in told["description"]
    low, high = ends_of(flow)
    assert 0 < low < 45.8159 < 55.8041 < high


def test_limits_of_nist_are_drawn_as_words() -> None:
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(chart(individuals_chart(FLOW)).to_json()))
    words = {text.text for text in svg.iter() if text.tag.endswith("text")}
    assert {"50.81", "55.8041", "45.8159"} <= words


def test_a_trend_has_the_values_and_the_limits_of_its_periods() -> None:
    trend = measured().trend("kept")
    rows = rows_with(trend, "run")
    assert [row["name"] for row in rows] == [name for name, _ in trend]
    for row, (_, each) in zip(rows, trend, strict=True):
        assert near([row[end] for end in ("value", "low", "high")], [each.value, each.low, each.high])
        assert row["n"] == f"{each.n:,}"
    assert [row["run"] for row in rows] == [0, 0, 1, 1, 1, 1]  # no line leads over a month without calls
    assert rows_with(trend, "goal") == [{"value": 0.8, "goal": "≥ 80.0 %"}]
    assert "; ".join(chart(trend).to_dict()["title"]["subtitle"]) == trend.summary


def test_axes_of_shares_begin_at_zero() -> None:
    assert ends_of(measured().trend("kept"))[0] == 0
    assert ends_of(measured().trend("kept").control_chart())[0] == 0
    assert ends_of(PATIENCE)[0] == 0
    assert ends_of(measured().trend("asa"))[0] == 0
    assert ends_of(measured().trend("nps"))[0] > 0  # points have no zero of their own


def test_figures_stand_in_a_short_chart_and_under_the_pointer_of_every_one() -> None:
    short, long = (chart(measured(months).trend("kept")).to_dict()["layer"] for months in (6, 40))
    for layers, figures in ((short, ["figure", "figure", "rows"]), (long, [])):
        texts = [each["encoding"]["text"]["field"] for each in layers if "text" in each["encoding"]]
        assert texts == ["goal", *figures]
        tips = {tip["field"] for each in layers for tip in each["encoding"].get("tooltip", [])}
        assert tips == {"period", "figure", "limits", "n"}


def test_durations_are_drawn_in_seconds_and_told_on_a_clock() -> None:
    trend = measured().trend("asa")
    rows = rows_with(trend, "run")
    assert rows[0]["value"] == pytest.approx((trend[0][1].value or 0) / SECOND, rel=1e-5)
    assert rows_with(trend, "goal") == [{"value": 30.0, "goal": "≤ 0:30"}]
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(chart(trend).to_json()))
    assert {"0:00", "0:10", "0:20", "0:30"} <= {text.text for text in svg.iter() if text.tag.endswith("text")}


def test_a_missing_limit_leaves_the_bar_open_to_the_end_of_the_axis() -> None:
    patience = Scorecard.parse("metrics: {m: {kind: patience, q: 0.5}}").compile()
    rows = [
        {
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "wait_us": place * SECOND,
            "outcome": "abandoned" if place % 2 else "answered",
        }
        for place in range(12)
    ]
    trend = patience.measure({"contact": rows}, period="month").trend("m")
    [(_, each)] = trend
    assert each.low is not None
    assert each.high is None
    [row] = rows_with(trend, "run")
    assert row["to"] == ends_of(trend)[1]
    assert row["limits"].endswith("or more")


def test_signals_differ_by_more_than_their_colour() -> None:
    control = measured().trend("kept").control_chart(baseline=5)
    rows = rows_with(control, "signals")
    assert [row["signals"] for row in rows] == ["", "", "", "", "", "beyond limits"]
    points = [each["encoding"] for each in chart(control).to_dict()["layer"] if each["mark"]["type"] == "point"]
    for channel in ("color", "shape", "size"):
        marked = points[0][channel]
        assert marked["condition"]["value"] != marked["value"]
    assert chart(control).to_dict()["title"]["subtitle"][1] == "signals at 2025-06 (beyond limits)"


def test_limits_follow_the_cases_of_each_point() -> None:
    counts = [(80, 100), (8, 10), (0, 0), (790, 1000)]
    control = p_chart(counts)
    assert control is not None
    rows = rows_with(control, "signals")
    for row, point in zip(rows, control.points, strict=True):
        assert near([row["low"], row["high"]], [point.low, point.high])
    assert "limits point by point" in chart(control).to_dict()["description"]
    assert [row["is_last"] for row in rows] == [False, False, False, True]


def test_a_triangle_has_the_shares_of_its_cohorts_and_their_limits() -> None:
    table = cohorts()
    rows = {(row["cohort"], row["later"]): row for row in rows_with(table, "cohort")}
    cells = {(cohort, f"+{later}") for cohort, counts in table.cohorts.items() for later in range(1, len(counts))}
    assert cells == {place for place in rows if place[1] != "size" and place[0] != "all cohorts"}
    for cohort, later in cells:
        share, row = table.share(cohort, int(later)), rows[cohort, later]
        assert row["value"] == pytest.approx(float(share.value or 0))
        assert row["customers"] == f"{share.numerator} of {share.denominator}"
        limits = wilson(share.numerator, share.denominator)
        assert limits is not None
        assert row["limits"].startswith(f"{100 * (limits.low or 0):.1f} % to ")
    assert rows["all cohorts", "+1"]["share"] == table.overall(1).percent()
    assert rows["all cohorts", "size"]["customers"] == "60"


def test_a_curve_has_its_steps_its_limits_and_a_mark_for_all_that_is_not_over() -> None:
    rows = rows_with(PATIENCE, "at_risk")
    assert [row["time"] for row in rows] == [0, *(step.time for step in PATIENCE.steps), 35]
    for row in rows:
        told = PATIENCE.survival(row["time"])
        assert told is not None
        limits = [None, None] if told.low is None else [told.low, told.high]
        assert near([row["share"], row["low"], row["high"]], [told.value, *limits])
    marks = rows_with(PATIENCE, "not_over")
    assert {row["time"]: row["not_over"] for row in marks} == PATIENCE.censored
    times = [step.time for step in PATIENCE.steps]
    shares = [1.0, *(step.survival for step in PATIENCE.steps)]
    assert [row["share"] for row in marks] == pytest.approx(
        [shares[bisect_right(times, row["time"])] for row in marks], rel=1e-5
    )
    half = PATIENCE.quantile(0.5)
    assert half is not None
    assert {"time": half.value, "share": 0} in rows_with(PATIENCE, "share")
    assert f"half have ended by {half.value} ({half.low} to " in chart(PATIENCE).to_dict()["description"]


@pytest.mark.parametrize("empty", [Trend(()), ControlChart("p", ()), CohortTable({}), KaplanMeier({})])
def test_of_nothing_there_is_no_chart(empty: Any) -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        chart(empty)


def test_periods_without_values_are_drawn_as_gaps() -> None:
    nothing = CARD.measure({"contact": [], "answer": []}, period="month")
    assert nothing.trend("kept").periods == ()
    rows = rows_with(measured().trend("kept"), "run")
    assert (rows[2]["value"], rows[2]["figure"], "from" in rows[2]) == (None, "n/a", False)


def test_a_target_of_two_ends_has_two_lines() -> None:
    trend = measured().trend("kept")
    both = Trend(trend.periods, trend.label, MetricTarget(at_least="80%", at_most="95%"))
    assert [row["goal"] for row in rows_with(both, "goal")] == ["≥ 80.0 %", "≤ 95.0 %"]


def test_bars_of_a_funnel_have_its_counts_and_begin_at_zero() -> None:
    told = funnel()
    rows = rows_with(told, "part")
    for stage in told.stages:
        bars = {row["part"]: row["end"] - row["start"] for row in rows if html.unescape(row["name"]) == stage.name}
        counts = {
            "reached it": stage.reached,
            "skipped it and came further": stage.skipped,
            "may still come": stage.may_come,
        }
        assert bars == {part: n for part, n in counts.items() if n}
    assert {min(row["start"] for row in rows if row["name"] == name) for name in {row["name"] for row in rows}} == {0}
    figures = rows_with(told, "of_first")
    assert [row["n"] for row in figures] == [f"n {stage.came}" for stage in told.stages]
    assert figures[-1]["of_before"] == "69.2 % (55.7 % to 80.1 %) of the one before"
    assert figures[0]["of_before"] == ""
    assert "resolved: n 36, 60.0 % (47.4 % to 71.4 %) of the first" in chart(told).to_dict()["description"]


def test_a_funnel_of_no_case_says_so() -> None:
    nobody = StageFunnel.of([], ["opened", "resolved"], as_of=datetime(2026, 1, 5, tzinfo=UTC))
    assert chart(nobody).to_dict()["title"]["subtitle"] == "0 cases as of 2026-01-05 00:00 UTC"
    assert vl_convert.vegalite_to_png(chart(nobody).to_json()).startswith(b"\x89PNG")


def test_staffing_has_the_figures_of_its_queues_around_the_number_that_it_takes() -> None:
    staffing = ErlangA(250, 3600, 330, 0, patience=180).staffing(0.8, 30, max_occupancy=0.85)
    rows = rows_with(staffing, "measure")
    assert {row["agents"] for row in rows if row["is_chosen"]} == {f"{staffing.agents}"} == {"26"}
    for queue in staffing.around(4):
        found = {row["measure"]: row["share"] for row in rows if row["agents"] == f"{queue.agents}"}
        told = {"service level": queue.service_level(30), "occupancy": queue.occupancy}
        assert isinstance(queue, ErlangA)
        assert found == pytest.approx(told | {"abandonment": queue.p_abandon}, rel=1e-5)
    goals = rows_with(staffing, "goal")
    assert {row["goal"]: row["share"] for row in goals} == {"≥ 80.0 %": 0.8, "≤ 85.0 %": 0.85}
    assert ends_of(staffing)[0] == 0
    told = chart(ErlangC(100, 1800, 180, 0).staffing(0.8, 20)).to_dict()
    assert told["title"]["subtitle"] == [
        "14 agents for 80.0 % of calls answered within 20",
        "10 erlangs offered, service level 88.8 %, occupancy 71.4 %",
    ]
    assert "abandonment" not in told["description"]


def test_lines_of_staffing_differ_by_more_than_their_colour() -> None:
    layers = chart(ErlangA(250, 3600, 330, 0, patience=180).staffing(0.8, 30)).to_dict()["layer"]
    for channel in ("color", "shape", "strokeDash"):
        ranges = [each["encoding"][channel]["scale"]["range"] for each in layers if channel in each["encoding"]]
        assert all(len({str(look) for look in looks}) == 3 for looks in ranges)
