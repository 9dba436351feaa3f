"""Pictures of open hours: a row per day, a column per hour, as SVG for notebooks and as blocks for terminals.

Rows come from ``week_picture.py`` and ``dates_picture.py``. Times are readings of the calendar's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from servicekit.layout import aligned, printable, shortened, svg

Bars: TypeAlias = tuple[tuple[float, float], ...]
"""Stretches of one day's clock, in hours from 0 to 24."""

_HOUR, _ROW, _TOP, _GAP = 24, 20, 44, 12
_CELLS, _LONGEST_NOTE = 48, 56
_OPEN, _CLOSED, _SKIPPED, _TWICE = svg.BLUE, svg.TRACK, svg.GREY, svg.INK

_T_co = TypeVar("_T_co", covariant=True)
_Options = TypeVar("_Options", bound="_ConsoleOptions")


class _ConsoleOptions(Protocol):
    """The part of rich's ``ConsoleOptions`` that is used here."""

    def update(self: _Options, *, no_wrap: bool, overflow: str) -> _Options: ...


class _Console(Protocol[_T_co]):
    """The part of rich's ``Console`` that is used here; rich itself is never imported here."""

    def render_str(self, text: str, *, markup: bool, emoji: bool, highlight: bool) -> object: ...
    def render(self, renderable: object, options: object, /) -> Iterable[_T_co]: ...


@dataclass(frozen=True, slots=True)
class PictureRow:
    """One day: its label, the open readings of its clock in hours from 0 to 24, and a note beside it.

    On a day on which the clock is changed, it never shows the readings ``skipped``, and shows the readings ``repeated``
    twice; ``bars`` are then the open readings of the first time, and ``again`` the open readings of the second.

    >>> monday = PictureRow("mon", ((9.0, 12.5), (13.0, 17.0)), "")
    >>> monday.hours, monday.hours_text
    (7.5, '09:00-12:30, 13:00-17:00')
    """

    label: str
    bars: Bars
    note: str
    skipped: Bars = ()
    repeated: Bars = ()
    again: Bars = ()

    @property
    def hours(self) -> float:
        """How many hours are open; repeated hours count twice."""
        return sum(end - start for start, end in (*self.bars, *self.again))

    @property
    def hours_text(self) -> str:
        """The open readings as people write them, or ``closed``."""
        twice = (f"{clock_text(start)}-{clock_text(end)} again" for start, end in self.again)
        once = (f"{clock_text(start)}-{clock_text(end)}" for start, end in self.bars)
        return ", ".join((*once, *twice)) or "closed"


@dataclass(frozen=True, slots=True)
class Picture:
    """Open hours day by day. Notebooks show it as a drawing, ``rich`` and ``str`` as blocks of half hours.

    In the blocks, ``█`` is open, ``▌`` open in part, ``·`` closed, and a blank an hour that the clock skips.

    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon": ["09:00-12:00", "13:00-17:30"]})
    >>> print(*str(desk.picture()).splitlines()[:4], sep="\\n")
    A week in UTC
         0     3     6     9     12    15    18    21    24
    mon  ··················██████··█████████·············
    tue  ················································
    """

    title: str
    rows: tuple[PictureRow, ...]

    def __str__(self) -> str:
        hours = "".join(f"{hour:<6}" for hour in range(0, 24, 3))
        rows = ((printable(row.label), f"{_blocks(row)}  {printable(row.note)}") for row in self.rows)
        return "\n".join((printable(self.title), *aligned([("", f"{hours}24"), *rows])))

    def __rich__(self) -> object:
        return _InTerminal(str(self))

    def _repr_html_(self) -> str:
        return self.svg()

    def svg(self) -> str:
        """The drawing as one SVG element, without scripts, styles from outside or fonts of its own.

        It has a background of its own, light or dark as the reader likes pages. Texts of the document are escaped, and
        long notes shortened; the whole of a note shows when the pointer rests on it.
        """
        left = _GAP + max((svg.text_width(row.label) for row in self.rows), default=0.0) + _GAP
        notes = max((svg.text_width(shortened(row.note, _LONGEST_NOTE)) for row in self.rows), default=0.0)
        title = _GAP + svg.text_width(self.title, 13, is_bold=True)
        width = round(max(left + 24 * _HOUR + _GAP + notes, title) + _GAP)
        height, tops = _TOP + len(self.rows) * _ROW + 10, [_TOP + number * _ROW for number in range(len(self.rows))]
        parts = [svg.heading(_GAP, 17, self.title)]
        parts += [_bar(left, (0, 24), (top + 3, _ROW - 6), fill=_CLOSED) for top in tops]
        parts += _scale(left, height)
        parts += [piece for row, top in zip(self.rows, tops, strict=True) for piece in _row(row, left, top)]
        return svg.drawing(self.title, (width, height), parts)


