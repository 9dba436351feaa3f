"""Values by effective instant: which one is in force, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import NaiveDatetimeError
from servicekit.testing.strategies import instants
from servicekit.timeline import Dated, to_us

MOMENTS = st.lists(instants(), min_size=1, max_size=5, unique=True).map(sorted)


@given(MOMENTS, st.booleans(), instants())
def test_the_last_value_that_has_begun_is_in_force(starts: list[datetime], is_open: bool, asked: datetime) -> None:
    first = None if is_open else starts[0]
    dated = Dated(zip([first, *starts[1:]], range(len(starts)), strict=True))
    begun = [number for number, start in enumerate(starts) if start <= asked]
    assert dated.at(to_us(asked)) == (begun[-1] if begun else 0)


@given(MOMENTS)
def test_a_value_begins_exactly_at_its_instant(starts: list[datetime]) -> None:
    dated = Dated((start, start) for start in starts)
    assert [dated.at(to_us(start)) for start in starts] == starts
    assert [dated.at(to_us(start) - 1) for start in starts] == [starts[0], *starts[:-1]]
    assert dated.starts == tuple(map(to_us, starts))


@given(instants())
def test_values_out_of_order_or_without_an_instant_are_refused(moment: datetime) -> None:
    for starts in ([], [None, None], [moment, None], [moment, moment], [moment, moment - timedelta(seconds=1)]):
        with pytest.raises(ValueError, match="value"):
            Dated((start, "value") for start in starts)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(NaiveDatetimeError):
        Dated([(datetime(2026, 1, 1), "value")])
