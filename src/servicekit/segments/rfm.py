"""RFM: how recently, how frequently and for how much each customer bought, as scores beside those of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from annotated_types import Interval, MinLen
from pydantic import AfterValidator, BeforeValidator, Field

from servicekit.document import Document, DocumentValueError
from servicekit.layout import Result, Table
from servicekit.quantity import CurrencyMismatchError, Money
from servicekit.segments.rank_scores import Number, Ties, edge_score, rank_scores

if TYPE_CHECKING:
    from datetime import date

    from servicekit.segments.customer_summary import CustomerSummary

Frequency: TypeAlias = Literal["orders", "days", "repeat_days"]
"""What frequency counts: orders one by one, days with an order, or such days after the first."""


def _exact(value: object) -> object:
    if isinstance(value, float):
        raise DocumentValueError("segments.edges", f"{value!r} is a float", "write a whole number or a Decimal")
    return value


def _rising(edges: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    for place, (low, high) in enumerate(pairwise(edges), start=1):
        if not low < high:
            hint = "list each edge once, the least first"
            raise DocumentValueError("segments.edges", f"{high} does not lie above {low}", hint, path=f"[{place}]")
    return edges


_Edge = Annotated[Decimal, BeforeValidator(_exact)]
_Edges = Annotated[tuple[_Edge, ...], MinLen(1), AfterValidator(_rising)]


class RfmEdges(Document):
    """Edges of one's own between the bands of a metric, instead of ranks; a metric without edges goes by ranks.

    k edges make k + 1 bands, which cover everything; a value on an edge belongs to the band above it. Of recency the
    band of the fewest days has the best score.

    >>> RfmEdges.parse("{recency: [30, 90], monetary: [100, 500.50]}").monetary[1]
    Decimal('500.50')
    """

    recency: _Edges | None = None
    """Days since the last purchase."""
    frequency: _Edges | None = None
    """Orders or days, as ``frequency`` of the scoring says."""
    monetary: _Edges | None = None
    """Amounts, in the currency of the customers' spend."""

    @property
    def all(self) -> tuple[tuple[Decimal, ...] | None, ...]:
        """Those of recency, frequency and money, in this order."""
        return self.recency, self.frequency, self.monetary


class RfmScoring(Document):
    """How customers are scored.

    >>> RfmScoring.parse("{bins: 4, ties: midrank, frequency: days}").edges.frequency is None
    True
    """

    bins: Annotated[int, Interval(ge=2, le=100)] = 5
    """How many scores there are, from 1 for the worst, where a metric goes by ranks."""
    ties: Ties = "share"
    """How equal values are scored: ``share``, ``midrank`` or ``ntile``."""
    frequency: Frequency = "orders"
    """What frequency counts: ``orders``, ``days`` or ``repeat_days``."""
    edges: RfmEdges = Field(default_factory=RfmEdges)
    """Edges of one's own."""


@dataclass(frozen=True, slots=True)
class RfmValues:
    """The three metrics of one customer: days since the last purchase, how often they bought, and for how much.

    >>> RfmValues(3, 12, Money.parse("900 CNY")).frequency
    12

    Raises:
        TypeError: a number is not whole, or the amount is not Money.
    """

    recency_days: int
    frequency: int
    monetary: Money

    def __post_init__(self) -> None:
        if type(self.recency_days) is not int or type(self.frequency) is not int:
            raise TypeError(f"days and times are whole numbers, not {self.recency_days!r} and {self.frequency!r}")
        if not isinstance(self.monetary, Money):
            raise TypeError(f"an amount is Money, such as Money.parse('12.50 CNY'), not {self.monetary!r}")


@dataclass(frozen=True, slots=True)
class RfmScore:
    """The scores of one customer, the best is the highest, and the values that they are of.

    >>> str(RfmScore("m-1", 5, 4, 4, RfmValues(3, 12, Money.parse("900 CNY"))))
    '5-4-4'
    """

    customer_id: str
    r: int
    f: int
    m: int
    values: RfmValues

    def __str__(self) -> str:
        return f"{self.r}-{self.f}-{self.m}"

    def row(self) -> dict[str, str | int | Money]:
        """The scores, and the values that they are of, as columns of a row."""
        values = self.values
        return {
            "customer_id": self.customer_id,
            "r": self.r,
            "f": self.f,
            "m": self.m,
            "recency_days": values.recency_days,
            "frequency": values.frequency,
            "monetary": values.monetary,
        }


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """Which values one score of a metric covers: the least and the greatest that occur, and of how many customers.

    >>> ScoreBand("frequency", 5, 8, 20, 31).customers
    31
    """

    metric: Literal["recency", "frequency", "monetary"]
    score: int
    least: Number
    greatest: Number
    customers: int


