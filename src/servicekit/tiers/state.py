"""A customer or household taken event by event: the state so far, as a value, and as JSON."""

from __future__ import annotations

from datetime import date, tzinfo

from servicekit.errors import Problem
from servicekit.events import CustomerEvent, Enrolled, day_of
from servicekit.tiers.account.account import Account
from servicekit.tiers.account.compiled_program import Versions
from servicekit.tiers.account.days import advance, version_on
from servicekit.tiers.account.intake import before_enrolment, enrol, take


class TierState:
    """What is known of one account after some events: it never changes, and is small.

    ``TierEngine.start`` makes the first, ``step`` each further one, ``TierEngine.save`` and ``load`` keep it as JSON.

    >>> TierState()
    TierState(None)
    """

    __slots__ = ("account",)

    def __init__(self, account: Account | None = None) -> None:
        self.account = account

    @property
    def customer_id(self) -> str | None:
        """Whose it is, once somebody has enrolled."""
        return None if self.account is None else self.account.account_id

    @property
    def open_on(self) -> date | None:
        """The day whose verdict is still to come, of which events may follow."""
        return None if self.account is None else date.fromordinal(self.account.day)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TierState) and self.account == other.account

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"TierState({', '.join(map(str, filter(None, (self.customer_id, self.open_on)))) or None})"


def taken(
    versions: Versions, tz: tzinfo, state: TierState, event: CustomerEvent
) -> tuple[TierState, tuple[Problem, ...]]:
    """The state after one more event, and what was odd about it."""
    day = day_of(event.at, tz).toordinal()
    if state.account is None:
        version = version_on(versions, day)
        if not (isinstance(event, Enrolled) or version.program.enrolment == "automatic"):
            return state, (before_enrolment(event),)
        account = enrol(event.customer_id, version, day)
    else:
        account = state.account.copy()
        advance(account, day, versions)
    problems = tuple(take(account, event, day))
    return TierState(account), problems
