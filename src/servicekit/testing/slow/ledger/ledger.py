"""SlowLedger: points counted one by one, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Capture,
    Command,
    Earn,
    Hold,
    Redeem,
    Release,
    Reverse,
    Transfer,
    asked,
)
from servicekit.loyalty.rejected import (
    IdempotencyConflictError,
    InvalidDayError,
    InvalidPointsError,
    ReasonRequiredError,
    SameAccountError,
    UnknownAccountError,
    UnknownCurrencyError,
    UnknownEntryError,
)
from servicekit.loyalty.terms import Terms
from servicekit.testing.slow.ledger.account import SlowAccount
from servicekit.testing.slow.ledger.points import SlowLot, as_lots
from servicekit.testing.slow.ledger.verbs import Booked, SlowBooking, Told, book
from servicekit.timeline import zone


class SlowLedger:
    """A ledger found by walking: slow, short, and easy to believe.

    It shares nothing with ``loyalty`` but the words of commands, refusals and terms. Every point is an object, every
    account lives through every day: in the morning points become available, holds time out, and what is past its last
    day expires; then come the commands of the day.

    >>> from datetime import UTC
    >>> ledger, at = SlowLedger({"points": Terms("points")}), datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> ledger.apply(Earn("m-1", 30, at=at, key="order:1")).lots
    (SlowLot(origin='order:1', expires_on=None, points=30, state='available'),)
    >>> ledger.apply(Redeem("m-1", 10, at=at)).points
    10
    >>> ledger.counts("m-1", at.date())["available"]
    20
    """

    def __init__(self, terms: Mapping[str, Terms], *, timezone: str = "UTC") -> None:
        self.terms, self.timezone = dict(terms), zone(timezone)
        self._accounts: dict[str, SlowAccount] = {}
        self._booked: dict[str, Booked] = {}

    # -------------------------------------------------------------------------------------- questions
    def counts(self, account: str, on: date, currency: str | None = None) -> Counter[str]:
        """How many points are in which state on a day that is not past, and the debt."""
        seen, unit = self._seen(account, on), self._currency(currency)
        states = Counter(point.state for point in seen.points if point.currency == unit)
        return Counter({**states, "debt": seen.debts[unit]})

    def lots(self, account: str, on: date, currency: str | None = None) -> tuple[SlowLot, ...]:
        """The points that are left on a day that is not past, in the order in which they are spent."""
        return as_lots(self._seen(account, on).alive(self._currency(currency)))

    def as_of(self, account: str, on: date, known_at: datetime, currency: str | None = None) -> Counter[str]:
        """The parts of the balance at the end of a day, as they were known at an instant."""
        last, parts, unit = known_at.astimezone(self.timezone).date(), Counter[str](), self._currency(currency)
        for move in self._seen(account, last).moves:
            if move.currency == unit and move.on <= on and move.recorded <= known_at:
                parts[move.part] += move.points
        return parts

    def _seen(self, name: str, day: date) -> SlowAccount:
        """An account as it is on a day, without a trace of having looked."""
        seen = self._accounts[name].copy() if name in self._accounts else self._new(name, day)
        seen.live_through(day)
        return seen

    def _new(self, name: str, day: date) -> SlowAccount:
        return SlowAccount(name, self.terms, self.timezone, day)

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
        _check_words(command)
        original = self._original(command)
        unit = original.told.currency if original else self._currency(command.currency)
        told = Told(key, self._day(command), unit)
        accounts = [self._visited(*each, command.at) for each in _accounts_of(command, original)]
        booking = book(command, accounts, told, original)
        self._accounts |= {account.name: account for account in accounts}
        self._booked[key] = Booked(command, told, accounts[0].name, booking)
        if original is not None and isinstance(command, Reverse):
            original.undone += booking.points + booking.missing
        return booking

    def _original(self, command: Command) -> Booked | None:
        """The booking that a command refers to."""
        if not isinstance(command, Activate | Capture | Release | Reverse):
            return None
        booked = self._booked.get(command.of)
        kinds = {Capture: Hold, Release: Hold, Activate: Earn}
        if booked is None or not isinstance(booked.command, kinds.get(type(command), object)):
            raise UnknownEntryError(command.of)
        return booked

    def _currency(self, named: str | None) -> str:
        if named is None and len(self.terms) == 1:
            return next(iter(self.terms))
        if named is None or named not in self.terms:
            raise UnknownCurrencyError(named)
        return named

    def _day(self, command: Command) -> date:
        todays = command.at.astimezone(self.timezone).date()
        if command.on is not None and command.on > todays:
            raise InvalidDayError(str(command.on))
        return command.on or todays

    def _visited(self, name: str, may_open: bool, at: datetime) -> SlowAccount:
        """A copy of an account that has lived up to an instant; its own time never goes back."""
        if name not in self._accounts and not may_open:
            raise UnknownAccountError(name)
        account = self._seen(name, at.astimezone(self.timezone).date())
        account.now = max(account.now, at)
        return account


def _accounts_of(command: Command, original: Booked | None) -> Iterator[tuple[str, bool]]:
    """The accounts that a command moves points of, and whether it may open them."""
    if original is not None:
        yield original.account, False
    elif isinstance(command, Earn | Adjust):
        yield command.account, command.points >= 0
    elif isinstance(command, Redeem | Hold | Transfer):
        yield command.account, False
    if isinstance(command, Transfer):
        yield command.to, True


def _check_words(command: Command) -> None:
    """Refuse what no account could book."""
    points = getattr(command, "points", None)
    least = 0 if isinstance(command, Earn) else 1
    if points is not None and (abs(points) if isinstance(command, Adjust) else points) < least:
        raise InvalidPointsError(str(points))
    if isinstance(command, Adjust) and not command.reason:
        raise ReasonRequiredError(command.account)
    if isinstance(command, Transfer) and command.account == command.to:
        raise SameAccountError(command.to)
