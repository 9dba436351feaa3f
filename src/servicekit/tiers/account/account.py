"""What is kept of one account: sums of days, orders that may come back, grants, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from servicekit.tiers.account.compiled_program import CompiledProgram
from servicekit.tiers.standing.status import ChangeKind

Number: TypeAlias = Decimal | int
"""The value of a metric."""


Order: TypeAlias = tuple[int, Decimal, Decimal, Decimal, Decimal, Decimal, str]
"""What an order counts: its day, what it counted and what it cost net of tax, how much of both is left of its lines,
what came back by amount, and ``returned`` once nothing is left.

An activity with a key is kept alike, with its ``delta`` as what it counted and its metric behind; a refund, so that it
counts once, with its own amount. A plain tuple: there is one for every order of a window, and the collector of
garbage forgets tuples of plain values."""


class Grant(NamedTuple):
    """A tier that was given, by its name, from a day through another; ``last`` of ``None`` is for good."""

    tier: str
    start: int
    last: int | None
    reason: str


class Met(NamedTuple):
    """Why a level was reached, kept or lost: the sums of a window and the criteria they were held against."""

    criterion: str
    tier: str
    sums: tuple[Number, ...]
    start: int
    last: int


class NetChange(NamedTuple):
    """One net change; the reasons are texts of grants, or what the criteria met."""

    day: int
    old: str
    new: str
    kind: ChangeKind
    reasons: tuple[Met | str, ...]


@dataclass(slots=True)
class Account:
    """An account at its open day: events of the day may still come, and the day's verdict is taken when it closes.

    ``level`` is what was earned, ``tier`` the name of what is in force, with grants; both are of the last closed day
    until the open one closes. ``review_after`` is the last day of the status period. ``days`` are those that may count,
    and ``day_sums`` has a list of their values for each metric; the window begins at the place ``first``, and ``sums``
    are its sums. ``falls_on`` says that a soft landing goes on tomorrow. Days before ``kept_from`` were dropped, and
    those before ``merged_before`` made one.
    """

    account_id: str
    version: CompiledProgram
    enrolled: int
    day: int
    level: int
    tier: str
    since: int
    review_after: int | None
    window_start: int
    sums: list[Number]
    days: list[int]
    day_sums: list[list[Number]]
    first: int
    orders: dict[str, Order]
    grants: list[Grant]
    changes: list[NetChange]
    reasons: list[Met | str]
    reviewed: bool
    active: bool
    falls_on: bool
    is_negative: bool
    kept_from: int
    merged_before: int

    def copy(self) -> Account:
        """Another account of the same content."""
        made = object.__new__(Account)
        for name in Account.__slots__:
            setattr(made, name, getattr(self, name))
        made.sums, made.days = self.sums.copy(), self.days.copy()
        made.day_sums = [each.copy() for each in self.day_sums]
        made.orders, made.grants = self.orders.copy(), self.grants.copy()
        made.changes, made.reasons = self.changes.copy(), self.reasons.copy()
        return made
