"""Error budgets: how much may go wrong, how much went wrong, and how much is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Literal, TypeAlias

from servicekit.quantity import Share, share
from servicekit.timeline import IntervalSet, from_us
from servicekit.timeline.instant import SECOND_US, delta_to_us

BudgetUnit: TypeAlias = Literal["seconds", "events", "slices"]
"""What a budget counts."""


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """The failure that a target allows and the failure so far, as exact numbers of seconds, events or slices.

    The target is kept while ``spent <= allowed``. A budget is *exhausted* when nothing is left: the target is still
    kept, but the next failure breaks it. ``exhausted_at`` is the instant of that, for a budget of time.

    >>> budget = ErrorBudget(Fraction("2592"), Fraction("648"), "seconds")
    >>> str(budget.time_left)
    '0:32:24'
    >>> budget.left, budget.used, budget.is_exhausted, budget.is_overspent
    (Fraction(1944, 1), Fraction(1, 4), False, False)
    """

    allowed: Fraction
    spent: Fraction
    unit: BudgetUnit
    exhausted_at: datetime | None = None

    @property
    def left(self) -> Fraction:
        """How much may still go wrong; negative once the target is missed."""
        return self.allowed - self.spent

    @property
    def time_left(self) -> timedelta | None:
        """The rest of a budget of time, rounded down to the microsecond; None for a budget of events or slices."""
        return floor(self.left * SECOND_US) * timedelta(microseconds=1) if self.unit == "seconds" else None

    @property
    def used(self) -> Fraction | None:
        """The share that is spent, over 1 when overspent; None where nothing was allowed."""
        return self.spent / self.allowed if self.allowed else None

    def row(self) -> dict[str, Fraction | str | datetime | None]:
        """The budget as columns of a row."""
        return {"allowed": self.allowed, "spent": self.spent, "unit": self.unit, "exhausted_at": self.exhausted_at}

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing is left."""
        return self.spent >= self.allowed

    @property
    def is_overspent(self) -> bool:
        """Whether the target is missed."""
        return self.spent > self.allowed


def allowed_downtime(target: Share, length: timedelta) -> timedelta:
    """How long a service may be down in ``length`` and keep its target, rounded down to the microsecond.

    >>> str(allowed_downtime("99.9%", timedelta(days=28)))
    '0:40:19.200000'
    """
    return int(delta_to_us(length) * (1 - share(target))) * timedelta(microseconds=1)


def allowed_slices(target: Share, slices: int) -> int:
    """How many of so many slices of time may be bad, rounded down.

    >>> allowed_slices("95%", 14 * 24 * 60), allowed_slices("99.9%", 1999)
    (1008, 1)
    """
    return int(slices * (1 - share(target)))


def exhausted_at(down: IntervalSet, allowed: Fraction) -> datetime | None:
    """The instant at which the downtime has used up ``allowed`` seconds; None if it has not.

    With nothing allowed, the start of the first outage.

    >>> exhausted_at(IntervalSet.from_us([(0, 10_000_000), (20_000_000, 30_000_000)]), Fraction(15)).second
    25
    """
    left = allowed * SECOND_US
    for start, end in down.spans_us:
        if end - start >= left:
            return from_us(start + -(-left.numerator // left.denominator))
        left -= end - start
    return None
