"""What the models know of each customer: how often they came back, when last, since when, and what they spent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from servicekit.errors import Problem
from servicekit.kpi.clv.error import ClvError

if TYPE_CHECKING:
    from servicekit.segments import CustomerSummary

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_COLUMNS = ("frequency", "recency", "age", "mean_spend")


class PurchaseHistories:
    """A row for each customer, as arrays of floats that cannot be written to.

    ``frequency`` is the number of purchases after the first, *x* of the papers, those of one day being one;
    ``recency`` the time from the first to the last, *t_x*, and 0 for who never came back; ``age`` the time from the
    first until now, *T*. Times are in weeks, as in the papers. ``mean_spend`` is what a purchase *after the first*
    brought on average, in any unit of money; it is not read where there was none. The columns may be arrays,
    sequences, or the columns of a data frame.

    >>> seen = PurchaseHistories([2, 1, 0], [30.43, 1.71, 0], [38.86, 38.86, 38.86], [22.35, 11.77, 0])
    >>> seen
    PurchaseHistories(customers=3, repeat_buyers=2)
    >>> from servicekit.kpi.clv import ClvError
    >>> try:
    ...     PurchaseHistories([2, 0.5], [30.43, 50], [38.86, 38.86])
    ... except ClvError as error:
    ...     print(*(f"{problem.code} at {problem.path}" for problem in error.problems), sep=", ")
    clv.frequency at frequency[1], clv.recency at recency[1]

    Raises:
        ClvError: a column does not hold numbers, or is not as long as the others; or a row contradicts itself.
    """

    __slots__ = ("age", "frequency", "mean_spend", "recency")

    frequency: Floats
    recency: Floats
    age: Floats
    mean_spend: Floats | None

    def __init__(
        self,
        frequency: npt.ArrayLike,
        recency: npt.ArrayLike,
        age: npt.ArrayLike,
        mean_spend: npt.ArrayLike | None = None,
    ) -> None:
        given = [value for value in (frequency, recency, age, mean_spend) if value is not None]
        read = [_column(name, value) for name, value in zip(_COLUMNS, given, strict=False)]
        columns = [column for column in read if not isinstance(column, Problem)]
        problems = [problem for problem in read if isinstance(problem, Problem)] or list(_faults(*columns))
        if problems:
            raise ClvError(problems)
        self.frequency, self.recency, self.age = columns[:3]
        self.mean_spend = columns[3] if len(columns) > 3 else None

    @classmethod
    def of(cls, summaries: Iterable[CustomerSummary], as_of: date) -> PurchaseHistories:
        """The histories of customers as :func:`servicekit.segments.summarise` knows them, in the same order.

        A summary does not tell what purchases after the first brought, so there is no ``mean_spend``.

        >>> from servicekit.quantity import Money
        >>> from servicekit.segments import CustomerSummary
        >>> days = (date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 26))
        >>> one = PurchaseHistories.of([CustomerSummary("m-1", Money(80, "CNY"), 4, days)], date(2026, 2, 9))
        >>> one.frequency.tolist(), one.recency.tolist(), one.age.tolist()
        ([2.0], [3.0], [5.0])

        Raises:
            ClvError: a customer never bought, or only after ``as_of``.
        """
        known = list(summaries)
        absent = (row for row, each in enumerate(known) if (each.age_days(as_of) if each.days else None) is None)
        if (row := next(absent, None)) is not None:
            words = f"customer {known[row].customer_id!r} never bought"
            raise ClvError([Problem("clv.never-bought", f"summaries[{row}]", words, "leave such customers out")])
        ages = [(each.age_days(as_of) or 0) / 7 for each in known]
        return cls([each.repeat_days for each in known], [each.span_days / 7 for each in known], ages)

    @property
    def repeat_buyers(self) -> Bools:
        """Which customers came back."""
        return self.frequency > 0

    def __len__(self) -> int:
        return len(self.frequency)

    def __repr__(self) -> str:
        return f"PurchaseHistories(customers={len(self)}, repeat_buyers={int(self.repeat_buyers.sum())})"


def _column(name: str, value: npt.ArrayLike) -> Floats | Problem:
    """A copy of a column that nobody writes to, or what is wrong with it as a whole."""
    try:
        column = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        return Problem(
            "clv.column", name, f"not a column of numbers ({str(fault)[:100]})", "give one number a customer"
        )
    if column.ndim != 1:
        return Problem("clv.column", name, f"has {column.ndim} dimensions, not one", "give one number a customer")
    column.setflags(write=False)
    return column


def _faults(frequency: Floats, recency: Floats, age: Floats, mean_spend: Floats | None = None) -> Iterator[Problem]:
    """What is wrong with the rows: of each kind of fault, how many rows and the first."""
    lengths = [len(column) for column in (frequency, recency, age, mean_spend) if column is not None]
    if len(set(lengths)) > 1 or not lengths[0]:
        words = f"the columns have {', '.join(map(str, lengths))} rows"
        yield Problem("clv.column", "", words, "give every column a row for each customer, and one customer or more")
        return
    count = (frequency >= 0) & (frequency == np.floor(frequency)) & np.isfinite(frequency)
    yield from _fault(
        "clv.frequency", "frequency", ~count, "a whole number, 0 or more", "count the purchases after the first"
    )
    time = (age >= 0) & np.isfinite(age)
    yield from _fault(
        "clv.age", "age", ~time, "a number of weeks, 0 or more", "count from the first purchase until now"
    )
    hint = "count from the first purchase to the last, with those of one day as one"
    between = (recency >= 0) & ((recency <= age) | ~time)
    yield from _fault("clv.recency", "recency", ~between, "a number of weeks from 0 to the age", hint)
    fits = (frequency > 0) == (recency > 0)
    yield from _fault("clv.recency", "recency", between & count & ~fits, "0 just where the frequency is 0", hint)
    if mean_spend is not None:
        spend = (frequency == 0) | ((mean_spend > 0) & np.isfinite(mean_spend))
        hint = "leave free orders and refunds out, and give takings, not profits; then count the frequency anew"
        yield from _fault("clv.spend", "mean_spend", ~spend, "a positive amount where the frequency is above 0", hint)


def _fault(code: str, column: str, wrong: Bools, expected: str, hint: str) -> Iterator[Problem]:
    if times := int(np.count_nonzero(wrong)):
        first = int(np.argmax(wrong))
        rows = "1 row is" if times == 1 else f"{times:,} rows are"
        yield Problem(code, f"{column}[{first}]", f"{rows} not {expected}", hint)
