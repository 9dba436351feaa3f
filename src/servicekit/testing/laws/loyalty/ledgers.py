"""Laws of ledgers: what a journal, a balance and a refusal keep to, whatever was asked, over any store.

Each takes the terms, commands in the order in which they were given, and what makes a new and empty store. Draw terms
and commands from :mod:`servicekit.testing.strategies.loyalty.ledger_commands`, or take real ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, groupby
from typing import NamedTuple, TypeAlias, TypeVar

from servicekit.loyalty import Balance, Booking, Close, Command, Entry, FixedTerms, Ledger, MemoryStore, Merge, Terms
from servicekit.loyalty.account.evolve import replay
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.rejected import Rejected
from servicekit.loyalty.store import LedgerStore
from servicekit.testing.laws.law_broken import demand
from servicekit.testing.slow.ledger import SlowLedger, SlowLot
from servicekit.timeline import from_us, zone

StoreFactory: TypeAlias = Callable[[], LedgerStore]
"""What makes a new and empty store, at the cost of the one before it: no law uses two of them at once."""

_T = TypeVar("_T")
_DAY, _INSTANT = timedelta(days=1), timedelta.resolution


def check_ledger(
    terms: Sequence[Terms], commands: Sequence[Command], store: StoreFactory = MemoryStore, timezone: str = "UTC"
) -> None:
    """Every law of this file, for a ledger over the stores of a factory.

    >>> from datetime import UTC
    >>> from servicekit.loyalty import Earn, Redeem
    >>> at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> check_ledger([Terms("points")], [Earn("m-1", 30, at=at, key="a"), Redeem("m-1", 10, at=at, key="b")])

    Raises:
        LawBroken: the first that does not hold.
    """
    pair = agrees_with_slow_ledger(terms, commands, store, timezone)
    journal_adds_up(pair)
    journal_replays_to_the_state(pair)
    telling_again_changes_nothing(pair, commands)
    past_answers_stay(terms, commands, store, timezone)
    many_at_once_are_one_by_one(terms, commands, store, timezone)
    running_expiry_changes_nothing(terms, commands, store, timezone)


class Pair:
    """A ledger and the slow one beside it, which are told the same and must say the same."""

    def __init__(self, terms: Sequence[Terms], store: LedgerStore, timezone: str = "UTC") -> None:
        self.rules = FixedTerms(*terms, timezone=zone(timezone))
        self.ledger, self.slow = Ledger(self.rules, store), SlowLedger(*terms, timezone=timezone)
        self.store, self.currencies = store, [each.currency for each in terms]
        self.today = self.closed_through = date.min

    def tell(self, command: Command) -> Booking | Rejected:
        """Give both a command.

        Raises:
            LawBroken: they answer differently.
        """
        return self._agreed(command, _answer(self.ledger.apply, command))

    def tell_many(self, commands: Sequence[Command]) -> list[Booking | Rejected]:
        """Give the ledger commands in one transaction, and the slow one each of them.

        Raises:
            LawBroken: they answer differently.
        """
        answers = self.ledger.apply_many(commands)
        return [self._agreed(command, answer) for command, answer in zip(commands, answers, strict=True)]

    def close_period(self, through: date) -> None:
        """Close the days up to one for both, unless they are closed."""
        if through > self.closed_through:
            self.closed_through = through
            self.ledger.close_period(through, self.today)
            self.slow.close_period(through)

    def run_expiry(self) -> None:
        """Write down what fell due in accounts up to the day on which they stand, which changes nothing."""
        for account in self.accounts:
            state = self.ledger.state(account, date.min)
            self.ledger.run_expiry(from_us(state.recorded_us, self.rules.timezone).date(), [account])

    def _agreed(self, command: Command, answer: Booking | Rejected) -> Booking | Rejected:
        self.today = max(self.today, command.at.astimezone(self.rules.timezone).date())
        told = _answer(self.slow.apply, command)
        law = "the ledger answers as counting points day by day does"
        if isinstance(answer, Rejected) or isinstance(told, Rejected):
            demand(type(answer) is type(told), law, command=command, ledger=answer, slow=told)
            return answer
        seen, counted = _Seen.of(answer), _Seen(told.lots, Balance(*told.change), told.replayed)
        if isinstance(command, Merge | Close):
            seen, counted = seen._replace(lots=()), counted._replace(lots=())
        demand(seen == counted, law, command=command, ledger=seen, slow=counted)
        return answer

    def compare(self, account: str, as_of: date, known_at: datetime | None = None) -> None:
        """Ask both how many points there are, and on a day that is not past which ones.

        Raises:
            LawBroken: they answer differently.
        """
        law, asked = "the ledger counts as many points", {"account": account, "as_of": as_of, "known_at": known_at}
        for currency in self.currencies:
            mine = self.ledger.balance(account, as_of, currency=currency, known_at=known_at)
            theirs = self.slow.balance(account, as_of, currency=currency, known_at=known_at)
            demand(mine == Balance(*theirs), law, **asked, ledger=mine, slow=theirs)
            if as_of >= self.today:
                lots, counted = (
                    lots_of(self.ledger.state(account, as_of), currency),
                    self._slow_lots(account, as_of, currency),
                )
                demand(lots == counted, "the ledger has the same lots", **asked, ledger=lots, slow=counted)

    def _slow_lots(self, account: str, as_of: date, currency: str) -> Counter[SlowLot]:
        return _counted(self.slow.lots(account, as_of, currency))

    @property
    def accounts(self) -> list[str]:
        """The accounts of the ledger that something was booked on."""
        return [name for name in self.store.accounts() if any(self.ledger.entries(name))]


class _Seen(NamedTuple):
    """What can be told of an answer in the words of both ledgers."""

    lots: tuple[SlowLot, ...]
    change: Balance
    replayed: bool

    @classmethod
    def of(cls, booking: Booking) -> _Seen:
        pieces = groupby(booking.allocations, key=lambda each: (each.lot.origin, each.lot.expires_on))
        lots = tuple(SlowLot(*kind, sum(points for _, points in group)) for kind, group in pieces)
        first = [entry for entry in booking.entries if entry.account == booking.entries[0].account]
        return cls(lots, _sum_of(first), booking.replayed)


def _answer(apply: Callable[[Command], _T], command: Command) -> _T | Rejected:
    try:
        return apply(command)
    except Rejected as refusal:
        return refusal


def _sum_of(entries: Iterable[Entry]) -> Balance:
    total = Balance()
    for entry in entries:
        total = Balance(*(a + b for a, b in zip(total, _parts(entry), strict=True)))
    return total


def _parts(entry: Entry) -> Balance:
    return Balance(entry.available, entry.pending, entry.held, entry.debt)


def _counted(lots: Iterable[SlowLot]) -> Counter[SlowLot]:
    """Points by origin, last day and state."""
    counts: Counter[SlowLot] = Counter()
    for lot in lots:
        counts[lot._replace(points=0)] += lot.points
    return counts


def lots_of(state: AccountState, currency: str) -> Counter[SlowLot]:
    """The points of an account by origin, last day and state, each lot with the number of its points."""
    opened = state.books[currency].lots if currency in state.books else []
    lots = [
        SlowLot(each.lot.origin, each.lot.expires_on, each.points, "pending" if each.is_pending else "available")
        for each in opened
    ]
    holds = [hold for hold in state.holds.values() if hold.currency == currency]
    held = [SlowLot(lot.origin, lot.expires_on, points, "held") for hold in holds for lot, points in hold.allocations]
    return _counted([*lots, *held])


def agrees_with_slow_ledger(
    terms: Sequence[Terms], commands: Sequence[Command], store: StoreFactory = MemoryStore, timezone: str = "UTC"
) -> Pair:
    """The ledger answers every command, and every question of every day, as counting points day by day does.

    Raises:
        LawBroken: it does not.
    """
    pair = Pair(terms, store(), timezone)
    for command in commands:
        pair.tell(command)
    for account in pair.accounts:
        entries = list(pair.ledger.entries(account))
        for day in sorted({entry.on for entry in entries}):
            pair.compare(account, day)
        for known in sorted({entry.recorded_at for entry in entries}):
            pair.compare(account, pair.today, known)
        for days in (0, 1, 5, 30):
            pair.compare(account, pair.today + days * _DAY)
    return pair


def journal_adds_up(pair: Pair) -> None:
    """Entries are numbered, move what their lots say, and leave no part of a balance below nothing.

    Debt never stands beside points to spend, and what leaves one account by a transfer comes to another.

    Raises:
        LawBroken: it does not.
    """
    moved: Counter[tuple[str, str]] = Counter()
    for account in pair.accounts:
        entries = list(pair.ledger.entries(account))
        numbers = [entry.number for entry in entries]
        demand(numbers == list(range(1, len(entries) + 1)), "entries are numbered from 1", numbers=numbers)
        for currency in pair.currencies:
            _balances_are_sound([entry for entry in entries if entry.currency == currency])
        for entry in entries:
            moved[entry.key, entry.currency] += entry.points if entry.kind == "transfer" else 0
    demand(not any(moved.values()), "what leaves an account comes to another", moved=moved)
    written = list(pair.ledger.entries())
    by_account = [entry for account in pair.accounts for entry in pair.ledger.entries(account)]
    demand(Counter(e[:2] for e in written) == Counter(e[:2] for e in by_account), "each entry is in both journals")


def _balances_are_sound(entries: Sequence[Entry]) -> None:
    total = Balance()
    for entry in entries:
        total = Balance(*(a + b for a, b in zip(total, _parts(entry), strict=True)))
        demand(min(total) >= 0, "no part of a balance is below nothing", entry=entry, balance=total)
        demand(not (total.available and total.debt), "no debt beside points to spend", entry=entry, balance=total)
        size = sum(points for _, points in entry.allocations)
        demand(size == _size(entry), "the points of the lots are those of the entry", entry=entry)
        demand(all(points > 0 for _, points in entry.allocations), "no lot moves nothing", entry=entry)


def _size(entry: Entry) -> int:
    """How many points of lots an entry moves, by its numbers."""
    match entry.kind:
        case "reschedule":
            return sum(points for _, points in entry.allocations)
        case "activate":
            return -entry.pending
        case "hold" | "capture" | "release":
            return abs(entry.held)
        case _:
            left = entry.available + entry.pending
            return -left if left < 0 or entry.debt > 0 else left - entry.debt * bool(entry.allocations)


def journal_replays_to_the_state(pair: Pair) -> None:
    """The entries of an account, taken up one by one, come to the state that the store keeps.

    Raises:
        LawBroken: they do not.
    """
    for account in pair.accounts:
        kept = pair.store.state(account, pair.rules.terms)
        again = replay(account, pair.ledger.entries(account), pair.rules.terms)
        assert kept is not None
        same = plain(kept) == plain(again)
        demand(same, "replaying the journal gives the state", kept=kept, again=again)


def plain(state: AccountState) -> tuple[object, ...]:
    """A state without what may lag behind, and without books in which nothing was booked."""
    books = {
        name: (book.lots, book.debt, book.last_activity_on)
        for name, book in state.books.items()
        if book.lots or book.debt or book.last_activity_on
    }
    return state.account, state.version, state.recorded_us, state.status, state.next_lot, books, state.holds, state.used


def past_answers_stay(
    terms: Sequence[Terms], commands: Sequence[Command], store: StoreFactory = MemoryStore, timezone: str = "UTC"
) -> None:
    """What was known of a day at an instant is answered alike for ever, whatever is booked later.

    Raises:
        LawBroken: it is not.
    """
    ledger, said = Ledger(FixedTerms(*terms, timezone=zone(timezone)), store()), {}
    for command in commands:
        answer = _answer(ledger.apply, command)
        for entry in () if isinstance(answer, Rejected) else answer.entries:
            known = entry.recorded_at - _INSTANT
            for day in (entry.on - _DAY, entry.on):
                asked = (entry.account, day, entry.currency or None, known)
                said[asked] = _asked(ledger, *asked)
    for asked, answered in said.items():
        now = _asked(ledger, *asked)
        demand(now == answered, "past answers stay", asked=asked, then=answered, now=now)


def _asked(ledger: Ledger, account: str, day: date, currency: str | None, known_at: datetime) -> Balance:
    return ledger.balance(account, day, currency=currency, known_at=known_at)


def many_at_once_are_one_by_one(
    terms: Sequence[Terms], commands: Sequence[Command], store: StoreFactory = MemoryStore, timezone: str = "UTC"
) -> None:
    """Commands in one transaction are answered, and written, as one after the other; so in every store as in memory.

    Raises:
        LawBroken: they are not.
    """
    rules = FixedTerms(*terms, timezone=zone(timezone))
    one_by_one, at_once = Ledger(rules), Ledger(rules, store())
    singly = [_answer(one_by_one.apply, command) for command in commands]
    many = at_once.apply_many(commands)
    law = "many at once are answered as one by one"
    for command, one, other in zip(commands, singly, many, strict=True):
        same = type(one) is type(other) if isinstance(one, Rejected) else one == other
        demand(same, law, command=command, one=one, many=other)
    written, written_at_once = list(one_by_one.entries()), list(at_once.entries())
    law = "many at once write the journal that one by one writes in memory"
    demand(written == written_at_once, law, one=written, many=written_at_once)


def running_expiry_changes_nothing(
    terms: Sequence[Terms], commands: Sequence[Command], store: StoreFactory = MemoryStore, timezone: str = "UTC"
) -> None:
    """Writing down what fell due, as often as one likes, changes no answer; the second time there is nothing to write.

    Commands whose clock went back are left out: they come too late for the day that has begun.

    Raises:
        LawBroken: it does.
    """
    rules = FixedTerms(*terms, timezone=zone(timezone))
    lazy, busy = Ledger(rules), Ledger(rules, store())
    latest = accumulate((command.at for command in commands), max)
    for command in (each for each, at in zip(commands, latest, strict=True) if each.at == at):
        today = command.at.astimezone(rules.timezone).date()
        busy.run_expiry(today)
        again = busy.run_expiry(today)
        demand(again == 0, "what fell due is written once", command=command, again=again)
        one, other = _answer(lazy.apply, command), _answer(busy.apply, command)
        if isinstance(one, Booking) and isinstance(other, Booking):
            demand(_Seen.of(one) == _Seen.of(other), "expiry that is run changes no answer", one=one, other=other)
        else:
            demand(type(one) is type(other), "expiry that is run changes no answer", one=one, other=other)


def telling_again_changes_nothing(pair: Pair, commands: Sequence[Command]) -> None:
    """A command told again is answered as the first time and books nothing; another under its key is refused.

    Raises:
        LawBroken: it is not.
    """
    before = list(pair.ledger.entries())
    booked = {entry.key for entry in before}
    for command in commands:
        if command.key in booked:
            answer = pair.tell(command)
            demand(not isinstance(answer, Booking) or answer.replayed, "told again it is replayed", answer=answer)
    demand(list(pair.ledger.entries()) == before, "telling again books nothing")
