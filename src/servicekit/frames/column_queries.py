"""Queries that add a column to a frame: open time between two columns, whether an instant is open, when it is due.

They are objects, so that they can be sent to other processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import UnionType
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

import narwhals as nw
import numpy as np
import numpy.typing as npt

from servicekit.calendars import AnyCalendar, Bias, CompiledCalendar
from servicekit.document import DocumentValueError
from servicekit.errors import UnknownNameError
from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.frame_columns import (
    Column,
    ColumnKind,
    amounts,
    check_amounts,
    check_instants,
    check_known,
    instants,
    keyed,
    put,
    zone_of,
)
from servicekit.frames.kernel_answers import Kernels, due_of, elapsed_of, is_open_of
from servicekit.frames.whole_microseconds import absurd_rows_named, refuse_instants, refuse_lengths
from servicekit.timeline import BusinessDays, CalendarDays, parse_duration

if TYPE_CHECKING:
    from narwhals.dtypes import DType

    from servicekit.frames.frame_columns import Frame


T = TypeVar("T", np.int64, np.bool_)

RowAmount: TypeAlias = timedelta | BusinessDays | CalendarDays | str
"""The same amount for all rows, also as documents write it, or the name of the column that holds each row's."""


class _Column(Protocol):
    """How the values of a new column are computed, batch by batch."""

    @property
    def kind(self) -> ColumnKind:
        """What the values of the new column mean."""

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or of the wrong type, before any row is seen."""

    def __call__(self, frame: Frame) -> Column:
        """The new column."""


@dataclass(frozen=True, slots=True)
class ColumnQuery:
    """A :class:`~servicekit.frames.library_dispatch.FrameQuery` for one more column, row by row."""

    column: _Column
    name: str
    case_id: None = None

    @property
    def schema(self) -> Mapping[str, ColumnKind]:
        """The new column alone."""
        return {self.name: self.column.kind}

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or of the wrong type, before any row is seen."""
        self.column.check(dtypes)

    def __call__(self, frame: Frame, *, dictionaries: bool = False) -> object:
        """The frame with the new column; the column holds no texts."""
        return put(frame, self.name, self.column(frame)).to_native()


@dataclass(frozen=True, slots=True)
class By:
    """A calendar per row, chosen by the value in the column ``key``; a row without a value has none.

    >>> from servicekit.calendars import Calendar
    >>> desks = {name: Calendar.always().compile() for name in ("emea", "apac")}
    >>> By("team", desks).key
    'team'

    Raises:
        TypeError: ``calendars`` is not a mapping from names to compiled calendars.
    """

    key: str
    calendars: Mapping[str, CompiledCalendar]

    def __post_init__(self) -> None:
        if not isinstance(self.calendars, Mapping):
            raise TypeError(f"a mapping from names to calendars is needed, not {type(self.calendars).__name__}")
        for calendar in self.calendars.values():
            check_calendar(calendar, CompiledCalendar)


Calendars: TypeAlias = CompiledCalendar | By
"""One calendar for all rows, or one for each value of a key column."""


