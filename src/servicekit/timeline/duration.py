"""Amounts of time as people write them: exact spans, business days, calendar days.

Three meanings, three types. ``4h`` is a length, to the microsecond (``timedelta``). ``2bd`` counts business days of
some calendar (:class:`BusinessDays`). ``3cd`` keeps the wall clock and moves the date (:class:`CalendarDays`). A bare
``2d`` could mean any of them and is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import time, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias, get_args

from servicekit.document import DocumentValueError
from servicekit.timeline.instant import delta_to_us

Start: TypeAlias = Literal["as_is", "roll_keep_clock", "roll_to_open", "next_open"]
"""Where a count of business days begins; see :class:`DayRule`."""
Landing: TypeAlias = Literal["keep", "after_close", "next_open"]
"""What happens when the count ends outside opening hours; see :class:`DayRule`."""
End: TypeAlias = Literal["same_clock", "close"] | time
"""Which moment of the last day is meant; see :class:`DayRule`."""

_LONGEST = 100
_SPAN = re.compile(r"(-)?(?:(\d{1,9})h)?\s*+(?:(\d{1,9})m)?\s*+(?:(\d{1,9}(?:\.\d{1,6})?)s)?", re.ASCII)
_ISO_TIME = re.compile(r"(-)?PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d{1,6})?)S)?", re.ASCII)
_ISO_DAYS = re.compile(r"P(?:(\d{1,6})W)?(?:(\d{1,6})D)?", re.ASCII)
_DAYS = re.compile(r"(\d{1,6})\s*(bd|cd)", re.ASCII)
FORMS = "write a length such as 90s, 4h, 1h30m or PT4H, business days such as 2bd, or calendar days such as 3cd"


@dataclass(frozen=True, slots=True)
class DayRule:
    """How business days are counted from an instant; the defaults keep the clock time.

    An instant in a night shift counts as one of the date on which the shift begins.

    * ``start``, for an instant outside business time (an open one is never moved): ``as_is`` counts from its date;
      ``roll_keep_clock`` moves a closed *date* to the next business day and keeps the clock time; ``roll_to_open``
      moves a closed date to that day's opening; ``next_open`` moves any closed *instant* to the next opening.
    * ``end``: ``same_clock`` keeps the clock time on the last day, ``close`` means that day's last closing, a time
      of day means that clock reading; of a night shift, the one that lies in it.
    * ``landing``, for a result outside opening hours: ``keep`` leaves it; ``after_close`` moves it to the next
      business day's opening when it lies at or past the last close of its day; ``next_open`` also lifts one before
      opening or within a break.

    >>> DayRule(start="next_open").landing
    'keep'
    """

    start: Start = "as_is"
    landing: Landing = "keep"
    end: End = "same_clock"

    def __post_init__(self) -> None:
        _check_choice("start", self.start, get_args(Start))
        _check_choice("landing", self.landing, get_args(Landing))
        if isinstance(self.end, time):
            if self.end.tzinfo is not None or self.end.microsecond:
                raise ValueError(f"a time of day is a reading in whole seconds without a zone, not {self.end!r}")
        else:
            _check_choice("end", self.end, ("same_clock", "close", "by HH:MM"))


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """A count of business days; what counts as one, the calendar says.

    ``start``, ``landing`` and ``end`` override the :class:`DayRule` in force where they are given.
    ``BusinessDays(0, end="close")`` is "by the end of today".

    >>> BusinessDays(2, landing="after_close").rule(DayRule(start="next_open"))
    DayRule(start='next_open', landing='after_close', end='same_clock')

    Raises:
        ValueError: ``days`` is negative or not a whole number.
    """

    days: int
    start: Start | None = None
    landing: Landing | None = None
    end: End | None = None

    def __post_init__(self) -> None:
        _check_days(self.days)
        self.rule(DayRule())

    def rule(self, default: DayRule) -> DayRule:
        """The rule in force: this count's own choices over ``default``."""
        if self.start is None and self.landing is None and self.end is None:
            return default
        return DayRule(self.start or default.start, self.landing or default.landing, self.end or default.end)


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """A count of dates, whatever the opening hours; the wall clock reading is kept across daylight saving.

    >>> CalendarDays(3)
    CalendarDays(days=3)

    Raises:
        ValueError: ``days`` is negative or not a whole number.
    """

    days: int

    def __post_init__(self) -> None:
        _check_days(self.days)


Duration: TypeAlias = timedelta | BusinessDays | CalendarDays
"""An amount of time of any of the three kinds."""


