"""Texts that a spreadsheet would run as formulas (fault O4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.layout import spreadsheet_text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tC-1", "\rC-1", "  =1", "-", "=",
        "\u00a0=1", "\ufeff=1", "\u3000+1",
        "＝1+1", "＋1", "－1", "＠SUM(A1)", "=cmd|' /C calc'!A0",
    ],
)  # fmt: skip
def test_text_has_an_apostrophe_in_front_when_it_would_be_run(text: str) -> None:
    assert spreadsheet_text(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "C-1", "a=b", "5", "客户+1", "'=1", " C-1", "user@example.org", "2026-01-05T09:00:00Z"]
)
def test_text_stays_when_it_is_harmless(text: str) -> None:
    assert spreadsheet_text(text) == text


@given(st.text() | st.text("=+-@\t\r\n '\"", max_size=5))
def test_no_text_begins_like_a_formula(text: str) -> None:
    shown = spreadsheet_text(text)
    assert not shown.strip().startswith(("=", "+", "-", "@"))
    assert shown.removeprefix("'") == text or shown == text
    assert spreadsheet_text(shown) == shown
