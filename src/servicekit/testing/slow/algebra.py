"""Calendars made of calendars, instant by instant: open when any is, when all are, when one is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from servicekit.calendars import (
    AllOf,
    AnyCalendar,
    AnyOf,
    Calendar,
    Complement,
    DaySource,
    Difference,
    Shifted,
)
from servicekit.calendars.explanation import LayerName
from servicekit.testing.slow.document import SlowDocument, around
from servicekit.timeline import from_us


class SlowHours(Protocol):
    """What the walk asks about single instants, given as UTC microseconds."""

    tz: ZoneInfo
    dates_tz: ZoneInfo

    def is_open(self, at: int) -> bool:
        """Whether it is open at the instant."""
        ...

    def belongs(self, at: int, on: date) -> bool:
        """Whether it is open at the instant, and that counts as open time of the date."""
        ...

    def around(self, on: date) -> tuple[int, int]:
        """Two instants between which all open time of a date lies."""
        ...

    def layer(self, at: int) -> LayerName:
        """The most specific layer that speaks about the instant."""
        ...


def slow_hours(form: AnyCalendar, default: str | None, sources: Sequence[DaySource], step: int) -> SlowHours:
    """The hours of a calendar of any form; ``default`` is the zone of documents that name none, ``step`` in ticks."""
    if isinstance(form, Calendar):
        return SlowDocument(form, default, sources)
    named = form.timezone or default or _first_zone(form)
    parts = [slow_hours(part, named, sources, step) for part in parts_of(form)]
    return _SlowAlgebra(form, parts, ZoneInfo(form.timezone) if form.timezone else parts[0].tz, step)


def parts_of(form: AnyCalendar) -> tuple[AnyCalendar, ...]:
    """The calendars that a calendar is made of."""
    match form:
        case Calendar():
            return ()
        case AnyOf():
            return form.any_of
        case AllOf():
            return form.all_of
        case Difference():
            return (form.of, form.minus)
        case Complement():
            return (form.complement,)
        case Shifted():
            return (form.shifted,)
        case _:
            raise TypeError(f"not a form of calendar: {type(form).__name__}")


def _first_zone(form: AnyCalendar) -> str | None:
    """The zone that a form names, or the first of its parts, or the first of that."""
    return form.timezone or next((_first_zone(part) for part in parts_of(form)), None)


class _SlowAlgebra:
    """The hours of a calendar made of calendars."""

    def __init__(self, form: AnyCalendar, parts: Sequence[SlowHours], tz: ZoneInfo, step: int) -> None:
        self._form, self._parts, self.tz, self._step = form, parts, tz, step
        self.dates_tz = tz if isinstance(form, AnyOf | Complement) else parts[0].dates_tz
        self._quiet: dict[date, int] = {}
        self._by = form.by // timedelta(microseconds=1) if isinstance(form, Shifted) else 0

    def is_open(self, at: int) -> bool:
        """Whether it is open at the instant, by what the parts say."""
        match self._form:
            case AnyOf():
                return any(part.is_open(at) for part in self._parts)
            case AllOf():
                return all(part.is_open(at) for part in self._parts)
            case Difference():
                return self._parts[0].is_open(at) and not self._parts[1].is_open(at)
            case Complement():
                return not self._parts[0].is_open(at)
            case Shifted():
                return self._parts[0].is_open(at - self._by)
            case _:
                raise TypeError(f"not a form of calendar: {type(self._form).__name__}")

    def belongs(self, at: int, on: date) -> bool:
        """Open time belongs to the dates that the first part gives it; in a union, to those of every part.

        Not so with what goes on from the evening before into a date on which the first part never closes (a complement
        has no part that would): that belongs to the evening.
        """
        match self._form:
            case AnyOf():
                return any(part.belongs(at, on) for part in self._parts)
            case Shifted():
                return self._parts[0].belongs(at - self._by, on)
            case _:
                return self.is_open(at) and self._is_of(at, on)

    def _is_of(self, at: int, on: date) -> bool:
        today = from_us(at, self.dates_tz).date()
        if at < self._quiet_until(today):
            return on == from_us(self._first(today) - self._step, self.dates_tz).date()
        return self._could(at, on)

    def _could(self, at: int, on: date) -> bool:
        """Whether the instant would be of the date, were everything open."""
        if isinstance(self._form, Complement):
            return from_us(at, self.dates_tz).date() == on
        return self._parts[0].belongs(at, on)

    def _first(self, on: date) -> int:
        return next(at for at in range(*around(on), self._step) if from_us(at, self.dates_tz).date() == on)

    def _quiet_until(self, on: date) -> int:
        """When the shift of the evening before is over; the first instant of the date where it does not run on."""
        if on not in self._quiet:
            first = self._first(on)
            day = [at for at in range(*around(on), self._step) if from_us(at, self.dates_tz).date() == on]
            closed = next((at for at in day if not self.is_open(at)), first)
            runs_on = self.is_open(first - self._step) and all(self._could(at, on) for at in day)
            self._quiet[on] = closed if runs_on else first
        return self._quiet[on]

    def around(self, on: date) -> tuple[int, int]:
        """The widest of the parts', moved as the open time is."""
        if isinstance(self._form, Complement):
            return around(on)
        low, high = zip(*(part.around(on) for part in self._parts), strict=True)
        return min(low) + self._by, max(high) + self._by

    def layer(self, at: int) -> LayerName:
        """Always ``algebra``."""
        return "algebra"
