"""One clock as it stands at an instant: phase, due moment, verdict, and its account of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from servicekit.errors import CalendarError
from servicekit.layout import Result, Table
from servicekit.rules import Value
from servicekit.sla.compiled.compiled_target import CompiledTarget, moved_by_pauses
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import ClockId
from servicekit.sla.history.clock_reading import (
    ClockReading,
    CountedPeriod,
    fact_us,
    instant,
    length_reached,
    outcome_of,
)
from servicekit.sla.outcome import Outcome, OutcomeName, Phase
from servicekit.sla.view.attribution import shared_by
from servicekit.sla.view.clock_span import spans_of
from servicekit.sla.view.explanation import ClockExplanation
from servicekit.sla.view.ladder_alerts import ThresholdDue, threshold_due, thresholds
from servicekit.sla.view.language import Language, words_in
from servicekit.timeline import from_us, to_us
from servicekit.timeline.instant import us_to_delta

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


class ClockView(Result):
    """One clock of a case, read as of the view's instant. Amounts are open time of the calendar that counts.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened
    >>> from servicekit.sla import SlaPolicy, fold
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
    >>> clock = fold(engine, [Opened("C-1", nine)], as_of=nine + timedelta(hours=6)).clock("resolution")
    >>> clock.phase, str(clock.elapsed), str(clock.remaining), clock.progress
    ('running', '6:00:00', '2:00:00', Fraction(3, 4))
    """

    __slots__ = ("_history", "_reading")

    def __init__(self, history: CaseHistory, reading: ClockReading) -> None:
        self._history, self._reading = history, reading

    @property
    def id(self) -> ClockId:
        """Which clock it is."""
        return self._reading.clock.id

    @property
    def metric(self) -> str:
        """What it measures."""
        return self._reading.clock.id.metric

    @property
    def instance(self) -> int:
        """Which of the metric's clocks it is, counted from 0."""
        return self._reading.clock.id.instance

    @property
    def phase(self) -> Phase:
        """What it is doing: ``running``, ``paused``, ``stopped``, ``cancelled``."""
        return self._reading.phase

    @property
    def outcome(self) -> OutcomeName:
        """The verdict."""
        return self._reading.outcome

    @property
    def target(self) -> str | None:
        """What is promised, as text; ``None`` where nothing is."""
        return self._reading.target

    @property
    def place(self) -> str | None:
        """Where the policy promises it: ``targets[2]``."""
        target = self._reading.clock.target
        return None if target is None else target.key.place

    @property
    def started_at(self) -> datetime:
        """When it started."""
        return from_us(self._reading.clock.started)

    @property
    def due_at(self) -> datetime | None:
        """When the promise is due; ``None`` where nothing is promised, a pause hides it, or it is unknown."""
        return instant(self._reading.due)

    @property
    def stopped_at(self) -> datetime | None:
        """When it was stopped."""
        return from_us(self._reading.end) if self.phase == "stopped" else None

    @property
    def read_until(self) -> datetime:
        """The end of what is shown: the stop, the cancellation, or the view's instant."""
        return from_us(self._reading.end)

    @property
    def breached_at(self) -> datetime | None:
        """The due moment, once it has passed unkept; independent of the phase."""
        return instant(self._reading.breached)

    @property
    def elapsed(self) -> timedelta | None:
        """Open time that was not paused; ``None`` past the calendar's horizon."""
        return _delta(self._reading.elapsed)

    @property
    def paused(self) -> timedelta | None:
        """Open time that was paused."""
        return _delta(self._reading.paused)

    @property
    def remaining(self) -> timedelta | None:
        """Open time that is left, negative once it is overdue; ``None`` where that is unknown."""
        reading = self._reading
        if reading.length is not None and reading.elapsed is not None:
            return us_to_delta(reading.length - reading.elapsed)
        if reading.due is None:
            return None
        try:
            return us_to_delta(self._hours.elapsed_us(reading.end, reading.due))
        except (CalendarError, OverflowError):
            return None

    @property
    def overdue(self) -> timedelta:
        """Open time by which the due moment was passed; zero where it was not."""
        left = self.remaining if self._reading.is_overdue else None
        return timedelta(0) if left is None or left > timedelta(0) else -left

    @property
    def progress(self) -> Fraction | None:
        """The share of the target that is used, exactly; 1 at the due moment. Never round it before a verdict."""
        left, elapsed = self.remaining, self.elapsed
        if left is None or elapsed is None or not self._reading.is_promised:
            return None
        whole = (left + elapsed) // _MICROSECOND
        return Fraction(elapsed // _MICROSECOND, whole) if whole > 0 else None

    @property
    def row(self) -> Outcome:
        """The clock as a row of the outcome schema."""
        return outcome_of(self._history, self._reading)

    @property
    def alerts(self) -> tuple[ThresholdDue, ...]:
        """The steps of its ladder with their moments, past and to come, in order of delivery.

        What is to come holds if nothing happens to the clock. Steps behind a pause that lasts are not known yet, and
        steps past the calendar's horizon are left out.
        """
        return tuple(threshold_due(self.id, each) for each in thresholds(self._history, self._reading))

    def forecast(self, *, resume_at: datetime | None = None) -> datetime | None:
        """The due moment if nothing more happens; for a paused clock, if the pause ends at ``resume_at``.

        A pause whose limit comes before ``resume_at`` ends there. ``None`` for a paused clock without ``resume_at``
        (unless a limit ends the pause), and where nothing is promised or it is unknown.

        Raises:
            NaiveDatetimeError: ``resume_at`` has no time zone.
            ValueError: it lies before the instant of the view.
        """
        reading = self._reading
        if resume_at is None or self.phase != "paused":
            return self.due_at
        resumed = to_us(resume_at)
        if resumed < reading.end:
            raise ValueError(f"a pause that lasted at {from_us(reading.end)} cannot have ended at {resume_at}")
        target = reading.clock.target
        if target is None or not reading.is_promised or reading.is_fixed:
            return self.due_at
        try:
            return instant(_due_if_resumed(reading, target, resumed, self._history))
        except (CalendarError, OverflowError):
            return None

    def explain(self, language: Language = "en") -> ClockExplanation:
        """Every span of its history with its reason, in English (``en``) or Chinese (``zh``).

        Raises:
            ValueError: ``language`` is neither.
        """
        words_in(language)  # refuses what it cannot speak
        reading, note = self._reading, self._reading.clock.reason
        try:
            spans = spans_of(self._history, reading) if reading.elapsed is not None else ()
        except (CalendarError, OverflowError) as error:
            spans, note = (), str(error)
        return ClockExplanation(
            case_id=self._history.case_id,
            metric=self.metric,
            outcome=self.outcome,
            target=self.target,
            due_at=self.due_at,
            elapsed=self.elapsed,
            spans=spans,
            timezone=self._hours.timezone.key,
            language=language,
            note=note,
        )

    def attribute(self, by: str = "owner") -> Mapping[Value | None, timedelta]:
        """The elapsed time by who had the case: ``owner`` (or ``assignee``), ``status``, ``group`` or any other fact.

        The parts add up to ``elapsed``; ``None`` stands for time in which the fact was unknown. Empty where the elapsed
        time is unknown.

        >>> from datetime import UTC
        >>> from servicekit.events import Assigned, Opened
        >>> from servicekit.sla import SlaPolicy, fold
        >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
        >>> events = [Opened("C-1", nine), Assigned("C-1", nine.replace(hour=10), "li")]
        >>> case = fold(SlaPolicy(targets=[{"resolution": "8h"}]).compile({}), events, as_of=nine.replace(hour=13))
        >>> {who: str(spent) for who, spent in case.clock("resolution").attribute("owner").items()}
        {None: '1:00:00', 'li': '3:00:00'}
        """
        return shared_by(by, self._history, self._reading)

    def rows(self) -> Iterator[Mapping[str, object]]:
        """A row for each span of its life; see :meth:`ClockExplanation.rows`."""
        return self.explain().rows()

    def table(self) -> Table:
        """A row for each span of its life."""
        return self.explain().table()

    def __str__(self) -> str:
        return self.explain().text()

    def _repr_html_(self) -> str:
        return self.explain().html()

    @property
    def _hours(self) -> CompiledCalendar:
        target: CompiledTarget | None = self._reading.clock.target
        edition = self._history.compiled.editions[self._reading.clock.periods[-1].edition]
        return edition.hours if target is None else target.hours

    def __repr__(self) -> str:
        due = None if self.due_at is None else self.due_at.isoformat()
        return f"ClockView({self.metric!r}, {self.instance}, {self.phase!r}, {self.outcome!r}, due_at={due})"


_MICROSECOND = timedelta(microseconds=1)


def _delta(amount_us: int | None) -> timedelta | None:
    return None if amount_us is None else us_to_delta(amount_us)


def _due_if_resumed(reading: ClockReading, target: CompiledTarget, resumed: int, history: CaseHistory) -> int | None:
    parts = list(_resumed(reading, resumed))
    if target.length_us is not None:
        return length_reached(parts, target.length_us, target)
    recorded = None if target.field is None else fact_us(history, reading.clock, target.field, [])
    moment = target.moment_us(parts[0].since, recorded)
    pauses = [pause for part in parts for pause in part.pauses]
    return None if moment is None else moved_by_pauses(target.hours, moment, pauses)


def _resumed(reading: ClockReading, at: int) -> Iterator[CountedPeriod]:
    """The periods, with the pause that lasts ended at an instant."""
    *before, last = reading.counted
    yield from before
    *pauses, lasting = last.pauses
    until = at if lasting.until is None else min(at, lasting.until)
    yield last._replace(pauses=[*pauses, lasting._replace(until=until)])
