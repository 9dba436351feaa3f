"""When the points of an account will expire, if nothing else happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from typing import NamedTuple

from servicekit.layout import Result, Table
from servicekit.loyalty.account.due import fall_due
from servicekit.loyalty.account.evolve import TermsOf
from servicekit.loyalty.account.state import AccountState

_FAR = date(9998, 12, 31)


class ExpiringPoints(NamedTuple):
    """Points that expire together: ``on`` is the first day on which they can no longer be used.

    ``by_inactivity`` says that any activity before that day keeps them for longer.

    >>> ExpiringPoints(date(2026, 7, 1), 300).by_inactivity
    False
    """

    on: date
    points: int
    by_inactivity: bool = False


def expiring(state: AccountState, currency: str, tz: tzinfo, terms_of: TermsOf) -> Counter[tuple[date, bool]]:
    """The points that expire after what is known of an account, by their day and whether inactivity is the reason.

    Pending points come, holds that end give their points back and debts are paid on the way, as they will.
    """
    expired: Counter[tuple[date, bool]] = Counter()
    for entry in fall_due(state.copy(), _FAR, tz, terms_of):
        if entry.kind != "expire" or entry.currency != currency:
            continue
        for lot, points in entry.allocations:
            expired[entry.on, lot.expires_on is None or lot.expires_on > entry.on] += points
    return expired


def schedule(expired: Iterable[Counter[tuple[date, bool]]]) -> tuple[ExpiringPoints, ...]:
    """What expires of several accounts, the earliest first."""
    together: Counter[tuple[date, bool]] = Counter()
    for each in expired:
        together.update(each)
    return ExpirySchedule(ExpiringPoints(on, points, by) for (on, by), points in sorted(together.items()))


class ExpirySchedule(Result, tuple[ExpiringPoints, ...]):
    """What expires, the earliest first.

    >>> print(ExpirySchedule([ExpiringPoints(date(2026, 7, 1), 300)]))
    usable through    points
    2026-06-30           300
    """

    __slots__ = ()

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each day and reason."""
        return [each._asdict() for each in self]

    def table(self) -> Table:
        """The last days on which points can be used."""
        rows = [
            (f"{each.on - timedelta(days=1)}", "without activity" if each.by_inactivity else "", f"{each.points:,}")
            for each in self
        ]
        return Table(("usable through", "", "points"), rows, labels=2)
