"""Error budgets by period: a bar for what was used, against the line at which nothing is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from servicekit.layout import svg
from servicekit.quantity import Ratio
from servicekit.reports.blocks.told import ExactShare, say
from servicekit.reports.pictures.picture import BLUE, ORANGE, picture, text
from servicekit.reports.words.report_words import ReportWords
from servicekit.timeline import Period

_LEFT, _RIGHT, _TOP, _HEIGHT, _BOTTOM = 70, 30, 12, 120, 28
_STEP, _BAR = 56, 28

UsedBudget = tuple[Period, Fraction]
"""A period, and the share of its budget that is used; over 1 when the target is missed."""


def budget_picture(budgets: Sequence[UsedBudget], words: ReportWords) -> str:
    """Bars from zero; those over the line are of another colour. Each tells its share when the pointer rests on it.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> march, april = Period.parse("2026-03"), Period.parse("2026-04")
    >>> drawn = budget_picture([(march, Fraction(1, 2)), (april, Fraction(2))], ENGLISH)
    >>> "<title>2026-03: 50.0 %</title>" in drawn, drawn.count("#d55e00"), 'height="120.0"' in drawn
    (True, 1, True)
    """
    most = max(Fraction(1), *(used for _, used in budgets))
    size = max(_LEFT + _STEP * len(budgets) + _RIGHT, 200), _TOP + _HEIGHT + _BOTTOM
    bars = (part for place, each in enumerate(budgets) for part in _bar(place, each, most, words))
    return picture(words.tell(say("uptime.budgets")), "", size, [*bars, *_limit(size[0], most, words)])


def _bar(place: int, each: UsedBudget, most: Fraction, words: ReportWords) -> Iterator[str]:
    period, used = each
    x, height = _LEFT + place * _STEP + (_STEP - _BAR) / 2, float(_HEIGHT * used / most)
    title = words.tell(say("uptime.used", period=period, share=_share(used)))
    colour = ORANGE if used > 1 else BLUE
    yield svg.bar(x, _BAR, (_TOP + _HEIGHT - height, height), title=title, fill=colour)
    yield text(x + _BAR / 2, _TOP + _HEIGHT + 16, period.name, anchor="middle")


def _limit(width: int, most: Fraction, words: ReportWords) -> Iterator[str]:
    """The ground, and the line at which the budget is used up."""
    for used, dashes in ((Fraction(0), "none"), (Fraction(1), "4 3")):
        y = _TOP + float(_HEIGHT * (1 - used / most))
        look = {"stroke": "currentColor", "stroke_opacity": "0.55", "stroke_dasharray": dashes}
        yield svg.element("path", d=f"M{_LEFT} {y:.1f}H{width - _RIGHT}", fill="none", **look)
        yield text(_LEFT - 6, y + 4, words.tell(_share(used)), anchor="end")


def _share(used: Fraction) -> ExactShare:
    return ExactShare(Ratio(used.numerator, used.denominator))
