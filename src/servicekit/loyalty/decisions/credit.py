"""Points that come: earn, adjust, activate; and days that change: reschedule."""

from __future__ import annotations

from servicekit.loyalty.account.draft import NO_NOTE, Draft, Note
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import Activate, Adjust, Earn, Reschedule
from servicekit.loyalty.decisions.points import check_points, spent, total
from servicekit.loyalty.entry import Allocation, Booking, Lot
from servicekit.loyalty.rejected import (
    ExceedsOriginalError,
    InsufficientPointsError,
    InvalidDayError,
    NotReversibleError,
    ReasonRequiredError,
    Rejected,
)

_new = tuple.__new__  # most commands earn


def earn(draft: Draft, state: AccountState, command: Earn, currency: str) -> Rejected | None:
    """Give points with the days of the programme, or those that are said."""
    if refusal := check_points(command.points, least=0):
        return refusal
    on = draft.on
    expires_on, available_on = draft.book(state, currency).days_of(on)
    if command.expires_on is not None:
        expires_on = command.expires_on
        if expires_on <= on:
            return InvalidDayError(f"points that are earned on {on} cannot expire on {expires_on}")
    if command.available_on is not None:
        available_on = command.available_on
    days = (on, draft.recorded_us, expires_on, available_on)
    lot = _new(Lot, (state.next_lot, draft.key, *days, command.unit_value))
    credit(draft, state, currency, _new(Allocation, (lot, command.points)))
    return None


def credit(draft: Draft, state: AccountState, currency: str, earned: Allocation, note: Note = NO_NOTE) -> None:
    """Post an earn: points repay debt first, those of a pending lot as well."""
    lot, points = earned
    debt = draft.book(state, currency).debt
    repaid = min(points, debt) if debt else 0
    left, allocations = points - repaid, (earned,) if points else ()
    if lot.available_on is not None and lot.available_on > draft.on:
        draft.post(state, "earn", currency, (0, left, 0, -repaid, allocations), note)
    else:
        draft.post(state, "earn", currency, (left, 0, 0, -repaid, allocations), note)


def adjust(draft: Draft, state: AccountState, command: Adjust, currency: str) -> Rejected | None:
    """Add points or take them away, and say why."""
    points = command.points
    if not (command.reason or "").strip():
        return ReasonRequiredError("an adjustment needs a reason")
    if refusal := check_points(points if isinstance(points, bool) else abs(points)):
        return refusal
    if points < 0:
        return _taken_away(draft, state, currency, -points)
    book = draft.book(state, currency)
    expires_on = command.expires_on or book.terms.expires_on(draft.on)
    lot = Lot(state.next_lot, draft.key, draft.on, draft.recorded_us, expires_on)
    repaid = min(points, book.debt)
    draft.post(state, "adjust", currency, (points - repaid, 0, 0, -repaid, (Allocation(lot, points),)))
    return None


def _taken_away(draft: Draft, state: AccountState, currency: str, points: int) -> Rejected | None:
    book = draft.book(state, currency)
    allocations = spent(book, points, draft.on, draft.today)
    found = total(allocations)
    if found < points and found < book.available:
        return InvalidDayError(f"only {found:,} of the points that are available were there on {draft.on}")
    if found < points and book.terms.shortfall == "deny":
        return InsufficientPointsError(found, points)
    debt = points - found if book.terms.shortfall == "debt" else 0
    draft.post(state, "adjust", currency, (-found, 0, 0, debt, allocations))
    return None


def activate(draft: Draft, state: AccountState, command: Activate, original: Booking) -> Rejected | None:
    """Make pending points of an earn spendable at once."""
    found = False
    for currency, book in state.books.items():
        ripe = tuple(
            Allocation(each.lot, each.points)
            for each in book.lots
            if each.is_pending and each.lot.origin == original.key
        )
        if points := total(ripe):
            found, repaid = True, min(points, book.debt)
            draft.post(state, "activate", currency, (points - repaid, -points, 0, -repaid, ripe), Note(command.of))
    return None if found else NotReversibleError(f"no point of {original.key!r} is pending")


def reschedule(draft: Draft, state: AccountState, command: Reschedule, original: Booking) -> Rejected | None:
    """Change the day on which what is left of a credit expires; points that are held or spent keep theirs."""
    if command.expires_on is not None and command.expires_on <= draft.today:
        return InvalidDayError(f"points cannot expire on {command.expires_on}; the first day ahead is tomorrow")
    found = False
    for currency, book in state.books.items():
        left = [each for each in book.lots if each.lot.origin == original.key]
        if left:
            found, first = True, state.next_lot
            moved = tuple(
                Allocation(each.lot._replace(lot_id=first + place, expires_on=command.expires_on), each.points)
                for place, each in enumerate(left)
            )
            draft.post(state, "reschedule", currency, (0, 0, 0, 0, moved), Note(command.of))
    return None if found else ExceedsOriginalError(f"no point of {original.key!r} is left")
