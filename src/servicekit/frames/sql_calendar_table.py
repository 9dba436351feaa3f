"""The calendar as a table, for engines that run no Python: one row per cell of time, and the SQL that reads it.

The table holds the kernel's cells (see ``kernel.py``). They join by equality, which every SQL engine does well: the
cell of an instant is its UTC microseconds shifted right, and open time before it is a difference clipped to the open
time at the two ends of the cell's run. The SQL is integers and ``CASE`` alone; PostgreSQL, SQLite, DuckDB and Spark 4
read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from servicekit.calendars.engine.horizon import unannounced
from servicekit.errors import CalendarError
from servicekit.frames.array_chunks import Ints
from servicekit.frames.open_time_kernel import Cells, Kernel
from servicekit.timeline import to_us

if TYPE_CHECKING:
    import pyarrow as pa

    from servicekit.calendars import CompiledCalendar


class GridTable:
    """Open time from ``start`` to ``end`` as rows of integers: one per cell, and what SQL needs to read them.

    >>> from datetime import UTC
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> grid = GridTable(desk, datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC))
    >>> grid.columns
    ('cell', 'closed_us', 'open_us', 'open_after_us')
    >>> grid.cell("opened_us")
    '(opened_us >> 40)'

    Raises:
        CalendarError: the calendar's open runs lie too close together for a table of reasonable size.
        CalendarHorizonError: a part of it lies past the calendar's horizon.
        ValueError: ``end`` precedes ``start``.
    """

    __slots__ = ("_cells", "_high", "_low")

    columns = ("cell", "closed_us", "open_us", "open_after_us")
    """The cell's number, then of its open run: the closed time before it, the open time before it and after it."""

    def __init__(self, calendar: CompiledCalendar, start: datetime, end: datetime) -> None:
        self._low, self._high = to_us(start), to_us(end)
        if self._high < self._low:
            raise ValueError(f"a table from {start} to {end} ends before it starts")
        with unannounced("warn"):
            kernel = Kernel.over(calendar, self._low, self._high)
        cells = Cells.over(self._low, self._high, kernel.starts, kernel.ends)
        if cells is None:
            raise CalendarError("the calendar's open runs lie too close together for a table; use frames.elapsed")
        self._cells = cells

    def __len__(self) -> int:
        return len(self._cells.run)

    def rows(self) -> Iterator[tuple[int, ...]]:
        """The rows in the order of ``columns``, for ``executemany``."""
        return zip(*(values.tolist() for values in self._values()), strict=True)

    def arrow(self) -> pa.Table:
        """The rows as an Arrow table, for engines that load one."""
        import pyarrow as pa

        return pa.table(dict(zip(self.columns, map(pa.array, self._values()), strict=True)))

    def _values(self) -> tuple[Ints, ...]:
        cells = self._cells
        numbers = np.arange(cells.first, cells.first + len(self), dtype=np.int64)
        return numbers, cells.closed[cells.run], cells.before[cells.run], cells.before[cells.run + 1]

    def cell(self, at: str) -> str:
        """The SQL of the cell of an instant; ``at`` is the SQL of its UTC microseconds."""
        return f"({at} >> {self._cells.shift})"

    def open_before(self, at: str, grid: str) -> str:
        """The SQL of open time before an instant, in the row of ``grid`` that is joined to it by :meth:`cell`.

        Null for an instant before or after the table, since no row of it may be trusted there.
        """
        reading = f"{at} - {grid}.closed_us"
        return (
            f"CASE WHEN {at} NOT BETWEEN {self._low} AND {self._high} THEN NULL"
            f" WHEN {reading} < {grid}.open_us THEN {grid}.open_us"
            f" WHEN {reading} > {grid}.open_after_us THEN {grid}.open_after_us ELSE {reading} END"
        )

    def elapsed(self, source: str, start_us: str, end_us: str, *, grid: str, name: str = "elapsed_us") -> str:
        """A query: every column of ``source``, and the open microseconds between two of its columns.

        The columns hold UTC microseconds; ``grid`` is the table into which the rows were loaded. Names are written as
        they would be in SQL, and quoted there if they need it. Nulls, and instants outside the table, give nulls.

        >>> from datetime import UTC
        >>> from servicekit.calendars import Calendar
        >>> always = Calendar.always().compile()
        >>> grid = GridTable(always, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
        >>> print(grid.elapsed("tickets", "opened_us", "closed_us", grid="desk").partition("FROM")[2])
         tickets AS t
        LEFT JOIN desk AS g0 ON g0.cell = (t.opened_us >> 40)
        LEFT JOIN desk AS g1 ON g1.cell = (t.closed_us >> 40)
        """
        first, last = f"t.{start_us}", f"t.{end_us}"
        return (
            f"SELECT t.*,\n       {self.open_before(last, 'g1')}\n       - {self.open_before(first, 'g0')} AS {name}\n"
            f"FROM {source} AS t\n"
            f"LEFT JOIN {grid} AS g0 ON g0.cell = {self.cell(first)}\n"
            f"LEFT JOIN {grid} AS g1 ON g1.cell = {self.cell(last)}"
        )
