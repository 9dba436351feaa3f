"""Occasions to contact a customer without being asked: birthday, anniversary, silence, renewal, repeated problems."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from annotated_types import Ge
from pydantic import Field

from servicekit.rules import ConditionField, Match
from servicekit.segments.lifecycle import DayCount
from servicekit.segments.outreach import Offer

LeapDay: TypeAlias = Literal["february_28", "march_1"]
"""When 29 February is kept in a year that has none."""


class _Yearly(Offer):
    leap_day: LeapDay = "february_28"
    """When 29 February is kept in a year that has none: ``february_28`` or ``march_1``."""
    before: DayCount | None = None
    """How many days before the day itself."""


class BirthdayTrigger(_Yearly):
    """Every birthday of a customer whose birthday is known, from their enrolment on.

    >>> BirthdayTrigger.parse("{kind: birthday, leap_day: march_1, channel: email, offer: a gift}").leap_day
    'march_1'
    """

    kind: Literal["birthday"] = "birthday"
    """The word ``birthday``."""


class AnniversaryTrigger(_Yearly):
    """Every anniversary of the enrolment.

    >>> AnniversaryTrigger(channel="email", offer="thanks", before="7cd").before.days
    7
    """

    kind: Literal["anniversary"] = "anniversary"
    """The word ``anniversary``."""


class SilenceTrigger(Offer):
    """The day on which a customer has been silent for so many days; once for each silence.

    >>> SilenceTrigger(after="180cd", channel="email", offer="10 % off").kind
    'silence'
    """

    kind: Literal["silence"] = "silence"
    """The word ``silence``."""
    after: DayCount
    """Days since the last purchase or activity, such as those after which a customer is dormant."""


class RenewalTrigger(Offer):
    """Days that are given from outside, such as the last day of a tier or a contract.

    >>> RenewalTrigger(before="30cd", channel="email", offer="stay gold").before.days
    30
    """

    kind: Literal["renewal"] = "renewal"
    """The word ``renewal``."""
    before: DayCount | None = None
    """How many days before the day itself."""


class ProblemsTrigger(Offer):
    """A customer opened so many cases within so many days; once, until there are fewer again.

    >>> ProblemsTrigger(count=3, within="30cd", channel="phone", offer="a call by a senior agent").count
    3
    """

    kind: Literal["problems"] = "problems"
    """The word ``problems``."""
    count: Annotated[int, Ge(1)]
    """How many cases."""
    within: DayCount
    """In how many days, the last one among them."""
    when: ConditionField = Match()
    """Which cases count, by the facts that they are opened with; without it, all."""


Trigger: TypeAlias = BirthdayTrigger | AnniversaryTrigger | SilenceTrigger | RenewalTrigger | ProblemsTrigger
"""Any trigger."""

TriggerField = Annotated[Trigger, Field(discriminator="kind")]
"""A document field that holds a trigger of any kind."""
