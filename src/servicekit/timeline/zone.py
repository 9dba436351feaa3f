"""IANA time zones: by name, with their offsets as exact segments and their gaps and overlaps resolved in one place.

Only the standard library's ``zoneinfo`` is used. A local reading that a clock shows twice (an overlap) is read as the
first; one that it skips (a gap) is read with the offset before the gap, so 02:30 becomes 03:30 on a spring morning.
That is what PEP 495 does for ``fold=0`` and RFC 5545 asks for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator

from servicekit.document import DocumentValueError, did_you_mean
from servicekit.errors import UnknownZoneError
from servicekit.timeline.instant import DAY_US, EPOCH, EPOCH_ORDINAL, SECOND_US, delta_to_us, from_us
from servicekit.timeline.spans import Span

Segment = tuple[int, int, int]
"""``(start, end, offset)``: the zone is ``offset`` microseconds ahead of UTC from ``start`` up to ``end``."""


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The IANA zone called ``name``.

    >>> zone("Asia/Shanghai").key
    'Asia/Shanghai'

    Raises:
        UnknownZoneError: the database has no such zone; the message offers the nearest name.
    """
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones()) or "use an IANA name such as Asia/Shanghai or UTC"
        raise UnknownZoneError(f"no time zone named {name!r}; {hint}") from None


def _checked_zone(name: str) -> str:
    try:
        return zone(name).key
    except UnknownZoneError:
        hint = did_you_mean(name, available_timezones()) or "use an IANA name such as Asia/Shanghai or UTC"
        raise DocumentValueError("zone.unknown", f"no time zone named {name!r}", hint=hint) from None


ZoneName = Annotated[str, AfterValidator(_checked_zone)]
"""A document field that holds the name of an IANA zone (problem code ``zone.unknown``)."""


def reading(at: datetime, name: str) -> tuple[datetime, str]:
    """What the clock of a zone shows at an instant, and the zone; UTC, where that would leave the years 1 to 9999.

    >>> from datetime import UTC
    >>> reading(datetime(2026, 1, 5, 2, tzinfo=UTC), "Asia/Shanghai")[0].hour
    10
    >>> reading(datetime.max.replace(tzinfo=UTC), "Asia/Shanghai")[1]
    'UTC'
    """
    try:
        return at.astimezone(zone(name)), name
    except OverflowError:
        return at.astimezone(UTC), "UTC"


def local_at(on: date, clock_us: int, tz: ZoneInfo) -> datetime:
    """The instant at which the clock in ``tz`` shows ``clock_us`` microseconds past midnight of ``on``.

    ``clock_us`` may reach a day or more past midnight. Skipped and repeated readings: see the module.

    >>> local_at(date(2026, 3, 8), 2 * 3600 * 10**6 + 1800 * 10**6, zone("America/New_York")).isoformat()
    '2026-03-08T03:30:00-04:00'
    """
    return from_us(local_us(on.toordinal(), clock_us, tz), tz)


def local_us(on_ordinal: int, clock_us: int, tz: ZoneInfo) -> int:
    """The same as :func:`local_at` in integers: date ordinal and clock in, UTC microseconds out."""
    reading = (on_ordinal - EPOCH_ORDINAL) * DAY_US + clock_us
    naive = (EPOCH + timedelta(microseconds=reading)).replace(tzinfo=tz)
    return reading - _offset(naive)


def _offset(moment: datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else delta_to_us(offset)


def _offset_at(at_us: int, tz: ZoneInfo) -> int:
    return _offset((EPOCH + timedelta(microseconds=at_us)).astimezone(tz))


@lru_cache(maxsize=4096)
def offset_segments(year: int, tz: ZoneInfo) -> tuple[Segment, ...]:
    """The zone's offsets over one UTC year, as segments that partition it.

    Transitions are looked for day by day and then bisected to the second, so two transitions that cancel each other
    within 24 hours would be missed; the IANA database holds none since 1970.

    >>> [offset // 3_600_000_000 for _, _, offset in offset_segments(2026, zone("America/New_York"))]
    [-5, -4, -5]
    """
    start, end = ((date(y, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY_US for y in (year, year + 1))
    segments: list[Segment] = []
    since, offset = start, _offset_at(start, tz)
    for probe in range(start + DAY_US, end + 1, DAY_US):
        seen = _offset_at(min(probe, end - SECOND_US), tz)
        if seen != offset:
            change = _transition(probe - DAY_US, min(probe, end - SECOND_US), offset, tz)
            segments.append((since, change, offset))
            since, offset = change, seen
    return (*segments, (since, end, offset))


def _transition(low: int, high: int, before: int, tz: ZoneInfo) -> int:
    """The first second in ``(low, high]`` whose offset is not ``before``."""
    while high - low > SECOND_US:
        middle = low + (high - low) // (2 * SECOND_US) * SECOND_US
        if _offset_at(middle, tz) == before:
            low = middle
        else:
            high = middle
    return high


def to_utc(readings: Sequence[Span], segments: Iterable[Segment]) -> list[Span]:
    """The instants, within the segments, at which the local clock shows one of the readings.

    This is the wall-clock rule: a reading in a gap does not exist, one in an overlap counts both times. Readings are
    sorted and disjoint; so are the answers, in order of time.

    >>> hour = 3_600_000_000
    >>> to_utc([(0, 3 * hour)], [(0, 2 * hour, 0), (2 * hour, 9 * hour, -hour)])   # 01:00 to 02:00 comes twice
    [(0, 14400000000)]
    """
    starts, ends = [start for start, _ in readings], [end for _, end in readings]
    found: list[Span] = []
    for since, until, offset in segments:
        low, high = bisect_right(ends, since + offset), bisect_left(starts, until + offset)
        part = [(start - offset, end - offset) for start, end in readings[low:high]]
        if not part:
            continue
        part[0] = (max(part[0][0], since), part[0][1])
        part[-1] = (part[-1][0], min(part[-1][1], until))
        if found and found[-1][1] == part[0][0]:
            part[0] = (found.pop()[0], part[0][1])
        found += part
    return found
