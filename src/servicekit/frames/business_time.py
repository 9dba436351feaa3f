"""Business time over data frames: elapsed, due and is_open; columns in, one more column out."""

from __future__ import annotations

from datetime import timedelta
from types import UnionType
from typing import TypeVar

from servicekit.calendars import Bias
from servicekit.frames.column_queries import Calendars, ColumnQuery, Due, Elapsed, IsOpen, RowAmount, check_calendar
from servicekit.frames.library_dispatch import answer
from servicekit.timeline import BusinessDays, CalendarDays

F = TypeVar("F")


def elapsed(frame: F, start: str, end: str, *, calendar: Calendars, name: str = "elapsed_us") -> F:
    """The frame with the open microseconds from ``start`` to ``end`` of each row, negative where they are reversed.

    ``frame`` is a Polars (eager or lazy), pandas, PyArrow, DuckDB or PySpark frame; the same type comes back. The two
    columns hold datetimes of one time zone, or whole numbers that are UTC microseconds; a null in either gives a null.
    A column that has the name already is replaced. ``calendar`` is one for all rows, or :class:`By` a key column.

    >>> import pyarrow as pa
    >>> from datetime import UTC, datetime
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> monday, tuesday = datetime(2026, 1, 5, 16, tzinfo=UTC), datetime(2026, 1, 6, 10, tzinfo=UTC)
    >>> log = pa.table({"opened_at": [monday, tuesday], "closed_at": [tuesday, None]})
    >>> elapsed(log, "opened_at", "closed_at", calendar=desk)["elapsed_us"].to_pylist()
    [7200000000, None]

    Raises:
        KeyError: the frame has no such column.
        NaiveColumnError: a column's datetimes have no time zone.
        TypeError: a column holds no instants, or the frame is of no supported library.
        UnknownNameError: a row's key names no calendar.
        CalendarHorizonError: an instant lies past a calendar's horizon.
    """
    check_calendar(calendar)
    return answer(frame, ColumnQuery(Elapsed(calendar, start, end), name))


def is_open(frame: F, at: str, *, calendar: Calendars, name: str = "is_open") -> F:
    """The frame with whether each instant of the column ``at`` is open; the rest as in :func:`elapsed`.

    >>> import pyarrow as pa
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"thu": "00:00-12:00"}).compile()
    >>> is_open(pa.table({"at": [0, 43_200_000_000, None]}), "at", calendar=desk)["is_open"].to_pylist()
    [True, False, None]
    """
    check_calendar(calendar)
    return answer(frame, ColumnQuery(IsOpen(calendar, at), name))


def due(  # noqa: PLR0913 - the question has that many parts
    frame: F, start: str, amount: RowAmount, *, calendar: Calendars, bias: Bias = "close", name: str = "due_at"
) -> F:
    """The frame with the instant that ``amount`` separates from each ``start``, in the time zone of that column.

    ``amount`` is a length of open time, a count of days, either of them as documents write it (``4h``, ``2bd``), or the
    name of a column of durations or of whole microseconds, which may differ from row to row and be negative; a column
    of that name goes first. Lengths go through the kernel and keep to ``bias``, as in
    :meth:`~servicekit.calendars.CompiledCalendar.add`; days are counted row by row. The rest as in :func:`elapsed`.

    >>> import pyarrow as pa
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> asked = due(pa.table({"at": [0]}), "at", "9h", calendar=desk)
    >>> str(asked["due_at"][0])
    '1970-01-02 10:00:00+00:00'

    Raises:
        NeverOpenError: a calendar has no hours at all.
    """
    check_amount(amount, bias, str, "the name of a column")
    check_calendar(calendar)
    return answer(frame, ColumnQuery(Due(calendar, start, amount, bias), name))


def check_amount(amount: object, bias: Bias, also: type | UnionType, word: str) -> None:
    """Refuse an amount of the wrong type, and a bias that does not exist.

    Raises:
        TypeError: the amount is something else.
        ValueError: the bias is neither.
    """
    if not isinstance(amount, timedelta | BusinessDays | CalendarDays | also):
        raise TypeError(f"an amount is a timedelta, BusinessDays, CalendarDays or {word}, not {amount!r}")
    if bias not in ("close", "open"):
        raise ValueError(f"a bias is 'close' or 'open', not {bias!r}")
