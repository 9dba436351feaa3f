"""The calendar as a table, for engines that run no Python: one row per cell of time, and the SQL that reads it.

The kernel's cells (see ``kernel.py``) join by equality, which every SQL engine does well: a cell is the quotient of the
instant's UTC microseconds by the cell's length, and open time before the instant is the cell's open time before plus a
clip of the remainder.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from servicekit.errors import CalendarError
from servicekit.frames.kernel import Kernel
from servicekit.timeline import to_us

if TYPE_CHECKING:
    import pyarrow as pa

    from servicekit.calendars import CompiledCalendar

__all__ = ["GridTable"]


class GridTable:
    """Open time over ``[start, end]`` as rows of ``cell, open_before_us, run_start_us, run_us``.

    >>> from datetime import UTC
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> grid = GridTable(desk, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    >>> grid.arrow().column_names
    ['cell', 'open_before_us', 'run_start_us', 'run_us']

    Raises:
        CalendarError: the calendar's runs are too short for a table of reasonable size.
    """

    __slots__ = ("_kernel", "cell_us")

    def __init__(self, calendar: CompiledCalendar, start: datetime, end: datetime) -> None:
        # Cells begin at multiples of the longest cell, so that the quotient of the instant alone names its cell.
        longest = 1 << 30
        low, high = to_us(start) // longest * longest, -(-to_us(end) // longest) * longest
        self._kernel = Kernel.over(calendar, low, high)
        if self._kernel.cells is None:
            raise CalendarError("the calendar's open runs are too short for a table; use frames.elapsed instead")
        self.cell_us = 1 << self._kernel.shift

    def arrow(self) -> pa.Table:
        """The rows as an Arrow table, to be loaded into the engine."""
        import numpy as np
        import pyarrow as pa

        before, first, run = self._kernel.cells or ()
        cell = np.arange(len(before), dtype=np.int64) + (self._kernel.lo >> self._kernel.shift)
        columns = {"cell": cell, "open_before_us": before, "run_start_us": first, "run_us": run}
        return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})

    def sql_elapsed(self, source: str, start_us: str, end_us: str, *, grid: str, name: str = "elapsed_us") -> str:
        """A query: every column of ``source`` and the open microseconds between two of its columns of UTC microseconds.

        ``grid`` is the name under which :meth:`arrow` was loaded. Instants outside the table give nulls.

        >>> from datetime import UTC
        >>> from servicekit.calendars import Calendar
        >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
        >>> grid = GridTable(desk, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
        >>> print(grid.sql_elapsed("tickets", "opened_us", "closed_us", grid="desk"))
        SELECT s.*, (e1.open_before_us + GREATEST(0, LEAST(s.closed_us - e1.cell * 1073741824 - e1.run_start_us, e1.run_us))) - (e0.open_before_us + GREATEST(0, LEAST(s.opened_us - e0.cell * 1073741824 - e0.run_start_us, e0.run_us))) AS elapsed_us
        FROM tickets AS s
        LEFT JOIN desk AS e0 ON e0.cell = CAST(FLOOR(s.opened_us / 1073741824.0) AS BIGINT)
        LEFT JOIN desk AS e1 ON e1.cell = CAST(FLOOR(s.closed_us / 1073741824.0) AS BIGINT)
        """
        size = self.cell_us

        def before(alias: str, at: str) -> str:
            inside = f"LEAST(s.{at} - {alias}.cell * {size} - {alias}.run_start_us, {alias}.run_us)"
            return f"({alias}.open_before_us + GREATEST(0, {inside}))"

        joins = (
            f"LEFT JOIN {grid} AS {alias} ON {alias}.cell = CAST(FLOOR(s.{at} / {size}.0) AS BIGINT)"
            for alias, at in (("e0", start_us), ("e1", end_us))
        )
        chosen = f"SELECT s.*, {before('e1', end_us)} - {before('e0', start_us)} AS {name}"
        return "\n".join((chosen, f"FROM {source} AS s", *joins))
