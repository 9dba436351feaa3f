"""Whole microseconds of instants and lengths of any unit; values that lie too far away are refused, never wrapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from servicekit.errors import CalendarHorizonError
from servicekit.frames.array_chunks import Bools, Ints, bounds
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, HOUR_US, MINUTE_US, SECOND_US

Times: TypeAlias = npt.NDArray[np.datetime64] | npt.NDArray[np.timedelta64]
"""Datetimes or lengths of any unit."""
_NAT: Final = int(np.iinfo(np.int64).min)
_NEVER: Final = 1 << 61
_FIRST_US, _LAST_US = (1 - EPOCH_ORDINAL) * DAY_US, (3_652_060 - EPOCH_ORDINAL) * DAY_US - 1  # the years 1 to 9999
_UNITS = {"W": 7 * DAY_US, "D": DAY_US, "h": HOUR_US, "m": MINUTE_US, "s": SECOND_US, "ms": 1_000, "us": 1}
_MOST = {**_UNITS, "Y": 366 * DAY_US, "M": 31 * DAY_US, "ns": 1e-3}
"""The microseconds that a unit has, or has at most; finer units reach nowhere far."""


def of_times(values: Times) -> Ints:
    """Datetimes or lengths as whole microseconds, finer fractions cut off; NaT is the least of all numbers.

    >>> of_times(np.array([1, 1 << 61], "timedelta64[h]")).tolist()
    [3600000000, 2305843009213693952]
    """
    unit, count = np.datetime_data(values.dtype)
    times = np.ascontiguousarray(values, values.dtype.newbyteorder("="))
    numbers, micros = times.view(np.int64), f"{times.dtype.kind}8[us]"
    if times.dtype == micros or not len(numbers):
        return numbers
    most = _NEVER / (_MOST.get(unit, 1e-6) * count)
    if max(map(abs, bounds(numbers))) <= min(most, -1 - _NAT):  # nothing is far, and nothing NaT; this is the quick way
        if unit in _UNITS:
            return numbers * (_UNITS[unit] * count)
        if (unit, count) == ("ns", 1):
            return numbers // 1_000
    far = np.abs(numbers) > most  # NaT is not: its number has no absolute value
    near = np.where(far, 0, numbers).view(times.dtype)
    return np.where(far, np.sign(numbers) * _NEVER, near.astype(micros).view(np.int64))


def of_numbers(numbers: npt.NDArray[np.generic]) -> Ints:
    """Whole numbers of any width in 64 bits."""
    if numbers.dtype == np.uint64:
        numbers = np.minimum(numbers, np.uint64(_NEVER))
    return np.ascontiguousarray(numbers, np.int64)


def of_objects(values: Iterable[Decimal | int]) -> Ints:
    """Whole numbers for which numpy has no type, such as those of 128 bits.

    >>> of_objects([5, -(2**100)]).tolist()
    [5, -2305843009213693952]
    """
    return np.array([min(max(int(value), -_NEVER), _NEVER) for value in values], np.int64)


def refuse_instants(name: str, values: Ints, null: Bools | None = None) -> None:
    """Refuse instants outside the years 1 to 9999.

    Raises:
        CalendarHorizonError: there are such; the first is named.
    """
    _refuse(name, values, null, (_FIRST_US, _LAST_US), "an instant outside the years 1 to 9999")


def refuse_lengths(name: str, values: Ints, null: Bools | None = None) -> None:
    """Refuse amounts that are longer than the years 1 to 9999.

    Raises:
        CalendarHorizonError: there are such; the first is named.
    """
    _refuse(name, values, null, (_FIRST_US - _LAST_US, _LAST_US - _FIRST_US), "an amount of more than 9999 years")


def _refuse(name: str, values: Ints, null: Bools | None, ends: tuple[int, int], what: str) -> None:
    if not len(values):
        return
    low, high = bounds(values)
    if ends[0] <= low and high <= ends[1]:
        return
    rows = np.flatnonzero(((values < ends[0]) | (values > ends[1])) & (True if null is None else ~null))
    if len(rows):
        more = f", as do {len(rows) - 1} more" if len(rows) > 1 else ""
        raise CalendarHorizonError(f"row {rows[0]} of {name!r} holds {what}{more}; rows are counted from 0")


@contextmanager
def absurd_rows_named(columns: Mapping[str, tuple[Ints, Bools | None]]) -> Iterator[None]:
    """Where a calendar refuses instants, name the row of one that no calendar can answer about."""
    try:
        yield
    except CalendarHorizonError:
        for name, (values, null) in columns.items():
            refuse_instants(name, values, null)
        raise
