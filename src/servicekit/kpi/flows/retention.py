"""Customers who are kept or lost in a period, and cohorts of those who came together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from servicekit.layout import Result, Table
from servicekit.quantity import Ratio
from servicekit.timeline.period import PeriodUnit, periods


@dataclass(frozen=True, slots=True)
class Retention(Result):
    """Of the customers at the start of a period, those that were lost; who joined meanwhile is told apart.

    >>> january = Retention(start=1000, lost=50, joined=120)
    >>> january.churn.value, january.retention.value, january.end
    (Fraction(1, 20), Fraction(19, 20), 1070)
    >>> Retention.between(start=200, end=210, joined=30).retention.value
    Fraction(9, 10)

    Raises:
        ValueError: more are lost than there were, or a number is negative.
    """

    start: int
    lost: int
    joined: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.lost <= self.start or self.joined < 0:
            raise ValueError(f"of {self.start} customers, 0 to all are lost, not {self.lost}; {self.joined} joined")

    @classmethod
    def between(cls, *, start: int, end: int, joined: int) -> Retention:
        """From the numbers at both ends; who joined and left within the period is among neither."""
        return cls(start, start + joined - end, joined)

    @property
    def end(self) -> int:
        """How many there are at the end."""
        return self.start - self.lost + self.joined

    @property
    def churn(self) -> Ratio:
        """The share that was lost; of no customers there is none."""
        return Ratio(self.lost, self.start)

    @property
    def retention(self) -> Ratio:
        """The share that was kept."""
        return Ratio(self.start - self.lost, self.start)

    def annual_churn(self, periods: int) -> Fraction | None:
        """The churn of a year of so many periods like this one: 1 - (1 - churn) ** periods.

        >>> Retention(start=2, lost=1).annual_churn(2)
        Fraction(3, 4)
        """
        kept = self.retention.value
        return None if kept is None else 1 - kept**periods

    def rows(self) -> Sequence[Mapping[str, object]]:
        """One row: the customers at both ends, the flows between, and the shares lost and kept."""
        counts = {"start": self.start, "lost": self.lost, "joined": self.joined, "end": self.end}
        return [{**counts, "churn": self.churn.value, "retention": self.retention.value}]

    def table(self) -> Table:
        """The customers at both ends, the flows between, and the shares lost and kept."""
        counts = (f"{each:,}" for each in (self.start, self.lost, self.joined, self.end))
        cells = (*counts, self.churn.percent(), self.retention.percent())
        return Table(("start", "lost", "joined", "end", "churn", "retention"), [cells], labels=0)


@dataclass(frozen=True, slots=True)
class CohortTable(Result):
    """Customers by the period in which they first came, and how many of them came again so many periods later.

    ``cohorts`` has for each period its counts, the size of the cohort first; a period in which nobody first came has
    zeros. Later periods that are not over are not there, which makes the table a triangle.

    >>> visits = [("a", date(2026, 1, 5)), ("b", date(2026, 1, 9)), ("a", date(2026, 2, 1)), ("c", date(2026, 3, 1))]
    >>> table = CohortTable.of(visits, "month")
    >>> table.cohorts
    {'2026-01': (2, 1, 0), '2026-02': (0, 0), '2026-03': (1,)}
    >>> table.share("2026-01", 1), table.share("2026-02", 1).value, table.overall(1)
    (Ratio(numerator=1, denominator=2), None, Ratio(numerator=1, denominator=2))
    """

    cohorts: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(
        cls, visits: Iterable[tuple[str, date]], unit: PeriodUnit, *, last: date | None = None, first_month: int = 1
    ) -> CohortTable:
        """From customers and the days on which they came, up to ``last``, by default the last day seen."""
        seen: defaultdict[str, set[date]] = defaultdict(set)
        for customer, on in visits:
            if last is None or on <= last:
                seen[customer].add(on)
        days = [on for each in seen.values() for on in each]
        if not days:
            return cls({})
        run = periods(unit, min(days), last or max(days), first_month=first_month)
        counts = [[0] * (len(run) - place) for place in range(len(run))]
        for each in seen.values():
            places = sorted({next(place for place, period in enumerate(run) if on in period) for on in each})
            for place in places:
                counts[places[0]][place - places[0]] += 1
        return cls({period.name: tuple(row) for period, row in zip(run, counts, strict=True)})

    def share(self, cohort: str, later: int) -> Ratio:
        """Of a cohort, the share that came again so many periods later; of nobody there is none."""
        counts = self.cohorts[cohort]
        return Ratio(counts[later], counts[0])

    def overall(self, later: int) -> Ratio:
        """Of all cohorts that are old enough together: counts are added, shares are not averaged."""
        old = [counts for counts in self.cohorts.values() if len(counts) > later]
        return Ratio(sum(counts[later] for counts in old), sum(counts[0] for counts in old))

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each cohort and each later period that is over, the size of the cohort with ``later`` 0."""
        return [
            {"cohort": name, "later": later, "customers": customers, "size": counts[0], "share": share.value}
            for name, counts in self.cohorts.items()
            for later, customers in enumerate(counts)
            for share in [self.share(name, later)]
        ]

    def table(self) -> Table:
        """A row for each cohort: its size, and the share that came again so many periods later."""
        most = max(map(len, self.cohorts.values()), default=0)
        rows = [
            (name, f"{counts[0]:,}", *(self.share(name, later).percent() for later in range(1, len(counts))))
            for name, counts in self.cohorts.items()
        ]
        head = ("cohort", "size", *(f"+{later}" for later in range(1, most)))
        return Table(head, [(*row, *[""] * (len(head) - len(row))) for row in rows], labels=1)
