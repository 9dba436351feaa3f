"""Two tier programmes on one history, as a frozen value: who stands elsewhere, since when, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from servicekit.errors import ProblemGroup
from servicekit.layout import Result, Table, spreadsheet_text
from servicekit.quantity import Money
from servicekit.whatif.comparison import PolicyName

TIER_MOVE_COLUMNS: tuple[str, ...] = ("customer_id", "before", "after", "differs_from", "days")
"""The columns of :meth:`TierMove.row`, in order."""


@dataclass(frozen=True, slots=True)
class TierMove:
    """A customer who stands elsewhere under the second programme, on some day or on all.

    ``before`` and ``after`` are the tiers at the end of the day of the comparison, and may be equal; None where the
    customer is not enrolled. ``differs_from`` is the first day on which the tiers differ, of ``days`` in all.

    >>> TierMove("m-1", "normal", "vip", date(2026, 3, 1), 122).row()
    ('m-1', 'normal', 'vip', '2026-03-01', '122')
    """

    customer_id: str
    before: str | None
    after: str | None
    differs_from: date
    days: int

    def row(self, *, spreadsheet: bool = False) -> tuple[str, ...]:
        """The move as the cells of a CSV row, in the order of :data:`TIER_MOVE_COLUMNS`; a missing value is empty.

        For a ``spreadsheet``, texts that it would run as formulas have an apostrophe in front.
        """
        text = spreadsheet_text if spreadsheet else str
        names = (text(self.customer_id), text(self.before or ""), text(self.after or ""))
        return (*names, self.differs_from.isoformat(), str(self.days))


@dataclass(frozen=True, slots=True)
class TierSide:
    """What one of the two programmes comes to.

    ``customers`` stand in each tier at the end of the day of the comparison, the lowest first; ``days`` were spent in
    each by all customers together, from their enrolment on. ``benefits`` counts the customers whose tier gives each.
    ``cost`` is what the benefits cost in those days, for each currency: ``yearly_cost`` for days of 365, and
    ``discount`` on what was bought without tax, by the tier that the customer had on the day before.

    >>> side = TierSide(PolicyName("shop", "1"), {"normal": 3, "vip": 1}, {"normal": 90, "vip": 30})
    >>> side.tiers, side.cost
    (('normal', 'vip'), ())
    """

    policy: PolicyName
    customers: Mapping[str, int] = field(hash=False)
    days: Mapping[str, int] = field(hash=False)
    benefits: Mapping[str, int] = field(default_factory=dict, hash=False)
    cost: tuple[Money, ...] = ()
    problems: tuple[ProblemGroup, ...] = ()

    @property
    def tiers(self) -> tuple[str, ...]:
        """The tiers from the lowest to the highest."""
        return tuple(self.customers)


@dataclass(frozen=True, slots=True)
class TierComparison(Result):
    """The same customers under two tier programmes, at the end of one day.

    ``transitions`` counts customers by their tier under the first and the second programme; None is for those who are
    not enrolled. ``moves`` has those who stand, or ever stood, elsewhere, in the order of their first events. Under
    the same rules there are none.

    >>> old = TierSide(PolicyName("shop", "1"), {"normal": 4, "vip": 0}, {"normal": 120, "vip": 0})
    >>> new = TierSide(PolicyName("shop", "2"), {"normal": 3, "vip": 1}, {"normal": 90, "vip": 30})
    >>> moves = (TierMove("m-1", "normal", "vip", date(2026, 3, 1), 30),)
    >>> pairs = {("normal", "normal"): 3, ("normal", "vip"): 1}
    >>> comparison = TierComparison(date(2026, 3, 30), old, new, pairs, moves)
    >>> print(comparison)
    shop 1 -> shop 2 as of 2026-03-30, 4 customers: 1 higher, 0 lower, 3 unchanged
    normal -> normal: 3
    normal -> vip: 1
    """

    as_of: date
    before: TierSide
    after: TierSide
    transitions: Mapping[tuple[str | None, str | None], int] = field(hash=False)
    moves: tuple[TierMove, ...] = ()

    @property
    def higher(self) -> int:
        """How many customers stand higher, by the ranks of the second programme or, for a tier it lacks, the first."""
        return sum(times for pair, times in self._ordered() if self._step(*pair) > 0)

    @property
    def lower(self) -> int:
        """How many customers stand lower."""
        return sum(times for pair, times in self._ordered() if self._step(*pair) < 0)

    @property
    def unchanged(self) -> int:
        """How many customers have the tier that they had; its benefits may be others."""
        return sum(times for (old, new), times in self.transitions.items() if old == new)

    def rows(self) -> list[dict[str, str | int | None]]:
        """A row for each pair of tiers that somebody has, ready for a data frame."""
        return [{"before": old, "after": new, "customers": times} for (old, new), times in self._ordered()]

    def table(self) -> Table:
        """Customers by their tier under the first programme, down, and the second, across."""
        olds, news = (self._names(place) for place in (0, 1))
        rows = [(_shown(old), *(f"{self.transitions.get((old, new), 0):,}" for new in news)) for old in olds]
        return Table(("", *map(_shown, news)), rows, labels=1, caption=self._title)

    @property
    def _title(self) -> str:
        total = sum(self.transitions.values())
        count = f"{total:,} {'customer' if total == 1 else 'customers'}"
        moved = f"{self.higher:,} higher, {self.lower:,} lower, {self.unchanged:,} unchanged"
        return f"{self.before.policy} -> {self.after.policy} as of {self.as_of}, {count}: {moved}"

    def __str__(self) -> str:
        return "\n".join(
            [self._title, *(f"{_shown(o)} -> {_shown(n)}: {times:,}" for (o, n), times in self._ordered())]
        )

    def _names(self, place: int) -> list[str | None]:
        """The tiers of one side, and None where somebody stands nowhere."""
        tiers = (self.before, self.after)[place].tiers
        return [*([None] if any(pair[place] is None for pair in self.transitions) else []), *tiers]

    def _ordered(self) -> list[tuple[tuple[str | None, str | None], int]]:
        olds, news = (self._names(place) for place in (0, 1))
        pairs = ((old, new) for old in olds for new in news)
        return [(pair, self.transitions[pair]) for pair in pairs if self.transitions.get(pair)]

    def _step(self, old: str | None, new: str | None) -> int:
        ranked = next((side.tiers for side in (self.after, self.before) if {old, new} <= {None, *side.tiers}), None)
        if ranked is None:
            return 0
        first, second = (-1 if tier is None else ranked.index(tier) for tier in (old, new))
        return second - first


def _shown(tier: str | None) -> str:
    return "(not enrolled)" if tier is None else tier
