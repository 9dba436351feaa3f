"""Windows of local time and the days of the week they repeat on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

from servicekit.document import DocumentValueError, did_you_mean
from servicekit.errors import Problem
from servicekit.timeline.instant import DAY_US, HOUR_US, MINUTE_US, SECOND_US

WeekdayName: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""A day of the week, as documents write it."""
DAYS: tuple[WeekdayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "24x7"
"""The text that stands for every hour of every day."""

_MOST_WINDOWS = 288  # one every five minutes

_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?"
_WINDOW = re.compile(rf"{_CLOCK}\s*-\s*(?:{_CLOCK}|(24):00(?::00)?)", re.ASCII)
_HINT = "write local times as 09:00-17:30; 24:00 is midnight, 22:00-06:00 runs into the next day"


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Window:
    """Local readings from ``start_us`` up to ``end_us``, in microseconds past midnight of the date it begins on.

    A window that runs past midnight ends beyond 24 hours and belongs to the date on which it begins.

    >>> night = Window.parse("22:00-06:00")
    >>> str(night), night.crosses_midnight
    ('22:00-06:00', True)

    Raises:
        ValueError: it begins outside its day, is empty, lasts longer than a day (or a whole day from another hour
            than midnight, which has no notation), or is not in whole seconds.
    """

    start_us: int
    end_us: int

    def __post_init__(self) -> None:
        longest = DAY_US if self.start_us == 0 else self.start_us + DAY_US - SECOND_US
        if not 0 <= self.start_us < DAY_US or not self.start_us < self.end_us <= longest:
            raise ValueError(f"not a window within a day and a night: {self.start_us} .. {self.end_us}")
        if self.start_us % SECOND_US or self.end_us % SECOND_US:
            raise ValueError(f"a window is in whole seconds, not {self.start_us} .. {self.end_us} microseconds")

    @classmethod
    def parse(cls, text: str) -> Window:
        """A window from ``09:00-17:30``; seconds may be given.

        >>> Window.parse("00:00-24:00").end_us == 24 * 3600 * 10**6
        True

        Raises:
            DocumentValueError: the text is not a window, or both ends are equal (code ``calendar.hours``).
        """
        match = _WINDOW.fullmatch(text.strip())
        if match is None:
            raise DocumentValueError("calendar.hours", f"{text!r} are not opening hours", hint=_HINT)
        start, end = _clock_us(match.groups()[:3]), DAY_US if match[7] else _clock_us(match.groups()[3:6])
        if start == end:
            hint = "for the whole day write 00:00-24:00, for a closed day an empty list"
            raise DocumentValueError("calendar.hours", f"{text!r} begins and ends at the same time", hint=hint)
        return cls(start, end if end > start else end + DAY_US)

    @property
    def crosses_midnight(self) -> bool:
        """Whether part of it lies on the next date."""
        return self.end_us > DAY_US

    def __repr__(self) -> str:
        return f"Window.parse({str(self)!r})"

    def __str__(self) -> str:
        end = "24:00" if self.end_us == DAY_US else _clock_text(self.end_us % DAY_US)
        return f"{_clock_text(self.start_us)}-{end}"


def _clock_us(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts)
    return hours * HOUR_US + minutes * MINUTE_US + seconds * SECOND_US


def _clock_text(clock_us: int) -> str:
    seconds = clock_us // SECOND_US
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    return f"{text}:{seconds % 60:02d}" if seconds % 60 else text


def overlapping(windows: Iterable[Window]) -> list[tuple[Window, Window]]:
    """The neighbouring pairs, in order of their start, that share time; touching windows do not.

    >>> [str(b) for _, b in overlapping(map(Window.parse, ["11:00-13:00", "09:00-12:00", "13:00-15:00"]))]
    ['11:00-13:00']
    """
    ordered = sorted(windows)
    return [(a, b) for a, b in pairwise(ordered) if b.start_us < a.end_us]


def overlap_problems(path: str, windows: Iterable[Window]) -> list[Problem]:
    """A warning for each pair of windows at ``path`` that share time.

    >>> [problem.code for problem in overlap_problems("hours", map(Window.parse, ["09:00-12:00", "11:00-13:00"]))]
    ['calendar.overlapping-hours']
    """
    return [_overlap(path, f"{first} and {second} overlap") for first, second in overlapping(windows)]


def weekly_overlap_problems(path: str, weekly: Mapping[str, tuple[Window, ...]]) -> Iterator[Problem]:
    """The same for every day of a week, nights that run into the next day's hours included."""
    for key, windows in weekly.items():
        yield from overlap_problems(f"{path}.{key}", windows)
    table = by_weekday(weekly)
    for day, windows in enumerate(table):
        spill = max((w.end_us for w in windows), default=0) - DAY_US
        following = min(table[(day + 1) % 7], default=None)
        if following is not None and following.start_us < spill:
            yield _overlap(path, f"the night of {DAYS[day]} runs into {following} of {DAYS[(day + 1) % 7]}")


def _overlap(path: str, message: str) -> Problem:
    return Problem.warning("calendar.overlapping-hours", path, message, hint="they count once")


def _read_window(value: object) -> Window:
    if isinstance(value, Window):
        return value
    if isinstance(value, str):
        return Window.parse(value)
    raise DocumentValueError("calendar.hours", f"{value!r} are not opening hours", hint=_HINT)


def at_most(value: object, most: int, what: str, hint: str) -> object:
    """The value, unless it is a list of more than ``most`` entries: what a calendar costs is bounded as it is read.

    >>> at_most(["09:00-12:00"], 1, "windows in a day", "join some")
    ['09:00-12:00']

    Raises:
        DocumentValueError: it is (code ``calendar.too-many``).
    """
    if isinstance(value, list | tuple) and len(value) > most:
        raise DocumentValueError("calendar.too-many", f"{len(value)} {what}; at most {most} may be", hint=hint)
    return value


def _read_hours(value: object) -> object:
    if value is None or value == "closed":
        return ()
    at_most(value, _MOST_WINDOWS, "windows in a day", "join windows that touch or lie close together")
    return (value,) if isinstance(value, str | Window) else value


WindowField = Annotated[
    Window,
    PlainValidator(_read_window),
    PlainSerializer(str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["09:00-17:30", "22:00-06:00"]}),
]
HoursField = Annotated[tuple[WindowField, ...], BeforeValidator(_read_hours)]
"""A document field for the hours of one day: a list of windows, one window, or ``closed``."""


