"""What a ledger owes its members on a day, and what became of all points by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias, get_args

from servicekit.layout import Result, Table
from servicekit.loyalty.entry import Entry
from servicekit.loyalty.questions.allocated_price import AllocatedPrice
from servicekit.loyalty.questions.reader import LedgerReader
from servicekit.quantity import Money
from servicekit.timeline import to_us

_Flow: TypeAlias = Literal["earned", "redeemed", "expired", "taken_back", "adjusted", "outstanding", "debt"]
_FLOWS: tuple[_Flow, ...] = get_args(_Flow)


class Liability(NamedTuple):
    """The points of one currency in all accounts at the end of a day, and where they came from and went.

    ``outstanding`` points are those that members can still use: available, pending and held. ``debt`` is what they owe;
    it is not taken off. ``redeemed`` is net of redemptions that were reversed, ``taken_back`` are credits that were
    reversed, the debt that this made included. ``expected`` is the share of the outstanding points that will be used;
    the rest is breakage. So ``earned + adjusted - redeemed - expired - taken_back == outstanding - debt``.

    >>> from servicekit.quantity import Money
    >>> day = Liability(date(2026, 1, 31), "points", 1_000, 400, 100, 0, 0, 500, 0, Fraction(9, 10))
    >>> day.breakage, str(day.value(Money.parse("0.01 CNY")))
    (Fraction(50, 1), '4.50 CNY')
    """

    as_of: date
    currency: str
    earned: int
    redeemed: int
    expired: int
    taken_back: int
    adjusted: int
    outstanding: int
    debt: int
    expected: Fraction = Fraction(1)

    @property
    def breakage(self) -> Fraction:
        """The outstanding points that nobody is expected to use."""
        return self.outstanding * (1 - self.expected)

    @property
    def observed(self) -> Fraction | None:
        """The share of the points that are gone which were redeemed, not expired; ``None`` where none is gone."""
        gone = self.redeemed + self.expired
        return Fraction(self.redeemed, gone) if gone > 0 else None

    def value(self, unit_value: Money) -> Money:
        """What the points that will be used are worth, in whole minor units (half even)."""
        return unit_value.times(self.expected * self.outstanding, "half_even")

    def deferred(self, allocated: AllocatedPrice) -> Fraction:
        """What is not revenue yet of the price that was allocated to all points earned."""
        return allocated.liability(self.redeemed, self.redeemed + self.expected * self.outstanding)


def liabilities(
    reader: LedgerReader,
    days: Iterable[date],
    currency: str,
    expected: Fraction | Decimal | int,
    known_at: datetime | None,
) -> list[Liability]:
    """What is owed at the end of each of some days, in one pass over the journal.

    Raises:
        TypeError: the expected share is a float.
        ValueError: it is not between 0 and 1.
    """
    share, asked = _share(expected), sorted(set(days))
    if not asked:
        return LiabilityDays()
    flows: dict[date, Counter[_Flow]] = {}
    known_us = None if known_at is None else to_us(known_at)
    for entry in _entries(reader, asked[-1]):
        if entry.currency == currency and entry.on <= asked[-1] and (known_us is None or entry.recorded_us <= known_us):
            _count(flows.setdefault(entry.on, Counter()), entry)
    return LiabilityDays(_sums(flows, asked, currency, share))


class LiabilityDays(Result, list[Liability]):
    """What is owed at the end of some days, in order.

    >>> LiabilityDays([Liability(date(2026, 1, 31), "points", 1_000, 400, 100, 0, 0, 500, 0)]).rows()[0]["breakage"]
    Fraction(0, 1)
    """

    __slots__ = ()

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each day."""
        return [{**each._asdict(), "breakage": each.breakage} for each in self]

    def table(self) -> Table:
        """A row for each day, in which what is outstanding adds up."""
        head = ("as of", "earned", "adjusted", "redeemed", "expired", "taken back", "debt", "outstanding", "breakage")
        rows = [
            (
                f"{each.as_of}",
                *(f"{getattr(each, name.replace(' ', '_')):,}" for name in head[1:-1]),
                f"{round(each.breakage):,}",
            )
            for each in self
        ]
        return Table(head, rows, labels=1, caption=self[0].currency if self else "")


def _share(expected: Fraction | Decimal | int) -> Fraction:
    if not isinstance(expected, Fraction | Decimal | int):
        raise TypeError(f"the expected share is exact, a Decimal or a Fraction, not {expected!r}")
    if not 0 <= expected <= 1:
        raise ValueError(f"the share of points that will be redeemed is between 0 and 1, not {expected}")
    return Fraction(expected)


def _entries(reader: LedgerReader, last_on: date) -> Iterator[Entry]:
    """The whole journal, and what has fallen due in accounts and nobody has written yet."""
    due = {account: reader.seen(account, last_on) for account in reader.store.due_accounts(last_on)}
    for entry in reader.store.entries():
        seen = due.get(entry.account)
        if seen is None or entry.number <= seen.version:
            yield entry
    for seen in due.values():
        yield from seen.ahead


def _count(flows: Counter[_Flow], entry: Entry) -> None:
    flows["outstanding"] += entry.available + entry.pending + entry.held
    flows["debt"] += entry.debt
    match entry.kind:
        case "earn":
            flows["earned"] += entry.points
        case "redeem" | "capture":
            flows["redeemed"] -= entry.points
        case "expire":
            flows["expired"] -= entry.points
        case "reverse":
            flows["redeemed" if entry.points > 0 else "taken_back"] -= entry.points
        case "adjust":
            flows["adjusted"] += entry.points
        case _:  # the others move points from one account or state to another
            pass


def _sums(
    flows: dict[date, Counter[_Flow]], asked: Sequence[date], currency: str, share: Fraction
) -> Iterator[Liability]:
    total: Counter[_Flow] = Counter()
    ahead = sorted(flows, reverse=True)
    for as_of in asked:
        while ahead and ahead[-1] <= as_of:
            total.update(flows[ahead.pop()])
        numbers = {flow: total[flow] for flow in _FLOWS}
        yield Liability(as_of=as_of, currency=currency, expected=share, **numbers)
