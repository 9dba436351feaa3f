"""Repeated case numbers are found in little memory."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from servicekit.importers.duplicates import SeenIds


@given(st.lists(st.text(max_size=3)))
def test_a_number_is_new_exactly_when_a_set_says_so(numbers: list[str]) -> None:
    seen, known = SeenIds(), set[str]()
    for number in numbers:
        assert seen.add(number) == (number not in known)
        known.add(number)


def test_a_hundred_thousand_numbers_fit_when_counted_at_24_bytes_each() -> None:
    seen = SeenIds()
    assert all(seen.add(f"case {number}") for number in range(100_000))
    assert not any(seen.add(f"case {number}") for number in range(100_000))
    assert sys.getsizeof(seen._slots) <= 24 * 100_000
