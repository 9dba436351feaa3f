"""Numbers as tables write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.importers.purchases.amounts import number_reader

NUMBERS = [
    (".", "1234.5", "1234.5"), (".", "1,234.50", "1234.50"), (".", "1 234 567", "1234567"), (".", "1'234.5", "1234.5"),
    (".", "12,34,567.8", "1234567.8"), (".", "-5", "-5"), (".", "5-", "-5"), (".", "(5.5)", "-5.5"), (".", "+5", "5"),
    (".", "\u22125", "-5"), (".", "$1,000", "1000"), (".", "-$5", "-5"), (".", "5 $", "5"),
    (",", "1.234,50", "1234.50"), (",", "1.234", "1234"), (",", "5", "5"), (",", "-5,5", "-5.5"),
    (".", "1\u00a0000", "1000"),
]  # fmt: skip
NO_NUMBERS = [
    (".", "12,5"), (".", "1,23"), (".", ",5"), (".", "5."), (".", ".5"), (".", "1.2.3"), (".", "1,234,5"), (".", ""),
    (".", "--5"), (".", "(5"), (".", "$"), (".", "1e5"), (".", "0x1"), (".", "Infinity"), (".", "٣"), (",", "1234.5"),
    (",", "1.23"), (".", "1,234 567"), (".", "9" * 31),
]  # fmt: skip


@pytest.mark.parametrize(("mark", "text", "number"), NUMBERS)
def test_a_number_is_read_as_it_is_written(mark: str, text: str, number: str) -> None:
    assert number_reader("," if mark == "," else ".", ["$"])(text) == Decimal(number)


@pytest.mark.parametrize(("mark", "text"), NO_NUMBERS)
def test_a_number_is_refused_rather_than_guessed(mark: str, text: str) -> None:
    with pytest.raises(ValueError, match="is not a number such as"):
        number_reader("," if mark == "," else ".", ["$"])(text)


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=2), st.sampled_from([(".", ","), (",", "."), (".", " ")]))
def test_a_number_in_groups_is_the_number(number: Decimal, marks: tuple[str, str]) -> None:
    mark, apart = marks
    text = f"{number:,.2f}".translate(str.maketrans({",": apart, ".": mark}))
    assert number_reader("," if mark == "," else ".")(text) == number
