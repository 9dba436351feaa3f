"""Points that come: earn, adjust, activate; and days that change: reschedule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from servicekit.loyalty.account.draft import Draft
from servicekit.loyalty.account.evolve import first_of
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import Activate, Adjust, Earn, Reschedule
from servicekit.loyalty.decide.points import check_points, spendable, total
from servicekit.loyalty.entry import Allocation, Booking, Lot
from servicekit.loyalty.rejected import (
    ExceedsOriginalError,
    InsufficientPointsError,
    InvalidDayError,
    NotReversibleError,
    ReasonRequiredError,
    Rejected,
)


def earn(draft: Draft, state: AccountState, command: Earn, currency: str) -> Rejected | None:
    """Give points with the days of the programme, or those that are said."""
    if refusal := check_points(command.points, least=0):
        return refusal
    terms, on = draft.book(state, currency).terms, draft.stamp.on
    expires_on = command.expires_on or terms.expires_on(on)
    available_on = command.available_on or terms.available_on(on)
    if command.expires_on is not None and command.expires_on <= on:
        return InvalidDayError(f"points that are earned on {on} cannot expire on {command.expires_on}")
    credit(draft, state, currency, command.points, Days(expires_on, available_on, command.unit_value))
    return None


class Days(NamedTuple):
    """When new points expire and can be spent, what one is worth, and what the entry tells of how they were earned."""

    expires_on: date | None
    available_on: date | None
    unit_value: Fraction | None = None
    details: Mapping[str, object] | None = None


def credit(
    draft: Draft,
    state: AccountState,
    currency: str,
    points: int,
    days: Days,
) -> None:
    """Post an earn: points repay debt first, those of a pending lot as well."""
    stamp, book = draft.stamp, draft.book(state, currency)
    expires_on, available_on, unit_value, details = days
    repaid = min(points, book.debt)
    is_pending = available_on is not None and available_on > stamp.today
    lot = Lot(state.next_lot, stamp.key, stamp.on, stamp.recorded_us, expires_on, available_on, unit_value)
    draft.post(
        state,
        "earn",
        currency,
        available=0 if is_pending else points - repaid,
        pending=points - repaid if is_pending else 0,
        debt=-repaid,
        allocations=(Allocation(lot, points),) if points else (),
        details=details,
    )


def adjust(draft: Draft, state: AccountState, command: Adjust, currency: str) -> Rejected | None:
    """Add points or take them away, and say why."""
    points = command.points
    if not (command.reason or "").strip():
        return ReasonRequiredError("an adjustment needs a reason")
    if refusal := check_points(points if isinstance(points, bool) else abs(points)):
        return refusal
    if points < 0:
        return _taken_away(draft, state, currency, -points)
    book, stamp = draft.book(state, currency), draft.stamp
    expires_on = command.expires_on or book.terms.expires_on(stamp.on)
    lot = Lot(state.next_lot, stamp.key, stamp.on, stamp.recorded_us, expires_on)
    repaid = min(points, book.debt)
    allocations = (Allocation(lot, points),)
    draft.post(state, "adjust", currency, available=points - repaid, debt=-repaid, allocations=allocations)
    return None


def _taken_away(draft: Draft, state: AccountState, currency: str, points: int) -> Rejected | None:
    book, stamp = draft.book(state, currency), draft.stamp
    candidates = spendable(book, stamp.on, stamp.today)
    allocations = first_of(candidates, points)
    found = total(allocations)
    if found < points and book.terms.shortfall == "deny":
        return InsufficientPointsError(total(candidates), points)
    debt = points - found if book.terms.shortfall == "debt" else 0
    draft.post(state, "adjust", currency, available=-found, debt=debt, allocations=allocations)
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
            draft.post(
                state,
                "activate",
                currency,
                available=points - repaid,
                pending=-points,
                debt=-repaid,
                allocations=ripe,
                of=command.of,
            )
    return None if found else NotReversibleError(f"no point of {original.key!r} is pending")


def reschedule(draft: Draft, state: AccountState, command: Reschedule, original: Booking) -> Rejected | None:
    """Change the day on which what is left of an earn expires."""
    if command.expires_on is not None and command.expires_on <= draft.stamp.today:
        return InvalidDayError(f"points cannot expire on {command.expires_on}; the first day ahead is tomorrow")
    found = False
    for currency, book in state.books.items():
        moved = tuple(
            Allocation(each.lot._replace(expires_on=command.expires_on), each.points)
            for each in book.lots
            if each.lot.origin == original.key
        )
        if moved:
            found = True
            draft.post(state, "reschedule", currency, allocations=moved, of=command.of)
    return None if found else ExceedsOriginalError(f"no point of {original.key!r} is left")
