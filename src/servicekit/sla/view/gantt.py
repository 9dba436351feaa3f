"""Clocks drawn as bars over time, as inline SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

from servicekit.layout import shortened, svg
from servicekit.sla.view.clock_span import SpanKind
from servicekit.sla.view.language import Words, moment_text
from servicekit.timeline.instant import EPOCH

_WIDTH, _ROW, _TOP, _GAP, _TICKS = 760, 30, 56, 14, 6
_LONGEST_TITLE, _LONGEST_LABEL, _SMALLEST = 90, 40, Fraction(5, 6)
_LATE = (svg.RED, 18.0)
_LOOKS: dict[SpanKind, tuple[str, float]] = {
    "counted": (svg.BLUE, 18.0),
    "closed": (svg.GREY, 2.0),
    "paused": (svg.AMBER, 9.0),
    "discarded": (svg.VIOLET, 9.0),
}
"""The colour and the height of a span, so that kinds can be told apart without colours, too."""
_STEPS = [timedelta(minutes=n) for n in (1, 5, 10, 15, 30)] + [timedelta(hours=n) for n in (1, 2, 3, 6, 12)]
_STEPS += [timedelta(days=n) for n in (1, 2, 7, 14, 28, 91, 182, 364)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One span as it is drawn; its note shows when the pointer rests on it."""

    start: datetime
    end: datetime
    kind: SpanKind
    note: str


@dataclass(frozen=True, slots=True)
class ClockBars:
    """One clock: its name, its spans, and its due moment where it has one."""

    label: str
    bars: tuple[Bar, ...]
    due_at: datetime | None

    @property
    def late(self) -> tuple[Bar, ...]:
        """The time counted after the due moment."""
        due = self.due_at
        if due is None:
            return ()
        counted = (bar for bar in self.bars if bar.kind == "counted" and bar.end > due)
        return tuple(replace(bar, start=max(bar.start, due)) for bar in counted)


class _Scale:
    """Instants as pixels, over the whole time of the rows."""

    def __init__(self, rows: Sequence[ClockBars]) -> None:
        moments = [m for row in rows for bar in row.bars for m in (bar.start, bar.end)]
        moments += [row.due_at for row in rows if row.due_at is not None]
        self.start, end = (min(moments), max(moments)) if moments else (EPOCH, EPOCH)
        self.length = max(end - self.start, timedelta(minutes=1))
        self.left = _GAP * 2 + max((svg.text_width(shortened(row.label, _LONGEST_LABEL)) for row in rows), default=0)

    def x(self, moment: datetime) -> float:
        return self.left + (moment - self.start) / self.length * _WIDTH

    def ticks(self, zone: ZoneInfo) -> Iterator[datetime]:
        """Round readings of the zone's clock, a handful of them."""
        step = next((step for step in _STEPS if self.length / step <= _TICKS), _STEPS[-1])
        local = self.start.astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        count = -((midnight - local.replace(tzinfo=None)) // step)
        for number in range(_TICKS + 2):
            moment = (midnight + (count + number) * step).replace(tzinfo=zone)
            if self.start <= moment <= self.start + self.length:
                yield moment


def gantt(title: str, rows: Sequence[ClockBars], timezone: str, words: Words) -> str:
    """The rows as one SVG element with a scale, its time zone, and a legend.

    A line stands at each due moment, and time counted after it is red.
    Texts are escaped, and long ones shortened; the drawing has no scripts, and its own background. In a narrow page it
    shrinks as far as it can be read.
    """
    zone, scale, head = ZoneInfo(timezone), _Scale(rows), shortened(title, _LONGEST_TITLE)
    first_line = _GAP * 3 + svg.text_width(head, 13, is_bold=True) + svg.text_width(timezone)
    width, height = round(max(scale.left + _WIDTH + _GAP * 3, first_line)), _TOP + len(rows) * _ROW + 34
    parts = [
        svg.heading(_GAP, 18, head),
        svg.label(width - _GAP, 18, timezone, fill=svg.FAINT, text_anchor="end"),
        *(_axis(scale, zone, height) if any(row.bars for row in rows) else ()),
    ]
    for number, row in enumerate(rows):
        parts += _row(row, scale, _TOP + number * _ROW, words, zone)
    parts += _legend(rows, scale.left, height - 12, words)
    return svg.drawing(
        title, (width, height), parts, style=f"max-width:100%;min-width:{ceil(width * _SMALLEST)}px;height:auto"
    )


def _axis(scale: _Scale, zone: ZoneInfo, height: int) -> Iterator[str]:
    step_is_days = scale.length / timedelta(hours=12) > _TICKS
    for moment in scale.ticks(zone):
        x, text = scale.x(moment), f"{moment:%m-%d}" if step_is_days else f"{moment:%m-%d %H:%M}"
        yield svg.line(x, _TOP - 6, height - 30, stroke=svg.LINE)
        yield svg.label(x, _TOP - 10, text, fill=svg.FAINT, text_anchor="middle")


def _row(row: ClockBars, scale: _Scale, top: int, words: Words, zone: ZoneInfo) -> Iterator[str]:
    yield svg.short_label(_GAP, top + 17, row.label, _LONGEST_LABEL)
    for span in row.bars:
        note = f"{moment_text(span.start.astimezone(zone))} {words.kinds[span.kind]} {span.note}"
        yield _bar(span, scale, top, _LOOKS[span.kind], note)
    for span in row.late:
        yield _bar(span, scale, top, _LATE, f"{moment_text(span.start.astimezone(zone))} {words.headings['late']}")
    if row.due_at is not None:
        note = f"{words.headings['due']} {moment_text(row.due_at.astimezone(zone))}"
        yield svg.line(scale.x(row.due_at), top, top + _ROW - 4, stroke=svg.INK, stroke_width=2, title=note)


def _bar(span: Bar, scale: _Scale, top: int, look: tuple[str, float], note: str) -> str:
    width, (colour, height) = max((span.end - span.start) / scale.length * _WIDTH, 0.7), look
    return svg.bar(scale.x(span.start), width, (top + 13 - height / 2, height), fill=colour, title=note)


def _legend(rows: Sequence[ClockBars], left: float, y: int, words: Words) -> Iterator[str]:
    """The colours and the line that occur."""
    kinds = {span.kind for row in rows for span in row.bars}
    entries = [(look, words.kinds[kind]) for kind, look in _LOOKS.items() if kind in kinds]
    entries += [(_LATE, words.headings["late"])] if any(row.late for row in rows) else []
    x = left
    for (colour, height), text in entries:
        height = max(height * 0.6, 2.0)
        yield svg.bar(x, 10, (y - 4 - height / 2, height), fill=colour)
        yield svg.label(x + 14, y, text, fill=svg.FAINT)
        x += 30 + svg.text_width(text)
    if any(row.due_at is not None for row in rows):
        yield svg.line(x + 4, y - 10, y + 2, stroke=svg.INK, stroke_width=2)
        yield svg.label(x + 12, y, words.headings["due"], fill=svg.FAINT)
