"""Tables of the time of agents: one row is a day or a shift of one agent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from servicekit.errors import Problem
from servicekit.events import WorkTime
from servicekit.importers.service.service_mapping import Lengths, ServiceColumns, ServiceTable
from servicekit.importers.service.service_row import ServiceRow
from servicekit.importers.service.service_table import service_stream
from servicekit.importers.table.mapping import Stamps
from servicekit.timeline import Interval

if TYPE_CHECKING:
    from servicekit.importers.case_stream import ImportStream
    from servicekit.importers.opened_file import TableSource


class WorkColumns(ServiceColumns):
    """The columns that make working times. A length of time may be a column name, with seconds, or a mapping.

    >>> list(WorkColumns(agent="who", day="day", paid="paid").names())
    ['who', 'day', 'paid']
    """

    agent: str
    """Whose time it is; every row must have it."""

    day: Stamps | None = None
    """The day that a row is about; either this, or ``start`` and ``end``."""

    start: Stamps | None = None
    """When a shift began."""

    end: Stamps | None = None
    """When it ended."""

    paid: Lengths | None = None
    """The time that wages are paid for."""

    logged_in: Lengths | None = None
    """The time that the system saw."""

    handling: Lengths | None = None
    """The time that went into contacts or cases."""

    idle: Lengths | None = None
    """The time in which the agent was free for the next one."""

    def own_problems(self) -> Iterable[Problem]:
        """A row is about a day, or has its ends."""
        yield from super().own_problems()
        ends = [stamp for stamp in (self.start, self.end) if stamp is not None]
        if len(ends) != (0 if self.day is not None else 2):
            yield Problem("columns.day", "day", "expected either day, or start and end")


class WorkMapping(ServiceTable):
    """How to read a table of the time of agents.

    >>> mapping = WorkMapping.parse("columns: {agent: who, day: day, paid: {column: paid, unit: hours}}")
    >>> sorted(mapping.column_names())
    ['day', 'paid', 'who']
    """

    servicekit: Literal["work/1"] = "work/1"
    """The format of this document."""

    columns: WorkColumns
    """The columns that make working times."""

    def own_columns(self) -> WorkColumns:
        """The columns that make working times."""
        return self.columns


class WorkReader:
    """A mapping, compiled against the header of one table; it keeps nothing of a row."""

    number = "agent"

    def __init__(self, mapping: WorkMapping) -> None:
        self._is_of_days = mapping.columns.day is not None

    def read(self, row: ServiceRow) -> Sequence[WorkTime]:
        """The time in a row."""
        agent, over = row.needed("agent"), self._day(row) if self._is_of_days else self._shift(row)
        paid, logged_in, handling, idle = (row.length(key) for key in ("paid", "logged_in", "handling", "idle"))
        facts = row.facts()
        if agent is None or over is None or row.faults.any_error:
            return ()
        return (WorkTime(agent, over, paid, logged_in, handling, idle, facts),)

    def rest(self) -> Iterable[tuple[ServiceRow, WorkTime | None]]:
        """Nothing: every row tells its own."""
        return ()

    def _day(self, row: ServiceRow) -> date | None:
        found = row.needed_moment("day")
        if isinstance(found, datetime):
            row.faults.add("table.bad-value", row.layout.stamps["day"].path, "a day has no time of day")
            return None
        return found

    def _shift(self, row: ServiceRow) -> Interval | None:
        start, end = row.instant("start"), row.instant("end")
        if start is None or end is None:
            return None
        if end < start:
            row.faults.add("table.ends-before-start", row.layout.stamps["end"].path, "the shift ends before it begins")
            return None
        return Interval(start, end)


def read_work(path: TableSource, mapping: WorkMapping) -> ImportStream[WorkTime]:
    """The time of agents in a table that is kept as that of :func:`~servicekit.importers.read_cases`.

    A row that tells of an agent and a day that came before, with the same facts, is an error.

    >>> from io import BytesIO
    >>> table = b"who,day,paid,talk\\nli.wei,2026-01-05,8,14400\\nli.wei,2026-01-06,8,-1\\n"
    >>> mapping = WorkMapping.parse('''
    ... columns: {agent: who, day: day, paid: {column: paid, unit: hours}, handling: talk}
    ... ''')
    >>> for row in read_work(BytesIO(table), mapping):
    ...     print(row.value.handling if row.value else row.problems[0].path)
    4:00:00
    row 3.talk

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While reading: a bad row,
            where the mapping says ``on_bad_row: stop``.
    """
    return service_stream(path, mapping, lambda layout: WorkReader(mapping))
