"""Whether a store still holds what was booked: its journal by the laws of a ledger, and what follows from it."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from servicekit.errors import Problem, ProblemGroup, ProblemLog, ServiceKitError
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.balance import Balance
from servicekit.loyalty.decisions.reverse import undone
from servicekit.loyalty.entry import Entry
from servicekit.loyalty.journal.audit import AccountAudit
from servicekit.loyalty.journal.seal import Seal
from servicekit.loyalty.store import LedgerStore
from servicekit.loyalty.terms import BookingRules


class Verification(NamedTuple):
    """What a check of a whole ledger has found; of each code how often, and the first few.

    >>> Verification(2, 17, ()).is_sound
    True
    """

    accounts: int
    entries: int
    problems: tuple[ProblemGroup, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(rules: BookingRules, store: LedgerStore, seals: Iterable[Seal] = ()) -> Verification:
    """Work out every account anew, each while nobody writes to it, and compare."""
    log, transfers, accounts, entries = ProblemLog(), Counter[tuple[str, str]](), 0, 0
    sealed: dict[str, list[Seal]] = {}
    for seal in seals:
        sealed.setdefault(seal.account, []).append(seal)
    for accounts, account in enumerate(store.accounts(), start=1):  # noqa: B007 - how many there are
        known = sealed.pop(account, [])
        try:
            with store.begin(rules.terms) as transaction:
                kept = transaction.lock((account,), ())[account]
                log.add(_AccountCheck(rules, store, kept, known).problems(transfers))
                entries += kept.version
        except ServiceKitError as error:
            if error.code != "store.corrupt":
                raise
            log.add([_wrong("journal.unreadable", account, str(error))])
    log.add(_wrong("journal.projection", account, fault) for account, fault in store.faults())
    log.add(_wrong("journal.seal", account, "the account is sealed, and is not there any more") for account in sealed)
    log.add(_one_sided(rules, store, transfers))
    return Verification(accounts, entries, log.groups())


def _one_sided(rules: BookingRules, store: LedgerStore, transfers: Counter[tuple[str, str]]) -> Iterator[Problem]:
    """Transfers of which one side was seen, the other having been written meanwhile, or being gone."""
    for key, currency in sorted(transfers):
        with store.begin(rules.terms) as transaction:
            known = transaction.booking(key)
        moved = [each for each in known.booking.entries if each.kind == "transfer"] if known else []
        points = sum(each.points for each in moved if each.currency == currency)
        if points or not moved:
            yield _wrong(
                "journal.transfers", key, f"what one account gave and another got makes {points:+,} {currency}"
            )


_NOTHING = Balance()


def _wrong(code: str, path: str, message: str) -> Problem:
    return Problem(code, path, message, hint="the store was changed by something else than a ledger; restore a backup")


class _AccountCheck:
    """One account of a store."""

    def __init__(self, rules: BookingRules, store: LedgerStore, kept: AccountState, seals: list[Seal]) -> None:
        self._store, self._kept, self._audit = store, kept, AccountAudit(kept.account, rules)
        self._seals: Mapping[int, str] = {seal.version: seal.digest for seal in seals}
        self._months: dict[tuple[str, int, int], Balance] = {}
        self._reversed, self._undone = Counter[str](), Counter[str]()

    def problems(self, transfers: Counter[tuple[str, str]]) -> Iterator[Problem]:
        account, audit = self._kept.account, self._audit
        for line in self._store.lines(account):
            if problem := audit.take(line.entry):
                yield problem
                return  # all that follows rests on it
            self._count(line.entry, line.reversed_points, transfers)
            expected = self._seals.get(line.entry.number, audit.digest)
            if expected != audit.digest:
                path = f"{account} entry {line.entry.number}"
                yield _wrong("journal.seal", path, "an entry up to this one is not what it was when it was sealed")
        if audit.state.version < max(self._seals, default=0):
            words = f"version {max(self._seals)} was sealed, and only {audit.state.version} entries are there"
            yield _wrong("journal.seal", account, words)
        yield from (_wrong("journal.projection", account, fault) for fault in audit.end_faults(self._kept))
        yield from (_wrong("journal.projection", account, fault) for fault in self._faults_of_sums())

    def _count(self, entry: Entry, reversed_points: int, transfers: Counter[tuple[str, str]]) -> None:
        month_of = entry.currency, entry.on.year, entry.on.month
        self._months[month_of] = self._months.get(month_of, _NOTHING).after((entry,))
        if entry.kind == "transfer":
            side = entry.key, entry.currency
            transfers[side] += entry.points
            if not transfers[side]:
                del transfers[side]
        if entry.kind == "reverse" and entry.of is not None:
            self._undone[entry.of] += undone((entry,))
        if reversed_points:
            self._reversed[entry.key] = reversed_points

    def _faults_of_sums(self) -> Iterator[str]:
        """Balances at the ends of months, as a store gives them quickly; and how much of bookings is reversed."""
        sums: dict[str, Balance] = {}
        for (currency, year, number), change in sorted(self._months.items()):
            if not currency:
                continue
            before, last = sums.get(currency, _NOTHING), date(year, number, monthrange(year, number)[1])
            after = sums[currency] = Balance(*map(sum, zip(before, change, strict=True)))
            told = self._store.balance(self._kept.account, currency, last)
            if told != after:
                yield f"the balance of {currency} on {last} is {told}, and by the journal {after}"
        for key in self._reversed.keys() | self._undone.keys():
            if self._reversed[key] != self._undone[key]:
                yield f"{self._reversed[key]:,} points of {key!r} count as reversed, and {self._undone[key]:,} are"
