"""Two loyalty programmes on one journal, as a frozen value: who gains, what it costs, and what is owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from servicekit.errors import ProblemGroup
from servicekit.layout import Result, Table
from servicekit.loyalty import Liability
from servicekit.quantity import Money
from servicekit.whatif.comparison import PolicyName


@dataclass(frozen=True, slots=True)
class PointsSide:
    """What one of the two programmes comes to.

    ``points`` are, by member, those that were used or can still be used: all that came, less what expired or was taken
    back. ``liability`` says what became of all points, and ``unit_value`` what one is worth, if the programme says it.
    Commands that it would have refused are among the ``problems``, with the code of the refusal.
    """

    policy: PolicyName
    points: Mapping[str, int] = field(hash=False)
    liability: Liability
    unit_value: Fraction | None = None
    money: str = ""
    problems: tuple[ProblemGroup, ...] = ()

    @property
    def cost(self) -> Money | None:
        """What the redeemed points were worth, in whole minor units (half even)."""
        return self._worth(self.liability.redeemed)

    @property
    def owed(self) -> Money | None:
        """What the outstanding points are worth, in whole minor units (half even)."""
        return self._worth(self.liability.outstanding)

    def _worth(self, points: int) -> Money | None:
        return (
            None
            if self.unit_value is None
            else Money(Decimal(1), self.money).times(self.unit_value * points, "half_even")
        )


class PointsGain(NamedTuple):
    """A member who has more under the second programme, or less; ``gain`` is in money where points have a value."""

    member: str
    before: int
    after: int
    gain: Fraction


@dataclass(frozen=True, slots=True)
class PointsComparison(Result):
    """The same members under two loyalty programmes, at the end of one day.

    Where both programmes say what a point is worth, in one currency of money, members are compared by that, and by
    their points otherwise. Under the same rules nobody gains or loses.

    >>> from datetime import date
    >>> day = Liability(date(2026, 1, 31), "points", 300, 0, 0, 0, 0, 300, 0)
    >>> old = PointsSide(PolicyName("shop", "1"), {"m-1": 100, "m-2": 200}, day)
    >>> new = PointsSide(PolicyName("shop", "2"), {"m-1": 150, "m-2": 200}, day._replace(earned=350))
    >>> print(PointsComparison(date(2026, 1, 31), old, new))
    shop 1 -> shop 2 as of 2026-01-31, 2 members: 1 gains, 0 lose, 1 unchanged
    """

    as_of: date
    before: PointsSide
    after: PointsSide

    @property
    def gains(self) -> tuple[PointsGain, ...]:
        """The members who gain or lose, who gains most first."""
        first, second = self.before, self.after
        members = dict.fromkeys((*first.points, *second.points))
        told = (PointsGain(each, *self._of(each)) for each in members)
        return tuple(sorted((each for each in told if each.gain), key=lambda each: (-each.gain, each.member)))

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each member who gains or loses, ready for a data frame; gains are exact fractions."""
        return [each._asdict() for each in self.gains]

    def __str__(self) -> str:
        gains = [each.gain for each in self.gains]
        up, down = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
        total = len({*self.before.points, *self.after.points})
        counts = (_counted(up, "gains", "gain"), _counted(down, "loses", "lose"), f"{total - up - down:,} unchanged")
        members = _counted(total, "member", "members")
        return f"{self.before.policy} -> {self.after.policy} as of {self.as_of}, {members}: {', '.join(counts)}"

    def table(self) -> Table:
        """The members who gain or lose, who gains most first."""
        rows = [(each.member, f"{each.before:,}", f"{each.after:,}") for each in self.gains]
        return Table(("member", "before", "after"), rows, labels=1, caption=str(self))

    def _of(self, member: str) -> tuple[int, int, Fraction]:
        first, second = self.before, self.after
        old, new = first.points.get(member, 0), second.points.get(member, 0)
        if first.unit_value is None or second.unit_value is None or first.money != second.money:
            return old, new, Fraction(new - old)
        return old, new, new * second.unit_value - old * first.unit_value


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
