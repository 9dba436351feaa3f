"""One history of customers under two tier programmes."""

from __future__ import annotations

import reprlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from servicekit.errors import PolicyError
from servicekit.events import CustomerEvent, Purchase, Refund, day_of, order_customers
from servicekit.policy import PolicyEngine
from servicekit.quantity import Money
from servicekit.tiers import Benefits, TierEngine
from servicekit.tiers.account.days import rank_on
from servicekit.whatif.comparison import PolicyName
from servicekit.whatif.tier_comparison import TierComparison, TierMove, TierSide

_Spans: TypeAlias = Sequence[tuple[date, str]]
"""The first days of the tiers of a customer, in order, by their latest names."""

_BENEFITS = ("dedicated_agent", "birthday_gift", "priority", "discount", "sla")
_YEAR = 365
_ONE = Decimal(1)


def replay_tiers(
    before: PolicyEngine, after: PolicyEngine, events: Iterable[CustomerEvent], *, as_of: date
) -> TierComparison:
    """Let customers live under two tier programmes through one day, and compare.

    The tiers are compared by their names, day by day. The law: under the same rules nobody stands elsewhere.

    >>> from servicekit.events import Enrolled, PurchaseLine
    >>> from servicekit.policy import ServicePolicy
    >>> high, low = (
    ...     ServicePolicy.parse(f'''
    ... name: shop
    ... version: "{spend}"
    ... tiers: {{currency: CNY, levels: {{normal: {{}}, vip: {{qualify: {{spend: {spend} CNY}}}}}}}}
    ... ''').compile()
    ...     for spend in (500, 100)
    ... )
    >>> bought = Purchase("m-1", date(2026, 3, 1), "o-1", (PurchaseLine(Money.parse("120 CNY")),))
    >>> comparison = replay_tiers(high, low, [Enrolled("m-1", date(2026, 1, 5)), bought], as_of=date(2026, 6, 30))
    >>> print(comparison)
    shop 500 -> shop 100 as of 2026-06-30, 1 customer: 1 higher, 0 lower, 0 unchanged
    normal -> vip: 1
    >>> comparison.moves[0].differs_from, comparison.after.days
    (datetime.date(2026, 3, 1), {'normal': 55, 'vip': 122})

    Raises:
        PolicyError: a policy has no section ``tiers``; the path names its side.
        TypeError: ``as_of`` is not a day.
    """
    known = list(events)
    first, second = _Side(before, "before", known, as_of), _Side(after, "after", known, as_of)
    transitions, moves = Counter[tuple[str | None, str | None]](), list[TierMove]()
    for customer_id in dict.fromkeys((*first.run, *second.run)):
        old, new = first.add(customer_id), second.add(customer_id)
        transitions[_tier_on(old, as_of), _tier_on(new, as_of)] += 1
        if old != new:
            moves += _move(customer_id, old, new, as_of)
    return TierComparison(as_of, first.result(), second.result(), dict(transitions), tuple(moves))


