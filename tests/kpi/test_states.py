"""States add up where they are of one definition, and say which rows of the future they do not count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from servicekit.calendars import Calendar
from servicekit.errors import PolicyError
from servicekit.events import Case, Opened, Resolved
from servicekit.kpi import (
    MeanMetric,
    Metric,
    NetMetric,
    QuantileMetric,
    RatioMetric,
    Scorecard,
    ScorecardEngine,
    State,
    States,
    SumMetric,
    Term,
    WithinMetric,
)
from servicekit.rules import DeclaredField, where
from servicekit.timeline.period import PeriodUnit

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def test_states_tell_reasons_and_instants_of_any_name() -> None:
    place = ("m", (NINE, date(2026, 1, 5), None, True, Decimal("1.0"), "x"))
    states = States(
        ("a", "b", "c", "d", "e", "f"),
        None,
        {"$day": "5ca1ab1e"},
        {place: State({"n": Fraction(1, 3)}, {"$day": 1}, {(NINE,): 2})},
    )
    read = States.from_bytes(states.to_bytes())
    assert read == states
    assert [type(each) for each in next(iter(read.of))[1]] == [type(each) for each in place[1]]
    for version in (1, 99):  # the first did not say by which definitions
        with pytest.raises(ValueError, match="not states of version 2; make them again"):
            States.from_bytes(b'{"version": %d, "by": [], "period": null, "states": []}' % version)
    for broken in (
        b'{"version": 2}',
        b'{"version": 2, "by": [], "period": null, "definitions": [], "states": [["m", 3, {}, [], []]]}',
        b'{"version": 2, "by": [], "period": null, "definitions": [7], "states": []}',
        b'{"version": 2, "by": [], "period": null, "definitions": [], "states": [[]]}',
        b"[]",
    ):
        with pytest.raises(ValueError, match=r"not whole states|not states of version"):
            States.from_bytes(broken)
    with pytest.raises(ValueError, match="do not add up"):
        states | States((), None, states.definitions, {})


DESK = "{timezone: UTC, weekly: {mon-fri: 09:00-%s}}"
OPEN = "{metrics: {open: {kind: resolution_time, q: 0.5, clock: desk, reading: first}}}"
SURVEY = "{metrics: {csat: {kind: csat, method: top2, low: 1, high: 5%s}}, first_month: %d}"
BOTH = "{metrics: {csat: {kind: csat, method: top2, low: 1, high: 5}, nps: {kind: nps}}}"


def surveyed(more: str = "", zone: str = "UTC", first_month: int = 1) -> ScorecardEngine:
    return Scorecard.parse(SURVEY % (more, first_month)).compile(timezone=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("other", "unit", "same"),
    [
        (surveyed(", label: content, min_n: 9"), "month", True),
        (surveyed(first_month=4), "month", True),
        (surveyed(zone="Asia/Shanghai"), None, True),
        (surveyed(first_month=4), "quarter", False),
        (surveyed(zone="Asia/Shanghai"), "month", False),
        (surveyed(", where: {channel: chat}"), None, False),
        (Scorecard.parse("{metrics: {nps: {kind: nps}}}").compile(), None, False),
        (Scorecard.parse("{metrics: {csat: {kind: nps}}}").compile(), "month", False),
        (Scorecard.parse(BOTH).compile(), None, False),
    ],
)
def test_states_of_another_definition_do_not_add_up(
    other: ScorecardEngine, unit: PeriodUnit | None, same: bool
) -> None:
    engine, rows = surveyed(), {"answer": [{"instrument": "csat", "score": 5, "at": NINE}]}
    ours, theirs = (each.states(rows, period=unit) for each in (engine, other))
    if same:
        assert engine.finish(ours | theirs)["csat"].n == 2
        return
    with pytest.raises(ValueError, match=r"states of ('csat'|nothing).* and of '(csat|nps)' .*do not add up"):
        ours | theirs
    with pytest.raises(ValueError, match=r"are not measured together"):
        engine.finish(States.from_bytes(theirs.to_bytes()))


def test_states_of_another_calendar_or_order_of_reasons_do_not_add_up() -> None:
    engines = [
        Scorecard.parse(OPEN).compile({"desk": Calendar.parse(DESK % end).compile()}) for end in ("17:00", "18:00")
    ]
    with pytest.raises(ValueError, match=r"states of 'open' \(.*and of 'open' \(.*the same calendars"):
        engines[0].states({}, as_of=NINE) | engines[1].states({}, as_of=NINE)
    reasons = [("slow", where(priority="low")), ("chat", where(channel="chat"))]
    first, second = (
        Scorecard(metrics={"m": RatioMetric(table="contact", leave_out=dict(told))}).compile()
        for told in (reasons, reversed(reasons))
    )
    with pytest.raises(ValueError, match="do not add up"):
        first.states({}) | second.states({})


def test_states_by_other_periods_do_not_add_up() -> None:
    engine = surveyed()
    with pytest.raises(ValueError, match=r"states by month and by week, channel do not add up"):
        engine.states({}, period="month") | engine.states({}, by=["channel"], period="week")


AHEAD = "after the instant of the report"
ANSWERS = {
    "answer": [{"instrument": "csat", "score": score, "at": NINE + DAY * n} for n, score in enumerate((5, 1, 3))]
}
EVERY_KIND: dict[str, Metric] = {
    "ratio": RatioMetric(table="answer", of=where(score=5)),
    "below": RatioMetric(table="cost", column="amount", unit="money", per=Term(table="answer")),
    "mean": MeanMetric(table="answer", column="score", unit="score"),
    "net": NetMetric(table="answer", plus=where(score=5), minus=where(score=1)),
    "sum": SumMetric(table="answer", column="score"),
    "quantile": QuantileMetric(table="answer", column="score", unit="score", q=Decimal("0.5"), method="linear"),
    "within": WithinMetric(table="answer", at="at", key=("instrument",), within=DAY / 2, counts="followed"),
}


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_rows_after_the_instant_of_the_report_are_left_out(kind: str) -> None:
    engine = Scorecard(metrics={kind: EVERY_KIND[kind]}).compile()
    found = engine.measure(ANSWERS, as_of=NINE + DAY)[kind]
    assert (found.n + found.left_out.get("immature", 0), found.left_out[AHEAD]) == (2, 1)
    assert found.left_out == engine.measure(ANSWERS, by=["instrument"], as_of=NINE + DAY)[kind, "csat"].left_out
    if kind != "within":
        assert AHEAD not in engine.measure(ANSWERS)[kind].left_out


def test_a_day_is_known_once_it_has_begun_in_the_zone() -> None:
    day, evening = date(2026, 1, 6), datetime(2026, 1, 5, 17, tzinfo=UTC)  # one in the morning in Shanghai
    spent = SumMetric(table="cost", column="amount", unit="money")
    for zone, amount in (("Asia/Shanghai", 7), ("UTC", 0)):
        engine = Scorecard(metrics={"spent": spent}).compile(timezone=ZoneInfo(zone))
        assert engine.measure({"cost": [{"at": day, "amount": 7}]}, as_of=evening)["spent"].exact == amount


def test_what_is_left_out_as_ahead_is_not_told_for_another_reason_too() -> None:
    metric = RatioMetric(table="answer", leave_out={"content": where(score=3)}, of=where(score=5))
    engine = Scorecard(metrics={"m": metric}).compile()
    told = engine.explain("m", ANSWERS, as_of=NINE + DAY)
    assert [each.reason for each in told] == [None, None, AHEAD]


def test_a_term_of_other_moments_tells_its_own_rows_ahead() -> None:
    resolved = RatioMetric(table="case", at="resolved_at", per=Term(table="case"))
    rows = [{"opened_at": NINE, "resolved_at": NINE + DAY * n} for n in range(3)]
    found = Scorecard(metrics={"m": resolved}).compile().measure({"case": rows}, as_of=NINE + DAY)["m"]
    assert (found.numerator, found.denominator, dict(found.left_out)) == (2, 3, {AHEAD: 1})


def test_things_that_come_twice_count_once_whatever_the_parts() -> None:
    answers: list[dict[str, Any]] = [
        {"invitation_id": name, "instrument": each, "channel": channel}
        for name, channel in (("i-1", "chat"), ("i-1", "phone"), ("i-2", "chat"), (None, "chat"))
        for each in ("csat", "nps")
    ]
    asked = [{"invitation_id": f"i-{n}", "channel": "chat", "bounced": n == 9} for n in range(10)]
    judged: list[dict[str, Any]] = [{"form": "calls", "contact_id": name} for name in ("K-1", "K-1", "K-2", None)]
    calls = [{"contact_id": f"K-{n}", "outcome": "answered"} for n in range(4)]
    data: dict[str, list[dict[str, Any]]] = {
        "answer": answers,
        "invitation": asked,
        "evaluation": judged,
        "contact": calls,
    }
    engine = Scorecard.parse(
        "{metrics: {asked: {kind: response_rate}, judged: {kind: quality_coverage, form: calls}}}"
    ).compile()
    whole = engine.states(data, by=["channel"])
    found = engine.finish(whole)
    assert (found["asked"].exact, found["judged"].exact) == (Fraction(2, 9), Fraction(1, 2))
    assert (found["asked", "chat"].numerator, found["asked", "phone"].numerator) == (2, 1)
    assert found["judged"].left_out == {"of no contact": 1}
    parts = [engine.states({name: rows[n::3] for name, rows in data.items()}, by=["channel"]) for n in range(3)]
    added = parts[2] | States.from_bytes((parts[0] | parts[1]).to_bytes())
    assert added == whole


@pytest.mark.parametrize(
    "told", ["distinct: agent", "column: wait_us", "column: wait_us, distinct: agent, per: {table: work}"]
)
def test_what_stands_above_a_line_needs_one_below(told: str) -> None:
    with pytest.raises(PolicyError, match=r"kpi\.ratio"):
        Scorecard.parse(f"{{metrics: {{m: {{kind: ratio, table: contact, {told}}}}}}}")


def test_visits_of_all_groups_add_up_and_are_not_those_of_a_metric_that_is_left_whole() -> None:
    metric = WithinMetric(table="contact", at="at", key=("customer_id",), within=DAY, counts="followed")
    engine = Scorecard(metrics={"m": metric}).compile(fields={"team": DeclaredField("text")})
    rows = [{"customer_id": "m-1", "at": NINE + DAY * n, "team": team} for n, team in enumerate("aba")]
    parts = [engine.states({"contact": [row]}, by=["team"]) for row in rows]
    found = engine.finish(States.from_bytes((parts[2] | parts[0] | parts[1]).to_bytes()), as_of=NINE + DAY * 9)
    assert [(found[place].numerator, found[place].n) for place in ("m", ("m", "a"), ("m", "b"))] == [
        (2, 3),
        (1, 2),
        (1, 1),
    ]
    assert not found.problems
    undeclared = Scorecard(metrics={"m": metric, "n": SumMetric(table="answer")}).compile()
    teamless = [{"customer_id": "m-1", "at": NINE}]
    answers = {"answer": [{"team": "a", "at": NINE}]}
    whole = undeclared.states({"contact": teamless, **answers}, by=["team"])
    with pytest.raises(ValueError, match="states of m do not add up: one is left whole"):
        whole | undeclared.states({"contact": rows, **answers}, by=["team"])
    assert undeclared.finish(whole, as_of=NINE + DAY * 9)["m"].n == 1


def test_a_case_is_as_it_stood_at_the_instant_of_the_report() -> None:
    cases = [
        Case(f"C-{n}", (Opened(f"C-{n}", NINE + DAY * n), Resolved(f"C-{n}", NINE + DAY * 2 * n))) for n in range(3)
    ]
    engine = Scorecard.parse("{metrics: {done: {kind: resolution_rate, view: cohort}}}").compile()
    then, now = (engine.measure({"case": cases}, as_of=as_of)["done"] for as_of in (NINE + DAY, NINE + DAY * 9))
    assert (then.exact, then.n, dict(then.left_out)) == (Fraction(1, 2), 2, {AHEAD: 1})
    assert (now.exact, now.n) == (Fraction(1), 3)


def test_metrics_that_share_values_come_to_what_they_do_alone() -> None:
    waits: list[dict[str, Any]] = [{"wait_us": wait, "channel": "chat" if wait % 3 else "mail"} for wait in range(50)]
    waits += waits[10:20]  # some values are there twice
    median = QuantileMetric(table="contact", column="wait_us", unit="duration", q=Decimal("0.5"), method="linear")
    chats = median.replace(where=where(channel="chat"))
    metrics = {
        "p50": median,
        "p90": median.replace(q=Decimal("0.9")),
        "chats": chats,
        "sum": SumMetric(table="contact"),
    }
    engine = Scorecard(metrics=metrics).compile()
    parts = [engine.states({"contact": waits[n::2]}, by=["channel"]) for n in range(2)]
    for found in (engine.measure({"contact": waits}, by=["channel"]), engine.finish(parts[1] | parts[0])):
        for name, metric in metrics.items():
            alone = Scorecard(metrics={name: metric}).compile().measure({"contact": waits}, by=["channel"])
            assert dict(alone.of) == {place: each for place, each in found.of.items() if place[0] == name}
