"""The life cycle of customers: how long they have been silent, and what that makes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import AfterValidator, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.timeline import CalendarDays, Duration, DurationField

LifeCycleState: TypeAlias = Literal["new", "active", "at_risk", "dormant", "lost", "never_active"]
"""What a customer is: new, active, at risk, dormant, lost, or never active."""

STATES: tuple[LifeCycleState, ...] = get_args(LifeCycleState)


_MOST_DAYS = 36_525  # a hundred years


def _whole_days(amount: Duration) -> Duration:
    if not isinstance(amount, CalendarDays) or not 1 <= amount.days <= _MOST_DAYS:
        message = f"a number of calendar days is needed, from 1 to {_MOST_DAYS:,}"
        raise DocumentValueError("segments.days", message, hint="write it as 90cd")
    return amount


DayCount = Annotated[DurationField, AfterValidator(_whole_days)]
"""A document field that holds a number of calendar days, such as ``90cd``."""


def days_of(amount: Duration | None) -> int:
    """The number of a :data:`DayCount`; 0 where there is none."""
    return amount.days if isinstance(amount, CalendarDays) else 0


class LifeCycle(Document):
    """From how many days of silence on a customer is at risk, dormant, lost; each begins exactly on its day.

    >>> LifeCycle.parse("{new: 30cd, at_risk: 90cd, dormant: 180cd, lost: 365cd}").lost.days
    365
    """

    new: DayCount | None = None
    """For how many days, from the first activity on, an active customer is called new; without it, nobody is."""
    at_risk: DayCount
    """From how many days without activity on a customer is at risk."""
    dormant: DayCount
    """From how many days on a customer is dormant."""
    lost: DayCount | None = None
    """From how many days on a customer is lost; without it, nobody is."""

    @property
    def begins(self) -> dict[LifeCycleState, int]:
        """The days of silence at which each state begins, the longest last."""
        starts: dict[LifeCycleState, int] = {"at_risk": days_of(self.at_risk), "dormant": days_of(self.dormant)}
        return starts if self.lost is None else {**starts, "lost": days_of(self.lost)}

    @model_validator(mode="after")
    def _check_rise(self) -> LifeCycle:
        for (_, low), (state, high) in pairwise(self.begins.items()):
            if high <= low:
                message = f"{state} begins at {high} days, no later than the state before, at {low}"
                raise DocumentValueError("segments.not-rising", message, "let the days rise", path=state)
        return self


def life_cycle_state(life_cycle: LifeCycle, active_on: Sequence[date], as_of: date) -> LifeCycleState:
    """What a customer is on a day, by the days on which they bought or did anything, in order; later ones do not count.

    >>> stages = LifeCycle.parse("{at_risk: 90cd, dormant: 180cd}")
    >>> [life_cycle_state(stages, [date(2026, 4, day)], date(2026, 7, 1)) for day in (3, 2)]
    ['active', 'at_risk']
    """
    known = [day for day in active_on if day <= as_of]
    if not known:
        return "never_active"
    silent = (as_of - known[-1]).days
    reached = [state for state, days in life_cycle.begins.items() if silent >= days]
    if reached:
        return reached[-1]
    return "new" if (as_of - known[0]).days < days_of(life_cycle.new) else "active"


def state_since(life_cycle: LifeCycle, state: LifeCycleState, active_on: Sequence[date]) -> date:
    """The day on which a customer, who is in this state now, came into it; they have been active before.

    >>> stages = LifeCycle.parse("{at_risk: 90cd, dormant: 180cd}")
    >>> state_since(stages, "dormant", [date(2026, 1, 2)])
    datetime.date(2026, 7, 1)
    """
    return active_on[-1] + timedelta(days=life_cycle.begins.get(state, 0))


def days_reached(length: int, active_on: Sequence[date]) -> Iterator[date]:
    """Every day on which a silence came to so many days: the customer was not active in between, nor on that day.

    >>> list(days_reached(90, [date(2026, 1, 1), date(2026, 1, 31), date(2026, 6, 1)]))
    [datetime.date(2026, 5, 1), datetime.date(2026, 8, 30)]
    """
    for last, following in pairwise((*active_on, None)):
        if last is not None and length <= (following or date.max).toordinal() - last.toordinal():
            reached = last + timedelta(days=length)
            if reached != following:
                yield reached
