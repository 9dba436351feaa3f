"""One clock read at one instant: elapsed, paused, due, verdict; all that an outcome or a view rests on.

Nothing here raises for data. What cannot be computed (a due moment past the calendar's horizon) is ``None`` with a
Problem that says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from servicekit.errors import CalendarError, Problem
from servicekit.sla.compiled.compiled_pauses import RESTING, limited
from servicekit.sla.compiled.compiled_target import CompiledTarget, PausedSpan, moved_by_pauses, reached, running_time
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import Clock, Ending, TargetPeriod
from servicekit.sla.outcome import Outcome, OutcomeName, Phase, fact_text
from servicekit.timeline import from_us, to_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


Depth: TypeAlias = Literal["everything", "due", "verdict"]
"""What a reading is for: reading less takes half the time, and an event is answered by little."""


class CountedPeriod(NamedTuple):
    """A part of a clock's history under one target: from when to when, by which calendar, and the pauses in it.

    ``until`` is ``None`` for the last, which lasts until the clock ends.
    """

    since: int
    until: int | None
    hours: CompiledCalendar
    pauses: Sequence[PausedSpan]


class ClockReading:
    """What a clock comes to at an instant; moments and amounts are microseconds.

    ``end`` is the stop, the cancellation, or the instant of reading. ``length`` is the promised running time, ``None``
    where the promise is a moment. ``is_promised`` is false where nothing was owed; ``is_fixed`` is true where the due
    moment was set by hand or recorded, so that pauses neither move nor hide it.
    """

    __slots__ = (
        "clock",
        "counted",
        "due",
        "elapsed",
        "end",
        "ending",
        "is_fixed",
        "is_paused",
        "is_promised",
        "length",
        "paused",
        "target",
    )

    def __init__(self, clock: Clock, end: int) -> None:
        self.clock, self.end = clock, end
        self.ending: Ending = clock.ending
        self.counted: Sequence[CountedPeriod] = ()
        self.is_paused = self.is_promised = self.is_fixed = False
        self.elapsed: int | None = None
        self.paused: int | None = None
        self.due: int | None = None
        self.length: int | None = None
        self.target: str | None = None

    @property
    def phase(self) -> Phase:
        """What the clock was doing when it was read."""
        if self.ending == "read":
            return "paused" if self.is_paused else "running"
        return self.ending

    @property
    def is_overdue(self) -> bool:
        """Whether the end lies after the due moment; at the due moment itself nothing is late."""
        return self.due is not None and self.end > self.due

    @property
    def outcome(self) -> OutcomeName:
        """The verdict; ``open`` also where the due moment could not be found."""
        if self.ending == "cancelled":
            return "cancelled"
        if not self.is_promised:
            return "no_target"
        if self.ending == "read":
            return "missed" if self.is_overdue else "open"
        return self._stopped_outcome()

    def _stopped_outcome(self) -> OutcomeName:
        if self.length is not None and self.elapsed is not None:
            return "met" if self.elapsed <= self.length else "met_late"
        if self.due is None:
            return "open"
        return "met_late" if self.is_overdue else "met"

    def known_from(self, moment: int) -> int:
        """When somebody can first act on a moment: then, or just after what had it in the past.

        That is the start of the clock, a change of its target, or the end of a pause: while it lasts nobody can tell
        what comes due, and at rest nothing does.
        """
        moment = self.clock.known_from(moment)
        for part in self.counted:
            for since, until, pause in part.pauses:
                is_hidden = since <= moment if pause is RESTING else since < moment and not self.is_fixed
                if is_hidden and until is not None and moment <= until:
                    moment = until + 1
        return moment

    @property
    def broken(self) -> int | None:
        """When it is first known that the due moment has passed; ``None`` where there is none."""
        return None if self.due is None else max(self.due + 1, self.known_from(self.due))

    @property
    def breached(self) -> int | None:
        """The moment of the breach: the due moment, once it is past and the promise was not kept."""
        return self.due if self.is_overdue and self.outcome != "met" else None


def counted_periods(history: CaseHistory, clock: Clock, end: int) -> list[CountedPeriod]:
    """The periods of a clock's history, target by target, each with the pauses in it.

    Raises:
        CalendarError: the limit of a pause lies past a calendar's horizon.
    """
    periods = clock.periods
    if len(periods) == 1:  # nearly always
        found = [_counted_period(history, clock, periods[0], None, end)]
    else:
        untils = [*(period.since for period in periods[1:]), None]
        found = [
            _counted_period(history, clock, period, until, end) for period, until in zip(periods, untils, strict=True)
        ]
    if not history.compiled.limited[clock.metric]:
        return found
    restarted = periods[0].since
    if restarted > clock.started:  # limits hold for the whole life of the clock
        earlier = periods[0]._replace(since=clock.started)
        found.insert(0, _counted_period(history, clock, earlier, restarted, end))
    kept = _limited(found, end, is_over=clock.ended is not None)
    return kept[1:] if restarted > clock.started else kept


def _counted_period(
    history: CaseHistory, clock: Clock, period: TargetPeriod, until: int | None, end: int
) -> CountedPeriod:
    since, target, number = period
    edition = history.compiled.editions[number]
    pausing, hours = edition.pauses[clock.metric], edition.hours if target is None else target.hours
    if not pausing.matters:
        return CountedPeriod(since, until, hours, ())
    stop, is_over = (end, clock.ended is not None) if until is None else (until, True)
    return CountedPeriod(since, until, hours, pausing.spans(history.moments, since, stop, is_over=is_over))


def _limited(parts: Sequence[CountedPeriod], end: int, *, is_over: bool) -> list[CountedPeriod]:
    """The periods with every pause ended by its limits, which hold for the clock's whole history."""
    kept = limited([(part.hours, part.pauses) for part in parts])
    closed = [_ended(pauses, end) if pauses and is_over else pauses for pauses in kept]
    return [part._replace(pauses=pauses) for part, pauses in zip(parts, closed, strict=True)]