@dataclass(frozen=True, slots=True)
class _InTerminal:
    """Text for rich, taken literally: brackets are not markup, and a narrow terminal cuts lines off."""

    text: str

    def __rich_console__(self, console: _Console[_T_co], options: _ConsoleOptions) -> Iterable[_T_co]:
        text = console.render_str(self.text, markup=False, emoji=False, highlight=False)
        return console.render(text, options.update(no_wrap=True, overflow="ellipsis"))


def _share(bars: Bars, cell: int) -> float:
    """How much of a half hour the bars cover."""
    return sum(max(0.0, min(end * 2, cell + 1) - max(start * 2, cell)) for start, end in bars)


def _blocks(row: PictureRow) -> str:
    """A character per half hour."""
    return "".join(_block(row, cell) for cell in range(_CELLS))


def _block(row: PictureRow, cell: int) -> str:
    shown = 1 - _share(row.skipped, cell) + _share(row.repeated, cell)
    is_open = _share(row.bars, cell) + _share(row.again, cell)
    if shown < 0.001:
        return " "
    return "█" if is_open > shown - 0.001 else "▌" if is_open > 0.001 else "·"


def _scale(left: float, height: int) -> Iterator[str]:
    for hour in range(0, 25, 3):
        x = left + hour * _HOUR
        yield svg.label(x, _TOP - 8, f"{hour:02d}", fill=svg.FAINT, text_anchor="middle")
        yield svg.line(x, _TOP - 4, height - 8, stroke=svg.LINE, stroke_opacity="0.8")


def _row(row: PictureRow, left: float, y: int) -> Iterator[str]:
    top, deep, half = y + 3.0, _ROW - 6.0, (_ROW - 6) / 2
    yield svg.label(_GAP, y + 14, row.label)
    for hours in row.skipped:
        yield _bar(left, hours, (top - 1, deep + 2), fill=svg.GROUND)
        yield _hatching(left, hours, top)
    lanes = [(hours, (top, deep)) for hours in _less(row.bars, row.repeated)]
    lanes += [(hours, (top, half - 0.5)) for hours in _within(row.bars, row.repeated)]
    lanes += [(hours, (top + half + 0.5, half - 0.5)) for hours in row.again]
    for hours, lane in lanes:
        title = f"{row.label} {clock_text(hours[0])}-{clock_text(hours[1])}"
        yield _bar(left, hours, lane, fill=_OPEN, title=title)
    for hours in row.repeated:
        yield _bar(left, hours, (top - 1.5, deep + 3), fill="none", stroke=_TWICE, stroke_width="1.5")
    if row.note:
        x, note = left + 24 * _HOUR + _GAP, shortened(row.note, _LONGEST_NOTE)
        yield svg.label(x, y + 14, note, fill=svg.FAINT, title=row.note)


def _bar(left: float, hours: tuple[float, float], lane: tuple[float, float], **look: str) -> str:
    return svg.bar(left + hours[0] * _HOUR, max((hours[1] - hours[0]) * _HOUR, 0.5), lane, **look)


def _hatching(left: float, hours: tuple[float, float], top: float) -> str:
    """Slanting lines over readings that do not exist."""
    x, end, deep = left + hours[0] * _HOUR, left + hours[1] * _HOUR, _ROW - 6
    starts = [x + n * 5 for n in range(int((end - x) / 5) + 1)]
    lines = "".join(
        f"M{at:.1f} {top + deep}l{min(7.0, end - at):.1f} {-deep * min(7.0, end - at) / 7:.1f}" for at in starts
    )
    return svg.element("path", d=lines, stroke=_SKIPPED, stroke_width="0.8")


def _less(bars: Bars, others: Bars) -> Bars:
    """The parts of ``bars`` outside ``others``."""
    for low, high in others:
        pieces = [piece for start, end in bars for piece in ((start, min(end, low)), (max(start, high), end))]
        bars = tuple((start, end) for start, end in pieces if start < end)
    return bars


def _within(bars: Bars, others: Bars) -> Bars:
    shared = ((max(a, low), min(b, high)) for a, b in bars for low, high in others)
    return tuple((start, end) for start, end in shared if start < end)


def clock_text(hours: float) -> str:
    """A reading in hours as people write it; seconds only where there are any.

    >>> clock_text(9.5), clock_text(24)
    ('09:30', '24:00')
    """
    seconds = round(hours * 3600)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    return f"{text}:{seconds % 60:02d}" if seconds % 60 else text