def parse_span(text: str) -> timedelta:
    """An exact length from its text: hours, minutes, seconds, or an ISO 8601 duration without days.

    >>> parse_span("1h30m"), parse_span("PT0.25S")
    (datetime.timedelta(seconds=5400), datetime.timedelta(microseconds=250000))

    Raises:
        DocumentValueError: the text is none of these (code ``duration.text``).
    """
    written = _stripped(text)
    match = _SPAN.fullmatch(written) or _ISO_TIME.fullmatch(written)
    if match is None or not any(match.group(2, 3, 4)):
        raise DocumentValueError("duration.text", f"{text!r} is not a length of time", hint=_hint(written))
    sign, hours, minutes, seconds = match.groups()
    micro = int(Decimal((seconds or "0").replace(",", ".")) * 1_000_000)
    length = timedelta(hours=int(hours or 0), minutes=int(minutes or 0), microseconds=micro)
    return -length if sign else length


def parse_duration(text: str) -> Duration:
    """An amount of time from its text.

    Exact lengths: ``90s``, ``4h``, ``1h30m``, ``PT4H``. Business days: ``2bd``. Calendar days: ``3cd``, and the
    day forms of ISO 8601, ``P14D`` and ``P2W`` (nominal days, as that standard has them).

    >>> parse_duration("90s"), parse_duration("2bd").days, parse_duration("P2W")
    (datetime.timedelta(seconds=90), 2, CalendarDays(days=14))

    Raises:
        DocumentValueError: the text is none of these, negative, or a bare ``2d`` (code ``duration.text``).
    """
    if not isinstance(text, str):
        raise TypeError(f"a text such as '4h' is needed, not {text!r}")
    written = _stripped(text)
    if days := _DAYS.fullmatch(written):
        return BusinessDays(int(days[1])) if days[2] == "bd" else CalendarDays(int(days[1]))
    if (iso := _ISO_DAYS.fullmatch(written)) and any(iso.groups()):
        return CalendarDays(7 * int(iso[1] or 0) + int(iso[2] or 0))
    length = parse_span(text)
    if length < timedelta(0):
        raise DocumentValueError("duration.text", f"{text!r} is negative", hint="an amount of time is zero or more")
    return length


def format_span(length: timedelta) -> str:
    """The shortest text that :func:`parse_span` reads back as ``length``.

    >>> format_span(timedelta(minutes=90)), format_span(timedelta(0)), format_span(timedelta(seconds=-1.5))
    ('1h30m', '0s', '-1.5s')
    """
    micro = delta_to_us(length)
    minutes, rest = divmod(abs(micro), 60_000_000)
    hours, minutes = divmod(minutes, 60)
    whole, fraction = divmod(rest, 1_000_000)
    seconds = f"{whole}.{fraction:06d}".rstrip("0").rstrip(".")
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{seconds}s" if rest else ""]
    return ("-" if micro < 0 else "") + ("".join(parts) or "0s")


def format_duration(amount: Duration) -> str:
    """The text of an amount; a :class:`BusinessDays` with choices of its own shows them in brackets.

    >>> [format_duration(days) for days in (BusinessDays(2), BusinessDays(1, end="close"), CalendarDays(3))]
    ['2bd', '1bd (end close)', '3cd']
    """
    match amount:
        case timedelta():
            return format_span(amount)
        case CalendarDays(days):
            return f"{days}cd"
        case BusinessDays(days):
            chosen = ", ".join(f"{name} {value}" for name, value in choices_of(amount).items())
            return f"{days}bd ({chosen})" if chosen else f"{days}bd"


def _stripped(text: str) -> str:
    if len(text) > _LONGEST:
        raise DocumentValueError("duration.text", f"{text[:_LONGEST]!r}... is not an amount of time", hint=FORMS)
    return text.strip()


def _check_days(days: int) -> None:
    if type(days) is not int or days < 0:
        raise ValueError(f"a count of days is a whole number of zero or more, not {days!r}")


def _check_choice(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise DocumentValueError("duration.rule", f"{name} is {value!r}; expected one of {', '.join(known)}")


def _hint(written: str) -> str:
    if bare := re.fullmatch(r"(\d+)\s*d(ays?)?", written):
        n = int(bare[1])
        return f"'d' is ambiguous: write {24 * n}h, {n}bd (business days) or {n}cd (calendar days)"
    if written.startswith("P"):
        return "an ISO duration counts either days (P14D, P2W) or time (PT4H); months and years have no fixed length"
    return FORMS


def choices_of(amount: BusinessDays | DayRule) -> dict[str, str]:
    """The start, landing and end that an amount chooses, as texts; what it leaves open is left out.

    >>> choices_of(BusinessDays(2, end=time(16)))
    {'end': 'by 16:00'}
    """
    given = {f.name: getattr(amount, f.name) for f in fields(amount) if f.name != "days"}
    return {
        name: f"by {clock_text(value)}" if isinstance(value, time) else value
        for name, value in given.items()
        if value is not None
    }


def clock_text(clock: time) -> str:
    """A time of day as ``17:30``, with seconds only where there are any.

    >>> clock_text(time(17, 30))
    '17:30'
    """
    return clock.isoformat("auto" if clock.second else "minutes")
