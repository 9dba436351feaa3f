"""The ledger: commands in, bookings out, over a store; and what there is to ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from servicekit.events import day_of
from servicekit.loyalty.account.day_of import DayOf
from servicekit.loyalty.account.due import fall_due
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.balance import Balance, balance_of
from servicekit.loyalty.booker import Booker
from servicekit.loyalty.command import Command
from servicekit.loyalty.entry import Booking, Entry
from servicekit.loyalty.memory_store import MemoryStore
from servicekit.loyalty.rejected import InvalidDayError, Rejected, UnknownAccountError
from servicekit.loyalty.store import LedgerStore, Posting
from servicekit.loyalty.terms import BookingRules
from servicekit.timeline import from_us, to_us


class Ledger:
    """Accounts of points by the rules of a programme, kept in a store; in memory where none is given.

    Nothing here reads a clock: each command says when it is given, each question for which day it is asked.

    >>> from datetime import UTC
    >>> from servicekit.loyalty import Earn, FixedTerms, Redeem, Terms
    >>> ledger = Ledger(FixedTerms(Terms("points")))
    >>> monday = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> ledger.apply(Earn("m-1", 120, at=monday, key="order:o-1")).points
    120
    >>> ledger.apply(Redeem("m-1", 50, at=monday, key="voucher:7")).allocations[0].points
    50
    >>> ledger.balance("m-1", monday.date()).available
    70
    """

    __slots__ = ("_days", "_rules", "_store")

    def __init__(self, rules: BookingRules, store: LedgerStore | None = None) -> None:
        self._rules, self._days = rules, DayOf(rules.timezone)
        self._store: LedgerStore = MemoryStore() if store is None else store

    def __repr__(self) -> str:
        return f"Ledger({type(self._store).__name__})"

    def apply(self, command: Command) -> Booking:
        """Book a command, or replay it if it was booked under its key before.

        Raises:
            NaiveDatetimeError: ``at`` is a datetime without a time zone.
            Rejected: it cannot be booked; each reason has a class of its own, and nothing was changed.
        """
        with self._store.begin(self._rules.terms) as transaction:
            booker = Booker(self._rules, transaction, self._days)
            booker.lock((command,))
            answer = booker.book(command)
            booker.keep()
        if isinstance(answer, Rejected):
            raise answer
        return answer

    def preview(self, command: Command) -> Booking:
        """What a command would book now, by the same way as :meth:`apply`, and without booking it.

        Raises:
            NaiveDatetimeError: ``at`` is a datetime without a time zone.
            Rejected: it would be refused.
        """
        with self._store.begin(self._rules.terms) as transaction:
            booker = Booker(self._rules, transaction, self._days, is_dry=True)
            booker.lock((command,))
            answer = booker.book(command)
        if isinstance(answer, Rejected):
            raise answer
        return answer

    def apply_many(self, commands: Iterable[Command], *, all_or_none: bool = False) -> list[Booking | Rejected]:
        """Book commands in one transaction, each seeing what the ones before it left; a list of answers, in order.

        A command that is refused does not stop the others, unless ``all_or_none``.

        Raises:
            NaiveDatetimeError: an ``at`` is a datetime without a time zone; nothing is booked.
            Rejected: with ``all_or_none``, the first refusal; nothing is booked.
        """
        told = list(commands)
        with self._store.begin(self._rules.terms) as transaction:
            booker = Booker(self._rules, transaction, self._days)
            booker.lock(told)
            answers: list[Booking | Rejected] = []
            for command in told:
                answer = booker.book(command)
                if all_or_none and isinstance(answer, Rejected):
                    raise answer
                answers.append(answer)
            booker.keep()
        return answers

    def run_expiry(self, today: date, accounts: Iterable[str] | None = None) -> int:
        """Write down what has fallen due up to a day, and say how many entries that were; safe to repeat.

        No answer depends on it: questions and commands take what is due into account by themselves.
        """
        return sum(self._write_due(account, today) for account in accounts or tuple(self._store.accounts()))

    def _write_due(self, account: str, today: date) -> int:
        with self._store.begin(self._rules.terms) as transaction:
            state = transaction.lock([account], [])[account].copy()
            entries = tuple(fall_due(state, today, self._rules.timezone, self._rules.terms))
            if entries:
                transaction.add(Posting("", None, entries))
                transaction.keep((state,))
            return len(entries)

    def close_period(self, through: date, today: date) -> None:
        """Book nothing on the days up to ``through`` any more; what falls due by itself keeps its day.

        Raises:
            InvalidDayError: the day is not over yet, or lies in a period that is closed.
        """
        with self._store.begin(self._rules.terms) as transaction:
            closed_through = transaction.closed_through() or date.min
            if not closed_through <= through < today:
                raise InvalidDayError(f"a period closes after {closed_through} and before {today}, not on {through}")
            transaction.close_period(through)

    def balance(
        self, account: str, as_of: date, *, currency: str | None = None, known_at: datetime | None = None
    ) -> Balance:
        """The points at the end of a day, by all that is known, or was known at an instant.

        Raises:
            UnknownAccountError: nothing was ever booked on the account.
            UnknownCurrencyError: there is no such currency, or several where none is named.
        """
        name = self._rules.currency(currency)
        state, ahead = self._seen(account, as_of)
        if known_at is None and not ahead and as_of < self._day_of(state):
            return self._store.balance(account, name, as_of)
        if known_at is None and as_of >= self._day_of(state):
            return _balance_now(state, name)
        known_us = to_us(known_at) if known_at is not None else None
        entries = (*self._store.entries(account), *ahead)
        return balance_of(
            each
            for each in entries
            if each.currency == name and each.on <= as_of and (known_us is None or each.recorded_us <= known_us)
        )

    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        """The journal as it was written: of an account past one of its versions, or of all past so many entries."""
        return self._store.entries(account, after)

    def state(self, account: str, as_of: date) -> AccountState:
        """What is open in an account at the end of a day, its last one or later: lots, holds and debts.

        Raises:
            UnknownAccountError: nothing was ever booked on the account.
        """
        return self._seen(account, as_of)[0]

    def _seen(self, account: str, today: date) -> tuple[AccountState, list[Entry]]:
        """The state of an account with what is due up to a day, and the entries that nobody has written yet."""
        state = self._store.state(account, self._rules.terms)
        if state is None:
            raise UnknownAccountError(f"account {account!r} has not earned anything yet")
        if state.due_on > today:
            return state, []
        state = state.copy()
        return state, fall_due(state, today, self._rules.timezone, self._rules.terms)

    def _day_of(self, state: AccountState) -> date:
        return day_of(from_us(state.recorded_us), self._rules.timezone)


def _balance_now(state: AccountState, currency: str) -> Balance:
    book = state.books.get(currency)
    if book is None:
        return Balance()
    held = sum(points for hold in state.holds.values() if hold.currency == currency for _, points in hold.allocations)
    return Balance(book.available, book.pending, held, book.debt)
