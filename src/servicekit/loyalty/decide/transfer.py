"""Points that go from one account to another: transfer and merge."""

from __future__ import annotations

from collections.abc import Sequence

from servicekit.loyalty.account.draft import Draft
from servicekit.loyalty.account.evolve import first_of
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import Merge, Transfer
from servicekit.loyalty.decide.points import check_points, spendable, total
from servicekit.loyalty.entry import Allocation
from servicekit.loyalty.rejected import InsufficientPointsError, NotReversibleError, Rejected


def transfer(
    draft: Draft, state: AccountState, other: AccountState, command: Transfer, currency: str
) -> Rejected | None:
    """Give points away; lots keep their days and their place in the order of spending."""
    if refusal := check_points(command.points):
        return refusal
    candidates = spendable(draft.book(state, currency), draft.stamp.on, draft.stamp.today)
    allocations = first_of(candidates, command.points)
    if total(allocations) < command.points:
        return InsufficientPointsError(total(candidates), command.points)
    _move(draft, (state, other), currency, allocations)
    return None


def merge(draft: Draft, state: AccountState, other: AccountState, command: Merge) -> Rejected | None:
    """Move every point and every debt to another account, and close the first."""
    if state.holds:
        return NotReversibleError(f"account {state.account!r} has open holds; capture or release them first")
    for currency, book in tuple(state.books.items()):
        for is_pending in (False, True):
            allocations = tuple(
                Allocation(each.lot, each.points) for each in book.lots if each.is_pending is is_pending
            )
            if allocations:
                _move(draft, (state, other), currency, allocations, is_pending=is_pending)
        if book.debt:
            _move_debt(draft, state, other, currency)
    draft.post(state, "close", "")
    return None


def _move(
    draft: Draft,
    states: tuple[AccountState, AccountState],
    currency: str,
    allocations: Sequence[Allocation],
    *,
    is_pending: bool = False,
) -> None:
    giver, taker = states
    points = total(tuple(allocations))
    repaid = min(points, draft.book(taker, currency).debt)
    arriving = tuple(
        Allocation(lot._replace(lot_id=taker.next_lot + place), size) for place, (lot, size) in enumerate(allocations)
    )
    if is_pending:
        draft.post(giver, "transfer", currency, pending=-points, allocations=tuple(allocations))
        draft.post(taker, "transfer", currency, pending=points - repaid, debt=-repaid, allocations=arriving)
    else:
        draft.post(giver, "transfer", currency, available=-points, allocations=tuple(allocations))
        draft.post(taker, "transfer", currency, available=points - repaid, debt=-repaid, allocations=arriving)


def _move_debt(draft: Draft, state: AccountState, other: AccountState, currency: str) -> None:
    """A debt goes over as well, and is paid from what the other has."""
    debt = draft.book(state, currency).debt
    book = draft.book(other, currency)
    paid = first_of((Allocation(each.lot, each.points) for each in book.lots if not each.is_pending), debt)
    draft.post(state, "transfer", currency, debt=-debt)
    draft.post(other, "transfer", currency, available=-total(paid), debt=debt - total(paid), allocations=paid)
