"""Attainment as columns of rows, and as cells of tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from fractions import Fraction
from typing import get_args

from servicekit.quantity import percent_text
from servicekit.sla import Attainment, Convention

ATTAINMENT_HEAD = ("kept", "met", "late", "missed", "open", "cancelled", "no target")
"""Above the cells; ``kept`` is the share of what was promised."""

_COUNTS = tuple(each.name for each in fields(Attainment))


def attainment_row(attainment: Attainment) -> dict[str, int | Fraction | None]:
    """The counts, and the share kept by each convention.

    >>> attainment_row(Attainment(met=9, missed=1))["promised"]
    Fraction(9, 10)
    """
    counts = {name: getattr(attainment, name) for name in _COUNTS}
    return {**counts, **{name: attainment.ratio(name).value for name in get_args(Convention)}}


def attainment_cells(attainment: Attainment) -> Sequence[str]:
    """The share kept of what was promised, and the counts.

    >>> attainment_cells(Attainment(met=9, missed=1))
    ('90.0 %', '9', '0', '1', '0', '0', '0')
    """
    kept = percent_text(attainment.ratio("promised").value)
    return kept, *(f"{getattr(attainment, name):,}" for name in _COUNTS)
