"""The laws of key figures on drawn rows and metrics, by every engine of plain rows; and that they break for what is
wrong.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise, starmap
from random import Random
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import Case, Opened
from servicekit.kpi import (
    TABLES,
    Backlog,
    CohortTable,
    Measurement,
    Metric,
    MetricTarget,
    Scorecard,
    ServiceLevel,
    StandardMetric,
    States,
)
from servicekit.kpi.engine.counted_rows import CountedRows
from servicekit.kpi.engine.row_columns import Rows
from servicekit.kpi.families import contact_centre
from servicekit.rules import Compare
from servicekit.testing import LawBroken
from servicekit.testing import strategies as sks
from servicekit.testing.laws.metrics import (
    agrees_with_slow_metrics,
    check_backlog,
    check_cohorts,
    check_metrics,
    check_service_level,
    check_stages,
    figure_is_in_range,
)
from servicekit.testing.slow.metrics import SlowMeasurement, holds
from servicekit.testing.strategies.kpi.metric_documents import metrics, standard_metrics, within_metrics
from servicekit.testing.strategies.kpi.table_rows import FIRST, Row, table_rows
from servicekit.timeline import Interval
from servicekit.timeline.period import PeriodUnit

AS_OF = (FIRST + timedelta(days=5)).astimezone(ZoneInfo("America/New_York"))  # some rows are later
READ = ("contact", "case", "work")
Data = dict[str, list[Row]]
groupings = st.sampled_from(((), ("channel",), ("channel", "issue_type")))
units = st.sampled_from((None, *get_args(PeriodUnit)))
months = st.integers(1, 12)


@given(st.dictionaries(st.sampled_from("abc"), metrics(), min_size=1), table_rows(READ, max_size=20), groupings, units)
def test_metrics_of_every_kind_keep_the_laws(
    named: dict[str, Metric], data: Data, by: tuple[str, ...], unit: PeriodUnit | None
) -> None:
    check_metrics(Scorecard(metrics=named), data, by=by, period=unit, as_of=AS_OF)


@given(within_metrics(), table_rows(["contact"], max_size=30), groupings, units)
def test_what_follows_is_found_whatever_the_order(
    metric: Metric, data: Data, by: tuple[str, ...], unit: PeriodUnit | None
) -> None:
    near = {"contact": [{**row, "customer_id": row["customer_id"] and "m-1"} for row in data["contact"]]}
    for rows in (data, near):
        check_metrics(Scorecard(metrics={"m": metric}), rows, by=by, period=unit, as_of=AS_OF)


@given(standard_metrics(), table_rows(), st.sampled_from(((), ("channel",))), units, months)
def test_metrics_of_the_field_keep_the_laws(
    metric: StandardMetric, data: Data, by: tuple[str, ...], unit: PeriodUnit | None, first_month: int
) -> None:
    if by:
        data["cost"] = data["cost"] and [{**row, "channel": "chat"} for row in data["cost"]]
        data = {table: [{**row, "channel": row["channel"] or "bot"} for row in rows] for table, rows in data.items()}
    card = Scorecard(metrics={"m": metric}, first_month=first_month)
    check_metrics(card, data, by=by, period=unit, as_of=AS_OF)


@given(metrics(), table_rows(READ, max_size=20), st.randoms(use_true_random=False), groupings)
def test_any_parts_in_any_order_add_up(metric: Metric, data: Data, random: Random, by: tuple[str, ...]) -> None:
    engine = Scorecard(metrics={"m": metric}).compile()
    whole = engine.states(data, by=by, as_of=AS_OF)
    parts: list[Data] = [{}, {}, {}]
    for table, rows in data.items():
        for row in rows:
            random.choice(parts).setdefault(table, []).append(row)
    random.shuffle(parts)
    added = engine.states({}, by=by, as_of=AS_OF)
    for part in parts:
        added |= States.from_bytes(engine.states(part, by=by, as_of=AS_OF).to_bytes())
    assert dict(engine.finish(added, as_of=AS_OF).of) == dict(engine.finish(whole, as_of=AS_OF).of)


@given(metrics(), table_rows(READ), st.integers(2, 6))
def test_few_rows_have_no_value_and_are_counted(metric: Metric, data: Data, least: int) -> None:
    full = Scorecard(metrics={"m": metric}).compile().measure(data, as_of=AS_OF)["m"]
    card = Scorecard(metrics={"m": metric.replace(min_n=least)})
    measured = card.compile().measure(data, as_of=AS_OF)["m"]
    assert (measured.n, measured.left_out, measured.censored) == (full.n, full.left_out, full.censored)
    assert measured.exact == (full.exact if full.n >= least else None)
    check_metrics(card, data, as_of=AS_OF)


@given(table_rows(["contact"], max_size=25), st.sampled_from(get_args(ServiceLevel.model_fields["variant"].annotation)))
def test_more_are_in_time_when_they_may_take_longer(data: Data, variant: str) -> None:
    check_service_level(data["contact"], variant, [timedelta(seconds=each) for each in (5, 10, 20, 21, 60, 4000)])


near = st.integers(0, 40).map(lambda n: FIRST + timedelta(hours=6 * n))


@given(st.lists(sks.cases(opened_at=near, max_length=timedelta(days=6)), max_size=5), st.sets(near, min_size=2))
def test_backlogs_add_up(cases: list[Case], moments: set[datetime]) -> None:
    check_backlog(cases, list(starmap(Interval, pairwise(sorted(moments)))))


STAGES = ["opened", "acknowledged", "pending", "open", "vendor_done", "resolved", "closed", "never"]


@given(
    st.lists(sks.cases(opened_at=near, max_length=timedelta(days=6)), max_size=4),
    st.lists(st.sampled_from(STAGES), min_size=1, max_size=4, unique=True),
    near,
)
def test_stages_are_those_of_clocks(cases: list[Case], stages: list[str], as_of: datetime) -> None:
    check_stages(cases, stages, as_of)


visits = st.lists(st.tuples(st.sampled_from("abcde"), st.dates(date(2025, 11, 20), date(2026, 3, 1))), max_size=30)


@given(visits, st.sampled_from(["week", "month", "quarter"]))
def test_cohorts_hold_everybody_once(came: list[tuple[str, date]], unit: str) -> None:
    check_cohorts(came, unit)


@given(table_rows(["contact"], max_size=20), st.sampled_from(["Europe/Vilnius", "Asia/Shanghai", "America/New_York"]))
def test_periods_are_those_of_the_clock_on_the_wall(data: Data, zone: str) -> None:
    """The judge knows no periods: it groups by what the clock showed when each contact came."""
    tz = ZoneInfo(zone)
    card = Scorecard.parse("{metrics: {contacts: {kind: sum, table: contact}}}")
    found = card.compile(timezone=tz).measure(data, period="day")
    days = [row["at"].astimezone(tz).date().isoformat() for row in data["contact"] if isinstance(row["at"], datetime)]
    counts = {label: measured.n for label, measured in found.trend("contacts") if label != "(no period)"}
    assert {day: n for day, n in counts.items() if n} == {day: days.count(day) for day in set(days)}
    assert len(counts) == ((date.fromisoformat(max(days)) - date.fromisoformat(min(days))).days + 1 if days else 0)


def test_midnight_belongs_to_the_day_that_begins() -> None:
    tz = ZoneInfo("Europe/Vilnius")
    midnight = datetime(2025, 11, 1, tzinfo=tz)
    rows = [{"at": midnight - timedelta(microseconds=1)}, {"at": midnight}, {"at": date(2025, 11, 1)}]
    found = Scorecard.parse("{metrics: {contacts: {kind: sum, table: contact}}}").compile(timezone=tz)
    trend = found.measure({"contact": rows}, period="month").trend("contacts")
    assert [(month, measured.n) for month, measured in trend] == [("2025-10", 1), ("2025-11", 2)]


@given(st.sampled_from(["lt", "le", "gt", "ge", "eq", "ne"]), st.integers(0, 400), st.booleans())
def test_conditions_hold_alike_for_few_values_and_for_many(op: str, limit: int, some_lack_it: bool) -> None:
    """Columns of many values are asked in another way than those of few."""
    rows: list[Row] = [{"wait_us": None if some_lack_it and not n % 50 else n} for n in range(401)]
    condition = Compare.model_validate({"field": "wait_us", "op": op, "value": limit})
    flags = Rows(TABLES["contact"], rows).flags(condition)
    assert flags == [holds(condition, row) for row in rows]
    assert flags[:200] == Rows(TABLES["contact"], rows[:200]).flags(condition)


@given(metrics(), table_rows(READ))
def test_a_target_is_met_or_missed_by_the_value_and_proven_by_the_limits(metric: Metric, data: Data) -> None:
    measured = Scorecard(metrics={"m": metric}).compile().measure(data, as_of=AS_OF)["m"]
    for limit in map(Fraction, ("0", "1/2", "1", "20000000")):
        status = MetricTarget(at_least=limit).status(measured)
        assert (status is None) == (measured.exact is None)
        if measured.exact is not None:
            assert str(status).startswith("met") == (measured.exact >= limit)
            ends = (measured.low, measured.high) if measured.is_sampled else (measured.exact, measured.exact)
            end = ends[0] if measured.exact >= limit else ends[1]
            is_proven = end is not None and (end >= limit) == (measured.exact >= limit)
            assert str(status).endswith("proven") == (not is_proven)


HALF = Measurement("m", "share", 2, Fraction(1, 2), 1, 2, 0.1, 0.9)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(HALF, n=3),
        replace(HALF, exact=Fraction(1, 3)),
        replace(HALF, exact=None),
        replace(HALF, left_out={"missing": 1}),
        replace(HALF, censored=1),
    ],
)
def test_a_wrong_figure_breaks_a_law(wrong: Measurement) -> None:
    judged = SlowMeasurement(2, Fraction(1, 2))
    agrees_with_slow_metrics(HALF, judged)
    with pytest.raises(LawBroken):
        agrees_with_slow_metrics(wrong, judged)


def test_a_group_that_is_not_measured_breaks_a_law() -> None:
    agrees_with_slow_metrics(None, SlowMeasurement())
    with pytest.raises(LawBroken, match="a group with rows is measured"):
        agrees_with_slow_metrics(None, SlowMeasurement(1, Fraction(1)))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(HALF, low=0.6),
        replace(HALF, high=0.4),
        replace(HALF, high=1.2),
        replace(HALF, low=-0.1),
        replace(HALF, numerator=3),
        replace(HALF, exact=None),
    ],
)
def test_a_figure_out_of_range_breaks_a_law(wrong: Measurement) -> None:
    figure_is_in_range(HALF, is_part=True)
    with pytest.raises(LawBroken):
        figure_is_in_range(wrong, is_part=True)


CALLS: list[Row] = [
    {"outcome": "answered", "wait_us": wait, "channel": channel, "customer_id": "m-1", "at": FIRST}
    for wait, channel in ((5, "chat"), (20, "phone"), (60, "chat"))
]
SPEED = Scorecard.parse("{metrics: {speed: {kind: answer_speed}}}")


@pytest.mark.parametrize(
    ("broken", "name", "wrong", "law"),
    [
        (States, "__or__", lambda one, _: one, "parts add up"),
        (
            States,
            "to_bytes",
            lambda _: b'{"version": 2, "by": [], "period": null, "definitions": [], "whole": [], "states": []}',
            "survive as bytes",
        ),
        (CountedRows, "total", lambda *_: {("chat",): 1, ("phone",): 1}, "add up|the value is the same|the total"),
        (CountedRows, "count", lambda *_: {("chat",): 9, ("phone",): 1}, "add up|as many rows count|the total"),
    ],
)
def test_an_engine_that_counts_wrong_breaks_a_law(
    broken: type, name: str, wrong: object, law: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_metrics(SPEED, {"contact": CALLS}, by=["channel"], as_of=AS_OF)
    monkeypatch.setattr(broken, name, wrong)
    with pytest.raises(LawBroken, match=law):
        check_metrics(SPEED, {"contact": CALLS}, by=["channel"], as_of=AS_OF)


def test_other_laws_break_for_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("C-1", (Opened("C-1", FIRST),))
    weeks = [Interval(FIRST + timedelta(days=n), FIRST + timedelta(days=n + 7)) for n in (-1, 6)]
    check_backlog([case], weeks)
    monkeypatch.setattr(Backlog, "closing", property(lambda each: each.opening))
    with pytest.raises(LawBroken, match="a backlog adds up"):
        check_backlog([case], weeks)
    check_cohorts([("m-1", FIRST.date())], "month")
    monkeypatch.setattr(CohortTable, "of", classmethod(lambda cls, *_: cls({"2026-01": (1, 2)})))
    with pytest.raises(LawBroken, match="in one cell"):
        check_cohorts([("m-1", FIRST.date())], "month")
    waits = [timedelta(microseconds=each) for each in (10, 30)]
    check_service_level(CALLS, "answered_only", waits)
    monkeypatch.setattr(contact_centre, "whole_us", lambda length: 40 - length // timedelta(microseconds=1))
    with pytest.raises(LawBroken, match="when they may take longer"):
        check_service_level(CALLS, "answered_only", waits)
