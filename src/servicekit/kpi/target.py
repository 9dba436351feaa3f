"""What a number should be, what others reach, and whether a measurement proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, TypeAlias

from annotated_types import MinLen
from pydantic import BeforeValidator, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.errors import Problem
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.metric import Metric, NetMetric, Unit
from servicekit.quantity import share
from servicekit.quantity.share import decimal_text
from servicekit.timeline.duration import format_span, parse_span

Status: TypeAlias = Literal["met", "met_not_proven", "missed_not_proven", "missed"]
"""Met or missed by the value; proven where the limit on the wrong side of the value says so as well."""


class _Written(Fraction):
    """A number with the unit that it was written in."""

    def __repr__(self) -> str:
        return repr(Fraction(self))


class _Percentage(_Written):
    """A number that was written in per cent."""


class _Length(_Written):
    """A number of microseconds that was written as a length of time."""


def _number(value: object) -> object:
    """A share may be written in per cent, a length as such; a float is what it is written as."""
    if isinstance(value, timedelta):
        return _Length(value // _ONE_US)
    if not isinstance(value, str):
        return str(value) if isinstance(value, float) else value
    if value.strip().endswith("%"):
        return _Percentage(share(value))
    return _Length(parse_span(value) // _ONE_US) if value.strip().endswith(("h", "m", "s")) else value


_ONE_US = timedelta(microseconds=1)


class MetricTarget(Document):
    """What a metric should reach: ``at_least``, or ``at_most``, or both.

    A share may be written as ``90%``, a length as ``20s``; as a number, it is in microseconds.

    >>> MetricTarget(at_least="90%").status(Measurement("csat", "share", 100, Fraction(96, 100), low=0.902, high=0.984))
    'met'

    Raises:
        DocumentValueError: it says nothing, or what no value can be (code ``kpi.target``).
    """

    at_least: Annotated[Fraction, BeforeValidator(_number)] | None = None
    """The least value that is good enough."""
    at_most: Annotated[Fraction, BeforeValidator(_number)] | None = None
    """The greatest value that is good enough."""

    @model_validator(mode="after")
    def _says_something(self) -> MetricTarget:
        if self.at_least is None and self.at_most is None:
            raise DocumentValueError("kpi.target", "a target says nothing", "give at_least or at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise DocumentValueError("kpi.target", "at_least lies above at_most, which no value meets", "swap them")
        return self

    def status(self, measured: Measurement) -> Status | None:
        """Whether a measurement meets the target, and whether its interval proves that; ``None`` without a value.

        What is not sampled, as a census, proves itself; of what is, a missing limit proves nothing.

        >>> MetricTarget(at_most=30).status(Measurement("wait", "count", 1, Fraction(20), is_sampled=True))
        'met_not_proven'
        """
        if measured.exact is None:
            return None
        ends = (measured.low, measured.high)
        is_sampled = measured.is_sampled or ends != (None, None)
        told = ends if is_sampled else (measured.exact, measured.exact)
        low, high = (None if each is None else Fraction(each) for each in told)
        if self._holds(measured.exact):
            return "met" if self._is_proven(low, high) else "met_not_proven"
        return "missed_not_proven" if self._reaches(low, high) else "missed"

    def _is_proven(self, low: Fraction | None, high: Fraction | None) -> bool:
        """Whether everything between the limits is good enough."""
        is_enough = self.at_least is None or (low is not None and low >= self.at_least)
        return is_enough and (self.at_most is None or (high is not None and high <= self.at_most))

    def _reaches(self, low: Fraction | None, high: Fraction | None) -> bool:
        """Whether anything between the limits is good enough."""
        is_enough = self.at_least is None or high is None or high >= self.at_least
        return is_enough and (self.at_most is None or low is None or low <= self.at_most)

    def _holds(self, value: Fraction) -> bool:
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


class Benchmark(Document):
    """What others reach, with the source and the day of it: a benchmark without them is a rumour.

    >>> Benchmark(value="70%", source="yearly survey of call centres", as_of="2025-06-30").as_of.year
    2025
    """

    value: Annotated[Fraction, BeforeValidator(_number)]
    """The value to compare with."""
    source: Annotated[str, MinLen(1)]
    """Who says so."""
    as_of: date
    """The day for which it was said."""


class Goals(NamedTuple):
    """What metrics should reach, what others reach, and how much a target counts, by metric."""

    targets: Mapping[str, MetricTarget] = MappingProxyType({})
    benchmarks: Mapping[str, Benchmark] = MappingProxyType({})
    weights: Mapping[str, Decimal] = MappingProxyType({})


def unit_problems(goal: MetricTarget | Benchmark, metric: Metric) -> Iterator[Problem]:
    """Numbers that no value of a metric can be, such as 90 of a share; code: ``kpi.unit``.

    >>> from servicekit.kpi import RatioMetric
    >>> for problem in unit_problems(MetricTarget(at_least=90), RatioMetric(table="case")):
    ...     print(problem)
    error kpi.unit at at_least: 90 is not a share from 0 to 1; write 0.9 or "90%"
    """
    unit = metric.unit
    for name in ("at_least", "at_most") if isinstance(goal, MetricTarget) else ("value",):
        number: Fraction | None = getattr(goal, name)
        if number is None:
            continue
        if _is_off(number, metric):
            what, hint = _FORMS[unit]
            if unit == "share" and 1 < number <= 100 and not isinstance(number, _Length):
                hint = f'write {_text(number / 100)} or "{_text(number)}%"'
            yield Problem("kpi.unit", name, f"{_text(number)} is not {what}", hint)
        elif unit == "duration" and 0 < number < _SHORT_US and not isinstance(number, _Length):
            words = f"{_text(number)} without a unit is so many microseconds"
            yield Problem.warning("kpi.unit", name, words, f"write {_text(number)}s if seconds are meant")


_FORMS: Mapping[Unit, tuple[str, str]] = {
    "share": ("a share from 0 to 1", 'write it such as 0.9 or "90%"'),
    "points": ("a number of points, which run from -100 to 100 in a net metric", "write it without a unit, such as 30"),
    "duration": ("a length of time of zero or more", "write it such as 20s, 4h or 1h30m"),
    "count": ("a count of zero or more", "write it without a unit, such as 30"),
    "money": ("an amount", "write it without a unit, such as 30"),
    "score": ("a score", "write it without a unit, such as 4.5"),
    "rate": ("a rate of zero or more", "write it without a unit, such as 4.5"),
}
"""What numbers of a unit are, and how they are written."""

_RANGES: Mapping[Unit, tuple[int | None, int | None]] = {
    "duration": (0, None),
    "count": (0, None),
    "rate": (0, None),
    "share": (0, 1),
}
_SHORT_US = 1000


def _is_off(number: Fraction, metric: Metric) -> bool:
    """Whether a number is written in another unit, or no value of the metric is so small or so great."""
    unit = metric.unit
    if isinstance(number, _Percentage):
        return unit not in ("share", "rate")
    if isinstance(number, _Length) and unit != "duration":
        return True
    low, high = (-100, 100) if isinstance(metric, NetMetric) else _RANGES.get(unit, (None, None))
    is_within = (low is None or number >= low) and (high is None or number <= high)
    return not is_within or (unit == "duration" and number.denominator > 1)


def _text(number: Fraction) -> str:
    """A number as it was written."""
    if isinstance(number, _Length):
        return format_span(timedelta(microseconds=int(number)))
    exact = decimal_text(abs(number * 100 if isinstance(number, _Percentage) else number)) or str(abs(number))
    return f"{'-' if number < 0 else ''}{exact}{'%' if isinstance(number, _Percentage) else ''}"
