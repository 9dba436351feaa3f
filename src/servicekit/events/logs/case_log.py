"""Logs of any number of cases: sorted, without repeats, case by case, with a Problem for every oddity.

Logs come late, twice and out of order. :func:`order` never loses a distinct event and never guesses: it sorts, drops
exact repeats, and returns a warning for each oddity. One thing is an error: a case without an opening has no clocks at
all. Instants are compared in UTC, so a log written across the end of daylight saving sorts rightly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from servicekit.errors import Problem
from servicekit.events.arrivals import arranged, in_order, never_opened, timed
from servicekit.events.case import Case, CaseEvent, Opened

_Event = TypeVar("_Event", bound=CaseEvent)


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
    >>> from servicekit.events import Resolved
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> [type(e).__name__ for e in arrange([Resolved("C-1", nine), Opened("C-1", nine)])]
    ['Opened', 'Resolved']
    """
    return tuple(event for _, event in in_order(timed(events)))


def order(events: Iterable[CaseEvent]) -> Ordered:
    """Sort a log of any number of cases; see :func:`arrange` for events at the same instant.

    Problems, all with the path ``case <id>``: ``events.out-of-order`` (a line older than one before it; sorted),
    ``events.duplicate`` (the very same event again; dropped), ``events.before-opening`` (stamped before the opening;
    it counts from the opening on), ``events.opened-twice`` (the first opening counts), ``events.after-cancel`` (has no
    effect) are warnings; ``events.no-opening`` is an error.

    >>> from datetime import UTC, datetime
    >>> from servicekit.events import Resolved
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> log = order([Resolved("C-1", nine.replace(hour=10)), Opened("C-1", nine)])
    >>> [type(e).__name__ for e in log.events], [p.code for p in log.problems]
    (['Opened', 'Resolved'], ['events.out-of-order'])
    """
    sorted_events: list[CaseEvent] = []
    problems: list[Problem] = []
    for case_id, arrived in _by_case(events).items():
        in_place, odd = arranged(timed(arrived))
        problems.extend(odd)
        if not any(isinstance(event, Opened) for event in arrived):
            problems.append(never_opened(case_id))
        sorted_events.extend(event for _, event in in_place)
    return Ordered(tuple(sorted_events), tuple(problems))


def group(events: Iterable[CaseEvent]) -> Iterator[Case]:
    """One :class:`Case` per case id, in the order of first arrival, each arranged.

    The whole log is read before the first case comes out, since a case may have a line anywhere in it.

    >>> from datetime import UTC, datetime
    >>> from servicekit.events import Resolved
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
