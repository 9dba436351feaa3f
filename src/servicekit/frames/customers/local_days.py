"""The days on which instants fall in a time zone, for whole columns."""

from __future__ import annotations

from datetime import date, tzinfo
from zoneinfo import ZoneInfo

import numpy as np

from servicekit.frames.array_chunks import Ints, bounds
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL
from servicekit.timeline.zone import offset_segments


def local_days(moments: Ints, tz: tzinfo) -> Ints:
    """The ordinals of the days of some instants, given as microseconds of UTC.

    >>> from servicekit.timeline import zone
    >>> days = local_days(np.array([0, 57_600_000_000]), zone("Asia/Shanghai"))
    >>> [date.fromordinal(day).isoformat() for day in days.tolist()]
    ['1970-01-01', '1970-01-02']
    """
    if not len(moments) or not isinstance(tz, ZoneInfo) or tz.key == "UTC":
        return moments // DAY_US + EPOCH_ORDINAL
    first, last = (date.fromordinal(edge // DAY_US + EPOCH_ORDINAL).year for edge in bounds(moments))
    segments = [segment for year in range(first, last + 1) for segment in offset_segments(year, tz)]
    changes = [
        (start, offset) for n, (start, _, offset) in enumerate(segments) if n == 0 or offset != segments[n - 1][2]
    ]
    starts, offsets = np.array(changes, np.int64).T
    days: Ints = (moments + offsets[np.searchsorted(starts, moments, "right") - 1]) // DAY_US + EPOCH_ORDINAL
    return days
