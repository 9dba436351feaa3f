"""One journal of points under two loyalty programmes."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo

from servicekit.errors import PolicyError, Problem, ProblemLog
from servicekit.events import CustomerEvent, Moment, day_of
from servicekit.loyalty import Command, Earn, EarnPurchase, Entry, Ledger, Rejected
from servicekit.loyalty.decisions.journal_commands import commands_of
from servicekit.policy import PolicyEngine
from servicekit.policy.points_replay import PointsReplay
from servicekit.timeline import to_us
from servicekit.whatif.comparison import PolicyName
from servicekit.whatif.points_comparison import PointsComparison, PointsSide


def replay_points(
    before: PolicyEngine,
    after: PolicyEngine,
    journal: Iterable[Entry],
    *,
    as_of: date,
    known: Iterable[CustomerEvent] = (),
) -> PointsComparison:
    """Book the commands of a journal, which was kept under the first, anew under two programmes, and compare.

    Purchases and refunds are reckoned by the rules of each, with the tiers of each; ``known`` is what the journal does
    not say of customers, such as enrolments. Members spend as they did, or as much of it as they have. Compared are the
    points that can be redeemed, at the end of ``as_of``; the law: under the same rules nobody gains or loses.

    >>> from servicekit.events import Purchase, PurchaseLine
    >>> from servicekit.policy import ServicePolicy
    >>> from servicekit.quantity import Money
    >>> one, two = (
    ...     ServicePolicy.parse(f'''
    ... name: shop
    ... version: "{points}"
    ... loyalty:
    ...   currency: CNY
    ...   currencies: {{points: {{unit_value: 0.01 CNY}}}}
    ...   earn: {{base: {{rate: {{points: {points}, per: 1 CNY}}}}}}
    ... ''').compile()
    ...     for points in (1, 2)
    ... )
    >>> ledger = Ledger(one.need_loyalty())
    >>> order = Purchase("m-1", date(2026, 1, 5), "o-1", (PurchaseLine(Money.parse("120 CNY")),))
    >>> _ = ledger.apply(EarnPurchase("m-1", order, at=datetime(2026, 1, 5, 9, tzinfo=UTC)))
    >>> comparison = replay_points(one, two, ledger.entries(), as_of=date(2026, 6, 30))
    >>> print(comparison)
    shop 1 -> shop 2 as of 2026-06-30, 1 member: 1 gains, 0 lose, 0 unchanged
    >>> comparison.gains[0].after, str(comparison.after.owed)
    (240, '2.40 CNY')

    Raises:
        PolicyError: a policy has no loyalty programme; the path names its side.
        TypeError: a side is not a compiled policy.
        UnknownCurrencyError: a programme has not one currency of points that can be redeemed.
    """
    engines, events = (_checked(before, "before"), _checked(after, "after")), tuple(known)
    commands = tuple(commands_of(journal, engines[0].need_loyalty().terms))
    first, second = (_side(engine, commands, events, as_of) for engine in engines)
    return PointsComparison(as_of, first, second)


def _side(engine: PolicyEngine, journal: Sequence[Command], events: Sequence[CustomerEvent], as_of: date) -> PointsSide:
    """One programme over the journal."""
    rules, log = engine.need_loyalty(), ProblemLog()
    ledger = Ledger(rules)
    commands = sorted(_as_it_happened(journal, rules.timezone), key=lambda command: to_us(command.at))
    told = (each for each in commands if day_of(each.at, rules.timezone) <= as_of)
    for command, answer in PointsReplay(engine, ledger, events).book(told):
        if isinstance(answer, Rejected):
            log.add([Problem.warning(answer.code, f"command {command.key}", str(answer))])
    ledger.run_expiry(as_of)
    currency = rules.currency(None)
    value = rules.program.currencies[currency].unit_value
    return PointsSide(
        PolicyName(engine.policy.name, engine.policy.version),
        _points(ledger.entries(), currency),
        ledger.liability([as_of])[0],
        None if value is None else value.of_one,
        rules.program.currency,
        log.groups(),
    )


def _points(entries: Iterable[Entry], currency: str) -> Mapping[str, int]:
    """What came to each member and did not go again by itself: redemptions, and what they gave back, left out."""
    points = Counter[str]()
    for entry in entries:
        is_use = entry.kind in ("redeem", "capture") or (entry.kind == "reverse" and entry.points > 0)
        points[entry.account] += 0 if is_use or entry.currency != currency else entry.points
    return points


def _as_it_happened(commands: Iterable[Command], tz: tzinfo) -> Iterator[Command]:
    """The same commands; what earned is told when it happened, however late it was booked."""
    for command in commands:
        match command:
            case EarnPurchase(purchase=purchase):
                yield replace(command, at=_instant(purchase.at, tz), on=None)
            case Earn(on=date() as on) if on < day_of(command.at, tz):
                yield replace(command, at=_instant(on, tz))
            case _:
                yield command


def _instant(moment: Moment, tz: tzinfo) -> datetime:
    if isinstance(moment, datetime):
        return moment
    return datetime(moment.year, moment.month, moment.day, tzinfo=tz).astimezone(UTC)


def _checked(engine: object, side: str) -> PolicyEngine:
    """A compiled policy with a loyalty programme.

    Raises:
        PolicyError: there is none; the path names its side.
        TypeError: it is not a compiled policy.
    """
    if not isinstance(engine, PolicyEngine):
        raise TypeError(f"{side}: expected a compiled policy, not {reprlib.repr(engine)}; call its compile()")
    try:
        engine.need_loyalty()
    except PolicyError as error:
        raise PolicyError(problem.under(side) for problem in error.problems) from None
    return engine
