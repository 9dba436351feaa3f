"""The events of an iCalendar text, each property with the line on which it stands.

The ``icalendar`` package takes content lines apart; its own parser of whole files forgets where they stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.errors import Address, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping


_BREAK = re.compile(r"\r\n|\n|\r")
_NAMED = re.compile(r"([A-Za-z0-9-]+)[;:]", re.ASCII)
_ONCE = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "UID", "RECURRENCE-ID", "STATUS"})


class IcalFault(Exception):
    """An event, or the whole file, that cannot be read; ``what`` is a property's name in lower case, or nothing."""

    def __init__(self, code: str, message: str, line: int, *, what: str = "", hint: str | None = None) -> None:
        self.code, self.message, self.line, self.what, self.hint = code, message, line, what, hint
        super().__init__(message)

    def problem(self, path: str, file: str, *, warning: bool = False) -> Problem:
        """The fault as a Problem; ``path`` names the event, where it is about one."""
        where = ".".join(part for part in (path, self.what) if part)
        address = Address(file, self.line)
        return Problem(self.code, where, self.message, self.hint, "warning" if warning else "error", address)


@dataclass(frozen=True, slots=True)
class IcalProperty:
    """One property of an event: ``DTSTART;TZID=Asia/Shanghai:20260302T090000`` and its line."""

    name: str
    parameters: Mapping[str, str]
    value: str
    line: int

    def fault(self, code: str, message: str, hint: str | None = None) -> IcalFault:
        """A fault of this property."""
        return IcalFault(code, message, self.line, what=self.name.lower(), hint=hint)


@dataclass(slots=True)
class IcalEvent:
    """One VEVENT: the line on which it begins, and its properties in order."""

    line: int
    properties: list[IcalProperty] = field(default_factory=list)

    def every(self, name: str) -> list[IcalProperty]:
        """The properties of one name."""
        return [found for found in self.properties if found.name == name]

    def one(self, name: str) -> IcalProperty | None:
        """The property of one name, None where there is none."""
        return next(iter(self.every(name)), None)

    def check(self) -> None:
        """Refuse properties that came twice.

        Raises:
            IcalFault: one did.
        """
        for name in _ONCE:
            if len(twice := self.every(name)) > 1:
                raise twice[1].fault("ical.value", f"{name} comes twice in one event")

    @property
    def path(self) -> str:
        """How problems call it: ``event`` and its UID, or the line on which it begins."""
        uid = self.one("UID")
        return f"event {uid.value.strip() if uid and uid.value.strip() else f'of line {self.line}'}"


def events_of(text: str) -> Iterator[IcalEvent | IcalFault]:
    """The events of a text in order; in the place of one that has a broken line, its fault.

    Raises:
        IcalFault: it is no iCalendar text, or it breaks off.
        MissingExtraError: the extra ``ical`` is not installed.
    """
    open_parts: list[tuple[str, int]] = []
    event: IcalEvent | IcalFault | None = None
    for line, content in _unfolded(text):
        name, value = _begun(content, line)
        if name == "BEGIN":
            open_parts.append((value, line))
            event = IcalEvent(line) if value == "VEVENT" else event
        elif name == "END":
            _close(open_parts, value, line)
            if value == "VEVENT" and event is not None:
                yield event
                event = None
        elif not open_parts:
            raise IcalFault("ical.syntax", f"{content[:40]!r} stands outside of any calendar", line)
        elif open_parts[-1][0] == "VEVENT" and isinstance(event, IcalEvent):
            event = _with(event, content, line)
    if open_parts:
        name, line = open_parts[-1]
        raise IcalFault("ical.syntax", f"the {name} that begins here never ends", line, hint="the file may be cut off")


def _with(event: IcalEvent, content: str, line: int) -> IcalEvent | IcalFault:
    """The event with one more property; its fault where the line is broken."""
    try:
        event.properties.append(_property(content, line))
    except ValueError:
        return IcalFault("ical.syntax", f"{content[:40]!r} is not a property of an event", line, what=event.path)
    return event


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """The content lines with the number of the line on which each begins; a line that begins blank goes on."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(_BREAK.split(text), 1):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        if any(parts):
            yield begun, "".join(parts)
        begun, parts = number, [line]
    if any(parts):
        yield begun, "".join(parts)


def _begun(content: str, line: int) -> tuple[str, str]:
    """The name of a content line, and what a BEGIN or END begins or ends."""
    found = _NAMED.match(content)
    if found is None:
        return "", ""
    return found[1].upper(), content[found.end() :].strip().upper()


def _close(open_parts: list[tuple[str, int]], name: str, line: int) -> None:
    if not open_parts or open_parts[-1][0] != name:
        expected = f"END:{open_parts[-1][0]}" if open_parts else "nothing to end"
        raise IcalFault("ical.syntax", f"END:{name} where there is {expected}", line)
    open_parts.pop()


def _property(content: str, line: int) -> IcalProperty:
    parser = require("icalendar.parser", extra="ical")
    name, parameters, value = parser.Contentline(content).parts()
    return IcalProperty(name.upper(), {key.upper(): str(each) for key, each in parameters.items()}, str(value), line)
