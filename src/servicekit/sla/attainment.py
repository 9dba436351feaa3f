"""How many promises were kept: counts that add up, and three denominators with names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Literal, TypeAlias, get_args

from servicekit.quantity import Ratio
from servicekit.sla.outcome import Outcome

Convention: TypeAlias = Literal["all_labelled", "promised", "stopped"]
"""Which outcomes stand below the line; see :meth:`Attainment.ratio`."""


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
        return Attainment(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def total(self) -> int:
        """All outcomes, decided or not.

        >>> Attainment(met=2, open=1).total
        3
        """
        return sum(astuple(self))

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
        late = self.met_late + self.missed
        match convention:
            case "all_labelled":
                return Ratio(self.met + self.no_target, self.met + late + self.no_target)
            case "promised":
                return Ratio(self.met, self.met + late)
            case "stopped":
                return Ratio(self.met, self.met + self.met_late)
            case _:
                raise ValueError(
                    f"unknown convention {convention!r}; expected one of: {', '.join(get_args(Convention))}"
                )
