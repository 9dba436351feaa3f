"""Logs of what customers did: sorted, without repeats, with a Problem for every oddity; the twin of ``case_log``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from operator import attrgetter
from typing import TypeAlias

from servicekit.errors import Problem
from servicekit.events.customer import (
    Activity,
    CustomerEvent,
    Enrolled,
    HouseholdJoined,
    HouseholdLeft,
    TierGranted,
    TierRevoked,
)
from servicekit.events.purchase import Purchase, Refund, day_of
from servicekit.timeline import to_us

_Place: TypeAlias = tuple[int, int, str, str]
_EARLY = -(2**62)  # microseconds, before those of any instant

_RANK_OF: dict[type[CustomerEvent], tuple[int, int]] = {
    Enrolled: (0, 0),
    HouseholdLeft: (1, 0),
    HouseholdJoined: (1, 1),
    Purchase: (2, 0),
    Activity: (2, 0),
    Refund: (3, 0),
    TierRevoked: (4, 0),
    TierGranted: (4, 1),
}
"""When on a day a kind of event counts, and which of two that do so comes first at one moment."""

_RANKS = 5
_RANK_OF_PURCHASES = _RANK_OF[Purchase][0]


@dataclass(frozen=True, slots=True)
class CustomerLog:
    """A log in order, by day over all customers, and what was odd.

    >>> order_customers([]).events
    ()
    """

    events: tuple[CustomerEvent, ...]
    problems: tuple[Problem, ...]


def order_customers(events: Iterable[CustomerEvent], tz: tzinfo = UTC) -> CustomerLog:
    """Sort a log of any number of customers by the days of ``tz``, and drop what it tells twice.

    A day is a whole: its events come in the order in which they count, whatever the hour. Enrolments come first, then
    moves between households, purchases and activities, refunds, and last grants of tiers and their revocations. Of
    each, those of which only the day is known come before the others by instant; at one moment ids, names and what
    else they say decide (an enrolment with a birthday comes before one without), and of two orders with one id the
    order of arrival. Problems, all with the path ``customer <id>``:
    ``events.duplicate`` (the very same event again; dropped) is a warning, and ``events.id-conflict`` (the id of an
    order, a refund or an activity again, with other content; the first in order counts) an error. Two activities
    without a key are two, however alike.

    >>> from datetime import date
    >>> log = order_customers([Activity("m-1", date(2026, 1, 9), "nights", 1), Enrolled("m-1", date(2026, 1, 5))])
    >>> [type(event).__name__ for event in log.events]
    ['Enrolled', 'Activity']

    Raises:
        TypeError: something else is among them, such as an event of a case.
    """
    parts, uneven = _parts(events, tz)
    for number, part in parts.items():
        part.sort(key=_place if number in uneven else attrgetter("order_id"))
    order_ids = [event.order_id for part in parts.values() for event in part if type(event) is Purchase]
    if has_repeats := len(set(order_ids)) < len(order_ids):  # of which the first has to be found
        for part in parts.values():
            part.sort(key=_place)
    ordered = [event for _, part in sorted(parts.items()) for event in part]
    if len(order_ids) == len(ordered) and not has_repeats:
        return CustomerLog(tuple(ordered), ())
    return _without_repeats(ordered, has_repeats)


def _parts(events: Iterable[CustomerEvent], tz: tzinfo) -> tuple[dict[int, list[CustomerEvent]], set[int]]:
    """The events by day and rank, few each, which halves the work; and where are others than purchases on a day."""
    parts: defaultdict[int, list[CustomerEvent]] = defaultdict(list)
    uneven: set[int] = set()
    for event in events:
        if type(event) is Purchase and type(event.at) is date:
            parts[event.at.toordinal() * _RANKS + _RANK_OF_PURCHASES].append(event)
        else:
            number = _part(event, tz)
            uneven.add(number)
            parts[number].append(event)
    return parts, uneven


def _without_repeats(ordered: Iterable[CustomerEvent], has_repeated_orders: bool) -> CustomerLog:
    known: dict[type, dict[object, CustomerEvent]] = {kind: {} for kind in _RANK_OF}
    kept: list[CustomerEvent] = []
    problems: list[Problem] = []
    for event in ordered:
        if not has_repeated_orders and type(event) is Purchase:
            kept.append(event)
            continue
        names, name = known[type(event)], _name(event)
        if name is not None and name in names:
            problems.append(_told_twice(event, names[name]))
        else:
            kept.append(event)
            names[name] = event
    return CustomerLog(tuple(kept), tuple(problems))


def _part(event: CustomerEvent, tz: tzinfo) -> int:
    """The day and the rank as one number."""
    try:
        return day_of(event.at, tz).toordinal() * _RANKS + _RANK_OF[type(event)][0]
    except (AttributeError, KeyError):
        raise TypeError(f"expected an event of a customer, such as Purchase, not {type(event).__name__}") from None


def _place(event: CustomerEvent) -> _Place:
    """Where among the events of its day and rank; those of which only the day is known come first."""
    instant = to_us(event.at) if isinstance(event.at, datetime) else _EARLY
    return instant, _RANK_OF[type(event)][1], _id(event) or "", event.customer_id


def _id(event: CustomerEvent) -> str | None:
    """What tells an event from others of its kind at one moment; None where nothing does that matters."""
    match event:
        case Purchase(order_id=name) | Refund(refund_id=name) | HouseholdJoined(household_id=name):
            return name
        case Activity():
            return None if event.key is None else f"{event.key} {event.metric} {event.delta}"
        case Enrolled():  # a birthday that is known comes first, and counts
            return f"{event.household_id or ''} {event.birthday or '?'}"
        case TierGranted():
            return f"{event.tier} {event.reason} {event.last_on} {event.effective_on}"
        case TierRevoked():
            return f"{event.tier} {event.reason} {event.effective_on}"
        case _:
            return None


def _name(event: CustomerEvent) -> object:
    """What only this event of its kind is called; None where nothing tells it from its like."""
    match event:
        case Purchase(order_id=name) | Refund(refund_id=name):
            return name
        case Activity(key=key):
            return None if key is None else (event.customer_id, key)
        case _:
            return event


def _told_twice(event: CustomerEvent, first: CustomerEvent) -> Problem:
    what, path = f"{type(event).__name__} at {event.at.isoformat()}", f"customer {event.customer_id}"
    if event == first:
        return Problem.warning("events.duplicate", path, f"{what} occurs twice; counted once")
    message = f"{what} has the id of another at {first.at.isoformat()} of customer {first.customer_id!r}"
    return Problem("events.id-conflict", path, message, hint="the first counts; give each its own id")
