"""The points of one account: what the days do to them, and the few ways in which they move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from servicekit.loyalty.rejected import InsufficientPointsError
from servicekit.loyalty.terms import ActivityKind, Terms
from servicekit.testing.slow.ledger.slow_point import ALIVE, PointState, SlowPoint
from servicekit.timeline import local_at

_DAY = timedelta(days=1)


class Move(NamedTuple):
    """A point comes to a state or leaves it on a day, or is owed; and when that was known.

    ``derived`` moves are those that nobody commanded.
    """

    on: date
    recorded: datetime
    currency: str
    state: PointState | Literal["debt"]
    points: int
    derived: bool


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
        self._numbers = 0
        self._derived = False

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
            self.now = max(self.now, local_at(self.today, 0, self.tz))
            self._morning(self.today)

    def catch_up(self, day: date) -> None:
        """Visit again the mornings from a day on, for what was booked on it so late."""
        while day <= self.today:
            self._morning(day)
            day += _DAY

    def _morning(self, day: date) -> None:
        """Points whose day has come become available, holds time out, and what is past its last day expires."""
        self._derived = True
        for currency in self.terms:
            pending = self.alive(currency, "pending")
            self.welcome([each for each in pending if max(each.available_on or day, each.since) <= day], day)
        for key, hold in self.holds.items():
            if hold.is_open and hold.until is not None and hold.until <= day:
                self.let_go(key, day)
        for point in self.points:
            end = self._first_unusable_day(point)
            if point.state in ("available", "pending") and max(end, point.since) <= day:
                self.turn([point], "expired", day)
        self._derived = False

    def _first_unusable_day(self, point: SlowPoint) -> date:
        return min(point.expires_on or date.max, self.lapse(point.currency))

    def lapse(self, currency: str) -> date:
        """The first day on which nothing can be used any more, for want of activity."""
        lapses_on, last = self.terms[currency].lapses_on, self.last_active.get(currency)
        return lapses_on(last) if lapses_on and last else date.max

    # ----------------------------------------------------------------------------------------- points
    def alive(self, currency: str, *states: PointState) -> list[SlowPoint]:
        """The points that are left, in the order in which they are spent."""
        order, among = self.terms[currency].order, states or ALIVE
        found = (point for point in self.points if point.currency == currency and point.state in among)
        return sorted(found, key=lambda point: point.place(order))

    def turn(self, points: Iterable[SlowPoint], state: PointState, on: date, by: str | None = None) -> None:
        """Let points be in another state from a day on, and note what it does to the balance."""
        for point in points:
            self.moves.append(Move(on, self.now, point.currency, point.state, -1, self._derived))
            self.moves.append(Move(on, self.now, point.currency, state, 1, self._derived))
            point.state, point.since, point.by = state, on, by

    def owe(self, currency: str, points: int, on: date) -> None:
        """Add to the debt, and pay it with what is available."""
        self.debts[currency] += points
        self.moves.append(Move(on, self.now, currency, "debt", points, self._derived))
        self._repay(self.alive(currency, "available"), on)

    def _repay(self, points: Sequence[SlowPoint], on: date) -> None:
        """Pay debt with the first of some points."""
        for point in points:
            if self.debts[point.currency] > 0:
                self.turn([point], "repaid", on)
                self.debts[point.currency] -= 1
                self.moves.append(Move(on, self.now, point.currency, "debt", -1, self._derived))

    def welcome(self, points: Sequence[SlowPoint], on: date) -> None:
        """Points become available, after the first of them have repaid the debt."""
        self.turn(points, "available", on)
        self._repay(points, on)

    def arrive(self, points: Sequence[SlowPoint], on: date) -> list[SlowPoint]:
        """Points come into the account on a day; those with a later day of their own wait for it, but repay debt."""
        arrived = [replace(point, number=self.next_number()) for point in points]
        self.points += arrived
        waiting = [point for point in arrived if (point.available_on or on) > on]
        self.turn(waiting, "pending", on)
        self._repay(waiting, on)
        self.welcome([point for point in arrived if (point.available_on or on) <= on], on)
        return arrived

    def next_number(self) -> int:
        """The place of a point that arrives now, among those that are alike in all else."""
        self._numbers += 1
        return self._numbers

    def ready(self, currency: str, on: date) -> list[SlowPoint]:
        """The points that can be spent now; on an earlier day, those of lots that could be spent on it."""
        return [
            point
            for point in self.alive(currency, "available")
            if on >= self.today or (point.earned_on <= on and (point.available_on or on) <= on)
        ]

    def take(self, points: Sequence[SlowPoint], count: int, on: date, state: PointState, by: str) -> list[SlowPoint]:
        """The first ``count`` of some points go elsewhere, or none.

        Raises:
            InsufficientPointsError: there are not so many.
        """
        if len(points) < count:
            raise InsufficientPointsError(len(points), count)
        self.turn(points[:count], state, on, by)
        last = max((point.taken for point in self.points), default=0)
        for place, point in enumerate(points[:count], start=last + 1):
            point.taken = place
        return list(points[:count])

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
