"""What the pictures of calendars show: the rows of a week as written, and of a span of dates as it came to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from servicekit.calendars.picture import Bars, Picture, PictureRow, clock_text
from servicekit.calendars.week import DAYS, by_weekday
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, HOUR_US, from_us
from servicekit.timeline.spans import Span, clip, intersect, merge, subtract
from servicekit.timeline.zone import offset_segments

if TYPE_CHECKING:
    from servicekit.calendars.calendar import Calendar
    from servicekit.calendars.compiled_calendar import CompiledCalendar, DayHours
    from servicekit.calendars.explanation import Explanation, LayerName
    from servicekit.calendars.any_calendar import CalendarForm

__all__ = ["WEEK_US", "days_picture", "in_week", "week_picture", "written_week"]

WEEK_US = 7 * DAY_US
_MOST_DAYS = 400


def in_week(spans: Iterable[Span]) -> list[Span]:
    """Readings past midnight of a Monday as a span list of one week: what runs past its end begins it.

    >>> in_week([(6 * DAY_US, 8 * DAY_US)]) == [(0, DAY_US), (6 * DAY_US, 7 * DAY_US)]
    True
    """
    pieces = (
        (max(a, n * WEEK_US) - n * WEEK_US, min(b, (n + 1) * WEEK_US) - n * WEEK_US)
        for a, b in spans
        for n in range(a // WEEK_US, b // WEEK_US + 1)
    )
    return merge(pieces)


def written_week(calendar: Calendar) -> list[Span]:
    """The weekly hours of a document less its breaks, in microseconds past midnight of a Monday."""
    hours, breaks = (
        in_week((i * DAY_US + w.start_us, i * DAY_US + w.end_us) for i in range(7) for w in week[i])
        for week in (by_weekday(calendar.weekly), by_weekday(calendar.breaks))
    )
    return subtract(hours, breaks)


def week_picture(calendar: CalendarForm) -> Picture:
    """The weekly hours of a document, breaks taken off; the tail of a night shift is drawn on the day it falls on.

    Calendars made of calendars are drawn as what comes out, if all their clocks are in one zone. Otherwise it differs
    from week to week, and the parts are drawn one under the other.
    """
    leaves = list(calendar._leaves())
    zones = {leaf.timezone for leaf in leaves}
    if len(zones) > 1:
        rows = [row for leaf in leaves for row in _week_rows(leaf, leaf.timezone or "zone of the policy")]
        return Picture(f"{type(calendar).__name__}: {len(leaves)} weeks, each on its own clock", tuple(rows))
    where = zones.pop() or "the zone of the policy"
    more = list(dict.fromkeys(name for leaf in leaves for name in _beyond_the_week(leaf)))
    besides = f"; not shown: {', '.join(more)}" if more else ""
    return Picture(f"A week in {where}{besides}", tuple(_week_rows(calendar)))


def _beyond_the_week(calendar: Calendar) -> Iterator[str]:
    """The layers of a document that a week cannot show."""
    layers = {
        "seasons": calendar.seasons,
        "holidays": calendar.holidays or calendar.extra_holidays,
        "recurring dates": calendar.recurring,
        "openings": calendar.openings,
        "closures": calendar.closures,
        "single dates": calendar.dates or calendar.date_breaks,
    }
    yield from (name for name, entries in layers.items() if entries)


def _week_rows(calendar: CalendarForm, note: str = "") -> Iterator[PictureRow]:
    week = calendar._week()
    for i, name in enumerate(DAYS):
        day = [(a - i * DAY_US, b - i * DAY_US) for a, b in clip(week, i * DAY_US, (i + 1) * DAY_US)]
        yield PictureRow(name, _bars(day), "" if i else note)


def days_picture(calendar: CompiledCalendar, first: date, last: date) -> Picture:
    """The open hours of the dates from ``first`` to ``last``, with the reason where it is not the weekly hours.

    Rows are readings of the calendar's clock: those that it skips or shows twice are marked.

    Raises:
        ValueError: ``last`` precedes ``first``, or they span more than 400 dates.
    """
    count = (last - first).days + 1
    if not 1 <= count <= _MOST_DAYS:
        raise ValueError(f"a picture shows 1 to {_MOST_DAYS} dates in order, not {count}: {first} to {last}")
    leaves = calendar.calendar._leaves()
    absolutes = (interval for leaf in leaves for interval in (*leaf.openings, *leaf.closures))
    marks = merge(span for interval in absolutes for span in interval.spans(calendar.timezone))
    rows = tuple(_day_row(calendar, first + timedelta(days=n), marks) for n in range(count))
    dates = f"{first} to {last}" if count > 1 else str(first)
    return Picture(f"{dates}, {calendar.timezone.key}", rows)


def _day_row(calendar: CompiledCalendar, on: date, marks: list[Span]) -> PictureRow:
    day, midnight = calendar.day(on), (on.toordinal() - EPOCH_ORDINAL) * DAY_US
    passes = list(_passes(calendar, midnight))
    shown, bars, again, repeated = (list[Span]() for _ in range(4))
    for start, end, offset in passes:
        readings = [(a + offset, b + offset) for a, b in calendar.open_spans_us(start - offset, end - offset)]
        twice = intersect([(start, end)], shown)
        bars += subtract(readings, shown)
        again += intersect(readings, twice)
        repeated += twice
        shown = merge([*shown, (start, end)])
    skipped = subtract([(midnight, midnight + DAY_US)], shown)
    drawn = [_bars([(a - midnight, b - midnight) for a, b in merge(s)]) for s in (bars, skipped, repeated, again)]
    spans = [(start - offset, end - offset) for start, end, offset in passes]
    moments = _middles(calendar, spans) if day.layer == "algebra" else (a for a, _ in intersect(merge(spans), marks))
    notes = dict.fromkeys((*_reasons(calendar, day, moments), *_changes(drawn[1], drawn[2])))
    label = f"{DAYS[on.weekday()].capitalize()} {on}"
    return PictureRow(label, drawn[0], "; ".join(notes), skipped=drawn[1], repeated=drawn[2], again=drawn[3])


def _passes(calendar: CompiledCalendar, midnight: int) -> Iterator[tuple[int, int, int]]:
    """The stretches of readings of a date that its clock shows, in order of time, each with its offset from UTC."""
    for year in range(from_us(midnight - 2 * DAY_US).year, from_us(midnight + 3 * DAY_US).year + 1):
        for since, until, offset in offset_segments(year, calendar.timezone):
            start, end = max(since + offset, midnight), min(until + offset, midnight + DAY_US)
            if start < end:
                yield start, end, offset


def _middles(calendar: CompiledCalendar, day: list[Span]) -> Iterator[int]:
    """An instant of each open and each closed stretch of a date: which of an algebra's calendars decides may change."""
    for start, end in day:
        is_open = calendar.open_spans_us(start, end)
        yield from (sum(span) // 2 for span in sorted([*is_open, *subtract([(start, end)], is_open)]))


def _reasons(calendar: CompiledCalendar, day: DayHours, moments: Iterable[int]) -> Iterator[str]:
    """What decided the date's hours, and what opened or closed parts of it."""
    works = day.layer == "holiday" and any(calendar.explain(span.start).layer == "holiday" for span in day.hours)
    yield from _said(day.layer, day.reason, is_open=works)
    leaves = [leaf for at in moments for leaf in _leaves(calendar.explain(from_us(at)))]
    half_days = {leaf.reason for leaf in leaves if leaf.layer == "holiday" and leaf.is_open}
    for leaf in leaves:
        yield from _said(leaf.layer, leaf.reason, is_open=leaf.reason in half_days)


def _leaves(explanation: Explanation) -> Iterator[Explanation]:
    """The explanations of single calendars."""
    yield from (leaf for part in explanation.parts for leaf in _leaves(part))
    if not explanation.parts:
        yield explanation


def _said(layer: LayerName, reason: str, *, is_open: bool) -> Iterator[str]:
    """What is out of the ordinary, in a few words."""
    if layer == "date":
        yield "date override"
    elif layer == "holiday" and is_open:
        yield f"half day: {reason}"
    elif layer not in ("weekly", "break", "algebra"):
        yield f"{layer} {reason}" if layer == "make-up" else f"{layer}: {reason}"


def _changes(skipped: Bars, repeated: Bars) -> Iterator[str]:
    """What was done to the clock."""
    for bar in skipped:
        yield f"{_clock(bar)} skipped" if bar != (0, 24) else "the clock skips this date"
    yield from (f"{_clock(bar)} twice" for bar in repeated)


def _clock(bar: tuple[float, float]) -> str:
    return "-".join(clock_text(hours) for hours in bar)


def _bars(spans: list[Span]) -> Bars:
    return tuple((start / HOUR_US, end / HOUR_US) for start, end in spans)
