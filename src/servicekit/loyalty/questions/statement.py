"""What happened to points on some days, line by line, from one balance to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from servicekit.layout import Result, Table
from servicekit.loyalty.balance import Balance
from servicekit.loyalty.entry import Entry, EntryKind
from servicekit.loyalty.questions.reader import LedgerReader, SeenAccount, Selection
from servicekit.timeline import to_us

_MOST_SHOWN = 197  # with both balances and how many are left out, as many as a table shows


class StatementLine(NamedTuple):
    """An entry, and the balance after it.

    >>> earned = Entry("m-1", 1, "earn", "points", date(2026, 1, 5), 0, "order:15", available=120)
    >>> StatementLine(earned, Balance(120)).balance.total
    120
    """

    entry: Entry
    balance: Balance


@dataclass(frozen=True, slots=True)
class Statement(Result):
    """The entries of one account or several that take effect on some days, between an opening and a closing balance.

    Iterating reads the lines from the store, one by one and each time anew; they are those that were known when the
    statement was asked for, ordered by their days, then as they were written. ``totals`` are the points that each kind
    of entry added: the opening balance and they make the closing one.

    >>> from datetime import UTC
    >>> from servicekit.loyalty import Earn, FixedTerms, Ledger, Redeem, Terms
    >>> ledger, at = Ledger(FixedTerms(Terms("points"))), datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> _ = ledger.apply_many([Earn("m-1", 120, at=at), Redeem("m-1", 50, at=at.replace(month=2))])
    >>> february = ledger.statement("m-1", date(2026, 2, 1), date(2026, 2, 28))
    >>> [(line.entry.kind, line.entry.points, line.balance.total) for line in february]
    [('redeem', -50, 70)]
    >>> february.opening.total, dict(february.totals), february.closing.total
    (120, {'redeem': -50}, 70)
    """

    accounts: tuple[str, ...]
    currency: str
    first_on: date
    last_on: date
    opening: Balance
    closing: Balance
    totals: Mapping[EntryKind, int]
    count: int
    _entries: Callable[[], Iterator[Entry]] = field(repr=False, compare=False)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[StatementLine]:
        balance = self.opening
        for entry in self._entries():
            balance = balance.after((entry,))
            yield StatementLine(entry, balance)

    def rows(self) -> Iterator[dict[str, str | int | date | datetime | None]]:
        """A row of plain values for each line, for a data frame or a file."""
        for entry, balance in self:
            yield {
                "on": entry.on,
                "account": entry.account,
                "kind": entry.kind,
                "points": entry.points,
                "balance": balance.total,
                **balance._asdict(),
                "key": entry.key,
                "of": entry.of,
                "reason": entry.reason,
                "recorded_at": entry.recorded_at,
            }

    def table(self) -> Table:
        """The lines between the opening and the closing balance; of many the first."""
        rows = [(str(self.first_on), "opening", "", "", f"{self.opening.total:,}")]
        rows += (
            (
                str(entry.on),
                entry.kind,
                entry.reason or entry.of or ("" if entry.derived else entry.key),
                f"{entry.points:+,}",
                f"{total:,}",
            )
            for entry, total in ((line.entry, line.balance.total) for line in islice(self, _MOST_SHOWN))
        )
        if self.count > _MOST_SHOWN:
            rows.append(("", f"{self.count - _MOST_SHOWN:,} more", "", "", ""))
        rows.append((str(self.last_on), "closing", "", "", f"{self.closing.total:,}"))
        balances = f"{self.opening.total:,} before and {self.closing.total:,} after"
        days = f"from {self.first_on} to {self.last_on}"
        caption = f"{', '.join(self.accounts)}: {self.currency} {days}, {balances}"
        return Table(("day", "what", "about", "points", "balance"), rows, labels=3, caption=caption)


def statement_of(reader: LedgerReader, accounts: Sequence[SeenAccount], selection: Selection) -> Statement:
    """The statement of accounts as they were seen; reads the lines once, for the totals.

    Raises:
        ValueError: the last day comes before the first.
    """
    currency, first_on, last_on, _ = selection
    if last_on < first_on:
        raise ValueError(f"a statement ends on or after its first day, {first_on}, not on {last_on}")
    opening = Balance(*map(sum, zip(*(reader.opening(seen, selection) for seen in accounts), strict=True)))
    totals: dict[EntryKind, int] = {}
    changes, count = [0, 0, 0, 0], 0
    for entry in reader.pooled(accounts, selection):
        count += 1
        totals[entry.kind] = totals.get(entry.kind, 0) + entry.points
        for place, change in enumerate((entry.available, entry.pending, entry.held, entry.debt)):
            changes[place] += change
    closing = Balance(*(before + change for before, change in zip(opening, changes, strict=True)))
    names = tuple(seen.state.account for seen in accounts)

    def entries() -> Iterator[Entry]:
        return reader.pooled(accounts, selection)

    days = (currency, first_on, last_on)
    return Statement(names, *days, opening, closing, MappingProxyType(totals), count, entries)


def selected(
    reader: LedgerReader, days: tuple[date, date], currency: str | None, known_at: datetime | None
) -> Selection:
    """What a statement selects.

    Raises:
        UnknownCurrencyError: there is no such currency, or several where none is named.
    """
    known_us = None if known_at is None else to_us(known_at)
    return Selection(reader.rules.currency(currency), *days, known_us)
