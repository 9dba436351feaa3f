"""Where a customer stands, how they came there, and what is missing for the next tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from servicekit.layout import Result, Table
from servicekit.quantity import Money
from servicekit.quantity.exact import EXACT
from servicekit.tiers.benefits import Benefits

ChangeKind: TypeAlias = Literal["upgrade", "downgrade", "renew"]
"""What a change was; a renewal keeps the tier and begins a new status period."""


@dataclass(frozen=True, slots=True)
class TierChange:
    """What a day changed, in total: a review and an upgrade on one day are one change, whose reason tells both.

    >>> print(TierChange("m-1", date(2026, 3, 1), "normal", "vip", "upgrade", "5,200.00 of 5,000.00 CNY in 2026"))
    2026-03-01 upgrade from normal to vip: 5,200.00 of 5,000.00 CNY in 2026
    """

    customer_id: str
    on: date
    """The first day of the new tier, or of the renewed status period."""
    old: str
    new: str
    kind: ChangeKind
    reason: str

    @property
    def why(self) -> str:
        """Why the new tier is in force; of one that was fallen to, what was not enough for the old one."""
        return f"after {self.old}, {self.reason}" if self.kind == "downgrade" else self.reason

    def __str__(self) -> str:
        what = f"renewal of {self.new}" if self.kind == "renew" else f"{self.kind} from {self.old} to {self.new}"
        return f"{self.on} {what}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a customer is on the way to a threshold.

    >>> Progress("orders", Decimal(3), Decimal(10)).missing
    Decimal('7')
    >>> print(Progress("spend", Decimal("4999.996"), Decimal(5000), "CNY"))  # rounded down, as it is not met
    4,999.99 of 5,000.00 CNY
    """

    metric: str
    value: Decimal
    needed: Decimal
    currency: str | None = None
    """The currency of both, where the metric is ``spend``."""

    @property
    def missing(self) -> Decimal:
        """How much is missing; zero where the threshold is met."""
        return max(EXACT.subtract(self.needed, self.value), Decimal(0))

    @property
    def is_met(self) -> bool:
        """Whether the threshold is reached; exactly at it, it is."""
        return self.value >= self.needed

    def __str__(self) -> str:
        """The value beside the threshold: ``5,200.00 of 5,000.00 CNY``, ``3 of 10 orders``."""
        if self.currency is None:
            return f"{_number(self.value)} of {_number(self.needed)} {self.metric}"
        value = Money(self.value, self.currency).rounded("half_even" if self.is_met else "floor").amount
        needed = Money(self.needed, self.currency).rounded("half_even").amount
        return f"{value:,} of {needed:,} {self.currency}"


def _number(value: Decimal) -> str:
    return f"{EXACT.normalize(value):,f}"


