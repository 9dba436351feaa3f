"""When the clocks of one metric stand still, by the pauses of one edition of the policy."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from servicekit.errors import CalendarError
from servicekit.rules import Fields, Test, Value, compile_condition
from servicekit.sla.compiled.compiled_target import PausedSpan
from servicekit.sla.metric import Metric
from servicekit.sla.pause import Pause
from servicekit.timeline.instant import delta_to_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


_LONG_LIFE = 24  # of shorter ones it is cheaper to look at every moment than to find the first that counts
_at = attrgetter("at")

RESTING = Pause(status=("resolved",), reason="resolved")
"""Why the clock of a resolution stands still between a resolution and the reopening."""


class Moment(NamedTuple):
    """How a case stood from an instant on, until the next moment."""

    at: int
    status: str | None
    facts: Mapping[str, Value]
    rests: bool


def situation(moment: Moment) -> Mapping[str, Value]:
    """The facts with the status among them, as conditions of pauses and measures read them."""
    return moment.facts if moment.status is None else {**moment.facts, "status": moment.status}


class CompiledPauses:
    """The pauses of one metric, compiled. ``matters`` is false where nothing ever pauses it.

    Of several pauses that fit, the first in the policy counts.
    """

    __slots__ = ("_alone", "_by_status", "_tests", "has_limits", "matters", "rests")

    def __init__(self, metric: Metric, pauses: Sequence[Pause], fields: Fields) -> None:
        mine = [pause for pause in pauses if metric.id in pause.metrics]
        self._by_status: dict[str | None, tuple[int, Pause]] = {}
        for rank, pause in enumerate(mine):
            for status in pause.status:
                self._by_status.setdefault(status, (rank, pause))
        self._tests: tuple[tuple[int, Test, Pause], ...] = tuple(
            (rank, compile_condition(pause.when, fields), pause)
            for rank, pause in enumerate(mine)
            if pause.when is not None
        )
        # Where no condition is asked, the status alone decides, but for cases at rest.
        self._alone = None if self._tests else {status: pause for status, (_, pause) in self._by_status.items()}
        self.has_limits = any(pause.has_limits for pause in mine)
        self.rests = metric.rests
        self.matters = bool(mine) or metric.rests

    def spans(self, moments: Sequence[Moment], start: int, end: int, *, is_over: bool) -> list[PausedSpan]:
        """The spans between two instants in which the clock stands still, limits aside.

        A pause that the end finds ends with it where that ``is_over``, and else has no end yet.
        """
        found: list[PausedSpan] = []
        since, current, alone = start, None, self._alone
        for moment in moments if len(moments) < _LONG_LIFE else _from(moments, start):
            at = moment.at
            if at > end:
                break
            pause = self.at(moment) if alone is None or moment.rests else alone.get(moment.status)
            if pause is not current:
                if current is not None and at > since:
                    found.append(PausedSpan(since, at, current))
                since, current = (at if at > start else start), pause
        if current is not None:
            found.append(PausedSpan(since, end if is_over else None, current))
        return found

    def at(self, moment: Moment) -> Pause | None:
        """The pause that a moment finds the case in, limits aside."""
        if moment.rests and self.rests:
            return RESTING
        ranked = self._by_status.get(moment.status)
        if not self._tests:
            return None if ranked is None else ranked[1]
        facts = situation(moment)
        for rank, test, pause in self._tests:
            if ranked is not None and ranked[0] < rank:
                break
            if test(facts):
                return pause
        return None if ranked is None else ranked[1]


def _from(moments: Sequence[Moment], start: int) -> Iterable[Moment]:
    """The moments from the one that holds at an instant on."""
    return islice(moments, max(bisect_right(moments, start, key=_at) - 1, 0), None)


def limited(parts: Sequence[tuple[CompiledCalendar, Sequence[PausedSpan]]]) -> list[list[PausedSpan]]:
    """The pauses of a clock's periods, each ended by its limits where they end it before the case does.

    Limits hold for the clock's whole life. A pause that goes on over a change of target is one pause, whose open time
    is counted by the hours before the change, and then by those after it. A span that its limit ends later than
    anything known has that end already.
    """
    used: dict[Pause, int] = {}
    counts: dict[Pause, int] = {}
    kept: list[list[PausedSpan]] = []
    last: PausedSpan | None = None
    began = spent = 0
    for hours, spans in parts:
        kept.append([])
        for span in spans:
            pause = span.pause
            goes_on = last is not None and last.until == span.since and last.pause == pause
            last, began, spent = span, began if goes_on else span.since, spent if goes_on else 0
            counts[pause] = counts.get(pause, 0) + (not goes_on)
            if pause.max_count is not None and counts[pause] > pause.max_count:
                continue
            until = _until(span, began, spent, used.get(pause, 0), hours)
            if until is not None:
                given = hours.elapsed_us(span.since, max(until, span.since))
                spent, used[pause] = spent + given, used.get(pause, 0) + given
            if until is None or until > span.since:
                kept[-1].append(span._replace(until=until))
    return kept


def _until(span: PausedSpan, began: int, spent: int, used: int, hours: CompiledCalendar) -> int | None:
    """When a pause is over, its limits considered; ``None`` where it lasts.

    It began at an instant, and has given back so much by the hours before, as all of its kind have given back so much.
    """
    pause, ends = span.pause, [span.until]
    if pause.max_each is not None:
        try:
            if isinstance(pause.max_each, timedelta):
                ends.append(hours.add_us(span.since, delta_to_us(pause.max_each) - spent))
            else:
                ends.append(hours.due_us(began, pause.max_each))
        except CalendarError:
            if span.until is None:  # a pause that is over needs no limit that lies past the horizon
                raise
    if pause.max_total is not None:
        left = delta_to_us(pause.max_total) - used
        is_within = span.until is not None and hours.elapsed_us(span.since, span.until) <= left
        if not is_within:
            ends.append(hours.add_us(span.since, left) if left > 0 else span.since)
    return min((end for end in ends if end is not None), default=None)
