"""One point: where it came from, what it is good for, and what has become of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

from servicekit.loyalty.terms import ConsumptionOrder

PointState: TypeAlias = Literal[
    "pending", "available", "held", "redeemed", "expired", "reversed", "adjusted", "repaid", "forfeited", "elsewhere"
]
"""Where a point is, or what has become of it; the first three make the balance, the last is outside the account."""

ALIVE: tuple[PointState, ...] = ("available", "pending", "held")


@dataclass(slots=True)
class SlowPoint:
    """A single point of an account.

    ``since`` is the day from which it is in its state; ``by`` names the command that took it, as the one in the order
    ``taken`` of all that were ever taken from the account.
    """

    currency: str
    origin: str
    earned_on: date
    arrived: datetime
    number: int
    expires_on: date | None
    available_on: date | None
    unit_value: Fraction | None
    state: PointState = "elsewhere"
    since: date = date.min
    by: str | None = None
    taken: int = 0

    def place(self, order: ConsumptionOrder) -> tuple[object, ...]:
        """Where it stands among the points of its account, by the order in which they are spent."""
        arrival = (self.arrived, self.number)
        match order:
            case "earliest_expiry":
                return self.expires_on or date.max, self.earned_on, *arrival
            case "fifo":
                return self.earned_on, *arrival
            case "lifo":
                return -self.earned_on.toordinal(), *arrival
            case "hifo":
                return -(self.unit_value or Fraction(0)), self.earned_on, *arrival


class SlowLot(NamedTuple):
    """Points of one origin and one last day, and their state."""

    origin: str
    expires_on: date | None
    points: int
    state: PointState = "available"


class SlowBalance(NamedTuple):
    """The four parts of a balance, or what is added to them."""

    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0


class SlowBooking(NamedTuple):
    """What a command has come to.

    ``lots`` are the points that it moved, in the order of consumption; ``change`` is what it adds to the balance of the
    account that it names first, before anything falls due by itself; ``missing`` points could not be taken back.
    """

    lots: tuple[SlowLot, ...]
    change: SlowBalance
    missing: int = 0
    replayed: bool = False

    @property
    def points(self) -> int:
        """How many points were moved."""
        return sum(lot.points for lot in self.lots)


def as_lots(points: Iterable[SlowPoint], state: PointState | None = None) -> tuple[SlowLot, ...]:
    """Points that lie side by side, counted by what they have in common; ``state`` stands in for their own."""
    shared = groupby(points, key=lambda point: (point.origin, point.expires_on, state or point.state))
    return tuple(SlowLot(origin, until, len(list(group)), now) for (origin, until, now), group in shared)
