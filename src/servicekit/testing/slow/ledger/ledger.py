"""SlowLedger: points counted one by one, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Capture,
    Command,
    Earn,
    Merge,
    Release,
    Reschedule,
    Reverse,
    Transfer,
    Unfreeze,
    asked,
)
from servicekit.loyalty.rejected import (
    AccountClosedError,
    IdempotencyConflictError,
    InvalidDayError,
    SameAccountError,
    UnknownAccountError,
    UnknownCurrencyError,
    UnknownEntryError,
)
from servicekit.loyalty.terms import Terms
from servicekit.testing.slow.ledger.account import Move, SlowAccount
from servicekit.testing.slow.ledger.slow_point import SlowBalance, SlowBooking, SlowLot, as_lots
from servicekit.testing.slow.ledger.verbs import Booked, Told, book
from servicekit.timeline import zone


class SlowLedger:
    """A ledger found by walking: slow, short, and easy to believe.

    It shares nothing with ``loyalty`` but the words of commands, refusals and terms. Every point is an object, every
    account lives through every day: in the morning points become available, holds time out, and what is past its last
    day expires; then come the commands of the day. The first currency is the usual one.

    >>> from datetime import UTC
    >>> from servicekit.loyalty import Redeem
    >>> ledger, at = SlowLedger(Terms("points")), datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> ledger.apply(Earn("m-1", 30, at=at, key="order:1")).lots
    (SlowLot(origin='order:1', expires_on=None, points=30, state='available'),)
    >>> ledger.apply(Redeem("m-1", 10, at=at)).points
    10
    >>> ledger.counts("m-1", at.date())["available"]
    20
    """

    def __init__(self, *terms: Terms, timezone: str = "UTC") -> None:
        self.terms, self.timezone = {each.currency: each for each in terms}, zone(timezone)
        self._accounts: dict[str, SlowAccount] = {}
        self._booked: dict[str, Booked] = {}
        self._first_open = date.min

    def close_period(self, through: date) -> None:
        """Book nothing on the days up to ``through`` any more."""
        self._first_open = through + timedelta(days=1)

    # -------------------------------------------------------------------------------------- questions
    def counts(self, account: str, on: date, currency: str | None = None) -> Counter[str]:
        """How many points are in which state on a day that is not past, and the debt."""
        seen, unit = self._seen(account, on), self._currency(currency)
        states = Counter[str](point.state for point in seen.points if point.currency == unit)
        return states + Counter(debt=seen.debts[unit])

    def lots(self, account: str, on: date, currency: str | None = None) -> tuple[SlowLot, ...]:
        """The points that are left on a day that is not past, in the order in which they are spent."""
        return as_lots(self._seen(account, on).alive(self._currency(currency)))

    def balance(
        self, account: str, as_of: date, *, currency: str | None = None, known_at: datetime | None = None
    ) -> SlowBalance:
        """The points at the end of a day, by all that is known, or was known at an instant."""
        unit = self._currency(currency)
        moves = self._seen(account, as_of).moves
        return _sum_of(
            move
            for move in moves
            if move.currency == unit and move.on <= as_of and (known_at is None or move.recorded <= known_at)
        )

    def _seen(self, name: str, day: date) -> SlowAccount:
        """An account as it is on a day, without a trace of having looked."""
        known = self._accounts.get(name)
        seen = known.copy() if known else SlowAccount(name, self.terms, self.timezone, day)
        seen.live_through(day)
        return seen

    # --------------------------------------------------------------------------------------- commands
    def apply(self, command: Command) -> SlowBooking:
        """Book a command, or refuse it and leave everything as it was.

        Raises:
            Rejected: it cannot be booked.
        """
        key = command.key or f"#{len(self._booked)}"
        if booked := self._booked.get(key):
            if asked(booked.command) != asked(command):
                raise IdempotencyConflictError(key)
            return booked.booking._replace(replayed=True)
        if isinstance(command, Transfer | Merge) and command.account == command.to:
            raise SameAccountError(command.to)
        original = self._original(command)
        unit = original.told.currency if original else self._currency(command.currency)
        accounts = self._visited(command, original)
        _check_status(command, accounts)
        told = Told(key, self._day(command, original, accounts[0].today), unit)
        before = [len(account.moves) for account in accounts]
        done = book(command, accounts, told, original)
        own = [[each for each in a.moves[n:] if not each.derived] for a, n in zip(accounts, before, strict=True)]
        booking = SlowBooking(as_lots(done.points, "available"), _sum_of(own[0]), done.missing)
        for account, moves in zip(accounts, own, strict=True):
            if moves or account is accounts[0]:
                account.catch_up(told.on)
                self._accounts[account.name] = account
        self._booked[key] = Booked(command, told, accounts[0].name, booking)
        if original is not None and isinstance(command, Reverse):
            original.undone += booking.points + booking.missing
        return booking

    def _original(self, command: Command) -> Booked | None:
        """The booking that a command refers to."""
        if not isinstance(command, Activate | Capture | Release | Reschedule | Reverse):
            return None
        if command.of not in self._booked:
            raise UnknownEntryError(command.of)
        return self._booked[command.of]

    def _currency(self, named: str | None) -> str:
        if named is not None and named not in self.terms:
            raise UnknownCurrencyError(named)
        return named or next(iter(self.terms))

    def _visited(self, command: Command, original: Booked | None) -> list[SlowAccount]:
        """Copies of the accounts of a command that have lived up to its instant; their time never goes back."""
        named = [getattr(command, name) for name in ("account", "to") if hasattr(command, name)]
        names = [original.account] if original else named
        if names[0] not in self._accounts and not isinstance(command, Earn | Adjust):
            raise UnknownAccountError(names[0])
        now = max([command.at, *(self._accounts[name].now for name in names if name in self._accounts)])
        accounts = [self._seen(name, now.astimezone(self.timezone).date()) for name in names]
        for account in accounts:
            account.now = now
        return accounts

    def _day(self, command: Command, original: Booked | None, today: date) -> date:
        """The day of effect: today or the one that is named; for a reversal that of its original, or the first open."""
        on = command.on or today
        if command.on is None and isinstance(command, Reverse) and original is not None:
            on = min(max(original.told.on, self._first_open), today)
        if not self._first_open <= on <= today:
            raise InvalidDayError(str(on))
        return on


def _check_status(command: Command, accounts: Sequence[SlowAccount]) -> None:
    """A closed account takes part in nothing, a frozen one in little but what it receives."""
    may = isinstance(command, Earn | Activate | Release | Reschedule | Reverse | Unfreeze)
    for account in accounts:
        is_shut = account.status == "frozen" and account is accounts[0] and not may
        if account.status == "closed" or is_shut:
            raise AccountClosedError(account.name)


def _sum_of(moves: Iterable[Move]) -> SlowBalance:
    sums = Counter[str]()
    for move in moves:
        sums[move.state] += move.points
    return SlowBalance(*(sums[part] for part in SlowBalance._fields))
