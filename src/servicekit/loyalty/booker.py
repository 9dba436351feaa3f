"""How commands are booked within one transaction of a store."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeAlias

from servicekit.errors import NaiveDatetimeError
from servicekit.events import day_of
from servicekit.loyalty.account.draft import Draft, Stamp
from servicekit.loyalty.account.due import fall_due, is_due
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
from servicekit.loyalty.decide.decide import Case, post
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

_REFERRING = (Activate, Capture, Release, Reschedule, Reverse)
_OPENING = (Earn, EarnPurchase, Adjust)
_IN_MANY_STEPS = (Reverse, Merge, Transfer, Close, RefundPurchase, EarnPurchase)
_OF_TWO = (Transfer, Merge)


class Booker:
    """Commands of one transaction, each seeing what the ones before it left; what is to be written is in ``changes``.

    ``states`` are locked. With ``copies`` they are kept as they were until the changes are written, which a batch needs
    that may fail half-way.
    """

    __slots__ = ("_bookings", "_copies", "_rules", "_transaction", "changes", "states")

    def __init__(self, rules: BookingRules, transaction: Transaction, *, copies: bool) -> None:
        self._rules, self._transaction, self._copies = rules, transaction, copies
        self._bookings: dict[str, StoredBooking] = {}
        self.states: dict[str, AccountState] = {}
        self.changes: list[Change] = []

    def lock(self, commands: list[Command]) -> None:
        """Lock the accounts of some commands, those of earlier bookings that they refer to among them."""
        keys = {each.key for each in commands if each.key is not None}
        referred = {each.of for each in commands if isinstance(each, _REFERRING)}
        accounts = {account for each in commands for account in _accounts(each)}
        for key in referred - keys:
            if check_name(key, "the key") is None and (known := self._transaction.booking(key)):
                accounts.update(entry.account for entry in known.booking.entries)
        named = sorted(each for each in accounts if check_name(each, "the account") is None)
        wanted = [key for key in (*keys, *referred) if check_name(key, "the key") is None]
        states = self._transaction.lock(named, wanted)
        self.states = {name: state.copy() for name, state in states.items()} if self._copies else dict(states)

    def book(self, command: Command) -> Booking | Rejected:
        """Book one command, or say why not."""
        if command.at.tzinfo is None:
            raise NaiveDatetimeError(command.at)
        if refusal := _check_names(command):
            return refusal
        if command.key is not None and (known := self._known(command.key)) is not None:
            if known.asked != self._transaction.asks(command):
                return IdempotencyConflictError(f"the key {command.key!r} belongs to another command")
            return known.booking._replace(replayed=True)
        case = self._case(command)
        return case if isinstance(case, Rejected) else self._decide(command, case)

    def _known(self, key: str) -> StoredBooking | None:
        return self._bookings.get(key) or self._transaction.booking(key)

    def _case(self, command: Command) -> Case | Rejected:
        original = None
        if isinstance(command, _REFERRING):
            known = self._known(command.of)
            if known is None:
                return UnknownEntryError(f"nothing was booked under the key {command.of!r}")
            original = known.booking
            account, currency = original.entries[0].account, ""
        else:
            account = command.account
            try:
                currency = self._rules.currency(command.currency)
            except Rejected as refusal:
                return refusal
        state = self.states[account]
        if state.version == 0 and not isinstance(command, _OPENING):
            return UnknownAccountError(f"account {account!r} has not earned anything yet")
        if command.expected_version is not None and command.expected_version != state.version:
            return VersionConflictError(state.version, command.expected_version)
        return Case(self.states, account, currency, original)

    def _decide(self, command: Command, case: Case) -> Booking | Rejected:
        names = (case.account, command.to) if isinstance(command, _OF_TWO) else (case.account,)
        stamp = self._stamp(command, case, names)
        if isinstance(stamp, Rejected):
            return stamp
        rules, tz, today = self._rules, self._rules.timezone, stamp.today
        fallen: list[Entry] = []
        if isinstance(command, _IN_MANY_STEPS) or any(is_due(self.states[name], today) for name in names):
            case = case._replace(states={name: self.states[name].copy() for name in names})
            for name in names:
                fallen += fall_due(case.states[name], today, tz, rules.terms)
        if refusal := _check_status(command, case, names):
            return refusal
        draft = Draft(stamp, rules.terms)
        if refusal := post(draft, case, command):
            return refusal
        booking = Booking(stamp.key, tuple(draft.entries))
        after = [
            entry
            for name in names
            if is_due(case.states[name], today)
            for entry in fall_due(case.states[name], today, tz, rules.terms)
        ]
        self._keep(command, booking, (*fallen, *draft.entries, *after), {name: case.states[name] for name in names})
        return booking

    def _keep(
        self, command: Command, booking: Booking, entries: tuple[Entry, ...], states: dict[str, AccountState]
    ) -> None:
        asks = self._transaction.asks(command)
        reverses = None
        if isinstance(command, Reverse):
            known = self._known(command.of)
            assert known is not None
            before = known.booking
            points = reversible(before) if command.points is None else command.points
            reverses = (command.of, points)
            undone = before._replace(reversed_points=before.reversed_points + points)
            self._bookings[command.of] = known._replace(booking=undone)
        self.states.update(states)
        self.changes.append(Change(booking.key, asks, entries, states, reverses))
        if self._copies:
            self._bookings[booking.key] = StoredBooking(asks, booking)

    def _stamp(self, command: Command, case: Case, names: tuple[str, ...]) -> Stamp | Rejected:
        tz, at_us = self._rules.timezone, to_us(command.at)
        recorded_us = max(at_us, *(case.states[name].recorded_us for name in names))
        moment = command.at if recorded_us == at_us else from_us(recorded_us)
        today = day_of(moment, tz)
        on = self._effective_day(command, case, today)
        if isinstance(on, Rejected):
            return on
        state = case.states[case.account]
        key = command.key or f"#{state.account}/{state.version + 1}"
        return Stamp(key, today, on, recorded_us, command.reason, command.actor)

    def _effective_day(self, command: Command, case: Case, today: date) -> date | Rejected:
        on = command.on or today
        if on == today and not isinstance(command, Reverse):
            return on
        closed_through = self._transaction.closed_through() or date.min
        if command.on is None and isinstance(command, Reverse) and case.original is not None:
            first_open = closed_through + timedelta(1) if closed_through > date.min else date.min
            return min(max(case.original.entries[0].on, first_open), today)
        if on > today:
            return InvalidDayError(f"{on} lies ahead of the command, which is given on {today}")
        return (
            InvalidDayError(f"{on} lies in a closed period, through {closed_through}") if on <= closed_through else on
        )


def _accounts(command: Command) -> tuple[str, ...]:
    if isinstance(command, _REFERRING):
        return ()
    return (command.account, command.to) if isinstance(command, _OF_TWO) else (command.account,)


def _check_names(command: Command) -> Rejected | None:
    if command.key is not None and (refusal := check_name(command.key, "the key")):
        return refusal
    if isinstance(command, _REFERRING):
        return None
    if refusal := check_name(command.account, "the account"):
        return refusal
    if isinstance(command, _OF_TWO):
        if command.account == command.to:
            return SameAccountError(f"the points of {command.account!r} cannot go to itself")
        return check_name(command.to, "the account")
    return None


def _check_status(command: Command, case: Case, names: tuple[str, ...]) -> Rejected | None:
    for name in names:
        state = case.states[name]
        if state.status == "open" or (state.status == "frozen" and isinstance(command, _WHILE_FROZEN)):
            continue
        if state.status == "frozen" and name != case.account:
            continue
        return AccountClosedError(f"account {name!r} is {state.status}")
    return None


_WHILE_FROZEN = (Earn, EarnPurchase, Activate, Release, Unfreeze, Reschedule, RefundPurchase, Reverse)
