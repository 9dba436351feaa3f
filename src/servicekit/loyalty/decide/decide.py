"""What a command books on the accounts that it concerns; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, assert_never

from servicekit.loyalty.account.draft import Draft
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import (
    Activate,
    Adjust,
    Capture,
    Close,
    Command,
    Earn,
    EarnPurchase,
    Freeze,
    Hold,
    Merge,
    Redeem,
    RefundPurchase,
    Release,
    Reschedule,
    Reverse,
    Transfer,
    Unfreeze,
)
from servicekit.loyalty.decide.credit import activate, adjust, earn, reschedule
from servicekit.loyalty.decide.points import total
from servicekit.loyalty.decide.reverse import reverse
from servicekit.loyalty.decide.spend import capture, hold, redeem, release
from servicekit.loyalty.decide.transfer import merge, transfer
from servicekit.loyalty.entry import Allocation, Booking
from servicekit.loyalty.rejected import AccountClosedError, Rejected


class Case(NamedTuple):
    """What a command is decided on: the locked states by account, the currency, and the booking that it refers to."""

    states: Mapping[str, AccountState]
    account: str
    currency: str
    original: Booking | None = None


def post(draft: Draft, case: Case, command: Command) -> Rejected | None:
    """Post the entries of a command, which changes the states of the case; a refusal changes nothing."""
    state = case.states[case.account]
    match command:
        case Earn():
            return earn(draft, state, command, case.currency)
        case Redeem():
            return redeem(draft, state, command, case.currency)
        case Hold():
            return hold(draft, state, command, case.currency)
        case Adjust():
            return adjust(draft, state, command, case.currency)
        case EarnPurchase() | RefundPurchase():
            raise TypeError("purchases are booked by a programme")
        case Transfer() | Merge() | Freeze() | Unfreeze() | Close():
            return _whole(draft, case, command)
        case _:
            return _refer(draft, case, command)


def _whole(draft: Draft, case: Case, command: Transfer | Merge | Freeze | Unfreeze | Close) -> Rejected | None:
    state = case.states[case.account]
    match command:
        case Transfer():
            return transfer(draft, state, case.states[command.to], command, case.currency)
        case Merge():
            return merge(draft, state, case.states[command.to], command)
        case _:
            return _status(draft, state, command)


def _refer(draft: Draft, case: Case, command: Capture | Release | Reverse | Activate | Reschedule) -> Rejected | None:
    state, original = case.states[case.account], case.original
    assert original is not None
    match command:
        case Capture():
            return capture(draft, state, command, original)
        case Release():
            return release(draft, state, command, original)
        case Reverse():
            return reverse(draft, state, command, original)
        case Activate():
            return activate(draft, state, command, original)
        case Reschedule():
            return reschedule(draft, state, command, original)
        case _:
            assert_never(command)


def _status(draft: Draft, state: AccountState, command: Freeze | Unfreeze | Close) -> Rejected | None:
    if isinstance(command, Unfreeze) and state.status != "frozen":
        return AccountClosedError(f"account {state.account!r} is {state.status}, not frozen")
    if isinstance(command, Close):
        return _close(draft, state, forfeit=command.forfeit)
    draft.post(state, "freeze" if isinstance(command, Freeze) else "unfreeze", "")
    return None


def _close(draft: Draft, state: AccountState, *, forfeit: bool) -> Rejected | None:
    left = sum(book.available + book.pending for book in state.books.values())
    if state.holds or any(book.debt for book in state.books.values()) or (left and not forfeit):
        words = (
            f"{left:,} points, {len(state.holds)} holds, {sum(b.debt for b in state.books.values()):,} points of debt"
        )
        return AccountClosedError(f"account {state.account!r} is not empty: {words}")
    for currency, book in tuple(state.books.items()):
        if allocations := tuple(Allocation(each.lot, each.points) for each in book.lots):
            pending = book.pending
            draft.post(
                state,
                "adjust",
                currency,
                available=pending - total(allocations),
                pending=-pending,
                allocations=allocations,
            )
    draft.post(state, "close", "")
    return None
