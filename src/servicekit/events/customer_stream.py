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
_LATE = 2**62  # microseconds, beyond those of any instant
_DAY_BITS, _RANK_BITS = 64, 3

_RANK_OF: dict[type[CustomerEvent], int] = {
    Enrolled: 0,
    HouseholdJoined: 1,
    Purchase: 2,
    Activity: 2,
    Refund: 3,
    TierRevoked: 4,
    TierGranted: 5,
    HouseholdLeft: 6,
}


@dataclass(frozen=True, slots=True)
class CustomerLog:
    """A log in order, by day and moment over all customers, and what was odd.

    >>> order_customers([]).events
    ()
    """

    events: tuple[CustomerEvent, ...]
    problems: tuple[Problem, ...]


def order_customers(events: Iterable[CustomerEvent], tz: tzinfo = UTC) -> CustomerLog:
    """Sort a log of any number of customers by the days of ``tz``, and drop what it tells twice.

    On one day come those events first of which only the day is known, then the others by instant, and last the refunds
    of which only the day is known. At one moment an enrolment comes before a purchase, and a refund after it; then ids
    decide, and where there are none, the order of arrival. Problems, all with the path ``customer <id>``:
    ``events.duplicate`` (the very same event again; dropped) is a warning, and ``events.id-conflict`` (the id of an
    order, a refund or an activity again, with other content; the first in order counts) an error. Two activities
    without a key are two, however alike.

    >>> from datetime import date
    >>> log = order_customers([Activity("m-1", date(2026, 1, 9), "nights", 1), Enrolled("m-1", date(2026, 1, 5))])
    >>> [type(event).__name__ for event in log.events]
    ['Enrolled', 'Activity']
    """
    known: dict[type, dict[object, CustomerEvent]] = {kind: {} for kind in _RANK_OF}
    kept: list[CustomerEvent] = []
    problems: list[Problem] = []
    for event in sorted(events, key=lambda event: _place(event, tz)):
        names, name = known[type(event)], _name(event)
        if name is not None and name in names:
            problems.append(_told_twice(event, names[name]))
        else:
            kept.append(event)
            names[name] = event
    return CustomerLog(tuple(kept), tuple(problems))


def _place(event: CustomerEvent, tz: tzinfo) -> _Place:
    """The day, the moment and the rank as one number, which is half the work of three; then the ids."""
    moment, kind = event.at, type(event)
    if isinstance(moment, datetime):
        place = (moment.astimezone(tz).toordinal() << _DAY_BITS) + to_us(moment)
    else:
        place = (moment.toordinal() << _DAY_BITS) + (_LATE if kind is Refund else -_LATE)
    name = event.order_id if isinstance(event, Purchase) else _id(event) or ""
    return (place << _RANK_BITS) + _RANK_OF[kind], event.customer_id, name


def _id(event: CustomerEvent) -> str | None:
    match event:
        case Refund(refund_id=name) | Activity(key=name):
            return name
        case _:
            return None


def _name(event: CustomerEvent) -> object:
    """What only this event of its kind is called; None where nothing tells it from its like."""
    if isinstance(event, Purchase):  # what most events are
        return event.order_id
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
