"""SlowTiers: who stands where, found by visiting every day of every customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from servicekit.events import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    HouseholdLeft,
    Purchase,
    Refund,
    day_of,
    order_customers,
)
from servicekit.testing.slow.tier_account import Evening, SlowAccount, threshold
from servicekit.testing.slow.tier_sums import Told
from servicekit.tiers import TierProgram
from servicekit.tiers.standing.status import ChangeKind
from servicekit.timeline import zone


@dataclass(frozen=True, slots=True)
class SlowStatus:
    """Where a customer stands at the end of a day, and how they came there: (day, old tier, new tier, kind) by day.

    >>> SlowStatus("vip", "vip", date(2026, 12, 31), date(2026, 1, 5), {}, ()).tier
    'vip'
    """

    tier: str
    earned: str
    valid_until: date | None
    enrolled_on: date
    missing: Mapping[str, Fraction]
    history: tuple[tuple[date, str, str, ChangeKind], ...]

    @property
    def since(self) -> date:
        """The first day of the tier."""
        return next((on for on, old, new, _ in reversed(self.history) if old != new), self.enrolled_on)


class SlowTiers:
    """The tiers of a programme, found by walking: slow, short, and easy to believe.

    It shares nothing with the engine. It reads the programme, takes every customer day by day, and makes every sum anew
    from the list of events. Everything on a day belongs to the whole day: whoever enrols on it has enrolled for all
    that they bought on it, and whoever leaves a household on it has left for all of it.

    It tells what stands in a status but reasons, projections and problems. Refunds are exact where amounts are whole
    minor units.

    >>> from servicekit.events import PurchaseLine
    >>> from servicekit.quantity import Money
    >>> program = TierProgram.parse("{currency: CNY, levels: {normal: {}, vip: {qualify: {spend: 5000 CNY}}}}")
    >>> joined, bought = Enrolled("m-1", date(2026, 1, 5)), (PurchaseLine(Money.parse("5000 CNY")),)
    >>> events = [joined, Purchase("m-1", date(2026, 3, 1), "o-1", bought)]
    >>> SlowTiers(program).fold(events, date(2026, 6, 30))["m-1"].history
    ((datetime.date(2026, 3, 1), 'normal', 'vip', 'upgrade'),)
    """

    def __init__(self, program: TierProgram, *, timezone: str = "UTC") -> None:
        self.program = program
        self.timezone = zone(program.timezone or timezone)
        self._names = list(program.levels)

    def fold(self, events: Iterable[CustomerEvent], as_of: date) -> dict[str, SlowStatus]:
        """Where everybody who has enrolled stands at the end of ``as_of``."""
        log = order_customers(events, self.timezone).events
        told = [(day, event) for event in log if (day := day_of(event.at, self.timezone)) <= as_of]
        enrolled = dict(self._enrolments(told))
        told = [(day, event) for day, event in told if day >= enrolled.get(event.customer_id, date.max)]
        stays = Stays(told if self.program.members == "household" else ())
        accounts = self._accounts(told, enrolled, stays, as_of)
        return {name: self._status(name, accounts, stays) for name in enrolled}

    def _enrolments(self, told: Sequence[Told]) -> Iterator[tuple[str, date]]:
        """Who is enrolled on which day, the last first: of several the first counts."""
        for day, event in reversed(told):
            if isinstance(event, Enrolled) or self.program.enrolment == "automatic":
                yield event.customer_id, day

    def _accounts(
        self, told: Sequence[Told], enrolled: Mapping[str, date], stays: Stays, as_of: date
    ) -> dict[tuple[str, str], dict[date, Evening]]:
        """The evenings of all accounts, those of customers and those of households."""
        begins = {("customer", name): day for name, day in enrolled.items()} | stays.first_days
        where = {(day, event): stays.account_of(day, event) for day, event in told}
        evenings = {}
        for account, day in begins.items():
            its_own = [each for each in told if where[each] == account]
            evenings[account] = SlowAccount(self.program, day, its_own).evenings(as_of)
        return evenings

    def _status(
        self, customer: str, accounts: Mapping[tuple[str, str], Mapping[date, Evening]], stays: Stays
    ) -> SlowStatus:
        """What the evenings of a customer and of their households come to."""
        own = accounts["customer", customer]
        held = {day: self._higher(own[day], accounts.get(stays.on(day, customer), own)[day]) for day in own}
        last = held[max(held)]
        base = Evening(0, 0, None, is_renewal=False, sums={})
        changes = [self._change(day, *pair) for day, pair in zip(held, pairwise([base, *held.values()]), strict=True)]
        return SlowStatus(
            self._names[last.level],
            self._names[last.earned],
            last.valid_until,
            min(held),
            self._missing(last),
            tuple(change for change in changes if change is not None),
        )

    @staticmethod
    def _higher(own: Evening, shared: Evening) -> Evening:
        return own if own.level > shared.level else shared

    def _change(self, day: date, before: Evening, after: Evening) -> tuple[date, str, str, ChangeKind] | None:
        old, new = self._names[before.level], self._names[after.level]
        if after.level != before.level:
            return day, old, new, "upgrade" if after.level > before.level else "downgrade"
        return (day, old, new, "renew") if after.is_renewal else None

    def _missing(self, evening: Evening) -> dict[str, Fraction]:
        """What each metric lacks for the next tier that can be earned."""
        above = [each.qualify for each in list(self.program.levels.values())[evening.level + 1 :] if each.qualify]
        needs = above[0].thresholds.items() if above else ()
        return {name: max(threshold(value) - evening.sums[name], Fraction(0)) for name, value in needs}


class Stays:
    """Who belongs to which household on which day, and whose account an event counts in."""

    def __init__(self, told: Sequence[Told]) -> None:
        self._moves = [(day, event.customer_id, home) for day, event in told for home in _home_after(event)]
        self._bought = {
            event.order_id: self.on(day, event.customer_id) for day, event in told if isinstance(event, Purchase)
        }
        self.first_days = {("household", home): day for day, _, home in reversed(self._moves) if home is not None}
        """The day on which the first member of each household joined."""

    def on(self, day: date, customer: str) -> tuple[str, str]:
        """The account of the household that a customer belongs to on a day, or else their own."""
        homes = [home for on, name, home in self._moves if name == customer and on <= day]
        return ("household", homes[-1]) if homes and homes[-1] is not None else ("customer", customer)

    def account_of(self, day: date, event: CustomerEvent) -> tuple[str, str]:
        """The account in which an event counts; a refund counts where its purchase did."""
        own = ("customer", event.customer_id)
        if isinstance(event, Refund):
            bought = self._bought.get(event.order_id, own)
            return bought if bought in self._accounts_of(event.customer_id) else own
        return self.on(day, event.customer_id) if isinstance(event, Purchase | Activity) else own

    def _accounts_of(self, customer: str) -> set[tuple[str, str]]:
        homes = {("household", home) for _, name, home in self._moves if name == customer and home is not None}
        return homes | {("customer", customer)}


def _home_after(event: CustomerEvent) -> Iterator[str | None]:
    """The household after an event that moves the customer, None where they are alone after it."""
    if isinstance(event, Enrolled | HouseholdJoined) and event.household_id is not None:
        yield event.household_id
    elif isinstance(event, HouseholdLeft):
        yield None