class TierSpan(NamedTuple):
    """The days of one tier, the first and the last; ``last_on`` is None where it runs.

    >>> TierSpan("vip", date(2026, 3, 1), None, "5,200.00 of 5,000.00 CNY in 2026").tier
    'vip'
    """

    tier: str
    first_on: date
    last_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class TierStatus(Result):
    """Where a customer stands at the end of a day.

    ``tier`` is in force since ``since`` and, if nothing more happens, through ``valid_until``: the last day of the
    status period or of a grant, ``None`` where none ends. During the grace after it the tier stays and ``in_grace`` is
    true. ``earned`` is the tier without grants. ``progress`` has a line for each metric that ``next_tier`` asks for.
    ``projected_tier`` is the tier from ``projected_on`` on if nothing more happens: at the next review, the end of a
    grant, or the day on which old purchases leave the window. A review that keeps the tier is told as well;
    ``projected_on`` is ``None`` where nothing is to come.

    >>> from servicekit.events import Activity, Enrolled
    >>> from servicekit.tiers import TierProgram
    >>> program = TierProgram.parse('''{currency: CNY, activities: [visits],
    ...     levels: {normal: {}, vip: {qualify: {visits: 10}}, senior_vip: {qualify: {visits: 30}}}}''')
    >>> events = [Enrolled("m-1", date(2026, 1, 5)), Activity("m-1", date(2026, 2, 3), "visits", 12)]
    >>> print(program.compile().fold(events, date(2026, 6, 30))["m-1"].explain())
    vip since 2026-02-03 through 2026-12-31: 12 of 10 visits in 2026
    next senior_vip: 12 of 30 visits
    if nothing more happens: still vip from 2027-01-01
    """

    customer_id: str
    as_of: date
    tier: str
    since: date
    valid_until: date | None
    earned: str
    next_tier: str | None
    progress: tuple[Progress, ...]
    projected_tier: str
    projected_on: date | None
    benefits: Benefits
    reason: str
    """Why the customer has the tier, such as ``5,200.00 of 5,000.00 CNY in 2026``."""
    history: tuple[TierChange, ...]
    enrolled_on: date
    ladder: tuple[str, ...]
    """All tiers of the programme, the lowest first."""
    to_keep: tuple[Progress, ...] = ()
    """What counts so far towards keeping the tier that was earned, at its next review."""
    in_grace: bool = False
    household_id: str | None = None

    @property
    def missing(self) -> Mapping[str, Decimal]:
        """What each metric lacks for the next tier."""
        return {each.metric: each.missing for each in self.progress}

    def explain(self) -> str:
        """The status in words: why, since when, until when, what is missing, and what is to come."""
        until = f" through {self.valid_until}" if self.valid_until else ""
        lines = [f"{self.tier} since {self.since}{until}: {self.reason}"]
        if self.in_grace:
            lines.append("the status period has ended; the tier stays until the review after the grace")
        if self.next_tier is not None:
            lines.append(f"next {self.next_tier}: {', '.join(map(str, self.progress))}")
        if self.projected_on is not None:
            still = "still " * (self.projected_tier == self.tier)
            lines.append(f"if nothing more happens: {still}{self.projected_tier} from {self.projected_on}")
        return "\n".join(lines)

    @property
    def spans(self) -> tuple[TierSpan, ...]:
        """The history as spans without gaps; the last one runs."""
        moves = [change for change in self.history if change.old != change.new]
        first = moves[0].old if moves else self.tier
        starts = [(first, self.enrolled_on, "enrolled"), *((each.new, each.on, each.why) for each in moves)]
        ends = [*(start for _, start, _ in starts[1:]), None]
        return tuple(
            TierSpan(tier, start, end and end - timedelta(days=1), reason)
            for (tier, start, reason), end in zip(starts, ends, strict=True)
            if end is None or start < end
        )

    def row(self) -> dict[str, object]:
        """The status as columns of a row, one of many customers."""
        return {name: getattr(self, name) for name in _ROW}

    def rows(self) -> Sequence[Mapping[str, object]]:
        """The spans of the history as rows of a table."""
        return [span._asdict() for span in self.spans]

    def table(self) -> Table:
        """The spans of the history; above them, the status."""
        lines = [(each.tier, f"{each.first_on}", f"{each.last_on or ''}", each.reason) for each in self.spans]
        caption = f"{self.customer_id}: {self.tier} at the end of {self.as_of}"
        return Table(("tier", "from", "through", "why"), lines, caption=caption)

    def svg(self) -> str:
        """The picture: a lane for each tier with the spans in it, what is promised, projected, and still missing.

        It has a background of its own and stays readable on dark pages.
        """
        from servicekit.tiers.standing.timeline_picture import timeline_svg

        return timeline_svg(self)

    def _repr_html_(self) -> str:
        return self.svg()


_ROW = (
    "customer_id",
    "tier",
    "since",
    "valid_until",
    "in_grace",
    "earned",
    "next_tier",
    "projected_tier",
    "projected_on",
    "household_id",
)