def _ended(pauses: list[PausedSpan], end: int) -> list[PausedSpan]:
    """A pause that lasts at the end of a period ends with it."""
    since, until, pause = pauses[-1]
    return [*pauses[:-1], PausedSpan(since, end, pause)] if until is None or until > end else pauses


def length_reached(parts: Sequence[CountedPeriod], length: int, target: CompiledTarget) -> int | None:
    """The least instant at which the running time over all periods is ``length``; ``None`` while a pause lasts."""
    last = parts[-1]
    if len(parts) == 1 and not last.pauses:  # nearly always
        return last.hours.add_us(last.since, length, bias=target.bias)
    left = length
    for since, until, hours, pauses in parts[:-1]:
        assert until is not None
        ran = running_time(hours, since, until, pauses)[0]
        if ran >= left:
            at = reached(hours, since, left, pauses, target.bias)
            if at is None or at <= until:  # else it is the opening after a closing, which the next period knows
                return at
        left -= ran
    return reached(last.hours, last.since, left, last.pauses, target.bias)


def read(
    history: CaseHistory, clock: Clock, as_of: int, problems: list[Problem], *, depth: Depth = "everything"
) -> ClockReading:
    """The clock at an instant up to which its case is known; what cannot be computed is added to the problems.

    ``depth="due"`` skips the amounts; ``depth="verdict"`` skips the due moment where the running time decides.
    """
    reading = ClockReading(clock, as_of if clock.ended is None else clock.ended)
    try:
        reading.counted = parts = counted_periods(history, clock, reading.end)
        last = parts[-1].pauses
        if last:
            until = last[-1].until
            reading.is_paused = until is None or until > reading.end
        if depth != "due":
            _measure(reading, parts)
    except (CalendarError, OverflowError) as error:
        problems.append(_problem("sla.elapsed-unknown", clock, error))
    _settle(reading, history, problems, only_verdict=depth == "verdict")
    return reading


