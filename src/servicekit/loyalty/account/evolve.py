"""How an entry changes the state of its account; a journal replayed from the start gives the state again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias, cast

from servicekit.loyalty.account.state import AccountState, AccountStatus, Book, OpenHold
from servicekit.loyalty.entry import Allocation, Entry, EntryKind
from servicekit.loyalty.terms import ActivityKind, Terms

TermsOf: TypeAlias = Callable[[str], Terms]
"""The terms of a currency by its name."""

_Handler: TypeAlias = Callable[[AccountState, Book, Entry], None]


_PERIODS_KEPT = 400  # of rules with caps: a year of days, beyond which no purchase is expected


def evolve(state: AccountState, entry: Entry, terms_of: TermsOf) -> None:
    """Take an entry into the state of its account, in place."""
    state.version, kind = entry.number, entry.kind
    if entry.recorded_us > state.recorded_us:
        state.recorded_us = entry.recorded_us
    handler = _HANDLERS.get(kind)
    if handler is None:
        state.status = _STATUS_AFTER[kind]
        return
    book = state.books.get(entry.currency) or state.book(entry.currency, terms_of)
    handler(state, book, entry)
    if book.due_on < state.due_on:
        state.due_on = book.due_on


def replay(account: str, entries: Iterable[Entry], terms_of: TermsOf) -> AccountState:
    """The state of an account after all its entries, in order."""
    state = AccountState(account)
    for entry in entries:
        evolve(state, entry, terms_of)
    return state


def without_first(allocations: Sequence[Allocation], points: int) -> tuple[Allocation, ...]:
    """What is left of allocations when the first of their points are taken off."""
    left = []
    for lot, size in allocations:
        taken = min(size, points)
        points -= taken
        if size > taken:
            left.append(Allocation(lot, size - taken))
    return tuple(left)


def first_of(allocations: Iterable[Allocation], points: int) -> tuple[Allocation, ...]:
    """The first of the points of allocations."""
    found = []
    for lot, size in allocations:
        if points <= 0:
            break
        found.append(Allocation(lot, min(size, points)))
        points -= size
    return tuple(found)


def _earned(state: AccountState, book: Book, entry: Entry) -> None:
    """The lot of an earn is new, and the most frequent of all."""
    if entry.debt:
        book.debt += entry.debt
    for lot, points in entry.allocations:
        state.next_lot = lot.lot_id + 1
        if left := points + entry.debt:
            book.open(lot, left, entry.on, is_pending=entry.pending > 0)
    if book.terms.lapses_on is not None:
        _touch(book, entry)
    if entry.details is not None:
        _use_caps(state, entry.details)


def _use_caps(state: AccountState, details: Mapping[str, object]) -> None:
    used = state.used
    for rule, period, points in cast(Sequence[tuple[str, str, int]], details.get("caps", ())):
        used[rule, period] = used.get((rule, period), 0) + points
    while len(used) > _PERIODS_KEPT:
        del used[next(iter(used))]


def _moved(state: AccountState, book: Book, entry: Entry) -> None:
    """An adjustment, a transfer or a reversal: points come, and repay debt first, or points go."""
    gained = entry.available + entry.pending
    book.debt += entry.debt
    if gained > 0 or entry.debt < 0:
        _bring(state, book, entry)
    else:
        book.take(entry.allocations)
    _touch(book, entry)


def _bring(state: AccountState, book: Book, entry: Entry) -> None:
    for lot, points in without_first(entry.allocations, -entry.debt):
        book.add(lot, points, entry.on, is_pending=entry.pending > 0)
    for lot, _ in entry.allocations:
        if lot.lot_id >= state.next_lot:
            state.next_lot = lot.lot_id + 1


def _taken(state: AccountState, book: Book, entry: Entry) -> None:
    book.take(entry.allocations)
    if book.terms.lapses_on is not None:
        _touch(book, entry)


def _activated(state: AccountState, book: Book, entry: Entry) -> None:
    book.debt += entry.debt
    kept = {lot.lot_id: points for lot, points in without_first(entry.allocations, -entry.debt)}
    activated = {lot.lot_id for lot, _ in entry.allocations}
    for each in book.lots:
        if each.lot.lot_id in activated:
            each.is_pending, each.points = False, kept.get(each.lot.lot_id, 0)
    book.lots = [each for each in book.lots if each.points]


def _held(state: AccountState, book: Book, entry: Entry) -> None:
    book.take(entry.allocations)
    state.holds[entry.key] = OpenHold(entry.currency, entry.allocations, entry.until)
    if entry.until is not None:
        book.due_on = min(book.due_on, entry.until)


def _captured(state: AccountState, book: Book, entry: Entry) -> None:
    assert entry.of is not None
    _shrink_hold(state, entry.of, -entry.held)
    _touch(book, entry)


def _released(state: AccountState, book: Book, entry: Entry) -> None:
    assert entry.of is not None
    _shrink_hold(state, entry.of, -entry.held)
    book.debt += entry.debt
    _bring(state, book, entry)
    _touch(book, entry)


def _shrink_hold(state: AccountState, key: str, points: int) -> None:
    hold = state.holds[key]
    if left := without_first(hold.allocations, points):
        state.holds[key] = OpenHold(hold.currency, left, hold.until)
    else:
        del state.holds[key]


def _rescheduled(state: AccountState, book: Book, entry: Entry) -> None:
    """What is left of the lots of a credit goes on in new ones; a lot never changes."""
    left = [each for each in book.lots if each.lot.origin == entry.of]
    book.lots = [each for each in book.lots if each.lot.origin != entry.of]
    for each, (lot, points) in zip(left, entry.allocations, strict=True):
        book.open(lot, points, each.since, is_pending=each.is_pending)
        state.next_lot = lot.lot_id + 1


def _touch(book: Book, entry: Entry) -> None:
    terms = book.terms
    if terms.lapses_on is None or entry.derived or _activity_of(entry) not in terms.activity:
        return
    if book.last_activity_on is None or entry.on > book.last_activity_on:
        book.last_activity_on = entry.on
    book.due_on = min(book.due_on, book.lapses_on or date.max)


def _activity_of(entry: Entry) -> ActivityKind | None:
    kind = entry.kind
    if kind == "capture":
        return "redeem"
    if kind in ("earn", "redeem", "release"):
        return kind
    if entry.points <= 0:
        return None
    return _CREDITS.get(kind)


_CREDITS: Mapping[EntryKind, ActivityKind] = {"adjust": "adjust", "transfer": "transfer_in", "reverse": "reverse"}

_STATUS_AFTER: Mapping[EntryKind, AccountStatus] = {"freeze": "frozen", "unfreeze": "open", "close": "closed"}

_HANDLERS: Mapping[EntryKind, _Handler] = {
    "earn": _earned,
    "adjust": _moved,
    "transfer": _moved,
    "reverse": _moved,
    "redeem": _taken,
    "expire": _taken,
    "activate": _activated,
    "hold": _held,
    "capture": _captured,
    "release": _released,
    "reschedule": _rescheduled,
}
