"""What a number means: which rows count, what is taken of them, and what stands below the line.

A metric is a document of one of seven kinds: ratio, mean, net (promoters less detractors), sum, quantile, duration
(with what is still open), and within (whether something follows in time). Columns are those of a declared table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias, cast

from annotated_types import Ge, Interval, MinLen
from pydantic import BeforeValidator, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.rules import All, Condition, ConditionField, Exists, Not, where
from servicekit.timeline import SpanField

Unit: TypeAlias = Literal["share", "points", "duration", "count", "money", "score", "rate"]
"""How a value is read: a part of one, points of an index, whole microseconds, a count, an amount, a score, so many per
something else."""


def _days(value: object) -> object:
    """``7d`` as a length: a day is 24 hours here, whatever the clock does."""
    if isinstance(value, str) and (found := _DAYS.fullmatch(value.strip())):
        return timedelta(days=int(found[1]))
    return value


_DAYS = re.compile(r"([0-9]{1,5})\s*d")

WindowField = Annotated[SpanField, BeforeValidator(_days), Ge(timedelta())]
"""A document field that holds a length of time; days of 24 hours are written ``7d``."""

Better: TypeAlias = Literal["higher", "lower"]
"""Which way is the good one."""

ANY = where()
"""The condition that always holds."""


class Population(Document):
    """Rows of one table: those of ``where``, without those of ``leave_out``, which are counted by reason.

    >>> Population.parse("{table: answer, leave_out: {unanswered: {not: {field: score, op: exists}}}}").table
    'answer'
    """

    table: str
    """The table; see :data:`~servicekit.kpi.TABLES`."""
    where: ConditionField = ANY
    """Which rows are meant at all; others do not concern the metric."""
    at: str | None = None
    """The column of the moment by which rows belong to a period; that of the table where it is left out."""
    leave_out: Mapping[str, ConditionField] = {}
    """Which of those do not count, by reason; a row goes by the first reason that holds, and every one is told."""


class _Named(Document):
    """What all metrics say for people."""

    label: str = ""
    """The name for people."""
    min_n: Annotated[int, Ge(1)] = 1
    """Of fewer rows than this no value is shown, only how many there are."""


class _Metric(Population, _Named):
    """What all metrics say that are written out."""

    unit: Unit
    """How the value is read."""
    better: Better | None = None
    """Which way is the good one, where there is one."""

    def definition(self) -> Self:
        """The metric itself; a standard one writes itself out."""
        return self


class StandardMetric(_Named):
    """A metric of the field by its name, which writes itself out by its settings.

    >>> from servicekit.kpi import STANDARD
    >>> STANDARD["nps"]().definition().unit
    'points'
    """

    where: ConditionField = ANY
    """Which rows are meant, of those that the metric means by itself; of both tables, where it divides two."""

    def _said(self, counted: Mapping[str, object], **more: object) -> dict[str, object]:
        """What is said of the written-out metric, with the rows of this one."""
        own = cast(Condition, counted.get("where", ANY))
        return {**counted, "where": self._meant(own), "label": self.label, "min_n": self.min_n, **more}

    def _meant(self, own: Condition) -> Condition:
        """Which rows of a table are meant, of those that the metric means by itself."""
        if ANY in (own, self.where):
            return self.where if own == ANY else own
        return All(all=(own, self.where))


class Term(Population):
    """What stands below a line: rows counted, or a column of them added up.

    >>> Term(table="purchase").columns
    ()
    """

    columns: tuple[str, ...] = ()
    """The columns that are added up, each; rows are counted where there are none."""


class RatioMetric(_Metric):
    """So many of so many: the rows that satisfy ``of`` out of all that count, with Wilson's interval; or, with ``per``,
    rows or a column by those of another term, of this table or of another one.

    Rows of one thing, such as two answers to one invitation, count once where ``distinct`` names the column of the
    thing; in each group in which it has a row, and once in the total.

    >>> RatioMetric(table="answer", unit="share", of=where(score=[4, 5])).per is None
    True
    >>> RatioMetric(table="work", column="cost", unit="money", per=Term(table="contact")).per.table
    'contact'

    Raises:
        DocumentValueError: without ``per``, there is a ``column`` or ``distinct``; or there are both (code
            ``kpi.ratio``).
    """

    kind: Literal["ratio"] = "ratio"
    """Which metric it is."""
    of: ConditionField = ANY
    """What a row of the numerator satisfies."""
    column: str | None = None
    """The column that is added up above the line; rows are counted where it is left out."""
    distinct: str | None = None
    """The column whose different values are counted above the line, each once; a row without one is left out as
    ``missing``."""
    per: Term | None = None
    """What stands below the line, where that is not all rows that count."""
    scale: Annotated[int, Ge(1)] = 1
    """So many of those below the line at a time: 1,000 for complaints per 1,000 orders."""
    unit: Unit = "share"

    @model_validator(mode="after")
    def _has_a_line(self) -> Self:
        told = [name for name in ("column", "distinct") if getattr(self, name) is not None]
        if len(told) > (self.per is not None):
            hint = "say what stands below the line (per), and one of column and distinct"
            raise DocumentValueError("kpi.ratio", f"{' and '.join(told)} cannot stand above a line like that", hint)
        return self


class MeanMetric(_Metric):
    """The mean of a column over the rows that have it, with the interval of Student's t.

    >>> MeanMetric(table="contact", column="talk_us", unit="duration").column
    'talk_us'
    """

    kind: Literal["mean"] = "mean"
    """Which metric it is."""
    column: str
    """The column; a row without it is left out as ``missing``."""
    low: Decimal | int | None = None
    """The least value that there is: the limits do not go below it. With ``high``, and ``share`` as the unit, the mean
    is told as a part of the way from one to the other."""
    high: Decimal | int | None = None
    """The greatest value that there is."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        check_scale(self.low, self.high)
        return self