def _days_of(key: str) -> list[int]:
    """The weekday numbers that ``mon-fri``, ``sat`` or ``sat,sun`` stand for; ``fri-mon`` wraps."""
    days: list[int] = []
    for part in key.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        low, high = _day(first), _day(last or first)
        days += [(low + n) % 7 for n in range((high - low) % 7 + 1)]
    return days


def _day(name: str) -> int:
    for number, known in enumerate(DAYS):
        if name == known or (len(name) > 3 and name in (_LONG[number], known + "s")):
            return number
    hint = did_you_mean(name, DAYS + _LONG) or f"days are {', '.join(DAYS)}, ranges mon-fri, lists sat,sun"
    raise DocumentValueError("calendar.day", f"no day of the week named {name!r}", hint=hint)


_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _read_days(key: object) -> str:
    if not isinstance(key, str):
        raise DocumentValueError("calendar.day", f"{key!r} is not a day of the week", hint="write mon-fri or sat")
    _days_of(key)
    return key


def _read_weekly(value: object) -> object:
    if value == ALWAYS:
        return {"mon-sun": (Window(0, DAY_US),)}
    if isinstance(value, str):
        raise DocumentValueError("calendar.hours", f"{value!r} are not weekly hours", hint=f"a mapping, or {ALWAYS}")
    return value


def _unrepeated(weekly: dict[str, tuple[Window, ...]]) -> dict[str, tuple[Window, ...]]:
    seen: dict[int, str] = {}
    for key in weekly:
        for day in _days_of(key):
            if day in seen:
                message = f"{DAYS[day]} is given twice, by {seen[day]!r} and by {key!r}"
                raise DocumentValueError("calendar.duplicate-day", message, "list all its hours in one place", path=key)
            seen[day] = key
    return weekly


WeeklyField = Annotated[
    dict[Annotated[str, BeforeValidator(_read_days)], HoursField],
    BeforeValidator(_read_weekly),
    AfterValidator(_unrepeated),
]
"""A document field for hours by day of the week; days that are not named have none."""


def by_weekday(weekly: Mapping[str, tuple[Window, ...]]) -> tuple[tuple[Window, ...], ...]:
    """Seven tuples of windows, Monday first.

    >>> hours = by_weekday({"mon-fri": (Window.parse("09:00-17:00"),), "sun": ()})
    >>> [len(day) for day in hours]
    [1, 1, 1, 1, 1, 0, 0]
    """
    table: list[tuple[Window, ...]] = [()] * 7
    for key, windows in weekly.items():
        for day in _days_of(key):
            table[day] = windows
    return tuple(table)
