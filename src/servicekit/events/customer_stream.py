"""Logs of what customers did: sorted, without repeats, with a Problem for every oddity; the twin of ``stream.py``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from operator import itemgetter
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

_Place: TypeAlias = tuple[int, int, int, str, str]
_EARLY, _LATE = -(2**62), 2**62

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
    placed = sorted(((_place(event, tz), event) for event in events), key=itemgetter(0))
    known: dict[object, CustomerEvent] = {}
    kept: list[CustomerEvent] = []
    problems: list[Problem] = []
    for _, event in placed:
        name = _name(event)
        if name is not None and name in known:
            problems.append(_told_twice(event, known[name]))
        else:
            kept.append(event)
            known[name] = event
    return CustomerLog(tuple(kept), tuple(problems))


def _place(event: CustomerEvent, tz: tzinfo) -> _Place:
    moment, rank = event.at, _RANK_OF[type(event)]
    if isinstance(moment, datetime):
        day, us = moment.astimezone(tz).toordinal(), to_us(moment)
    else:
        day, us = moment.toordinal(), _LATE if isinstance(event, Refund) else _EARLY
    return day, us, rank, event.customer_id, _id(event) or ""


def _id(event: CustomerEvent) -> str | None:
    match event:
        case Purchase(order_id=name) | Refund(refund_id=name) | Activity(key=name):
            return name
        case _:
            return None


def _name(event: CustomerEvent) -> object:
    """What only this event is called; None where nothing tells it from its like."""
    match event:
        case Purchase() | Refund():
            return type(event), _id(event)
        case Activity(key=key):
            return None if key is None else (Activity, event.customer_id, key)
        case _:
            return event


def _told_twice(event: CustomerEvent, first: CustomerEvent) -> Problem:
    what, path = f"{type(event).__name__} at {event.at.isoformat()}", f"customer {event.customer_id}"
    if event == first:
        return Problem.warning("events.duplicate", path, f"{what} occurs twice; counted once")
    message = f"{what} has the id of another at {first.at.isoformat()} of customer {first.customer_id!r}"
    return Problem("events.id-conflict", path, message, hint="the first counts; give each its own id")
