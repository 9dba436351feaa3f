"""What the ledger needs to know of one currency of points: a programme, compiled for booking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, tzinfo
from typing import Literal, NamedTuple, Protocol, TypeAlias

from servicekit.loyalty.rejected import UnknownCurrencyError

ConsumptionOrder: TypeAlias = Literal["earliest_expiry", "fifo", "lifo", "hifo"]
Shortfall: TypeAlias = Literal["deny", "floor", "debt"]
ActivityKind: TypeAlias = Literal["earn", "redeem", "transfer_in", "adjust", "reverse", "release"]

CREDITS: frozenset[ActivityKind] = frozenset(("earn", "redeem", "transfer_in", "adjust", "reverse", "release"))


class Terms(NamedTuple):
    """How points of one currency expire, are spent and are taken back.

    ``expires_on`` gives the first unusable day of points earned on a day, by everything but inactivity; ``lapses_on``
    the first unusable day after a last activity, ``None`` where inactivity does nothing. ``available_on`` gives the day
    from which points can be spent, ``None`` for at once. ``activity`` lists what counts as activity. Points
    that are not redeemable only count for tiers.

    >>> Terms("points", shortfall="deny").minimum
    1
    """

    currency: str
    expires_on: Callable[[date], date | None] = lambda earned_on: None
    lapses_on: Callable[[date], date] | None = None
    available_on: Callable[[date], date | None] = lambda earned_on: None
    activity: frozenset[ActivityKind] = CREDITS
    order: ConsumptionOrder = "earliest_expiry"
    minimum: int = 1
    multiple_of: int = 1
    most: int | None = None
    grace_days: int | None = None
    shortfall: Shortfall = "debt"
    from_other_lots: bool = True
    is_redeemable: bool = True


class BookingRules(Protocol):
    """What a ledger asks of a programme; a :class:`LoyaltyEngine` answers it, and so does :class:`FixedTerms`.

    >>> rules: BookingRules = FixedTerms(Terms("points"))
    >>> rules.terms("points").shortfall
    'debt'
    """

    @property
    def timezone(self) -> tzinfo:
        """The zone whose days count."""

    def currency(self, name: str | None) -> str:
        """The currency of that name, or the one that can be redeemed where none is named.

        Raises:
            UnknownCurrencyError: there is no such currency, or several where none is named.
        """

    def terms(self, currency: str) -> Terms:
        """The terms of a currency."""


class FixedTerms:
    """Booking rules without a programme: terms by currency, and a zone; the first currency is the usual one.

    >>> FixedTerms(Terms("points")).currency(None)
    'points'
    """

    __slots__ = ("_terms", "timezone")

    def __init__(self, *terms: Terms, timezone: tzinfo = UTC) -> None:
        self._terms = {each.currency: each for each in terms}
        self.timezone = timezone

    def currency(self, name: str | None) -> str:
        """The currency of that name; the first where none is named."""
        if name is None:
            return next(iter(self._terms))
        if name not in self._terms:
            raise UnknownCurrencyError(f"there is no currency {name!r}; known: {', '.join(self._terms)}")
        return name

    def terms(self, currency: str) -> Terms:
        """The terms of a currency."""
        return self._terms[currency]
