"""The cells of CSV tables: numbers as programs read them, in as many parts as they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, TypeAlias

from servicekit._safe_text import with_codes
from servicekit.kpi import Measurement
from servicekit.layout import spreadsheet_text
from servicekit.quantity import Ratio
from servicekit.reports.blocks.told import ClockTime, ExactShare, LocalMoment, Phrase, Told
from servicekit.reports.words.report_words import ReportWords
from servicekit.timeline.zone import reading

Parts: TypeAlias = Mapping[str, str]
"""The parts of a cell by their names; the empty name is the cell itself."""


def cell_parts(told: Told, words: ReportWords) -> Parts:
    """A cell in parts: of a share the number and its counts, of limits both ends, of a length its seconds.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> cell_parts(Ratio(3, 4), ENGLISH)
    {'': '0.75', 'numerator': '3', 'denominator': '4'}
    >>> cell_parts(1_234, ENGLISH), cell_parts("=1+1", ENGLISH), cell_parts(timedelta(hours=1), ENGLISH)
    ({'': '1234'}, {'': "'=1+1"}, {'seconds': '3600'})
    """
    teller = _PARTS.get(type(told))
    if teller is not None:
        return teller(told)
    if isinstance(told, Phrase) and told.key.startswith("limits."):
        return {name: _number(each.exact) for name, each in told.fields.items() if isinstance(each, Measurement)}
    text = spreadsheet_text(with_codes(words.tell(told)))
    return {"": text} if text else {}


def _number(value: Fraction | None) -> str:
    """A number in the shortest digits that bring it back; whole ones and those beyond all floats exactly."""
    if value is None:
        return ""
    if value.denominator == 1:
        return str(value.numerator)
    try:
        return repr(float(value))
    except OverflowError:
        return str(round(value))


def _ratio(told: Ratio) -> Parts:
    return {"": _number(told.value), "numerator": str(told.numerator), "denominator": str(told.denominator)}


def _measured(told: Measurement) -> Parts:
    parts = {"": _number(told.exact), "unit": told.unit}
    if told.numerator is None or told.denominator is None:
        return parts
    counts = {"numerator": told.numerator, "denominator": told.denominator}
    return parts | {name: _number(Fraction(count)) for name, count in counts.items()}


def _moment(told: LocalMoment) -> Parts:
    return {"": reading(told.at, told.timezone)[0].isoformat()}


def _seconds(length: timedelta) -> Parts:
    return {"seconds": _number(Fraction(length // timedelta(microseconds=1), 1_000_000))}


_PARTS: Mapping[type, Callable[[Any], Parts]] = {
    int: lambda number: {"": str(number)},
    Ratio: _ratio,
    ExactShare: lambda told: _ratio(told.ratio),
    Measurement: _measured,
    LocalMoment: _moment,
    ClockTime: lambda told: _seconds(told.amount),
    timedelta: _seconds,
    date: lambda day: {"": day.isoformat()},
}