def _measure(reading: ClockReading, parts: Sequence[CountedPeriod]) -> None:
    end, elapsed, paused = reading.end, 0, 0
    for since, until, hours, pauses in parts:
        ran, stood = running_time(hours, since, end if until is None else until, pauses)
        elapsed, paused = elapsed + ran, paused + stood
    reading.elapsed, reading.paused = elapsed, paused


def _settle(reading: ClockReading, history: CaseHistory, problems: list[Problem], *, only_verdict: bool) -> None:
    """What is owed and when. An override beats a record, a record beats the table.

    For the verdict alone the due moment is not needed where the running time decides.
    """
    clock = reading.clock
    _, target, edition = clock.periods[-1]
    recorded_in = history.compiled.editions[edition].recorded
    field = recorded_in.get(clock.id.metric) if recorded_in else None
    if clock.override is not None:
        reading.due, reading.is_promised, reading.target = clock.override, True, "overridden"
        reading.is_fixed = True
    elif field is not None:
        reading.is_fixed = True
        reading.due = fact_us(history, clock, field, problems)
        reading.is_promised = reading.due is not None
        reading.target = f"field {field}" if reading.is_promised else None
    elif target is not None:
        recorded = None if target.field is None else fact_us(history, clock, target.field, problems)
        if target.field is None or recorded is not None:
            reading.is_promised, reading.length, reading.target = True, target.length_us, target.text
            if not (only_verdict and target.length_us is not None and reading.elapsed is not None):
                _compute(reading, target, recorded, problems)


def _compute(reading: ClockReading, target: CompiledTarget, recorded: int | None, problems: list[Problem]) -> None:
    parts = reading.counted
    if not parts:
        return
    try:
        if target.length_us is not None:
            reading.due = length_reached(parts, target.length_us, target)
        elif (due := target.moment_us(parts[0].since, recorded)) is not None:
            reading.due = moved_by_pauses(target.hours, due, [span for part in parts for span in part.pauses])
    except (CalendarError, OverflowError) as error:
        problems.append(_problem("sla.due-unknown", reading.clock, error))


def fact_us(history: CaseHistory, clock: Clock, name: str, problems: list[Problem]) -> int | None:
    """The instant that a fact holds; a fact that is not an instant is a problem and counts as absent."""
    fact = (history.facts if clock.facts is None else clock.facts).get(name)
    if isinstance(fact, datetime) and fact.tzinfo is not None:
        return to_us(fact)
    if fact is not None and fact != "":
        message = f"{name} is {fact!r}, which is not an instant with a time zone"
        problem = Problem("sla.due-not-instant", f"case {history.case_id}.{name}", message)
        if problem not in problems:
            problems.append(problem)
    return None


def _problem(code: str, clock: Clock, error: Exception) -> Problem:
    case_id, metric, number = clock.id
    instance = f"[{number}]" if number else ""
    return Problem(code, f"case {case_id}.{metric}{instance}", str(error))


def outcome_of(history: CaseHistory, reading: ClockReading) -> Outcome:
    """The reading as a row of the one schema for results."""
    clock = reading.clock
    facts = (history.case_facts.facts if clock.facts is None else clock.facts).get
    due_at = instant(reading.due)
    return Outcome(
        *clock.id,
        history.compiled.editions[clock.periods[-1].edition].version,
        reading.target,
        instant(clock.started),
        due_at,
        instant(reading.end) if reading.ending == "stopped" else None,
        instant(reading.breached),
        reading.elapsed,
        reading.paused,
        reading.phase,
        reading.outcome,
        fact_text(facts("channel")),
        fact_text(facts("issue_type")),
        fact_text(facts("tier")),
        fact_text(facts("priority")),
        fact_text(facts("owner")),
    )


def instant(moment_us: int | None) -> datetime | None:
    """The datetime of an instant in UTC microseconds, where there is one."""
    return None if moment_us is None else from_us(moment_us)
