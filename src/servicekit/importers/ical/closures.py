"""Closures from iCalendar files: the company's days off and maintenance windows, as a calendar document takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, timedelta
from pathlib import Path

from pydantic import Field

from servicekit.calendars import Absolute, Calendar, FixedDays
from servicekit.document import Document, Loaded
from servicekit.document.address import Refused
from servicekit.document.text import text_of
from servicekit.errors import Problem
from servicekit.importers.ical.events import IcalEvent, IcalFault, IcalProperty, events_of
from servicekit.importers.ical.times import Happening, IcalTime, happenings, instance_of, is_endless
from servicekit.timeline import zone
from servicekit.timeline.instant import from_us

_MOST_EVENTS = 20_000
_MOST_TIMES = 100_000


class Closures(Document):
    """What an iCalendar file closes, in the fields of a :class:`~servicekit.calendars.Calendar`.

    >>> tree = Closures(holidays=FixedDays(dates={"2026-12-24": "office party"}))
    >>> desk = tree.added_to(Calendar(timezone="UTC", weekly="24x7"))
    >>> desk.compile().day(date(2026, 12, 24)).reason
    'office party'
    """

    holidays: FixedDays = Field(default_factory=lambda: FixedDays(dates={}))
    """The all-day events, by date; known until the last year that was read."""
    closures: tuple[Absolute, ...] = ()
    """The events with a time of day."""

    def added_to(self, calendar: Calendar) -> Calendar:
        """``calendar``, closed at these times too."""
        return calendar.replace(
            holidays=(*calendar.holidays, self.holidays), closures=(*calendar.closures, *self.closures)
        )


def read_closures(source: Path | str | bytes, *, first_year: int, last_year: int, timezone: str) -> Loaded[Closures]:
    """The events of an iCalendar file as closures; nothing in ``source`` makes this raise.

    A ``Path`` is a file, ``str`` and ``bytes`` are the text itself. Each event closes: all day on its dates, or from
    its start to its end; cancelled events do not. Recurrences are written out from ``first_year`` to ``last_year``,
    without the excluded and with the changed and added ones. ``timezone`` is the IANA zone of times that name none.

    An event that cannot be read is left out, with an error that names its UID and its line; the others are there.

    >>> text = '''BEGIN:VCALENDAR
    ... BEGIN:VEVENT
    ... UID:1
    ... SUMMARY:Founding day
    ... DTSTART;VALUE=DATE:20260601
    ... RRULE:FREQ=YEARLY;COUNT=2
    ... END:VEVENT
    ... END:VCALENDAR'''
    >>> loaded = read_closures(text, first_year=2026, last_year=2030, timezone="Asia/Shanghai")
    >>> [str(on) for on in loaded.unwrap().holidays.dates]
    ['2026-06-01', '2027-06-01']

    Raises:
        UnknownZoneError: ``timezone`` is none.
        ValueError: ``last_year`` precedes ``first_year``, or a year is not between 3 and 9997.
        MissingExtraError: the extra ``ical`` is not installed.
    """
    if not 3 <= first_year <= last_year <= 9997:
        raise ValueError(f"years run from 3 to 9997, in order, not from {first_year} to {last_year}")
    try:
        text = text_of(source, "yaml", None)  # of the notations only the limits matter here
    except Refused as refused:
        return Loaded(None, (refused.problem,))
    reading = _Reading(text.name, range(first_year, last_year + 1), timezone)
    try:
        events = reading.events(text.content)
    except IcalFault as fault:
        return Loaded(None, (fault.problem(fault.what, text.name),))
    found = [happening for event in events for happening in reading.happenings(event)]
    return Loaded(reading.closures(found), tuple(reading.problems))


class _Reading:
    """One run over a file: its settings, and the problems it meets."""

    def __init__(self, file: str, years: range, timezone: str) -> None:
        self.file, self.years, self.tz = file, years, zone(timezone)
        self.problems: list[Problem] = []
        self._left = _MOST_TIMES
        self._changed: dict[str, list[IcalTime]] = {}

    def events(self, text: str) -> list[IcalEvent]:
        """The events that may be read; those that change one time of another are noted.

        Raises:
            IcalFault: the file cannot be read at all.
        """
        every = list(self._checked(events_of(text)))
        if len(every) > _MOST_EVENTS:
            raise IcalFault("ical.too-many", f"more than {_MOST_EVENTS:,} events", every[-1].line)
        if not every and not self.problems:
            problem = IcalFault("ical.empty", "the file has no events", 1)
            self.problems.append(problem.problem("", self.file, warning=True))
        return [event for event in every if self._is_instance_noted(event)]

    def happenings(self, event: IcalEvent) -> list[Happening]:
        """The times of one event; none, and a problem, where they are unknown."""
        if (status := event.one("STATUS")) and status.value.strip().upper() == "CANCELLED":
            return []
        try:
            changed = () if event.one("RECURRENCE-ID") else self._changed.get(event.path, ())
            found = happenings(event, self.tz, self.years, without=changed)
            if len(found) > self._left:
                raise IcalFault("ical.too-many", f"the file has more than {_MOST_TIMES:,} times", event.line)
        except IcalFault as fault:
            self._tell(fault, event.path)
            return []
        self._left -= len(found)
        if endless := is_endless(event):
            self._tell_endless(endless, event)
        return found

    def closures(self, found: list[Happening]) -> Closures:
        """The times as parts of a calendar."""
        dates: dict[date, str] = {}
        for happening in found:
            for on in _dates(happening, self.years):
                dates.setdefault(on, happening.name)
        spans = sorted({(h.start_us, h.end_us, h.name) for h in found if not h.is_all_day})
        timed = tuple(Absolute(start=from_us(s, UTC), end=from_us(e, UTC), reason=name) for s, e, name in spans)
        label, last = Path(self.file).name, self.years[-1]
        return Closures(
            holidays=FixedDays(dates=dict(sorted(dates.items())), known_until=last, label=label), closures=timed
        )

    def _checked(self, events: Iterable[IcalEvent | IcalFault]) -> Iterator[IcalEvent]:
        for event in events:
            try:
                if isinstance(event, IcalFault):
                    raise event
                event.check()
            except IcalFault as fault:
                self._tell(fault, "" if isinstance(event, IcalFault) else event.path)
            else:
                yield event

    def _is_instance_noted(self, event: IcalEvent) -> bool:
        """Note which time of a recurring event this one changes, if any; false where that cannot be told."""
        try:
            if (instance := instance_of(event, self.tz)) is not None:
                self._changed.setdefault(event.path, []).append(instance)
        except IcalFault as fault:
            self._tell(fault, event.path)
            return False
        return True

    def _tell_endless(self, rule: IcalProperty, event: IcalEvent) -> None:
        message = f"it recurs for ever, and is read until the end of {self.years[-1]}"
        self._tell(rule.fault("ical.endless", message), event.path, warning=True)

    def _tell(self, fault: IcalFault, path: str, *, warning: bool = False) -> None:
        self.problems.append(fault.problem(path, self.file, warning=warning))


def _dates(happening: Happening, years: range) -> Iterator[date]:
    if happening.is_all_day:
        days = ((happening.first_on + timedelta(days=n)) for n in range(happening.days))
        yield from (on for on in days if on.year in years)
