"""What the entries of an account must keep to, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from servicekit.errors import Problem
from servicekit.loyalty.account.day_of import DayOf
from servicekit.loyalty.account.evolve import evolve
from servicekit.loyalty.account.state import AccountState, Book
from servicekit.loyalty.balance import Balance
from servicekit.loyalty.entry import Allocation, Entry, EntryKind
from servicekit.loyalty.journal.entry_json import entry_text
from servicekit.loyalty.journal.seal import chained
from servicekit.loyalty.rejected import UnknownCurrencyError
from servicekit.loyalty.terms import BookingRules
from servicekit.timeline import to_us


class AccountAudit:
    """An account, worked out anew from its entries; it stands still at the first that cannot be.

    ``state`` is the account after them, ``balances`` are the sums of their numbers by currency, ``digest`` is the last
    of the chain (:class:`Seal`).
    """

    __slots__ = ("_days", "_rules", "balances", "digest", "state")

    def __init__(self, account: str, rules: BookingRules) -> None:
        self._rules, self._days, self.state = rules, DayOf(rules.timezone), AccountState(account)
        self.balances: dict[str, Balance] = {}
        self.digest = ""

    def take(self, entry: Entry) -> Problem | None:
        """The next entry, or what is wrong with it; then nothing is changed."""
        for code, check in _CHECKS.items():
            if message := check(self, entry):
                return Problem(code, _place(entry), message, hint=_HINT)
        self.digest = chained(self.digest, entry_text(entry))
        evolve(self.state, entry, self._rules.terms)
        if entry.currency:
            self.balances[entry.currency] = self.balances.get(entry.currency, _NOTHING).after((entry,))
        return None

    def order_fault(self, entry: Entry) -> str | None:
        """Entries are numbered without a gap, and are recorded one after the other."""
        if entry.number != self.state.version + 1:
            return f"entry {self.state.version + 1} was expected, and {entry.number} is there"
        if not max(self.state.recorded_us, _FIRST_US) <= entry.recorded_us < _LAST_US:
            return "it was recorded before the entry before it, or out of all time"
        if entry.on > self._days.of(entry.recorded_us):
            return f"it takes effect on {entry.on}, ahead of the day on which it was recorded"
        return None

    def currency_fault(self, entry: Entry) -> str | None:
        """The programme has the currency; what concerns the account as a whole has none."""
        if not entry.currency:
            return None if entry.kind in _OF_THE_ACCOUNT else f"{entry.kind} needs a currency"
        try:
            self._rules.currency(entry.currency)
        except UnknownCurrencyError as error:
            return str(error)
        return None

    def sum_fault(self, entry: Entry) -> str | None:
        """What an entry adds fits what it is, and the points of its lots."""
        if entry.kind not in _MOVED:
            return f"no entry is of the kind {entry.kind!r}"
        moved, gain = sum(points for _, points in entry.allocations), entry.available + entry.pending + entry.held
        if min((points for _, points in entry.allocations), default=1) < 1:
            return "a lot moves by less than one point"
        if moved != _MOVED[entry.kind](entry, gain) and not (_is_debt_moved(entry) or entry.kind == "reschedule"):
            return f"{entry.kind} of {gain:+,} points and {entry.debt:+,} of debt moves {moved:,} points of lots"
        if entry.kind in _WITHIN and gain != entry.debt:
            return f"{entry.kind} makes {gain - entry.debt:+,} points out of nothing"
        return None

    def lot_fault(self, entry: Entry) -> str | None:
        """Points are taken from lots and holds that have them."""
        book = self.state.books.get(entry.currency)
        if entry.kind in ("capture", "release"):
            hold = self.state.holds.get(entry.of or "")
            held = sum(points for _, points in hold.allocations) if hold else 0
            return f"{-entry.held:,} points of a hold of {held:,}" if hold is None or -entry.held > held else None
        if entry.kind == "reschedule":
            left = [each.points for each in book.lots if each.lot.origin == entry.of] if book else []
            told = [points for _, points in entry.allocations]
            return None if left == told else f"lots of {left} points go on as lots of {told}"
        if entry.kind in _TAKING or (entry.kind in _EITHER and entry.points < 0):
            return next((fault for each in entry.allocations if (fault := _missing(book, each, entry.kind))), None)
        if entry.kind == "earn" and any(lot.lot_id < self.state.next_lot for lot, _ in entry.allocations):
            return "points are earned in a lot that is there already"
        return None

    def balance_fault(self, entry: Entry) -> str | None:
        """Nothing is less than none, and nobody has points beside a debt."""
        after = self.balances.get(entry.currency, _NOTHING).after((entry,))
        return f"the balance would be {after}" if min(after) < 0 else None

    def end_faults(self, kept: AccountState) -> Iterator[str]:
        """What differs between the state that a store keeps and the one worked out here."""
        for name in ("version", "recorded_us", "status", "next_lot", "holds", "used"):
            told, found = getattr(kept, name), getattr(self.state, name)
            if told != found:
                yield f"{name} is {told!r:.80}, and by the journal {found!r:.80}"
        for currency in {**kept.books, **self.state.books}:
            mine, theirs = _open(self.state.books.get(currency)), _open(kept.books.get(currency))
            if mine != theirs:
                yield f"{currency} are {theirs!r:.200}, and by the journal {mine!r:.200}"
        for currency, balance in self.balances.items():
            book = self.state.books[currency]
            if (book.available, book.pending, book.debt) != (balance.available, balance.pending, balance.debt):
                yield f"the lots of {currency} have {book.available:,} points, and their entries {balance.available:,}"
            if balance.available and balance.debt:
                yield f"{balance.available:,} points of {currency} are available beside a debt of {balance.debt:,}"


_NOTHING = Balance()
_FIRST_US, _LAST_US = to_us(datetime(2, 1, 1, tzinfo=UTC)), to_us(datetime(9999, 1, 1, tzinfo=UTC))
_HINT = "the journal was changed by something else than a ledger; restore it from a backup or an export"


def _place(entry: Entry) -> str:
    return f"{entry.account} entry {entry.number}"


def _missing(book: Book | None, taken: Allocation, kind: EntryKind) -> str | None:
    lot, points = taken
    found = next((each for each in book.lots if each.lot.lot_id == lot.lot_id), None) if book else None
    if found is None or found.points < points:
        return f"{points:,} points are taken from lot {lot.lot_id}, which has {found.points if found else 0:,}"
    if kind == "activate" and not found.is_pending:
        return f"lot {lot.lot_id} is not pending"
    return None


def _open(book: Book | None) -> tuple[object, ...] | None:
    """What a book holds; an empty one is none."""
    if book is None or not (book.lots or book.debt or book.last_activity_on):
        return None
    return book.lots, book.debt, book.last_activity_on


def _is_debt_moved(entry: Entry) -> bool:
    """A merge moves a debt without points."""
    return entry.kind == "transfer" and not entry.allocations and entry.available == entry.pending == entry.held == 0


def _come_or_gone(entry: Entry, gain: int) -> int:
    return gain - entry.debt if gain > 0 or entry.debt < 0 else -gain


_MOVED: Mapping[EntryKind, Callable[[Entry, int], int]] = {
    "earn": lambda entry, gain: gain - entry.debt,
    "adjust": _come_or_gone,
    "transfer": _come_or_gone,
    "reverse": _come_or_gone,
    "redeem": lambda entry, gain: -gain,
    "expire": lambda entry, gain: -gain,
    "capture": lambda entry, gain: -gain,
    "activate": lambda entry, gain: -entry.pending,
    "hold": lambda entry, gain: entry.held,
    "release": lambda entry, gain: -entry.held,
    "reschedule": lambda entry, gain: 0,
    "freeze": lambda entry, gain: abs(gain),
    "unfreeze": lambda entry, gain: abs(gain),
    "close": lambda entry, gain: abs(gain),
}
"""How many points of lots an entry moves, by its numbers."""

_OF_THE_ACCOUNT = frozenset(("freeze", "unfreeze", "close"))
_WITHIN = frozenset(("activate", "hold", "release", "reschedule", *_OF_THE_ACCOUNT))
_TAKING = frozenset(("redeem", "expire", "hold", "activate"))
_EITHER = frozenset(("adjust", "transfer", "reverse"))

_CHECKS: Mapping[str, Callable[[AccountAudit, Entry], str | None]] = {
    "journal.order": AccountAudit.order_fault,
    "journal.currency": AccountAudit.currency_fault,
    "journal.sums": AccountAudit.sum_fault,
    "journal.lots": AccountAudit.lot_fault,
    "journal.balance": AccountAudit.balance_fault,
}
