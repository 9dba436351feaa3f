"""The engine of a tier programme: events in, tiers out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import NamedTuple

from servicekit.errors import PolicyError, Problem
from servicekit.events import CustomerEvent, order_customers
from servicekit.tiers.account.account_json import account_from_json, account_to_json
from servicekit.tiers.account.compiled_program import CompiledProgram, rank_in_latest
from servicekit.tiers.account.days import advance, close
from servicekit.tiers.account.window_days import LAST_DAY
from servicekit.tiers.criteria import STANDARD_METRICS
from servicekit.tiers.program import TierProgram
from servicekit.tiers.run import TierRun
from servicekit.tiers.standing.status import TierChange, TierStatus
from servicekit.tiers.standing.view import changes_of, status_of
from servicekit.tiers.state import TierState, taken
from servicekit.timeline import zone


class ProgramVersion(NamedTuple):
    """One version of a programme and the day from which it is in force; the first is in force before its day as well.

    >>> program = TierProgram.parse("{currency: CNY, levels: {normal: {}}}")
    >>> TierEngine([ProgramVersion(program), ProgramVersion(program, date(2027, 1, 1))])
    TierEngine(normal, window='year')
    """

    program: TierProgram
    effective_on: date | None = None


class TierStep(NamedTuple):
    """What an event, or the passing of days, brought about: the changes of the days that have closed since.

    >>> TierStep(TierState()).changes
    ()
    """

    state: TierState
    changes: tuple[TierChange, ...] = ()
    problems: tuple[Problem, ...] = ()


class TierEngine:
    """A programme compiled; it never changes.

    A day counts as a whole, in the programme's time zone: the tier of a day is that at its end, whatever the order of
    what happened on it.

    >>> from decimal import Decimal
    >>> from servicekit.events import Enrolled, Purchase, PurchaseLine
    >>> from servicekit.quantity import Money
    >>> program = TierProgram.parse("{currency: CNY, levels: {normal: {}, vip: {qualify: {spend: 5000 CNY}}}}")
    >>> bought = (PurchaseLine(Money(Decimal("5200"), "CNY")),)
    >>> events = [Enrolled("m-1", date(2026, 1, 5)), Purchase("m-1", date(2026, 3, 1), "o-1", bought)]
    >>> status = program.compile().fold(events, date(2026, 6, 30))["m-1"]
    >>> status.tier, status.since, status.valid_until, status.reason
    ('vip', datetime.date(2026, 3, 1), datetime.date(2026, 12, 31), '5,200.00 of 5,000.00 CNY in 2026')

    Raises:
        PolicyError: a programme has errors, or one of several drops a tier that an earlier one has.
        TypeError: it is neither a programme nor versions of one, or a version begins on what is not a day.
        ValueError: there is no version, or the days on which they begin do not rise.
    """

    __slots__ = ("metrics", "timezone", "versions")

    def __init__(self, program: TierProgram | Sequence[ProgramVersion], *, timezone: str = "UTC") -> None:
        editions = [ProgramVersion(program)] if isinstance(program, TierProgram) else list(program)
        if not all(isinstance(each, ProgramVersion) for each in editions):
            raise TypeError(f"expected a TierProgram, or its versions as ProgramVersion, not {program!r:.80}")
        _check_days(editions)
        if problems := [problem for problem in _problems(editions) if problem.is_error]:
            raise PolicyError(problems)
        named = dict.fromkeys(name for edition in editions for name in edition.program.activities)
        self.metrics: tuple[str, ...] = (*STANDARD_METRICS, *named)
        self.timezone = zone(editions[-1].program.timezone or timezone)
        self.versions = tuple(
            CompiledProgram(each, self.metrics, None if day is None else day.toordinal()) for each, day in editions
        )
        rank_in_latest(self.versions)

    def __reduce__(self) -> tuple[Callable[[list[ProgramVersion], str], TierEngine], tuple[list[ProgramVersion], str]]:
        days = (None if each.from_day is None else date.fromordinal(each.from_day) for each in self.versions)
        versions = [ProgramVersion(each.program, day) for each, day in zip(self.versions, days, strict=True)]
        return _compiled, (versions, self.timezone.key)  # what was compiled is cheap to compile again

    @property
    def program(self) -> TierProgram:
        """The programme, in its latest version."""
        return self.versions[-1].program

    def __repr__(self) -> str:
        return f"TierEngine({' < '.join(self.versions[-1].names)}, window={self.program.window.text!r})"

    def fold(self, events: Iterable[CustomerEvent], as_of: date, *, in_order: bool = False) -> TierRun:
        """Where everybody stands at the end of ``as_of``, after some events in any order.

        The events are sorted first, which keeps them all in memory. With ``in_order`` they are taken as they come, and
        only what can still count is kept of each customer: the sums of the days of the window, and the orders of those
        days. An event that is older than the last one of its customer is then reported (``tiers.late``).

        Raises:
            TypeError: ``as_of`` is not a day.
        """
        run = TierRun(self.versions, self.timezone, _a_day(as_of))
        if not in_order:
            log = order_customers(events, self.timezone)
            run.add_problems(log.problems)
            events = log.events if self.program.members == "household" else _by_customer(log.events)
        run.take_all(events)
        return run

    def start(self) -> TierState:
        """The state of a customer or household of whom nothing is known yet."""
        return TierState()

    def step(self, state: TierState, event: CustomerEvent) -> TierStep:
        """Count one event; the events of one customer, in order of their days.

        A change of tier is told once its day has closed: by an event of a later day, or by :meth:`advance`. Who belongs
        to a household is not known here: in a programme for households, keep a state for each, and for members apart.

        Raises:
            ValueError: the event is of another customer than the state, in a programme where each stands alone.
        """
        if state.customer_id not in (None, event.customer_id) and self.program.members == "customer":
            raise ValueError(f"an event of customer {event.customer_id!r} cannot change {state.customer_id!r}")
        after, problems = taken(self.versions, self.timezone, state, event)
        return TierStep(after, self._changes(state, after), problems)

    def advance(self, state: TierState, through: date) -> TierStep:
        """Let days pass without an event, ``through`` the last of them; events of that day come late afterwards.

        Raises:
            TypeError: ``through`` is not a day.
        """
        day = min(_a_day(through).toordinal() + 1, LAST_DAY)
        if state.account is None or day <= state.account.day:
            return TierStep(state)
        account = state.account.copy()
        advance(account, day, self.versions)
        after = TierState(account)
        return TierStep(after, self._changes(state, after))

    def status(self, state: TierState, as_of: date) -> TierStatus | None:
        """Where the customer of a state stands at the end of a day; None where nobody has enrolled.

        Raises:
            TypeError: ``as_of`` is not a day, or ``state`` no state (a run answers by id: ``run["m-1"]``).
            ValueError: the state includes later events, so it cannot answer for that day.
        """
        if not isinstance(state, TierState):
            raise TypeError(
                f"expected a TierState, not {state!r}; a run answers by id: engine.fold(events, day)['m-1']"
            )
        day = _a_day(as_of).toordinal()
        if state.account is None:
            return None
        if day < state.account.day:
            raise ValueError(f"the state includes events up to {date.fromordinal(state.account.day)}, after {as_of}")
        account = state.account.copy()
        advance(account, day, self.versions)
        close(account)
        return status_of(self.versions, account)

    def save(self, state: TierState) -> str:
        """A state as JSON text; :meth:`load` reads it back under the same programme, or a later version of it."""
        return account_to_json(state.account, self.metrics)

    def load(self, text: str) -> TierState:
        """The state that :meth:`save` wrote.

        Raises:
            TierStateError: the text holds none, was changed since, or names a tier or a metric that is gone.
        """
        return TierState(account_from_json(text, self.versions, self.metrics))

    def _changes(self, before: TierState, after: TierState) -> tuple[TierChange, ...]:
        known = 0 if before.account is None else len(before.account.changes)
        return () if after.account is None else changes_of(self.versions, after.account)[known:]


def _compiled(versions: list[ProgramVersion], timezone: str) -> TierEngine:
    return TierEngine(versions, timezone=timezone)


def _by_customer(events: Iterable[CustomerEvent]) -> Iterator[CustomerEvent]:
    """One customer after the other, each in order: their accounts stay at hand, which is faster."""
    customers: defaultdict[str, list[CustomerEvent]] = defaultdict(list)
    for event in events:
        customers[event.customer_id].append(event)
    return chain.from_iterable(customers.values())


def _a_day(day: object) -> date:
    if isinstance(day, datetime) or not isinstance(day, date):
        raise TypeError(
            f"expected a day such as date(2026, 6, 30), not {day!r}; days are those of the programme's zone"
        )
    return day


def _check_days(editions: Sequence[ProgramVersion]) -> None:
    days = [None if day is None else _a_day(day) for _, day in editions]
    begins = [day for day in days if day is not None]
    if not days or None in days[1:] or sorted(set(begins)) != begins:
        raise ValueError("versions come in the order in which they begin, each after the first with a day of its own")


def _problems(editions: Sequence[ProgramVersion]) -> Iterator[Problem]:
    for place, (program, _) in enumerate(editions):
        path = f"version {place + 1}" if len(editions) > 1 else ""
        yield from (problem.under(path) if path else problem for problem in program.problems())
        if place:
            yield from (problem.under(path) for problem in program.change_problems(editions[place - 1].program))
