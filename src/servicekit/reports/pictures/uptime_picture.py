"""The days of a period side by side: when a service was up, down, and under maintenance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servicekit.layout import svg
from servicekit.reports.blocks.told import say
from servicekit.reports.pictures.picture import BLUE, ORANGE, picture, text
from servicekit.reports.pictures.uptime_days import UptimeDay
from servicekit.reports.words.report_words import ReportWords
from servicekit.timeline import Interval, IntervalSet

_LEFT, _TOP, _HEIGHT, _BOTTOM = 44, 10, 120, 44
_WIDEST, _WIDTH, _LEAST = 22.0, 600, 2.0
_MONTH = 31
_LOOKS: dict[str, dict[str, str]] = {
    "up": {"fill": BLUE, "fill_opacity": "0.45"},
    "excluded": {"fill": "currentColor", "fill_opacity": "0.6"},
    "down": {"fill": ORANGE},
}
"""How each is drawn, what must not be hidden last."""


def uptime_picture(days: Sequence[UptimeDay], words: ReportWords) -> str:
    """A column for each day, from midnight at its top to midnight at its foot; it tells its lengths when the pointer
    rests on it. What is closed or not known yet is left blank, and downtime is drawn two pixels high at least.

    >>> from datetime import UTC, date, datetime
    >>> from servicekit.reports.words.languages import ENGLISH
    >>> nine, ten = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10))
    >>> day = Interval(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
    >>> down = IntervalSet([Interval(nine, ten)])
    >>> drawn = uptime_picture([UptimeDay(date(2026, 3, 2), day, down.complement(day), down, IntervalSet())], ENGLISH)
    >>> "2026-03-02: down 1h, maintenance 0s" in drawn, 'y="55.0" width="20.00" height="5.0"' in drawn
    (True, True)
    """
    step = min(_WIDEST, _WIDTH / max(len(days), 1))
    size = max(round(_LEFT + step * len(days)), _LEFT + 260), _TOP + _HEIGHT + _BOTTOM
    columns = (part for place, day in enumerate(days) for part in _column(_LEFT + place * step, step, day, words))
    parts = [*_hours(), *columns, *_names(days, step), *_legend(words)]
    return picture(words.tell(say("uptime.figure")), "", size, parts)


def _hours() -> Iterator[str]:
    for hour in (0, 12, 24):
        yield text(_LEFT - 6, _TOP + _HEIGHT * hour / 24 + 4, f"{hour:02}:00", anchor="end")


def _column(x: float, step: float, day: UptimeDay, words: ReportWords) -> Iterator[str]:
    width = step - min(2.0, step / 6)
    for name, look in _LOOKS.items():
        spans: IntervalSet = getattr(day, name)
        yield from (svg.bar(x, width, _lane(span, day), **look) for span in spans)
    lengths = {"down": day.downtime, "maintenance": day.excluded.total}
    title = words.tell(say("uptime.day", day=day.day, **lengths))
    yield svg.bar(x, width, (_TOP, _HEIGHT), title=title, fill_opacity="0")


def _lane(span: Interval, day: UptimeDay) -> tuple[float, float]:
    """From where, and how far down, a stretch of the day is drawn; days with a changed clock are as high as others."""
    length = day.span.length
    top, height = (_HEIGHT * (part / length) for part in (span.start - day.span.start, span.length))
    height = max(height, _LEAST)
    return _TOP + min(top, _HEIGHT - height), height


def _names(days: Sequence[UptimeDay], step: float) -> Iterator[str]:
    """Days by their number; of more than a month, the first days of months."""
    every = max(1, round(18 / step))
    for place, day in enumerate(days):
        x, y = _LEFT + place * step + step / 2, _TOP + _HEIGHT + 16
        if len(days) <= _MONTH and place % every == 0:
            yield text(x, y, str(day.day.day), anchor="middle")
        elif len(days) > _MONTH and day.day.day == 1:
            yield text(x, y, f"{day.day:%m-%d}", anchor="middle")


def _legend(words: ReportWords) -> Iterator[str]:
    x, y = float(_LEFT), _TOP + _HEIGHT + 36
    for name in ("up", "down", "excluded"):
        told = words.tell(say(f"uptime.{name}"))
        yield svg.bar(x, 10, (y - 9, 10), **_LOOKS[name])
        yield text(x + 14, y, told)
        x += 30 + svg.text_width(told)
