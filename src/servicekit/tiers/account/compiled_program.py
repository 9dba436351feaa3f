"""A programme compiled: tests of levels over vectors of metrics, and status periods by day numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from servicekit.events.purchase import Purchase, PurchaseLine
from servicekit.quantity import Money
from servicekit.quantity.exact import EXACT
from servicekit.tiers.account.window_days import WindowDays, months_after
from servicekit.tiers.criteria import Criteria
from servicekit.tiers.program import SpendBasis, TierProgram

Sums: TypeAlias = Sequence[Decimal | int]
"""A value for each metric, in the order of :attr:`CompiledProgram.metrics`."""

_ZERO = Decimal(0)


class CompiledCriteria(NamedTuple):
    """Thresholds by the places of their metrics."""

    needs_all: bool
    thresholds: tuple[tuple[int, Decimal], ...]

    def met(self, sums: Sums) -> bool:
        """Whether the sums meet all thresholds, or one, as the criteria say."""
        needs_all = self.needs_all
        for place, least in self.thresholds:
            if (sums[place] >= least) is not needs_all:
                return not needs_all
        return needs_all


class CompiledProgram:
    """One version of a programme, over the metrics of all its versions.

    ``from_day`` is the day from which it is in force, ``None`` for the first.
    """

    __slots__ = (
        "_is_plain",
        "_ladder",
        "basis",
        "currency",
        "falls_at_once",
        "from_day",
        "grace_days",
        "keep",
        "level_of",
        "metrics",
        "names",
        "program",
        "qualify",
        "ranks",
        "reviews_down",
        "reviews_up",
        "window",
    )

    def __init__(self, program: TierProgram, metrics: tuple[str, ...], from_day: int | None) -> None:
        self.program, self.metrics, self.from_day = program, metrics, from_day
        self.window = WindowDays(program.window)
        places = {name: place for place, name in enumerate(metrics)}
        self.names = tuple(program.levels)
        levels = tuple(program.levels.values())
        self.qualify = tuple(_compiled(level.qualify, places) for level in levels)
        self._ladder = _ladder(self.qualify)
        self.keep = tuple(_compiled(level.keep, places) for level in levels)
        self.level_of: Mapping[str, int] = {
            name: place for place, tier in enumerate(self.names) for name in (tier, *levels[place].formerly)
        }
        self.ranks = self.level_of
        """The places that its tiers, by all their names, have in the latest version."""
        self.reviews_down = program.downgrade.when == "at_review"
        self.grace_days = program.downgrade.grace_days
        self.falls_at_once = program.downgrade.when == "immediate"
        self.reviews_up = program.upgrade == "at_review"
        self.basis, self.currency = program.spend, program.currency
        self._is_plain = program.spend == SpendBasis()

    def level(self, sums: Sums) -> int:
        """The highest level whose criteria for reaching it are met."""
        if self._ladder is not None:
            metric, limits, levels = self._ladder
            return levels[bisect_right(limits, sums[metric])]
        return _highest(self.qualify, len(self.qualify) - 1, sums)

    def kept(self, sums: Sums, level: int, reached: int) -> int:
        """The level that a customer of ``level`` keeps: the highest up to it whose criteria for keeping are met.

        ``reached`` is the level of the same sums, which is never lost.
        """
        return level if reached >= level else max(_highest(self.keep, level, sums), reached)

    def fallen(self, level: int, kept: int) -> int:
        """Where a customer of ``level`` falls to who keeps ``kept``; a tier that is only given is not a step."""
        most = self.program.downgrade.max_levels
        steps = [place for place in range(level) if place == 0 or self.qualify[place] is not None]
        return kept if most is None else max(kept, steps[-min(most, len(steps))])

    def valid_until(self, day: int, enrolled: int, *, after_review: bool = False) -> int:
        """The last day of a status period that begins on ``day``."""
        if months := self.program.validity_months:
            return months_after(day, months) - 1
        _, last = self.window.period(day, enrolled)
        if self.program.validity == "next_period_end" and not after_review:
            _, last = self.window.period(last + 1, enrolled)
        return last

    def criteria(self, level: int) -> Criteria | None:
        """What it takes to reach a level, as it was written."""
        return self.program.levels[self.names[level]].qualify

    def has_review(self, level: int) -> bool:
        """Whether a customer of this level has a status period that ends with a review."""
        return self.reviews_up or (self.reviews_down and level > 0)

    def spend_and_net(self, purchase: Purchase) -> tuple[Decimal, Decimal]:
        """What a purchase in the currency of the programme counts, and what it costs without tax."""
        lines, paid_with_points = purchase.lines, purchase.paid_with_points
        if self._is_plain and len(lines) == 1 and purchase.discount is None and paid_with_points is None:
            amount = lines[0].amount.amount
            return amount, amount
        counted = self.spend_of_lines(purchase.net_lines)
        if paid_with_points is not None and not self.basis.paid_with_points:
            counted = max(EXACT.subtract(counted, paid_with_points.amount), _ZERO)
        return counted, purchase.net.amount

    def spend_of_lines(self, lines: Sequence[PurchaseLine]) -> Decimal:
        """What some lines count, whatever they were paid with."""
        spent = _ZERO
        for line in lines:
            if line.category is None or line.category not in self.basis.exclude_categories:
                spent = EXACT.add(spent, line.amount.amount)
                if self.basis.with_tax and line.tax is not None:
                    spent = EXACT.add(spent, line.tax.amount)
        return spent


def _ladder(qualify: Sequence[CompiledCriteria | None]) -> tuple[int, list[Decimal], list[int]] | None:
    """Where each level asks for more of one and the same metric, as most do: the metric, the thresholds, the levels."""
    asked = [(place, criteria.thresholds) for place, criteria in enumerate(qualify) if criteria is not None]
    if not asked or len({limits[0][0] for _, limits in asked}) > 1 or any(len(limits) > 1 for _, limits in asked):
        return None
    return asked[0][1][0][0], [limits[0][1] for _, limits in asked], [0, *(place for place, _ in asked)]


Versions: TypeAlias = tuple[CompiledProgram, ...]
"""The versions of a programme, in the order in which they came into force."""


def rank_in_latest(versions: Versions) -> None:
    """Follow each tier through the versions, for a later one may give its name to another."""
    for before, after in reversed(tuple(pairwise(versions))):
        before.ranks = {name: after.ranks[before.names[place]] for name, place in before.level_of.items()}


def _compiled(criteria: Criteria | None, places: Mapping[str, int]) -> CompiledCriteria | None:
    if criteria is None:
        return None
    limits = (
        (places[name], value.amount if isinstance(value, Money) else Decimal(value))
        for name, value in criteria.thresholds.items()
    )
    return CompiledCriteria(criteria.match == "all", tuple(limits))


def _highest(levels: Sequence[CompiledCriteria | None], most: int, sums: Sums) -> int:
    for place in range(most, 0, -1):
        criteria = levels[place]
        if criteria is not None and criteria.met(sums):
            return place
    return 0
