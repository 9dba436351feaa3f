"""A loyalty programme as a document: how points are earned, how they expire, are spent and are taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from annotated_types import MinLen
from pydantic import Field, WrapValidator, model_serializer, model_validator
from pydantic_core.core_schema import ValidatorFunctionWrapHandler

from servicekit.document import Document, DocumentValueError
from servicekit.loyalty.program.earn_rule import Campaign, EarnRule, WholePoints
from servicekit.loyalty.program.expiry import ExpiryField, Never
from servicekit.loyalty.terms import ActivityKind, ConsumptionOrder, Shortfall
from servicekit.quantity import Money
from servicekit.timeline import BusinessDays, CalendarDays, DurationField, ZoneName
from servicekit.vocabulary import Label, Word

if TYPE_CHECKING:
    from servicekit.errors import Problem
    from servicekit.loyalty.program.loyalty_engine import LoyaltyEngine
    from servicekit.loyalty.program.member_words import Language

_MOST_DAYS = 36_525  # a hundred years
_VALUE = "write the worth of a point, such as 0.01 CNY, or of several: {points: 300, worth: 1 CNY}"
_ACTIVITIES: tuple[ActivityKind, ...] = get_args(ActivityKind)


def _calendar_days(value: object, read: ValidatorFunctionWrapHandler) -> CalendarDays:
    with suppress(ValueError):  # its hint would name hours and business days as well
        if isinstance(days := read(value), CalendarDays) and days.days <= _MOST_DAYS:
            return days
    message = f"{str(value)[:60]!r} is not a number of calendar days"
    raise DocumentValueError("loyalty.days", message, hint="write it as 14cd")


DayCount = Annotated[DurationField, WrapValidator(_calendar_days)]


def days_of(amount: CalendarDays | BusinessDays | timedelta | None) -> int:
    """The number of a :data:`DayCount`; 0 where there is none."""
    return amount.days if isinstance(amount, CalendarDays) else 0


class PointsValue(Document):
    """What points are worth in money. In a document, the worth of one point, ``0.01 CNY``, or of several.

    >>> PointsValue.model_validate("0.01 CNY").of_one, PointsValue.parse("{points: 300, worth: 1 CNY}").of_one
    (Fraction(1, 100), Fraction(1, 300))
    """

    points: WholePoints = 1
    """How many points."""
    worth: Money
    """What they are worth together."""

    @property
    def of_one(self) -> Fraction:
        """What one point is worth, exactly."""
        return Fraction(self.worth.amount) / self.points

    @model_validator(mode="before")
    @classmethod
    def _from_money(cls, data: object) -> object:
        if not isinstance(data, str | Money | Mapping):
            raise DocumentValueError("loyalty.value", f"{data!r:.60} is not what points are worth", hint=_VALUE)
        return data if isinstance(data, Mapping) else {"worth": data}

    @model_validator(mode="after")
    def _check(self) -> PointsValue:
        if self.worth.amount <= 0:
            raise DocumentValueError(
                "loyalty.value", f"points are not worth {self.worth}", "write 0.01 CNY, or no value"
            )
        return self

    @model_serializer(mode="plain")
    def _to_money(self) -> str | dict[str, object]:
        return str(self.worth) if self.points == 1 else {"points": self.points, "worth": str(self.worth)}


class PointsCurrency(Document):
    """One kind of points. Those that qualify for tiers are kept apart from those that are spent.

    >>> PointsCurrency(unit_value="0.01 CNY").kind
    'redeemable'
    """

    kind: Literal["redeemable", "qualifying"] = "redeemable"
    """Whether the points can be spent, or only count for tiers."""
    unit_value: PointsValue | None = None
    """What a point is worth in money when it is spent: ``0.01 CNY``, or ``{points: 300, worth: 1 CNY}``."""
    expiry: ExpiryField | None = None
    """How these points expire, if not as the programme says."""
    pending: DayCount | None = None
    """How long these points are pending, if not as the programme says."""
    label: Label = ""
    """Its name for people."""


class Redemption(Document):
    """How points are spent.

    >>> Redemption.parse("{minimum: 100, multiple_of: 50, order: fifo}").most_per_order is None
    True
    """

    minimum: WholePoints = 1
    """The least that can be spent at once."""
    multiple_of: WholePoints = 1
    """The step in which points are spent."""
    most_per_order: WholePoints | None = None
    """The most that can be spent at once."""
    order: ConsumptionOrder = "earliest_expiry"
    """Which points are spent first: those that expire first, that were earned first (``fifo``) or last (``lifo``), or
    that are worth most (``hifo``)."""


class Reversal(Document):
    """What becomes of points that were spent and are given back; they keep the day on which they expire.

    >>> Reversal(grace="30cd").grace.days
    30
    """

    grace: DayCount | None = None
    """For how long points can at least be used again that expire before that; without it, not longer than before."""


class Clawback(Document):
    """How points are taken back that a refund, or the reversal of an earn, takes away.

    >>> Clawback().shortfall
    'debt'
    """

    lots: Literal["own_then_others", "own_only"] = "own_then_others"
    """Which points are taken: those that were earned then, and after them others of the member; or only those."""
    shortfall: Shortfall = "debt"
    """What happens to points that are spent already: ``deny`` refuses, ``floor`` lets them go, ``debt`` is repaid by
    what is earned later."""


class LoyaltyProgram(Document):
    """How customers earn points and what becomes of them. The defaults: points never expire and can be spent at once.

    >>> program = LoyaltyProgram.parse('''
    ... currency: CNY
    ... currencies: {points: {unit_value: 0.01 CNY}, status: {kind: qualifying}}
    ... earn:
    ...   base: {rate: {points: 1, per: 1 CNY}, caps: {day: 5000}}
    ...   status: {currency: status, rate: {points: 1, per: 10 CNY}, tier_multiplier: ignore}
    ... campaigns:
    ...   tuesdays: {weekdays: [tue], multiplier: 2, rules: [base]}
    ... pending: 14cd
    ... expiry: {kind: rolling_months, months: 12, round_up: month}
    ... redemption: {minimum: 100, multiple_of: 50}
    ... ''')
    >>> program.problems(), program.compile()
    ((), LoyaltyEngine(points, status; rules base, status))
    """

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """The currency of money; purchases in another earn nothing."""
    timezone: ZoneName | None = None
    """Where its days begin; without it, in the policy's zone, or in UTC."""
    currencies: Annotated[dict[Word, PointsCurrency], MinLen(1)] = Field(
        default_factory=lambda: {"points": PointsCurrency()}
    )
    """The kinds of points, by name; by itself there is one, ``points``."""
    earn: dict[Word, EarnRule] = Field(default_factory=dict)
    """The earn rules by name; each gives its points, and those of one currency are added."""
    campaigns: dict[Word, Campaign] = Field(default_factory=dict)
    """Campaigns by name."""
    pending: DayCount | None = None
    """How long earned points wait before they can be spent: the first day on which they can is so many days later."""
    expiry: ExpiryField = Field(default_factory=Never)
    """How points expire."""
    redemption: Redemption = Field(default_factory=Redemption)
    """How they are spent."""
    reversal: Reversal = Field(default_factory=Reversal)
    """How they are given back."""
    clawback: Clawback = Field(default_factory=Clawback)
    """How they are taken back."""
    activity: Annotated[tuple[ActivityKind, ...], MinLen(1)] = _ACTIVITIES
    """What counts as activity of a member where inactivity lets points expire; by itself, everything listed."""

    def own_problems(self) -> Iterable[Problem]:
        """Names that stand for nothing, money in another currency, settings that do nothing, points that are dead."""
        from servicekit.loyalty.program.program_check import program_problems

        return program_problems(self)

    def word_problems(self, tiers: Iterable[str], channels: Iterable[str]) -> Iterable[Problem]:
        """Tiers and channels that a vocabulary does not list; one that lists none is content with any."""
        from servicekit.loyalty.program.program_check import word_problems

        return word_problems(self, tuple(tiers), tuple(channels))

    def change_problems(self, before: LoyaltyProgram) -> Iterable[Problem]:
        """What of the version before cannot become this one: points that are gone, another currency of money."""
        from servicekit.loyalty.program.program_check import change_problems

        return change_problems(before, self)

    def compile(self, *, timezone: str = "UTC") -> LoyaltyEngine:
        """The engine of this programme; ``timezone`` is for a programme that names none.

        Raises:
            PolicyError: the programme has errors.
        """
        from servicekit.loyalty.program.loyalty_engine import LoyaltyEngine

        return LoyaltyEngine(self, timezone=timezone)

    def describe(self, language: Language = "en") -> str:
        """The programme for its members, a sentence a line, in English or Chinese.

        >>> program = LoyaltyProgram.parse("{currency: CNY, expiry: {kind: rolling_months, months: 12}}")
        >>> print(program.describe().splitlines()[0])
        Points can be spent. Points are valid at once. Points are valid through the same day 12 months later.
        """
        from servicekit.loyalty.program.member_text import member_text

        return member_text(self, language)
