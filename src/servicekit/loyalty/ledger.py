"""The ledger: commands in, bookings out, over a store; and what there is to ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from servicekit.loyalty.account.day_of import DayOf
from servicekit.loyalty.account.due import fall_due
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.balance import Balance
from servicekit.loyalty.booker import Booker
from servicekit.loyalty.command import Command
from servicekit.loyalty.entry import Booking, Entry
from servicekit.loyalty.fast_path import Answers, FastPath
from servicekit.loyalty.journal.export import journal_lines
from servicekit.loyalty.journal.journal_import import read_into
from servicekit.loyalty.journal.journal_reader import JournalReader
from servicekit.loyalty.journal.ledger_check import Verification, verify
from servicekit.loyalty.journal.seal import Seal, seal_of
from servicekit.loyalty.memory_store import MemoryStore
from servicekit.loyalty.names import check_name
from servicekit.loyalty.questions.expiring import ExpiringPoints
from servicekit.loyalty.questions.liability import Liability, liabilities
from servicekit.loyalty.questions.pool import Pool
from servicekit.loyalty.questions.reader import LedgerReader
from servicekit.loyalty.questions.statement import Statement
from servicekit.loyalty.rejected import InvalidDayError, NameTakenError, Rejected, UnknownAccountError
from servicekit.loyalty.store import LedgerStore, Posting, Row
from servicekit.loyalty.terms import BookingRules

_AT_ONCE = 500  # accounts whose points expire in one transaction


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

    __slots__ = ("_days", "_reader", "_rules", "_shortcut", "_store")

    def __init__(self, rules: BookingRules, store: LedgerStore | None = None) -> None:
        self._rules, self._days = rules, DayOf(rules.timezone)
        self._store: LedgerStore = MemoryStore() if store is None else store
        self._reader = LedgerReader(rules, self._store)
        self._shortcut = self._store.shortcut(rules)

    def __repr__(self) -> str:
        return f"Ledger({type(self._store).__name__})"

    def apply(self, command: Command) -> Booking:
        """Book a command, or replay it if it was booked under its key before.

        Raises:
            NaiveDatetimeError: ``at`` is a datetime without a time zone.
            Rejected: it cannot be booked; each reason has a class of its own, and nothing was changed.
        """
        if self._shortcut is not None and (booking := self._shortcut.apply(command)) is not None:
            return booking
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

    def apply_many(self, commands: Iterable[Command], *, all_or_none: bool = False) -> Sequence[Booking | Rejected]:
        """Book commands in one transaction, each seeing what the ones before it left; the answers in order.

        A command that is refused does not stop the others, unless ``all_or_none``.

        Raises:
            NaiveDatetimeError: an ``at`` is a datetime without a time zone; nothing is booked.
            Rejected: with ``all_or_none``, the first refusal; nothing is booked.
        """
        told = list(commands)
        with self._store.begin(self._rules.terms) as transaction:
            booker = Booker(self._rules, transaction, self._days)
            booker.lock(told)
            answers: list[Booking | Rejected | Row] = []
            journal, states = transaction.journal, booker.states
            fast_path = None if journal is None else FastPath(self._rules, journal)
            for command in told:
                answer = (fast_path and fast_path.book(command, states)) or booker.book(command)
                if all_or_none and isinstance(answer, Rejected):
                    raise answer
                answers.append(answer)
            booker.keep()
        return Answers(answers, journal)

    def run_expiry(self, today: date, accounts: Iterable[str] | None = None) -> int:
        """Write down what has fallen due up to a day, and say how many entries that were; safe to repeat.

        No answer depends on it: questions and commands take what is due into account by themselves.
        """
        due = sorted(self._store.due_accounts(today) if accounts is None else accounts)
        return sum(self._write_due(due[first : first + _AT_ONCE], today) for first in range(0, len(due), _AT_ONCE))

    def _write_due(self, accounts: Sequence[str], today: date) -> int:
        written = 0
        with self._store.begin(self._rules.terms) as transaction:
            states = [state.copy() for state in transaction.lock(accounts, ()).values() if state.due_on <= today]
            for state in states:
                entries = fall_due(state, today, self._rules.timezone, self._rules.terms)
                transaction.add(Posting("", None, entries))
                written += len(entries)
            transaction.keep(states)
        return written

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
        return self._reader.balance(account, self._rules.currency(currency), as_of, known_at)

    def statement(
        self,
        account: str,
        first_on: date,
        last_on: date,
        *,
        currency: str | None = None,
        known_at: datetime | None = None,
    ) -> Statement:
        """What happened to the points of an account on some days, by all that is known, or was known at an instant.

        Raises:
            UnknownAccountError: nothing was ever booked on the account.
            UnknownCurrencyError: there is no such currency, or several where none is named.
            ValueError: the last day comes before the first.
        """
        return self.pool([account]).statement(first_on, last_on, currency=currency, known_at=known_at)

    def expiring(self, account: str, as_of: date, *, currency: str | None = None) -> tuple[ExpiringPoints, ...]:
        """When the points of an account expire, all of them, if nothing else happens after a day, its last or later.

        Raises:
            UnknownAccountError: nothing was ever booked on the account.
            UnknownCurrencyError: there is no such currency, or several where none is named.
        """
        return self.pool([account]).expiring(as_of, currency=currency)

    def pool(self, accounts: Iterable[str]) -> Pool:
        """Several accounts, seen as one."""
        return Pool(self._reader, accounts)

    def liability(
        self,
        days: Iterable[date],
        *,
        expected: Fraction | Decimal | int = 1,
        currency: str | None = None,
        known_at: datetime | None = None,
    ) -> list[Liability]:
        """What is owed to all members at the end of each of some days; ``expected`` is the share that will be redeemed.

        >>> from servicekit.loyalty import FixedTerms, Terms
        >>> Ledger(FixedTerms(Terms("points"))).liability([date(2026, 1, 31)])[0].outstanding
        0

        Raises:
            TypeError: the share is a float.
            UnknownCurrencyError: there is no such currency, or several where none is named.
            ValueError: the share is not between 0 and 1.
        """
        return liabilities(self._reader, days, self._rules.currency(currency), expected, known_at)

    def verify(self, seals: Iterable[Seal] = ()) -> Verification:
        """Work out every account anew from its journal and compare it with what the store keeps, and with seals.

        Without seals, this finds what no ledger can have booked; with them, every entry that was changed since.

        >>> from servicekit.loyalty import FixedTerms, Terms
        >>> Ledger(FixedTerms(Terms("points"))).verify().is_sound
        True
        """
        return verify(self._rules, self._store, seals)

    def seals(self) -> list[Seal]:
        """The seal of every account as it is now, to be kept outside the store and given to :meth:`verify` later."""
        return [seal_of(account, self._store.entries(account)) for account in self._store.accounts()]

    def export(self) -> Iterator[str]:
        """The whole journal as lines of JSON in ASCII, without line breaks, for :meth:`import_journal`."""
        with self._store.begin(self._rules.terms) as transaction:
            closed_through = transaction.closed_through()
        return journal_lines(self._store, closed_through)

    def import_journal(self, lines: Iterable[str], name: str = "<journal>") -> int:
        """Read a journal that was exported into this store, which has none of its accounts: all of it, or nothing.

        Digests, keys and what they stand for stay as they were; ``name`` is that of the file, for problems. It says how
        many entries were read. What a :class:`MemoryStore` was asked lasts as long as its process: commands told again
        after the journal of one was read are refused, and not booked twice.

        Raises:
            JournalError: a line was changed, moved or removed, or holds what no ledger books; nothing was written.
            NameTakenError: the store has an account of the journal already.
        """
        with self._store.begin(self._rules.terms) as transaction:
            return read_into(transaction, JournalReader(lines, name, self._rules))

    def pseudonymise(self, account: str, to: str) -> None:
        """Give an account another name, in its whole journal; its entries, keys and digests stay as they are.

        Names in keys, reasons and actors are the caller's; keep them out.

        Raises:
            InvalidKeyError: the new name is none.
            NameTakenError: another account has it.
            UnknownAccountError: nothing was ever booked on the account.
        """
        if refusal := check_name(to, "the account"):
            raise refusal
        with self._store.begin(self._rules.terms) as transaction:
            states = transaction.lock(sorted({account, to}), ())
            if not states[account].version:
                raise UnknownAccountError(f"account {account!r} has not earned anything yet")
            if states[to].version:
                raise NameTakenError(f"there is an account {to!r} already")
            transaction.rename(account, to)

    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        """The journal as it was written: of an account past one of its versions, or of all past so many entries."""
        return self._store.entries(account, after)

    def accounts(self) -> Iterable[str]:
        """The names of all accounts, sorted."""
        return self._store.accounts()

    def state(self, account: str, as_of: date) -> AccountState:
        """What is open in an account at the end of a day, its last one or later: lots, holds and debts.

        Raises:
            UnknownAccountError: nothing was ever booked on the account.
        """
        return self._reader.seen(account, as_of).state
