"""Counts by weekday and hour: the darker a cell, the more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servicekit.layout import svg
from servicekit.reports.blocks.told import NamedTerm, say
from servicekit.reports.pictures.picture import BLUE, picture, text
from servicekit.reports.words.report_words import ReportWords

_LEFT, _TOP, _CELL, _GAP = 44, 20, 24, 2


def hour_map(by_hour: Sequence[Sequence[int]], words: ReportWords) -> str:
    """A cell for each hour of the week; each tells its count when the pointer rests on it.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> drawn = hour_map([[0] * 24] * 6 + [[0] * 9 + [7] + [0] * 14], ENGLISH)
    >>> drawn.count("<rect"), "Sunday, 09:00: 7 cases" in drawn
    (168, True)
    """
    most = max(map(max, by_hour), default=0)
    size = _LEFT + 24 * _CELL, _TOP + len(by_hour) * _CELL
    parts = [*_hours(), *(part for day, hours in enumerate(by_hour) for part in _row(day, hours, most, words))]
    return picture(words.tell(say("arrivals.figure")), "", size, parts)


def _hours() -> Iterator[str]:
    return (text(_LEFT + hour * _CELL, _TOP - 6, f"{hour:02}") for hour in range(0, 24, 3))


def _row(day: int, hours: Sequence[int], most: int, words: ReportWords) -> Iterator[str]:
    top = _TOP + day * _CELL
    yield text(_LEFT - 8, top + _CELL / 2 + 3, words.tell(NamedTerm("day", str(day))), anchor="end")
    weekday = NamedTerm("weekday", str(day))
    for hour, times in enumerate(hours):
        look = {"fill": BLUE, "fill_opacity": f"{0.06 + 0.94 * times / most if most else 0.06:.2f}"}
        title = words.tell(say("arrivals.cell", weekday=weekday, hour=f"{hour:02}", cases=times))
        yield svg.bar(_LEFT + hour * _CELL, _CELL - _GAP, (top, _CELL - _GAP), title=title, **look)
