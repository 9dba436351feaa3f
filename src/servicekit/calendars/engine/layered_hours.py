"""The hours of one calendar document on the UTC line: date layers, then openings, then closures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from servicekit.calendars.calendar import Calendar
from servicekit.calendars.engine.date_layers import DateLayers, DayPlan
from servicekit.calendars.engine.horizon import on_clock, year_range, year_start
from servicekit.calendars.engine.local_dates import DatedStretches, shift_date
from servicekit.calendars.explanation import Explanation, LayerName
from servicekit.calendars.special_days import DaySource
from servicekit.calendars.week import Window
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, delta_to_us
from servicekit.timeline.spans import Span, clip, merge, subtract
from servicekit.timeline.zone import offset_segments, to_utc

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a local reading, not an instant


class LayeredHours:
    """What the compiled form asks of a calendar: open spans by year and by date, and reasons."""

    __slots__ = ("_closed", "_closures", "_dates", "_known", "_opened", "_openings", "dates_tz")

    def __init__(self, calendar: Calendar, tz: ZoneInfo, sources: Iterable[DaySource]) -> None:
        self.dates_tz = tz
        self._dates = DateLayers(calendar, sources)
        self._known: dict[int, list[Span]] = {}
        self._openings, self._closures = calendar.openings, calendar.closures
        self._opened = DatedStretches((opening.spans(tz) for opening in self._openings), tz)
        self._closed = merge(span for closure in self._closures for span in closure.spans(tz))

    @property
    def never_opens(self) -> bool:
        """Whether no layer holds any hours."""
        return self._dates.never_opens and not self._opened.spans

    def spans(self, year: int) -> list[Span]:
        """The open UTC spans of one UTC year."""
        if year not in self._known:
            self._known[year] = self._spans(year)
        return self._known[year]

    def _spans(self, year: int) -> list[Span]:
        start, end = year_start(year), year_start(year + 1)
        first, last = (at // DAY_US + EPOCH_ORDINAL for at in (start, end))
        found = to_utc(self._dates.readings(first - 2, last + 2), offset_segments(year, self.dates_tz))
        return clip(self._overlaid(found), start, end) if self._openings or self._closures else found

    def on(self, ordinal: int) -> list[Span]:
        """The open UTC spans of the windows and the openings that begin on a date."""
        spans = self._utc(self._dates.own_readings(ordinal))
        if self._openings and (opened := self._opened.on(ordinal)):
            spans = merge([*spans, *opened])
        return self._less_closures(spans)

    def date_of(self, at: int) -> int | None:
        """The date on which the shift around an instant begins; None, as on the clock, where no shift runs on."""
        return shift_date(self.on, at, self.dates_tz) if self._openings or self._dates.has_nights else None

    def business_dates(self, year: int) -> tuple[int, ...]:
        """The dates of one year on which open time begins, as ordinals in order."""
        if not self._openings and not self._closures:
            skipped = self._skipped_dates(year)
            return tuple(n for n in self._dates.business_dates(year) if n not in skipped or self.on(n))
        return tuple(n for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1) if self.on(n))

    def _skipped_dates(self, year: int) -> set[int]:
        """The dates of which the clock skips a part; their windows may hold no instant at all."""
        segments = offset_segments(year, self.dates_tz)
        gaps = ((start + o1, start + o2) for (_, _, o1), (start, _, o2) in pairwise(segments) if o2 > o1)
        return {n + EPOCH_ORDINAL for low, high in gaps for n in range(low // DAY_US, (high - 1) // DAY_US + 1)}

    def explain(self, at: int, *, is_open: bool) -> Explanation:
        """Which layer decided about an instant."""
        local = on_clock(at, self.dates_tz)
        for closure in self._closures:
            if _holds(closure.spans(self.dates_tz), at):
                return Explanation(is_open, "closure", closure.reason, local.date())
        for opening in self._openings:
            if _holds(spans := opening.spans(self.dates_tz), at):
                on = shift_date(DatedStretches([spans], self.dates_tz).on, at, self.dates_tz)
                return Explanation(is_open, "opening", opening.reason, date.fromordinal(on))
        ordinal = local.toordinal()
        reading = delta_to_us(local.replace(tzinfo=None) - _EPOCH)
        plan, on, covered = self._deciding(ordinal, reading)
        hours = tuple(map(str, plan.windows))
        if covered and self._is_break(reading, ordinal):
            return Explanation(False, "break", f"within {plan.reason}", date.fromordinal(on), plan.source, hours)
        return Explanation(is_open, plan.layer, plan.reason, date.fromordinal(on), plan.source, hours)

    def decided_by(self, ordinal: int) -> tuple[LayerName, str]:
        """The layer that decided a date's hours, and its reason."""
        plan = self._dates.plan(ordinal)
        return plan.layer, plan.reason

    def _deciding(self, ordinal: int, reading: int) -> tuple[DayPlan, int, bool]:
        """The plan whose windows cover a reading: the date's own, or the night before; else the date's own, uncovered.

        What a cut leaves of a night whose own date has other hours is a window of the date that it falls on.
        """
        for on in (ordinal, ordinal - 1):
            if _holds(self._dates.window_readings(on), reading):
                plan, clock = self._dates.plan(on), reading - (on - EPOCH_ORDINAL) * DAY_US
                if any(window.start_us <= clock < window.end_us for window in plan.windows):
                    return plan, on, True
                tails = tuple(Window(0, (end - 1) % DAY_US + 1) for _, end in self._dates.tails(ordinal))
                return replace(self._dates.plan(ordinal), windows=tails), ordinal, True
        return self._dates.plan(ordinal), ordinal, False

    def _is_break(self, reading: int, ordinal: int) -> bool:
        return _holds(self._dates.break_readings(ordinal - 1, ordinal + 1), reading)

    def _utc(self, readings: list[Span]) -> list[Span]:
        if not readings:
            return []
        years = year_range(readings[0][0] - DAY_US, readings[-1][1] + DAY_US)
        return to_utc(readings, [s for year in years for s in offset_segments(year, self.dates_tz)])

    def _overlaid(self, spans: list[Span]) -> list[Span]:
        return self._less_closures(merge([*spans, *self._opened.spans]))

    def _less_closures(self, spans: list[Span]) -> list[Span]:
        return subtract(spans, self._closed) if self._closed else spans


def _holds(spans: Iterable[Span], at: int) -> bool:
    return any(start <= at < end for start, end in spans)
