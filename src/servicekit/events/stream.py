"""Putting a log of events in order, and saying what was odd about it.

Logs come late, twice and out of order. :func:`order` never loses a distinct event and never guesses: it sorts, drops
exact repeats, and returns a warning for each oddity. One thing is an error: a case whose opening is nowhere has no
clocks at all. Instants are compared in UTC, so a log written across the end of daylight saving sorts rightly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

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

__all__ = ["Ordered", "arrange", "group", "order", "timed"]

_Event = TypeVar("_Event", bound=CaseEvent)

# At one instant the strongest event must come last, because the last one decides: stop over pause over start.
_PRECEDENCE: dict[type, int] = {
    Opened: 0,
    Reopened: 1,
    AgentReplied: 3,
    MilestoneReached: 3,
    Resolved: 4,
    Closed: 5,
    MergedInto: 6,
    Cancelled: 6,
}
_ORDINARY = 2


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
    return tuple(event for _, event in timed(events))


def timed(events: Iterable[CaseEvent]) -> list[tuple[int, CaseEvent]]:
    """The events of one case, arranged, each with its instant in UTC microseconds; for those who count on.

    >>> from datetime import UTC, datetime
    >>> timed([Opened("C-1", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))])[0][0]
    1000000
    """
    pairs = [(to_us(event.at), event) for event in events]
    if any(later[0] <= earlier[0] for earlier, later in pairwise(pairs)):
        pairs.sort(key=_place)
    return pairs


def _place(pair: tuple[int, CaseEvent]) -> tuple[int, int]:
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
        distinct = tuple(_distinct(arrived, problems))
        problems.extend(_late_arrivals(distinct))
        arranged = arrange(distinct)
        problems.extend(_oddities(case_id, arranged))
        sorted_events.extend(arranged)
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


def _distinct(arrived: Iterable[CaseEvent], problems: list[Problem]) -> Iterator[CaseEvent]:
    seen: dict[tuple[type, int], list[CaseEvent]] = {}
    for event in arrived:
        alike = seen.setdefault((type(event), to_us(event.at)), [])
        if event in alike:
            problems.append(_warning("events.duplicate", event, "occurs twice; counted once"))
        else:
            alike.append(event)
            yield event


def _late_arrivals(arrived: Sequence[CaseEvent]) -> Iterator[Problem]:
    latest = to_us(arrived[0].at)
    for event in arrived:
        at = to_us(event.at)
        if at < latest:
            yield _warning("events.out-of-order", event, f"arrived after an event of {from_us(latest).isoformat()}")
        latest = max(latest, at)


def _oddities(case_id: str, arranged: Sequence[CaseEvent]) -> Iterator[Problem]:
    opened = next((event for event in arranged if isinstance(event, Opened)), None)
    if opened is None:
        yield Problem("events.no-opening", f"case {case_id}", "never opened, so it has no clocks")
        return
    ended = False
    for event in arranged:
        if to_us(event.at) < to_us(opened.at):
            yield _warning("events.before-opening", event, f"precedes the opening {opened.at.isoformat()}; counts then")
        elif isinstance(event, Opened) and event is not opened:
            yield _warning("events.opened-twice", event, "the case was open already; the first opening counts")
        elif ended:
            yield _warning("events.after-cancel", event, "the case was cancelled or merged before; no effect")
        ended = ended or isinstance(event, MergedInto | Cancelled)


def _warning(code: str, event: CaseEvent, words: str) -> Problem:
    what = f"{type(event).__name__} at {event.at.isoformat()}"
    return Problem(code, f"case {event.case_id}", f"{what} {words}", severity="warning")
