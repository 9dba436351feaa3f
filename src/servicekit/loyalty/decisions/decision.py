"""What a command books, worked out of states alone: for those who keep their journal themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from servicekit.loyalty.account.day_of import DayOf
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.booker import Booker
from servicekit.loyalty.command import Command, Referring
from servicekit.loyalty.entry import Booking, Entry
from servicekit.loyalty.rejected import Rejected
from servicekit.loyalty.store import Posting, StoredBooking
from servicekit.loyalty.terms import BookingRules


class Decision(NamedTuple):
    """The entries that a command adds to the journal, and the states of its accounts afterwards.

    >>> Decision((), {}).entries
    ()
    """

    entries: tuple[Entry, ...]
    states: Mapping[str, AccountState]


def decide(
    states: Mapping[str, AccountState],
    command: Command,
    rules: BookingRules,
    *,
    original: Booking | None = None,
    referring: Sequence[Entry] = (),
) -> Decision | Rejected:
    """What a command books on accounts in these states, or why it is refused; pure: ``states`` stay as they are.

    A :class:`Ledger` asks the same and keeps the answer. An account without a state is a new one. A command that names
    an earlier one needs that as ``original``, and the entries that have referred to it since as ``referring``. Whether
    the command's own key was used before, and which periods are closed, is for the keeper of the journal to see.

    >>> from datetime import UTC, datetime
    >>> from servicekit.loyalty import Earn, FixedTerms, Redeem, Terms
    >>> rules, monday = FixedTerms(Terms("points")), datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> earned = decide({}, Earn("m-1", 120, at=monday, key="order:o-1"), rules)
    >>> spent = decide(earned.states, Redeem("m-1", 50, at=monday, key="voucher:7"), rules)
    >>> spent.entries[0].number, spent.states["m-1"].books["points"].available
    (2, 70)
    >>> decide(spent.states, Redeem("m-1", 71, at=monday, key="voucher:8"), rules)
    InsufficientPointsError('71 points are asked for, and 70 are available')

    Raises:
        NaiveDatetimeError: ``at`` is a datetime without a time zone.
    """
    given = _Given(states, command, original, referring)
    booker = Booker(rules, given, DayOf(rules.timezone))
    booker.lock((command,))
    answer = booker.book(command)
    return answer if isinstance(answer, Rejected) else Decision(tuple(given.entries), booker.states)


class _Given:
    """What is given instead of a store: the transaction of one command, which keeps nothing."""

    journal = None

    def __init__(
        self, states: Mapping[str, AccountState], command: Command, original: Booking | None, referring: Sequence[Entry]
    ) -> None:
        self._states, self._referring, self.entries = states, referring, list[Entry]()
        of = command.of if isinstance(command, Referring) else None
        self._bookings = {} if original is None else {of: StoredBooking("", original)}

    def booking(self, key: str) -> StoredBooking | None:
        return self._bookings.get(key)

    def referring(self, account: str, key: str) -> Sequence[Entry]:
        return [entry for entry in self._referring if (entry.account, entry.of) == (account, key)]

    def asks(self, command: Command) -> object:
        return None

    def lock(self, accounts: Sequence[str], keys: Iterable[str]) -> dict[str, AccountState]:
        given = ((name, self._states.get(name)) for name in accounts)
        return {name: AccountState(name) if state is None else state.copy() for name, state in given}

    def closed_through(self) -> date | None:
        return None

    def add(self, posting: Posting) -> None:
        self.entries += posting.entries

    def keep(self, states: Iterable[AccountState]) -> None:
        pass

    def rename(self, account: str, to: str) -> None:
        pass

    def close_period(self, through: date) -> None:
        pass
