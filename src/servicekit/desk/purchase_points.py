"""Purchases and refunds into a ledger, and the tiers of their customers beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from servicekit.errors import Problem, ProblemGroup, ProblemLog
from servicekit.events import CustomerEvent, Moment, Purchase, Refund, order_customers
from servicekit.loyalty import Booking, Command, EarnPurchase, Ledger, RefundPurchase
from servicekit.loyalty.rejected import Rejected
from servicekit.policy import PolicyEngine
from servicekit.policy.points_replay import PointsReplay
from servicekit.tiers import TierRun


@dataclass(frozen=True, slots=True)
class PointsRun:
    """What became of purchases and refunds in a ledger.

    ``booked`` were added now and have made so many ``entries``, of which ``of_nothing`` move no point; ``replayed``
    were in the ledger before, and ``refused`` are among the ``problems``, with the code of the refusal. ``points`` were
    added now, by currency. ``tiers`` say where the customers stand after it, if the policy has a tier programme.

    >>> PointsRun(booked=2, replayed=0, refused=0, entries=2, of_nothing=1, points={"points": 12}).tiers is None
    True
    """

    booked: int
    replayed: int
    refused: int
    entries: int
    of_nothing: int
    points: Mapping[str, int] = field(hash=False)
    problems: tuple[ProblemGroup, ...] = ()
    tiers: TierRun | None = field(default=None, compare=False)


def earn_points(
    policy: PolicyEngine, ledger: Ledger, events: Iterable[CustomerEvent], *, at: datetime | None = None
) -> PointsRun:
    """Book the purchases and refunds among some events, in the order of their days; told again, they change nothing.

    Each is given to the ledger at its own moment, which for a day alone is its beginning, or ``at`` an instant after
    all of them. Where the policy has tiers, a purchase earns with the tier in force before it: enrolments and grants
    are taken from the events, purchases from the ledger as well; one that is in the ledger keeps the tier that it had.

    >>> from servicekit.events import PurchaseLine
    >>> from servicekit.policy import ServicePolicy
    >>> from servicekit.quantity import Money
    >>> engine = ServicePolicy.parse('''
    ... name: shop
    ... loyalty: {currency: CNY, earn: {base: {rate: {points: 1, per: 1 CNY}}}}
    ... ''').compile()
    >>> ledger = Ledger(engine.need_loyalty())
    >>> order = Purchase("m-1", date(2026, 1, 5), "o-1", (PurchaseLine(Money.parse("12.50 CNY")),))
    >>> for run in (earn_points(engine, ledger, [order]), earn_points(engine, ledger, [order])):
    ...     print(run.booked, run.replayed, dict(run.points))
    1 0 {'points': 12}
    0 1 {}

    Raises:
        PolicyError: the policy has no loyalty programme (``policy.no-loyalty``).
        NaiveDatetimeError: ``at`` has no time zone.
    """
    tz = policy.need_loyalty().timezone
    log = order_customers(events, tz if policy.tiers is None else policy.tiers.timezone)
    replay = PointsReplay(policy, ledger, [each for each in log.events if not isinstance(each, Purchase | Refund)])
    count = _Count()
    count.problems.add(log.problems)
    for command, answer in replay.book(_commands(log.events, tz, at)):
        count.add(command, answer)
    return count.run(replay.tiers(date.min))


def _commands(events: Iterable[CustomerEvent], tz: tzinfo, at: datetime | None) -> Iterator[Command]:
    for event in events:
        if isinstance(event, Purchase):
            yield EarnPurchase(event.customer_id, event, at=at or _instant(event.at, tz))
        elif isinstance(event, Refund):
            yield RefundPurchase(event, at=at or _instant(event.at, tz))


def _instant(moment: Moment, tz: tzinfo) -> datetime:
    """A moment as an instant; a day is its beginning."""
    if isinstance(moment, datetime):
        return moment
    return datetime(moment.year, moment.month, moment.day, tzinfo=tz).astimezone(UTC)


@dataclass(slots=True)
class _Count:
    """A :class:`PointsRun` in the making."""

    booked: int = 0
    replayed: int = 0
    refused: int = 0
    entries: int = 0
    of_nothing: int = 0
    points: Counter[str] = field(default_factory=Counter)
    problems: ProblemLog = field(default_factory=ProblemLog)

    def add(self, command: Command, answer: Booking | Rejected) -> None:
        """Count what became of a command."""
        if isinstance(answer, Rejected):
            self.refused += 1
            self.problems.add([Problem(answer.code, f"command {command.key}", str(answer))])
        elif answer.replayed:
            self.replayed += 1
        else:
            self.booked += 1
            self.entries += len(answer.entries)
            for entry in answer.entries:
                self.of_nothing += entry.kind == "earn" and not entry.allocations
                self.points[entry.currency] += entry.points

    def run(self, tiers: TierRun | None) -> PointsRun:
        """The count as a frozen value."""
        counts = (self.booked, self.replayed, self.refused, self.entries, self.of_nothing, dict(self.points))
        return PointsRun(*counts, self.problems.groups(), tiers)
