"""A case as it stands at an instant: all its clocks, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import nsmallest
from operator import itemgetter
from typing import NamedTuple

from servicekit.errors import Problem, ServiceKitError, UnknownNameError
from servicekit.events import Case, CaseEvent
from servicekit.layout import Result, Table
from servicekit.rules import Value
from servicekit.sla.engine import SlaEngine, an_engine, in_metric_order, replayed
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import ClockId
from servicekit.sla.history.clock_reading import ClockReading, outcome_of, read
from servicekit.sla.history.event_handlers import unpromised
from servicekit.sla.outcome import Outcome
from servicekit.sla.view.clock_view import ClockView
from servicekit.sla.view.gantt import gantt
from servicekit.sla.view.ladder_alerts import ThresholdDue, thresholds
from servicekit.sla.view.language import Language, words_in
from servicekit.timeline import format_duration, from_us, to_us

_NEVER = 1 << 63


class CaseError(ServiceKitError, ValueError):
    """A case was to be judged strictly, and something about it is odd; ``problems`` holds everything that is."""

    code = "case.odd"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Breach(NamedTuple):
    """A promise that will be broken unless somebody keeps it first.

    >>> Breach(datetime(2026, 1, 5, 17), ClockId("C-1", "resolution", 0)).clock.case_id
    'C-1'
    """

    due_at: datetime
    clock: ClockId


class CaseView(Result):
    """A case as of one instant. Made by :func:`fold`, or by the ``view`` of a state.

    ``clocks`` are all that ever started, by metric and instance; ``problems`` what is odd about the case or could not
    be computed. A case that was not open yet has no clocks.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened
    >>> from servicekit.sla import SlaPolicy
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> engine = SlaPolicy(targets=[{"first_response": "1h", "resolution": "8h"}]).compile({})
    >>> case = fold(engine, [Opened("C-1", nine)], as_of=nine + timedelta(minutes=30))
    >>> [(clock.metric, clock.phase) for clock in case.clocks], str(case.next_due_at)
    ([('first_response', 'running'), ('resolution', 'running')], '2026-01-05 10:00:00+00:00')
    """

    __slots__ = ("_as_of", "_history", "_metrics", "_readings", "case_id", "clocks", "dues", "first_due", "problems")

    def __init__(
        self, engine: SlaEngine, history: CaseHistory | None, as_of: int, problems: tuple[Problem, ...]
    ) -> None:
        self._history, self._as_of, self._metrics = history, as_of, engine.metrics
        self.case_id = "" if history is None else history.case_id
        odd: list[Problem] = []
        clocks = [] if history is None else in_metric_order(history.clocks)
        self._readings: list[ClockReading] = (
            [] if history is None else [read(history, clock, as_of, odd) for clock in clocks]
        )
        self.clocks: tuple[ClockView, ...] = (
            () if history is None else tuple(ClockView(history, r) for r in self._readings)
        )
        if history is not None and (warning := unpromised(history)):
            odd.append(warning)
        self.problems = (*problems, *(() if history is None else history.problems), *odd)
        self.dues: tuple[tuple[int, int], ...] = tuple(
            sorted((r.due, n) for n, r in enumerate(self._readings) if r.due is not None and r.ending == "read")
        )
        """The due moments of clocks that have not ended, in UTC microseconds, each with its place in ``clocks``."""
        self.first_due: int = self.dues[0][0] if self.dues else _NEVER

    @property
    def as_of(self) -> datetime:
        """The instant of the view, in UTC."""
        return from_us(self._as_of)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The clocks as rows of the outcome schema; the same that ``SlaEngine.judge`` gives."""
        history = self._history
        return () if history is None else tuple(outcome_of(history, reading) for reading in self._readings)

    @property
    def facts(self) -> Mapping[str, Value]:
        """The facts of the case as they are at that instant."""
        return {} if self._history is None else self._history.facts

    @property
    def status(self) -> str | None:
        """The status of the case at that instant."""
        return None if self._history is None else self._history.status

    def clocks_of(self, metric: str) -> tuple[ClockView, ...]:
        """All clocks of one metric; none where it has not started.

        Raises:
            UnknownNameError: the policy has no such metric.
        """
        if metric not in self._metrics:
            raise UnknownNameError("metric", metric, self._metrics)
        return tuple(clock for clock in self.clocks if clock.metric == metric)

    def clock(self, metric: str) -> ClockView:
        """The latest clock of one metric.

        Raises:
            UnknownNameError: the policy has no such metric.
            LookupError: no clock of it has started.
        """
        found = self.clocks_of(metric)
        if not found:
            raise LookupError(f"no {metric} clock of case {self.case_id!r} has started by {self.as_of.isoformat()}")
        return found[-1]

    @property
    def next_due_at(self) -> datetime | None:
        """The earliest due moment of the clocks that have not ended, past or to come."""
        return from_us(self.dues[0][0]) if self.dues else None

    @property
    def alerts(self) -> tuple[ThresholdDue, ...]:
        """The steps of all ladders, past and to come, in order of delivery; see :attr:`ClockView.alerts`."""
        return tuple(sorted((a for clock in self.clocks for a in clock.alerts), key=lambda alert: alert.deliver_at))

    @property
    def next_wake_up(self) -> datetime | None:
        """The next instant after the view's at which something changes if nothing happens to the case.

        A step of a ladder may be delivered, a promise is broken (the first microsecond after it was due), a pause
        reaches its limit, or a later version of the policy takes the case over. A scheduler needs no other moment: look
        again then. ``None`` where nothing will change.
        """
        history = self._history
        if history is None:
            return None
        moments = [known for known, _, number in self.broken_us() if self._readings[number].ending == "read"]
        for reading in self._readings:
            if reading.ending == "read":
                moments += [deliver for deliver, *_ in thresholds(history, reading)]
                moments += [p.until for part in reading.counted for p in part.pauses if p.until is not None]
        if history.edition.policy.pin == "in_force" and any(reading.ending == "read" for reading in self._readings):
            moments += [edition.from_us for edition in history.compiled.editions if edition.from_us is not None]
        later = [moment for moment in moments if moment > self._as_of]
        return from_us(min(later)) if later else None

    def broken_us(self) -> Iterator[tuple[int, int, int]]:
        """Of each promise that is broken or will be: when that is known, the due moment, and the place in ``clocks``.

        Moments are UTC microseconds. A breach that was not known before a clock's end is left out.
        """
        ended = [(r.breached, n) for n, r in enumerate(self._readings) if r.ending != "read" and r.breached is not None]
        for due, number in (*self.dues, *ended):
            reading = self._readings[number]
            known = reading.broken
            if known is not None and (reading.ending == "read" or known <= reading.end):
                yield known, due, number

    def attribute(self, by: str = "owner", *, metric: str = "resolution") -> Mapping[Value | None, timedelta]:
        """The elapsed time of all clocks of a metric by who had the case; see :meth:`ClockView.attribute`.

        Raises:
            UnknownNameError: the policy has no such metric.
        """
        found: dict[Value | None, timedelta] = {}
        for clock in self.clocks_of(metric):
            for value, spent in clock.attribute(by).items():
                found[value] = found.get(value, timedelta(0)) + spent
        return found

    def drawing(self, language: Language = "en") -> str:
        """All clocks as bars over time, as one SVG element.

        Raises:
            ValueError: ``language`` is neither English nor Chinese.
        """
        words = words_in(language)
        explained = [clock.explain(language) for clock in self.clocks]
        names = [
            words.metric(clock.metric)
            + (f" {clock.instance + 1}" if clock.instance else "")
            + f"{words.colon}{words.outcomes[clock.outcome]}"
            for clock in self.clocks
        ]
        rows = [each.bars(name) for each, name in zip(explained, names, strict=True)]
        timezone = explained[0].timezone if explained else "UTC"
        return gantt(f"{words.headings['case']} {self.case_id}", rows, timezone, words)

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row of the outcome schema for each clock."""
        return [outcome._asdict() for outcome in self.outcomes]

    def table(self) -> Table:
        """The clocks: what is promised, when it is due, and what became of it."""
        lines = [
            (
                clock.metric,
                clock.outcome.replace("_", " "),
                clock.target or "",
                "" if clock.due_at is None else f"{clock.due_at:%Y-%m-%d %H:%M} UTC",
                "" if clock.elapsed is None else format_duration(clock.elapsed),
            )
            for clock in self.clocks
        ]
        caption = f"case {self.case_id} as of {self.as_of:%Y-%m-%d %H:%M} UTC"
        return Table(("metric", "outcome", "target", "due", "elapsed"), lines, labels=4, caption=caption)

    def _repr_html_(self) -> str:
        return self.drawing()

    def __repr__(self) -> str:
        return f"CaseView({self.case_id!r}, as_of={self.as_of.isoformat()}, clocks={list(self.clocks)!r})"


def fold(engine: SlaEngine, events: Case | Iterable[CaseEvent], as_of: datetime, *, strict: bool = False) -> CaseView:
    """The case that the events make, as of one instant; later events have not happened yet.

    Pure, total and deterministic: the same events give the same view, in whatever order they arrive and whoever asked
    before. Events are first put in order and repeats dropped, so the view is that of :func:`step` taken for every event
    in order. Nothing is raised for what a case holds; with ``strict`` any
    problem is, warnings too.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened, Resolved
    >>> from servicekit.sla import SlaPolicy
    >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> view = fold(engine, [Opened("C-1", nine), Resolved("C-1", nine.replace(hour=12))], as_of=nine.replace(hour=20))
    >>> view.clock("resolution").outcome
    'met'

    Raises:
        NaiveDatetimeError: ``as_of`` has no time zone.
        TypeError: ``engine`` is none.
        ValueError: the events belong to more than one case.
        CaseError: ``strict``, and the case has problems.
    """
    now = to_us(as_of)
    history, odd = replayed(an_engine(engine).compiled, events, now)
    return view_of(engine, history, now, odd, strict=strict)


def clock_of(engine: SlaEngine, case: Case, outcome: Outcome, as_of: datetime) -> ClockView:
    """The clock behind an outcome of a case as of an instant: that of :func:`fold`, without the others.

    Raises:
        LookupError: the case has no such clock by then.
    """
    now = to_us(as_of)
    history, _ = replayed(engine.compiled, case, now)
    place = outcome.case_id, outcome.metric, outcome.instance
    clock = None if history is None else next((each for each in history.clocks if each.id == place), None)
    if history is None or clock is None:
        raise LookupError(f"case {case.case_id!r} has no clock {place!r} by {as_of.isoformat()}")
    return ClockView(history, read(history, clock, now, []))


def view_of(
    engine: SlaEngine, history: CaseHistory | None, as_of: int, odd: tuple[Problem, ...], *, strict: bool = False
) -> CaseView:
    """The view of a history at an instant that it has come to."""
    view = CaseView(engine, history, as_of, odd)
    if strict and view.problems:
        raise CaseError(view.problems)
    return view


def next_breach(views: Iterable[CaseView], after: datetime, limit: int = 20) -> tuple[Breach, ...]:
    """The promises that are broken next, soonest first, over any number of cases.

    Clocks that have ended, or whose due moment a pause hides, are not among them; neither is what was due at or
    before ``after``.

    >>> from datetime import UTC
    >>> next_breach([], after=datetime(2026, 1, 5, tzinfo=UTC))
    ()

    Raises:
        NaiveDatetimeError: ``after`` has no time zone.
        ValueError: ``limit`` is negative.
    """
    if limit < 0:
        raise ValueError(f"a limit is zero or more, not {limit}")
    moment, waiting = to_us(after), list(views)
    firsts = [view.first_due for view in waiting if view.first_due > moment]
    late = [view for view in waiting if view.first_due <= moment]
    firsts += [due for view in late for due, _ in view.dues if due > moment]
    # What is among the soonest is due no later than the last of the soonest firsts: most cases need one look.
    last = max(nsmallest(limit, firsts), default=moment)
    near = [view for view in waiting if view.first_due <= last]
    dues = [(due, number, view) for view in near for due, number in view.dues if moment < due <= last]
    dues.sort(key=itemgetter(0))
    return tuple(Breach(from_us(due), view.clocks[number].id) for due, number, view in dues[:limit])
