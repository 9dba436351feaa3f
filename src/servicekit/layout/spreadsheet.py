"""Texts in CSV files that people open with a spreadsheet."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"[\s\0\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
"""How a text begins that some spreadsheet reads as a formula; those of East Asia take the wide signs, too."""


def spreadsheet_text(text: str) -> str:
    """The text as the cell of a CSV file such that no spreadsheet runs it as a formula.

    An apostrophe goes in front, as a person would type it. So this is not for programs, which take the text as it is,
    and not for numbers.

    >>> spreadsheet_text("=1+1"), spreadsheet_text("C-1")
    ("'=1+1", 'C-1')
    """
    return f"'{text}" if _FORMULA.match(text) else text
