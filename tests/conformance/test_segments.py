"""RFM and dormancy: the vectors of ``loyalty.json`` and ``kpi.json``, and what went wrong in tools like these."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from servicekit.events import Enrolled, Purchase, PurchaseLine
from servicekit.quantity import Money
from servicekit.segments import (
    LifeCycle,
    RfmEdges,
    RfmScoring,
    RfmTable,
    RfmValues,
    SegmentsPolicy,
    life_cycle_state,
    rfm_values,
    score_rfm,
    summarise,
)
from servicekit.timeline import year

Case = Mapping[str, Any]


LOYALTY = Path(__file__).parent / "vectors" / "loyalty.json"


def read(file: Path, kind: str) -> list[Case]:
    found = json.loads(file.read_text("utf-8"))
    cases = found["cases"] if isinstance(found, dict) else found
    return [case for case in cases if kind in (case["kind"], case["group"])]


def answer_rfm(given: Case) -> dict[str, dict[str, object]]:
    """The scores of a case of kind ``rfm``, in its form."""
    end = date.fromisoformat(given["snapshot"])
    orders = [_order(f"o-{number}", order) for number, order in enumerate(given["orders"])]
    values = rfm_values(summarise(orders, end, currency="USD"), end)
    return {
        name: _row(table, name) for table in [score_rfm(values, RfmScoring(ties=given["method"]))] for name in table
    }


def _order(order_id: str, given: Case) -> Purchase:
    line = PurchaseLine(Money.parse(f"{given['amount']} USD"))
    return Purchase(given["customer"], date.fromisoformat(given["on"]), order_id, (line,))


def _row(table: RfmTable, name: str) -> dict[str, object]:
    score, values = table[name], table[name].values
    metrics = {"recency_days": values.recency_days, "frequency": values.frequency}
    return {**metrics, "monetary": str(values.monetary.amount), "r": score.r, "f": score.f, "m": score.m}


def answer_dormant(given: Case) -> dict[str, str]:
    """The states of a case of kind ``dormant``, in its form."""
    stages = LifeCycle.parse(f"{{at_risk: {given['at_risk_days']}cd, dormant: {given['dormant_days']}cd}}")
    active = {name: sorted(map(date.fromisoformat, days)) for name, days in given["activity"].items()}
    return {
        name: life_cycle_state(stages, days, date.fromisoformat(given["snapshot"])) for name, days in active.items()
    }


def test_rfm_scores_are_those_of_the_vectors() -> None:
    cases = read(LOYALTY, "rfm")
    assert [case["id"] for case in cases] == ["rfm-136", "rfm-137", "rfm-139", "rfm-140"]
    for case in cases:
        assert answer_rfm(case["input"]) == case["expect"]["scores"], case["id"]


def test_states_are_those_of_dormant_141() -> None:
    [case] = read(LOYALTY, "dormant")
    assert answer_dormant(case["input"]) == case["expect"]["status"]


@pytest.mark.parametrize("name", ["rfm/five_customers", "rfm/all_equal"])
def test_midrank_scores_are_those_of_the_vectors(shared_data: Path, name: str) -> None:
    [case] = [case for case in read(shared_data.parent / "vectors" / "kpi.json", "rfm") if case["id"] == name]
    given = case["input"]
    rows = zip(given["recency_days"], given["frequency"], given["monetary"], strict=True)
    values = {
        f"{place}": RfmValues(days, often, Money(spent, "USD")) for place, (days, often, spent) in enumerate(rows)
    }
    table = score_rfm(values, RfmScoring(bins=given["bins"], ties="midrank"))
    assert {metric: [getattr(score, metric) for score in table.values()] for metric in "rfm"} == case["expected"]


def test_lifetimes_184_orders_days_and_repeat_days_have_names_of_their_own() -> None:
    days = [date(2017, 6, 11), date(2017, 6, 24), date(2017, 7, 8), date(2017, 7, 24)]
    orders = [
        _order(f"o-{place}-{n}", {"customer": "a", "on": str(day), "amount": "5"})
        for place, day in enumerate(days)
        for n in (1, 2)
    ]
    end = date(2017, 12, 31)
    found = summarise(orders, end, currency="USD")["a"]
    assert (found.orders, found.days, found.repeat_days) == (8, 4, 3)
    assert (found.span_days, found.age_days(end), found.recency_days(end)) == (43, 203, 160)


def test_rfm_75_edges_of_ones_own_leave_nobody_without_a_score() -> None:
    counts = (1, 4, 5, 6, 8, 20)
    values = {f"{count}": RfmValues(10, count, Money(count, "USD")) for count in counts}
    table = score_rfm(values, RfmScoring(edges=RfmEdges(frequency=(4, 5, 6, 8))))
    assert [table[f"{count}"].f for count in counts] == [1, 2, 3, 4, 5, 5]


def birthdays(leap_day: str, years: Sequence[int]) -> list[date]:
    trigger = {"kind": "birthday", "leap_day": leap_day, "channel": "email", "offer": "a gift"}
    engine = SegmentsPolicy(currency="USD", triggers={"gift": trigger}).compile()
    joined = Enrolled("a", date(2020, 1, 1), birthday=date(2000, 2, 29))
    return [each.on for y in years for each in engine.plan([joined], year(date(y, 1, 1))).outreach]


@pytest.mark.parametrize(("leap_day", "kept"), [("february_28", (2, 28)), ("march_1", (3, 1))])
def test_smf_5955_a_birthday_on_29_february_comes_once_a_year(leap_day: str, kept: tuple[int, int]) -> None:
    found = birthdays(leap_day, [2026, 2027, 2028])
    assert found == [date(2026, *kept), date(2027, *kept), date(2028, 2, 29)]