class NetMetric(_Metric):
    """The share of rows that satisfy one condition less the share of those that satisfy another, in points of 100.

    >>> NetMetric(table="answer", unit="points", plus=where(score=[9, 10]), minus=where(score=[0, 1])).unit
    'points'
    """

    kind: Literal["net"] = "net"
    """Which metric it is."""
    plus: ConditionField
    """What counts for."""
    minus: ConditionField
    """What counts against; no row may satisfy both."""
    method: Literal["adjusted_wald", "mover"] = "adjusted_wald"
    """How the interval is found."""
    unit: Unit = "points"


class SumMetric(_Metric):
    """A column added up, or rows counted; a census has no interval.

    Of no rows it is zero; of rows none of which has the column there is no sum.

    >>> SumMetric(table="case", unit="count").column is None
    True
    """

    kind: Literal["sum"] = "sum"
    """Which metric it is."""
    column: str | None = None
    """The column that is added up; rows are counted where it is left out."""
    unit: Unit = "count"


Keep: TypeAlias = Literal["values", "bins"]
"""What states keep of numbers whose quantiles are asked for: each of them, or the middles of bins of whole numbers, at
most 1/128 away from each, of which there are some 2,500 however many rows there are."""


class QuantileMetric(_Metric):
    """A quantile of a column over the rows that have it, with the interval of order statistics.

    >>> QuantileMetric(table="contact", column="wait_us", unit="duration", q="0.9", method="linear").q
    Decimal('0.9')
    """

    kind: Literal["quantile"] = "quantile"
    """Which metric it is."""
    column: str
    """The column; a row without it is left out as ``missing``."""
    q: Annotated[Decimal, Interval(gt=0, lt=1)]
    """Which quantile, such as 0.9."""
    method: Literal["linear", "nearest_rank"]
    """How it is read between two values: houses differ."""
    keep: Keep = "values"
    """What states keep."""


