"""What becomes of an account as a whole: freeze, unfreeze, close."""

from __future__ import annotations

from servicekit.loyalty.account.draft import Draft
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import Close, Freeze, Unfreeze
from servicekit.loyalty.decisions.points import total
from servicekit.loyalty.entry import Allocation
from servicekit.loyalty.rejected import AccountClosedError, Rejected


def freeze(draft: Draft, state: AccountState, command: Freeze, currency: str) -> Rejected | None:
    """Let points come, and none go."""
    draft.post(state, "freeze", "")
    return None


def unfreeze(draft: Draft, state: AccountState, command: Unfreeze, currency: str) -> Rejected | None:
    """End a freeze; an account that is not frozen is refused."""
    if state.status != "frozen":
        return AccountClosedError(f"account {state.account!r} is {state.status}, not frozen")
    draft.post(state, "unfreeze", "")
    return None


def close(draft: Draft, state: AccountState, command: Close, currency: str) -> Rejected | None:
    """Close an account that is empty, or forfeit what is left in it."""
    books = state.books.items()
    left, debt = sum(book.available + book.pending for _, book in books), sum(book.debt for _, book in books)
    if state.holds or debt or (left and not command.forfeit):
        words = f"{left:,} points, {len(state.holds)} holds, {debt:,} points of debt"
        return AccountClosedError(f"account {state.account!r} is not empty: {words}")
    for name, book in tuple(books):
        if lots := tuple(Allocation(each.lot, each.points) for each in book.lots):
            pending = book.pending
            draft.post(state, "adjust", name, (pending - total(lots), -pending, 0, 0, lots))
    draft.post(state, "close", "")
    return None
