"""Scores of customers: edges, bands, and what a scoring cannot say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from servicekit.document import read
from servicekit.quantity import CurrencyMismatchError, Money
from servicekit.segments import CustomerSummary, RfmEdges, RfmScoring, RfmValues, rfm_values, score_rfm

DAY = date(2026, 6, 30)


def values(*rows: tuple[int, int, str]) -> dict[str, RfmValues]:
    return {f"m-{n}": RfmValues(days, often, Money.parse(spent)) for n, (days, often, spent) in enumerate(rows)}


def test_of_recency_the_band_of_the_fewest_days_is_the_best_and_an_edge_begins_the_older_one() -> None:
    rows = values(*((days, 1, "5 CNY") for days in (0, 29, 30, 89, 90, 900)))
    table = score_rfm(rows, RfmScoring.parse("edges: {recency: [30, 90]}"))
    assert [each.r for each in table.values()] == [3, 3, 2, 2, 1, 1]


def test_an_amount_on_an_edge_belongs_to_the_band_above_to_the_last_digit() -> None:
    rows = values(*((1, 1, f"{amount} CNY") for amount in ("99.99", "100", "500.4999", "500.50")))
    table = score_rfm(rows, RfmScoring.parse("edges: {monetary: [100, 500.50]}"))
    assert [each.m for each in table.values()] == [1, 2, 2, 3]


def test_the_values_that_a_score_covers_stand_beside_it() -> None:
    table = score_rfm(values((1, 9, "5 CNY"), (2, 4, "5 CNY"), (3, 1, "8 CNY")), RfmScoring(bins=2))
    shown = [(band.metric, band.score, band.least, band.greatest, band.customers) for band in table.bands]
    assert shown == [
        ("recency", 1, 2, 3, 2),
        ("recency", 2, 1, 1, 1),
        ("frequency", 1, 1, 4, 2),
        ("frequency", 2, 9, 9, 1),
        ("monetary", 1, Decimal(5), Decimal(5), 2),
        ("monetary", 2, Decimal(8), Decimal(8), 1),
    ]


def test_frequency_counts_what_its_name_says_and_who_never_bought_has_no_score() -> None:
    ann = CustomerSummary("ann", Money.parse("9 CNY"), 5, (date(2026, 6, 1), date(2026, 6, 2)))
    bob = CustomerSummary("bob", Money.parse("0 CNY"), active_on=(DAY,))
    found = {name: rfm_values({"ann": ann, "bob": bob}, DAY, name) for name in ("orders", "days", "repeat_days")}
    assert {name: {who: each.frequency for who, each in rows.items()} for name, rows in found.items()} == {
        "orders": {"ann": 5},
        "days": {"ann": 2},
        "repeat_days": {"ann": 1},
    }


def test_parts_are_as_equal_as_can_be_and_the_larger_ones_have_the_low_scores() -> None:
    table = score_rfm(values(*((1, often, "5 CNY") for often in range(7))), RfmScoring(ties="ntile"))
    assert [each.f for each in table.values()] == [1, 1, 2, 2, 3, 4, 5]
    assert [each.m for each in table.values()] == [1, 1, 2, 2, 3, 4, 5]  # of equal ones, the id decides


def test_amounts_of_two_currencies_have_no_order() -> None:
    with pytest.raises(CurrencyMismatchError):
        score_rfm(values((1, 1, "5 CNY"), (1, 1, "5 USD")))


@pytest.mark.parametrize("row", [(1.0, 1, "5 CNY"), (1, True, "5 CNY"), (1, 1, 5)])
def test_values_are_whole_numbers_and_money(row: tuple[object, object, object]) -> None:
    days, often, spent = row
    with pytest.raises(TypeError):
        RfmValues(days, often, Money.parse(spent) if isinstance(spent, str) else spent)  # type: ignore[arg-type]


def test_nobody_has_no_scores() -> None:
    assert (len(score_rfm({})), score_rfm({}).bands) == (0, ())


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("edges: {frequency: [4, 5, 5]}", "segments.edges", "edges.frequency[2]"),
        ("edges: {recency: [90, 30]}", "segments.edges", "edges.recency[1]"),
        ("edges: {monetary: []}", "document.value", "edges.monetary"),
        ("bins: 1", "document.value", "bins"),
        ("ties: shares", "document.value", "ties"),
        ("frequency: visits", "document.value", "frequency"),
    ],
)
def test_a_fault_is_told_at_its_place(text: str, code: str, path: str) -> None:
    assert [(problem.code, problem.path) for problem in read(RfmScoring, text).problems] == [(code, path)]


def test_an_edge_is_not_a_float() -> None:
    with pytest.raises(ValidationError, match=r"9\.9 is a float"):
        RfmEdges.model_validate({"monetary": [9.9]})
