"""What is taken for a history and what is not; and the bug report of who is a repeat buyer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from servicekit.events import Purchase, PurchaseLine
from servicekit.kpi.clv import ClvError, PurchaseHistories
from servicekit.quantity import Money
from servicekit.segments import CustomerSummary, summarise

COLUMNS = {"x": [2, 1, 0], "t_x": [30.43, 1.71, 0.0], "age": [38.86, 38.86, 38.86], "spend": [22.35, 11.77, 0.0]}


def problems(*columns: object) -> list[tuple[str, str]]:
    with pytest.raises(ClvError) as refused:
        PurchaseHistories(*columns)  # type: ignore[arg-type]
    return [(problem.code, problem.path) for problem in refused.value.problems]


@pytest.mark.parametrize("library", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_columns_of_any_library_are_read(library: type) -> None:
    frame = library(COLUMNS)
    seen = PurchaseHistories(*(frame[name] for name in COLUMNS))
    assert seen.mean_spend is not None
    assert [seen.frequency.tolist(), seen.recency.tolist(), seen.age.tolist(), seen.mean_spend.tolist()] == list(
        COLUMNS.values()
    )
    assert (len(seen), seen.repeat_buyers.tolist()) == (3, [True, True, False])


def test_decimals_are_numbers() -> None:
    assert PurchaseHistories([1], [1], [2], [Decimal("9.99")]).mean_spend == 9.99


def test_histories_do_not_change_when_the_columns_do() -> None:
    age = np.array([2.0])
    seen = PurchaseHistories([1], [1], age)
    age[0] = 0
    assert seen.age.tolist() == [2.0]
    with pytest.raises(ValueError):
        seen.age[0] = 0


def test_every_fault_of_every_column_is_told_with_its_first_row() -> None:
    x, recency, age, spend = (
        [1, 1.5, -1, 0, 2, 1],
        [1, 1, 1, 1, 9, 1],
        [2, 2, 2, 2, 2, float("nan")],
        [1, 1, 1, 1, 0, 1],
    )
    assert problems(x, recency, age, spend) == [
        ("clv.frequency", "frequency[1]"),
        ("clv.age", "age[5]"),
        ("clv.recency", "recency[4]"),
        ("clv.recency", "recency[3]"),
        ("clv.spend", "mean_spend[4]"),
    ]


@pytest.mark.parametrize("row", [(2, 0.0), (0, 1.0)])
def test_a_recency_is_zero_just_for_who_never_came_back(row: tuple[int, float]) -> None:
    assert problems([row[0]], [row[1]], [2]) == [("clv.recency", "recency[0]")]


@pytest.mark.parametrize("spend", [0.0, -5.0, float("nan"), float("inf")])
def test_spend_is_positive_when_somebody_came_back(spend: float) -> None:
    assert problems([1, 1], [1, 1], [2, 2], [3.0, spend]) == [("clv.spend", "mean_spend[1]")]


@pytest.mark.parametrize(
    ("columns", "path"),
    [
        ((["two"], [1], [2]), "frequency"),
        (([1], [[1]], [2]), "recency"),
        (([1], [1], [None]), "age[0]"),
        (([1, 1], [1], [2]), ""),
        (([], [], []), ""),
    ],
)
def test_what_is_no_column_of_numbers_is_refused(columns: tuple[object, ...], path: str) -> None:
    [(code, where)] = problems(*columns)
    assert (code, where) == ("clv.age" if path == "age[0]" else "clv.column", path)


def test_lifetimes_91_purchases_of_one_day_are_one() -> None:
    lines = (PurchaseLine(Money(10, "USD")),)
    orders = [Purchase("a", date(2012, 1, 6), f"o-{n}", lines) for n in (1, 2)]
    end = date(2012, 12, 31)
    found = PurchaseHistories.of(summarise(orders, end, currency="USD").values(), end)
    assert (found.frequency.tolist(), found.recency.tolist(), (found.age * 7).tolist()) == ([0], [0], [360])


def test_a_summary_of_somebody_who_never_bought_is_no_history() -> None:
    nothing = CustomerSummary("m-2", Money(0, "USD"))
    bought = CustomerSummary("m-1", Money(1, "USD"), 1, (date(2026, 1, 5),))
    with pytest.raises(ClvError) as refused:
        PurchaseHistories.of([bought, nothing], date(2026, 2, 1))
    assert [(problem.code, problem.path) for problem in refused.value.problems] == [
        ("clv.never-bought", "summaries[1]")
    ]
