"""Logs of what customers did: sorted, without repeats, with a Problem for every oddity; the twin of ``stream.py``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
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
from servicekit.events.purchase import Purchase, Refund
from servicekit.timeline import to_us

_Place: TypeAlias = tuple[int, str, str]
_EARLY = -(2**62)  # microseconds, before those of any instant
_RANK_BITS, _MOMENT_BITS, _TURN_BITS = 3, 64, 1

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

_A_DAY = 1 << (_RANK_BITS + _MOMENT_BITS + _TURN_BITS)
_ON_A_DAY = ((_RANK_OF[Purchase][0] << _MOMENT_BITS) + _EARLY) << _TURN_BITS
"""The place of a purchase within its day, where the day is all that is known of it."""


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
    each, those of which only the day is known come before the others by instant; at one moment ids and names decide,
    and where there are none, the order of arrival. Problems, all with the path ``customer <id>``:
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
    known: dict[type, dict[object, CustomerEvent]] = {kind: {} for kind in _RANK_OF}
    orders = known[Purchase]
    name: object
    kept: list[CustomerEvent] = []
    problems: list[Problem] = []
    for event in sorted(events, key=lambda event: _place(event, tz)):
        if isinstance(event, Purchase):  # what most events are
            names, name = orders, event.order_id
        else:
            names, name = known[type(event)], _name(event)
        if name is not None and name in names:
            problems.append(_told_twice(event, names[name]))
        else:
            kept.append(event)
            names[name] = event
    return CustomerLog(tuple(kept), tuple(problems))


def _place(event: CustomerEvent, tz: tzinfo) -> _Place:
    """The day, the rank, the moment and the turn as one number, which is half the work of four; then the ids."""
    if isinstance(event, Purchase) and not isinstance(event.at, datetime):
        return event.at.toordinal() * _A_DAY + _ON_A_DAY, event.customer_id, event.order_id
    try:
        moment, (rank, turn) = event.at, _RANK_OF[type(event)]
    except (AttributeError, KeyError):
        raise TypeError(f"expected an event of a customer, such as Purchase, not {type(event).__name__}") from None
    if isinstance(moment, datetime):
        day, instant = moment.astimezone(tz).toordinal(), to_us(moment)
    else:
        day, instant = moment.toordinal(), _EARLY
    place = (((day << _RANK_BITS) + rank) << _MOMENT_BITS) + instant
    return (place << _TURN_BITS) + turn, event.customer_id, _id(event) or ""


def _id(event: CustomerEvent) -> str | None:
    """What tells an event from others of its kind at one moment; None where nothing does that matters."""
    match event:
        case Purchase(order_id=name) | Refund(refund_id=name) | Activity(key=name):
            return name
        case HouseholdJoined(household_id=name) | Enrolled(household_id=name):
            return name
        case TierGranted(tier=tier, reason=reason) | TierRevoked(tier=tier, reason=reason):
            return f"{tier} {reason}"
        case _:
            return None


def _name(event: CustomerEvent) -> object:
    """What only this event of its kind is called; None where nothing tells it from its like."""
    match event:
        case Refund(refund_id=name):
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
