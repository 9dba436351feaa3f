"""How commands are booked within one transaction of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from servicekit.loyalty.account.day_of import DayOf
from servicekit.loyalty.account.draft import Draft
from servicekit.loyalty.account.due import fall_due
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Capture,
    Close,
    Command,
    Earn,
    EarnPurchase,
    Merge,
    RefundPurchase,
    Release,
    Reschedule,
    Reverse,
    Transfer,
    Unfreeze,
)
from servicekit.loyalty.decide.decide import ON_AN_EARLIER_ONE, ON_ONE_ACCOUNT, ON_TWO_ACCOUNTS
from servicekit.loyalty.decide.reverse import undone
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
from servicekit.timeline import to_us

Referring: TypeAlias = Activate | Capture | RefundPurchase | Release | Reschedule | Reverse
"""Commands that name an earlier one."""

REFERRING = (Activate, Capture, RefundPurchase, Release, Reschedule, Reverse)
_OPENING = (Earn, EarnPurchase, Adjust)
_WHILE_FROZEN = (Earn, EarnPurchase, RefundPurchase, Activate, Release, Unfreeze, Reschedule, Reverse)


class Booker:
    """Commands of one transaction, each seeing what the ones before it left; ``changes`` are to be written."""

    __slots__ = ("_batch", "_bookings", "_days", "_draft", "_rules", "_states", "_transaction", "changes")

    def __init__(self, rules: BookingRules, transaction: Transaction) -> None:
        self._rules, self._transaction = rules, transaction
        self._draft = Draft(rules, transaction.closed_through, self._referring)
        self._days = DayOf(rules.timezone)
        self._batch: dict[str, Change] | None = None
        self._bookings: dict[str, StoredBooking] = {}
        self._states: Mapping[str, AccountState] = {}
        self.changes: list[Change] = []

    def lock_one(self, command: Command) -> None:
        """Lock the accounts of the only command."""
        self._states = self._lock(command.accounts, (command,))

    def lock_many(self, commands: Sequence[Command]) -> None:
        """Lock the accounts of a batch; their states stay as they were until the changes are written."""
        self._batch = {}
        states = self._lock({account for each in commands for account in each.accounts}, commands)
        self._states = {name: state.copy() for name, state in states.items()}

    def _lock(self, accounts: Iterable[str], commands: Sequence[Command]) -> Mapping[str, AccountState]:
        named = {each for each in accounts if check_name(each, "the account") is None}
        keys = [each.key for each in commands if each.key and check_name(each.key, "the key") is None]
        referred = {each.of for each in commands if isinstance(each, REFERRING)}
        for key in referred:
            if check_name(key, "the key") is None and (known := self._transaction.booking(key)):
                named.update(entry.account for entry in known.booking.entries)
                keys.append(key)
        return self._transaction.lock(sorted(named), keys)

    def book(self, command: Command) -> Booking | Rejected:
        """Book one command, or say why not."""
        key, kind = command.key, type(command)
        if key is not None:
            if refusal := check_name(key, "the key"):
                return refusal
            if (known := self._known(key)) is not None:
                return self._again(command, known)
        if isinstance(command, REFERRING):
            return self._on_an_earlier_one(command)
        names = command.accounts
        if refusal := self._check_accounts(names):
            return refusal
        decide = ON_ONE_ACCOUNT.get(kind) or ON_TWO_ACCOUNTS[kind]
        return self._decide(command, names, decide, self._rules.currency(command.currency))

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
        if key in self._bookings:
            return self._bookings[key]
        if self._batch and (change := self._batch.get(key)) is not None:
            own = tuple(entry for entry in change.entries if entry.key == key)
            return StoredBooking(change.asked, Booking(key, own))
        return self._transaction.booking(key)

    def _referring(self, original: Booking) -> list[Entry]:
        """The entries of the account that refer to a booking, those of this transaction as well."""
        account = original.entries[0].account
        fresh = (entry for change in self.changes for entry in change.entries)
        own = [entry for entry in fresh if entry.of == original.key and entry.account == account]
        return [*self._transaction.referring(account, original.key), *own]

    def _again(self, command: Command, known: StoredBooking) -> Booking | Rejected:
        if known.asked != self._transaction.asks(command):
            return IdempotencyConflictError(f"the key {command.key!r} belongs to another command")
        return known.booking._replace(replayed=True)

    def _decide(
        self, command: Command, names: tuple[str, ...], decide: Callable[..., Rejected | None], about: str | Booking
    ) -> Booking | Rejected:
        states = [self._states[name] for name in names]
        if refusal := _refused(command, states) or self._stamp(command, states, about):
            return refusal
        draft, fallen = self._draft, list[Entry]()
        today = draft.today
        if type(command) in _IN_STEPS or states[0].due_on <= today:
            states = [state.copy() for state in states]
            fallen = self._fall_due(states)
        entries: list[Entry] = []
        draft.entries = entries
        if refusal := decide(draft, *states, command, about):
            return refusal
        booking = _new(Booking, (draft.key, tuple(entries), False, 0))
        if fallen or any(state.due_on <= today for state in states):
            entries = [*fallen, *entries, *self._fall_due(states)]
        self._keep(command, booking, tuple(entries), states)
        return booking

    def _fall_due(self, states: Sequence[AccountState]) -> list[Entry]:
        today, rules = self._draft.today, self._rules
        return [entry for state in states for entry in fall_due(state, today, rules.timezone, rules.terms)]

    def _stamp(self, command: Command, states: Sequence[AccountState], about: str | Booking) -> Rejected | None:
        """Say when the command is booked, in which order with others, and on which day it takes effect."""
        draft, at_us = self._draft, to_us(command.at)
        before_us = max(state.recorded_us for state in states)
        if before_us > at_us:  # the clock went back
            at_us = before_us
        draft.recorded_us, draft.today = at_us, self._days.of(at_us)
        draft.key = command.key or f"#{states[0].account}/{states[0].version + 1}"
        draft.reason, draft.actor = command.reason, command.actor
        draft.on = command.on or draft.today
        if draft.on != draft.today or type(command) is Reverse:
            return self._set_day(command, about)
        return None

    def _set_day(self, command: Command, about: str | Booking) -> Rejected | None:
        draft, closed_through = self._draft, self._transaction.closed_through() or date.min
        if command.on is None and isinstance(command, Reverse) and isinstance(about, Booking):
            first_open = closed_through + timedelta(1) if closed_through > date.min else date.min
            draft.on = min(max(about.entries[0].on, first_open), draft.today)
        elif draft.on > draft.today:
            return InvalidDayError(f"{draft.on} lies ahead of the command, which is given on {draft.today}")
        elif draft.on <= closed_through:
            return InvalidDayError(f"{draft.on} lies in a closed period, through {closed_through}")
        return None

    def _keep(
        self, command: Command, booking: Booking, entries: tuple[Entry, ...], states: Sequence[AccountState]
    ) -> None:
        after = {state.account: state for state in states}
        if len(after) > 1 or states[0] is not self._states[states[0].account]:
            self._states = {**self._states, **after}
        reverses = self._count_reversed(command, booking) if isinstance(command, Reverse | RefundPurchase) else None
        asks = self._transaction.asks(command)
        change = _new(Change, (booking.key, asks, entries, after, reverses))
        self.changes.append(change)
        if self._batch is not None:
            self._batch[booking.key] = change

    def _count_reversed(self, command: Reverse | RefundPurchase, booking: Booking) -> tuple[str, int]:
        known = self._known(command.of)
        assert known is not None
        points = undone(booking.entries)
        after = known.booking._replace(reversed_points=known.booking.reversed_points + points)
        self._bookings[command.of] = known._replace(booking=after)
        return command.of, points


_IN_STEPS = frozenset((Reverse, RefundPurchase, Transfer, Merge, Close))
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
