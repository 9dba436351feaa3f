"""Points that are spent, or set aside to be spent: redeem, hold, capture, release."""

from __future__ import annotations

from servicekit.loyalty.account.draft import Draft
from servicekit.loyalty.account.evolve import first_of, without_first
from servicekit.loyalty.account.state import AccountState, OpenHold
from servicekit.loyalty.command import Capture, Hold, Redeem, Release
from servicekit.loyalty.decide.points import check_points, spendable, total
from servicekit.loyalty.entry import Allocation, Booking
from servicekit.loyalty.rejected import (
    ExceedsOriginalError,
    HoldClosedError,
    InsufficientPointsError,
    InvalidDayError,
    NotReversibleError,
    RedemptionLimitError,
    Rejected,
)
from servicekit.loyalty.terms import Terms


def redeem(draft: Draft, state: AccountState, command: Redeem, currency: str) -> Rejected | None:
    """Spend points by the limits of the programme."""
    book = draft.book(state, currency)
    if refusal := check_points(command.points) or _limited(book.terms, command.points):
        return refusal
    allocations = _spent(draft, state, currency, command.points, partial=command.partial)
    if isinstance(allocations, Rejected):
        return allocations
    draft.post(state, "redeem", currency, available=-total(allocations), allocations=allocations)
    return None


def _limited(terms: Terms, points: int) -> Rejected | None:
    if points < terms.minimum:
        return RedemptionLimitError(f"the least that can be redeemed is {terms.minimum:,} points, not {points:,}")
    if terms.most is not None and points > terms.most:
        return RedemptionLimitError(f"the most that can be redeemed at once is {terms.most:,} points, not {points:,}")
    if points % terms.multiple_of:
        return RedemptionLimitError(f"points are redeemed in multiples of {terms.multiple_of:,}, not {points:,}")
    return None


def _spent(
    draft: Draft, state: AccountState, currency: str, points: int, *, partial: bool = False
) -> tuple[Allocation, ...] | Rejected:
    """The lots that points come from; where they do not suffice, what there is in part, or a refusal."""
    book, stamp = draft.book(state, currency), draft.stamp
    candidates = spendable(book, stamp.on, stamp.today)
    available, whole = total(candidates), points
    if available < points:
        points = available // book.terms.multiple_of * book.terms.multiple_of
        if not partial or points < max(book.terms.minimum, 1):
            return InsufficientPointsError(available, whole)
    return first_of(candidates, points)


def hold(draft: Draft, state: AccountState, command: Hold, currency: str) -> Rejected | None:
    """Set points aside; it never makes debt."""
    if refusal := check_points(command.points):
        return refusal
    if command.until is not None and command.until <= draft.stamp.today:
        return InvalidDayError(
            f"a hold lasts beyond the day it is made on, {draft.stamp.today}, not to {command.until}"
        )
    allocations = _spent(draft, state, currency, command.points)
    if isinstance(allocations, Rejected):
        return allocations
    points = total(allocations)
    draft.post(state, "hold", currency, available=-points, held=points, allocations=allocations, until=command.until)
    return None


def capture(draft: Draft, state: AccountState, command: Capture, original: Booking) -> Rejected | None:
    """Spend points of a hold, and give back the rest."""
    found = _open_hold(state, original)
    if isinstance(found, Rejected):
        return found
    whole = total(found.allocations)
    points = whole if command.points is None else command.points
    if refusal := check_points(points):
        return refusal
    if points > whole:
        return ExceedsOriginalError(f"the hold has {whole:,} points, and {points:,} are captured")
    spent, rest = first_of(found.allocations, points), without_first(found.allocations, points)
    draft.post(state, "capture", found.currency, held=-points, allocations=spent, of=command.of)
    if rest:
        _give_back(draft, state, OpenHold(found.currency, rest, None), command.of)
    return None


def release(draft: Draft, state: AccountState, command: Release, original: Booking) -> Rejected | None:
    """Give back what a hold still holds."""
    found = _open_hold(state, original)
    if isinstance(found, Rejected):
        return found
    _give_back(draft, state, found, command.of)
    return None


def _open_hold(state: AccountState, original: Booking) -> OpenHold | Rejected:
    if original.entries[0].kind != "hold":
        return NotReversibleError(f"{original.key!r} is not a hold, but {original.entries[0].kind}")
    found = state.holds.get(original.key)
    return HoldClosedError(f"the hold {original.key!r} is over") if found is None else found


def _give_back(draft: Draft, state: AccountState, hold: OpenHold, key: str) -> None:
    points = total(hold.allocations)
    repaid = min(points, draft.book(state, hold.currency).debt)
    draft.post(
        state,
        "release",
        hold.currency,
        available=points - repaid,
        held=-points,
        debt=-repaid,
        allocations=hold.allocations,
        of=key,
    )
