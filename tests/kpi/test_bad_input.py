"""What cannot be is refused, with its place, or left out under a name; nothing is counted that is not so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import inf

import pytest

from servicekit.errors import NaiveDatetimeError, PolicyError, UnknownNameError
from servicekit.events import Answer, Case, Contact, Leg, Opened, Resolved, Scale
from servicekit.kpi import (
    AnswerSpeed,
    CostPerContact,
    Csat,
    DurationMetric,
    FirstContactResolution,
    HandlingTime,
    MeanMetric,
    Measurement,
    MetricTarget,
    NetMetric,
    Nps,
    Occupancy,
    Patience,
    QualityCoverage,
    QuantileMetric,
    RatioMetric,
    ResolutionRate,
    ResolutionTime,
    ResponseRate,
    Results,
    Scorecard,
    ServiceLevel,
    SumMetric,
)
from servicekit.kpi.catalogue import AnyMetric
from servicekit.rules import Compare, DeclaredField, where

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = 1_000_000
MEAN = MeanMetric(table="answer", column="score", unit="score")
MEDIAN = QuantileMetric(table="answer", column="score", unit="score", q="0.5", method="linear")
FCR = FirstContactResolution(of="contact", by="customer", within="7d", per="contact")


def results(metric: AnyMetric, as_of: datetime | None = None, **data: Sequence[object]) -> Results:
    return Scorecard(metrics={"m": metric}).compile().measure(data, as_of=as_of)


def measured(metric: AnyMetric, as_of: datetime | None = None, **data: Sequence[object]) -> Measurement:
    return results(metric, as_of, **data)["m"]


def scores(*values: object, instrument: str = "nps") -> list[Mapping[str, object]]:
    return [{"instrument": instrument, "score": value} for value in values]


@pytest.mark.parametrize("metric", [MEAN, MEDIAN, Nps(), Csat(method="mean", low=0, high=10, instrument="nps")])
@pytest.mark.parametrize(
    ("score", "error"),
    [(4.5, TypeError), (True, TypeError), ("5", TypeError), (float("inf"), TypeError), (Decimal("NaN"), ValueError)],
)
def test_a_score_that_is_no_exact_number_is_refused_with_its_place(
    metric: AnyMetric, score: object, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"answer\[1\]\.score is "):
        measured(metric, answer=scores(5, score))


def test_decimals_and_whole_numbers_stand_beside_each_other() -> None:
    rows = scores(Decimal("5"), 4, Decimal("4.5"), None)
    assert (measured(MEAN, answer=rows).exact, measured(MEDIAN, answer=rows).exact) == (Fraction(9, 2), Fraction(9, 2))
    assert measured(Nps(), answer=scores(Decimal("9.0"), 9)).exact == 100


def test_blanks_other_scales_and_marks_off_the_scale_are_left_out_by_name() -> None:
    rows = [
        *scores(5, None, 6, instrument="csat"),
        {"instrument": "csat", "score": 5, "low": 1, "high": 7},
        *scores(1),
    ]
    found = measured(Csat(method="top2", low=1, high=5), answer=rows)
    assert (found.n, found.exact) == (1, 1)
    assert found.left_out == {"unanswered": 1, "off the scale": 1, "other scale": 1}


def test_a_record_of_another_scale_is_left_out() -> None:
    given = [Answer("a-1", NINE, "csat", 5, Scale(1, 5)), Answer("a-2", NINE, "csat", 5, Scale(1, 7))]
    found = measured(Csat(method="top_box", low=1, high=5), answer=given)
    assert (found.n, found.exact, found.left_out) == (1, 1, {"other scale": 1})


@pytest.mark.parametrize(
    "metric", [AnswerSpeed(), Patience(q="0.5"), ServiceLevel(within="20s", variant="answered_only")]
)
def test_a_negative_length_is_refused_with_its_place(metric: AnyMetric) -> None:
    with pytest.raises(ValueError, match=r"contact\[0\]\.wait_us is -5; expected a length of zero or more"):
        measured(metric, contact=[{"outcome": "answered", "wait_us": -5}])


def test_a_call_over_midnight_is_as_long_as_it_was() -> None:
    late = datetime(2026, 1, 5, 23, 59, 50, tzinfo=UTC)
    call = Contact("K-1", late, "answered", (Leg(timedelta(seconds=20), timedelta(minutes=2)),))
    assert measured(HandlingTime(per="contact"), contact=[call]).exact == 120 * SECOND


def test_a_case_that_ends_before_it_starts_is_left_out_by_name() -> None:
    rows = [
        {"opened_at": NINE, "resolved_at": NINE - DAY},
        {"opened_at": NINE, "resolved_at": NINE + DAY},
        {"opened_at": None, "resolved_at": NINE},
        {"opened_at": NINE + 9 * DAY, "resolved_at": NINE + 10 * DAY},
        {"opened_at": NINE, "resolved_at": NINE + 9 * DAY},
    ]
    found = measured(ResolutionTime(q="0.5", clock="wall", reading="last"), NINE + 2 * DAY, case=rows)
    expected = {"ends before it starts": 1, "not started": 1, "after the instant of the report": 1}
    assert (found.n, found.censored, found.left_out) == (2, 1, expected)


def test_only_rows_that_count_must_have_come_to_their_end() -> None:
    rows = [{"opened_at": NINE, "resolved_at": NINE + DAY}, {"opened_at": NINE, "cancelled_at": NINE}]
    metric = ResolutionTime(q="0.5", clock="wall", reading="last")
    found = measured(metric, case=rows)
    assert (found.n, found.left_out) == (1, {"cancelled": 1})
    with pytest.raises(ValueError, match="as of when"):
        measured(metric, case=[*rows, {"opened_at": NINE}])


def test_what_ends_with_the_report_is_over() -> None:
    rows = [{"opened_at": NINE, "resolved_at": NINE + DAY}]
    metric = ResolutionTime(q="0.5", clock="wall", reading="last")
    at, before = (measured(metric, NINE + DAY - each, case=rows) for each in (timedelta(), timedelta(seconds=1)))
    assert (at.exact, at.censored) == (86_400 * SECOND, 0)
    assert (before.exact, before.censored) == (None, 1)


def test_numbers_beyond_all_measure_are_exact_or_refused() -> None:
    huge = [{"amount": 10**400}, {"amount": -(10**400)}, {"amount": 10**400}]
    found = measured(SumMetric(table="cost", column="amount", unit="money"), cost=huge)
    assert (found.exact, found.value) == (10**400, inf)
    with pytest.raises(ValueError, match="m: the numbers are too large"):
        measured(MeanMetric(table="cost", column="amount", unit="money"), cost=huge)


def test_a_breakdown_names_each_column_once() -> None:
    engine = Scorecard(metrics={"m": SumMetric(table="contact")}).compile()
    for by in (["channel", "channel"], ["period"]):
        with pytest.raises(ValueError, match="each column once"):
            engine.measure({"contact": [{"channel": "chat", "period": 1}]}, by=by, period="month")


def test_a_row_tells_its_metric_whatever_it_is_broken_down_by() -> None:
    engine = Scorecard.parse("{metrics: {promises: {kind: sum, table: outcome}}}").compile(
        fields={"n": DeclaredField()}
    )
    found = engine.measure({"outcome": [{"metric": "resolution", "n": "x"}]}, by=["metric", "n", "tier"])
    whole, resolution = found.rows()
    assert whole["metric"] == resolution["metric"] == "promises"
    assert (resolution["by_metric"], resolution["by_n"], resolution["tier"], resolution["n"]) == (
        "resolution",
        "x",
        None,
        1,
    )


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 1, 5, 9)
    with pytest.raises(NaiveDatetimeError):
        measured(
            ResolutionTime(q="0.5", clock="wall", reading="last"), case=[{"opened_at": naive, "resolved_at": NINE}]
        )
    with pytest.raises(NaiveDatetimeError):
        measured(FCR, naive, contact=[{"outcome": "answered", "customer_id": "m-1", "at": NINE}])
    engine = Scorecard(metrics={"m": SumMetric(table="contact")}).compile()
    with pytest.raises(NaiveDatetimeError):
        engine.measure({"contact": [{"at": naive}]}, period="month")


def test_a_text_is_no_instant() -> None:
    metric = DurationMetric(table="case", start="opened_at", end="resolved_at", clock="wall", q="0.5")
    with pytest.raises(TypeError, match=r"case\[0\]\.opened_at is '2026-01-05'; expected date"):
        measured(metric, NINE, case=[{"opened_at": "2026-01-05"}])


def test_contacts_of_nobody_without_a_moment_or_too_young_are_left_out_by_name() -> None:
    contacts = [
        {"outcome": "answered", "customer_id": "m-1", "at": NINE},
        {"outcome": "answered", "customer_id": None, "at": NINE},
        {"outcome": "answered", "customer_id": "m-2"},
        {"outcome": "answered", "customer_id": "m-3", "at": NINE + 5 * DAY},
        {"outcome": "abandoned", "customer_id": "m-3", "at": NINE},
    ]
    found = measured(FCR, NINE + 7 * DAY, contact=contacts)
    assert (found.n, found.exact) == (1, 1)
    assert found.left_out == {"nobody": 1, "without a moment": 1, "immature": 1}
    with pytest.raises(ValueError, match="as_of"):
        measured(FCR, contact=contacts)


def test_of_no_rows_there_is_no_value_and_no_error() -> None:
    for metric in (Nps(), AnswerSpeed(), Patience(q="0.5"), FCR, MEDIAN, Occupancy()):
        found = measured(metric, NINE)
        assert (found.n, found.exact, found.low, found.high, found.left_out) == (0, None, None, None, {})
    assert measured(SumMetric(table="case")).exact == 0, "a count of nothing is nothing"
    unknown = measured(SumMetric(table="work", column="paid_us", unit="duration"), work=[{"paid_us": None}])
    assert (unknown.exact, unknown.left_out) == (None, {"missing": 1}), "a sum of what nobody knows is not"


def test_one_row_has_a_value_and_no_limits_where_one_says_nothing() -> None:
    one = measured(MEAN, answer=scores(4))
    assert (one.n, one.exact, one.low, one.high) == (1, 4, None, None)
    share = measured(Csat(method="top2", low=1, high=5, instrument="nps"), answer=scores(4))
    assert share.low is not None
    assert (share.exact, share.high) == (1, 1.0)
    assert 0 < share.low < 1


def test_an_unknown_table_or_column_is_refused_with_a_hint() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'contact'"):
        measured(AnswerSpeed(), contcat=[])
    misspelt = {
        "column": SumMetric(table="contact", column="wiat_us"),
        "where": SumMetric(table="contact", where=where(outcme="answered")),
        "of": RatioMetric(table="contact", of=Compare(field="transfer", op="ge", value=1)),
        "leave_out": SumMetric(table="contact", leave_out={"x": where(chanel="bot")}),
        "type": SumMetric(table="contact", where=Compare(field="transfers", op="ge", value="one")),
    }
    with pytest.raises(PolicyError) as caught:
        Scorecard(metrics=misspelt).compile()
    assert [(each.code, each.path) for each in caught.value.problems] == [
        ("kpi.unknown-column", "metrics.column.column"),
        ("rules.unknown-field", "metrics.where.where.outcme"),
        ("rules.unknown-field", "metrics.of.of.field"),
        ("rules.unknown-field", "metrics.leave_out.leave_out.x.chanel"),
        ("rules.wrong-type", "metrics.type.where.value"),
    ]


def test_a_fact_of_the_house_is_a_column_where_it_is_declared() -> None:
    card = Scorecard(metrics={"m": SumMetric(table="contact", where=where(shift="night"))})
    engine = card.compile(fields={"shift": DeclaredField("text"), "site": DeclaredField("text")})
    assert engine.measure({"contact": [{"shift": "night"}, {"shift": "day"}]}, by=["site"])["m"].n == 1
    with pytest.raises(PolicyError, match="no field named 'shift'"):
        card.compile()


def test_a_breakdown_by_what_no_row_has_is_refused() -> None:
    engine = Scorecard(metrics={"m": SumMetric(table="contact")}).compile()
    with pytest.raises(UnknownNameError, match="did you mean 'channel'"):
        engine.measure({"contact": [{"channel": "chat"}]}, by=["chanel"])
    with pytest.raises(TypeError, match=r"such as \['channel'\]"):
        engine.measure({"contact": [{"channel": "chat"}]}, by="channel")
    assert engine.measure({"contact": [{"site": "north"}, {}]}, by=["site"])["m", "north"].n == 1
    assert len(engine.measure({"contact": []}, by=["chanel"])) == 1


def test_cost_by_channel_is_refused_where_costs_have_none() -> None:
    """Otherwise every channel would cost nothing."""
    card = Scorecard.parse("{metrics: {cost: {kind: cost_per_contact}}}").compile(fields={"channel": DeclaredField()})
    contacts = [{"outcome": "answered", "channel": "chat"}]
    with pytest.raises(UnknownNameError, match="no column named 'channel'"):
        card.measure({"cost": [{"amount": 9}], "contact": contacts}, by=["channel"])
    found = card.measure({"cost": [{"amount": 9, "channel": "chat"}], "contact": contacts}, by=["channel"])
    assert found["cost", "chat"].exact == 9


def test_the_rows_that_are_meant_are_those_of_both_tables() -> None:
    """Evaluations of one agent are divided by the contacts of that agent, not by those of all."""
    contacts = [{"outcome": "answered", "agent": agent} for agent in ("li.wei", "li.wei", "zhao.min")]
    judged = [{"form": "calls", "agent": "li.wei", "contact_id": "K-1"}]
    metric = QualityCoverage(form="calls", where=where(agent="li.wei"))
    assert measured(metric, contact=contacts, evaluation=judged).exact == Fraction(1, 2)
    spent = CostPerContact(where=where(channel="chat"))
    card = Scorecard(metrics={"m": spent})
    with pytest.raises(PolicyError, match="no field named 'channel'"):
        card.compile()
    engine = card.compile(fields={"channel": DeclaredField("text")})
    chats = [{"outcome": "answered", "channel": each} for each in ("chat", "phone")]
    costs = [{"amount": 9, "channel": "chat"}, {"amount": 80, "channel": "phone"}]
    assert engine.measure({"cost": costs, "contact": chats})["m"].exact == 9


def test_rows_of_a_table_are_of_one_kind() -> None:
    with pytest.raises(TypeError, match="mappings or records"):
        measured(AnswerSpeed(), contact=[{"outcome": "answered"}, Contact("K-1", NINE, "answered")])


def test_a_row_for_and_against_at_once_is_refused() -> None:
    metric = NetMetric(table="answer", plus=where(score=[9, 10]), minus=where(score=[9]))
    assert measured(metric, answer=scores(10)).exact == 100
    with pytest.raises(ValueError, match="plus and minus must not overlap"):
        measured(metric, answer=scores(10, 9))


def test_what_stands_above_and_below_a_line_is_of_the_same_rows() -> None:
    rows = [{"handling_us": 6, "idle_us": None}, {"handling_us": 6, "idle_us": 2}, {"handling_us": None, "idle_us": 9}]
    found = measured(Occupancy(), work=rows)
    assert (found.exact, found.n, found.left_out) == (Fraction(3, 4), 1, {"missing": 2})


def test_what_is_left_out_below_a_line_is_told() -> None:
    asked = [{"invitation_id": f"i-{n}", "bounced": n == 0} for n in range(3)]
    found = measured(ResponseRate(), answer=[{"invitation_id": "i-1"}], invitation=asked)
    assert (found.exact, found.n, found.left_out) == (Fraction(1, 2), 2, {"bounced": 1})


def test_a_wait_that_is_not_recorded_is_not_too_long() -> None:
    calls = [{"outcome": "answered", "wait_us": 5}, {"outcome": "answered"}, {"outcome": "phantom", "wait_us": 1}]
    calls.append({"outcome": "abandoned"})
    found = measured(ServiceLevel(within="20s", variant="all_abandons_count_against"), contact=calls)
    assert (found.exact, found.left_out) == (Fraction(1, 2), {"missing": 1, "no outcome": 1})
    short = measured(ServiceLevel(within="20s", short="5s", variant="short_abandons_removed"), contact=calls)
    assert (short.exact, short.left_out) == (1, {"missing": 2, "no outcome": 1})


def test_a_reason_that_is_given_twice_adds_up() -> None:
    metric = SumMetric(table="contact", column="wait_us", leave_out={"missing": where(outcome="callback")})
    found = measured(metric, contact=[{"outcome": "callback", "wait_us": 1}, {"wait_us": None}, {"wait_us": 2}])
    assert (found.exact, found.n, found.left_out) == (2, 1, {"missing": 2})


def test_facts_do_not_stand_for_what_events_tell() -> None:
    case = Case("C-1", (Opened("C-1", NINE, {"reopenings": 7, "resolved_at": NINE}), Resolved("C-1", NINE + DAY)))
    found = measured(ResolutionTime(q="0.5", clock="wall", reading="last"), case=[case])
    assert found.exact == 86_400 * SECOND
    assert measured(ResolutionRate(view="cohort"), case=[case]).exact == 1


def test_limits_of_a_mean_on_a_scale_stay_on_it() -> None:
    found = measured(Csat(method="mean100", low=1, high=5, instrument="nps"), answer=scores(5, 5, 5, 1))
    assert (found.exact, found.low, found.high) == (Fraction(3, 4), 0.0, 1.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{kind: csat, method: top2, low: 5, high: 1}", "kpi.scale"),
        ("{kind: csat, method: mean100, low: 3, high: 3}", "kpi.scale"),
        ("{kind: ces, method: index, low: 1, high: 7, easy_from: 3, hard_to: 5}", "kpi.scale"),
        ("{kind: mean, table: answer, column: score, unit: share, low: 1, high: 1}", "kpi.scale"),
        ("{kind: service_level, within: 20s, variant: short_abandons_removed}", "kpi.missing"),
        ("{kind: ces, method: agree, low: 1, high: 7}", "kpi.missing"),
        ("{kind: duration, table: case, start: opened_at, q: 0.5}", "kpi.duration"),
        ("{kind: sum, table: contcat}", "kpi.unknown-table"),
    ],
)
def test_a_definition_that_means_nothing_is_a_problem(text: str, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Scorecard.parse(f"{{metrics: {{m: {text}}}}}").compile()
    assert [problem.code for problem in caught.value.problems] == [code]


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ("targets: {npx: {at_least: 0}}", "targets.npx"),
        ("weights: {npx: 2}", "weights.npx"),
        ("benchmarks: {npx: {value: 30, source: a survey, as_of: 2025-06-30}}", "benchmarks.npx"),
        ("benchmarks: {nps: {value: 30, as_of: 2025-06-30}}", "benchmarks.nps.source"),
        ("benchmarks: {nps: {value: 30, source: a survey}}", "benchmarks.nps.as_of"),
        ("benchmarks: {nps: {value: 30, source: '', as_of: 2025-06-30}}", "benchmarks.nps.source"),
        ("targets: {nps: {}}", "targets.nps"),
        ("targets: {nps: {at_least: 3, at_most: 2}}", "targets.nps"),
        ("weights: {nps: -1}", "weights.nps"),
        ("confidence: 1", "confidence"),
    ],
)
def test_what_stands_beside_a_metric_is_checked(rest: str, place: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Scorecard.parse(f"{{metrics: {{nps: {{kind: nps}}}}, {rest}}}").compile()
    assert [problem.path for problem in caught.value.problems] == [place]


def test_a_target_is_as_it_is_written() -> None:
    nine_of_ten = Measurement("m", "share", 10, Fraction(9, 10))
    card = Scorecard.parse("{metrics: {m: {kind: nps}}, targets: {m: {at_least: 0.9}}}")
    targets = card.targets["m"], MetricTarget(at_least=0.9), MetricTarget(at_least="90%")
    assert [target.status(nine_of_ten) for target in targets] == ["met"] * 3
    lengths = [MetricTarget(at_most=each).at_most for each in ("20s", timedelta(seconds=20), 20 * SECOND)]
    assert lengths == [20 * SECOND] * 3
    with pytest.raises(ValueError, match="not a length of time"):
        MetricTarget(at_most="20 parsecs")


def test_the_score_passes_over_groups_that_a_metric_does_not_have() -> None:
    text = (
        "{metrics: {nps: {kind: nps}, speed: {kind: answer_speed}}, targets: {nps: {at_least: 0}, speed: {at_most: 9}}}"
    )
    data = {
        "answer": [{"instrument": "nps", "score": 9, "channel": "chat"}],
        "contact": [{"outcome": "answered", "wait_us": 10, "channel": "phone"}],
    }
    found = Scorecard.parse(text).compile().measure(data, by=["channel"])
    assert (found.score(), found.score("chat"), found.score("phone")) == (Fraction(1, 2), 1, 0)
    with pytest.raises(UnknownNameError):
        found.status("npx")
