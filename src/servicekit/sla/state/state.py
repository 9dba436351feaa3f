"""A case taken event by event: the state so far, and what each event brings about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from servicekit.errors import Problem
from servicekit.events import CaseEvent, Opened, arrange
from servicekit.events.stream import before_opening, never_opened, repeated, without_effect
from servicekit.sla.engine import SlaEngine
from servicekit.sla.engine.clock import Clock
from servicekit.sla.engine.clockwork import Turn
from servicekit.sla.engine.life import Life
from servicekit.sla.engine.pausing import Moment
from servicekit.sla.engine.reading import Reading, read
from servicekit.sla.pause import Pause
from servicekit.sla.state.effect import (
    BreachDue,
    ClockCancelled,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Effect,
    TargetChanged,
    ThresholdDue,
)
from servicekit.sla.view.alert import rungs_reached
from servicekit.sla.view.case import CaseView, view_of
from servicekit.sla.view.clock import ClockId
from servicekit.timeline import from_us, to_us

__all__ = ["CaseState", "start", "step"]


class CaseState:
    """What is known of one case after some events: immutable, small, and as JSON by :meth:`to_json`.

    :func:`start` makes the first, :func:`step` each further one. Views, wake-ups and alerts are asked of it for any
    instant from its last event on.

    >>> from servicekit.sla import SlaPolicy
    >>> start(SlaPolicy(targets=[{"resolution": "8h"}]).compile({}))
    CaseState(None, events up to None)
    """

    __slots__ = ("early", "engine", "latest", "life", "problems")

    def __init__(
        self,
        engine: SlaEngine,
        life: Life | None = None,
        early: tuple[CaseEvent, ...] = (),
        problems: tuple[Problem, ...] = (),
        latest: tuple[CaseEvent, ...] = (),
    ) -> None:
        self.engine, self.life, self.early, self.problems, self.latest = engine, life, early, problems, latest

    @classmethod
    def of(cls, engine: SlaEngine, events: Iterable[CaseEvent]) -> CaseState:
        """The state after some events of one case, in whatever order they came; repeats count once.

        >>> from datetime import UTC
        >>> from servicekit.sla import SlaPolicy
        >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
        >>> CaseState.of(engine, [Opened("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC))]).case_id
        'C-1'

        Raises:
            ValueError: the events belong to more than one case.
        """
        state = start(engine)
        for event in arrange(events):
            state, _ = step(state, event)
        return state

    @property
    def case_id(self) -> str | None:
        """The case's id, once an event has told it."""
        if self.life is not None:
            return self.life.case_id
        return self.early[0].case_id if self.early else None

    @property
    def last_at(self) -> datetime | None:
        """The instant of the last event."""
        return None if self.life is None else from_us(self.life.at)

    def view(self, as_of: datetime) -> CaseView:
        """The case as of an instant, which is not before the last event.

        Raises:
            NaiveDatetimeError: ``as_of`` has no time zone.
            ValueError: it lies before the last event; fold the events that had happened by then.
        """
        now = to_us(as_of)
        if self.life is None:
            missing = (never_opened(self.early[0].case_id),) if self.early else ()
            return view_of(self.engine, None, now, (*self.problems, *missing))
        if now < self.life.at:
            raise ValueError(f"the state knows events up to {from_us(self.life.at)}, so it cannot tell of {as_of}")
        life = self.life
        if len(life.plan.rules) > 1:
            life = life.copy()
            life.advance(now)
        return view_of(self.engine, life, now, self.problems)

    def next_wake_up(self, after: datetime) -> datetime | None:
        """The next instant at which something changes if nothing happens; see :attr:`CaseView.next_wake_up`."""
        return self.view(after).next_wake_up

    def alerts(self, after: datetime, until: datetime) -> tuple[BreachDue | ThresholdDue, ...]:
        """What became due in ``after < moment <= until``, in order: promises broken, and steps to be delivered.

        A promise is broken the microsecond after it was due, a step counts at its delivery; what a change of the
        target has moved into the past counts the microsecond after the change. A scheduler that looks after every event
        and at every ``next_wake_up``, and asks from its last look to this one, gets each exactly once; the ``key`` of
        an alert tells it from all others, for those that cannot be sure.

        Raises:
            ValueError: ``until`` lies before the last event.
        """
        since, view = to_us(after), self.view(until)
        now = to_us(until)
        found: list[tuple[int, BreachDue | ThresholdDue]] = [
            (view.known_broken_us(due, number), BreachDue(view.clocks[number].id, from_us(due)))
            for due, number in view.dues
        ]
        for alert in view.alerts:
            told = ThresholdDue(alert.clock, alert.at, alert.deliver_at, alert.step, alert.occurrence)
            found.append((to_us(alert.deliver_at), told))
        return tuple(effect for moment, effect in sorted(found, key=lambda pair: pair[0]) if since < moment <= now)

    def to_json(self) -> str:
        """The state as JSON text; :meth:`from_json` reads it back under the same policy.

        >>> from servicekit.sla import SlaPolicy
        >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
        >>> CaseState.from_json(engine, start(engine).to_json()) == start(engine)
        True
        """
        from servicekit.sla.state.saved import state_to_json

        return state_to_json(self)

    @classmethod
    def from_json(cls, engine: SlaEngine, text: str) -> CaseState:
        """The state that :meth:`to_json` wrote.

        Raises:
            StateError: the text is no state, or one of another policy: a row, calendar or version is not there.
        """
        from servicekit.sla.state.saved import state_from_json

        return state_from_json(engine, text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CaseState) and self.engine is other.engine and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        return f"CaseState({self.case_id!r}, events up to {self.last_at})"


def start(engine: SlaEngine) -> CaseState:
    """The state of a case of which nothing has been heard yet.

    >>> from servicekit.sla import SlaPolicy
    >>> start(SlaPolicy(targets=[{"resolution": "8h"}]).compile({})).case_id is None
    True
    """
    return CaseState(engine)


def step(state: CaseState, event: CaseEvent) -> tuple[CaseState, tuple[Effect, ...]]:
    """The state after one more event, and what the event brings about; the old state stays as it is.

    Events come in order (:func:`~servicekit.events.arrange`). One that is older than the last counts as happening
    with it, and a problem (``events.late``) says so: fold all events again where the difference matters. Events before
    the opening wait for it. Effects tell first what happened to clocks, then what is to be expected of each clock that
    was touched: when it is due, and when its ladder's steps are.

    >>> from datetime import UTC
    >>> from servicekit.sla import SlaPolicy
    >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
    >>> state, effects = step(start(engine), Opened("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC)))
    >>> [(type(effect).__name__, effect.at.hour) for effect in effects]
    [('ClockStarted', 9), ('BreachDue', 17)]

    Raises:
        ValueError: the event belongs to another case.
    """
    _check_case(state, event)
    at = to_us(event.at)
    if event in state.latest or event in state.early:
        return CaseState(state.engine, state.life, state.early, (*state.problems, repeated(event)), state.latest), ()
    if state.life is None:
        if not isinstance(event, Opened):
            return CaseState(state.engine, None, (*state.early, event), state.problems), ()
        return _opened(state, event, at)
    life = state.life.copy()
    life.turns, before = [], life.moments[-1]
    odd = without_effect(event, ended=life.is_over)
    late = _late(life, event, at) if odd is None else (odd,)
    life.take(event, at)
    effects = _effects(life, before)
    life.turns = None
    latest = (*state.latest, event) if state.latest and state.latest[0].at == event.at else (event,)
    return CaseState(state.engine, life, (), (*state.problems, *late), latest if not late else state.latest), effects


def _check_case(state: CaseState, event: CaseEvent) -> None:
    known = state.case_id
    if known is not None and event.case_id != known:
        raise ValueError(f"an event of case {event.case_id!r} was put into case {known!r}")


def _opened(state: CaseState, event: Opened, at: int) -> tuple[CaseState, tuple[Effect, ...]]:
    life = Life(state.engine.plan, event, at)
    turns: list[tuple[Turn, Clock]] = [("started", clock) for clock in life.clocks]
    turns += [("stopped", clock) for clock in life.clocks if clock.ending == "stopped"]
    life.turns = turns
    for early in state.early:
        life.take(early, at)
    effects = _effects(life, life.moments[0])
    life.turns = None
    odd = (before_opening(early, event) for early in state.early if to_us(early.at) < at)
    return CaseState(state.engine, life, (), (*state.problems, *odd), (event,)), effects


def _late(life: Life, event: CaseEvent, at: int) -> tuple[Problem, ...]:
    if at >= life.at:
        return ()
    message = f"{type(event).__name__} at {event.at.isoformat()} came after {from_us(life.at).isoformat()}; counts then"
    hint = "fold all events of the case again"
    return (Problem("events.late", f"case {life.case_id}", message, hint=hint, severity="warning"),)


def _effects(life: Life, before: Moment) -> tuple[Effect, ...]:
    """What happened to clocks, then what is to be expected of those that were touched and have not ended."""
    turns = life.turns or []
    paused = [] if life.moments[-1] is before else _pauses(life, before)
    if not turns and not paused:
        return ()
    now = from_us(life.at)
    happened: list[Effect] = []
    expected: dict[int, tuple[ClockId, Reading]] = {}
    for turn, clock in turns:
        name, reading = _id(life, clock), _read(life, clock, turn)
        happened.append(_turned(turn, name, reading, now))
        if clock.ended is None:
            expected[id(clock)] = name, reading
            if reading.is_paused and turn != "retargeted":  # begun, or to run on, in a status that pauses it
                paused.append((clock, reading.stretches[-1].pauses[-1].pause))
    for clock, pause in paused:
        name = _id(life, clock)
        happened.append(ClockResumed(name, now) if pause is None else ClockPaused(name, now, pause.reason))
        if id(clock) not in expected and (pause is None or pause.has_limits or (clock.goal and clock.goal.ladder)):
            expected[id(clock)] = name, _read(life, clock, "resumed")
    for name, reading in expected.values():
        happened.extend(_expected(life, name, reading))
    return tuple(happened)


def _read(life: Life, clock: Clock, turn: Turn) -> Reading:
    """As much of the clock as the turn asks for; its problems are told by views."""
    return read(life, clock, life.at, [], wanted="verdict" if turn in ("stopped", "cancelled") else "due")


def _id(life: Life, clock: Clock) -> ClockId:
    return ClockId(life.case_id, life.plan.metrics[clock.metric].id, clock.instance)


def _turned(turn: Turn, clock: ClockId, reading: Reading, at: datetime) -> Effect:
    match turn:
        case "started":
            return ClockStarted(clock, from_us(reading.clock.started), reading.target)
        case "stopped":
            return ClockStopped(clock, at, reading.outcome)
        case "cancelled":
            return ClockCancelled(clock, at)
        case "resumed":
            return ClockResumed(clock, at)
        case "retargeted":
            return TargetChanged(clock, at, reading.target)
        case _:
            assert_never(turn)


def _pauses(life: Life, before: Moment) -> list[tuple[Clock, Pause | None]]:
    """The clocks that were running before and that the event has paused, with the pause, or let run on."""
    after, found = life.moments[-1], []
    begun = {id(clock) for turn, clock in life.turns or () if turn in ("started", "resumed")}
    for index, clocks in enumerate(life.running):
        pausing = life.rules.pausing[index]
        if clocks and pausing.matters:
            was, now = pausing.at(before), pausing.at(after)
            if was is not now:
                found += [(clock, now) for clock in clocks if id(clock) not in begun]
    return found


def _expected(life: Life, clock: ClockId, reading: Reading) -> Iterable[Effect]:
    """The due moment and the ladder's steps that lie ahead, or have come to lie in the past just now."""
    now, known_from = life.at, reading.clock.known_from
    if reading.due is not None and known_from(reading.due + 1) > now:
        yield BreachDue(clock, from_us(reading.due))
    for each in rungs_reached(life, reading):
        if each.deliver > now:
            yield ThresholdDue(clock, from_us(each.at), from_us(each.deliver), each.step, each.occurrence)
