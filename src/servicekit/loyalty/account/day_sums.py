"""What the entries of an account add up to on each day, so that a past balance adds up days and not entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from servicekit.loyalty.balance import Balance
from servicekit.loyalty.entry import Entry


class DaySums:
    """The sums of the entries that were read, by currency and day; ``count`` says how many they are.

    >>> sums = DaySums()
    >>> sums.read([Entry("m-1", 1, "earn", "points", date(2026, 1, 5), 0, "a", available=30)])
    >>> sums.balance("points", date(2026, 1, 5)).available, sums.balance("points", date(2026, 1, 4)).available
    (30, 0)
    """

    __slots__ = ("_by_currency", "count")

    def __init__(self) -> None:
        self.count = 0
        self._by_currency: dict[str, dict[date, list[int]]] = {}

    def read(self, entries: Iterable[Entry]) -> None:
        """Take more entries in; of each, only its currency, its day and the four numbers are looked at."""
        for _, _, _, currency, on, _, _, available, pending, held, debt, *_ in entries:
            by_day = self._by_currency.setdefault(currency, {})
            sums = by_day.setdefault(on, [0, 0, 0, 0])
            sums[0] += available
            sums[1] += pending
            sums[2] += held
            sums[3] += debt
            self.count += 1

    def balance(self, currency: str, on: date) -> Balance:
        """The sum of the entries of a currency that take effect up to a day."""
        days = [sums for day, sums in self._by_currency.get(currency, {}).items() if day <= on]
        return Balance(*map(sum, zip(*days, strict=True))) if days else Balance()
