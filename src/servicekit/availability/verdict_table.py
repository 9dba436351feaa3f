"""A verdict as a row of a table for people."""

from __future__ import annotations

from fractions import Fraction

from servicekit.availability.budget import ErrorBudget
from servicekit.layout import Table
from servicekit.quantity import Ratio
from servicekit.quantity.exact import rounded

_HEAD = ("objective", "value", "target", "kept", "budget", "spent", "left", "unit")


def verdict_table(objective: str, measured: tuple[Fraction | None, Fraction], budget: ErrorBudget) -> Table:
    """What was measured beside what was to be reached, and the error budget.

    Shares are rounded down, so that one below the target is not shown as the target.

    >>> budget = ErrorBudget(Fraction(10), Fraction(3), "events")
    >>> print(verdict_table("search", (Fraction(997, 1000), Fraction(99, 100)), budget).text())
    objective      value     target  kept  budget  spent  left    unit
    search     99.7000 %  99.0000 %   yes    10.0    3.0   7.0  events
    """
    value, target = measured
    kept = "unknown" if value is None else "yes" if value >= target else "no"
    amounts = (f"{rounded(each, 1, 'half_even'):,f}" for each in (budget.allowed, budget.spent, budget.left))
    return Table(_HEAD, [(objective, _percent(value), _percent(target), kept, *amounts, budget.unit)], labels=1)


def _percent(share: Fraction | None) -> str:
    return "n/a" if share is None else Ratio(share.numerator, share.denominator).percent(4, "down")
