"""Results answer for the groups that there are, and tell a group without a name by a label."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import UnknownNameError
from servicekit.kpi import QuantileMetric, Results, Scorecard

CARD = Scorecard.parse(
    "{metrics: {calls: {kind: sum, table: contact, label: all calls}, nps: {kind: nps}},"
    " targets: {calls: {at_least: 1}, nps: {at_least: 0}}}"
).compile()
MARCH = datetime(2026, 3, 5, 9, tzinfo=UTC)
CALLS = [{"channel": "chat", "at": MARCH}, {"channel": None, "at": MARCH.replace(month=5)}, {"at": MARCH}]
ANSWERS = [{"instrument": "nps", "score": 9, "channel": "phone"}]


def results(*by: str) -> Results:
    return CARD.measure({"contact": CALLS, "answer": ANSWERS}, by=by)


@given(channels=st.lists(st.sampled_from(["chat", "phone", "fax", None])), asked=st.text(max_size=3))
def test_the_groups_that_there_are_answer_and_no_others(channels: Sequence[str | None], asked: str) -> None:
    found = CARD.measure({"contact": [{"channel": each} for each in channels]}, by=["channel"])
    for channel in {*channels}:
        assert found["calls", channel].n == channels.count(channel)
        assert found.status("calls", channel) == "met"
        assert found.score(channel) == 1
    if asked not in channels:
        for ask in (lambda: found["calls", asked], lambda: found.status("nps", asked), lambda: found.score(asked)):
            with pytest.raises(UnknownNameError, match="no group named"):
                ask()


def test_an_unknown_group_is_refused_with_the_nearest_one() -> None:
    found = results("channel")
    for ask in (lambda: found["calls", "chta"], lambda: found.status("nps", "chta"), lambda: found.score("chta")):
        with pytest.raises(UnknownNameError, match=r"no group named 'chta'; did you mean 'chat'\?"):
            ask()
    with pytest.raises(UnknownNameError, match=r"no group named 'chat / x'; did you mean 'chat'\?"):
        found["calls", "chat", "x"]
    with pytest.raises(UnknownNameError, match=r"no group named 'phone'; known: \(none\), chat"):
        found["calls", "phone"]
    assert found.status("calls", "phone") is None, "the other metric has rows in it"
    with pytest.raises(UnknownNameError, match="did you mean 'calls'"):
        found["cals"]


def test_of_many_groups_only_some_are_listed() -> None:
    found = CARD.measure({"contact": [{"channel": f"line {n}"} for n in range(500)]}, by=["channel"])
    with pytest.raises(UnknownNameError) as refused:
        found["calls", "?"]
    assert len(refused.value.known) == 20


def test_a_trend_is_of_a_metric_and_of_a_group_that_there_are() -> None:
    found = CARD.measure({"contact": CALLS}, by=["channel"], period="month")
    assert [(month, each.n) for month, each in found.trend("calls", None)] == [
        ("2026-03", 1),
        ("2026-04", 0),
        ("2026-05", 1),
    ]
    with pytest.raises(UnknownNameError, match="did you mean 'calls'"):
        found.trend("cals")
    with pytest.raises(UnknownNameError, match="did you mean 'chat'"):
        found.trend("calls", "caht")


def test_rows_without_a_value_are_a_group_with_a_label() -> None:
    found = results("channel")
    assert [line[:2] for line in found.table().rows if line[0] == "all calls"] == [
        ("all calls", "all"),
        ("all calls", "chat"),
        ("all calls", "(no channel)"),
    ]
    for shown in (str(found), found.table().markdown(), found.table().html()):
        assert "(no channel)" in shown
        assert "None" not in shown
    assert [row["channel"] for row in found.rows()][:3] == [None, "chat", None], "values stay as they are"
    undated = CARD.measure({"contact": [{"at": MARCH}, {}]}, period="month")
    assert [month for month, _ in undated.trend("calls")] == ["2026-03", "(no period)"]


def test_results_are_printed_as_their_table() -> None:
    assert str(results("channel")) == results("channel").table().text()
    assert str(results()).split()[:2] == ["metric", "value"]


@given(marks=st.lists(st.integers(0, 10), min_size=1), q=st.sampled_from(["0.1", "0.5", "0.9", "0.35"]))
def test_a_quantile_is_held_against_its_target_without_rounding(marks: Sequence[int], q: str) -> None:
    place = Fraction(q) * (len(marks) - 1)
    below, rest = divmod(place, 1)
    ranked = sorted(marks)
    wanted = ranked[int(below)] + rest * (ranked[min(int(below) + 1, len(marks) - 1)] - ranked[int(below)])
    metric = QuantileMetric(table="answer", column="score", unit="score", q=Decimal(q), method="linear")
    found = Scorecard(metrics={"mark": metric}).compile().measure({"answer": [{"score": mark} for mark in marks]})
    assert found["mark"].exact == wanted


def test_a_quantile_that_is_exactly_the_target_meets_it() -> None:
    card = Scorecard.parse(
        "{metrics: {mark: {kind: quantile, table: answer, column: score, unit: score, q: 0.9, method: linear}},"
        " targets: {mark: {at_least: 1.7}}}"
    ).compile()
    found = card.measure({"answer": [{"score": mark} for mark in (0, 0, 1, 2)]})
    assert (found["mark"].exact, found.status("mark")) == (Fraction(17, 10), "met_not_proven")
