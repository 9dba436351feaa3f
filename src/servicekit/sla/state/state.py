"""A case taken event by event: the state so far, and what each event brings about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter

from servicekit.errors import Problem
from servicekit.events import CaseEvent, Opened, arrange
from servicekit.events.stream import before_opening, never_opened, repeated, without_effect
from servicekit.sla.engine import SlaEngine
from servicekit.sla.engine.engine import an_engine
from servicekit.sla.engine.life import Life
from servicekit.sla.state.effect import BreachDue, Effect, ThresholdDue
from servicekit.sla.state.told import effects_of
from servicekit.sla.view.case import CaseView, view_of
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
            TypeError: ``engine`` is none.
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
        an alert tells it from all others, for those that cannot be sure. What a clock came to before it was stopped or
        called off is told, too.

        Raises:
            ValueError: ``until`` lies before the last event.
        """
        since, found = to_us(after), list[BreachDue | ThresholdDue]()
        for now in self._looks(to_us(until)):
            found += _came_due(self.view(from_us(now)), since, now)
            since = max(since, now)
        return tuple(found)

    def _looks(self, until: int) -> list[int]:
        """When to look so as to see all that comes due: before each later version of the policy, and at the end."""
        begun = (rules.from_us for rules in self.engine.plan.rules if rules.from_us is not None)
        return [*(at - 1 for at in begun if self.life is not None and self.life.at < at <= until), until]

    def to_json(self) -> str:
        """The state as JSON text; :meth:`from_json` reads it back under the same policy.

        >>> from servicekit.sla import SlaPolicy
        >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
        >>> CaseState.from_json(engine, start(engine).to_json()) == start(engine)
        True

        Raises:
            StateError: a fact is of a kind that cannot be written as JSON and read back.
        """
        from servicekit.sla.state.saved import state_to_json

        return state_to_json(self)

    @classmethod
    def from_json(cls, engine: SlaEngine, text: str) -> CaseState:
        """The state that :meth:`to_json` wrote, under the same versions of the policy or more of them.

        Raises:
            StateError: the text is no state, or one of another policy: a row, calendar or version is not there. Or of
                the versions that were added one promises metrics that the state does not know, or was in force before
                its last event, so that only the events can tell how the case stands.
            TypeError: ``engine`` is none.
        """
        from servicekit.sla.state.restored import state_from_json

        return state_from_json(an_engine(engine), text)

    def __reduce__(self) -> tuple[Callable[[SlaEngine, str], CaseState], tuple[SlaEngine, str]]:
        return CaseState.from_json, (self.engine, self.to_json())

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same life of a case under the same versions of a policy."""
        if self is other or not isinstance(other, CaseState):
            return self is other
        one, another = self.engine.plan, other.engine.plan
        return (one is another or one.recorded == another.recorded) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        return f"CaseState({self.case_id!r}, events up to {self.last_at})"


def _came_due(view: CaseView, since: int, now: int) -> list[BreachDue | ThresholdDue]:
    """What a view, which is as of ``now``, knows to have come due after ``since``, in order."""
    found: list[tuple[int, BreachDue | ThresholdDue]] = [
        (known, BreachDue(view.clocks[number].id, from_us(due))) for known, due, number in view.broken_us()
    ]
    for alert in view.alerts:
        told = ThresholdDue(alert.clock, alert.at, alert.deliver_at, alert.step, alert.occurrence)
        found.append((to_us(alert.deliver_at), told))
    found.sort(key=itemgetter(0))
    return [effect for moment, effect in found if since < moment <= now]


def start(engine: SlaEngine) -> CaseState:
    """The state of a case of which nothing has been heard yet.

    >>> from servicekit.sla import SlaPolicy
    >>> start(SlaPolicy(targets=[{"resolution": "8h"}]).compile({})).case_id is None
    True

    Raises:
        TypeError: ``engine`` is none.
    """
    return CaseState(an_engine(engine))


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
    life = state.life
    if life is None:
        return _before_life(state, event)
    _check_case(event, life.case_id)
    at = to_us(event.at)
    is_in_turn = at > life.at and not life.is_over
    if not is_in_turn and event in state.latest:
        return _again(state, event), ()
    twin = life.copy()
    twin.turns = []
    twin.take(event, at)
    effects = effects_of(twin, life)
    twin.turns = None
    problems: tuple[Problem, ...] = state.problems
    latest: tuple[CaseEvent, ...] = (event,)
    if not is_in_turn or isinstance(event, Opened):
        problems, latest = (*problems, *_odd(life, event, at)), _latest(state, life, event, at)
    return CaseState(state.engine, twin, (), problems, latest), effects


def _check_case(event: CaseEvent, known: str) -> None:
    if event.case_id != known:
        raise ValueError(f"an event of case {event.case_id!r} was put into case {known!r}")


def _before_life(state: CaseState, event: CaseEvent) -> tuple[CaseState, tuple[Effect, ...]]:
    """The state of a case that was not open yet: opened now, or with an event more that waits for the opening."""
    if state.early:
        _check_case(event, state.early[0].case_id)
        if event in state.early:
            return _again(state, event), ()
    if isinstance(event, Opened):
        return _opened(state, event)
    return CaseState(state.engine, None, (*state.early, event), state.problems), ()


def _again(state: CaseState, event: CaseEvent) -> CaseState:
    """The state after an event that it knows; repeats are told before all else, as ``order`` tells them."""
    told = state.problems
    first = next((n for n, problem in enumerate(told) if problem.code != "events.duplicate"), len(told))
    return CaseState(
        state.engine, state.life, state.early, (*told[:first], repeated(event), *told[first:]), state.latest
    )


def _latest(state: CaseState, life: Life, event: CaseEvent, at: int) -> tuple[CaseEvent, ...]:
    """The events of the last instant, any of which may come again; what comes late is not one of them."""
    last = to_us(state.latest[0].at) if life.is_over and state.latest else life.at
    if at < last:
        return state.latest
    return (*state.latest, event) if at == last else (event,)


def _opened(state: CaseState, event: Opened) -> tuple[CaseState, tuple[Effect, ...]]:
    """The state after the opening and all that came before it, each when it happened, but not before the opening."""
    at = to_us(event.at)
    life = Life(state.engine.plan, event, at)
    odd, latest = _take_early(life, event, state.early) if state.early else ((), (event,))
    return CaseState(state.engine, life, (), (*state.problems, *odd), latest), effects_of(life, None)


def _take_early(
    life: Life, opened: Opened, early: Iterable[CaseEvent]
) -> tuple[Iterable[Problem], tuple[CaseEvent, ...]]:
    """Let the events happen that came before the opening: what is odd about them, and those of the last instant."""
    start, odd = life.at, []
    events = [(to_us(event.at), event) for event in arrange(early)]
    for at, event in events:
        fault = before_opening(event, opened) if at < start else without_effect(event, ended=life.is_over)
        odd += [] if fault is None else [fault]
        life.take(event, at)
    last = max(start, events[-1][0])
    return odd, tuple(event for at, event in ((start, opened), *events) if at == last)


def _odd(life: Life, event: CaseEvent, at: int) -> tuple[Problem, ...]:
    """What is odd about an event: it has no effect, or it is older than the last."""
    odd = without_effect(event, ended=life.is_over)
    if odd is not None or at >= life.at:
        return () if odd is None else (odd,)
    message = f"{type(event).__name__} at {event.at.isoformat()} came after {from_us(life.at).isoformat()}; counts then"
    hint = "fold all events of the case again"
    return (Problem("events.late", f"case {life.case_id}", message, hint=hint, severity="warning"),)
