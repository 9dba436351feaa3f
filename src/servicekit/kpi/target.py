"""What a number should be, what others reach, and whether a measurement proves it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, TypeAlias

from annotated_types import MinLen
from pydantic import BeforeValidator, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.kpi.measurement import Measurement
from servicekit.quantity import share
from servicekit.timeline.duration import parse_span

Status: TypeAlias = Literal["met", "met_not_proven", "missed_not_proven", "missed"]
"""Met or missed by the value; proven where the limit on the wrong side of the value says so as well."""


def _number(value: object) -> object:
    """A share may be written in per cent, a length as such; a float is what it is written as."""
    if isinstance(value, timedelta):
        return value // _ONE_US
    if not isinstance(value, str):
        return str(value) if isinstance(value, float) else value
    if value.strip().endswith("%"):
        return str(share(value))
    return parse_span(value) // _ONE_US if value.strip().endswith(("h", "m", "s")) else value


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
