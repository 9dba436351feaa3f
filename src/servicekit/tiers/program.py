"""A tier programme as a document: the tiers, how they are reached and kept, and what they give."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

from annotated_types import Ge, MinLen
from pydantic import AfterValidator, Field, WrapValidator, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.tiers.benefits import Benefits
from servicekit.tiers.criteria import Criteria
from servicekit.tiers.window import QualificationWindow
from servicekit.timeline import CalendarDays, Duration, DurationField, ZoneName
from servicekit.vocabulary import Label, Word

if TYPE_CHECKING:
    from servicekit.errors import Problem
    from servicekit.tiers.engine import TierEngine

_MONTHS = re.compile(r"([1-9][0-9]{0,2}) months?")


def _validity(text: str) -> str:
    if text in ("period_end", "next_period_end") or _MONTHS.fullmatch(text):
        return text
    hint = "write period_end, next_period_end, or a number of months such as '12 months'"
    raise DocumentValueError("tiers.validity", f"{text[:60]!r} is not a status period", hint=hint)


Validity: TypeAlias = Annotated[str, AfterValidator(_validity)]
"""How long a tier is kept: ``period_end`` (of the window), ``next_period_end``, or ``12 months``."""


def _calendar_days(value: object, read: Callable[[object], Duration]) -> CalendarDays:
    with suppress(ValueError):  # its hint would name hours and business days as well
        if isinstance(grace := read(value), CalendarDays):
            return grace
    message = f"{str(value)[:60]!r} is not a number of calendar days"
    raise DocumentValueError("tiers.grace", message, hint="write it as 31cd")


class Downgrade(Document):
    """When a tier is lost. In a document ``when`` may stand alone: ``downgrade: never``.

    >>> Downgrade.parse("{when: at_review, grace: 31cd, max_levels: 1}").grace_days
    31
    """

    when: Literal["never", "immediate", "at_review"] = "at_review"
    """Never; on the day on which its criteria are no longer met; or when its status period has ended."""
    grace: Annotated[DurationField, WrapValidator(_calendar_days)] | None = None
    """How long the tier stays after the status period, lest benefits end overnight: the review waits for it."""
    grace_counts: bool = False
    """Whether what is done in the grace counts in that review."""
    max_levels: Annotated[int, Ge(1)] | None = None
    """How many levels may be lost at once; 1 is a soft landing. Without it, as many as the metrics say."""

    @property
    def grace_days(self) -> int:
        """The grace in days, 0 where there is none."""
        return self.grace.days if isinstance(self.grace, CalendarDays) else 0

    @model_validator(mode="before")
    @classmethod
    def _from_when(cls, data: object) -> object:
        return {"when": data} if isinstance(data, str) else data


class SpendBasis(Document):
    """What of a purchase is spend. A line counts after all discounts.

    >>> SpendBasis(exclude_categories=("gift_card",)).with_tax
    False
    """

    with_tax: bool = False
    """Whether the tax counts as well."""
    paid_with_points: bool = False
    """Whether the part that was paid with points counts as well; it is money that nobody paid."""
    exclude_categories: tuple[Word, ...] = ()
    """Categories of lines that do not count."""


class Level(Document):
    """One tier: how it is reached, how it is kept, what it gives.

    >>> Level.parse("{qualify: {spend: 5000 CNY}, retain: {spend: 4000 CNY}}").retain.match
    'all'
    """

    qualify: Criteria | None = None
    """What it takes to reach the tier; the lowest tier takes nothing."""
    retain: Criteria | None = None
    """What it takes to keep it, if that is less."""
    by_grant: bool = False
    """Whether the tier is only ever given, such as by invitation or for a fee."""
    benefits: Benefits = Field(default_factory=Benefits)
    """What it gives."""
    formerly: tuple[Word, ...] = ()
    """Names that the tier had in earlier versions, in grants and stored states."""
    label: Label = ""
    """Its name for people."""

    @property
    def keep(self) -> Criteria | None:
        """What it takes to keep the tier: ``retain``, or else ``qualify``."""
        return self.retain or self.qualify


class TierProgram(Document):
    """Who stands where: tiers from the lowest to the highest, and the rules by which customers rise and fall.

    The defaults are those of a yearly programme: spend and activity of the calendar year count, a tier is reached on
    the day on which its criteria are met and kept to the end of the year, and what was not met again is then lost.

    >>> program = TierProgram.parse('''
    ... currency: CNY
    ... activities: [visits]
    ... validity: next_period_end
    ... levels:
    ...   normal: {}
    ...   vip: {qualify: {any: {spend: 5000 CNY, visits: 10}}, benefits: {points_multiplier: 1.25}}
    ...   senior_vip: {qualify: {spend: 20000 CNY, visits: 20}, retain: {spend: 15000 CNY}}
    ... ''')
    >>> program.problems(), list(program.levels)
    ((), ['normal', 'vip', 'senior_vip'])
    """

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """The currency of spend; purchases in another are reported and do not count."""
    timezone: ZoneName | None = None
    """Where its days begin; without it, in the policy's zone, or in UTC."""
    window: QualificationWindow = Field(default_factory=lambda: QualificationWindow(kind="calendar", length="year"))
    """The qualification period: the days whose spend and activity count."""
    validity: Validity = "period_end"
    """The status period: how long a tier that was reached is kept before it is reviewed."""
    upgrade: Literal["immediate", "at_review"] = "immediate"
    """Whether a tier is reached on the day its criteria are met, or at the next review."""
    downgrade: Downgrade = Field(default_factory=Downgrade)
    """When a tier is lost, and how far at once."""
    extend: Literal["on_requalify", "never"] = "never"
    """Whether meeting the criteria again, before the status period ends, begins it anew."""
    enrolment: Literal["required", "automatic"] = "required"
    """Whether a customer must have enrolled, or is enrolled by the first thing that is known of them."""
    members: Literal["customer", "household"] = "customer"
    """Whether each customer stands alone, or those of a household or company together, while they belong to it."""
    activities: tuple[Word, ...] = ()
    """The metrics that come as ``Activity``, beside ``spend``, ``orders`` and ``days``."""
    spend: SpendBasis = Field(default_factory=SpendBasis)
    """What of a purchase is spend."""
    levels: Annotated[dict[Word, Level], MinLen(1)]
    """The tiers, the lowest first."""

    def own_problems(self) -> Iterable[Problem]:
        """Thresholds that do not rise, metrics that nothing feeds, tiers that cannot be reached or reviewed."""
        from servicekit.tiers.program_check import program_problems

        return program_problems(self)

    def tier_problems(self, tiers: Mapping[str, object]) -> Iterable[Problem]:
        """How the levels differ from the tiers of a vocabulary, which gives their names and their order."""
        from servicekit.tiers.program_check import tier_problems

        return tier_problems(self, tiers)

    def change_problems(self, before: TierProgram) -> Iterable[Problem]:
        """What of the version before cannot become this one: a tier that is gone, another currency."""
        from servicekit.tiers.program_check import change_problems

        return change_problems(before, self)

    def compile(self, *, timezone: str = "UTC") -> TierEngine:
        """The engine of this programme; ``timezone`` is for a programme that names none.

        Raises:
            PolicyError: the programme has errors.
        """
        from servicekit.tiers.engine import TierEngine

        return TierEngine(self, timezone=timezone)

    @property
    def validity_months(self) -> int | None:
        """The status period in months, if it is one; None for one that ends with the window's period."""
        found = _MONTHS.fullmatch(self.validity)
        return int(found[1]) if found else None

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        names = [name for tier, level in self.levels.items() for name in (tier, *level.formerly)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            message = f"{twice[0]!r} names two tiers"
            raise DocumentValueError("tiers.duplicate", message, "a former name belongs to one tier", path="levels")
        return self
