"""A case taken event by event: the state so far, and what each event brings about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter

from servicekit.errors import Problem
from servicekit.events import CaseEvent, Opened, arrange
from servicekit.events.arrivals import Arrivals, never_opened
from servicekit.sla.engine import SlaEngine, an_engine
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.event_handlers import advance, open_case, take
from servicekit.sla.state.effect_types import BreachDue, Effect
from servicekit.sla.state.effects import effects_of
from servicekit.sla.state.from_json import state_from_json
from servicekit.sla.state.to_json import state_to_json
from servicekit.sla.view.case_view import CaseView, view_of
from servicekit.sla.view.ladder_alerts import ThresholdDue
from servicekit.timeline import from_us, to_us

_NOTHING_ARRIVED = Arrivals()


class CaseState:
    """What is known of one case after some events: immutable, small, and as JSON by :meth:`to_json`.

    :func:`start` makes the first, :func:`step` each further one. Views, wake-ups and alerts are asked of it for any
    instant from its last event on.

    >>> from servicekit.sla import SlaPolicy
    >>> start(SlaPolicy(targets=[{"resolution": "8h"}]).compile({}))
    CaseState(None, events up to None)
    """

    __slots__ = ("arrivals", "engine", "history")

    def __init__(
        self, engine: SlaEngine, history: CaseHistory | None = None, arrivals: Arrivals = _NOTHING_ARRIVED
    ) -> None:
        self.engine, self.history, self.arrivals = engine, history, arrivals

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was odd about the events, each on its own; what views say of the case comes on top."""
        return self.arrivals.problems

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
        """The case's id, once an event has named it."""
        if self.history is not None:
            return self.history.case_id
        early = self.arrivals.early
        return early[0].case_id if early else None

    @property
    def last_at(self) -> datetime | None:
        """The instant of the last event."""
        return None if self.history is None else from_us(self.history.at)

    def view(self, as_of: datetime) -> CaseView:
        """The case as of an instant, which is not before the last event.

        Raises:
            NaiveDatetimeError: ``as_of`` has no time zone.
            ValueError: it lies before the last event; fold the events that had happened by then.
        """
        now = to_us(as_of)
        if self.history is None:
            case_id = self.case_id
            missing = () if case_id is None else (never_opened(case_id),)
            return view_of(self.engine, None, now, (*self.problems, *missing))
        if now < self.history.at:
            raise ValueError(
                f"the state includes events up to {from_us(self.history.at)}, so it cannot answer for {as_of}"
            )
        history = self.history
        if len(history.compiled.editions) > 1:
            history = history.copy()
            advance(history, now)
        return view_of(self.engine, history, now, self.problems)

    def next_wake_up(self, after: datetime) -> datetime | None:
        """The next instant at which something changes if nothing happens; see :attr:`CaseView.next_wake_up`."""
        return self.view(after).next_wake_up

    def alerts(self, after: datetime, until: datetime) -> tuple[BreachDue | ThresholdDue, ...]:
        """What became due in ``after < moment <= until``, in order: promises broken, and steps to be delivered.

        A promise is broken the microsecond after it was due, a step counts at its delivery; what a change of the
        target has moved into the past counts the microsecond after the change. A scheduler that looks after every event
        and at every ``next_wake_up``, and asks from its last look to this one, gets each exactly once, but for a step
        that another target leaves where it was in the past: it is told again, under the same ``key``. By its key a
        step is done once. What a clock came to before it was stopped or
        cancelled is included, too.

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
        begun = (edition.from_us for edition in self.engine.compiled.editions if edition.from_us is not None)
        return [*(at - 1 for at in begun if self.history is not None and self.history.at < at <= until), until]

    def to_json(self) -> str:
        """The state as JSON text; :meth:`from_json` reads it back under the same policy.

        >>> from servicekit.sla import SlaPolicy
        >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
        >>> CaseState.from_json(engine, start(engine).to_json()) == start(engine)
        True

        Raises:
            StateError: a fact is of a kind that cannot be written as JSON and read back.
        """
        return state_to_json(self.engine, self.history, self.arrivals)

    @classmethod
    def from_json(cls, engine: SlaEngine, text: str) -> CaseState:
        """The state that :meth:`to_json` wrote, under the same versions of the policy or more of them.

        Raises:
            StateError: the text is not a state, was changed since it was written, or is of another policy. Or a version
                that was added since promises metrics that the state does not know, or was in force before its last
                event: then fold the events.
            TypeError: ``engine`` is none.
        """
        return CaseState(an_engine(engine), *state_from_json(engine, text))

    def __reduce__(self) -> tuple[Callable[[SlaEngine, str], CaseState], tuple[SlaEngine, str]]:
        return CaseState.from_json, (self.engine, self.to_json())

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same history of a case under the same versions of a policy."""
        if self is other or not isinstance(other, CaseState):
            return self is other
        one, another = self.engine.compiled, other.engine.compiled
        return (one is another or one.latest.recorded == another.latest.recorded) and self.to_json() == other.to_json()

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
        found.append((to_us(alert.deliver_at), alert))
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
    history, arrivals = state.history, state.arrivals
    if history is None:
        return _before_opening(state, event)
    _check_case(event, history.case_id)
    at = to_us(event.at)
    if (at <= history.at or history.is_over) and event in arrivals.latest:
        return CaseState(state.engine, history, arrivals.repeat(event)), ()
    twin = history.copy()
    twin.clock_events = []
    take(twin, event, at)
    effects = effects_of(twin, history)
    twin.clock_events = None
    return CaseState(state.engine, twin, arrivals.take(event, at, history.at, history.is_over)), effects


def _check_case(event: CaseEvent, known: str) -> None:
    if event.case_id != known:
        raise ValueError(f"an event of case {event.case_id!r} was put into case {known!r}")


def _before_opening(state: CaseState, event: CaseEvent) -> tuple[CaseState, tuple[Effect, ...]]:
    """The state of a case that was not open yet: opened now, or with one more event that waits for the opening."""
    arrivals = state.arrivals
    if arrivals.early:
        _check_case(event, arrivals.early[0].case_id)
        if event in arrivals.early:
            return CaseState(state.engine, None, arrivals.repeat(event)), ()
    if not isinstance(event, Opened):
        return CaseState(state.engine, None, arrivals.wait(event)), ()
    at = to_us(event.at)
    history = open_case(state.engine.compiled, event, at)
    early, arrivals = arrivals.open(event, at)
    for moment, each in early:
        take(history, each, moment)
    return CaseState(state.engine, history, arrivals), effects_of(history, None)
