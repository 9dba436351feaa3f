"""What a metric comes to, counted row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple


class SlowMeasurement(NamedTuple):
    """What a metric comes to for the rows of one group.

    >>> SlowMeasurement(2, Fraction(1, 2)).left_out
    {}
    """

    n: int = 0
    value: Fraction | None = None
    censored: int = 0
    left_out: Mapping[str, int] = {}


def divided(above: Fraction, below: Fraction | int, left_out: Counter[str]) -> SlowMeasurement:
    """What is above a line by what is below; nothing of nothing."""
    return SlowMeasurement(int(below), above / Fraction(below) if below else None, 0, left_out)
