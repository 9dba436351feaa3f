"""Business time over data frames: elapsed, due and is_open; columns in, one more column out."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from servicekit.calendars import Bias
from servicekit.frames.engines import applied
from servicekit.frames.questions import Calendars, Due, Elapsed, IsOpen
from servicekit.timeline import BusinessDays, CalendarDays, DayRule

__all__ = ["due", "elapsed", "is_open"]

F = TypeVar("F")
_DEFAULT_RULE = DayRule()


def elapsed(
    frame: F, start: str, end: str, *, calendar: Calendars, by: str | None = None, name: str = "elapsed_us"
) -> F:
    """The frame with the open microseconds from ``start`` to ``end`` of each row, negative where they are reversed.

    ``frame`` is a Polars (eager or lazy), pandas, PyArrow, DuckDB or PySpark frame; the same type comes back. The two
    columns hold aware datetimes, or whole numbers that are UTC microseconds; a null in either gives a null. With
    several calendars ``calendar`` maps the values of the column ``by`` to them; a row without a value gets a null.

    >>> import polars as pl
    >>> from datetime import UTC, datetime
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> log = pl.DataFrame({"opened": [datetime(2026, 1, 5, 16, tzinfo=UTC)], "closed": [datetime(2026, 1, 6, 10, tzinfo=UTC)]})
    >>> elapsed(log, "opened", "closed", calendar=desk)["elapsed_us"].to_list()
    [7200000000]

    Raises:
        KeyError: the frame has no such column.
        NaiveColumnError: a column's datetimes have no time zone.
        TypeError: a column holds no instants, or the frame is of no supported library.
        UnknownNameError: a row's key names no calendar.
        CalendarHorizonError: an instant lies past a calendar's horizon.
    """
    _check_key(calendar, by)
    return applied(frame, Elapsed(calendar, by, start, end), name=name, kind="integer")


def is_open(frame: F, at: str, *, calendar: Calendars, by: str | None = None, name: str = "is_open") -> F:
    """The frame with whether each instant of ``at`` is open; the rest as in :func:`elapsed`.

    >>> import polars as pl
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"thu": "00:00-12:00"}).compile()
    >>> is_open(pl.DataFrame({"at": [0, 43_200_000_000, None]}), "at", calendar=desk)["is_open"].to_list()
    [True, False, None]
    """
    _check_key(calendar, by)
    return applied(frame, IsOpen(calendar, by, at), name=name, kind="boolean")


def due(
    frame: F,
    start: str,
    amount: timedelta | BusinessDays | CalendarDays | str,
    *,
    calendar: Calendars,
    by: str | None = None,
    rule: DayRule = _DEFAULT_RULE,
    bias: Bias = "close",
    name: str = "due_at",
) -> F:
    """The frame with the instant that ``amount`` separates from each ``start``, as UTC timestamps.

    ``amount`` is an exact length of open time, a count of days (counted by ``rule``), or the name of a column of
    microseconds, which may differ from row to row and be negative. Lengths go through the kernel; days are counted row
    by row. The rest as in :func:`elapsed`.

    >>> import polars as pl
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> due(pl.DataFrame({"at": [0]}), "at", timedelta(hours=9), calendar=desk)["due_at"].dt.to_string("%a %H:%M").to_list()
    ['Fri 10:00']
    """
    _check_key(calendar, by)
    return applied(frame, Due(calendar, by, start, amount, rule, bias == "open"), name=name, kind="instant")


def _check_key(calendar: Calendars, by: str | None) -> None:
    if hasattr(calendar, "elapsed_us") == (by is not None):
        raise ValueError("several calendars need the column that tells them apart (by=...), one calendar needs none")
