"""Points and tiers together: purchases earn with the tier in force before them, and then move it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby, islice
from typing import TYPE_CHECKING, TypeAlias

from servicekit.events import Activity, CustomerEvent, Enrolled, Moment, Purchase, Refund, day_of, order_customers
from servicekit.loyalty import Booking, Command, EarnPurchase, Entry, Ledger, RefundPurchase
from servicekit.loyalty.decisions.journal_commands import commands_of
from servicekit.loyalty.rejected import IdempotencyConflictError, Rejected
from servicekit.tiers import TierEngine, TierRun
from servicekit.tiers.account.days import version_on

if TYPE_CHECKING:
    from servicekit.policy.document import PolicyEngine

Answered: TypeAlias = tuple[Command, Booking | Rejected]
"""A command as it was booked, with its tier, and what came of it."""

_DONE = (Purchase, Refund, Activity)
_AT_ONCE = 1000


class PointsReplay:
    """Books commands in a ledger, day by day, each purchase with the tier that its customer has as its day begins.

    That tier counts what was bought, returned and done before the day, and what was decided through it, as for cases
    (:class:`CaseTiers`); a purchase that enrols earns with the tier of the enrolment. What is booked in a currency of
    points that the tier programme counts becomes an :class:`~servicekit.events.Activity`. Where the policy has no
    tiers, commands are booked as they are; so are purchases of customers who are not enrolled.

    ``known`` is what else is known of the customers, such as enrolments and grants. What the ledger has booked before
    is known by itself, and a purchase that it has keeps the tier with which it earned.

    >>> from datetime import UTC, datetime
    >>> from servicekit.events import PurchaseLine
    >>> from servicekit.policy import ServicePolicy
    >>> from servicekit.quantity import Money
    >>> engine = ServicePolicy.parse('''
    ... name: shop
    ... tiers:
    ...   currency: CNY
    ...   enrolment: automatic
    ...   levels: {normal: {}, vip: {qualify: {spend: 100 CNY}, benefits: {points_multiplier: 2}}}
    ... loyalty: {currency: CNY, earn: {base: {rate: {points: 1, per: 1 CNY}}}}
    ... ''').compile()
    >>> orders = [
    ...     Purchase("m-1", datetime(2026, 1, day, tzinfo=UTC), f"o-{day}", (PurchaseLine(Money.parse("100 CNY")),))
    ...     for day in (5, 6)
    ... ]
    >>> replay = PointsReplay(engine, Ledger(engine.need_loyalty()))
    >>> [booking.points for _, booking in replay.book(EarnPurchase("m-1", each, at=each.at) for each in orders)]
    [100, 200]
    >>> replay.tiers(date(2026, 1, 31))["m-1"].tier
    'vip'

    Raises:
        PolicyError: the policy has no loyalty programme (``policy.no-loyalty``).
    """

    __slots__ = ("_ledger", "_metrics", "_standing")

    def __init__(self, policy: PolicyEngine, ledger: Ledger, known: Iterable[CustomerEvent] = ()) -> None:
        currencies, tiers = policy.need_loyalty().program.currencies.items(), policy.tiers
        self._ledger, self._metrics, self._standing = ledger, frozenset[str](), None
        if tiers is not None:
            self._metrics = frozenset(name for name, each in currencies if each.kind == "qualifying") & {*tiers.metrics}
            booked = tuple(commands_of(ledger.entries()))
            earlier = (event for event in map(_event_of, booked) if event is not None)
            counted = activities(ledger.entries(), self._metrics) if self._metrics else ()
            self._standing = _Standing(tiers, [*known, *earlier, *counted], booked)

    def book(self, commands: Iterable[Command]) -> Iterator[Answered]:
        """Book commands that come in the order of their days."""
        standing, rest = self._standing, iter(commands)
        if standing is None:
            while chunk := tuple(islice(rest, _AT_ONCE)):
                yield from zip(chunk, self._ledger.apply_many(chunk), strict=True)
            return
        for day, some in groupby(rest, lambda command: day_of(_moment_of(command), standing.timezone)):
            standing.begin(day)
            told = [standing.with_tier(each) if isinstance(each, EarnPurchase) else each for each in some]
            answers = list(zip(told, self._ledger.apply_many(told), strict=True))
            standing.take(event for command, answer in answers for event in self._events_of(command, answer))
            yield from answers

    def tiers(self, as_of: date) -> TierRun | None:
        """Where customers stand at the end of a day, or of the last one that is known; None without tiers."""
        return None if self._standing is None else self._standing.end(as_of)

    def _events_of(self, command: Command, answer: Booking | Rejected) -> Iterator[CustomerEvent]:
        """What a command means to the tiers, unless it was booked before; the purchase of one refused was made."""
        if isinstance(answer, IdempotencyConflictError) or (isinstance(answer, Booking) and answer.replayed):
            return
        if (event := _event_of(command)) is not None:
            yield event
        if isinstance(answer, Booking):
            yield from activities(answer.entries, self._metrics)


class _Standing:
    """The tiers of all customers as days pass."""

    __slots__ = ("_booked", "_known", "_run", "_tiers", "timezone")

    def __init__(self, tiers: TierEngine, known: Iterable[CustomerEvent], booked: Iterable[Command]) -> None:
        self._tiers, self.timezone = tiers, tiers.timezone
        self._booked = {each.key: each for each in booked if isinstance(each, EarnPurchase)}
        log = order_customers(known, tiers.timezone)
        self._known, self._run = deque(log.events), tiers.fold((), date.min)
        self._run.add_problems(log.problems)

    def begin(self, day: date) -> None:
        """Let the days before one pass, and take in what is decided on the day itself."""
        early, done = list[CustomerEvent](), list[CustomerEvent]()
        while self._known and (on := day_of(self._known[0].at, self.timezone)) <= day:
            event = self._known.popleft()
            (done if on == day and isinstance(event, _DONE) else early).append(event)
        self._known.extendleft(reversed(done))
        self._run = self._run.later(max(day, self._run.as_of))
        self._run.take_all(early)

    def take(self, events: Iterable[CustomerEvent]) -> None:
        """Take in what was done on the day."""
        log = order_customers(events, self.timezone)
        self._run.add_problems(log.problems)
        self._run.take_all(log.events)

    def with_tier(self, command: EarnPurchase) -> EarnPurchase:
        """The command with the tier of its customer, who is enrolled by it where that is the rule."""
        if (before := self._booked.get(command.key)) is not None:
            return replace(command, tier=before.tier, multiplier=before.multiplier)
        customer_id, run = command.account, self._run
        if customer_id not in run:
            if self._tiers.program.enrolment != "automatic":
                return command
            run.take_all([Enrolled(customer_id, run.as_of)])
        tier = run.tier(customer_id)
        benefits = version_on(self._tiers.versions, run.as_of.toordinal()).program.levels[tier].benefits
        return replace(command, tier=tier, multiplier=benefits.points_multiplier)

    def end(self, as_of: date) -> TierRun:
        """Everything that is known, seen from the end of a day, or of the last one on which anything was done."""
        last_on = day_of(self._known[-1].at, self.timezone) if self._known else as_of
        self._run = self._run.later(max(as_of, last_on, self._run.as_of))
        self._run.take_all(self._known)
        self._known.clear()
        return self._run


def activities(entries: Iterable[Entry], metrics: Iterable[str]) -> Iterator[Activity]:
    """What entries in currencies of points that are metrics of tiers mean to them.

    An expiry means nothing: the window of the tiers says how long points count. So does what has no points.

    >>> list(activities([], ["status"]))
    []
    """
    counted = frozenset(metrics)
    for entry in entries:
        if entry.currency in counted and entry.points and entry.kind != "expire":
            yield Activity(entry.account, entry.on, entry.currency, entry.points, f"{entry.account}/{entry.number}")


def _event_of(command: Command) -> Purchase | Refund | None:
    match command:
        case EarnPurchase(purchase=event) | RefundPurchase(refund=event):
            return event
        case _:
            return None


def _moment_of(command: Command) -> Moment:
    event = _event_of(command)
    return command.on or command.at if event is None else event.at