def check_calendar(calendar: object, wanted: type | UnionType = CompiledCalendar | By) -> None:
    """Refuse whatever is not a compiled calendar; a document says how to compile it.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(calendar, Mapping):
        raise TypeError("several calendars need a column that names one for each row: calendar=By('team', {...})")
    if isinstance(calendar, AnyCalendar):
        raise TypeError(f"a {type(calendar).__name__} is a document; compile it once: hours = calendar.compile()")
    if not isinstance(calendar, wanted):
        raise TypeError(f"a compiled calendar is needed, not {calendar!r:.40}; Calendar(...).compile() makes one")


def _groups(calendars: Calendars, frame: Frame, null: Bools) -> Iterator[tuple[CompiledCalendar, Bools | slice]]:
    """Each calendar with the rows it is for, without the rows marked as null."""
    if isinstance(calendars, CompiledCalendar):
        yield calendars, ~null if null.any() else slice(None)
        return
    for value, rows in keyed(frame, calendars.key):
        if not isinstance(value, str) or value not in calendars.calendars:
            raise UnknownNameError(f"calendar for column {calendars.key!r}", str(value), calendars.calendars)
        yield calendars.calendars[value], rows & ~null


def _check(calendars: Calendars, dtypes: Mapping[str, DType], *names: str) -> None:
    if isinstance(calendars, By):
        check_known(calendars.key, dtypes)
    for name in names:
        check_known(name, dtypes)
        if not _is_unknown(dtypes[name]):
            check_instants(name, dtypes[name])


def _is_unknown(dtype: DType) -> bool:
    """Whether the type is only known from the rows: a column of nulls has no type in Polars and Spark."""
    return isinstance(dtype, nw.Unknown)


def _set(found: npt.NDArray[T], rows: Bools | slice, answers: npt.NDArray[T]) -> npt.NDArray[T]:
    """The column with the answers at their rows; answers to all rows are the column, and need no copy."""
    if isinstance(rows, slice):
        return answers
    found[rows] = answers
    return found


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Open time between two columns, in microseconds."""

    calendar: Calendars
    start: str
    end: str
    kind: ColumnKind = "integer"
    kernels: Kernels = field(default_factory=Kernels, compare=False, repr=False)

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or hold no instants."""
        _check(self.calendar, dtypes, self.start, self.end)

    def __call__(self, frame: Frame) -> Column:
        """Microseconds per row."""
        (start, no_start), (end, no_end) = instants(frame, self.start), instants(frame, self.end)
        found, null = np.zeros(len(start), np.int64), np.ones(len(start), np.bool_)
        with absurd_rows_named({self.start: (start, None), self.end: (end, None)}):
            for calendar, rows in _groups(self.calendar, frame, no_start | no_end):
                answers = elapsed_of(calendar, start[rows], end[rows], self.kernels)
                found, null[rows] = _set(found, rows, answers), False
        return Column(found, null, self.kind)


@dataclass(frozen=True, slots=True)
class IsOpen:
    """Whether the instants of a column are open."""

    calendar: Calendars
    at: str
    kind: ColumnKind = "boolean"
    kernels: Kernels = field(default_factory=Kernels, compare=False, repr=False)

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or hold no instants."""
        _check(self.calendar, dtypes, self.at)

    def __call__(self, frame: Frame) -> Column:
        """True or false per row."""
        at, no_at = instants(frame, self.at)
        found, null = np.zeros(len(at), np.bool_), np.ones(len(at), np.bool_)
        with absurd_rows_named({self.at: (at, None)}):
            for calendar, rows in _groups(self.calendar, frame, no_at):
                found, null[rows] = _set(found, rows, is_open_of(calendar, at[rows], self.kernels)), False
        return Column(found, null, self.kind)


@dataclass(frozen=True, slots=True)
class Due:
    """The instants an amount after the instants of a column."""

    calendar: Calendars
    start: str
    amount: RowAmount
    bias: Bias
    kind: ColumnKind = "instant"

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or hold no instants or no amounts."""
        _check(self.calendar, dtypes, self.start)
        amount = self._amount(dtypes)
        if isinstance(amount, str) and not _is_unknown(dtypes[amount]):
            check_amounts(amount, dtypes[amount])

    def _amount(self, columns: Iterable[str]) -> RowAmount:
        """The name of a column, or the amount for all rows; a text that is no column is read."""
        if not isinstance(self.amount, str) or self.amount in (known := list(columns)):
            return self.amount
        try:
            return parse_duration(self.amount)
        except DocumentValueError as error:
            check_known(self.amount, known, f"; nor is it an amount for all rows: {error}")
            raise

    def __call__(self, frame: Frame) -> Column:
        """Instants per row, as UTC microseconds."""
        (start, none), amount = instants(frame, self.start), self._amount(frame.columns)
        refuse_instants(self.start, start)
        column: Ints | None = None
        if isinstance(amount, str):
            column, no_amount = amounts(frame, amount)
            refuse_lengths(amount, column)
            none = none | no_amount
        found, null = np.zeros(len(start), np.int64), np.ones(len(start), np.bool_)
        for calendar, rows in _groups(self.calendar, frame, none):
            each = amount if column is None else column[rows]
            assert not isinstance(each, str)
            found, null[rows] = _set(found, rows, due_of(calendar, start[rows], each, bias=self.bias)), False
        return Column(found, null, self.kind, zone_of(frame, self.start))
