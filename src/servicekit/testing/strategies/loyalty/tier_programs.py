"""Strategies for tier programmes of every shape, and for what customers do under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import strategies as st

from servicekit.events import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    HouseholdLeft,
    Moment,
    Purchase,
    PurchaseLine,
    Refund,
    TierGranted,
    TierRevoked,
)
from servicekit.quantity import Money
from servicekit.tiers import TierProgram

CURRENCY = "CNY"
_DAY = timedelta(days=1)
_EDGES = (
    *(date(2024, 1, day) for day in (1, 30, 31)),
    *(date(year, month, day) for year in (2024, 2025) for month, day in ((2, 28), (3, 1), (3, 31), (6, 30), (12, 31))),
    date(2024, 2, 29),
)
"""Days on which periods begin and end, and those around a leap day."""
_AMOUNTS = ("100", "200", "50", "100", "99.99", "0.01", "33.33", "0")
"""Amounts that meet thresholds of whole hundreds exactly, or miss them by a cent."""
_NAMES = ("standard", "silver", "gold", "platinum")
_STEPS: Mapping[str, int | str] = {"spend": f"100 {CURRENCY}", "orders": 1, "days": 1, "visits": 2, "nights": 3}
_METRICS = (("spend",), ("orders",), ("visits",), ("spend", "visits"), ("days",), ("orders", "nights"))
_PERIODS = ("month", "quarter", "month", "quarter", "half_year", "year", "membership_year")
_ENDLESS = ("rolling 1 month", "rolling 12 months", "rolling 30 days", "rolling 365 days", "lifetime")
_Kind: TypeAlias = Callable[[TierProgram, str, Sequence[CustomerEvent], int], st.SearchStrategy[CustomerEvent]]
_FISCAL = {"kind": "calendar", "length": "quarter", "first_month": 2}


@st.composite
def tier_programs(draw: st.DrawFn, *, members: str | None = None) -> TierProgram:
    """Programmes without faults: every window, validity, upgrade, downgrade and grace, tiers that are only given.

    >>> from hypothesis import find
    >>> find(tier_programs(), lambda program: program.window.kind == "lifetime").validity
    '2 months'
    """
    window = draw(st.sampled_from((*_PERIODS, *_ENDLESS, _FISCAL)))
    has_periods = window not in _ENDLESS
    downgrade = draw(_downgrades())
    is_reviewed = downgrade["when"] == "at_review"
    return TierProgram.model_validate(
        {
            "currency": CURRENCY,
            "timezone": draw(st.sampled_from((None, "Asia/Shanghai", "America/New_York"))),
            "window": window,
            "validity": draw(
                st.sampled_from(
                    ("2 months", "1 month", "12 months", *(("period_end", "next_period_end") if has_periods else ()))
                )
            ),
            "upgrade": draw(st.sampled_from(("immediate", "immediate", "at_review"))),
            "downgrade": downgrade,
            "extend": draw(st.sampled_from(("never", "on_requalify") if is_reviewed else ("never",))),
            "enrolment": draw(st.sampled_from(("required", "automatic"))),
            "members": members or draw(st.sampled_from(("customer", "household"))),
            "activities": ["visits", "nights"],
            "spend": draw(_bases()),
            "levels": draw(_levels()),
        }
    )


@st.composite
def _downgrades(draw: st.DrawFn) -> dict[str, Any]:
    when = draw(st.sampled_from(("at_review", "at_review", "at_review", "immediate", "immediate", "never")))
    most = draw(st.sampled_from((None, 1)))
    grace = draw(st.sampled_from((None, "1cd", "31cd"))) if when == "at_review" else None
    return {"when": when, "max_levels": most, "grace": grace, "grace_counts": grace is not None and draw(st.booleans())}


def _bases() -> st.SearchStrategy[dict[str, Any]]:
    excluded = st.sampled_from(((), ("gift_card",)))
    return st.fixed_dictionaries(
        {"with_tax": st.booleans(), "paid_with_points": st.booleans(), "exclude_categories": excluded}
    )


@st.composite
def _levels(draw: st.DrawFn) -> dict[str, Any]:
    """Two to four tiers whose thresholds rise in each metric, some of them only given."""
    names = _NAMES[: draw(st.integers(2, len(_NAMES)))]
    metrics, match = draw(st.sampled_from(_METRICS)), draw(st.sampled_from(("all", "any")))
    levels: dict[str, Any] = {names[0]: {}}
    for place, name in enumerate(names[1:], start=1):
        qualify = {match: {metric: _times(_STEPS[metric], place) for metric in metrics}}
        retain = {match: {metric: _times(_STEPS[metric], place, less=True) for metric in metrics}}
        shapes: tuple[dict[str, Any], ...] = (
            {"qualify": qualify},
            {"qualify": qualify, "retain": retain},
            {"by_grant": True},
        )
        levels[name] = draw(st.sampled_from(shapes)) | {"formerly": [f"old_{name}"]}
    return levels


def _times(step: int | str, place: int, *, less: bool = False) -> int | str:
    if isinstance(step, int):
        return max(step * place - less, 1)
    return str(Money.parse(step) * place - Money(Decimal(50 * less), CURRENCY))


@st.composite
def tier_histories(
    draw: st.DrawFn, program: TierProgram, *, min_events: int = 0, max_events: int = 16, max_customers: int = 2
) -> list[CustomerEvent]:
    """What some customers do under a programme, in no order: refunds, exact thresholds, month ends, grants, households.

    Some events are odd: before the enrolment, in another currency, of an unknown order, metric or tier. No id is told
    twice with other content.

    >>> from hypothesis import find
    >>> program = TierProgram.parse("{currency: CNY, levels: {standard: {}, vip: {qualify: {spend: 100 CNY}}}}")
    >>> type(find(tier_histories(program), lambda events: len(events) > 0)[0]).__name__
    'Enrolled'
    """
    customers = [f"m-{n}" for n in range(1, draw(st.integers(1, max_customers)) + 1)]
    homes = st.sampled_from((None, "h-1", "h-2") if program.members == "household" else (None,))
    enrolled = [Enrolled(each, draw(_moments(early=True)), household_id=draw(homes)) for each in customers]
    kinds: list[_Kind] = [*_KINDS, *([_moves] * 2 if program.members == "household" else [])]
    events: list[CustomerEvent] = list(enrolled if draw(st.integers(0, 9)) else enrolled[1:])
    for number in range(draw(st.integers(min_events, max_events))):
        kind = draw(st.sampled_from(kinds))
        events.append(draw(kind(program, draw(st.sampled_from(customers)), events, number)))
    return events


@st.composite
def _moments(draw: st.DrawFn, *, early: bool = False) -> Moment:
    """A day, or an instant of it that another zone may count to the day before or after."""
    edges = _EDGES[:4] if early else _EDGES
    day = draw(st.sampled_from(edges) | st.integers(0, 20 if early else 120).map(lambda n: date(2024, 1, 1) + n * _DAY))
    hour = draw(st.none() | st.sampled_from((0, 4, 12, 16, 23)))
    return day if hour is None else datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@st.composite
def _purchases(
    draw: st.DrawFn, program: TierProgram, customer: str, events: Sequence[CustomerEvent], number: int
) -> Purchase:
    currency = draw(st.sampled_from((CURRENCY,) * 19 + ("EUR",)))
    lines = tuple(draw(st.lists(_lines(currency), min_size=1, max_size=2)))
    lowest = min(line.amount.amount for line in lines)
    parts = st.sampled_from((None, None, Money(lowest / 2, currency).rounded("half_even")))
    return Purchase(
        customer, draw(_moments()), f"o-{number}", lines, discount=draw(parts), paid_with_points=draw(parts)
    )


@st.composite
def _lines(draw: st.DrawFn, currency: str) -> PurchaseLine:
    amount = draw(st.sampled_from(_AMOUNTS))
    tax = draw(st.sampled_from((None, None, "1.23")))
    category = draw(st.sampled_from((None, None, None, "gift_card")))
    return PurchaseLine(
        Money(Decimal(amount), currency), None if tax is None else Money(Decimal(tax), currency), category=category
    )


@st.composite
def _refunds(
    draw: st.DrawFn, program: TierProgram, customer: str, events: Sequence[CustomerEvent], number: int
) -> Refund:
    """Refunds of an order that was bought, whole or in part, by amount or by line; a few of another, or too high."""
    bought = [event for event in events if isinstance(event, Purchase)]
    if not bought:
        return Refund(customer, draw(_moments()), f"r-{number}", "o-unknown", Money(Decimal(1), CURRENCY))
    order = draw(st.sampled_from(bought))
    by_line = draw(st.none() | st.sampled_from(order.net_lines))
    amount = draw(st.sampled_from((*[order.net] * 6, *(Money(Decimal(each), order.currency) for each in _AMOUNTS))))
    who = draw(st.sampled_from((order.customer_id, order.customer_id, customer)))
    at = draw(st.just(order.at) | _moments())
    if by_line is not None and by_line.amount.amount >= 0:
        return Refund(who, at, f"r-{number}", order.order_id, lines=(by_line,))
    return Refund(who, at, f"r-{number}", order.order_id, amount)


@st.composite
def _activities(
    draw: st.DrawFn, program: TierProgram, customer: str, events: Sequence[CustomerEvent], number: int
) -> Activity:
    metric = draw(st.sampled_from((*program.activities * 4, "unknown")))
    deltas: tuple[int | Decimal, ...] = (2, 3, 1, 5, 2, -1, -3, Decimal("0.5"))
    delta = draw(st.sampled_from(deltas))
    return Activity(customer, draw(_moments()), metric, delta, key=draw(st.sampled_from((None, f"k-{number}"))))


@st.composite
def _grants(
    draw: st.DrawFn, program: TierProgram, customer: str, events: Sequence[CustomerEvent], number: int
) -> TierGranted | TierRevoked:
    """Tiers given for some days, or for good, from now or later on, by old names too; and taken away."""
    tier = draw(st.sampled_from([name for tier, level in program.levels.items() for name in (tier, *level.formerly)]))
    at = draw(_moments())
    day = at.date() if isinstance(at, datetime) else at
    effective = draw(st.none() | st.integers(-5, 40).map(lambda n: day + n * _DAY))
    if draw(st.integers(0, 3)) == 0:
        return TierRevoked(customer, at, "asked for it", draw(st.none() | st.just(tier)), effective)
    length = draw(st.none() | st.integers(0, 90))
    last = None if length is None else (effective or day) + length * _DAY
    return TierGranted(customer, at, tier, f"given {number}", last, effective)


@st.composite
def _moves(
    draw: st.DrawFn, program: TierProgram, customer: str, events: Sequence[CustomerEvent], number: int
) -> HouseholdJoined | HouseholdLeft:
    home = draw(st.sampled_from(("h-1", "h-2", None)))
    at = draw(_moments())
    return HouseholdLeft(customer, at) if home is None else HouseholdJoined(customer, at, home)


_KINDS: tuple[_Kind, ...] = (*[_purchases] * 5, *[_activities] * 4, *[_refunds] * 3, *[_grants] * 2)
