"""A scorecard counts promises as every report of the desk does, by each convention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.kpi import PromisesKept, Scorecard
from servicekit.quantity import Ratio
from servicekit.sla import Attainment, Outcome, OutcomeName

CONVENTIONS = ("all_labelled", "promised", "stopped")


def outcome(name: OutcomeName) -> Outcome:
    return Outcome("C-1", "resolution", 0, "1", None, None, None, None, None, None, None, "stopped", name)


@pytest.mark.parametrize("convention", CONVENTIONS)
@given(names=st.lists(st.sampled_from(get_args(OutcomeName))))
def test_the_scorecard_and_the_desk_cannot_differ(convention: str, names: Sequence[OutcomeName]) -> None:
    outcomes = [outcome(name) for name in names]
    metric = PromisesKept.model_validate({"metric": "resolution", "convention": convention})
    found = Scorecard(metrics={"kept": metric}).compile().measure({"outcome": outcomes})["kept"]
    ratio = Attainment.of(outcomes).ratio(convention)  # type: ignore[arg-type]  # one of the three
    assert Ratio(int(found.numerator or 0), int(found.denominator or 0)) == ratio
    assert found.exact == ratio.value
    assert sum(found.left_out.values()) == len(outcomes) - ratio.denominator
