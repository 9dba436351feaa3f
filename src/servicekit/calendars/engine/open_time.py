"""Open time in integer microseconds: a table that grows by years on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile
from threading import Lock

from servicekit.calendars.engine.horizon import Horizon, year_start
from servicekit.calendars.engine.hours_source import HoursSource
from servicekit.calendars.engine.open_table import OpenTable
from servicekit.errors import CalendarHorizonError, NeverOpenError
from servicekit.timeline.instant import DAY_US
from servicekit.timeline.spans import Span

_MOST_YEARS_AT_ONCE = 8
_MOST_YEARS = 200
"""Looked through before a calendar is said to open never; of a longer horizon only the end is told."""
_CHUNK = 60 * DAY_US


class OpenTime:
    """Answers about open time between instants given as UTC microseconds.

    Years are compiled when first needed and kept; a reader always holds one whole table, so threads may share it.
    """

    __slots__ = ("_hours", "_lock", "_table", "_years", "horizon")

    def __init__(self, hours: HoursSource, horizon: Horizon) -> None:
        self._hours, self.horizon = hours, horizon
        self._lock = Lock()
        self._years = range(0)
        self._table = OpenTable(1 << 62, -(1 << 62), ())

    def elapsed(self, start: int, end: int) -> int:
        """Open time from ``start`` to ``end``, negative when they are reversed."""
        if start > end:
            return -self.elapsed(end, start)
        table = self._table
        low, high = table.quiet
        if start < low or end > high:
            table = self._covering(start, end)
        return table.open_before(end) - table.open_before(start)

    def move(self, at: int, amount: int, *, late: bool) -> int:
        """The instant that open time of ``amount`` separates from ``at``; the last such one with ``late``.

        Raises:
            NeverOpenError: the calendar has no open time at all.
            CalendarHorizonError: the amount reaches past the horizon.
        """
        if self._hours.never_opens:
            raise _never_open()
        table = self.at(at if amount >= 0 else at - 1)
        while True:
            found = table.reach(table.open_before(at) + amount, late=late)
            if found is not None:
                low, high = table.quiet
                reached = found + late if amount >= 0 else found - (not late)
                if not low <= reached <= high:
                    self.horizon.admit(min(at, reached), max(at, reached))
                return found
            table = self._grown(table, later=amount >= 0)

    def at(self, at: int) -> OpenTable:
        """The table, with ``at`` inside it and not at its end."""
        table = self._table
        low, high = table.quiet
        return table if low <= at < high else self._covering(at, at + 1)

    def next_open(self, at: int) -> int:
        """``at`` itself when open, else the next opening."""
        return at if self.at(at).is_open(at) else self.seek(at, lambda table: table.next_start(at), later=True)

    def just_open(self, at: int) -> bool:
        """Whether the instant just before ``at`` is open."""
        return self.at(at - 1).is_open(at - 1)

    def seek(self, at: int, ask: Callable[[OpenTable], int | None], *, later: bool) -> int:
        """The first answer of ``ask`` that the table's own ends cannot have made up; grows until there is one.

        Raises:
            NeverOpenError: the calendar has no open time at all.
            CalendarHorizonError: the answer lies past the horizon.
        """
        if self._hours.never_opens:
            raise _never_open()
        table = self.at(at)
        while True:
            found = ask(table)
            if found is not None and table.lo < found < table.hi:
                # An opening or closing tells of the time on its far side.
                self.horizon.admit(*((at, found + 1) if later else (found - 1, at)))
                return found
            table = self._grown(table, later=later)

    def spans(self, start: int, end: int) -> Iterator[Span]:
        """The open spans between two instants in order, clipped, compiled as they are asked for."""
        while start < end:
            table = self.at(start)
            stop = min(end, table.hi)
            for span in table.between(start, stop):
                if span[1] == table.hi < end:
                    start = span[0]
                    break
                self.horizon.admit(start, min(span[1] + 1, end))
                yield span
                start = span[1]
            else:
                self.horizon.admit(start, stop)
                start = stop
                continue
            self._grown(table, later=True)

    def spans_back(self, start: int, end: int) -> Iterator[Span]:
        """The same spans, last first."""
        held = None
        while start < end:
            self.horizon.admit(end - 1, end)
            chunk, floor = max(start, end - _CHUNK), max(year_start(self.horizon.first_year), self.horizon.quiet[0])
            if chunk < floor < end:
                chunk = floor
            for low, high in reversed(list(self.spans(chunk, end))):
                if held is not None and held[0] == high:
                    held = (low, held[1])
                    continue
                if held is not None:
                    yield held
                held = (low, high)
            if held is not None and held[0] > chunk:
                yield held
                held = None
            end = chunk
        if held is not None:
            yield held

    def _covering(self, low: int, high: int) -> OpenTable:
        self.horizon.admit(low, high)
        table = self._table
        if not (table.lo <= low and high <= table.hi):
            first, last = self.horizon.year_of(low), self.horizon.year_of(max(low, high - 1))
            table = self._compile(range(first, last + 1))
        start, end = self.horizon.quiet
        table.quiet = (max(start, table.lo), min(end, table.hi))
        return table

    def _grown(self, table: OpenTable, *, later: bool) -> OpenTable:
        """A table with more years than ``table``, on one side; years that may not be asked about are not reached."""
        if table is not self._table:
            return self._table
        old, step, horizon = self._years, min(len(self._years), _MOST_YEARS_AT_ONCE), self.horizon
        if later:
            ahead = range(old.stop, min(old.stop + step, horizon.last_year + 1))
            reached = list(takewhile(lambda year: not horizon.refuses(year_start(year)), ahead))
        else:
            ahead = range(old.start - 1, max(old.start - step, horizon.first_year) - 1, -1)
            reached = list(takewhile(lambda year: not horizon.refuses(year_start(year + 1) - 1), ahead))
        if reached:
            return self._compile(range(min(reached), max(reached) + 1))
        if ahead:
            edge = table.hi if later else table.lo - 1
            horizon.admit(edge, edge + 1)  # it refuses
        raise self.exhausted(later=later)

    def exhausted(self, *, later: bool) -> CalendarHorizonError | NeverOpenError:
        """Why there is no answer on one side within the horizon."""
        first, last = self.horizon.first_year, self.horizon.last_year
        if self._table.total == 0 and last - first < _MOST_YEARS and self._never_opens(range(first, last + 1)):
            return NeverOpenError(f"the calendar never opens in the years {first} to {last}")
        side = f"after {self.horizon.last_year}" if later else f"before {self.horizon.first_year}"
        return CalendarHorizonError(
            f"the answer lies {side}, past the calendar's horizon; compile(first_year=..., last_year=...) widens it"
        )

    def _never_opens(self, years: range) -> bool:
        if any(self.horizon.refuses(year_start(year)) for year in years):
            return False
        return self._compile(years).total == 0

    def _compile(self, years: range) -> OpenTable:
        """Cover ``years`` and everything between them and what is covered already."""
        with self._lock:
            old = self._years
            new = range(min(years.start, old.start), max(years.stop, old.stop)) if old else years
            if new != old:
                before = [self._hours.spans(year) for year in range(new.start, old.start if old else new.stop)]
                after = [self._hours.spans(year) for year in range(old.stop, new.stop)] if old else []
                spans = _joined([*before, self._table.spans if old else [], *after])
                table = OpenTable(year_start(new.start), year_start(new.stop), spans)
                self._table, self._years = table, new
            return self._table


def _never_open() -> NeverOpenError:
    return NeverOpenError("the calendar never opens; list hours in 'weekly' or 'dates'")


def _joined(blocks: list[list[Span]]) -> list[Span]:
    """Blocks of spans in order as one list, spans that touch across a seam made one."""
    spans: list[Span] = []
    for block in blocks:
        if spans and block and spans[-1][1] == block[0][0]:
            block = [(spans.pop()[0], block[0][1]), *block[1:]]
        spans += block
    return spans
