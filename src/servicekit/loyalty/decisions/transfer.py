"""Points that go from one account to another: transfer and merge."""

from __future__ import annotations

from servicekit.loyalty.account.draft import Draft
from servicekit.loyalty.account.evolve import first_of
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import Merge, Transfer
from servicekit.loyalty.decisions.points import check_points, spent, total
from servicekit.loyalty.entry import Allocation
from servicekit.loyalty.rejected import InsufficientPointsError, NotReversibleError, Rejected


def transfer(
    draft: Draft, state: AccountState, other: AccountState, command: Transfer, currency: str
) -> Rejected | None:
    """Give points away; lots keep their days and their place in the order of spending."""
    if refusal := check_points(command.points):
        return refusal
    allocations = spent(draft.book(state, currency), command.points, draft.on, draft.today)
    if (available := total(allocations)) < command.points:
        return InsufficientPointsError(available, command.points)
    draft.post(state, "transfer", currency, (-command.points, 0, 0, 0, allocations))
    _arrive(draft, other, currency, allocations, is_pending=False)
    return None


def merge(draft: Draft, state: AccountState, other: AccountState, command: Merge, currency: str) -> Rejected | None:
    """Move every point and every debt of every currency to another account, and close the first."""
    if state.holds:
        return NotReversibleError(f"account {state.account!r} has open holds; capture or release them first")
    for name, book in tuple(state.books.items()):
        for is_pending in (False, True):
            lots = tuple(Allocation(each.lot, each.points) for each in book.lots if each.is_pending is is_pending)
            if points := total(lots):
                moves = (0, -points, 0, 0, lots) if is_pending else (-points, 0, 0, 0, lots)
                draft.post(state, "transfer", name, moves)
                _arrive(draft, other, name, lots, is_pending=is_pending)
        if book.debt:
            _move_debt(draft, state, other, name)
    draft.post(state, "close", "")
    return None


def _arrive(
    draft: Draft, state: AccountState, currency: str, lots: tuple[Allocation, ...], *, is_pending: bool
) -> None:
    points, debt = total(lots), draft.book(state, currency).debt
    repaid = min(points, debt)
    left, first = points - repaid, state.next_lot
    arrived = tuple(Allocation(lot._replace(lot_id=first + place), size) for place, (lot, size) in enumerate(lots))
    moves = (0, left, 0, -repaid, arrived) if is_pending else (left, 0, 0, -repaid, arrived)
    draft.post(state, "transfer", currency, moves)


def _move_debt(draft: Draft, state: AccountState, other: AccountState, currency: str) -> None:
    """A debt goes over as well, and is paid from what the other has."""
    debt, book = draft.book(state, currency).debt, draft.book(other, currency)
    paid = first_of((Allocation(each.lot, each.points) for each in book.lots if not each.is_pending), debt)
    draft.post(state, "transfer", currency, (0, 0, 0, -debt, ()))
    draft.post(other, "transfer", currency, (-total(paid), 0, 0, debt - total(paid), paid))
