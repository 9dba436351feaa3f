"""The tiers of customers as facts of their cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from servicekit.errors import Problem, ProblemGroup
from servicekit.events import (
    Activity,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    CustomerEvent,
    Enrolled,
    FieldChanged,
    HouseholdJoined,
    MergedInto,
    Opened,
    Purchase,
    Refund,
    Resolved,
    day_of,
)
from servicekit.policy.tier_promises import TIER
from servicekit.tiers import TierEngine
from servicekit.timeline import to_us

_Spans: TypeAlias = Sequence[tuple[date, str | None]]
"""First days, in order, and the tier that cases have from the midnight of each; None before the enrolment."""

_AT_REST = (Resolved, Closed, Cancelled, MergedInto)
_DONE = (Purchase, Refund, Activity)
_UNTOLD = (None, "")


class CaseTiers:
    """Gives cases the tiers of their customers, as the programme has them: the fact ``tier``.

    The tier of a day counts what was bought, returned and done before that day, and what was decided through it:
    enrolments, grants, households, reviews. So it is known as the day begins, and what is promised never depends on a
    purchase that came after the opening. The programme counts, not what was recorded.

    ``through`` is the last day whose events count; without it all do.

    >>> from datetime import UTC
    >>> from servicekit.tiers import TierProgram
    >>> engine = TierProgram.parse("{currency: CNY, levels: {normal: {}, vip: {by_grant: true}}}").compile()
    >>> tiers = CaseTiers(engine, [Enrolled("m-1", date(2026, 1, 2))])
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> case, problems = tiers.with_tier(Case("C-1", (Opened("C-1", nine, customer_id="m-1"),)), nine)
    >>> case.opened.facts, problems
    ({'tier': 'normal'}, ())
    """

    __slots__ = ("_engine", "_log", "_run", "_starts")

    def __init__(self, engine: TierEngine, events: Iterable[CustomerEvent], through: date | None = None) -> None:
        log = list(events)
        last = through or max((day_of(event.at, engine.timezone) for event in log), default=date.min)
        self._engine, self._run = engine, engine.fold(log, last)
        self._log = _EventsOfCustomers(engine, log)
        self._starts: dict[tuple[str, date], str | None] = {}

    @property
    def problems(self) -> tuple[ProblemGroup, ...]:
        """What was odd about the events."""
        return self._run.problems

    def with_tier(self, case: Case, as_of: datetime) -> tuple[Case, tuple[Problem, ...]]:
        """The case with the tier at its opening, and a change at each midnight until the case rests, or ``as_of``.

        Problems are warnings with the path ``case <id>.tier``: ``desk.no-tier`` (the case names no customer, or one who
        is not enrolled on the day of the opening; a recorded tier stays until they are) and ``desk.other-tier``
        (another tier was recorded than the programme says; a change may be recorded on the day before its own).
        """
        opened = case.opened
        if opened is None:
            return case, ()
        spans = self._spans(opened.customer_id, self._day(opened.at), self._day(max(opened.at, as_of, key=to_us)))
        tier = spans[0][1]
        facts = opened.facts if tier is None else {**opened.facts, TIER: tier}
        told = [replace(opened, facts=facts) if e is opened else e for e in case.events if not self._is_told(e, spans)]
        changes = [FieldChanged(case.case_id, self._midnight(day), TIER, tier) for day, tier in spans[1:]]
        end = _end(case, as_of)
        events = _merged(told, [change for change in changes if to_us(change.at) <= end])
        return replace(case, events=tuple(events)), tuple(self._problems(case, opened, spans))

    def _problems(self, case: Case, opened: Opened, spans: _Spans) -> Iterator[Problem]:
        path, recorded, tier = f"case {case.case_id}.{TIER}", opened.facts.get(TIER), spans[0][1]
        if tier is None:
            who = (
                "names no customer"
                if opened.customer_id is None
                else f"is of {opened.customer_id!r}, not enrolled then"
            )
            hint = "a tier that was recorded stays"
            yield Problem.warning("desk.no-tier", path, f"the case {who}, so the programme gives no tier", hint)
        elif recorded not in (*_UNTOLD, tier):
            yield _other_tier(path, recorded, tier)
        for event in case.events:
            if isinstance(event, FieldChanged) and self._is_told(event, spans) and not self._agrees(event, spans):
                yield _other_tier(path, event.to, _tier_on(spans, self._day(event.at)))

    def _agrees(self, event: FieldChanged, spans: _Spans) -> bool:
        """Whether a recorded change of tier is to what holds on its day, or on the next."""
        day = self._day(event.at)
        return event.to in (_tier_on(spans, day), _tier_on(spans, _after(day)))

    def _is_told(self, event: CaseEvent, spans: _Spans) -> bool:
        """Whether this is a recorded change of tier, in the place of which the programme tells what holds."""
        return (
            isinstance(event, FieldChanged) and event.name == TIER and _tier_on(spans, self._day(event.at)) is not None
        )

    def _day(self, moment: datetime) -> date:
        try:
            return day_of(moment, self._engine.timezone)
        except OverflowError:  # the zone's clock is past the year 9999, or before the year 1
            return moment.date()

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self._engine.timezone)

    def _spans(self, customer_id: str | None, first: date, last: date) -> _Spans:
        """The tiers that cases see from a day through another."""
        if customer_id is None or customer_id not in self._run:
            return ((first, None),)
        run = self._run if last <= self._run.as_of else self._run.later(last)
        held = self._renamed(run.spans(customer_id))
        active = self._log.active_days(customer_id)
        days = {first, *(day for day, _ in held), *active, *map(_after, active)}
        spans: list[tuple[date, str | None]] = []
        for day in sorted(day for day in days if first <= day <= last):
            tier = self._at_start(customer_id, day) if day in active else _tier_on(held, day)
            if not spans or spans[-1][1] != tier:
                spans.append((day, tier))
        return spans

    def _at_start(self, customer_id: str, day: date) -> str | None:
        """The tier as a day begins on which the customer buys, returns or does something, of which nothing is known."""
        if (customer_id, day) not in self._starts:
            run = self._engine.fold(self._log.before(customer_id, day), day)
            self._starts[customer_id, day] = run.tier(customer_id) if customer_id in run else None
        return self._starts[customer_id, day]

    def _renamed(self, spans: _Spans) -> _Spans:
        """The spans with the names that tiers have from the day of each version on."""
        renamed = dict(spans)
        for version in self._engine.versions:
            day = date.fromordinal(version.from_day or 1)
            held = _tier_on(sorted(renamed.items()), day)
            if held is not None and (name := version.names[version.level_of[held]]) != held:
                renamed[day] = name
        return sorted(renamed.items())


class _EventsOfCustomers:
    """The events by customer; in a programme for households, with those of everybody who shares one."""

    def __init__(self, engine: TierEngine, events: Iterable[CustomerEvent]) -> None:
        self._timezone = engine.timezone
        self._events = defaultdict[str, list[CustomerEvent]](list)
        members, homes = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for event in events:
            self._events[event.customer_id].append(event)
            if isinstance(event, Enrolled | HouseholdJoined) and event.household_id is not None:
                members[event.household_id].add(event.customer_id)
                homes[event.customer_id].add(event.household_id)
        self._members = members if engine.program.members == "household" else {}
        self._homes, self._active = homes, dict[str, frozenset[date]]()

    def active_days(self, customer_id: str) -> frozenset[date]:
        """The days on which something was bought, returned or done."""
        if customer_id not in self._active:
            done = (event for event in self._of(customer_id) if isinstance(event, _DONE))
            self._active[customer_id] = frozenset(day_of(event.at, self._timezone) for event in done)
        return self._active[customer_id]

    def before(self, customer_id: str, day: date) -> list[CustomerEvent]:
        """What was done before a day, and decided through it."""

        def is_known(event: CustomerEvent) -> bool:
            on = day_of(event.at, self._timezone)
            return on < day or (on == day and not isinstance(event, _DONE))

        return [event for event in self._of(customer_id) if is_known(event)]

    def _of(self, customer_id: str) -> Iterator[CustomerEvent]:
        homes = self._homes.get(customer_id, ())
        for each in sorted({customer_id}.union(*(self._members.get(home, ()) for home in homes))):
            yield from self._events[each]


def _after(day: date) -> date:
    """The next day; the last day there is has none after it."""
    return day if day == date.max else day + timedelta(days=1)


def _tier_on(spans: _Spans, day: date) -> str | None:
    return next((tier for start, tier in reversed(spans) if start <= day), None)


def _end(case: Case, as_of: datetime) -> int:
    """The moment after which no change of tier matters: when the case was put to rest, or when it is looked at."""
    last = max(case.events, key=lambda event: to_us(event.at))
    return min(to_us(last.at), to_us(as_of)) if isinstance(last, _AT_REST) else to_us(as_of)


def _merged(told: Iterable[CaseEvent], changes: Iterable[FieldChanged]) -> Iterator[CaseEvent]:
    """The events in the order in which they came, each change of tier before the first that is not older."""
    left = sorted(changes, key=lambda change: to_us(change.at), reverse=True)
    for event in told:
        while left and to_us(left[-1].at) <= to_us(event.at):
            yield left.pop()
        yield event
    yield from reversed(left)


def _other_tier(path: str, recorded: object, tier: str | None) -> Problem:
    message = f"recorded as {recorded!r}, and the programme says {tier!r}, which counts"
    return Problem.warning("desk.other-tier", path, message, "see the history of the customer's tiers")
