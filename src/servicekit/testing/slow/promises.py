"""Which row promises a case something, read off the table row by row; and the hours that a target is counted by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count

from servicekit.calendars import CompiledCalendar
from servicekit.rules import Condition, Match, Value
from servicekit.sla import SlaPolicy, Target, TargetRow
from servicekit.sla.policy import ALWAYS
from servicekit.timeline import CalendarDays, from_us

MINUTE = 60_000_000
"""A minute in microseconds. The slow judge counts instants in minutes since 1970."""

_ONE = timedelta(minutes=1)


@lru_cache(maxsize=1 << 19)
def _is_open(calendar: CompiledCalendar, minute: int) -> bool:
    return calendar.is_open(from_us(minute * MINUTE))


class Hours:
    """A calendar of which only two questions are asked: is it open in this minute, and what do its clocks show."""

    __slots__ = ("_calendar",)

    def __init__(self, calendar: CompiledCalendar | None = None) -> None:
        self._calendar = calendar

    def is_open(self, minute: int) -> bool:
        """Whether the minute counts; without a calendar every minute does."""
        return self._calendar is None or _is_open(self._calendar, minute)

    def reading(self, minute: int) -> datetime:
        """What the clock on the wall shows, without its zone."""
        moment = from_us(minute * MINUTE)
        return (moment if self._calendar is None else self._calendar.local(moment)).replace(tzinfo=None)

    def is_past(self, start: int, limit: object, minute: int) -> bool:
        """Whether from ``start`` to ``minute`` no less than ``limit`` went by: open minutes counted, or dates read.

        Raises:
            ValueError: the limit is in business days.
        """
        if isinstance(limit, timedelta):
            return sum(map(self.is_open, range(start, minute))) >= limit // _ONE
        if isinstance(limit, CalendarDays):
            return minute >= self._days_later(start, limit.days)
        raise ValueError(f"the slow judge counts lengths and calendar days, not {limit!r}")

    def _days_later(self, start: int, days: int) -> int:
        """The first minute that shows the same clock time so many dates later.

        Where a change of the clocks leaves that reading out, it is as far behind the gap as it would lie within it.
        """
        wanted = self.reading(start) + timedelta(days=days)
        reached = next(minute for minute in count(start) if self.reading(minute) >= wanted)
        return reached if reached == start else reached + (wanted - self.reading(reached - 1) - _ONE) // _ONE


def holds(condition: Condition, facts: Mapping[str, Value]) -> bool:
    """Whether every fact named is one of the values given.

    Raises:
        ValueError: the condition is not in the short form, the only one that the slow judge reads.
    """
    if not isinstance(condition, Match):
        raise ValueError(f"the slow judge reads conditions in the short form, not {condition!r}")
    return all(name in facts and facts[name] in values for name, values in condition.items())


class SlowPromises:
    """The target table of a policy, asked row by row."""

    def __init__(self, policy: SlaPolicy, calendars: Mapping[str, CompiledCalendar]) -> None:
        self._policy = policy
        self._hours = {ALWAYS: Hours(), **{name: Hours(calendar) for name, calendar in calendars.items()}}

    def row(self, metric: str, facts: Mapping[str, Value]) -> TargetRow | None:
        """The row that promises the metric to a case with these facts: the first, or the one that pins down most.

        Where the policy lets nothing fall through, only one row is asked.
        """
        fitting = sorted((row for row in self._policy.targets if self._fits(row, facts)), key=self._rank)
        asked = fitting if self._policy.fall_through else fitting[:1]
        return next((row for row in asked if metric in row.targets), None)

    def hours(self, metric: str, row: TargetRow | None) -> Hours:
        """The hours by which a clock of the metric counts: the target's, else the row's, else the policy's."""
        if row is None:
            return self._hours[self._policy.calendar]
        target = row.targets[metric]
        if target.clock == "wall":
            return self._hours[ALWAYS]
        return self._hours[target.calendar or row.calendar or self._policy.calendar]

    def length(self, metric: str, row: TargetRow) -> int:
        """What the row promises, in minutes.

        Raises:
            ValueError: it promises no length.
        """
        target: Target = row.targets[metric]
        if not isinstance(target.within, timedelta):
            raise ValueError(f"the slow judge knows targets that are a length, not {target.text}")
        return target.within // _ONE

    def _fits(self, row: TargetRow, facts: Mapping[str, Value]) -> bool:
        if row.default:
            return True
        is_blank = isinstance(row.when, Match) and not row.when
        return self._policy.blank_matches if is_blank else holds(row.when, facts)

    def _rank(self, row: TargetRow) -> tuple[bool, int]:
        """The first from the top, or the one that pins down most, before the others; default rows last."""
        return row.default, 0 if self._policy.match == "first" else -_pinned(row)


def _pinned(row: TargetRow) -> int:
    return len(row.when) if isinstance(row.when, Match) else 0
