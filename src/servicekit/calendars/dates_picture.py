"""The rows of a picture of dates: open hours as the clock shows them, and the reasons beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from servicekit.calendars.compiled_calendar import CompiledCalendar, DayHours
from servicekit.calendars.explanation import Explanation, LayerName
from servicekit.calendars.picture import Bars, Picture, PictureRow, clock_text
from servicekit.calendars.week import DAYS
from servicekit.calendars.week_picture import bars_of, leaves
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, from_us
from servicekit.timeline.spans import Span, intersect, merge, subtract
from servicekit.timeline.zone import offset_segments

_MOST_DAYS = 400


def dates_picture(calendar: CompiledCalendar, first: date, last: date) -> Picture:
    """The open hours of the dates from ``first`` to ``last``, with the reason where it is not the weekly hours.

    Rows are readings of the calendar's clock: those that it skips or shows twice are marked.

    Raises:
        ValueError: ``last`` precedes ``first``, or they span more than 400 dates.
    """
    count = (last - first).days + 1
    if not 1 <= count <= _MOST_DAYS:
        raise ValueError(f"a picture shows 1 to {_MOST_DAYS} dates in order, not {count}: {first} to {last}")
    absolutes = (interval for leaf in leaves(calendar.calendar) for interval in (*leaf.openings, *leaf.closures))
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
    drawn = [bars_of([(a - midnight, b - midnight) for a, b in merge(s)]) for s in (bars, skipped, repeated, again)]
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
    leaves = [leaf for at in moments for leaf in _single(calendar.explain(from_us(at)))]
    half_days = {leaf.reason for leaf in leaves if leaf.layer == "holiday" and leaf.is_open}
    for leaf in leaves:
        yield from _said(leaf.layer, leaf.reason, is_open=leaf.reason in half_days)


def _single(explanation: Explanation) -> Iterator[Explanation]:
    """The explanations of single calendars."""
    yield from (leaf for part in explanation.parts for leaf in _single(part))
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
