"""How many promises were kept: counts that add up, and three denominators with names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from servicekit.quantity import Ratio

if TYPE_CHECKING:
    from servicekit.sla.outcome import Outcome, OutcomeName

Convention: TypeAlias = Literal["all_labelled", "promised", "stopped"]
"""Which outcomes stand below the line; see :meth:`Attainment.ratio`."""

KEPT: tuple[OutcomeName, ...] = ("met", "no_target")
"""The outcomes above the line, where they are counted; tallies and the metrics of scorecards go by it."""

UNCOUNTED: Mapping[Convention, tuple[OutcomeName, ...]] = {
    "all_labelled": ("open", "cancelled"),
    "promised": ("open", "cancelled", "no_target"),
    "stopped": ("open", "cancelled", "no_target", "missed"),
}
"""The outcomes that count nowhere, by convention; tallies and the metrics of scorecards go by it."""


@dataclass(frozen=True, slots=True)
class Attainment:
    """A tally of outcomes; tallies add, and ratios are taken of the sum, never averaged.

    >>> day = Attainment(met=8, missed=1, no_target=1) + Attainment(met=1, met_late=1)
    >>> day.met, day.ratio("promised"), day.ratio("stopped"), day.ratio("all_labelled")
    (9, Ratio(numerator=9, denominator=11), Ratio(numerator=9, denominator=10), Ratio(numerator=10, denominator=12))
    """

    met: int = 0
    met_late: int = 0
    missed: int = 0
    open: int = 0
    cancelled: int = 0
    no_target: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Attainment:
        """The tally of some outcomes.

        >>> Attainment.of([]) == Attainment()
        True
        """
        tally = Counter[str](outcome.outcome for outcome in outcomes)
        return cls(**tally)

    def __add__(self, other: Attainment) -> Attainment:
        return Attainment(
            self.met + other.met,
            self.met_late + other.met_late,
            self.missed + other.missed,
            self.open + other.open,
            self.cancelled + other.cancelled,
            self.no_target + other.no_target,
        )

    @property
    def total(self) -> int:
        """All outcomes, decided or not.

        >>> Attainment(met=2, open=1).total
        3
        """
        return self.met + self.met_late + self.missed + self.open + self.cancelled + self.no_target

    def ratio(self, convention: Convention) -> Ratio:
        """The share of promises kept, by a named convention; open and cancelled outcomes count nowhere.

        * ``all_labelled``: (met + no_target) / (met + met_late + missed + no_target); what was never promised was kept.
          The convention of logs where every case carries a label, such as Boston's 311.
        * ``promised``: met / (met + met_late + missed); what is past due and not done counts against.
        * ``stopped``: met / (met + met_late); only what was done.

        >>> Attainment().ratio("promised").value is None
        True

        Raises:
            ValueError: there is no such convention.
        """
        if convention not in UNCOUNTED:
            raise ValueError(f"unknown convention {convention!r}; expected one of: {', '.join(UNCOUNTED)}")
        above, below = _COUNTED[convention]
        return Ratio(above(self), below(self))


def _sum_of(names: Sequence[str]) -> Callable[[Attainment], int]:
    get: Callable[[Attainment], Any] = attrgetter(*names)
    return get if len(names) == 1 else lambda tally: sum(get(tally))


_COUNTED = {
    convention: tuple(
        _sum_of([name for name in names if name not in uncounted]) for names in (KEPT, Attainment.__slots__)
    )
    for convention, uncounted in UNCOUNTED.items()
}
"""The outcomes above and below the line, by convention."""
