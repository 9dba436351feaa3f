"""SlowClocks: the verdicts of an SLA policy, found by walking through the history of a case minute by minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Literal, TypeAlias

from servicekit.calendars import CompiledCalendar
from servicekit.events import CaseEvent, Opened, arrange
from servicekit.rules import Value
from servicekit.sla import OutcomeName, Pause, SlaPolicy
from servicekit.testing.slow.case_history import SlowClock, SlowHistory
from servicekit.testing.slow.promises import MINUTE, Hours, SlowPromises, holds
from servicekit.timeline import from_us, to_us

_ONE = timedelta(minutes=1)
_What: TypeAlias = Literal["ran", "paused", "closed"]


@dataclass(frozen=True, slots=True)
class SlowOutcome:
    """What became of one clock: when it began and stopped, what it counted, when it was due, and the verdict.

    Of a clock that was promised nothing the amounts mean nothing: it has no calendar to count by.

    >>> nine = datetime.fromisoformat("2026-01-05T09:00Z")
    >>> SlowOutcome("resolution", 0, nine, None, 60 * _ONE, 0 * _ONE, nine + 480 * _ONE, "open").due_at.hour
    17
    """

    metric: str
    instance: int
    started_at: datetime
    stopped_at: datetime | None
    elapsed: timedelta
    paused: timedelta
    due_at: datetime | None
    outcome: OutcomeName


class SlowClocks:
    """The clocks of a policy, judged by walking: slow, short, and easy to believe.

    It shares nothing with the engine. It reads the policy, goes through the events in order, and knows after each who
    waits for what. Then it walks along every clock minute by minute, looks whether its calendar is open in that minute
    and whether a pause holds it, and adds the minute to what ran, to what was paused, or to nothing. The due moment is
    the first minute at which as much has run as was promised; to find one that lies ahead it walks on past ``as_of``,
    up to ``reach``, while nothing happens.

    Exact where every instant, length and change of hours lies on a whole minute. It knows targets that are a length,
    in open or wall time; pauses, with limits that are lengths or calendar days; every metric but measures and
    agreements; every mode of change and reopening; due moments set by hand. It refuses, with ValueError, what it does
    not know: other targets, ``match: all``, conditions in other than the short form.

    >>> from datetime import UTC
    >>> from servicekit.calendars import Calendar
    >>> from servicekit.events import Opened, Resolved
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> policy = SlaPolicy(calendar="desk", targets=[{"resolution": "8h"}])
    >>> ten = datetime(2026, 1, 5, 10, tzinfo=UTC)
    >>> [slow] = SlowClocks(policy, {"desk": desk}).judge([Opened("C-1", ten)], as_of=ten + timedelta(hours=2))
    >>> slow.outcome, str(slow.elapsed), slow.due_at.isoformat()
    ('open', '2:00:00', '2026-01-06T10:00:00+00:00')
    """

    def __init__(
        self,
        policy: SlaPolicy,
        calendars: Mapping[str, CompiledCalendar],
        *,
        reach: timedelta = timedelta(days=30),
    ) -> None:
        if policy.match == "all":
            raise ValueError("the slow judge knows one row for each metric, not match: all")
        self.policy = policy
        self._promises = SlowPromises(policy, calendars)
        self._reach = reach // _ONE

    def judge(self, events: Iterable[CaseEvent], as_of: datetime) -> tuple[SlowOutcome, ...]:
        """The outcome of every clock that had begun, in the order of metrics and instances."""
        now = to_us(as_of) // MINUTE
        life = self._live(event for event in events if to_us(event.at) // MINUTE <= now)
        places = {metric: place for place, metric in enumerate(self.policy.metrics)}
        clocks = sorted(life.clocks, key=lambda clock: (places[clock.metric], clock.instance))
        return tuple(_Walk(self.policy, self._promises, life, clock).outcome(now, self._reach) for clock in clocks)

    def _live(self, events: Iterable[CaseEvent]) -> SlowHistory:
        """The life so far. What is stamped before the opening happens at the opening."""
        life, told = SlowHistory(self.policy, self._promises), arrange(events)
        opening = next((event for event in told if isinstance(event, Opened)), None)
        if opening is not None:
            life.tell(to_us(opening.at) // MINUTE, opening)
            for event in told:
                if event is not opening:
                    life.tell(max(to_us(event.at), to_us(opening.at)) // MINUTE, event)
        return life


class _Walk:
    """A walk along one clock, minute by minute."""

    def __init__(self, policy: SlaPolicy, promises: SlowPromises, life: SlowHistory, clock: SlowClock) -> None:
        self._policy, self._clock = policy, clock
        self._target = None if clock.row is None else promises.length(clock.metric, clock.row)
        self._pauses = _Pauses([pause for pause in policy.pauses if clock.metric in pause.metrics])
        self._known = life.known

    def outcome(self, now: int, reach: int) -> SlowOutcome:
        """What became of the clock, as of a minute."""
        end = now if self._clock.ended is None else self._clock.ended
        ran = paused = elapsed = rested = 0
        due: int | None = None
        for minute, what in self._minutes():
            if minute == end:
                elapsed, rested = ran, paused
            if due is None and ran == self._target:
                due = minute
            if minute >= end and (due is not None or minute > end + reach or self._is_hopeless):
                break
            ran, paused = ran + (what == "ran"), paused + (what == "paused")
        return self._told(elapsed, rested, self._moved(due, reach), now)

    def _minutes(self) -> Iterator[tuple[int, _What]]:
        """What each minute is, from the one with which the target begins to count, without end.

        Limits of pauses hold for the clock's whole life: what a restart gave up is walked through, too.
        """
        clock, fitting, ahead = self._clock, None, list(self._known)
        for minute in count(clock.started):
            while ahead and ahead[0][0] <= minute:
                fitting = self._pauses.fitting(ahead.pop(0)[1])
            what = self._what(minute, fitting)
            if minute >= clock.origin:
                yield minute, what

    def _what(self, minute: int, fitting: int | None) -> _What:
        """A minute is closed, or paused, or it ran. A resolution or the end of the clock ends the pause it finds."""
        clock = self._clock
        hours = clock.hours_in(minute)
        is_open = hours.is_open(minute)
        is_resting = any(start <= minute < end for start, end in clock.rests)
        has_ended = clock.ended is not None and clock.ended <= minute
        is_held = self._pauses.hold(None if is_resting or has_ended else fitting, minute, hours)
        if not is_open:
            return "closed"
        return "paused" if is_resting or is_held else "ran"

    @property
    def _is_hopeless(self) -> bool:
        """Whether nothing will come of walking on: nothing was promised, or a pause without a limit holds the clock."""
        return self._target is None or self._pauses.hold_for_good

    def _moved(self, due: int | None, reach: int) -> int | None:
        """The due moment: the agreed one, or the one found, or the opening after it where the policy wants that."""
        if self._clock.agreed is not None or due is None or self._policy.boundary == "close_of_day":
            return due if self._clock.agreed is None else self._clock.agreed
        hours = self._clock.hours_in(due)
        return next((minute for minute in range(due, due + reach) if hours.is_open(minute)), None)

    def _told(self, ran: int, paused: int, due: int | None, now: int) -> SlowOutcome:
        clock = self._clock
        return SlowOutcome(
            clock.metric,
            clock.instance,
            _moment(clock.started),
            None if clock.stopped is None else _moment(clock.stopped),
            ran * _ONE,
            paused * _ONE,
            None if due is None else _moment(due),
            self._verdict(ran, due, now),
        )

    def _verdict(self, ran: int, due: int | None, now: int) -> OutcomeName:
        clock = self._clock
        if clock.cancelled is not None:
            return "cancelled"
        if clock.agreed is None and self._target is None:
            return "no_target"
        if clock.stopped is not None:
            in_time = ran <= (self._target or 0) if clock.agreed is None else clock.stopped <= clock.agreed
            return "met" if in_time else "met_late"
        return "open" if due is None or now <= due else "missed"


class _Pauses:
    """The pauses of one clock as they come and go: which holds it, since when, and what it has given back."""

    def __init__(self, pauses: Sequence[Pause]) -> None:
        self._pauses = pauses
        self._current: int | None = None
        self._began = self._spent = 0
        self._is_over = False
        self._counts, self._given = [0] * len(pauses), [0] * len(pauses)

    def fitting(self, facts: Mapping[str, Value]) -> int | None:
        """The first pause whose status or condition is there."""
        status = facts.get("status")
        for place, pause in enumerate(self._pauses):
            if status in pause.status if pause.when is None else holds(pause.when, facts):
                return place
        return None

    def hold(self, fitting: int | None, minute: int, hours: Hours) -> bool:
        """Whether the pause that fits holds the clock in this minute; a limit that is reached ends it."""
        if fitting != self._current:
            self._begin(fitting, minute)
        if fitting is None:
            return False
        self._is_over = self._is_over or self._is_used_up(fitting, minute, hours)
        if not self._is_over and hours.is_open(minute):
            self._spent += 1
            self._given[fitting] += 1
        return not self._is_over

    @property
    def hold_for_good(self) -> bool:
        """Whether a pause holds the clock that only an event can end."""
        if self._current is None or self._is_over:
            return False
        pause = self._pauses[self._current]
        return pause.max_each is None and pause.max_total is None

    def _begin(self, fitting: int | None, minute: int) -> None:
        self._current, self._began, self._spent, self._is_over = fitting, minute, 0, False
        if fitting is not None:
            self._counts[fitting] += 1

    def _is_used_up(self, place: int, minute: int, hours: Hours) -> bool:
        pause = self._pauses[place]
        if pause.max_count is not None and self._counts[place] > pause.max_count:
            return True
        if pause.max_total is not None and self._given[place] >= pause.max_total // _ONE:
            return True
        if isinstance(pause.max_each, timedelta):
            return self._spent >= pause.max_each // _ONE
        return pause.max_each is not None and hours.is_past(self._began, pause.max_each, minute)


def _moment(minute: int) -> datetime:
    return from_us(minute * MINUTE)
