"""Putting a log of events in order, and saying what was odd about it.

Logs come late, twice and out of order. :func:`order` never loses a distinct event and never guesses: it sorts, drops
exact repeats, and returns a warning for each oddity. One thing is an error: a case whose opening is nowhere has no
clocks at all. Instants are compared in UTC, so a log written across the end of daylight saving sorts rightly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from servicekit.errors import Problem
from servicekit.events.case import (
    AgentReplied,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    MergedInto,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
)
from servicekit.timeline import from_us, to_us

__all__ = [
    "Ordered",
    "Timed",
    "arrange",
    "before_opening",
    "group",
    "is_tidy",
    "never_opened",
    "order",
    "repeated",
    "tidied",
    "timed",
    "without_effect",
]

_Event = TypeVar("_Event", bound=CaseEvent)

Timed: TypeAlias = tuple[int, CaseEvent]
"""An event behind its instant in UTC microseconds."""

# At one instant the strongest event must come last, because the last one decides: stop over pause over start.
_OPENING, _ORDINARY, _ENDING = 0, 2, 7
_PRECEDENCE: dict[type, int] = {
    Opened: _OPENING,
    Reopened: 1,
    MilestoneReached: 3,
    AgentReplied: 4,
    Resolved: 5,
    Closed: 6,
    MergedInto: _ENDING,
    Cancelled: _ENDING,
}


@dataclass(frozen=True, slots=True)
class Ordered:
    """A log in order: its events, case by case, and what was odd.

    Cases stand in the order of their first arrival; inside a case events stand by instant.

    >>> order([]).events
    ()
    """

    events: tuple[CaseEvent, ...]
    problems: tuple[Problem, ...]

    @property
    def cases(self) -> Iterator[Case]:
        """The same events as one :class:`Case` each.

        >>> list(order([]).cases)
        []
        """
        return group(self.events)


def arrange(events: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
    """The events of one case by instant; at the same instant a stop comes after a pause, a pause after a start.

    Events of one rank at one instant keep their arrival order: of two status changes in the same second the later line
    of the log is the status the case was left in.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> [type(e).__name__ for e in arrange([Resolved("C-1", nine), Opened("C-1", nine)])]
    ['Opened', 'Resolved']
    """
    return tuple(event for _, event in sorted(timed(events), key=_place))


def timed(events: Iterable[CaseEvent]) -> list[Timed]:
    """The events as they arrived, each with its instant in UTC microseconds; for those who count on.

    >>> from datetime import UTC, datetime
    >>> timed([Opened("C-1", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))])[0][0]
    1000000
    """
    return [(to_us(event.at), event) for event in events]


def is_tidy(arrived: Sequence[Timed]) -> bool:
    """Whether there is plainly nothing for :func:`tidied` to do; in doubt there may be.

    >>> is_tidy([])
    False
    """
    if not arrived or type(arrived[0][1]) is not Opened:
        return False
    last, strength = arrived[0][0], _OPENING
    for at, event in arrived[1:]:
        rank = _PRECEDENCE.get(type(event), _ORDINARY)
        if at < last or (at == last and rank <= strength) or rank == _OPENING or strength == _ENDING:
            return False
        last, strength = at, rank
    return True


def tidied(arrived: Iterable[Timed]) -> tuple[list[Timed], list[Problem]]:
    """The events of one case arranged, without repeats, and what was odd: the warnings of :func:`order`."""
    problems: list[Problem] = []
    distinct = list(_distinct(arrived, problems))
    problems.extend(_late_arrivals(distinct))
    arranged = sorted(distinct, key=_place)
    problems.extend(_oddities(arranged))
    return arranged, problems


def _place(pair: Timed) -> tuple[int, int]:
    return pair[0], _PRECEDENCE.get(type(pair[1]), _ORDINARY)


def order(events: Iterable[CaseEvent]) -> Ordered:
    """Sort a log of any number of cases; see :func:`arrange` for events at the same instant.

    Problems, all with the path ``case <id>``: ``events.out-of-order`` (a line older than one before it; sorted),
    ``events.duplicate`` (the very same event again; dropped), ``events.before-opening`` (stamped before the opening;
    it counts from the opening on), ``events.opened-twice`` (the first opening counts), ``events.after-cancel`` (has no
    effect) are warnings; ``events.no-opening`` is an error.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> log = order([Resolved("C-1", nine.replace(hour=10)), Opened("C-1", nine)])
    >>> [type(e).__name__ for e in log.events], [p.code for p in log.problems]
    (['Opened', 'Resolved'], ['events.out-of-order'])
    """
    sorted_events: list[CaseEvent] = []
    problems: list[Problem] = []
    for case_id, arrived in _by_case(events).items():
        arranged, odd = tidied(timed(arrived))
        problems.extend(odd)
        if not any(isinstance(event, Opened) for event in arrived):
            problems.append(never_opened(case_id))
        sorted_events.extend(event for _, event in arranged)
    return Ordered(tuple(sorted_events), tuple(problems))


def group(events: Iterable[CaseEvent]) -> Iterator[Case]:
    """One :class:`Case` per case id, in the order of first arrival, each arranged.

    The whole log is read before the first case comes out, since a case may have a line anywhere in it.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> [case.case_id for case in group([Opened("B", nine), Opened("A", nine), Resolved("B", nine)])]
    ['B', 'A']
    """
    for case_id, arrived in _by_case(events).items():
        yield Case(case_id, arrange(arrived))


def _by_case(events: Iterable[_Event]) -> dict[str, list[_Event]]:
    cases: dict[str, list[_Event]] = {}
    for event in events:
        cases.setdefault(event.case_id, []).append(event)
    return cases


def never_opened(case_id: str) -> Problem:
    """The one fault that leaves nothing to count."""
    return Problem("events.no-opening", f"case {case_id}".rstrip(), "never opened, so it has no clocks")


def _distinct(arrived: Iterable[Timed], problems: list[Problem]) -> Iterator[Timed]:
    seen: dict[tuple[type, int], list[CaseEvent]] = {}
    for at, event in arrived:
        alike = seen.setdefault((type(event), at), [])
        if event in alike:
            problems.append(repeated(event))
        else:
            alike.append(event)
            yield at, event


def _late_arrivals(arrived: Iterable[Timed]) -> Iterator[Problem]:
    latest: int | None = None
    for at, event in arrived:
        if latest is not None and at < latest:
            yield _warning("events.out-of-order", event, f"arrived after an event of {from_us(latest).isoformat()}")
        else:
            latest = at


def _oddities(arranged: Sequence[Timed]) -> Iterator[Problem]:
    start, opened = next(((at, event) for at, event in arranged if isinstance(event, Opened)), (0, None))
    if opened is None:
        return
    ended = False
    for at, event in arranged:
        if at < start:
            yield before_opening(event, opened)
        elif event is not opened and (odd := without_effect(event, ended=ended)):
            yield odd
        ended = ended or isinstance(event, MergedInto | Cancelled)


def without_effect(event: CaseEvent, *, ended: bool) -> Problem | None:
    """Why an event of a case that is open, or has ended, has no effect; ``None`` where it may have one."""
    if isinstance(event, Opened):
        return _warning("events.opened-twice", event, "the case was open already; the first opening counts")
    if ended:
        return _warning("events.after-cancel", event, "the case was cancelled or merged before; no effect")
    return None


def repeated(event: CaseEvent) -> Problem:
    """What is odd about an event that has come before, the very same."""
    return _warning("events.duplicate", event, "occurs twice; counted once")


def before_opening(event: CaseEvent, opened: Opened) -> Problem:
    """What is odd about an event that arrived before the opening of its case."""
    return _warning("events.before-opening", event, f"precedes the opening {opened.at.isoformat()}; counts then")


def _warning(code: str, event: CaseEvent, words: str) -> Problem:
    what = f"{type(event).__name__} at {event.at.isoformat()}"
    return Problem.warning(code, f"case {event.case_id}", f"{what} {words}")
