"""A metric over time: whether its last change is more than chance, and on which control chart it stands."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.kpi import Measurement, MetricTarget, Results, Scorecard
from servicekit.kpi.display.sparkline import spark_text
from servicekit.kpi.display.trend import Trend
from servicekit.statistics import garwood, individuals_chart, newcombe, p_chart, u_chart, wilson

CARD = Scorecard.parse("""
metrics:
  kept: {kind: ratio, table: contact, of: {outcome: answered}, label: kept}
  calls: {kind: sum, table: contact}
  wait: {kind: answer_speed}
  complaints: {kind: complaint_rate, issue_types: [complaint], per: orders}
  busy: {kind: ratio, table: work, column: handling_us, unit: share,
         per: {table: work, columns: [logged_in_us]}}
targets: {kept: {at_least: 80%}}
""").compile()
SECOND = 1_000_000


def month(number: int) -> datetime:
    return datetime(2026, number, 15, tzinfo=UTC)


def measured(kept: list[tuple[int, int]]) -> Results:
    """A month of calls for each pair, so many kept of so many; complaints by a thousand orders a month."""
    calls = [
        {
            "at": month(number),
            "outcome": "answered" if call < good else "abandoned",
            "wait_us": (number + call % 7) * SECOND,
        }
        for number, (good, of) in enumerate(kept, 1)
        for call in range(of)
    ]
    cases = [
        {"opened_at": month(number), "issue_type": "complaint"}
        for number, (good, _) in enumerate(kept, 1)
        for _ in range(good % 5)
    ]
    orders = [{"at": month(number)} for number, (_, of) in enumerate(kept, 1) for _ in range(of)]
    work = [
        {"at": month(number), "handling_us": good * SECOND, "logged_in_us": of * SECOND}
        for number, (good, of) in enumerate(kept, 1)
        if of
    ]
    return CARD.measure({"contact": calls, "case": cases, "purchase": orders, "work": work}, period="month")


STEADY = [(80, 100), (82, 100), (0, 0), (79, 100), (81, 100), (97, 100)]


def test_a_change_is_that_of_the_last_two_periods_with_a_value() -> None:
    trend = measured([*STEADY[:5], (0, 0), (97, 100)]).trend("kept")
    assert [(name, each.n) for name, each in trend][5:] == [("2026-06", 0), ("2026-07", 100)]
    change, told = trend.change, newcombe((97, 100), (81, 100))
    assert change is not None
    assert told is not None
    assert (change.value, change.low, change.high) == pytest.approx((told.value, told.low, told.high), abs=1e-12)
    limits = f"{100 * (told.low or 0):+.1f} to {100 * (told.high or 0):+.1f} points"
    assert trend.summary == f"2026-07: 97.0 %, +16.0 points since 2026-05 ({limits}); more than chance"


@pytest.mark.parametrize(("last", "is_proven"), [((97, 100), True), ((60, 100), True), ((84, 100), False)])
def test_a_change_is_proven_when_its_limits_leave_out_zero(last: tuple[int, int], is_proven: bool) -> None:
    assert measured([(81, 100), last]).trend("kept").is_change_proven is is_proven


def test_a_census_is_not_a_matter_of_chance() -> None:
    trend = measured(STEADY).trend("calls")
    assert trend.is_change_proven is None
    assert trend.summary == "2026-06: 100, 0 since 2026-05"


def test_of_one_period_nothing_has_changed() -> None:
    trend = measured([(81, 100)]).trend("kept")
    assert (trend.change, trend.is_change_proven, trend.summary) == (None, None, "2026-01: 81.0 %")
    assert Trend(()).summary == "no period has a value"


def test_what_has_no_moment_is_in_no_period() -> None:
    rows = [{"at": at, "outcome": "answered"} for at in (month(1), month(2), None)]
    trend = CARD.measure({"contact": rows, "case": [], "purchase": [], "work": []}, period="month").trend("calls")
    assert [name for name, _ in trend.dated] == ["2026-01", "2026-02"]
    assert len(trend) == 3
    assert trend.summary.startswith("2026-02: ")


def test_counted_shares_stand_on_a_p_chart_and_name_their_signals() -> None:
    chart = measured(STEADY).trend("kept").control_chart(baseline=5)
    told = p_chart(STEADY, baseline=5)
    assert chart is not None
    assert told is not None
    assert (chart.kind, chart.points, chart.title) == ("p", told.points, "kept")
    assert [(chart.name(place), rule) for place, rule in chart.signals] == [("2026-06", "beyond_limits")]
    assert chart.points[2].value is None


def test_rates_stand_on_a_u_chart_by_their_exposure() -> None:
    trend = measured(STEADY).trend("complaints")
    events = [int(each.numerator or 0) for _, each in trend]
    chart = trend.control_chart()
    told = u_chart([(count, of / 1000) for count, (_, of) in zip(events, STEADY, strict=True)])
    assert chart is not None
    assert told is not None
    assert events == [0, 2, 0, 4, 1, 2]
    assert (chart.kind, chart.points) == ("u", told.points)


@pytest.mark.parametrize("name", ["calls", "wait", "busy"])
def test_all_else_stands_as_single_values_and_durations_in_seconds(name: str) -> None:
    trend = measured(STEADY).trend(name)
    chart = trend.control_chart()
    by = SECOND if name == "wait" else 1
    told = individuals_chart([None if each.value is None else each.value / by for _, each in trend])
    assert chart is not None
    assert told is not None
    assert chart.kind == "individuals"
    assert [point.value for point in chart.points] == pytest.approx([point.value for point in told.points])
    assert chart.title == ("wait, in seconds" if name == "wait" else name)


def test_too_few_periods_have_no_control_chart() -> None:
    assert measured([(81, 100)]).trend("wait").control_chart() is None
    assert measured([(0, 0), (81, 100)]).trend("kept").control_chart() is not None


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12))
def test_a_signal_is_at_a_period_that_has_a_value(pairs: list[tuple[int, int]]) -> None:
    counts = [(min(pair), max(pair)) for pair in pairs]
    limits = [wilson(*each) for each in counts]
    periods = tuple(
        (
            f"{place}",
            Measurement("m", "share", of, Fraction(hits, of), hits, of, found.low, found.high, is_sampled=True),
        )
        if found
        else (f"{place}", Measurement("m", "share", 0))
        for place, ((hits, of), found) in enumerate(zip(counts, limits, strict=True))
    )
    trend = Trend(periods, "m", MetricTarget(at_least="50%"))
    chart = trend.control_chart()
    assert (chart is None) == (not any(of for _, of in counts))
    assert len(spark_text(trend)) == len(counts)
    for place, _ in chart.signals if chart else ():
        assert counts[place][1]
        assert chart is not None
        assert chart.name(place) == f"{place}"


def test_a_mean_of_shares_is_not_taken_for_counts() -> None:
    """Limits that are neither Wilson's nor Garwood's say that nothing was counted."""
    periods = tuple(
        (f"{place}", Measurement("m", "share", 9, Fraction(hits, 9), hits, 9, 0.1, 0.9, is_sampled=True))
        for place, hits in enumerate((3, 5, 4))
    )
    chart = Trend(periods).control_chart()
    assert chart is not None
    assert chart.kind == "individuals"
    assert garwood(3, 9.0) is not None


def test_a_spark_has_a_sign_for_each_period() -> None:
    spark = spark_text(measured(STEADY).trend("kept"))
    assert (len(spark), spark[2], max(spark)) == (6, "·", spark[5])


def test_sparks_of_metrics_stand_below_one_another() -> None:
    """The orders of May alone stand below the May of the calls."""
    rows = [{"at": month(number), "outcome": "answered"} for number in (1, 3, 4, 5)]
    results = CARD.measure(
        {"contact": rows, "purchase": [{"at": month(5)}], "case": [{"opened_at": month(5)}], "work": []},
        period="month",
    )
    shown = {row[0]: row[-1] for row in results.table().rows if row[1] == "all"}
    assert (shown["kept"][1], len(shown["kept"])) == ("·", 5)
    assert shown["complaints"][:4] == "····"
    assert len(shown["complaints"]) == 5


@pytest.mark.parametrize(("last", "sign"), [((97, 100), "▲"), ((60, 100), "▼"), ((84, 100), "")])
def test_an_arrow_stands_beside_a_change_that_is_more_than_chance(last: tuple[int, int], sign: str) -> None:
    results = measured([(81, 100), last])
    shown = {row[0]: row[-1] for row in results.table().rows if row[1] == "all"}
    assert shown["kept"][:-2].strip() == sign
    assert shown["calls"][:-2] == ""
    arrows = ElementTree.fromstring(results._repr_html_()).findall(".//td/b[@title]")
    told = {each.attrib["title"]: each.text for each in arrows}
    assert told.get(results.trend("kept").summary, "") == sign
