"""Names of calendars within the calendars of a policy: each stands for the calendar under it, as if written there."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from servicekit.calendars import AnyCalendar, NamedCalendar
from servicekit.calendars.any_calendar import MOST_DEEP
from servicekit.document import did_you_mean
from servicekit.document.fault import faults
from servicekit.errors import Problem


class CalendarNames:
    """The calendars of a policy, with the calendars that are named in them in the place of their names.

    ``problems`` tells the names that stand for nothing or for a calendar that they are themselves a part of, and what
    would become too large; calendars with a problem in them are left out of ``resolved``.

    >>> from servicekit.calendars import AnyOf, Calendar
    >>> names = CalendarNames({"desk": Calendar.always(), "all": AnyOf(any_of=["desk", "duty"])})
    >>> list(names.resolved), [(problem.path, problem.hint) for problem in names.problems]
    (['desk'], [('calendars.all.any_of[1]', 'known: all, desk')])
    """

    __slots__ = ("_calendars", "_found", "_within", "problems")

    def __init__(self, calendars: Mapping[str, AnyCalendar]) -> None:
        self._calendars = calendars
        self._found: dict[str, AnyCalendar | None] = {}
        self._within: list[str] = []
        self.problems: list[Problem] = []
        for name in calendars:
            self._calendar(name)

    @property
    def resolved(self) -> dict[str, AnyCalendar]:
        """The calendars without a name in them, in the order of the policy."""
        return {name: form for name in self._calendars if (form := self._found[name]) is not None}

    def _calendar(self, name: str) -> AnyCalendar | None:
        if name not in self._found:
            self._within.append(name)
            self._found[name] = self._form(self._calendars[name], f"calendars.{name}")
            self._within.pop()
        return self._found[name]

    def _form(self, form: AnyCalendar, path: str) -> AnyCalendar | None:
        """The calendar without names; None, with a problem noted, where that cannot be."""
        if isinstance(form, NamedCalendar):
            return self._named(form.name, path)
        parts = [(part, self._form(part, f"{path}.{place}")) for place, part in form.places()]
        if all(part is found for part, found in parts):
            return form
        known = [found for _, found in parts if found is not None]
        if len(known) < len(parts):
            return None
        try:
            return form.with_parts(known)
        except ValidationError as error:
            self.problems += (problem.under(path) for problem in faults(error, type(form), form))
            return None

    def _named(self, name: str, path: str) -> AnyCalendar | None:
        if name not in self._calendars:
            hint = did_you_mean(name, self._calendars) or f"known: {', '.join(sorted(self._calendars))}"
            self.problems.append(Problem("policy.unknown-calendar", path, f"no calendar named {name!r}", hint))
            return None
        if name in self._within:
            way = " -> ".join((*self._within[self._within.index(name) :], name))
            hint = "a calendar cannot be made of itself"
            self.problems.append(Problem("policy.calendar-cycle", path, f"names lead back: {way}", hint))
            return None
        if len(self._within) >= MOST_DEEP:
            message = f"calendars lie more than {MOST_DEEP} deep in each other"
            self.problems.append(Problem("calendar.too-many", path, message, "write what they come to as hours"))
            return None
        return self._calendar(name)
