"""The events of one case as they arrive: in order, each once, and a Problem for whatever is odd about one.

A whole list of events is arranged first (:func:`arranged`); an application that keeps its cases takes events one at a
time (:class:`Arrivals`). Both find the same problems.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from servicekit.errors import Problem
from servicekit.events.case import CaseEvent, Opened, Reopened
from servicekit.events.kind import RANK_OF, Rank
from servicekit.timeline import from_us, to_us

Timed: TypeAlias = tuple[int, CaseEvent]
"""An event behind its instant in UTC microseconds."""

_OPENING, _REOPENING, _END = int(Rank.OPENING), int(Rank.REOPENING), int(Rank.END)
_STOPS = (int(Rank.RESOLUTION), int(Rank.CLOSING))


def timed(events: Iterable[CaseEvent]) -> list[Timed]:
    """The events as they arrived, each behind its instant in UTC microseconds.

    >>> from datetime import UTC, datetime
    >>> timed([Opened("C-1", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))])[0][0]
    1000000
    """
    return [(to_us(event.at), event) for event in events]


def in_order(arrived: Iterable[Timed]) -> list[Timed]:
    """The events by instant; those of one instant as their source orders them, or else by rank and arrival.

    An event without a sequence comes before those that the source puts behind one of a higher rank. What nothing
    orders is taken as it makes sense: a reopening of a case that is not at rest follows a resolution of its instant.
    """
    events = sorted(arrived, key=_place)
    for _, event in events:
        if event.sequence is not None or type(event) is Reopened:  # seldom, and the rest is slow
            return _after_resolutions(_by_source(events))
    return events


def _place(pair: Timed) -> tuple[int, int]:
    return pair[0], RANK_OF[type(pair[1])]


def _by_source(events: Iterable[Timed]) -> list[Timed]:
    """Events by instant and rank, of which those with a sequence take the highest rank before them at their instant."""
    reached: dict[int, int] = {}
    placed: list[tuple[int, int, Timed]] = []
    for at, event in sorted(events, key=_source_place):
        rank = RANK_OF[type(event)]
        if event.sequence is not None and rank != _OPENING:
            rank = reached[at] = max(rank, reached.get(at, rank))
        placed.append((at, rank, (at, event)))
    placed.sort(key=itemgetter(0, 1))
    return [pair for _, _, pair in placed]


def _source_place(pair: Timed) -> tuple[int, bool, int]:
    sequence = pair[1].sequence
    return pair[0], sequence is None, sequence or 0


def _after_resolutions(events: Iterable[Timed]) -> list[Timed]:
    """The same events, with each reopening of a case that nobody had resolved behind the resolutions of its instant."""
    placed: list[Timed] = []
    is_at_rest = False
    for _, instant in groupby(events, key=itemgetter(0)):
        together = list(instant)
        placed += together if is_at_rest else _resolved_first(together)
        for _, event in placed[-len(together) :]:
            is_at_rest = type(event) is not Reopened and (is_at_rest or RANK_OF[type(event)] in _STOPS)
    return placed


def _resolved_first(events: list[Timed]) -> list[Timed]:
    after = max((n for n, (_, event) in enumerate(events, 1) if RANK_OF[type(event)] in _STOPS), default=0)
    reopenings = [
        n for n, (_, event) in enumerate(events[:after]) if type(event) is Reopened and event.sequence is None
    ]
    order = [n for n in range(after) if n not in reopenings] + reopenings
    return [events[n] for n in order] + events[after:]


def is_in_order(arrived: Sequence[Timed]) -> bool:
    """Whether :func:`arranged` plainly has nothing to do (the fast path of most cases); ``False`` where in doubt.

    >>> is_in_order([])
    False
    """
    if not arrived or type(arrived[0][1]) is not Opened:
        return False
    (last, other), before = arrived[0], _OPENING
    for at, event in arrived[1:]:
        rank = RANK_OF[type(event)]
        if at < last or rank == _OPENING or before == _END:
            return False
        if at == last and before != _OPENING and not _follows(event, other, rank, before):
            return False
        last, other, before = at, event, rank
    return True


def _follows(event: CaseEvent, other: CaseEvent, rank: int, before: int) -> bool:
    """Whether an event plainly comes after the other one of its instant."""
    if event.sequence is None or other.sequence is None:
        return event.sequence is other.sequence and rank > before != _REOPENING
    return event.sequence > other.sequence


def arranged(arrived: Iterable[Timed]) -> tuple[list[Timed], list[Problem]]:
    """The events of one case in order, without repeats, and the warnings of :func:`~servicekit.events.order`."""
    problems: list[Problem] = []
    distinct = list(_distinct(arrived, problems))
    problems.extend(_late_arrivals(distinct))
    events = in_order(distinct)
    problems.extend(_without_effect(events))
    return events, problems


class Arrivals:
    """What has arrived of one case, event by event in order, and what was odd about it.

    Immutable. ``early`` are the events that wait for the opening, ``latest`` those of the last instant, which may come
    again.

    >>> Arrivals().problems
    ()
    """

    __slots__ = ("early", "latest", "problems")

    def __init__(
        self,
        early: tuple[CaseEvent, ...] = (),
        latest: tuple[CaseEvent, ...] = (),
        problems: tuple[Problem, ...] = (),
    ) -> None:
        self.early, self.latest, self.problems = early, latest, problems

    def repeat(self, event: CaseEvent) -> Arrivals:
        """An event that has come before; repeats are reported before all else, as :func:`arranged` reports them."""
        first = next((n for n, each in enumerate(self.problems) if each.code != "events.duplicate"), len(self.problems))
        problems = (*self.problems[:first], _repeated(event), *self.problems[first:])
        return Arrivals(self.early, self.latest, problems)

    def wait(self, event: CaseEvent) -> Arrivals:
        """An event before the opening."""
        return Arrivals((*self.early, event), self.latest, self.problems)

    def open(self, opened: Opened, at: int) -> tuple[list[Timed], Arrivals]:
        """The opening: the events that have waited for it, in order, and what has arrived by now."""
        if not self.early:
            return [], Arrivals((), (opened,), self.problems)
        events = in_order(timed(self.early))
        last = max(at, events[-1][0])
        latest = tuple(event for moment, event in ((at, opened), *events) if moment == last)
        odd = _without_effect(in_order([(at, opened), *events]))
        return events, Arrivals((), latest, (*self.problems, *odd))

    def take(self, event: CaseEvent, at: int, known_until: int, is_over: bool) -> Arrivals:
        """An event of a case that is open and known up to an instant, or has ended then."""
        if at > known_until and not is_over and type(event) is not Opened:  # nearly always
            return Arrivals((), (event,), self.problems)
        problem = _without_effect_now(event, ended=is_over)
        if problem is None and at < known_until:
            problem = _late(event, known_until)
        last = to_us(self.latest[0].at) if is_over and self.latest else known_until
        latest = self.latest if at < last else (*self.latest, event) if at == last else (event,)
        return Arrivals((), latest, self.problems if problem is None else (*self.problems, problem))


def never_opened(case_id: str) -> Problem:
    """The error of a case without an opening: there is nothing to count from."""
    return Problem("events.no-opening", f"case {case_id}".rstrip(), "never opened, so it has no clocks")


def _distinct(arrived: Iterable[Timed], problems: list[Problem]) -> Iterator[Timed]:
    seen: dict[tuple[type, int], list[CaseEvent]] = {}
    for at, event in arrived:
        alike = seen.setdefault((type(event), at), [])
        if event in alike:
            problems.append(_repeated(event))
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


def _without_effect(events: Sequence[Timed]) -> Iterator[Problem]:
    """What is odd about events in order: they precede the opening, open the case again, or follow its end."""
    start, opened = next(((at, event) for at, event in events if isinstance(event, Opened)), (0, None))
    if opened is None:
        return
    ended = False
    for at, event in events:
        if at < start:
            words = f"precedes the opening {opened.at.isoformat()}; counts then"
            yield _warning("events.before-opening", event, words)
        elif event is not opened and (problem := _without_effect_now(event, ended=ended)):
            yield problem
        ended = ended or RANK_OF[type(event)] == _END


def _without_effect_now(event: CaseEvent, *, ended: bool) -> Problem | None:
    """Why an event of a case that is open, or has ended, has no effect; ``None`` where it may have one."""
    if isinstance(event, Opened):
        return _warning("events.opened-twice", event, "the case was open already; the first opening counts")
    if ended:
        return _warning("events.after-cancel", event, "the case was cancelled or merged before; no effect")
    return None


def _late(event: CaseEvent, known_until: int) -> Problem:
    words = f"came after {from_us(known_until).isoformat()}; counts then"
    return _warning("events.late", event, words, "fold all events of the case again")


def _repeated(event: CaseEvent) -> Problem:
    return _warning("events.duplicate", event, "occurs twice; counted once")


def _warning(code: str, event: CaseEvent, words: str, hint: str | None = None) -> Problem:
    what = f"{type(event).__name__} at {event.at.isoformat()}"
    return Problem.warning(code, f"case {event.case_id}", f"{what} {words}", hint)
