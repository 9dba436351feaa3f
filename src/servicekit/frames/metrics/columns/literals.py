"""Literals of frames, of one type in every library."""

from __future__ import annotations

import narwhals as nw


def whole(number: int) -> nw.Expr:
    """A whole number of 64 bits; a bare one has as few as it needs in some libraries, and its sums would wrap."""
    return nw.lit(number, dtype=nw.Int64)
