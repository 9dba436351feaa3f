"""Columns that records do not have: dates, long numbers, Decimals, parts of dates; and columns that are refused."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from servicekit.calendars import Calendar
from servicekit.errors import FrameError
from servicekit.frames import metrics as frame_metrics
from servicekit.kpi import DurationMetric, MeanMetric, QuantileMetric, RatioMetric, Scorecard, SumMetric, Term
from servicekit.rules import Compare, Condition, DatePart, DeclaredField, where
from servicekit.testing.slow.metrics import SlowMetrics
from tests.frames.libraries import IBIS, LIBRARIES, Library

NEW_YORK = "America/New_York"
FIELDS = {"born": DeclaredField("day"), "fee": DeclaredField("decimal"), "vip": DeclaredField("boolean")}
EVERY = pytest.mark.parametrize("library", [*LIBRARIES, *IBIS], ids=str)
CONDITIONS: dict[str, Condition] = {
    "march": DatePart(field="at", op="month", one_of=(3,), timezone=NEW_YORK),
    "first or last": DatePart(field="at", op="day", one_of=(1, 31), timezone="Asia/Shanghai"),
    "sunday": DatePart(field="at", op="weekday", one_of=("sun", "mon"), timezone=NEW_YORK),
    "night": DatePart(field="at", op="hour", one_of=(0, 2, 3, 23), timezone=NEW_YORK),
    "leap day": DatePart(field="born", op="day", one_of=(29,)),
    "winter": DatePart(field="born", op="month", one_of=(2, 12)),
    "fee": Compare(field="fee", op="gt", value=Decimal("-1.255")),
    "vip": where(vip=True),
    "not chat": Compare(field="channel", op="ne", value="chat"),
}


def contacts() -> list[dict[str, Any]]:
    random = Random(5)
    return [
        {
            "at": datetime(2026, 3, random.randint(1, 31), random.randint(0, 23), 59, 59, 999_999, tzinfo=UTC),
            "channel": random.choice(["chat", "mail", None]),
            "wait_us": random.choice([None, 2**40 + random.randint(0, 10**9), 5]),
            "handled_us": random.randint(0, 2**52),
            "born": random.choice([None, date(2025, 12, 31), date(1960, 2, 29), date(2026, 1, 5)]),
            "vip": random.choice([None, True, False]),
            "fee": random.choice([None, Decimal("-1.25"), Decimal("3.50")]),
        }
        for _ in range(300)
    ]


@EVERY
@pytest.mark.parametrize("by", [(), ("vip", "fee", "born")])
def test_what_columns_hold_is_read_exactly(library: Library, by: tuple[str, ...]) -> None:
    engine = Scorecard(
        metrics={
            **{name: RatioMetric(table="contact", of=condition) for name, condition in CONDITIONS.items()},
            "handled": MeanMetric(table="contact", column="handled_us", unit="duration"),
            "waited": MeanMetric(table="contact", column="wait_us", unit="duration"),
            "fees": SumMetric(table="contact", column="fee", unit="money"),
            "mean fee": MeanMetric(table="contact", column="fee", unit="money"),
            "median": QuantileMetric(table="contact", column="fee", unit="money", q="0.5", method="linear"),
        },
        first_month=4,
    ).compile(fields=FIELDS, timezone=ZoneInfo(NEW_YORK))
    rows = contacts()
    wanted = engine.states({"contact": rows}, by=by, period="quarter")
    frame = library.make(pa.Table.from_pylist(rows))
    found = frame_metrics.states(engine, {"contact": frame}, by=by, period="quarter")
    assert dict(found.of) == dict(wanted.of)
    assert dict(engine.finish(found).of) == dict(engine.finish(wanted).of)
    halves = engine.states({"contact": rows[:100]}, by=by, period="quarter") | frame_metrics.states(
        engine, {"contact": library.make(pa.Table.from_pylist(rows[100:]))}, by=by, period="quarter"
    )
    assert dict(engine.finish(halves).of) == dict(engine.finish(wanted).of)


@EVERY
def test_open_time_is_that_of_the_calendar(library: Library) -> None:
    random, as_of = Random(1), datetime(2026, 3, 15, tzinfo=UTC)
    starts = [datetime(2026, 3, 1 + n % 20, 8, tzinfo=UTC) for n in range(60)]
    ends = [random.choice([None, each + timedelta(hours=random.randint(-5, 200))]) for each in starts]
    rows = [{"opened_at": start, "resolved_at": end} for start, end in zip(starts, ends, strict=True)]
    desk = Calendar.parse("{timezone: UTC, weekly: {mon-fri: 09:00-17:00}}").compile()
    metric = DurationMetric(table="case", start="opened_at", end="resolved_at", q="0.5", clock="desk")
    engine = Scorecard(metrics={"open": metric}).compile({"desk": desk})
    frame = library.make(pa.Table.from_pylist(rows))
    wanted = engine.states({"case": rows}, as_of=as_of)
    assert dict(frame_metrics.states(engine, {"case": frame}, as_of=as_of).of) == dict(wanted.of)
    with pytest.raises(ValueError, match="as_of"):
        frame_metrics.states(engine, {"case": frame})


@EVERY
def test_columns_that_cannot_be_are_refused_together(library: Library) -> None:
    metric = MeanMetric(table="contact", column="wait_us", unit="duration")
    engine = Scorecard(metrics={"m": metric}).compile()
    naive = pa.array([datetime(2026, 1, 1)], pa.timestamp("us"))
    odd = library.make(pa.table({"wait_us": [1.5], "at": naive, "queue": [4711]}))
    with pytest.raises(FrameError) as raised:
        frame_metrics.states(engine, {"contact": odd}, by=["queue"], period="month")
    assert sorted((each.code, each.path, each.hint) for each in raised.value.problems) == [
        ("frames.naive-column", "contact.at", "attach the zone of their clock"),
        ("frames.wrong-type", "contact.queue", "cast the column to texts"),
        (
            "frames.wrong-type",
            "contact.wait_us",
            "sums of floats depend on the order of rows: cast the column to whole numbers",
        ),
    ]
    with pytest.raises(ValueError, match="zero or more"):
        frame_metrics.states(engine, {"contact": library.make(pa.table({"wait_us": [-1]}))})


@EVERY
@pytest.mark.parametrize("digits", [18, 19, 38])
def test_decimals_of_many_digits_are_added_up(library: Library, digits: int) -> None:
    paid = [Decimal("12.35"), Decimal("-9.90"), None, Decimal("99999999.01")]
    engine = Scorecard(metrics={"paid": SumMetric(table="cost", column="amount", unit="money")}).compile()
    frame = library.make(pa.table({"amount": pa.array(paid, pa.decimal128(digits, 9))}))
    assert frame_metrics.measure(engine, {"cost": frame})["paid"].exact == Fraction("100000001.46")


@pytest.mark.parametrize(
    "frame",
    [
        pa.table({"amount": pa.array([Decimal("5.5")], pa.decimal256(40, 2))}),
        pa.table({"amount": pa.array([Decimal("5.5")], pa.decimal64(5, 1))}),
        duckdb.sql("select uuid() as amount"),
    ],
    ids=["wide", "narrow", "uuid"],
)
def test_columns_of_an_unknown_type_are_refused_and_not_taken_as_empty(frame: object) -> None:
    engine = Scorecard(metrics={"paid": SumMetric(table="cost", column="amount", unit="money")}).compile()
    with pytest.raises(FrameError, match=r"frames\.wrong-type at cost\.amount"):
        frame_metrics.measure(engine, {"cost": frame})


@EVERY
@pytest.mark.parametrize("by", [(), ("channel",)])
def test_a_row_that_is_missing_below_the_line_alone_is_told_and_one_on_both_sides_once(
    library: Library, by: tuple[str, ...]
) -> None:
    used = RatioMetric(table="work", column="handling_us", per=Term(table="work", columns=("paid_us",)))
    cells = [(5, 8), (5, None), (None, 8), (None, None)]
    rows = [{"handling_us": handled, "paid_us": paid, "channel": "chat"} for handled, paid in cells]
    engine = Scorecard(metrics={"used": used}).compile()
    frame = library.make(pa.Table.from_pylist(rows))
    [slow] = SlowMetrics(used).measure({"work": rows}, by=by).values()
    assert (slow.value, slow.left_out) == (Fraction(10, 16), {"missing": 3})
    for found in (engine.measure({"work": rows}, by=by), frame_metrics.measure(engine, {"work": frame}, by=by)):
        assert {(each.exact, each.n, each.left_out["missing"]) for each in found} == {(slow.value, slow.n, 3)}


def test_a_table_that_is_not_given_needs_no_pyarrow_beside_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Scorecard.parse("{metrics: {calls: {kind: sum, table: contact}, csat: {kind: nps}}}").compile()
    calls = pl.DataFrame({"channel": ["chat", "mail"]})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    found = frame_metrics.measure(engine, {"contact": calls})
    assert (found["calls"].value, found["csat"].n) == (2, 0)
