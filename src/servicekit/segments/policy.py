"""The section ``segments`` of a policy: how customers are scored, staged, named, woken up and remembered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic import Field

from servicekit.document import Document
from servicekit.rules import ConditionField, Fields
from servicekit.segments.lifecycle import LifeCycle
from servicekit.segments.needs import NeedsRanking
from servicekit.segments.outreach import ReactivationRow
from servicekit.segments.rfm import RfmScoring
from servicekit.segments.triggers.trigger import TriggerField
from servicekit.timeline import ZoneName
from servicekit.vocabulary import Word

if TYPE_CHECKING:
    from servicekit.errors import Problem
    from servicekit.segments.segments_engine import SegmentsEngine


class SegmentsPolicy(Document):
    """Who our customers are, and whom to contact when.

    >>> policy = SegmentsPolicy.parse('''
    ... currency: CNY
    ... rfm: {bins: 5}
    ... life_cycle: {at_risk: 90cd, dormant: 180cd}
    ... segments:
    ...   champions: {r: 5, f: [4, 5]}
    ...   sleepers: {state: [dormant, lost]}
    ... reactivation:
    ... - {when: {segment: sleepers}, channel: email, offer: 10 % off the next order}
    ... triggers:
    ...   birthday: {kind: birthday, channel: email, offer: a gift}
    ... ''')
    >>> list(policy.problems_in({}))
    []
    """

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """The currency of spend; the money of purchases in another is reported and does not count."""
    timezone: ZoneName | None = None
    """Where days begin; without it, in the policy's zone, or in UTC."""
    rfm: RfmScoring | None = None
    """How customers are scored by recency, frequency and money."""
    life_cycle: LifeCycle | None = None
    """When a customer is new, active, at risk, dormant or lost."""
    segments: dict[Word, ConditionField] = Field(default_factory=dict)
    """Segments by name; a customer is in the first whose condition holds."""
    groups: dict[Word, ConditionField] = Field(default_factory=dict)
    """Further groups by name, such as industries or sizes; a customer is in each whose condition holds."""
    preferred_channel: Word | None = None
    """The declared field of customers that holds the channel they prefer; it comes before that of an offer."""
    reactivation: tuple[ReactivationRow, ...] = ()
    """Who should come back, and what they are offered; the first row whose condition holds."""
    triggers: dict[Word, TriggerField] = Field(default_factory=dict)
    """Occasions on which a customer is contacted, by name."""
    needs: NeedsRanking | None = None
    """What customers need, weighed."""

    def own_problems(self) -> Iterable[Problem]:
        """Names that two things have, and segments in which nobody can be."""
        from servicekit.segments.policy_check import own_policy_problems

        return own_policy_problems(self)

    def problems_in(self, fields: Fields, case_fields: Fields | None = None) -> Iterable[Problem]:
        """What names nothing, or is no value of its field: ``fields`` are those of customers, and where they are given
        ``case_fields`` those of cases. Paths are relative to the section."""
        from servicekit.segments.policy_check import policy_problems

        return policy_problems(self, fields, case_fields)

    def compile(self, fields: Fields | None = None, *, timezone: str = "UTC") -> SegmentsEngine:
        """The engine of this section; ``timezone`` is for one that names none.

        Raises:
            PolicyError: it has errors.
        """
        from servicekit.segments.segments_engine import SegmentsEngine

        return SegmentsEngine(self, fields or {}, timezone=timezone)
