"""How commands are booked within one transaction of a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from hashlib import sha256

from servicekit.loyalty.account.day_of import DayOf
from servicekit.loyalty.account.draft import Draft
from servicekit.loyalty.account.due import fall_due
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Close,
    Command,
    Earn,
    EarnPurchase,
    Freeze,
    Merge,
    OfTwoAccounts,
    OnAccount,
    Referring,
    RefundPurchase,
    Release,
    Reschedule,
    Reverse,
    Transfer,
    Unfreeze,
)
from servicekit.loyalty.decisions.by_command import ON_AN_EARLIER_ONE, ON_ONE_ACCOUNT, ON_TWO_ACCOUNTS
from servicekit.loyalty.decisions.reverse import undone
from servicekit.loyalty.entry import Booking, Entry
from servicekit.loyalty.journal.fingerprint import fingerprint
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
from servicekit.loyalty.store import Posting, StoredBooking, Transaction
from servicekit.loyalty.terms import BookingRules
from servicekit.timeline import to_us

_OPENING = frozenset((Earn, EarnPurchase, Adjust))
_OF_ALL_CURRENCIES = frozenset((EarnPurchase, Freeze, Unfreeze, Close, Merge))
_UNDOING = (Reverse, RefundPurchase)
_IN_STEPS = frozenset((Reverse, RefundPurchase, Transfer, Merge, Close))
"""Commands that may be refused after their first entry, and so are tried on copies."""
_WHILE_FROZEN = frozenset((Earn, EarnPurchase, RefundPurchase, Activate, Release, Unfreeze, Reschedule, Reverse))

_new = tuple.__new__  # two of them for every command


class Booker:
    """Commands of one transaction, each seeing what the ones before it left."""

    __slots__ = ("_draft", "_is_dry", "_rules", "_transaction", "states")

    def __init__(self, rules: BookingRules, transaction: Transaction, days: DayOf, *, is_dry: bool = False) -> None:
        self._rules, self._transaction, self._is_dry = rules, transaction, is_dry
        self._draft = Draft(rules, transaction, days)
        self.states: dict[str, AccountState] = {}

    def lock(self, commands: Sequence[Command]) -> None:
        """Lock the accounts of commands."""
        named = {each.account for each in commands if isinstance(each, OnAccount)}
        keys = [each.key for each in commands if each.key is not None]
        for command in (each for each in commands if not isinstance(each, OnAccount)):
            named.update(command.accounts)
            if isinstance(command, Referring) and check_name(command.of, "the key") is None:
                keys.append(command.of)
                if known := self._transaction.booking(command.of):
                    named.update(entry.account for entry in known.booking.entries)
        accounts = sorted(each for each in named if check_name(each, "the account") is None)
        states = self._transaction.lock(accounts, (key for key in keys if check_name(key, "the key") is None))
        self.states = {name: state.copy() for name, state in states.items()} if self._is_dry else states

    def keep(self) -> None:
        """Keep the states of all accounts that were ever opened."""
        self._transaction.keep(state for state in self.states.values() if state.version)

    def book(self, command: Command) -> Booking | Rejected:
        """Book one command, or say why not."""
        try:
            return self._book(command)
        except Rejected as refusal:  # as rules say it of a currency
            return refusal

    def _book(self, command: Command) -> Booking | Rejected:
        key = command.key
        if key is not None:
            if refusal := check_name(key, "the key"):
                return refusal
            if (known := self._transaction.booking(key)) is not None:
                return self._again(command, known)
        if not isinstance(command, OnAccount):
            return self._on_two(command) if isinstance(command, OfTwoAccounts) else self._on_an_earlier_one(command)
        if refusal := check_name(command.account, "the account"):
            return refusal
        currency = self._currency(command)
        return self._decide(command, (self.states[command.account],), ON_ONE_ACCOUNT[type(command)], currency)

    def _currency(self, command: Command) -> str:
        return "" if type(command) in _OF_ALL_CURRENCIES else self._rules.currency(command.currency)

    def _on_two(self, command: OfTwoAccounts) -> Booking | Rejected:
        for name in command.accounts:
            if refusal := check_name(name, "the account"):
                return refusal
        if command.account == command.to:
            return SameAccountError(f"the points of {command.to!r} cannot go to itself")
        states = (self.states[command.account], self.states[command.to])
        return self._decide(command, states, ON_TWO_ACCOUNTS[type(command)], self._currency(command))

    def _on_an_earlier_one(self, command: Referring) -> Booking | Rejected:
        known = None if check_name(command.of, "the key") else self._transaction.booking(command.of)
        if known is None:
            return UnknownEntryError(f"nothing was booked under the key {command.of!r}")
        original = known.booking
        states = (self.states[original.entries[0].account],)
        return self._decide(command, states, ON_AN_EARLIER_ONE[type(command)], original)

    def _again(self, command: Command, known: StoredBooking) -> Booking | Rejected:
        asks = fingerprint(command) if isinstance(known.asked, str) else self._transaction.asks(command)
        if known.asked != asks:
            return IdempotencyConflictError(f"the key {command.key!r} belongs to another command")
        return known.booking._replace(replayed=True)

    def _decide(
        self,
        command: Command,
        states: tuple[AccountState, ...],
        decide: Callable[..., Rejected | None],
        about: str | Booking,
    ) -> Booking | Rejected:
        if refusal := _refused(command, states) or self._stamp(command, states, about):
            return refusal
        draft, fallen, entries = self._draft, list[Entry](), list[Entry]()
        today = draft.today
        if type(command) in _IN_STEPS or states[0].due_on <= today:
            states = tuple(state.copy() for state in states)
            fallen = self._fall_due(states)
        draft.entries = entries
        if refusal := decide(draft, *states, command, about):
            return refusal
        booking = _new(Booking, (draft.key, tuple(entries), False, 0))
        if fallen or states[0].due_on <= today or states[-1].due_on <= today:
            entries = [*fallen, *entries, *self._fall_due(states)]
        if not self._is_dry:
            self._add(command, booking, entries)
        for state in states:
            self.states[state.account] = state
        return booking

    def _fall_due(self, states: Sequence[AccountState]) -> list[Entry]:
        today, rules = self._draft.today, self._rules
        return [entry for state in states for entry in fall_due(state, today, rules.timezone, rules.terms)]

    def _add(self, command: Command, booking: Booking, entries: Sequence[Entry]) -> None:
        asks = self._transaction.asks(command)
        reverses = (command.of, undone(booking.entries)) if isinstance(command, _UNDOING) else None
        self._transaction.add(_new(Posting, (booking.key, asks, entries, reverses)))

    def _stamp(self, command: Command, states: Sequence[AccountState], about: str | Booking) -> Rejected | None:
        """Say when the command is booked, in which order with others, and on which day it takes effect."""
        draft, at_us, first = self._draft, to_us(command.at), states[0]
        if first.recorded_us > at_us or states[-1].recorded_us > at_us:  # the clock went back
            at_us = max(first.recorded_us, states[-1].recorded_us)
        draft.stamp(at_us, command.on)
        draft.key = command.key or _made_name(first, at_us)
        draft.reason, draft.actor = command.reason, command.actor
        closed_through = self._transaction.closed_through()
        if closed_through is not None or draft.on != draft.today or type(command) is Reverse:
            return self._check_day(command, about, closed_through or date.min)
        return None

    def _check_day(self, command: Command, about: str | Booking, closed_through: date) -> Rejected | None:
        draft = self._draft
        if command.on is None and type(command) is Reverse and isinstance(about, Booking):
            first_open = closed_through + timedelta(1) if closed_through > date.min else date.min
            draft.on = min(max(about.entries[0].on, first_open), draft.today)
        if draft.on > draft.today:
            return InvalidDayError(f"{draft.on} lies ahead of the command, which is given on {draft.today}")
        if draft.on <= closed_through:
            return InvalidDayError(f"{draft.on} lies in a closed period, through {closed_through}")
        return None


def _made_name(state: AccountState, at_us: int) -> str:
    """A key for a command without one: not made twice, and without the name of the account, which may be given up."""
    return f"#{sha256(f'{state.account}/{state.version}/{at_us}'.encode()).hexdigest()[:32]}"


def _refused(command: Command, states: Sequence[AccountState]) -> Rejected | None:
    """What the accounts themselves have against a command."""
    first = states[0]
    if first.version == 0 and type(command) not in _OPENING:
        return UnknownAccountError(f"account {first.account!r} has not earned anything yet")
    if command.expected_version is not None and command.expected_version != first.version:
        return VersionConflictError(first.version, command.expected_version)
    for state in states:
        takes = state is first and type(command) not in _WHILE_FROZEN
        if state.status == "closed" or (state.status == "frozen" and takes):
            return AccountClosedError(f"account {state.account!r} is {state.status}")
    return None
