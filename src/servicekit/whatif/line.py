"""One line of a comparison: a metric, for one group of cases or for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import get_args

from servicekit.sla import Attainment, Convention
from servicekit.whatif.transitions import CHANGES, Transitions


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """How a metric moved in one group of cases, or in all together (``group`` is None).

    Cases that came without the fact by which they are grouped stand under the empty text.

    >>> moved = Transitions({("met", "met"): 240, ("missed", "met"): 12, ("met", "met_late"): 3})
    >>> line = ComparedLine("resolution", None, moved)
    >>> print(line)
    resolution: 12 better, 3 worse, 240 unchanged
    >>> line.before.ratio("promised"), line.after.ratio("promised")
    (Ratio(numerator=243, denominator=255), Ratio(numerator=252, denominator=255))
    """

    metric: str
    group: str | None
    transitions: Transitions = field(default_factory=Transitions)

    @property
    def before(self) -> Attainment:
        """The tally of the first policy's outcomes."""
        return self.transitions.before

    @property
    def after(self) -> Attainment:
        """The tally of the second policy's outcomes."""
        return self.transitions.after

    def difference(self, convention: Convention) -> Fraction | None:
        """Attainment after less before, in points; see :meth:`Transitions.difference`."""
        return self.transitions.difference(convention)

    def row(self) -> dict[str, str | int | Fraction | None]:
        """The line as the cells of a table, by column."""
        sides = {"before": self.before, "after": self.after}
        tallies = {f"{name}_{side}": getattr(tally, name) for side, tally in sides.items() for name in tally.__slots__}
        changes: dict[str, int] = {change: self.transitions.times(change) for change in CHANGES}
        points = {f"points_{name}": self.difference(name) for name in get_args(Convention)}
        return {"metric": self.metric, "group": self.group, **tallies, **changes, **points}

    def __str__(self) -> str:
        where = self.metric if self.group is None else f"{self.metric} ({self.group})"
        always = ("better", "worse", "unchanged")
        counted = ((self.transitions.times(change), change) for change in CHANGES)
        return f"{where}: {', '.join(f'{times} {change}' for times, change in counted if times or change in always)}"
