"""Shares of one: read and written without losing a digit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.document import DocumentValueError
from servicekit.quantity import Ratio, decimal_text, exact_number, percentage, share, share_text
from servicekit.testing.strategies.availability import shares


@given(shares())
def test_a_share_is_read_back_as_itself_when_it_was_written(part: Fraction) -> None:
    assert share(share_text(part)) == part
    assert share(part) == share(Ratio(part.numerator, part.denominator)) == part


@given(st.decimals(0, 10_000, places=4), st.sampled_from(["", " ", "  "]))
def test_a_percentage_is_a_hundredth_of_its_number(number: Decimal, gap: str) -> None:
    assert percentage(f"{number:f}{gap}%") == exact_number(f"{number:f}%") == Fraction(number) / 100


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9))
def test_digits_that_end_are_all_written(number: Decimal) -> None:
    text = decimal_text(Fraction(number))
    assert text is not None
    assert Decimal(text) == number


@pytest.mark.parametrize(
    "value",
    [0.999, True, "", "often", "9 percent", "1/0", "-1%", "101%", 2, Decimal("NaN"), Ratio(0, 0), "९%", None],
)
def test_what_names_no_share_is_refused(value: object) -> None:
    with pytest.raises(DocumentValueError) as caught:
        share(value)  # type: ignore[arg-type]
    assert caught.value.code == "availability.share"


@pytest.mark.parametrize("text", ["", "75", "0.75", "3/4", "%", "-5%", "5%%", "1e3%", "٧%"])
def test_what_is_not_a_percentage_names_none(text: str) -> None:
    assert percentage(text) is None