class _Side:
    """One programme over the history, and its counts."""

    def __init__(self, policy: PolicyEngine, name: str, events: Sequence[CustomerEvent], as_of: date) -> None:
        self._engine = engine = _tiers(policy, name)
        self._policy, self._as_of, self._latest = policy.policy, as_of, engine.versions[-1]
        self.run = engine.fold(events, as_of)
        self._customers = dict.fromkeys(self._latest.names, 0)
        self._days = dict.fromkeys(self._latest.names, 0)
        self._bought: defaultdict[str, list[tuple[date, Fraction]]] = defaultdict(list)
        self._cost: defaultdict[str, Fraction] = defaultdict(Fraction)
        if any(level.benefits.discount for level in engine.program.levels.values()):
            self._note(events)

    def _note(self, events: Iterable[CustomerEvent]) -> None:
        """Remember what was bought and not given back, in the programme's currency."""
        currency, as_of = self._engine.program.currency, self._as_of
        orders: dict[str, tuple[str, date, Money]] = {}
        for event in order_customers(events, self._engine.timezone).events:
            day = day_of(event.at, self._engine.timezone)
            if isinstance(event, Purchase) and day <= as_of and event.net.currency == currency:
                orders[event.order_id] = (event.customer_id, day, event.net)
            elif isinstance(event, Refund) and day <= as_of and event.order_id in orders:
                customer_id, on, left = orders[event.order_id]
                if event.net.currency == left.currency:
                    orders[event.order_id] = customer_id, on, left - min(left, event.net)
        for customer_id, day, net in orders.values():
            self._bought[customer_id].append((day, Fraction(net.amount)))

    def add(self, customer_id: str) -> _Spans:
        """Count a customer; the spans of their tiers, none where they are not enrolled."""
        if customer_id not in self.run:
            return ()
        spans = self._spans(customer_id)
        self._customers[spans[-1][1]] += 1
        ends = [*(start.toordinal() for start, _ in spans[1:]), self._as_of.toordinal() + 1]
        for (start, tier), end in zip(spans, ends, strict=True):
            self._days[tier] += end - start.toordinal()
        for day, amount in self._bought.get(customer_id, ()):
            tier = next((tier for start, tier in reversed(spans) if start < day), spans[0][1])
            discount = self._benefits(tier).discount
            if discount is not None and day >= spans[0][0]:
                self._cost[self._engine.program.currency] += discount * amount
        return spans

    def result(self) -> TierSide:
        """The counts as a frozen value."""
        cost = self._cost.copy()
        for tier, days in self._days.items():
            if (yearly := self._benefits(tier).yearly_cost) is not None:
                cost[yearly.currency] += Fraction(yearly.amount) * days / _YEAR
        return TierSide(
            policy=PolicyName(self._policy.name, self._policy.version),
            customers=self._customers,
            days=self._days,
            benefits={name: self._count(name) for name in _BENEFITS},
            cost=tuple(Money(_ONE, currency).times(exact, "half_even") for currency, exact in cost.items()),
            problems=self.run.problems,
        )

    def _spans(self, customer_id: str) -> _Spans:
        names, versions = self._latest.names, self._engine.versions
        spans = self.run.spans(customer_id)
        return tuple((day, names[rank_on(versions, tier, day.toordinal())]) for day, tier in spans)

    def _benefits(self, tier: str) -> Benefits:
        return self._engine.program.levels[tier].benefits

    def _count(self, benefit: str) -> int:
        return sum(times for tier, times in self._customers.items() if getattr(self._benefits(tier), benefit))


def _tier_on(spans: _Spans, day: date) -> str | None:
    return next((tier for start, tier in reversed(spans) if start <= day), None)


def _move(customer_id: str, first: _Spans, second: _Spans, as_of: date) -> Iterator[TierMove]:
    """The difference of two histories, if there is any."""
    starts = sorted({start for start, _ in (*first, *second)})
    ends = [*(start.toordinal() for start in starts[1:]), as_of.toordinal() + 1]
    lengths = zip(starts, ends, strict=True)
    differing = [(start, end) for start, end in lengths if _tier_on(first, start) != _tier_on(second, start)]
    if differing:
        days = sum(end - start.toordinal() for start, end in differing)
        yield TierMove(customer_id, _tier_on(first, as_of), _tier_on(second, as_of), differing[0][0], days)


def _tiers(engine: object, side: str) -> TierEngine:
    """The tier engine of one side.

    Raises:
        PolicyError: the policy has no section ``tiers``; the path names its side.
        TypeError: it is not a compiled policy.
    """
    if not isinstance(engine, PolicyEngine):
        raise TypeError(f"{side}: expected a compiled policy, not {reprlib.repr(engine)}; call its compile()")
    try:
        return engine.need_tiers()
    except PolicyError as error:
        raise PolicyError(problem.under(side) for problem in error.problems) from None
