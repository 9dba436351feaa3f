"""How purchases earn points, as documents: earn rules with their rates and caps, and campaigns that raise them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal, Self, TypeAlias

from annotated_types import Interval
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.quantity import FactorField, Money
from servicekit.rules import ConditionField, Match
from servicekit.vocabulary import Label, Word

CapUnit: TypeAlias = Literal["transaction", "day", "month", "quarter", "year"]
"""What a cap counts: ``transaction``, ``day``, ``month``, ``quarter`` or ``year``."""
Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""A day of the week, ``mon`` to ``sun``."""
_MOST = 2**53
WholePoints = Annotated[int, Interval(ge=1, le=_MOST)]
"""A document field that holds a number of points, at most those that the ledger can count."""


def _countable(value: Fraction) -> Fraction:
    if not 0 < value <= _MOST:
        hint = f"write a number above zero, and at most {_MOST:,}"
        raise DocumentValueError("loyalty.rate", "that many points are not earned", hint=hint)
    return value


def _per(value: object) -> object:
    if isinstance(value, str) and value in ("order", "unit"):
        return value
    try:
        amount = Money._from_document(value)
    except (TypeError, ValueError):
        amount = None
    if amount is None or amount.amount <= 0:
        message = f"{str(value)[:60]!r} is not what points are earned for"
        raise DocumentValueError("loyalty.rate", message, hint="write an amount such as 1 CNY, or order, or unit")
    return amount


class Rate(Document):
    """So many points for so much: ``{points: 1, per: 10 CNY}``.

    By itself the points of an amount are in proportion to it, and rounded once for the whole order: 3 points per 10 CNY
    are 5 for 19.99 CNY. With ``whole_steps`` only full steps count: 3 points.

    >>> Rate.parse("{points: 1.5, per: 10 CNY}").points
    Fraction(3, 2)
    """

    points: Annotated[FactorField, AfterValidator(_countable)]
    """How many points."""
    per: Annotated[Money | Literal["order", "unit"], BeforeValidator(_per)]
    """For what: an amount of money, each ``order``, or each ``unit`` of its lines."""
    whole_steps: bool = False
    """Whether only whole amounts, or whole units, count."""
    rounding: Literal["floor", "ceiling", "half_up", "half_even"] = "floor"
    """How a part of a point is rounded."""
    per_line: bool = False
    """Whether each line is rounded, and not the order."""


class EarnRule(Document):
    """How purchases earn points of one currency.

    What counts is the price after all discounts: one on the order is shared over its lines in proportion, and a line
    below zero, such as a reward, is one on the order.

    >>> rule = EarnRule.parse("{rate: {points: 1, per: 1 CNY}, exclude_categories: [gift_card], caps: {day: 500}}")
    >>> rule.currency, rule.caps
    ('points', {'day': 500})
    """

    currency: Word = "points"
    """Which points it gives, of those under ``currencies``."""
    rate: Rate
    """How many points for how much."""
    with_tax: bool = False
    """Whether the tax counts as well."""
    paid_with_points: bool = False
    """Whether the part that was paid with points counts as well; it is money that nobody paid."""
    categories: tuple[Word, ...] = ()
    """The only categories of lines that count; none listed: any."""
    exclude_categories: tuple[Word, ...] = ()
    """Categories of lines that do not count."""
    minimum_spend: Money | None = None
    """The least that must count for the purchase to earn anything."""
    channels: tuple[Word, ...] = ()
    """The only channels whose purchases earn; none listed: any."""
    when: ConditionField = Match()
    """Which purchases earn, by ``channel``, ``tier``, ``amount`` (net), ``on`` (the day) and ``at`` (the instant)."""
    tier_multiplier: Literal["apply", "ignore"] | dict[Word, FactorField] = "apply"
    """Whether the multiplier that the benefits of a tier give is applied or ignored; or multipliers of tiers of its
    own, 1 for those that are not listed."""
    caps: dict[CapUnit, WholePoints] = Field(default_factory=dict)
    """The most points that it gives in a transaction, a day, a month, a quarter or a year."""
    label: Label = ""
    """Its name for people."""

    def tier_factor(self, tier: str | None, benefit: Fraction) -> Fraction:
        """What the points of a tier are multiplied by; ``benefit`` is what the benefits of the tier say.

        >>> EarnRule.parse("{rate: {points: 1, per: 1 CNY}}").tier_factor("gold", Fraction(2))
        Fraction(2, 1)
        """
        if isinstance(self.tier_multiplier, Mapping):
            return self.tier_multiplier.get(tier or "", Fraction(1))
        return benefit if self.tier_multiplier == "apply" else Fraction(1)


class Campaign(Document):
    """Days on which purchases earn more: by a multiplier, or by a bonus for each purchase that earns.

    Multipliers combine with that of the tier by ``stacking``. Of the tier and all campaigns with ``best`` the highest
    counts; those with ``add`` add what they are above 1; those with ``multiply`` multiply the outcome. Bonuses are all
    added at the end.

    >>> Campaign.parse("{first_on: 2026-11-01, last_on: 2026-11-11, weekdays: [tue], multiplier: 2}").multiplier
    Fraction(2, 1)
    """

    first_on: date | None = None
    """The first day; none: it has always run."""
    last_on: date | None = None
    """The last day, which belongs to it; none: it runs on."""
    weekdays: tuple[Weekday, ...] = ()
    """The only days of the week that count; none listed: any."""
    multiplier: FactorField | None = None
    """By what points are multiplied."""
    bonus: WholePoints | None = None
    """How many points are added."""
    stacking: Literal["best", "add", "multiply"] = "best"
    """How the multiplier goes together with others."""
    rules: tuple[Word, ...] = ()
    """The earn rules that it raises; none listed: all."""
    when: ConditionField = Match()
    """Which purchases, by the same facts as in earn rules."""
    label: Label = ""
    """Its name for people."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.multiplier is None) == (self.bonus is None):
            hint = "write one of the two: multiplier: 2, or bonus: 100"
            raise DocumentValueError("loyalty.campaign", "a campaign has a multiplier or a bonus", hint)
        if self.first_on and self.last_on and self.last_on < self.first_on:
            message = f"it ends on {self.last_on}, before {self.first_on}, when it begins"
            raise DocumentValueError("loyalty.campaign", message, "swap the two", path="last_on")
        return self
