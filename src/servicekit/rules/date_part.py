"""Parts of a date that a condition asks for: its month, day or weekday, and the hour of an instant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from annotated_types import MinLen
from pydantic import AfterValidator, StrictInt

from servicekit.document import Document, DocumentValueError, did_you_mean

Part: TypeAlias = Literal["month", "day", "weekday", "hour"]
"""What a condition may ask for of a date."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

PARTS: dict[Part, tuple[str | int, ...]] = {
    "month": tuple(range(1, 13)),
    "day": tuple(range(1, 32)),
    "weekday": WEEKDAYS,
    "hour": tuple(range(24)),
}
"""The values that each part may have."""


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (LookupError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones()) or "use an IANA name such as Asia/Shanghai or UTC"
        raise DocumentValueError("zone.unknown", f"no time zone named {name!r}", hint=hint) from None


class DatePart(Document):
    """A part of a date against a list of values: ``{field: opened, op: weekday, one_of: [sat, sun], timezone: UTC}``.

    >>> DatePart(field="opened", op="month", one_of=(11, 12), timezone="Asia/Shanghai").one_of
    (11, 12)
    """

    field: str
    """The fact whose part is tested: an instant, or a day."""
    op: Part
    """Which part: ``month``, ``day``, ``weekday`` or, of an instant, ``hour``."""
    one_of: Annotated[tuple[str | StrictInt, ...], MinLen(1)]
    """The values of which it must be one: months 1 to 12, days 1 to 31, ``mon`` to ``sun``, hours 0 to 23."""
    timezone: Annotated[str, AfterValidator(_known_zone)] | None = None
    """The zone in which an instant is read, which must be given; a day has none."""

    def part_of(self, reading: date) -> str | int | None:
        """The part of a reading that is asked for; ``None`` for the hour of a day.

        >>> DatePart(field="opened", op="weekday", one_of=("sat",)).part_of(date(2026, 1, 5))
        'mon'
        """
        match self.op:
            case "month":
                return reading.month
            case "day":
                return reading.day
            case "weekday":
                return WEEKDAYS[reading.weekday()]
            case "hour":
                return reading.hour if isinstance(reading, datetime) else None
