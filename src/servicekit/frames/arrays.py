"""The same questions for numpy arrays: integers are UTC microseconds, datetime64 is UTC."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from servicekit.calendars import Bias, CompiledCalendar
from servicekit.frames.kernel import Ints
from servicekit.frames.questions import due_of, elapsed_of, is_open_of
from servicekit.timeline import BusinessDays, CalendarDays, DayRule

__all__ = ["Stamps", "due_array", "elapsed_array", "is_open_array"]

Stamps: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.datetime64]
"""Instants: whole UTC microseconds, or ``datetime64`` of any unit, read as UTC; NaT stands for none."""
_NAT = np.iinfo(np.int64).min
_DEFAULT_RULE = DayRule()


def elapsed_array(start: Stamps, end: Stamps, *, calendar: CompiledCalendar) -> npt.NDArray[np.int64]:
    """Open microseconds from each start to each end; the smallest int64 where either is NaT.

    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> days = np.array(["2026-01-05", "2026-01-07"], "datetime64[D]")
    >>> elapsed_array(days[:1], days[1:], calendar=desk) // 3_600_000_000
    array([16])

    Raises:
        TypeError: an array holds something else.
        ValueError: the arrays differ in length.
    """
    (first, no_first), (last, no_last) = _instants(start), _instants(end)
    if len(first) != len(last):
        raise ValueError(f"as many starts as ends are needed, not {len(first)} and {len(last)}")
    none = no_first | no_last
    if not none.any():
        return elapsed_of(calendar, first, last)
    found = np.full(len(first), _NAT)
    found[~none] = elapsed_of(calendar, first[~none], last[~none])
    return found


def is_open_array(at: Stamps, *, calendar: CompiledCalendar) -> npt.NDArray[np.bool_]:
    """Whether each instant is open; NaT is not.

    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"thu": "00:00-12:00"}).compile()
    >>> is_open_array(np.array([0, 43_200_000_000]), calendar=desk)
    array([ True, False])
    """
    moments, none = _instants(at)
    found = np.zeros(len(moments), np.bool_)
    found[~none] = is_open_of(calendar, moments[~none])
    return found


def due_array(
    start: Stamps,
    amount: timedelta | BusinessDays | CalendarDays | Ints,
    *,
    calendar: CompiledCalendar,
    rule: DayRule = _DEFAULT_RULE,
    bias: Bias = "close",
) -> npt.NDArray[np.datetime64]:
    """The instants that an amount separates from those of an array, as ``datetime64[us]`` in UTC.

    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> due_array(np.array([0]), timedelta(hours=9), calendar=desk)
    array(['1970-01-02T10:00:00.000000'], dtype='datetime64[us]')
    """
    moments, none = _instants(start)
    asked = amount[~none] if isinstance(amount, np.ndarray) else amount
    found = np.full(len(moments), _NAT)
    found[~none] = due_of(calendar, moments[~none], asked, rule, late=bias == "open")
    return found.view("datetime64[us]")


def _instants(stamps: Stamps) -> tuple[Ints, npt.NDArray[np.bool_]]:
    values = np.asarray(stamps)
    if values.dtype.kind == "M":
        micros = np.ascontiguousarray(values.astype("datetime64[us]")).view(np.int64)
        return micros, micros == _NAT
    if values.dtype.kind not in "iu":
        raise TypeError(f"an array of {values.dtype} holds no instants; give int64 microseconds or datetime64")
    return np.ascontiguousarray(values, np.int64), np.zeros(len(values), np.bool_)