class RfmTable(Result, Mapping[str, RfmScore]):
    """The scores of all customers who bought, by id.

    >>> RfmTable({}).bands
    ()
    """

    __slots__ = ("_scores",)

    def __init__(self, scores: Mapping[str, RfmScore]) -> None:
        self._scores = scores

    def __getitem__(self, customer_id: str) -> RfmScore:
        return self._scores[customer_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def __repr__(self) -> str:
        return f"RfmTable(customers={len(self)})"

    @property
    def bands(self) -> tuple[ScoreBand, ...]:
        """Which values each score of each metric covers; with ``ntile`` two scores may share a value."""
        return tuple(_bands(self._scores))

    def rows(self) -> Iterator[Mapping[str, object]]:
        """A row for each customer: the scores, and the values that they are of."""
        return (score.row() for score in self._scores.values())

    def table(self) -> Table:
        """The values that each score covers, and of how many customers."""
        lines = [
            (band.metric, f"{band.score}", f"{band.least:,}", f"{band.greatest:,}", f"{band.customers:,}")
            for band in self.bands
        ]
        head = ("metric", "score", "from", "to", "customers")
        return Table(head, lines, labels=1, caption=f"{len(self):,} customers who bought")


def rfm_values(
    summaries: Mapping[str, CustomerSummary], as_of: date, frequency: Frequency = "orders"
) -> dict[str, RfmValues]:
    """The metrics of all customers who bought; who never did has no recency, and so no score.

    >>> from datetime import date
    >>> from servicekit.segments import CustomerSummary
    >>> ann = CustomerSummary("ann", Money.parse("80 CNY"), 3, (date(2026, 1, 5), date(2026, 1, 12)))
    >>> rfm_values({"ann": ann}, date(2026, 2, 1), "days")["ann"].frequency
    2
    """
    return {
        customer_id: RfmValues(recency, getattr(summary, frequency), summary.spend)
        for customer_id, summary in summaries.items()
        if (recency := summary.recency_days(as_of)) is not None
    }


def score_rfm(values: Mapping[str, RfmValues], scoring: RfmScoring | None = None) -> RfmTable:
    """The scores of customers among each other; the order in which they come changes nothing.

    >>> days, times, spent = (3, 10, 45, 90, 200), (12, 8, 3, 1, 1), (900, 400, 150, 50, 20)
    >>> rows = {f"m-{n}": RfmValues(d, t, Money(s, "CNY")) for n, (d, t, s) in enumerate(zip(days, times, spent))}
    >>> table = score_rfm(rows, RfmScoring(ties="midrank"))
    >>> " ".join(map(str, table.values()))
    '5-5-5 4-4-4 3-3-3 2-2-2 1-2-1'
    >>> [(band.least, band.greatest) for band in table.bands if band.metric == "frequency"]
    [(1, 1), (3, 3), (8, 8), (12, 12)]

    Raises:
        CurrencyMismatchError: amounts are in two currencies.
    """
    scoring = scoring or RfmScoring()
    if len(currencies := sorted({each.monetary.currency for each in values.values()})) > 1:
        raise CurrencyMismatchError(*currencies[:2])
    edges, rows = scoring.edges, values.items()
    r = _recency_scores({name: each.recency_days for name, each in rows}, scoring)
    f = _scores({name: each.frequency for name, each in rows}, scoring, edges.frequency)
    m = _scores({name: each.monetary.amount for name, each in rows}, scoring, edges.monetary)
    return RfmTable({name: RfmScore(name, r[name], f[name], m[name], each) for name, each in rows})


def _scores(values: Mapping[str, Number], scoring: RfmScoring, edges: Sequence[Number] | None) -> dict[str, int]:
    if edges is None:
        return rank_scores(values, scoring.bins, scoring.ties)
    return {name: edge_score(value, edges) for name, value in values.items()}


def _recency_scores(days: Mapping[str, int], scoring: RfmScoring) -> dict[str, int]:
    """Fewer days are better, so they are ranked backwards; of bands by edges the first one is the best."""
    edges = scoring.edges.recency
    if edges is None:
        return rank_scores({name: -number for name, number in days.items()}, scoring.bins, scoring.ties)
    return {name: len(edges) + 2 - edge_score(number, edges) for name, number in days.items()}


_METRICS: Mapping[Literal["recency", "frequency", "monetary"], Callable[[RfmScore], tuple[int, Number]]] = {
    "recency": lambda score: (score.r, score.values.recency_days),
    "frequency": lambda score: (score.f, score.values.frequency),
    "monetary": lambda score: (score.m, score.values.monetary.amount),
}


def _bands(scores: Mapping[str, RfmScore]) -> Iterator[ScoreBand]:
    for metric, of in _METRICS.items():
        values: dict[int, list[Number]] = {}
        for score, value in map(of, scores.values()):
            values.setdefault(score, []).append(value)
        for score, inside in sorted(values.items()):
            yield ScoreBand(metric, score, min(inside), max(inside), len(inside))
