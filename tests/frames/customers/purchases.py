"""Purchases to draw, as frames and as events, and the answer about a frame that the engine's fold gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import NamedTuple

import pyarrow as pa
from hypothesis import strategies as st

from servicekit.events import CustomerEvent, Enrolled, Purchase, PurchaseLine, Refund
from servicekit.quantity import Money
from servicekit.tiers import TierProgram, TierStatus

__all__ = ["DAYS", "ROWS", "Row", "events_of", "folded", "frame_of", "programs"]

FIRST = date(2023, 11, 1)
METRICS = ("spend", "orders", "days")


class Row(NamedTuple):
    """One purchase, or one refund of an order, in minor units."""

    customer_id: str
    at: date
    amount: int
    order_id: str
    refund_of: str | None = None
    enrolled_on: date | None = None


def frame_of(rows: Sequence[Row]) -> pa.Table:
    """The rows as a table; columns without any value are left out."""
    types = {"at": pa.date32(), "enrolled_on": pa.date32(), "amount": pa.int64()}
    columns = {name: [getattr(row, name) for row in rows] for name in Row._fields}
    needed = {name: cells for name, cells in columns.items() if name in Row._fields[:4] or any(cells)}
    return pa.table({name: pa.array(cells, types.get(name, pa.string())) for name, cells in needed.items()})


def events_of(rows: Sequence[Row], as_of: date) -> Iterator[CustomerEvent]:
    for row in rows:
        if row.enrolled_on is not None:
            yield Enrolled(row.customer_id, row.enrolled_on)
        amount = Money.from_minor(row.amount, "CNY")
        if row.at <= as_of and row.refund_of is None:
            yield Purchase(row.customer_id, row.at, row.order_id, (PurchaseLine(amount),))
        elif row.at <= as_of:
            yield Refund(row.customer_id, row.at, row.order_id, row.refund_of or "", amount=amount)


def in_columns(status: TierStatus, metrics: Sequence[str]) -> dict[str, object]:
    """A status as a row of an answer."""
    scale = {"spend": Decimal(100)}
    shown = {each.metric: each for each in status.progress}
    row: dict[str, object] = {name: getattr(status, name) for name in ("tier", "since", "valid_until", "next_tier")}
    for metric in metrics:
        each, units = shown.get(metric), scale.get(metric, Decimal(1))
        row[f"progress_{metric}"] = None if each is None else int(each.value * units)
        row[f"missing_{metric}"] = None if each is None else ceil(each.missing * units)
    return row


def folded(program: TierProgram, rows: Sequence[Row], as_of: date) -> dict[str, dict[str, object]]:
    """What the engine says of every customer who has enrolled."""
    run = program.compile().fold(events_of(rows, as_of), as_of)
    levels = [level.qualify.thresholds for level in program.levels.values() if level.qualify]
    metrics = [metric for metric in METRICS if any(metric in each for each in levels)]
    return {customer: in_columns(status, metrics) for customer, status in run.items()}


EDGES = [date(2024, 1, 1), date(2024, 2, 29), date(2024, 4, 1), date(2025, 1, 1), date(2025, 4, 1), date(2026, 1, 1)]
DAYS = st.builds(lambda edge, n: edge + timedelta(days=n), st.sampled_from(EDGES), st.integers(-1, 1)) | st.integers(
    0, 1000
).map(lambda n: FIRST + timedelta(days=n))
AMOUNTS = st.sampled_from([0, 1, 2_500, 4_999, 5_000, 7_500, 10_000, 15_000])


@st.composite
def _rows(draw: st.DrawFn) -> list[Row]:
    bought = draw(st.lists(st.tuples(st.sampled_from("aab"), DAYS, AMOUNTS), min_size=1, max_size=20))
    enrolled = draw(st.dictionaries(st.sampled_from("ab"), DAYS, max_size=2)) if draw(st.booleans()) else {}
    rows = [Row(c, at, amount, f"o-{n}", None, enrolled.get(c)) for n, (c, at, amount) in enumerate(bought)]
    if draw(st.integers(0, 7)) == 0:
        order = draw(st.sampled_from(rows))
        later = order.at + timedelta(days=draw(st.integers(0, 400)))
        part = draw(st.integers(0, order.amount))
        rows.append(order._replace(at=later, amount=part, order_id="r-1", refund_of=order.order_id))
    if draw(st.booleans()):
        rows.append(draw(st.sampled_from([row for row in rows if row.refund_of is None])))
    return draw(st.permutations(rows))


ROWS = _rows()
"""Rows of two customers in any order; some orders are told twice, some come back."""

WINDOWS = st.sampled_from(
    [
        *(
            "month",
            "quarter",
            "half_year",
            "year",
            "rolling 12 months",
            "rolling 1 months",
            "rolling 30 days",
            "lifetime",
        ),
        {"kind": "calendar", "length": "year", "first_month": 4},
        {"kind": "calendar", "length": "quarter", "first_month": 2},
    ]
)


def _criteria(spend: int, count: int) -> st.SearchStrategy[dict[str, object]]:
    both = {"spend": f"{spend}.00 CNY", "orders": count}
    choices = [
        {"spend": f"{spend} CNY"},
        {"orders": count},
        {"days": count},
        both,
        {"any": both},
        {"spend": f"{spend}.005 CNY"},
    ]
    return st.sampled_from(choices)


@st.composite
def programs(draw: st.DrawFn) -> TierProgram:
    """Programmes without errors, most of them such that columns can tell."""
    when = draw(st.sampled_from(["never", "immediate", "at_review"]))
    levels: dict[str, object] = {"base": {}}
    for name, spend, count in (("low", 50, 2), ("mid", 100, 4), ("top", 150, 6)):
        if draw(st.booleans()):
            levels[f"given_{name}"] = {"by_grant": True}
        retain = draw(st.none() | _criteria(spend // 2, count // 2))
        levels[name] = {"qualify": draw(_criteria(spend, count)), **({"retain": retain} if retain else {})}
    downgrade: dict[str, object] = {"when": when}
    if draw(st.integers(0, 3)) == 0:
        downgrade["max_levels"] = draw(st.integers(1, 2))
    document = {
        "currency": "CNY",
        "enrolment": draw(st.sampled_from(["automatic", "automatic", "required"])),
        "window": draw(WINDOWS),
        "validity": draw(st.sampled_from(["period_end", "next_period_end"])),
        "downgrade": downgrade,
        "levels": levels,
    }
    program = TierProgram.model_validate(document)
    if any(problem.code == "tiers.no-period" for problem in program.problems()):
        program = program.replace(validity="12 months")
    return program
