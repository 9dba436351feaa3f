"""The result of a replay, as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import reduce
from operator import add
from typing import NamedTuple

from servicekit.errors import ProblemGroup, UnknownNameError
from servicekit.layout import Result, Table
from servicekit.quantity import points_text
from servicekit.sla import Attainment, Convention
from servicekit.whatif.flip import Flip
from servicekit.whatif.line import ComparedLine
from servicekit.whatif.transitions import CHANGES, Transitions


class PolicyName(NamedTuple):
    """A policy by its name and version.

    >>> print(PolicyName("Hotline", "7"))
    Hotline 7
    """

    policy: str
    version: str

    def __str__(self) -> str:
        return f"{self.policy} {self.version}"


class SidedProblems(NamedTuple):
    """The problems of the cases: those that ``both`` policies have with the same case, and those of one policy alone.

    >>> SidedProblems().both
    ()
    """

    both: tuple[ProblemGroup, ...] = ()
    before: tuple[ProblemGroup, ...] = ()
    after: tuple[ProblemGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison(Result):
    """The same cases under two policies: attainment before and after, and the verdicts that differ.

    ``lines`` count every outcome by metric, and by the values of the fact ``by`` if there is one. ``cases`` were
    judged; ``not_opened`` were opened after ``as_of``; for ``without_verdict`` the problems say why neither policy
    has an outcome. The three add up to all cases. ``flips`` are some of ``flip_count``,
    change by change. ``labels`` gives the policies' words for the groups.

    >>> moved = Transitions({("met", "met"): 240, ("missed", "met"): 12, ("met", "met_late"): 3})
    >>> old, new = PolicyName("Hotline", "1"), PolicyName("Hotline", "2")
    >>> now = datetime.fromisoformat("2026-04-01T00:00Z")
    >>> comparison = Comparison((old, new), now, "UTC", (ComparedLine("resolution", None, moved),), cases=255)
    >>> comparison.before["resolution"].met, comparison.after["resolution"].met, comparison.flip_count
    (243, 252, 15)
    >>> print(comparison)
    Hotline 1 -> Hotline 2, 255 cases
    resolution: 12 better, 3 worse, 240 unchanged
    """

    policies: tuple[PolicyName, PolicyName]
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

    @property
    def _title(self) -> str:
        first, second = self.policies
        return f"{first} -> {second}, {self.cases} {'case' if self.cases == 1 else 'cases'}"

    def __str__(self) -> str:
        return "\n".join([self._title, *map(str, self.totals_last())])

    def table(self) -> Table:
        """A row for each metric and group: promises kept of those made, before and after, and what changed."""
        head = ("metric", *([self.by] if self.by else []), "before", "after", "points", *CHANGES)
        rows = [self._cells(line) for line in self.totals_last()]
        return Table(head, rows, caption=f"{self._title}; met of promised")

    def _cells(self, line: ComparedLine) -> tuple[str, ...]:
        group = () if self.by is None else ("all" if line.group is None else line.group,)
        shares = (str(tally.ratio("promised")) for tally in (line.before, line.after))
        changes = (str(line.transitions.times(change)) for change in CHANGES)
        return (line.metric, *group, *shares, points_text(line.difference("promised")), *changes)

    def _groups(self, metric: str) -> tuple[ComparedLine, ...]:
        return tuple(line for line in self.lines if line.metric == metric)
