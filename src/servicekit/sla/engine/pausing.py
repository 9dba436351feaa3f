"""Which stretches of a case's life do not count for one metric, by the pauses of one edition of the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from servicekit.rules import Fields, Test, Value, compile_condition
from servicekit.sla.engine.goal import PausedSpan
from servicekit.sla.metric import Metric
from servicekit.sla.pause import Pause
from servicekit.timeline.instant import delta_to_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

__all__ = ["RESTING", "Moment", "Pausing", "situation"]

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


class Pausing:
    """The pauses of one metric, compiled. ``matters`` is false where nothing ever pauses it."""

    __slots__ = ("_by_status", "_has_limits", "_tests", "matters", "rests")

    def __init__(self, metric: Metric, pauses: Sequence[Pause], fields: Fields) -> None:
        mine = [pause for pause in pauses if metric.id in pause.metrics]
        self._by_status: dict[str | None, Pause] = {}
        for pause in mine:
            for status in pause.status:
                self._by_status.setdefault(status, pause)
        self._tests: tuple[tuple[Test, Pause], ...] = tuple(
            (compile_condition(pause.when, fields), pause) for pause in mine if pause.when is not None
        )
        self._has_limits = any(pause.has_limits for pause in mine)
        self.rests = metric.rests
        self.matters = bool(mine) or metric.rests

    def spans(self, moments: Sequence[Moment], start: int, end: int, hours: CompiledCalendar) -> list[PausedSpan]:
        """The spans between two instants in which the clock stands still, in order; the last may not be over.

        A span that its limit ends later than ``end`` has that end already.
        """
        found: list[PausedSpan] = []
        since, current = start, None
        for moment in moments:
            at = moment.at
            if at > end:
                break
            pause = self.at(moment)
            if pause is not current:
                if current is not None and at > since:
                    found.append(PausedSpan(since, at, current))
                since, current = (at if at > start else start), pause
        if current is not None:
            found.append(PausedSpan(since, None, current))
        return self._limited(found, hours) if self._has_limits and found else found

    def at(self, moment: Moment) -> Pause | None:
        """The pause that a moment finds the case in, limits aside."""
        if moment.rests and self.rests:
            return RESTING
        by_status = self._by_status.get(moment.status)
        if not self._tests:
            return by_status
        facts = situation(moment)
        by_condition = next((pause for test, pause in self._tests if test(facts)), None)
        return by_status or by_condition

    @staticmethod
    def _limited(spans: Sequence[PausedSpan], hours: CompiledCalendar) -> list[PausedSpan]:
        """Each span ended by the limits of its pause, where they end it before the case does."""
        kept: list[PausedSpan] = []
        used: dict[int, int] = {}
        counts: dict[int, int] = {}
        for span in spans:
            name = id(span.pause)
            counts[name] = counts.get(name, 0) + 1
            if span.pause.max_count is not None and counts[name] > span.pause.max_count:
                continue
            until = _until(span, used.get(name, 0), hours)
            if until is not None:
                used[name] = used.get(name, 0) + hours.elapsed_us(span.since, until)
            if until is None or until > span.since:
                kept.append(span._replace(until=until))
        return kept


def _until(span: PausedSpan, used: int, hours: CompiledCalendar) -> int | None:
    """When a pause is over, its limits considered; ``None`` where it lasts."""
    pause, ends = span.pause, [span.until]
    if pause.max_each is not None:
        each = pause.max_each
        length = delta_to_us(each) if isinstance(each, timedelta) else None
        ends.append(hours.due_us(span.since, each) if length is None else hours.add_us(span.since, length))
    if pause.max_total is not None:
        left = delta_to_us(pause.max_total) - used
        ends.append(hours.add_us(span.since, left) if left > 0 else span.since)
    return min((end for end in ends if end is not None), default=None)
