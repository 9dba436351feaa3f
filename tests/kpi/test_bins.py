"""Bins: what a state keeps in place of values; a quantile is as near as its bins, and parts still add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.kpi import QuantileMetric, Scorecard, States
from servicekit.rules import DeclaredField
from servicekit.statistics import quantile
from servicekit.statistics.bins import bin_middle

whole = st.integers(-(2**62), 2**62)


def card(q: str = "0.9", column: str = "wait_us", **more: str) -> Scorecard:
    wait = QuantileMetric.model_validate(
        {"table": "contact", "column": column, "unit": "duration", "q": q, "method": "linear", **more}
    )
    return Scorecard(metrics={"wait": wait})


@given(whole, whole)
def test_a_bin_is_near_and_keeps_the_order(one: int, other: int) -> None:
    assert 128 * abs(bin_middle(one) - one) <= abs(one)
    assert (bin_middle(one) <= bin_middle(other)) or one > other
    assert bin_middle(bin_middle(one)) == bin_middle(one)
    assert bin_middle(-one) == -bin_middle(one)


@given(st.lists(st.integers(0, 2**50), min_size=1), st.sampled_from(("0.01", "0.5", "0.9")))
def test_a_quantile_is_as_near_as_its_bins(waits: Sequence[int], q: str) -> None:
    rows = [{"wait_us": wait} for wait in waits]
    engine = card(q, keep="bins").compile()
    parts = [engine.states({"contact": rows[start::2]}) for start in (0, 1)]
    read = [States.from_bytes(part.to_bytes()) for part in parts]
    measured = engine.finish(read[0] | read[1])["wait"]
    value, exact = measured.value, quantile(waits, float(q))
    assert value is not None
    assert exact is not None
    assert abs(value - exact) <= exact / 128 + 1e-6
    assert measured.n == len(waits)


def test_a_year_of_microseconds_has_few_bins() -> None:
    year_us = 365 * 86_400 * 10**6
    bins = {bin_middle(round(1.001**n)) for n in range(32_000) if 1.001**n <= year_us}
    assert 2_400 < len(bins) < 2_700


def test_results_say_that_values_were_binned() -> None:
    rows = [{"wait_us": 1_000_000 + n} for n in range(5)]
    [problem] = card(keep="bins").compile().measure({"contact": rows}).problems
    assert (problem.code, problem.message) == ("kpi.bins", "of values that are each up to 1/128 off: wait")
    assert not card().compile().measure({"contact": rows}).problems


def test_a_scorecard_keeps_bins_of_all() -> None:
    engine = Scorecard(metrics=card().metrics, keep="bins").compile()
    states = engine.states({"contact": [{"wait_us": 1_000_000}, {"wait_us": 1_000_001}]})
    assert states.of["wait", ()].bag == {bin_middle(1_000_000): 2}


def test_what_is_not_whole_has_no_bin() -> None:
    engine = card(column="mark", keep="bins").compile(fields={"mark": DeclaredField("decimal")})
    with pytest.raises(TypeError, match=r"bins are of whole numbers, not of Fraction\(9, 2\): keep values"):
        engine.states({"contact": [{"mark": Decimal("4.5")}]})
