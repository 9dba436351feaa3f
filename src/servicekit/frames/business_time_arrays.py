"""The same questions for numpy arrays: integers are UTC microseconds, datetime64 is UTC."""

from __future__ import annotations

from typing import TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt

from servicekit.calendars import Bias, CompiledCalendar
from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.business_time import check_amount
from servicekit.frames.column_queries import check_calendar
from servicekit.frames.kernel_answers import Amount, Kernels, due_of, elapsed_of, is_open_of
from servicekit.frames.whole_microseconds import (
    Times,
    absurd_rows_named,
    of_numbers,
    of_times,
    refuse_instants,
    refuse_lengths,
)
from servicekit.timeline import parse_duration

T = TypeVar("T", np.int64, np.bool_)

Stamps: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.datetime64]
"""Instants: whole UTC microseconds, or ``datetime64`` of any unit, read as UTC; NaT stands for none."""
Lengths: TypeAlias = Amount | npt.NDArray[np.timedelta64] | str
"""An amount for all, also as documents write it, or one for each: ``timedelta64`` or whole microseconds."""
_NAT = np.iinfo(np.int64).min


def elapsed_array(start: Stamps, end: Stamps, *, calendar: CompiledCalendar) -> npt.NDArray[np.timedelta64]:
    """Open time from each start to each end as ``timedelta64[us]``, negative where they are reversed.

    NaT where either is NaT. ``view("int64")`` shows the microseconds without a copy.

    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> days = np.array(["2026-01-05", "2026-01-07"], "datetime64[D]")
    >>> elapsed_array(days[:1], days[1:], calendar=desk).astype("timedelta64[h]")
    array([16], dtype='timedelta64[h]')

    Raises:
        TypeError: an array holds no instants.
        ValueError: an array has more than one dimension, or the two differ in length.
        CalendarHorizonError: an instant lies past the calendar's horizon.
    """
    check_calendar(calendar, CompiledCalendar)
    (first, no_first), (last, no_last) = _instants(start), _instants(end)
    _check_lengths("ends", len(last), len(first))
    some = _present(no_first, no_last)
    with absurd_rows_named({"start": (first, no_first), "end": (last, no_last)}):
        found = elapsed_of(calendar, first[some], last[some], Kernels())
    return _at_rows(found, some, len(first), _NAT).view("timedelta64[us]")


def is_open_array(at: Stamps, *, calendar: CompiledCalendar) -> Bools:
    """Whether each instant is open; NaT is not.

    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"thu": "00:00-12:00"}).compile()
    >>> is_open_array(np.array([0, 43_200_000_000]), calendar=desk)
    array([ True, False])
    """
    check_calendar(calendar, CompiledCalendar)
    moments, none = _instants(at)
    some = _present(none)
    with absurd_rows_named({"at": (moments, none)}):
        found = is_open_of(calendar, moments[some], Kernels())
    return _at_rows(found, some, len(moments), False)


def due_array(
    start: Stamps, amount: Lengths, *, calendar: CompiledCalendar, bias: Bias = "close"
) -> npt.NDArray[np.datetime64]:
    """The instants that an amount separates from those of an array, as ``datetime64[us]`` in UTC.

    The amount is a length of open time, a count of days, or an array of ``timedelta64`` or whole microseconds.

    >>> from datetime import timedelta
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> due_array(np.array([0]), timedelta(hours=9), calendar=desk)
    array(['1970-01-02T10:00:00.000000'], dtype='datetime64[us]')

    Raises:
        NeverOpenError: the calendar has no hours at all.
    """
    check_calendar(calendar, CompiledCalendar)
    check_amount(amount, bias, np.ndarray | str, "an array")
    moments, none = _instants(start)
    refuse_instants("start", moments, none)
    if isinstance(amount, np.ndarray):
        amount, no_amount = _lengths(amount)
        _check_lengths("amounts", len(amount), len(moments))
        refuse_lengths("amount", amount, no_amount)
        some = _present(none, no_amount)
        found = due_of(calendar, moments[some], amount[some], bias=bias)
    else:
        some = _present(none)
        found = due_of(
            calendar, moments[some], parse_duration(amount) if isinstance(amount, str) else amount, bias=bias
        )
    return _at_rows(found, some, len(moments), _NAT).view("datetime64[us]")


def _present(*missing: Bools | None) -> Bools | slice:
    """The rows of which nothing is missing."""
    none = [each for each in missing if each is not None]
    return ~np.logical_or.reduce(none) if none else slice(None)


def _at_rows(found: npt.NDArray[T], rows: Bools | slice, length: int, otherwise: object) -> npt.NDArray[T]:
    if isinstance(rows, slice):
        return found
    column = np.full(length, otherwise, found.dtype)
    column[rows] = found
    return column


def _instants(stamps: Stamps) -> tuple[Ints, Bools | None]:
    return _microseconds(np.asarray(stamps), "M", "instants; give int64 microseconds or datetime64")


def _lengths(amounts: npt.NDArray[np.int64] | npt.NDArray[np.timedelta64]) -> tuple[Ints, Bools | None]:
    return _microseconds(amounts, "m", "lengths of time; give int64 microseconds or timedelta64")


def _microseconds(values: npt.NDArray[np.generic], kind: str, wanted: str) -> tuple[Ints, Bools | None]:
    if values.ndim != 1:
        raise ValueError(f"an array of one dimension is needed, not of {values.ndim}")
    if values.dtype.kind == kind:
        micros = of_times(cast("Times", values))
        none = micros == _NAT
        return micros, none if none.any() else None
    if values.dtype.kind not in "iu":
        raise TypeError(f"an array of {values.dtype} holds no {wanted}")
    return of_numbers(values), None


def _check_lengths(what: str, found: int, wanted: int) -> None:
    if found != wanted:
        raise ValueError(f"as many {what} as starts are needed, not {found} for {wanted}")
