"""How commands are booked within one transaction of a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from servicekit.events import day_of
from servicekit.loyalty.account.draft import Draft
from servicekit.loyalty.account.due import fall_due, is_due
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Capture,
    Close,
    Command,
    Earn,
    Merge,
    Release,
    Reschedule,
    Reverse,
    Transfer,
    Unfreeze,
)
from servicekit.loyalty.decide.decide import ON_AN_EARLIER_ONE, ON_ONE_ACCOUNT, ON_TWO_ACCOUNTS
from servicekit.loyalty.decide.reverse import reversible
from servicekit.loyalty.entry import Booking, Entry
from servicekit.loyalty.names import check_name
from servicekit.loyalty.rejected import (
    AccountClosedError,
    IdempotencyConflictError,
    InvalidDayError,
    Rejected,
    SameAccountError,
    UnknownAccountError,
    UnknownEntryError,
    VersionConflictError,
)
from servicekit.loyalty.store import Change, StoredBooking, Transaction
from servicekit.loyalty.terms import BookingRules
from servicekit.timeline import from_us, to_us

Referring: TypeAlias = Activate | Capture | Release | Reschedule | Reverse
"""Commands that name an earlier one."""

REFERRING = (Activate, Capture, Release, Reschedule, Reverse)
_OPENING = (Earn, Adjust)
_WHILE_FROZEN = (Earn, Activate, Release, Unfreeze, Reschedule, Reverse)


class Booker:
    """Commands of one transaction, each seeing what the ones before it left; what is to be written is in ``changes``.

    With ``copies`` the locked states stay as they were until the changes are written, which a batch needs that may
    fail half-way.
    """

    __slots__ = ("_bookings", "_copies", "_draft", "_rules", "_states", "_transaction", "changes")

    def __init__(self, rules: BookingRules, transaction: Transaction, *, copies: bool) -> None:
        self._rules, self._transaction, self._copies = rules, transaction, copies
        self._draft = Draft(rules.terms)
        self._bookings: dict[str, StoredBooking] = {}
        self._states: dict[str, AccountState] = {}
        self.changes: list[Change] = []

    def lock(self, commands: Sequence[Command]) -> None:
        """Lock the accounts of some commands, those of earlier bookings that they refer to among them."""
        keys = {each.key for each in commands if each.key is not None}
        referred = {each.of for each in commands if isinstance(each, REFERRING)}
        accounts = {account for each in commands for account in each.accounts}
        for key in referred - keys:
            if check_name(key, "the key") is None and (known := self._transaction.booking(key)):
                accounts.update(entry.account for entry in known.booking.entries)
        named = sorted(each for each in accounts if check_name(each, "the account") is None)
        wanted = [key for key in keys | referred if check_name(key, "the key") is None]
        states = self._transaction.lock(named, wanted)
        self._states = {name: state.copy() for name, state in states.items()} if self._copies else dict(states)

    def book(self, command: Command) -> Booking | Rejected:
        """Book one command, or say why not."""
        key = command.key
        if key is not None:
            if refusal := check_name(key, "the key"):
                return refusal
            if (known := self._bookings.get(key) or self._transaction.booking(key)) is not None:
                return self._again(command, known)
        if isinstance(command, REFERRING):
            return self._on_an_earlier_one(command)
        if refusal := self._check_accounts(command.accounts):
            return refusal
        currency = self._rules.currency(command.currency)
        decide = ON_ONE_ACCOUNT.get(type(command)) or ON_TWO_ACCOUNTS[type(command)]
        return self._decide(command, command.accounts, decide, currency)

    def _check_accounts(self, names: tuple[str, ...]) -> Rejected | None:
        for name in names:
            if name not in self._states and (refusal := check_name(name, "the account")):
                return refusal
        if len(names) > 1 and names[0] == names[1]:
            return SameAccountError(f"the points of {names[0]!r} cannot go to itself")
        return None

    def _on_an_earlier_one(self, command: Referring) -> Booking | Rejected:
        known = None if check_name(command.of, "the key") else self._known(command.of)
        if known is None:
            return UnknownEntryError(f"nothing was booked under the key {command.of!r}")
        original = known.booking
        return self._decide(command, (original.entries[0].account,), ON_AN_EARLIER_ONE[type(command)], original)

    def _known(self, key: str) -> StoredBooking | None:
        return self._bookings.get(key) or self._transaction.booking(key)

    def _again(self, command: Command, known: StoredBooking) -> Booking | Rejected:
        if known.asked != self._transaction.asks(command):
            return IdempotencyConflictError(f"the key {command.key!r} belongs to another command")
        return known.booking._replace(replayed=True)

    def _decide(
        self, command: Command, names: tuple[str, ...], decide: Callable[..., Rejected | None], about: str | Booking
    ) -> Booking | Rejected:
        states = [self._states[name] for name in names]
        draft, terms_of = self._draft, self._rules.terms
        if refusal := _refused(command, states) or self._stamp(command, states, about):
            return refusal
        entries: list[Entry] = []
        if type(command) in _IN_STEPS or is_due(states, draft.today):
            states = [state.copy() for state in states]
            for state in states:
                entries += fall_due(state, draft.today, self._rules.timezone, terms_of)
        draft.entries = []
        if refusal := decide(draft, *states, command, about):
            return refusal
        booking = _new(Booking, (draft.key, tuple(draft.entries), False, 0))
        entries += draft.entries
        if is_due(states, draft.today):
            for state in states:
                entries += fall_due(state, draft.today, self._rules.timezone, terms_of)
        self._keep(command, booking, tuple(entries), dict(zip(names, states, strict=True)))
        return booking

    def _stamp(self, command: Command, states: Sequence[AccountState], about: str | Booking) -> Rejected | None:
        """Say when the command is booked, in which order with others, and on which day it takes effect."""
        draft, at_us = self._draft, to_us(command.at)
        before_us = max([state.recorded_us for state in states])
        if before_us > at_us:  # a clock that went back
            draft.recorded_us, draft.today = before_us, day_of(from_us(before_us), self._rules.timezone)
        else:
            draft.recorded_us, draft.today = at_us, day_of(command.at, self._rules.timezone)
        draft.key = command.key or f"#{states[0].account}/{states[0].version + 1}"
        draft.reason, draft.actor = command.reason, command.actor
        draft.on = command.on or draft.today
        if draft.on != draft.today or type(command) is Reverse:
            return self._set_day(command, about)
        return None

    def _set_day(self, command: Command, about: str | Booking) -> Rejected | None:
        draft, closed_through = self._draft, self._transaction.closed_through() or date.min
        if command.on is None and isinstance(about, Booking):
            first_open = closed_through + timedelta(1) if closed_through > date.min else date.min
            draft.on = min(max(about.entries[0].on, first_open), draft.today)
        elif draft.on > draft.today:
            return InvalidDayError(f"{draft.on} lies ahead of the command, which is given on {draft.today}")
        elif draft.on <= closed_through:
            return InvalidDayError(f"{draft.on} lies in a closed period, through {closed_through}")
        return None

    def _keep(
        self, command: Command, booking: Booking, entries: tuple[Entry, ...], states: dict[str, AccountState]
    ) -> None:
        asks = self._transaction.asks(command)
        reverses = self._count_reversed(command) if isinstance(command, Reverse) else None
        self._states.update(states)
        self.changes.append(_new(Change, (booking.key, asks, entries, states, reverses)))
        if self._copies:
            self._bookings[booking.key] = StoredBooking(asks, booking)

    def _count_reversed(self, command: Reverse) -> tuple[str, int]:
        known = self._known(command.of)
        assert known is not None
        before = known.booking
        points = reversible(before) if command.points is None else command.points
        after = before._replace(reversed_points=before.reversed_points + points)
        self._bookings[command.of] = known._replace(booking=after)
        return command.of, points


_IN_STEPS = frozenset((Reverse, Transfer, Merge, Close))
"""Commands that may be refused after their first entry, and so are tried on copies."""

_new = tuple.__new__  # two of them for every command


def _refused(command: Command, states: Sequence[AccountState]) -> Rejected | None:
    """What the accounts themselves have against a command."""
    first = states[0]
    if first.version == 0 and not isinstance(command, _OPENING):
        return UnknownAccountError(f"account {first.account!r} has not earned anything yet")
    if command.expected_version is not None and command.expected_version != first.version:
        return VersionConflictError(first.version, command.expected_version)
    for state in states:
        takes = state is first and not isinstance(command, _WHILE_FROZEN)
        if state.status == "closed" or (state.status == "frozen" and takes):
            return AccountClosedError(f"account {state.account!r} is {state.status}")
    return None
