"""The tiers of customers as facts of their cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, datetime, timedelta
from operator import itemgetter
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

_Spans: TypeAlias = Sequence[tuple[date, str]]
"""First days, in order, and the tier that cases have from the midnight of each."""

_AT_REST = (Resolved, Closed, Cancelled, MergedInto)
_UNTOLD = (None, "")


class CaseTiers:
    """Gives cases the tiers of their customers, as the programme has them: the fact ``tier``.

    A change of tier reaches cases at the local midnight at which its day begins. Where the customer, or the household,
    bought, returned or did something on that day, it reaches them at the midnight that ends the day: what is promised
    never depends on a purchase that came after the opening. The programme counts, not what was recorded.

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

    __slots__ = ("_active_days", "_engine", "_known", "_run")

    def __init__(self, engine: TierEngine, events: Iterable[CustomerEvent], through: date | None = None) -> None:
        log = list(events)
        last = through or max((day_of(event.at, engine.timezone) for event in log), default=date.min)
        self._engine, self._run = engine, engine.fold(log, last)
        self._active_days = _active_days(engine, log)
        self._known: dict[str, tuple[date, _Spans]] = {}

    @property
    def problems(self) -> tuple[ProblemGroup, ...]:
        """What was odd about the events."""
        return self._run.problems

    def with_tier(self, case: Case, as_of: datetime) -> tuple[Case, tuple[Problem, ...]]:
        """The case with the tier at its opening, and a change at each midnight until the case rests, or ``as_of``.

        Problems are warnings with the path ``case <id>.tier``: ``desk.no-tier`` (the case names no customer, or one who
        is not enrolled on the day of the opening; a recorded tier stays until they are) and ``desk.other-tier``
        (another tier was recorded than the programme says; a change may be recorded on its day or the next).
        """
        opened = case.opened
        if opened is None:
            return case, ()
        spans = self._spans(opened.customer_id, self._day(max(opened.at, as_of, key=to_us)))
        tier = _tier_on(spans, self._day(opened.at))
        facts = opened.facts if tier is None else {**opened.facts, TIER: tier}
        told = [replace(opened, facts=facts) if e is opened else e for e in case.events if not self._is_told(e, spans)]
        later = [(day, tier) for day, tier in spans if day > self._day(opened.at)]
        changes = [FieldChanged(case.case_id, self._midnight(day), TIER, tier) for day, tier in later]
        end = _end(case, as_of)
        events = _merged(told, [change for change in changes if to_us(change.at) <= end])
        return replace(case, events=tuple(events)), tuple(self._problems(case, opened, tier, spans))

    def _problems(self, case: Case, opened: Opened, tier: str | None, spans: _Spans) -> Iterator[Problem]:
        path, recorded = f"case {case.case_id}.{TIER}", opened.facts.get(TIER)
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
        return event.to in (_tier_on(spans, day), _tier_on(spans, _after(day) or day))

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

    def _spans(self, customer_id: str | None, through: date) -> _Spans:
        """What cases of a customer see, at least through a day; nothing where nobody has enrolled."""
        if customer_id is None or customer_id not in self._run:
            return ()
        known = self._known.get(customer_id)
        if known is None or known[0] < through:
            known = self._known[customer_id] = through, self._new_spans(customer_id, through)
        return known[1]

    def _new_spans(self, customer_id: str, through: date) -> _Spans:
        run = self._run if through <= self._run.as_of else self._run.later(through)
        active = self._active_days.get(customer_id, frozenset())
        (enrolled_on, first), *moves = run.spans(customer_id)
        spans = {enrolled_on: first}
        for on, tier in moves:
            if (day := _after(on) if on in active else on) is not None:
                spans[day] = tier
        return self._renamed(sorted(spans.items(), key=itemgetter(0)))

    def _renamed(self, spans: _Spans) -> _Spans:
        """The spans with the names that tiers have from the day of each version on."""
        renamed = dict(spans)
        for version in self._engine.versions:
            day = date.fromordinal(version.from_day or 1)
            held = _tier_on(sorted(renamed.items()), day)
            if held is not None and (name := version.names[version.level_of[held]]) != held:
                renamed[day] = name
        return sorted(renamed.items())


def _active_days(engine: TierEngine, events: Iterable[CustomerEvent]) -> Mapping[str, Set[date]]:
    """On which days customers, or members of their households, bought, returned or did something."""
    days, members = defaultdict[str, set[date]](set), defaultdict[str, set[str]](set)
    for event in events:
        if isinstance(event, Purchase | Refund | Activity):
            days[event.customer_id].add(day_of(event.at, engine.timezone))
        elif isinstance(event, Enrolled | HouseholdJoined) and event.household_id is not None:
            members[event.household_id].add(event.customer_id)
    if engine.program.members == "customer":
        return days
    joint = {customer_id: set(own) for customer_id, own in days.items()}
    for together in members.values():
        shared = set[date]().union(*(days.get(each, ()) for each in together))
        for each in together:
            joint.setdefault(each, set()).update(shared)
    return joint


def _after(day: date) -> date | None:
    return None if day == date.max else day + timedelta(days=1)


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
