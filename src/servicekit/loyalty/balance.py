"""How many points an account has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from servicekit.loyalty.entry import Entry


class Balance(NamedTuple):
    """Points of one currency that can be spent, that cannot yet, that holds have set aside, and that are owed.

    >>> Balance(available=70, pending=20, held=10).total
    100
    """

    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0

    @property
    def total(self) -> int:
        """What is available, pending and held, less the debt."""
        return self.available + self.pending + self.held - self.debt

    def after(self, entries: Iterable[Entry]) -> Balance:
        """The balance after some more entries of the currency."""
        available, pending, held, debt = self
        for entry in entries:
            available += entry.available
            pending += entry.pending
            held += entry.held
            debt += entry.debt
        return Balance(available, pending, held, debt)


def balance_of(entries: Iterable[Entry]) -> Balance:
    """The balance after some entries of one currency."""
    return Balance().after(entries)
