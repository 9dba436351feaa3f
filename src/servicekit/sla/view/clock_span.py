"""The spans of a clock's history, each with the reason why it counts or does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock_reading import ClockReading, CountedPeriod
from servicekit.timeline import from_us
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, us_to_delta
from servicekit.timeline.zone import local_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


_SAID = ("weekly", "season", "break", "make-up")
"""Layers that say all there is to say: their reason is the weekday."""

SpanKind: TypeAlias = Literal["counted", "closed", "paused", "discarded"]
"""Open time that ran; closed time; time in which the clock stood still; time given up when the clock was restarted."""


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """One span of a clock's history: half-open, in UTC, with what it was and why.

    ``layer`` and ``reason`` of a closed span are the calendar's: ``holiday``, its name; what lies outside the weekly
    hours has no reason of its own. The reason of a paused span is the policy's. ``target`` is what the clock was to
    reach then, ``elapsed`` what had run at the span's end.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> ClockSpan(nine, nine.replace(hour=12), "counted", None, "", "8h", timedelta(hours=3)).length
    datetime.timedelta(seconds=10800)
    """

    start: datetime
    end: datetime
    kind: SpanKind
    layer: str | None
    reason: str
    target: str | None
    elapsed: timedelta

    @property
    def length(self) -> timedelta:
        """How long the span is on the wall."""
        return self.end - self.start


class _Piece(NamedTuple):
    """A span before what ran is added up; moments are UTC microseconds."""

    since: int
    until: int
    kind: SpanKind
    layer: str | None = None
    reason: str = ""
    target: str | None = None


_NATURE = slice(2, None)
"""All of a piece but its ends."""


def spans_of(history: CaseHistory, reading: ClockReading) -> tuple[ClockSpan, ...]:
    """The spans from the clock's start to its end: they touch, and the counted ones add up to its elapsed time.

    Raises:
        CalendarError: a part of its history lies past a calendar's horizon.
    """
    elapsed, found = 0, []
    for piece in _merged(_pieces(history, reading)):
        if piece.kind == "counted":
            elapsed += piece.until - piece.since
        found.append(
            ClockSpan(
                from_us(piece.since),
                from_us(piece.until),
                piece.kind,
                piece.layer,
                piece.reason,
                piece.target,
                us_to_delta(elapsed),
            )
        )
    return tuple(found)


def _pieces(history: CaseHistory, reading: ClockReading) -> Iterator[_Piece]:
    clock, parts = reading.clock, reading.counted
    if parts and clock.started < parts[0].since:
        yield _Piece(clock.started, min(parts[0].since, reading.end), "discarded", target=_target(reading, 0))
    for number, part in enumerate(parts):
        until = reading.end if part.until is None else part.until
        yield from _of_period(part, until, _target(reading, number))


def _target(reading: ClockReading, number: int) -> str | None:
    clock = reading.clock
    target = clock.periods[number].target
    is_last = number + 1 == len(clock.periods)
    return reading.target if is_last else target.text if target is not None else None


def _of_period(part: CountedPeriod, until: int, target: str | None) -> Iterator[_Piece]:
    at = part.since
    for since, over, pause in part.pauses:
        end = until if over is None or over > until else over
        if since < end:
            yield from _unpaused(part.hours, at, since, target)
            yield _Piece(since, end, "paused", None, pause.reason, target)
            at = end
    yield from _unpaused(part.hours, at, until, target)


def _unpaused(hours: CompiledCalendar, since: int, until: int, target: str | None) -> Iterator[_Piece]:
    at = since
    for start, end in hours.open_spans_us(since, until) if since < until else ():
        yield from _closed(hours, at, start, target)
        yield _Piece(start, end, "counted", None, "", target)
        at = end
    yield from _closed(hours, at, until, target)


def _closed(hours: CompiledCalendar, since: int, until: int, target: str | None) -> Iterator[_Piece]:
    """Closed time day by day, since each day has a reason of its own."""
    while since < until:
        midnight, layer, reason = _closed_day(hours, since)
        end = min(until, midnight)
        yield _Piece(since, end, "closed", layer, reason, target)
        since = end


@lru_cache(maxsize=512)
def _closed_day(hours: CompiledCalendar, at: int) -> tuple[int, str, str]:
    """The end of the day, the layer that closed it, and its reason; the same nights close the clocks of many cases."""
    why = hours.explain(from_us(at))
    return _midnight_after(at, hours.timezone), why.layer, "" if why.layer in _SAID else why.reason


def _midnight_after(at: int, tz: ZoneInfo) -> int:
    day = from_us(at, tz).toordinal() + 1
    midnight = local_us(day, 0, tz)
    return midnight if midnight > at else (day - EPOCH_ORDINAL + 1) * DAY_US


def _merged(pieces: Iterable[_Piece]) -> Sequence[_Piece]:
    """Pieces of one nature that touch made one; empty ones left out."""
    found: list[_Piece] = []
    for piece in pieces:
        if piece.since >= piece.until:
            continue
        if found and found[-1].until == piece.since and found[-1][_NATURE] == piece[_NATURE]:
            found[-1] = found[-1]._replace(until=piece.until)
        else:
            found.append(piece)
    return found
