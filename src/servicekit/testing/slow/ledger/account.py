"""The points of one account: what the days do to them, and the few ways in which they move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.loyalty.rejected import InsufficientPointsError
from servicekit.loyalty.terms import ActivityKind, Terms
from servicekit.testing.slow.ledger.points import ALIVE, PointState, SlowPoint
from servicekit.timeline import local_at

Part: TypeAlias = Literal["available", "pending", "held", "debt"]

_DAY = timedelta(days=1)


class Move(NamedTuple):
    """What a part of the balance gains on a day, and when that was known."""

    on: date
    recorded: datetime
    currency: str
    part: PointState | Literal["debt"]
    points: int


@dataclass(frozen=True, slots=True)
class SlowHold:
    """Points set aside; ``until`` is the first day on which they no longer are."""

    currency: str
    until: date | None
    is_open: bool = True


class SlowAccount:
    """An account on the day ``today``; ``now`` is the instant at which what happens to it becomes known."""

    def __init__(self, name: str, terms: Mapping[str, Terms], tz: ZoneInfo, today: date) -> None:
        self.name, self.terms, self.tz, self.today = name, terms, tz, today
        self.now = local_at(today, 0, tz)
        self.status: Literal["open", "frozen", "closed"] = "open"
        self.points: list[SlowPoint] = []
        self.holds: dict[str, SlowHold] = {}
        self.debts: Counter[str] = Counter()
        self.last_active: dict[str, date] = {}
        self.moves: list[Move] = []

    def copy(self) -> SlowAccount:
        """Another one of the same content."""
        other = copy(self)
        other.points = [copy(point) for point in self.points]
        other.holds, other.last_active = dict(self.holds), dict(self.last_active)
        other.debts, other.moves = Counter(self.debts), list(self.moves)
        return other

    # ------------------------------------------------------------------------------------------- days
    def live_through(self, day: date) -> None:
        """Visit every morning up to that of ``day``."""
        while self.today < day:
            self.today += _DAY
            self.now = local_at(self.today, 0, self.tz)
            self._morning()

    def _morning(self) -> None:
        """Points whose day has come become available, holds time out, and what is past its last day expires."""
        for currency in self.terms:
            pending = self.alive(currency, "pending")
            ripe = [point for point in pending if point.available_on and point.available_on <= self.today]
            self.welcome(ripe, self.today)
        for key, hold in self.holds.items():
            if hold.is_open and hold.until is not None and hold.until <= self.today:
                self.let_go(key, self.today)
        self.expire()

    def expire(self) -> None:
        """Points past their last day are lost, but those that are held."""
        for point in self.points:
            end = self._first_unusable_day(point)
            if point.state in ("available", "pending") and end is not None and end <= self.today:
                self.turn([point], "expired", max(end, point.since))

    def _first_unusable_day(self, point: SlowPoint) -> date | None:
        lapses_on, last = self.terms[point.currency].lapses_on, self.last_active.get(point.currency)
        lapse = lapses_on(last) if lapses_on and last else None
        return min((day for day in (point.expires_on, lapse) if day is not None), default=None)

    # ----------------------------------------------------------------------------------------- points
    def alive(self, currency: str, *states: PointState) -> list[SlowPoint]:
        """The points that are left, in the order in which they are spent."""
        order, among = self.terms[currency].order, states or ALIVE
        found = (point for point in self.points if point.currency == currency and point.state in among)
        return sorted(found, key=lambda point: point.place(order))

    def turn(self, points: Iterable[SlowPoint], state: PointState, on: date, by: str | None = None) -> None:
        """Let points be in another state from a day on, and note what it does to the balance."""
        for point in points:
            self.moves.append(Move(on, self.now, point.currency, point.state, -1))
            self.moves.append(Move(on, self.now, point.currency, state, 1))
            point.state, point.since, point.by = state, on, by

    def owe(self, currency: str, points: int, on: date) -> None:
        """Add to the debt."""
        self.debts[currency] += points
        self.moves.append(Move(on, self.now, currency, "debt", points))

    def welcome(self, points: Sequence[SlowPoint], on: date) -> None:
        """Points become available: those past their last day expire, the first of the others repay the debt."""
        self.turn(points, "available", on)
        self.expire()
        for point in sorted(points, key=lambda point: point.place(self.terms[point.currency].order)):
            if point.state == "available" and self.debts[point.currency]:
                self.turn([point], "repaid", on)
                self.owe(point.currency, -1, on)

    def arrive(self, points: Sequence[SlowPoint], on: date) -> None:
        """Points come into the account on a day, pending until theirs."""
        for point in points:
            self.points.append(replace(point, number=len(self.points)))
        arrived = self.points[len(self.points) - len(points) :]
        self.turn(arrived, "pending", on)
        for point in arrived:
            first = point.available_on or on
            if first <= self.today:
                self.welcome([point], max(first, on))

    def ready(self, currency: str, on: date) -> list[SlowPoint]:
        """The points that could be spent on a day, and still can."""
        return [point for point in self.alive(currency, "available") if point.since <= on]

    def take(self, currency: str, count: int, on: date, state: PointState, by: str) -> list[SlowPoint]:
        """Points that could be spent on a day, the first ones in order, all or none.

        Raises:
            InsufficientPointsError: there are not so many.
        """
        ready = self.ready(currency, on)
        if len(ready) < count:
            raise InsufficientPointsError(len(ready), count)
        self.turn(ready[:count], state, on, by)
        last = max((point.taken for point in self.points), default=0)
        for place, point in enumerate(ready[:count], start=last + 1):
            point.taken = place
        return ready[:count]

    def taken_by(self, key: str, state: PointState) -> list[SlowPoint]:
        """The points that a command took and that are still where it brought them, in the order in which it did."""
        found = (point for point in self.points if point.by == key and point.state == state)
        return sorted(found, key=lambda point: point.taken)

    def let_go(self, key: str, on: date) -> list[SlowPoint]:
        """End a hold; what it holds comes back."""
        held = self.taken_by(key, "held")
        self.holds[key] = replace(self.holds[key], is_open=False)
        self.welcome(held, on)
        return held

    def touch(self, currency: str, kind: ActivityKind, on: date) -> None:
        """Something happened that may count as activity."""
        if kind in self.terms[currency].activity:
            self.last_active[currency] = max(on, self.last_active.get(currency, on))
