"""Points that are spent, or set aside to be spent: redeem, hold, capture, release."""

from __future__ import annotations

from servicekit.loyalty.account.draft import Draft, Note
from servicekit.loyalty.account.evolve import first_of, without_first
from servicekit.loyalty.account.state import AccountState, OpenHold
from servicekit.loyalty.command import Capture, Hold, Redeem, Release
from servicekit.loyalty.decisions.points import check_points, spent, total
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
    points, book = command.points, draft.book(state, currency)
    if refusal := check_points(points) or check_limits(book.terms, points):
        return refusal
    allocations = spent(book, points, draft.on, draft.today)
    if (available := total(allocations)) < points:
        least = available // book.terms.multiple_of * book.terms.multiple_of
        if not command.partial or least < max(book.terms.minimum, 1):
            return InsufficientPointsError(available, points)
        points, allocations = least, spent(book, least, draft.on, draft.today)
    draft.post(state, "redeem", currency, (-points, 0, 0, 0, allocations))
    return None


def check_limits(terms: Terms, points: int) -> Rejected | None:
    """What the programme has against redeeming so many points, if anything."""
    if points < terms.minimum:
        return RedemptionLimitError(f"the least that can be redeemed is {terms.minimum:,} points, not {points:,}")
    if terms.most is not None and points > terms.most:
        return RedemptionLimitError(f"the most that can be redeemed at once is {terms.most:,} points, not {points:,}")
    if points % terms.multiple_of:
        return RedemptionLimitError(f"points are redeemed in multiples of {terms.multiple_of:,}, not {points:,}")
    return None


def hold(draft: Draft, state: AccountState, command: Hold, currency: str) -> Rejected | None:
    """Set points aside; it never makes debt."""
    points, until = command.points, command.until
    if refusal := check_points(points):
        return refusal
    if until is not None and until <= draft.today:
        return InvalidDayError(f"a hold lasts beyond the day on which it is made, {draft.today}, and not to {until}")
    allocations = spent(draft.book(state, currency), points, draft.on, draft.today)
    if (available := total(allocations)) < points:
        return InsufficientPointsError(available, points)
    draft.post(state, "hold", currency, (-points, 0, points, 0, allocations), Note(until=until))
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
    captured, rest = first_of(found.allocations, points), without_first(found.allocations, points)
    draft.post(state, "capture", found.currency, (0, 0, -points, 0, captured), Note(command.of))
    if rest:
        _give_back(draft, state, found.currency, command.of, rest)
    return None


def release(draft: Draft, state: AccountState, command: Release, original: Booking) -> Rejected | None:
    """Give back what a hold still holds."""
    found = _open_hold(state, original)
    if isinstance(found, Rejected):
        return found
    _give_back(draft, state, found.currency, command.of, found.allocations)
    return None


def _open_hold(state: AccountState, original: Booking) -> OpenHold | Rejected:
    if original.entries[0].kind != "hold":
        return NotReversibleError(f"{original.key!r} is not a hold, but {original.entries[0].kind}")
    found = state.holds.get(original.key)
    return HoldClosedError(f"the hold {original.key!r} is over") if found is None else found


def _give_back(draft: Draft, state: AccountState, currency: str, key: str, lots: tuple[Allocation, ...]) -> None:
    points, debt = total(lots), draft.book(state, currency).debt
    repaid = min(points, debt)
    draft.post(state, "release", currency, (points - repaid, 0, -points, -repaid, lots), Note(key))
