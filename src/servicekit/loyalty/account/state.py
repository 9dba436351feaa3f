"""What is kept of one account: its lots, holds and debts by currency; a projection of its journal."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias

from servicekit.loyalty.entry import Allocation, Lot
from servicekit.loyalty.terms import ConsumptionOrder, Terms

AccountStatus: TypeAlias = Literal["open", "frozen", "closed"]


PlainLot: TypeAlias = tuple[int, str, date, int, date | None, date | None, Fraction | None]
"""A lot, or the fields of one as a plain tuple, which the collector of garbage forgets."""

_new = tuple.__new__


@dataclass(slots=True)
class OpenLot:
    """Points of a lot that are left: all of them pending, or all available.

    ``since`` is the day on which they came here; they cannot expire before it.
    """

    plain: PlainLot
    points: int
    is_pending: bool = False
    since: date = date.min

    @property
    def lot(self) -> Lot:
        """The lot, which is made of its fields when it is first asked for."""
        if not isinstance(self.plain, Lot):
            self.plain = _new(Lot, self.plain)
        return self.plain


@dataclass(slots=True)
class OpenHold:
    """What a hold still holds, in the order of consumption; ``until`` is the first day on which it no longer does."""

    currency: str
    allocations: tuple[Allocation, ...]
    until: date | None


_FEW = 8  # more lots than this at once are taken in one pass over all

_Place: TypeAlias = tuple[date | int | Fraction, ...]


def _earliest_expiry(lot: Lot) -> _Place:
    return lot.expires_on or date.max, lot.earned_on, lot.arrived_us, lot.lot_id


def _fifo(lot: Lot) -> _Place:
    return lot.earned_on, lot.arrived_us, lot.lot_id


def _lifo(lot: Lot) -> _Place:
    return -lot.earned_on.toordinal(), lot.arrived_us, lot.lot_id


def _hifo(lot: Lot) -> _Place:
    return -(lot.unit_value or Fraction(0)), lot.earned_on, lot.arrived_us, lot.lot_id


PLACE_OF: dict[ConsumptionOrder, Callable[[Lot], _Place]] = {
    "earliest_expiry": _earliest_expiry,
    "fifo": _fifo,
    "lifo": _lifo,
    "hifo": _hifo,
}
"""Where a lot stands among the others of its book, by the order in which they are spent."""


@dataclass(slots=True)
class Book:
    """One currency of an account: open lots in the order in which they are spent, debt, and the last activity.

    ``due_on`` is no later than the next day on which anything falls due by itself.
    """

    terms: Terms
    lots: list[OpenLot] = field(default_factory=list)
    debt: int = 0
    last_activity_on: date | None = None
    due_on: date = date.max
    last_days: tuple[date, tuple[date | None, date | None]] = field(default=(date.min, (None, None)), compare=False)

    def days_of(self, earned_on: date) -> tuple[date | None, date | None]:
        """When points earned on a day expire, and from when they can be spent; the last answer is remembered."""
        if self.last_days[0] != earned_on or earned_on == date.min:
            terms = self.terms
            self.last_days = earned_on, (terms.expires_on(earned_on), terms.available_on(earned_on))
        return self.last_days[1]

    @property
    def available(self) -> int:
        """The points that can be spent."""
        return sum(each.points for each in self.lots if not each.is_pending)

    @property
    def pending(self) -> int:
        """The points that cannot be spent yet."""
        return sum(each.points for each in self.lots if each.is_pending)

    @property
    def lapses_on(self) -> date | None:
        """The first day on which no point of the book can be used any more, for want of activity."""
        lapses_on = self.terms.lapses_on
        return None if lapses_on is None or self.last_activity_on is None else lapses_on(self.last_activity_on)

    def add(self, lot: Lot, points: int, since: date, *, is_pending: bool = False) -> None:
        """Put points into a lot that is open, or open it."""
        place = self._place_of(lot.lot_id)
        if place is None:
            self.open(lot, points, since, is_pending=is_pending)
        else:
            self.lots[place].points += points

    def open(self, lot: Lot, points: int, since: date, *, is_pending: bool = False) -> None:
        """Put points into a lot that is not open."""
        opened, lots, expires_on = OpenLot(lot, points, is_pending, since), self.lots, lot.expires_on
        place_of = PLACE_OF[self.terms.order]
        if not lots or place_of(lots[-1].lot) < place_of(lot):
            lots.append(opened)
        else:
            insort(lots, opened, key=lambda each: place_of(each.lot))
        if expires_on is not None and expires_on < self.due_on:
            self.due_on = expires_on
        if is_pending and lot.available_on is not None and lot.available_on < self.due_on:
            self.due_on = lot.available_on
        if self.last_activity_on is not None and (lapses_on := self.lapses_on) is not None:
            self.due_on = min(self.due_on, lapses_on)

    def take(self, allocations: Sequence[Allocation]) -> None:
        """Take points out of open lots."""
        if len(allocations) > _FEW:
            self._take_many(allocations)
            return
        for lot, points in allocations:
            place = self._place_of(lot.lot_id)
            assert place is not None
            open_lot = self.lots[place]
            if open_lot.points == points:
                del self.lots[place]
            else:
                open_lot.points -= points

    def _take_many(self, allocations: Sequence[Allocation]) -> None:
        gone = {lot.lot_id: points for lot, points in allocations}
        for each in self.lots:
            each.points -= gone.get(each.lot.lot_id, 0)
        self.lots = [each for each in self.lots if each.points]

    def _place_of(self, lot_id: int) -> int | None:
        """Where an open lot is; those that are taken from are among the first."""
        for place, each in enumerate(self.lots):
            if each.lot.lot_id == lot_id:
                return place
        return None

    def copy(self) -> Book:
        """Another one of the same content."""
        lots = [OpenLot(each.plain, each.points, each.is_pending, each.since) for each in self.lots]
        return Book(self.terms, lots, self.debt, self.last_activity_on, self.due_on)


@dataclass(slots=True)
class AccountState:
    """An account at one version; ``status`` is that of the account, ``next_lot`` the number of its next lot.

    ``due_on`` is no later than the next day on which anything falls due by itself. ``used`` says how many points earn
    rules with caps have given, by rule and period.
    """

    account: str
    version: int = 0
    recorded_us: int = 0
    status: AccountStatus = "open"
    next_lot: int = 1
    due_on: date = date.max
    books: dict[str, Book] = field(default_factory=dict)
    holds: dict[str, OpenHold] = field(default_factory=dict)
    used: dict[tuple[str, str], int] = field(default_factory=dict)

    def book(self, currency: str, terms_of: Callable[[str], Terms]) -> Book:
        """The book of a currency; a new one where nothing was booked in it yet."""
        book = self.books.get(currency)
        if book is None:
            book = self.books[currency] = Book(terms_of(currency))
        return book

    @property
    def held(self) -> int:
        """The points that holds have set aside, of all currencies."""
        return sum(points for hold in self.holds.values() for _, points in hold.allocations)

    def copy(self) -> AccountState:
        """Another one of the same content."""
        books = {currency: book.copy() for currency, book in self.books.items()}
        return AccountState(
            self.account,
            self.version,
            self.recorded_us,
            self.status,
            self.next_lot,
            self.due_on,
            books,
            dict(self.holds),
            dict(self.used),
        )
