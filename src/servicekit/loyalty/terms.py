"""What the ledger needs to know of one currency of points: a programme, compiled for booking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

ConsumptionOrder: TypeAlias = Literal["earliest_expiry", "fifo", "lifo", "hifo"]
Shortfall: TypeAlias = Literal["deny", "floor", "debt"]
ActivityKind: TypeAlias = Literal["earn", "redeem", "transfer_in", "adjust", "reverse", "release"]

CREDITS: frozenset[ActivityKind] = frozenset(("earn", "redeem", "transfer_in", "adjust", "reverse", "release"))


class Terms(NamedTuple):
    """How points of one currency expire, are spent and are taken back.

    ``expires_on`` gives the first unusable day of points earned on a day, by everything but inactivity; ``lapses_on``
    the first unusable day after a last activity, ``None`` where inactivity does nothing. ``available_on`` gives the day
    from which points can be spent, ``None`` for at once. ``activity`` lists what counts as activity.
    """

    currency: str
    expires_on: Callable[[date], date | None] = lambda earned_on: None
    lapses_on: Callable[[date], date] | None = None
    available_on: Callable[[date], date | None] = lambda earned_on: None
    activity: frozenset[ActivityKind] = CREDITS
    order: ConsumptionOrder = "earliest_expiry"
    minimum: int = 1
    multiple_of: int = 1
    most: int | None = None
    grace_days: int | None = None
    shortfall: Shortfall = "debt"
    from_other_lots: bool = True
