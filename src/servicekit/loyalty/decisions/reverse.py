"""What was booked, undone: a redemption gives its points back, a credit takes its points away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from servicekit.loyalty.account.draft import Draft, Note
from servicekit.loyalty.account.evolve import first_of, without_first
from servicekit.loyalty.account.state import AccountState, Book
from servicekit.loyalty.command import Reverse
from servicekit.loyalty.decisions.points import check_points, total
from servicekit.loyalty.entry import Allocation, Booking, Entry, Lot
from servicekit.loyalty.rejected import (
    ExceedsOriginalError,
    InsufficientPointsError,
    NotReversibleError,
    Rejected,
)

_REVERSIBLE = ("earn", "adjust", "redeem", "capture")


def undone(entries: Sequence[Entry]) -> int:
    """The points that a reversal or a refund has undone, with those that were no longer there."""
    kept = [entry for entry in entries if entry.kind == "reverse"]
    return sum(total(entry.allocations) + _shortfall(entry) for entry in kept)


def _shortfall(entry: Entry) -> int:
    return int(str((entry.details or {}).get("shortfall", 0)))


def reverse(draft: Draft, state: AccountState, command: Reverse, original: Booking) -> Rejected | None:
    """Undo a booking whole, or in part where it is of one currency."""
    entries = [entry for entry in original.entries if entry.kind in _REVERSIBLE]
    if not entries:
        return NotReversibleError(f"{original.key!r} is {original.entries[0].kind}, which cannot be reversed")
    if command.points is not None and (refusal := check_points(command.points)):
        return refusal
    if len(entries) > 1:
        return _all(draft, state, command, original)
    return _one(draft, state, entries[0], original.reversed_points, command.points)


def _all(draft: Draft, state: AccountState, command: Reverse, original: Booking) -> Rejected | None:
    if command.points is not None:
        return ExceedsOriginalError(f"{original.key!r} has several entries; it is reversed as a whole")
    if original.reversed_points:
        return ExceedsOriginalError(f"{original.key!r} was reversed before")
    for entry in original.entries:
        if entry.kind in _REVERSIBLE and entry.points and (refusal := _one(draft, state, entry, 0, None)):
            return refusal
    return None


def _one(draft: Draft, state: AccountState, entry: Entry, gone: int, points: int | None) -> Rejected | None:
    whole = _moved(entry)
    points = whole - gone if points is None else points
    if points <= 0 or points + gone > whole:
        words = f"{gone:,} of the {whole:,} points of {entry.key!r} are reversed before"
        return ExceedsOriginalError(f"{words}; {points:,} more cannot be")
    if entry.kind in ("redeem", "capture"):
        _restore(draft, state, entry, gone, points)
        return None
    return claw_back(draft, state, entry.currency, entry.key, points)


def _moved(entry: Entry) -> int:
    """The points of an entry that can be taken back; none of an adjustment that took points, which takes another."""
    if entry.kind == "capture":
        return -entry.held
    return -entry.points if entry.kind == "redeem" else max(entry.points, 0)


def _restore(draft: Draft, state: AccountState, entry: Entry, gone: int, points: int) -> None:
    """Give back the last points that an entry took, in their lots and with their days."""
    left = total(entry.allocations) - gone
    back = without_first(first_of(entry.allocations, left), left - points)
    book = draft.book(state, entry.currency)
    if book.terms.grace_days is not None:
        back = _with_grace(state, back, draft.today + timedelta(book.terms.grace_days))
    if (lapses_on := book.lapses_on) is not None and lapses_on <= draft.today and "reverse" in book.terms.activity:
        draft.on = draft.today  # it wakes an account that has lapsed, and had no points meanwhile
    repaid = min(points, book.debt)
    draft.post(state, "reverse", entry.currency, (points - repaid, 0, 0, -repaid, back), Note(entry.key))


def _with_grace(state: AccountState, back: Sequence[Allocation], least: date) -> tuple[Allocation, ...]:
    """Points that expire before the end of the grace stay to it, in a lot of their own."""
    given, lot_id = [], state.next_lot
    for lot, points in back:
        if lot.expires_on is not None and lot.expires_on < least:
            given.append(Allocation(lot._replace(lot_id=lot_id, expires_on=least), points))
            lot_id += 1
        else:
            given.append(Allocation(lot, points))
    return tuple(given)


def claw_back(draft: Draft, state: AccountState, currency: str, key: str, points: int) -> Rejected | None:
    """Take points of a credit away: what is left of it, then others, then by the rule for a shortfall."""
    book = draft.book(state, currency)
    allocations = first_of(_candidates(book, key), points)
    found = total(allocations)
    if found < points and book.terms.shortfall == "deny":
        return InsufficientPointsError(found, points)
    pending = {each.lot.lot_id for each in book.lots if each.is_pending}
    from_pending = sum(size for lot, size in allocations if lot.lot_id in pending)
    if found < points or any(not _was_so(lot, key, draft.on, lot.lot_id in pending) for lot, _ in allocations):
        draft.on = draft.today  # on the day of the credit these points were not there, or not in this state
    short = points - found
    debt = short if book.terms.shortfall == "debt" else 0
    note = Note(key, details={"shortfall": short} if short else None)
    draft.post(state, "reverse", currency, (from_pending - found, -from_pending, 0, debt, allocations), note)
    return None


def _was_so(lot: Lot, key: str, on: date, is_pending: bool) -> bool:
    """Whether a lot is of the credit itself, and has been pending or available since that day as it is now."""
    return lot.origin == key and (is_pending or lot.available_on is None or lot.available_on <= on)


def _candidates(book: Book, key: str) -> list[Allocation]:
    own = [Allocation(each.lot, each.points) for each in reversed(book.lots) if each.lot.origin == key]
    if not book.terms.from_other_lots and book.terms.shortfall != "debt":  # a debt would be paid with them anyway
        return own
    others = (each for each in book.lots if each.lot.origin != key and not each.is_pending)
    return [*own, *(Allocation(each.lot, each.points) for each in others)]
