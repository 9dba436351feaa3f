"""The life of a customer, one record per thing that happened: joined, did something, was given a tier.

Moments are as in :mod:`~servicekit.events.purchase`: an aware datetime, or a day. Days that take part in rules are
whole days of the programme that reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from servicekit.events.exact_values import check_day, check_moment, check_number
from servicekit.events.purchase import Moment, Purchase, Refund


@dataclass(frozen=True, slots=True)
class _CustomerEvent:
    customer_id: str
    at: Moment

    def __post_init__(self) -> None:
        check_moment(self.at)


@dataclass(frozen=True, slots=True)
class Enrolled(_CustomerEvent):
    """The customer joined the programme.

    >>> Enrolled("m-1", date(2026, 1, 5), birthday=date(2000, 2, 29)).household_id is None
    True

    Raises:
        TypeError: the birthday is not a day.
    """

    birthday: date | None = None
    household_id: str | None = None
    """The household or company that the customer belongs to from the start."""

    def __post_init__(self) -> None:
        check_moment(self.at)
        check_day(self.birthday)


@dataclass(frozen=True, slots=True)
class Activity(_CustomerEvent):
    """Something other than money that counts towards a tier: nights, visits, points of a qualifying currency.

    ``delta`` is added to ``metric``; a negative one takes away. An activity with a ``key`` counts once.

    >>> Activity("m-1", date(2026, 1, 5), "nights", 2, key="stay-7").delta
    2

    Raises:
        TypeError: ``delta`` is neither an int nor a Decimal.
        ValueError: it is not finite, or has a digit more than 400 places from the point.
    """

    metric: str
    delta: int | Decimal
    key: str | None = None

    def __post_init__(self) -> None:
        check_moment(self.at)
        check_number(f"the change of {self.metric}", self.delta)


@dataclass(frozen=True, slots=True)
class TierGranted(_CustomerEvent):
    """The customer was given a tier, whatever they have bought: a status match, a goodwill gesture, a paid membership.

    It is in force from ``effective_on`` (the day of ``at``, unless it is said) through ``last_on``, or until it is
    revoked. What was earned goes on below it.

    >>> TierGranted("m-1", date(2026, 1, 5), "gold", "status match", last_on=date(2026, 12, 31)).tier
    'gold'

    Raises:
        TypeError: ``last_on`` or ``effective_on`` is not a day.
        ValueError: ``last_on`` lies before ``effective_on``.
    """

    tier: str
    reason: str
    last_on: date | None = None
    effective_on: date | None = None

    def __post_init__(self) -> None:
        check_moment(self.at)
        check_day(self.last_on)
        check_day(self.effective_on)
        if self.last_on is not None and self.effective_on is not None and self.last_on < self.effective_on:
            raise ValueError(f"a grant cannot end on {self.last_on}, before it begins on {self.effective_on}")


@dataclass(frozen=True, slots=True)
class TierRevoked(_CustomerEvent):
    """Grants of ``tier``, or all of them, are over from ``effective_on`` (the day of ``at``, unless it is said).

    One that lies ahead is known at once and takes effect then. What was earned is not touched.

    >>> TierRevoked("m-1", date(2026, 8, 14), "asked for it", effective_on=date(2026, 9, 4)).tier is None
    True

    Raises:
        TypeError: ``effective_on`` is not a day.
    """

    reason: str
    tier: str | None = None
    effective_on: date | None = None

    def __post_init__(self) -> None:
        check_moment(self.at)
        check_day(self.effective_on)


@dataclass(frozen=True, slots=True)
class HouseholdJoined(_CustomerEvent):
    """The customer belongs to a household or company from this day on; one that they were in before is left.

    >>> HouseholdJoined("m-1", date(2026, 1, 5), "h-9").household_id
    'h-9'
    """

    household_id: str


@dataclass(frozen=True, slots=True)
class HouseholdLeft(_CustomerEvent):
    """The customer belongs to no household from this day on.

    >>> HouseholdLeft("m-1", date(2026, 1, 5)).customer_id
    'm-1'
    """


CustomerEvent: TypeAlias = (
    Enrolled | HouseholdJoined | HouseholdLeft | Purchase | Refund | Activity | TierGranted | TierRevoked
)
"""Any of the things that can happen to a customer; match it exhaustively, with ``assert_never`` at the end."""
