"""Laws of calendar documents: what is written, resolved or pickled answers as the original."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from servicekit.calendars import AnyCalendar, Calendar, CompiledCalendar
from servicekit.document import Document, read
from servicekit.errors import HorizonWarning
from servicekit.testing.laws.law_broken import demand
from servicekit.timeline import Interval


class _Holder(Document):
    """A document with a calendar in it, told apart by its keys."""

    calendar: AnyCalendar


def form_reads_back(form: AnyCalendar) -> None:
    """A calendar written as YAML or JSON reads back as itself, alone and where any form may stand.

    >>> form_reads_back(Calendar.always() - Calendar(weekly={"mon-fri": "09:00-17:00"}))

    Raises:
        LawBroken: it does not.
    """
    holder = _Holder(calendar=form)
    for kind, text in _written(holder):
        loaded = read(_Holder, text, format=kind)
        same = loaded.value == holder and type(loaded.unwrap().calendar) is type(form)
        demand(same, f"a calendar reads back from {kind}", text=text, problems=loaded.problems)
    for kind, text in _written(form):
        alone = read(type(form), text, format=kind)
        demand(alone.value == form, f"a calendar alone reads back from {kind}", text=text, problems=alone.problems)


def _written(document: Document) -> tuple[tuple[Literal["yaml", "json"], str], ...]:
    return ("yaml", document.to_yaml()), ("json", document.to_json())


def resolved_answers_alike(calendar: Calendar, first_year: int, last_year: int, within: Interval) -> None:
    """``resolved(first_year, last_year)`` is open, and has its reasons, as the original within those years.

    ``within`` must lie in them, on the calendar's own clock.

    Raises:
        LawBroken: it is open at other times, or the dates have other layers.
    """
    hours, frozen = (form.compile(timezone="UTC") for form in (calendar, calendar.resolved(first_year, last_year)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HorizonWarning)
        found, expected = (list(each.open_between(within.start, within.end)) for each in (frozen, hours))
        demand(found == expected, "resolved() is open as the original", found=found, expected=expected)
        on = hours.local(within.start).date()
        while on < hours.local(within.end).date():
            _same_day(hours, frozen, on)
            on = date.fromordinal(on.toordinal() + 1)


def _same_day(hours: CompiledCalendar, frozen: CompiledCalendar, on: date) -> None:
    told, expected = ((day.layer, day.reason, day.hours) for day in (frozen.day(on), hours.day(on)))
    demand(told == expected, "resolved() has the layers and reasons of the original", on=on, told=told, was=expected)


def pickles_answer_alike(hours: CompiledCalendar, moments: Sequence[datetime]) -> None:
    """A compiled calendar that was pickled answers as the one it was made from.

    >>> from datetime import UTC
    >>> pickles_answer_alike(Calendar.always().compile(), [datetime(2026, 1, 5, tzinfo=UTC)])

    Raises:
        LawBroken: it does not.
    """
    copy: CompiledCalendar = pickle.loads(pickle.dumps(hours))
    same = (copy.calendar, copy.timezone, copy.known_until) == (hours.calendar, hours.timezone, hours.known_until)
    demand(same, "a pickled calendar has the same document, zone and horizon", copy=copy, original=hours)
    for moment in moments:
        demand(copy.is_open(moment) == hours.is_open(moment), "a pickled calendar is open alike", t=moment)
        told, expected = copy.explain(moment), hours.explain(moment)
        demand(told == expected, "a pickled calendar explains alike", t=moment, told=told, expected=expected)
        elapsed = [each.elapsed(moments[0], moment) for each in (copy, hours)]
        demand(elapsed[0] == elapsed[1], "a pickled calendar measures alike", t=moment, elapsed=elapsed)