class DurationMetric(_Metric):
    """How long it takes until something ends, as a quantile; what has not ended counts as long as it has lasted.

    It goes from one instant to another, or it is a length that is recorded, with what tells whether it came to an end.
    The estimate is that of Kaplan and Meier, the interval Greenwood's on the log-log scale.

    >>> DurationMetric(table="case", start="opened_at", end="resolved_at", q="0.5", clock="wall").unit
    'duration'
    >>> DurationMetric(table="contact", length="wait_us", ended=where(outcome="abandoned"), q="0.5").clock is None
    True

    Raises:
        DocumentValueError: neither is said in full, or both are (code ``kpi.duration``).
    """

    kind: Literal["duration"] = "duration"
    """Which metric it is."""
    start: str | None = None
    """The column of the instant at which it begins; a row without one is left out as ``not started``."""
    end: str | None = None
    """The column of the instant at which it ends."""
    until: str | None = None
    """The column of the instant from which it cannot end any more, such as that of a cancellation: a row that has not
    ended by then counts as long as it had lasted."""
    clock: str | None = None
    """``wall``, or the calendar whose open time counts: houses differ."""
    length: str | None = None
    """The column of a recorded length, in microseconds; a row without one is left out as ``missing``."""
    ended: ConditionField | None = None
    """What a row satisfies whose length came to its end."""
    q: Annotated[Decimal, Interval(gt=0, lt=1)]
    """Which quantile, such as 0.5 for the median."""
    keep: Keep = "values"
    """What states keep."""
    unit: Unit = "duration"

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        told = (self.start, self.end, self.clock), (self.length, self.ended)
        is_one = sorted(None not in each for each in told) == [False, True] and not all(any(each) for each in told)
        if not is_one or (self.until is not None and self.end is None):
            hint = "give start, end and clock, and until where there is one; or length and ended"
            raise DocumentValueError("kpi.duration", "a duration is told in one of two ways", hint)
        return self


class WithinMetric(_Metric):
    """Whether a row is followed by another of the same key within some time, both ends included.

    The rows of ``where`` are what may be followed; those younger than ``within`` are left out as ``immature``, those
    without a key as ``nobody``.

    >>> first_contact = WithinMetric(
    ...     table="contact", at="arrived_at", key=("customer_id",), within=timedelta(days=7), unit="share",
    ...     counts="not_followed", of=where(outcome="answered"),
    ... )
    >>> first_contact.per
    'row'
    """

    kind: Literal["within"] = "within"
    """Which metric it is."""
    at: str
    """The column of the moment, in both tables."""
    key: Annotated[tuple[str, ...], MinLen(1)]
    """The columns that must be the same."""
    within: WindowField
    """How long after a row another one still follows it."""
    follower: Population | None = None
    """What follows; any row of the same table where it is left out, but for the row itself."""
    counts: Literal["followed", "not_followed"]
    """Which rows make the numerator."""
    of: ConditionField = ANY
    """What a row of the numerator must satisfy besides."""
    per: Literal["row", "episode", "first"] = "row"
    """What is counted: every row; chains of rows no further apart than ``within`` as one, where an episode of more than
    one row is followed; or the first row of each key."""
    unit: Unit = "share"


Metric: TypeAlias = RatioMetric | MeanMetric | NetMetric | SumMetric | QuantileMetric | DurationMetric | WithinMetric
"""Any metric."""


def check_scale(low: Decimal | int | None, high: Decimal | int | None) -> None:
    """Refuse a scale that does not rise.

    >>> check_scale(1, 5)

    Raises:
        DocumentValueError: ``low`` is not below ``high`` (code ``kpi.scale``).
    """
    if low is not None and high is not None and not low < high:
        raise DocumentValueError("kpi.scale", f"a scale rises from low to high, not from {low} to {high}", "swap them")


def negated(condition: Condition) -> Not:
    """The condition that holds where another one does not.

    >>> negated(where(channel="bot")).to_dict()
    {'not': {'channel': 'bot'}}
    """
    return Not.model_validate({"not": condition})


def lacks(column: str) -> Not:
    """The condition that a column is empty.

    >>> lacks("score").to_dict()
    {'not': {'field': 'score', 'op': 'exists'}}
    """
    return negated(Exists(field=column, op="exists"))


def whole_us(length: timedelta) -> int:
    """A length in whole microseconds.

    >>> whole_us(timedelta(seconds=20))
    20000000
    """
    return length // timedelta(microseconds=1)


def conditions_of(metric: Metric) -> Iterator[tuple[str, Population]]:
    """The tables that a metric reads, each with the rows of it, and where that stands in the document."""
    yield "", metric
    if isinstance(metric, RatioMetric) and metric.per is not None:
        yield "per", metric.per
    if isinstance(metric, WithinMetric) and metric.follower is not None:
        yield "follower", metric.follower
