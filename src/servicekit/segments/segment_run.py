"""Where every customer stands on one day, and who of them should come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from servicekit.errors import UnknownNameError
from servicekit.layout import Result, Table
from servicekit.quantity import percent_text
from servicekit.segments.lifecycle import STATES, LifeCycleState, days_of, state_since
from servicekit.segments.outreach import Outreach, channel_for
from servicekit.segments.rfm import RfmTable

if TYPE_CHECKING:
    from servicekit.errors import ProblemGroup
    from servicekit.rules import Test, Value
    from servicekit.segments.customer_summary import CustomerSummary
    from servicekit.segments.outreach import ReactivationRow
    from servicekit.segments.policy import SegmentsPolicy
    from servicekit.segments.rfm import RfmScore


@dataclass(frozen=True, slots=True)
class CustomerSegment:
    """Where one customer stands: state of the life cycle, scores, the one segment, all groups; and the facts behind it.

    What the section does not describe is None, and so are the scores of a customer who never bought.

    >>> from datetime import date
    >>> from servicekit.segments import SegmentsPolicy
    >>> from servicekit.rules import DeclaredField
    >>> engine = SegmentsPolicy.parse("{currency: CNY, groups: {small: {size: small}}}").compile(
    ...     {"size": DeclaredField()})
    >>> engine.fold([], date(2026, 6, 30), {"m-1": {"size": "small"}})["m-1"].groups
    ('small',)
    """

    customer_id: str
    state: LifeCycleState | None
    score: RfmScore | None
    segment: str | None
    groups: tuple[str, ...]
    summary: CustomerSummary
    facts: Mapping[str, Value]

    def row(self) -> dict[str, object]:
        """Where the customer stands as columns of a row; several groups have commas between them."""
        score = _NO_SCORE if self.score is None else self.score.row()
        stands = {"state": self.state, "segment": self.segment, "groups": ", ".join(self.groups) or None}
        return {**score, "customer_id": self.customer_id, **stands}


_NO_SCORE = dict.fromkeys(("customer_id", "r", "f", "m", "recency_days", "frequency", "monetary"))


class SegmentRun(Result, Mapping[str, CustomerSegment]):
    """Every customer as of one day, by id and in its order; ``problems`` says what was odd about what was given.

    >>> from datetime import date
    >>> from servicekit.segments import SegmentsPolicy
    >>> SegmentsPolicy(currency="CNY").compile().fold([], date(2026, 6, 30))
    SegmentRun(as_of=2026-06-30, customers=0, problems=0)
    """

    __slots__ = ("_customers", "_offers", "_policy", "as_of", "problems")

    def __init__(
        self,
        as_of: date,
        customers: Mapping[str, CustomerSegment],
        problems: Sequence[ProblemGroup],
        *,
        policy: SegmentsPolicy,
        offers: Sequence[tuple[Test, ReactivationRow]],
    ) -> None:
        self.as_of, self.problems = as_of, tuple(problems)
        self._customers, self._policy, self._offers = customers, policy, offers

    def __getitem__(self, customer_id: str) -> CustomerSegment:
        return self._customers[customer_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._customers)

    def __len__(self) -> int:
        return len(self._customers)

    def __repr__(self) -> str:
        return f"SegmentRun(as_of={self.as_of}, customers={len(self)}, problems={len(self.problems)})"

    def rows(self) -> Iterator[Mapping[str, object]]:
        """A row for each customer: scores, state, segment and groups."""
        return (each.row() for each in self.values())

    def table(self) -> Table:
        """How many customers are in each state of the life cycle and in each segment."""
        total = len(self) or 1
        counts = [("state", *each) for each in self.state_counts().items()]
        counts += [("segment", name or "(none)", number) for name, number in self.segment_counts().items()]
        lines = [(*names, f"{number:,}", percent_text(Fraction(number, total))) for *names, number in counts]
        caption = f"{len(self):,} customers at the end of {self.as_of}"
        return Table(("", "name", "customers", "share"), lines, labels=2, caption=caption)

    @property
    def rfm(self) -> RfmTable:
        """The scores of all who bought, with the values that each score covers; empty where none are described."""
        return RfmTable({each.customer_id: each.score for each in self.values() if each.score is not None})

    def state_counts(self) -> dict[str, int]:
        """How many customers are in each state of the life cycle, in its order; empty where none is described."""
        found = Counter(each.state for each in self.values())
        return {} if self._policy.life_cycle is None else {state: found[state] for state in STATES}

    def segment_counts(self) -> dict[str | None, int]:
        """How many customers are in each segment, in the order of the policy; under None those who are in none."""
        found = Counter(each.segment for each in self.values())
        return {name: found[name] for name in (*self._policy.segments, None)} if self._policy.segments else {}

    def customers_in(self, name: str) -> tuple[CustomerSegment, ...]:
        """The customers in the state, the segment or the group of that name.

        Raises:
            UnknownNameError: neither is called so.
        """
        known = [*STATES, *self._policy.segments, *self._policy.groups]
        if name not in known:
            raise UnknownNameError("state, segment or group", name, known)
        return tuple(each for each in self.values() if name in (each.state, each.segment, *each.groups))

    def reactivation(self, name: str | None = None) -> tuple[Outreach, ...]:
        """Who should be written to, on which day, by which channel and with which offer, in the order of the days.

        The first row of the policy whose condition holds decides. A customer is due ``wait`` days after they came into
        their state, and at once where that day is over. With a name, only those of that state, segment or group.

        Raises:
            UnknownNameError: no state, segment or group is called so.
        """
        customers = self.values() if name is None else self.customers_in(name)
        rows = ((each, self._row_for(each)) for each in customers)
        return tuple(sorted(self._outreach(each, row) for each, row in rows if row is not None))

    def _row_for(self, customer: CustomerSegment) -> ReactivationRow | None:
        facts = dict(customer.facts)
        if customer.segment is not None:
            facts["segment"] = customer.segment
        return next((row for test, row in self._offers if test(facts)), None)

    def _outreach(self, customer: CustomerSegment, row: ReactivationRow) -> Outreach:
        stages, active_on = self._policy.life_cycle, customer.summary.active_on
        since = self.as_of
        if stages is not None and customer.state is not None and active_on:
            since = state_since(stages, customer.state, active_on)
        return Outreach(
            max(self.as_of, since + min(timedelta(days=days_of(row.wait)), date.max - since)),
            customer.customer_id,
            customer.state or customer.segment or "",
            channel_for(row, customer.facts, self._policy.preferred_channel),
            row.offer,
        )
