"""What a replay comes to, as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import reduce
from operator import add
from typing import NamedTuple

from servicekit.errors import ProblemGroup, UnknownNameError
from servicekit.sla import Attainment, Convention
from servicekit.whatif.drawing import drawn
from servicekit.whatif.flip import Flip
from servicekit.whatif.line import ComparedLine
from servicekit.whatif.transitions import Transitions

__all__ = ["Comparison", "Edition", "SidedProblems"]


class Edition(NamedTuple):
    """Which policy stood on one side.

    >>> print(Edition("Hotline", "7"))
    Hotline 7
    """

    policy: str
    version: str

    def __str__(self) -> str:
        return f"{self.policy} {self.version}"


class SidedProblems(NamedTuple):
    """What stood in the way of verdicts: said by both policies of the same case, or by one alone.

    >>> SidedProblems().both
    ()
    """

    both: tuple[ProblemGroup, ...] = ()
    before: tuple[ProblemGroup, ...] = ()
    after: tuple[ProblemGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same cases under two policies: what was kept, what would have been, and which verdicts differ.

    ``lines`` count every outcome by metric, and by the values of the fact ``by`` if there is one. ``cases`` were
    judged; ``not_opened`` were opened after ``as_of``, and of ``without_verdict`` the problems say why neither policy
    has an outcome: the three add up to the cases that were brought. ``flips`` are some of ``flip_count``,
    change by change. ``labels`` gives the policies' words for the groups.

    >>> moved = Transitions({("met", "met"): 240, ("missed", "met"): 12, ("met", "met_late"): 3})
    >>> editions, now = (Edition("Hotline", "1"), Edition("Hotline", "2")), datetime.fromisoformat("2026-04-01T00:00Z")
    >>> comparison = Comparison(editions, now, "UTC", (ComparedLine("resolution", None, moved),), cases=255)
    >>> comparison.before["resolution"].met, comparison.after["resolution"].met, comparison.flip_count
    (243, 252, 15)
    >>> print(comparison)
    Hotline 1 -> Hotline 2, 255 cases
    resolution: 12 better, 3 worse, 240 unchanged
    """

    editions: tuple[Edition, Edition]
    as_of: datetime
    timezone: str
    lines: tuple[ComparedLine, ...]
    cases: int = 0
    not_opened: int = 0
    without_verdict: int = 0
    by: str | None = None
    flips: tuple[Flip, ...] = ()
    problems: SidedProblems = field(default_factory=SidedProblems)
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that either policy has, in order."""
        return tuple(dict.fromkeys(line.metric for line in self.lines))

    @property
    def before(self) -> Mapping[str, Attainment]:
        """Attainment under the first policy, by metric."""
        return {metric: self.line(metric).before for metric in self.metrics}

    @property
    def after(self) -> Mapping[str, Attainment]:
        """Attainment under the second policy, by metric."""
        return {metric: self.line(metric).after for metric in self.metrics}

    @property
    def flip_count(self) -> int:
        """How many verdicts differ, whether kept in ``flips`` or not."""
        return sum(line.transitions.flips for line in self.lines)

    def line(self, metric: str, group: str | None = None) -> ComparedLine:
        """A metric in one group of cases, or in all together.

        Raises:
            UnknownNameError: there is no such metric, or no such group.
        """
        of_metric = [line for line in self.lines if line.metric == metric]
        if not of_metric:
            raise UnknownNameError("metric", metric, self.metrics)
        if group is None:
            return ComparedLine(metric, None, reduce(add, (line.transitions for line in of_metric), Transitions()))
        groups = {line.group: line for line in of_metric if line.group is not None}
        if group not in groups:
            raise UnknownNameError(f"group of {metric}", group, filter(None, groups))
        return groups[group]

    def difference(self, metric: str, convention: Convention, group: str | None = None) -> Fraction | None:
        """Attainment after less before, in points; None where there is none on one of the sides.

        Raises:
            UnknownNameError: there is no such metric, or no such group.
            ValueError: there is no such convention.
        """
        return self.line(metric, group).difference(convention)

    def totals_last(self) -> tuple[ComparedLine, ...]:
        """The lines metric by metric, each metric's groups before its total."""
        if self.by is None:
            return self.lines
        return tuple(line for metric in self.metrics for line in (*self._groups(metric), self.line(metric)))

    def rows(self) -> tuple[dict[str, str | int | Fraction | None], ...]:
        """A row per metric and group, then the metric's total (``group`` is None); ready for a data frame.

        Counts are whole numbers, points exact fractions.
        """
        return tuple(line.row() for line in self.totals_last())

    def __str__(self) -> str:
        first, second = self.editions
        cases = "1 case" if self.cases == 1 else f"{self.cases} cases"
        return "\n".join([f"{first} -> {second}, {cases}", *map(str, self.totals_last())])

    def _repr_html_(self) -> str:
        return drawn(str(self).partition("\n")[0], self.by, self.totals_last())

    def _groups(self, metric: str) -> tuple[ComparedLine, ...]:
        return tuple(line for line in self.lines if line.metric == metric)
