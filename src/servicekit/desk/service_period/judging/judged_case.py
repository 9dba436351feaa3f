"""A case and its verdicts at several instants, each judged once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from servicekit.errors import Problem
from servicekit.events import Case
from servicekit.sla import CaseVerdict

Judge: TypeAlias = Callable[[Case, datetime], CaseVerdict]
"""What a policy says of a case as of an instant."""


class JudgedCase:
    """A case of which the verdicts are asked as of several instants, the latest first.

    A verdict that nothing has changed since an earlier instant is that of the earlier one, too. ``odd`` are problems of
    the customer's tier.
    """

    __slots__ = ("_found", "_judge", "case", "odd")

    def __init__(self, judge: Judge, case: Case, odd: tuple[Problem, ...] = ()) -> None:
        self._judge, self.case, self.odd = judge, case, odd
        self._found: tuple[tuple[datetime, CaseVerdict], ...] = ()

    def at(self, as_of: datetime) -> CaseVerdict:
        """The verdict as of an instant in UTC.

        >>> from datetime import UTC
        >>> first = datetime(2026, 1, 1, tzinfo=UTC)
        >>> JudgedCase(lambda case, as_of: CaseVerdict((), ()), Case("C-1", ())).at(first).outcomes
        ()
        """
        for known_at, verdict in self._found:
            if known_at is as_of or known_at == as_of or (known_at > as_of and _has_ended(verdict, as_of)):
                return verdict
        verdict = self._judge(self.case, as_of)
        self._found += ((as_of, verdict),)
        return verdict


def _has_ended(verdict: CaseVerdict, by: datetime) -> bool:
    """Whether all clocks had stopped by then and nothing was odd, so that the verdict was the same."""
    return not verdict.problems and all(
        outcome.stopped_at is not None and outcome.stopped_at <= by for outcome in verdict.outcomes
    )
