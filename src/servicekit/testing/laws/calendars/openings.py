"""Laws of openings and closings: every verb tells the same story as ``open_between``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from servicekit.testing.laws.calendars.open_hours import TICK, OpenHours
from servicekit.testing.laws.law_broken import demand
from servicekit.timeline import from_us, to_us


def open_between_is_orderly(hours: OpenHours, start: datetime, end: datetime) -> None:
    """The open intervals are in order, not empty, apart from each other, and within the two instants.

    Raises:
        LawBroken: they are not.
    """
    low, high = sorted((start, end), key=to_us)
    found = list(hours.open_between(low, high))
    demand(all(found), "no open interval is empty", found=found)
    apart = all(a.end < b.start for a, b in pairwise(found))
    demand(apart, "open intervals are in order and do not touch", found=found)
    inside = not found or (to_us(low) <= to_us(found[0].start) and to_us(found[-1].end) <= to_us(high))
    demand(inside, "open intervals are clipped to what was asked", start=low, end=high, found=found)


def open_between_agrees_with_elapsed(hours: OpenHours, start: datetime, end: datetime) -> None:
    """The lengths of the open intervals add up to the time elapsed.

    Raises:
        LawBroken: they do not.
    """
    low, high = sorted((start, end), key=to_us)
    total = sum((interval.length for interval in hours.open_between(low, high)), timedelta(0))
    elapsed = hours.elapsed(low, high)
    demand(total == elapsed, "open intervals add up to elapsed", start=low, end=high, total=total, elapsed=elapsed)


def open_between_mirrors(hours: OpenHours, start: datetime, end: datetime) -> None:
    """Asked from the end to the start, the same intervals come last first.

    Raises:
        LawBroken: they do not.
    """
    there, back = list(hours.open_between(start, end)), list(hours.open_between(end, start))
    law = "open_between(end, start) is open_between(start, end) reversed"
    demand(to_us(start) == to_us(end) or there == back[::-1], law, start=start, end=end, there=there, back=back)


def neighbours_agree_with_open_between(
    hours: OpenHours, moment: datetime, *, within: timedelta = timedelta(days=10)
) -> None:
    """``next_*`` and ``previous_*`` name the ends of the open intervals around, ``is_open`` their insides.

    An end that lies at the edge of ``within`` may be cut there, and is not looked at; nor is a side without any.

    Raises:
        LawBroken: they do not.
    """
    at = from_us(to_us(moment))
    low, high = at - within, at + within
    found = list(hours.open_between(low, high))
    starts = [i.start for i in found if i.start > low]
    ends = [i.end for i in found if i.end < high]
    is_open = hours.is_open(at)
    demand(is_open == any(at in i for i in found), "is_open(t) means t lies in an open interval", t=at, found=found)
    expected = {
        "next_start": next((start for start in starts if start > at), None),
        "next_close": next((end for end in ends if end > at), None),
        "previous_start": _last(start for start in starts if start < at),
        "previous_close": _last(end for end in ends if end <= at),
    }
    if not is_open:
        expected["next_open"] = expected["next_start"]
    for verb, answer in expected.items():
        given = None if answer is None else getattr(hours, verb)(at)
        demand(given == answer, f"{verb}(t) agrees with open_between", t=at, given=given, expected=answer)
    demand(not is_open or hours.next_open(at) == at, "next_open(t) keeps an open t", t=at)


def _last(moments: Iterable[datetime]) -> datetime | None:
    return max(moments, default=None)


def snap_lands_on_business(hours: OpenHours, moment: datetime, *, step: timedelta = TICK) -> None:
    """Forward lands on an open instant, backward just after one; what lies there stays.

    Raises:
        LawBroken: it does not.
    """
    at = from_us(to_us(moment))
    ahead, behind = hours.snap(at, "forward"), hours.snap(at, "backward")
    demand(ahead >= at and hours.is_open(ahead), "forward lands on an open instant, not before t", t=at, ahead=ahead)
    before = behind - step
    demand(behind <= at and hours.is_open(before), "backward lands just after an open instant", t=at, behind=behind)
    demand(ahead == at or not hours.is_open(at), "forward keeps an open instant", t=at, ahead=ahead)
    demand(behind == at or not hours.is_open(at - step), "backward keeps t in (open, close]", t=at, behind=behind)
    demand(hours.snap(ahead, "forward") == ahead, "snapping forward twice is once", t=at, ahead=ahead)
    demand(hours.snap(behind, "backward") == behind, "snapping backward twice is once", t=at, behind=behind)
    demand(not hours.elapsed(at, ahead), "nothing elapses up to the snap forward", t=at, ahead=ahead)
    demand(not hours.elapsed(behind, at), "nothing elapses from the snap backward", t=at, behind=behind)
