"""Charts of results, reports, periods and distributions hold the figures of what they show, and cut no name."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit.desk import DeskReport, ServiceDesk
from servicekit.desk.service_period import PeriodReview, ServicePeriod, promises_kept
from servicekit.events import Case, Opened, Resolved
from servicekit.kpi import Measurement, MetricTarget, Results, Scorecard
from servicekit.kpi.display.distribution import Distribution
from servicekit.kpi.target import Goals
from servicekit.policy import ServicePolicy
from servicekit.reports import chart
from servicekit.reports.charts.chart_text import lines_of
from servicekit.statistics import wilson
from servicekit.timeline import Period
from tests.browser.shown import replayed
from tests.reports.hostile_names import PLAIN, hostile_names

SECOND = 1_000_000
CARD = Scorecard.parse("""
metrics:
  kept: {kind: ratio, table: contact, of: {outcome: answered}, label: 接通率}
  wait: {kind: quantile, table: contact, column: wait_us, unit: duration, q: 0.5, method: linear}
  patience: {kind: patience, q: 0.5}
targets: {kept: {at_least: 80%}, wait: {at_most: 30s}}
""").compile()
CALLS: list[dict[str, Any]] = [
    {
        "at": datetime(2026, 1, 9, tzinfo=UTC),
        "outcome": "answered" if call % 5 else "abandoned",
        "channel": ("phone", "chat", None)[call % 3],
        "wait_us": call % 50 * SECOND,
    }
    for call in range(120)
]
POLICY = ServicePolicy.parse("{name: Hotline, timezone: Asia/Shanghai, sla: {targets: [{resolution: 2h}]}}")


def results() -> Results:
    return CARD.measure({"contact": CALLS}, by=["channel"])


def period(channels: int = 3) -> ServicePeriod:
    """A case every nine hours of three months; each third is late."""
    cases = []
    for number in range(240):
        at = datetime(2026, 1, 1, tzinfo=UTC) + number * timedelta(hours=9)
        done = at + timedelta(hours=1 if number % 3 else 3)
        name = f"C-{number}"
        cases.append(Case(name, (Opened(name, at, {"channel": f"ch-{number % channels}"}), Resolved(name, done))))
    return PeriodReview(ServiceDesk(POLICY), Period.parse("2026-03")).of(cases)


def of_groups(*names: str) -> Results:
    """A share of each name."""
    half = Measurement("csat", "share", 4, Fraction(1, 2), 2, 4, 0.1, 0.9, is_sampled=True)
    groups = {("csat", (name,)): replace(half, group=(name,)) for name in names}
    return Results(("channel",), {("csat", ()): half, **groups}, Goals(), {"csat": "satisfied"})


def panels_of(subject: Any) -> list[dict[str, Any]]:
    """The charts that stand one below another, each with its data."""
    told = chart(subject).to_dict()
    return [{"data": told.get("data"), **panel} for panel in told["vconcat"]]


def panel_rows(told: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = told["data"]["values"]
    return rows


def words_of(subject: Any) -> list[str]:
    """The texts of the drawing, lines joined."""
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(chart(subject).to_json()))
    return ["".join(each.itertext()) for each in svg.iter() if each.tag.endswith("}text")]


def test_a_row_has_the_value_the_limits_the_rows_and_the_status_of_its_group() -> None:
    measured = results()
    kept, wait, _ = panels_of(measured)
    for panel, name, scale in ((kept, "kept", 1), (wait, "wait", SECOND)):
        found = [each for (metric, _), each in measured.of.items() if metric == name]
        for row, each in zip(panel_rows(panel), found, strict=True):
            ends = [row[end] for end in ("value", "low", "high")]
            assert ends == pytest.approx([(end or 0) / scale for end in (each.value, each.low, each.high)], rel=1e-5)
            assert row["n"] == f"n {each.n:,}"
            status = measured.status(name, *each.group)
            assert row["status"] == (status or "").replace("_", " ")
            assert row["is_missed"] == (status in ("missed", "missed_not_proven"))
    assert [row["name"] for row in panel_rows(kept)] == ["all", "chat", "phone", "(no channel)"]


def test_the_axis_of_shares_begins_at_zero_and_the_target_is_a_line_through_all_rows() -> None:
    panel = panels_of(results())[0]
    scales = [each["encoding"]["x"]["scale"] for each in panel["layer"] if "scale" in each["encoding"].get("x", {})]
    assert {scale["domain"][0] for scale in scales} == {0}
    goals = [each["data"]["values"] for each in panel["layer"] if "data" in each]
    assert [{"value": 0.8, "goal": "≥ 80.0 %"}] in goals


def test_what_misses_differs_by_more_than_its_colour() -> None:
    panel = panels_of(results())[0]
    [point] = [each["encoding"] for each in panel["layer"] if each["mark"]["type"] == "point"]
    for channel in ("color", "shape", "size"):
        assert point[channel]["condition"]["value"] != point[channel]["value"]


def test_a_desk_is_drawn_by_channel_with_the_limits_of_its_shares() -> None:
    report = period().report
    [panel] = panels_of(report)
    all_told, *channels = panel_rows(panel)
    assert all_told["name"] == "all"
    assert [row["name"] for row in channels] == [line.channel for line in report.lines]
    for row, line in zip(channels, report.lines, strict=True):
        kept = promises_kept("resolution", line.attainment, "promised")
        assert [row["value"], row["low"], row["high"]] == pytest.approx([kept.value, kept.low, kept.high], rel=1e-5)


def test_two_policies_are_drawn_before_and_after_with_the_limits_of_their_shares() -> None:
    comparison = replayed("channel")
    [panel] = [each for each in panels_of(comparison) if "resolution" in str(each["title"])]
    rows = panel_rows(panel)
    assert [row["name"] for row in rows] == ["all: before", "all: after", "电话热线: before", "电话热线: after"]
    assert [row["value"] for row in rows] == [2 / 8, 4 / 8] * 2  # resolved within two hours, and within four
    limits = [wilson(2, 8), wilson(4, 8)] * 2
    assert [(row["low"], row["high"]) for row in rows] == [
        pytest.approx((each.low, each.high), rel=1e-5) for each in limits if each
    ]


def test_a_period_is_drawn_by_group_over_time_and_by_the_hour() -> None:
    march = period()
    groups, trend, hours = panels_of(march)
    assert [row["name"] for row in panel_rows(groups)] == ["all", "channel: ch-0", "channel: ch-1", "channel: ch-2"]
    assert [row["name"] for row in panel_rows(trend)] == ["2026-01", "2026-02", "2026-03"]
    cells = [row for layer in hours["layer"] for row in layer.get("data", {}).get("values", []) if "short" not in row]
    found = {(row["day"], row["hour"]): row["cases"] for row in cells if row}
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    assert found == {
        (day, f"{hour:02}"): march.by_hour[place][hour] for place, day in enumerate(days) for hour in range(24)
    }
    assert f"n {sum(found.values()):,}" in hours["title"]["subtitle"]


@pytest.mark.parametrize("place", range(3))
def test_each_part_of_a_period_is_told_to_those_who_cannot_see_it(place: int) -> None:
    drawn = chart(period())
    part = drawn.to_dict()["vconcat"][place]
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(drawn.to_json()))
    assert html.unescape(part["description"]) in {each.get("aria-label") for each in svg.iter()}
    assert part["description"] in drawn.to_dict()["description"]


def test_a_histogram_counts_every_value_once() -> None:
    states = CARD.states({"contact": CALLS}, by=["channel"])
    for group in ((), ("phone",)):
        told = CARD.distribution(states, "wait", *group)
        rows = panel_rows(chart(told).to_dict())
        assert sum(row["end"] - row["start"] for row in rows) == told.n
        assert told.measured == CARD.finish(states)["wait", *group]
        bins = Counter({row["from"]: row["end"] for row in rows})
        width = rows[0]["to"] - rows[0]["from"]
        for value, times in told.counts.items():
            assert bins[value / SECOND // width * width] >= times


def test_durations_that_are_not_over_are_marked() -> None:
    told = CARD.distribution(CARD.states({"contact": CALLS}), "patience")
    rows = panel_rows(chart(told).to_dict())
    count = {
        kind: sum(row["end"] - row["start"] for row in rows if row["kind"] == kind) for kind in ("final", "not over")
    }
    assert count == {"final": 24, "not over": 96}
    assert "n 120, of them 96 not over" in chart(told).to_dict()["description"]


def test_a_value_far_beyond_the_others_does_not_press_them_together() -> None:
    counts = {each * SECOND: 10 for each in range(60)} | {86_400 * SECOND: 1}
    told = Distribution(Measurement("wait", "duration", 601), counts, label="wait")
    rows = panel_rows(chart(told).to_dict())
    assert len(rows) > 20
    assert rows[-1]["where"].endswith("or more")
    assert "the last bar has all of" in chart(told).to_dict()["description"]


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.integers(-(10**12), 10**12), st.integers(1, 10**6), min_size=1, max_size=30),
    st.sampled_from(["duration", "count", "score"]),
    st.none() | st.integers(0, 10**9),
)
def test_any_values_are_drawn_in_bins_that_hold_them_all(counts: Any, unit: Any, goal: int | None) -> None:
    target = None if goal is None else MetricTarget(at_most=goal)
    told = Distribution(Measurement("m", unit, sum(counts.values()), Fraction(1)), counts, {}, "m", target)
    rows = panel_rows(chart(told).to_dict())
    assert sum(row["end"] - row["start"] for row in rows) == told.n
    assert len(rows) <= 90


def test_no_value_and_unknown_metrics_are_told_plainly() -> None:
    states = CARD.states({"contact": CALLS}, by=["channel"])
    with pytest.raises(ValueError, match="kept keeps no values"):
        CARD.distribution(states, "kept")
    with pytest.raises(LookupError, match="mail"):
        CARD.distribution(states, "wait", "mail")
    with pytest.raises(LookupError, match="weight"):
        CARD.distribution(states, "weight")
    empty = CARD.distribution(CARD.states({"contact": []}), "wait")
    with pytest.raises(ValueError, match="nothing to draw"):
        chart(empty)


def test_of_no_case_there_is_no_chart() -> None:
    quiet = DeskReport("Hotline", "1", "UTC", "computed", None, records=0, cases=0, unreadable=0, lines=())
    for empty in (quiet, ServicePeriod(Period.parse("2026-03"), quiet), Results((), {}, Goals(), {})):
        with pytest.raises(ValueError, match="nothing to draw"):
            chart(empty)
    with pytest.raises(ValueError, match="measure by fewer columns"):
        chart(of_groups(*map(str, range(1000))))


def test_names_of_500_characters_and_200_channels_are_drawn_whole() -> None:
    long = [name for name in PLAIN if len(name) >= 500]
    channels = [f"channel {number}" for number in range(200 - len(long))]
    drawn = words_of(of_groups(*long, *channels))
    whole = "".join(drawn).replace(" ", "")
    for name in (*long, *channels):
        assert name.replace(" ", "") in whole
    rows = panel_rows(panels_of(of_groups(*long, *channels))[0])
    scales = [
        each["encoding"]["y"]["scale"] for each in panels_of(of_groups(*long))[0]["layer"] if "text" in each["encoding"]
    ]
    assert all(scale["nice"] is False for scale in scales)  # a row is as tall as its lines
    edges = [(row["place"] - row["room"] / 2, row["place"] + row["room"] / 2) for row in rows]
    assert all(one[1] == other[0] for one, other in pairwise(edges))


def test_no_element_is_made_of_a_hostile_name() -> None:
    names = list(hostile_names())
    for start in range(0, len(names), 400):
        drawn = chart(of_groups(*dict.fromkeys(names[start : start + 400])))
        assert "<" not in drawn.to_json()
        svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(drawn.to_json()))
        assert {each.tag.rpartition("}")[2] for each in svg.iter()} <= {
            "svg",
            "g",
            "path",
            "rect",
            "line",
            "text",
            "tspan",
            "defs",
            "clipPath",
        }


@given(st.text(max_size=300), st.integers(2, 40))
def test_lines_have_all_of_a_text(text: str, columns: int) -> None:
    lines = lines_of(text, columns)
    joined = "".join(lines).replace(" ", "")
    assert joined == "".join("".join(c if c.isprintable() else " " for c in text).split())


def test_a_trend_of_several_columns_needs_its_group() -> None:
    measured = CARD.measure({"contact": CALLS}, by=["channel"], period="month")
    with pytest.raises(LookupError, match="phone"):
        measured.trend("kept")
    assert len(measured.trend("kept", "phone")) == 1
