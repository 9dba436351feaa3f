"""Logs of contacts, surveys, evaluations and working time: sorted, without repeats, with a Problem for every oddity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Generic, TypeAlias, TypeVar, get_args

from servicekit.errors import Problem
from servicekit.events.contact import Contact
from servicekit.events.evaluation import Evaluation
from servicekit.events.purchase import day_of
from servicekit.events.survey import Answer, Invitation
from servicekit.events.work import WorkTime
from servicekit.timeline import Interval, to_us

ServiceEvent: TypeAlias = Contact | Invitation | Answer | Evaluation | WorkTime
"""What is told of the service itself; match it exhaustively, with ``assert_never`` at the end."""

S = TypeVar("S", bound=ServiceEvent)

_RANK_OF: dict[type, int] = {event: rank for rank, event in enumerate(get_args(ServiceEvent))}
_EARLY = -(2**62)  # microseconds, before those of any instant


@dataclass(frozen=True, slots=True)
class ServiceLog(Generic[S]):
    """A log in order, by day and instant, and what was odd.

    >>> order_service([]).events
    ()
    """

    events: tuple[S, ...]
    problems: tuple[Problem, ...]


def order_service(events: Iterable[S], tz: tzinfo = UTC) -> ServiceLog[S]:
    """Sort contacts, invitations, answers, evaluations and working times, and drop what is told twice.

    They are sorted by the days of ``tz``; of a day, those of which only the day is known come first, then the others by
    instant. At one moment a contact comes before an invitation, that before an answer, then evaluations and work; and
    names decide. Problems: ``events.duplicate`` (the very same again; dropped) is a warning; ``events.id-conflict`` (a
    number again, with other content; the first in order counts) and ``events.mixed-scales`` (answers to one instrument
    on two scales; all are kept, and nothing can be computed of them together) are errors. Two answers of one customer
    to one invitation are two.

    >>> from datetime import date
    >>> asked, answered = Invitation("i-1", date(2026, 1, 5)), Answer("a-1", date(2026, 1, 6), "nps")
    >>> log = order_service([answered, asked, asked])
    >>> [type(event).__name__ for event in log.events], [problem.code for problem in log.problems]
    (['Invitation', 'Answer'], ['events.duplicate'])

    Raises:
        TypeError: something else is among them, such as an event of a case.
    """
    first: dict[object, S] = {}
    problems: list[Problem] = []
    for _, event in sorted([(_place(event, tz), event) for event in events], key=lambda pair: pair[0]):
        name = (type(event), *_name(event))
        if name in first:
            problems.append(_told_twice(event, first[name]))
        else:
            first[name] = event
    kept = tuple(first.values())
    return ServiceLog(kept, (*problems, *_mixed_scales(kept)))


def _place(event: ServiceEvent, tz: tzinfo) -> tuple[int, int, int, str]:
    if type(event) not in _RANK_OF:
        raise TypeError(f"expected a contact, an answer or the like, not {type(event).__name__}")
    at = event.at
    instant = to_us(at) if isinstance(at, datetime) else _EARLY
    return day_of(at, tz).toordinal(), instant, _RANK_OF[type(event)], " ".join(_name(event))


def _name(event: ServiceEvent) -> tuple[str, ...]:
    """What only this event of its kind is called."""
    match event:
        case Contact(contact_id=name) | Invitation(invitation_id=name) | Evaluation(evaluation_id=name):
            return (name,)
        case Answer(answer_id=name, instrument=instrument):
            return name, instrument
        case WorkTime(agent=agent, over=over, facts=facts):
            ends = (over.start, over.end) if isinstance(over, Interval) else (over,)
            told = sorted(f"{fact}={value!r}" for fact, value in facts.items())
            return agent, *(end.isoformat() for end in ends), *told


def event_label(event: ServiceEvent) -> str:
    """The kind of an event and what only this one of its kind is called.

    >>> from datetime import date
    >>> event_label(Answer("a-1", date(2026, 1, 5), "nps")), event_label(WorkTime("li.wei", date(2026, 1, 5)))
    ('answer a-1 nps', 'work li.wei 2026-01-05')
    """
    return " ".join((type(event).__name__.lower().removesuffix("time"), *_name(event)))


def _told_twice(event: ServiceEvent, first: ServiceEvent) -> Problem:
    if event == first:
        return Problem.warning(
            "events.duplicate", event_label(event), f"at {event.at.isoformat()}, told twice; counted once"
        )
    message = f"at {event.at.isoformat()} it has the number of another at {first.at.isoformat()}"
    return Problem("events.id-conflict", event_label(event), message, hint="the first counts; give each its own number")


def _mixed_scales(events: Iterable[ServiceEvent]) -> Iterator[Problem]:
    scales: dict[str, list[str]] = {}
    for event in events:
        if isinstance(event, Answer) and event.scale is not None:
            known = scales.setdefault(event.instrument, [])
            if str(event.scale) not in known:
                known.append(str(event.scale))
    for instrument, known in scales.items():
        if len(known) > 1:
            message = f"answers stand on several scales: {', '.join(known)}"
            hint = "give each scale an instrument of its own"
            yield Problem("events.mixed-scales", f"instrument {instrument}", message, hint=hint)
