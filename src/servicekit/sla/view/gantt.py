"""Clocks drawn as bars over time: inline SVG, standard library only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from servicekit.sla.view.span import SpanKind
from servicekit.sla.view.words import Words, moment_text
from servicekit.timeline.instant import EPOCH

__all__ = ["Bar", "Row", "gantt"]

_WIDTH, _ROW, _TOP, _GAP, _CHAR, _TICKS = 760, 30, 56, 14, 6.6, 6
_INK, _FAINT, _LINE, _DUE, _LATE = "#202428", "#5d646a", "#d5d9dc", "#8e1f14", "#d9705f"
_COLOURS: dict[SpanKind, str] = {
    "counted": "#2f7d5b",
    "closed": "#e4e7ea",
    "paused": "#e0a030",
    "discarded": "#b9a6cf",
}
_STEPS = [timedelta(minutes=n) for n in (1, 5, 10, 15, 30)] + [timedelta(hours=n) for n in (1, 2, 3, 6, 12)]
_STEPS += [timedelta(days=n) for n in (1, 2, 7, 14, 28, 91, 182, 364)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One span as it is drawn, with what shows when the pointer rests on it."""

    start: datetime
    end: datetime
    kind: SpanKind
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """One clock: its name, its spans, and its due moment where it has one."""

    label: str
    bars: tuple[Bar, ...]
    due_at: datetime | None

    @property
    def late(self) -> tuple[Bar, ...]:
        """What was counted after the due moment."""
        due = self.due_at
        if due is None:
            return ()
        counted = (bar for bar in self.bars if bar.kind == "counted" and bar.end > due)
        return tuple(replace(bar, start=max(bar.start, due)) for bar in counted)


class _Scale:
    """Instants to pixels, over all that the rows hold."""

    def __init__(self, rows: Sequence[Row]) -> None:
        moments = [m for row in rows for bar in row.bars for m in (bar.start, bar.end)]
        moments += [row.due_at for row in rows if row.due_at is not None]
        self.start, end = (min(moments), max(moments)) if moments else (EPOCH, EPOCH)
        self.length = max(end - self.start, timedelta(minutes=1))
        self.left = _GAP * 2 + max((_pixels(row.label) for row in rows), default=0)

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


def gantt(title: str, rows: Sequence[Row], timezone: str, words: Words) -> str:
    """The rows as one SVG element with a scale, its time zone, and a legend of what occurs.

    A red line stands at each due moment, and what was counted after it is red.
    Texts are escaped; the drawing has no scripts, and its own background.
    """
    zone, scale = ZoneInfo(timezone), _Scale(rows)
    width, height = round(scale.left + _WIDTH + _GAP * 3), _TOP + len(rows) * _ROW + 34
    told = escape(_plain(title))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'style="max-width:100%;height:auto" role="img" font-family="sans-serif" font-size="11"><title>{told}</title>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_GAP}" y="18" font-size="13" font-weight="bold" fill="{_INK}">{told}</text>',
        f'<text x="{width - _GAP}" y="18" fill="{_FAINT}" text-anchor="end">{escape(timezone)}</text>',
        *(_axis(scale, zone, height) if any(row.bars for row in rows) else ()),
    ]
    for number, row in enumerate(rows):
        parts += _drawn(row, scale, _TOP + number * _ROW, words, zone)
    return "".join((*parts, *_legend(rows, scale.left, height - 12, words), "</svg>"))


def _axis(scale: _Scale, zone: ZoneInfo, height: int) -> Iterator[str]:
    step_is_days = scale.length / timedelta(hours=12) > _TICKS
    for moment in scale.ticks(zone):
        x, text = scale.x(moment), f"{moment:%m-%d}" if step_is_days else f"{moment:%m-%d %H:%M}"
        yield f'<path d="M{x:.1f} {_TOP - 6}V{height - 30}" stroke="{_LINE}"/>'
        yield f'<text x="{x:.1f}" y="{_TOP - 10}" fill="{_FAINT}" text-anchor="middle">{text}</text>'


def _drawn(row: Row, scale: _Scale, top: int, words: Words, zone: ZoneInfo) -> Iterator[str]:
    yield f'<text x="{_GAP}" y="{top + 17}" fill="{_INK}">{escape(_plain(row.label))}</text>'
    for bar in row.bars:
        told = f"{moment_text(bar.start.astimezone(zone))} {words.kinds[bar.kind]} {bar.told}"
        yield _box(bar, scale, top, _COLOURS[bar.kind], told)
    for bar in row.late:
        told = f"{moment_text(bar.start.astimezone(zone))} {words.headings['late']}"
        yield _box(bar, scale, top, _LATE, told)
    if row.due_at is not None:
        x, told = scale.x(row.due_at), f"{words.headings['due']} {moment_text(row.due_at.astimezone(zone))}"
        yield f'<path d="M{x:.1f} {top}V{top + _ROW - 4}" stroke="{_DUE}" stroke-width="2"><title>{told}</title></path>'


def _box(bar: Bar, scale: _Scale, top: int, colour: str, told: str) -> str:
    x, wide = scale.x(bar.start), max((bar.end - bar.start) / scale.length * _WIDTH, 0.7)
    return (
        f'<rect x="{x:.2f}" y="{top + 4}" width="{wide:.2f}" height="{_ROW - 12}" fill="{colour}">'
        f"<title>{escape(_plain(told))}</title></rect>"
    )


def _legend(rows: Sequence[Row], left: float, y: int, words: Words) -> Iterator[str]:
    """The colours and the line that occur."""
    kinds = {bar.kind for row in rows for bar in row.bars}
    told = [(colour, words.kinds[kind]) for kind, colour in _COLOURS.items() if kind in kinds]
    told += [(_LATE, words.headings["late"])] if any(row.late for row in rows) else []
    x = left
    for colour, text in told:
        yield f'<rect x="{x:.1f}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
        yield f'<text x="{x + 14:.1f}" y="{y}" fill="{_FAINT}">{escape(text)}</text>'
        x += 30 + _pixels(text)
    if any(row.due_at is not None for row in rows):
        yield f'<path d="M{x + 4:.1f} {y - 10}V{y + 2}" stroke="{_DUE}" stroke-width="2"/>'
        yield f'<text x="{x + 12:.1f}" y="{y}" fill="{_FAINT}">{escape(words.headings["due"])}</text>'


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _pixels(text: str) -> float:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text) * _CHAR
