"""Strategies for the events of cases, and for logs of them as systems write them: late, twice and out of order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    MergedInto,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    Resolver,
    StatusChanged,
    order,
)
from servicekit.testing.strategies.time import instants, spans

FACTS: Mapping[str, tuple[str, ...]] = {
    "channel": ("phone", "chat", "email"),
    "issue_type": ("consultation", "complaint"),
    "tier": ("standard", "gold", "vip"),
    "priority": ("low", "normal", "urgent"),
}
"""The facts of the cases drawn here, each with its values; policies drawn here tell cases apart by them."""
STATUSES = ("open", "pending", "on_hold")
"""The statuses that the cases drawn here may take; of these, policies drawn here may pause on the last two."""
METRICS = (
    "first_response",
    "acknowledgement",
    "resolution",
    "next_response",
    "periodic_update",
    "ownership",
    "agent_work",
    "total_resolution",
)
"""The metrics that policies drawn here promise, and whose due moments may be overridden."""

ANSWERING: tuple[tuple[Resolver, ...], ...] = (("agent",), ("agent",), (), ("bot",), ("agent", "bot", "customer"))
"""Whose resolutions may answer the customer in the policies drawn here."""

_CASE_ID = "C-1"
_RESOLVERS: tuple[Resolver, ...] = ("agent", *get_args(Resolver))
_LONGEST = timedelta(days=20)


def facts(*, required: Sequence[str] = ()) -> st.SearchStrategy[dict[str, str]]:
    """What is known of a case: some of :data:`FACTS`, and all of ``required``.

    >>> from hypothesis import find
    >>> find(facts(required=["tier"]), lambda known: True)
    {'tier': 'standard'}
    """
    values = {name: st.sampled_from(choices) for name, choices in FACTS.items()}
    optional = {name: choice for name, choice in values.items() if name not in required}
    return st.fixed_dictionaries({name: values[name] for name in required}, optional=optional)


def case_events(
    *,
    case_id: str = _CASE_ID,
    at: st.SearchStrategy[datetime] = instants(),  # noqa: B008 - a value
) -> st.SearchStrategy[CaseEvent]:
    """Any event of one case but its opening, at one of the instants ``at``.

    >>> from hypothesis import find
    >>> find(case_events(), lambda event: isinstance(event, Resolved)).case_id
    'C-1'
    """
    return st.one_of([at.flatmap(make(case_id)) for make in _MAKERS])


_Maker = Callable[[datetime], st.SearchStrategy[CaseEvent]]


def _plain(kind: Callable[[str, datetime], CaseEvent]) -> Callable[[str], _Maker]:
    return lambda case_id: lambda at: st.just(kind(case_id, at))


def _ended(kind: Callable[[str, datetime, Resolver], CaseEvent]) -> Callable[[str], _Maker]:
    return lambda case_id: lambda at: st.sampled_from(_RESOLVERS).map(lambda by: kind(case_id, at, by))


def _replied(case_id: str) -> _Maker:
    return lambda at: st.builds(AgentReplied, st.just(case_id), st.just(at), st.booleans(), st.booleans())


def _moved(case_id: str) -> _Maker:
    return lambda at: st.builds(StatusChanged, st.just(case_id), st.just(at), st.sampled_from(STATUSES))


def _changed(case_id: str) -> _Maker:
    pairs = [(name, value) for name, values in FACTS.items() for value in (*values, None)]
    return lambda at: st.sampled_from(pairs).map(lambda pair: FieldChanged(case_id, at, *pair))


def _assigned(case_id: str) -> _Maker:
    return lambda at: st.sampled_from(("li.wei", "zhao.min", None)).map(lambda to: Assigned(case_id, at, to))


def _reached(case_id: str) -> _Maker:
    names = st.sampled_from(("acknowledged", "first_response", "vendor_done"))
    return lambda at: names.map(lambda name: MilestoneReached(case_id, at, name))


def _overridden(case_id: str) -> _Maker:
    drawn = st.tuples(st.sampled_from(METRICS), spans(max_value=_LONGEST, step=timedelta(minutes=1)))
    return lambda at: drawn.map(lambda pair: DueOverridden(case_id, at, pair[0], at + pair[1], "agreed"))


def _merged(case_id: str) -> _Maker:
    return lambda at: st.just(MergedInto(case_id, at, "C-0"))


_MAKERS: tuple[Callable[[str], _Maker], ...] = (
    _replied,
    _moved,
    _plain(CustomerReplied),
    _ended(Resolved),
    _plain(Reopened),
    _reached,
    _changed,
    _assigned,
    _overridden,
    _ended(Closed),
    _merged,
    _plain(Cancelled),
)


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    case_id: str = _CASE_ID,
    opened_at: st.SearchStrategy[datetime] = instants(),  # noqa: B008 - a value
    max_events: int = 8,
    max_length: timedelta = _LONGEST,
) -> Case:
    """Cases from their opening on, in order; anything may happen in between, also at the same instant.

    >>> from hypothesis import find
    >>> len(find(cases(), lambda case: any(isinstance(event, Resolved) for event in case.events)).events)
    2
    """
    opened = draw(_openings(case_id, draw(opened_at)))
    later = spans(max_value=max_length, step=timedelta(seconds=1)).map(lambda span: opened.at + span)
    events = draw(sequenced(st.lists(case_events(case_id=case_id, at=later), max_size=max_events)))
    return Case(case_id, (opened, *sorted(events, key=lambda event: event.at)))


@st.composite
def sequenced(draw: st.DrawFn, events: st.SearchStrategy[list[CaseEvent]]) -> list[CaseEvent]:
    """Events that no source orders, or all in the order of their list, or some of them in any order.

    >>> from datetime import UTC
    >>> from hypothesis import find
    >>> drawn = sequenced(st.just([Resolved("C-1", datetime(2026, 1, 5, tzinfo=UTC))]))
    >>> find(drawn, lambda events: events[0].sequence is not None)[0].sequence
    0
    """
    drawn = draw(events)
    places = st.sampled_from([[None] * len(drawn), [*range(len(drawn))]])
    some = st.lists(st.none() | st.integers(0, 9), min_size=len(drawn), max_size=len(drawn))
    return [replace(event, sequence=place) for event, place in zip(drawn, draw(places | some), strict=True)]


@st.composite
def _openings(draw: st.DrawFn, case_id: str, at: datetime) -> Opened:
    """Openings, some by agents, some born in a status, some of cases split off an older one."""
    known = draw(facts()) | draw(st.sampled_from(({}, {}, {"status": "pending"}, {"owner": "li.wei"})))
    earlier = draw(st.none() | st.none() | spans(max_value=timedelta(days=2), step=timedelta(minutes=1)))
    return Opened(
        case_id,
        at,
        known,
        by=draw(st.sampled_from(("customer", "customer", "agent"))),
        counts_from=None if earlier is None else at - earlier,
        split_from=None if earlier is None else "C-0",
    )


def ticket_streams(
    *,
    case_id: str = _CASE_ID,
    opened_at: st.SearchStrategy[datetime] = instants(),  # noqa: B008 - a value
    max_events: int = 12,
    max_length: timedelta = _LONGEST,
) -> st.SearchStrategy[tuple[CaseEvent, ...]]:
    """The events of one case as a tidy system would send them: arranged, the opening first, none twice.

    What a case can go through is all in there: waits, pauses, changed facts, hand-overs, resolutions and reopenings,
    overrides, mergers and cancellations. :func:`event_logs` draws what untidy systems write.

    >>> from hypothesis import find
    >>> type(find(ticket_streams(), lambda events: len(events) > 1)[0]).__name__
    'Opened'
    """
    drawn = cases(case_id=case_id, opened_at=opened_at, max_events=max_events, max_length=max_length)
    return drawn.map(lambda case: order(case.events).events)


@st.composite
def event_logs(
    draw: st.DrawFn,
    *,
    max_cases: int = 4,
    max_events: int = 6,
    opened_at: st.SearchStrategy[datetime] = instants(),  # noqa: B008 - a value
) -> list[CaseEvent]:
    """Logs of several cases as systems write them: lines out of order, lines twice, openings lost.

    >>> from hypothesis import find
    >>> find(event_logs(), lambda log: len({event.case_id for event in log}) == 2)[0].case_id
    'C-1'
    """
    names = [f"C-{n}" for n in range(1, draw(st.integers(0, max_cases)) + 1)]
    whole = [draw(cases(case_id=name, opened_at=opened_at, max_events=max_events)) for name in names]
    lines = [event for case in whole for event in case.events]
    again = draw(st.lists(st.sampled_from(lines), max_size=3)) if lines else []
    lost = draw(st.sets(st.sampled_from(names), max_size=1)) if names else set()
    kept = [event for event in lines + again if not (isinstance(event, Opened) and event.case_id in lost)]
    return draw(st.permutations(kept)) if draw(st.booleans()) else kept
